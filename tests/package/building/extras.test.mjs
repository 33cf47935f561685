// The parts of an index beside rows and outcomes: as given, as described, and refused.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildFromFiles, buildIndex, fileFromBytes } from '../../../dist/build.js';
import { flatten } from '../../../dist/building/build-index.js';
import { firstCharacters } from '../../../dist/building/extras.js';
import { Router } from '../../../dist/index.js';
import { loadLab } from '../../../dist/wasm/lab-module.js';
import { expectNothingOpen, infoOf, randomSpec, refused } from '../support/fixtures.mjs';

const ROWS = 60;
/** Task 0 and 1 have outcomes, 2 has scores, `talk` is a kind, `rowless` has scores and no row. */
const TASKS = ['task 0', 'task 1', 'task 2', 'talk', 'rowless'];
const TEXT = `${'😀'.repeat(100)}${'x'.repeat(100)}`;

function specWith(more = {}) {
  const spec = randomSpec({ rows: ROWS, missing: 0.9 });
  spec.tasks = spec.tasks.map((_, row) => (row < 40 ? `task ${row % 2}` : row % 2 === 0 ? 'task 2' : 'talk'));
  for (let i = 40 * 4; i < ROWS * 4; ++i) spec.outcomes[i] = Number.NaN;
  return {
    ...spec,
    taskNames: TASKS,
    models: [
      {
        name: 'm0',
        usdPerMTokIn: 0.1,
        usdPerMTokOut: 0.3,
        displayName: 'M zero',
        maker: 'M',
        released: '2026-03',
        price: { currency: 'USD', date: '2026-11-30', source: 'a list', tiered: true },
        context: 1_000_000,
        outputLimit: 8192,
        modalities: { in: ['text', 'image'], out: ['text'] },
        tools: true,
        structuredOutput: false,
        openWeights: true,
        effort: 'high',
        aliases: ['m-0'],
        huggingFaceId: 'm/zero',
      },
      'm1',
      { name: 'm2' },
      'm3',
    ],
    taskScores: [
      { task: 'rowless', model: 'm3', score: 0.5, evidence: 20 },
      { task: 2, model: 0, score: 0.25, evidence: 3.5 },
    ],
    links: [
      { kind: 'talk', task: 'task 2', weight: 1 },
      { kind: 'talk', task: 0, weight: 0.5 },
    ],
    taskWeights: [1, 1, 0.5, 0, 1],
    centroids: { vectors: Float32Array.from({ length: 5 * 8 }, (_, i) => (i % 9) - 4), bias: [0, -1, 0, 0.5, 0] },
    rowOffsets: Float32Array.from({ length: ROWS }, (_, i) => (i - 30) / 10),
    mixture: [0.1, 2],
    answerTokens: { tasks: [100, null, 300, 20, 1], models: [1, 2.5, null, 0.5] },
    texts: Array.from({ length: ROWS }, (_, i) => (i % 2 === 0 ? TEXT : '')),
    taskRecords: [
      { name: 'talk', displayName: 'Talk', kind: 'kind', textsMayBeShown: true },
      { name: 'task 0', kind: 'samples', score: 'accuracy', checkable: true, domain: 'sums', needs: 'search' },
    ],
    ...more,
  };
}

const EXTRAS = {
  taskScores: 'task_scores',
  links: 'task_links',
  taskWeights: 'task_weights',
  centroids: 'task_centroids',
  rowOffsets: 'row_offsets',
  mixture: 'mixture',
  answerTokens: 'answer_tokens',
  texts: 'texts',
  taskRecords: 'task_records',
};
const isBadMetadata = (index) => refused(Router.load({ index, embedder: null }), 'bad_metadata', /records? of/);

/** Returns an index whose records are those of the core, not checked by the package. */
async function withRecords(modelRecords, taskRecords) {
  const lab = await loadLab();
  const { specJson, ...arrays } = flatten(randomSpec());
  return lab.buildIndex({
    ...arrays,
    specJson: JSON.stringify({ ...JSON.parse(specJson), extras: { modelRecords, taskRecords } }),
  });
}

describe('the parts of an index', () => {
  it('are described, with the records of models and tasks', async () => {
    const spec = specWith();
    const info = await infoOf(await buildIndex(spec));
    const { usdPerMTokIn: _, usdPerMTokOut: __, ...record } = spec.models[0];
    assert.deepEqual(
      info.models.map((model) => model.record),
      [record, { name: 'm1' }, { name: 'm2' }, { name: 'm3' }],
    );
    assert.deepEqual(info.tasks, [
      { name: 'task 0', rows: 20, record: spec.taskRecords[1] },
      { name: 'task 1', rows: 20, record: { name: 'task 1' } },
      { name: 'task 2', rows: 10, scores: 1, record: { name: 'task 2' } },
      { name: 'talk', rows: 10, links: 2, record: spec.taskRecords[0] },
      { name: 'rowless', rows: 0, scores: 1, record: { name: 'rowless' } },
    ]);
  });

  it('are each written only if given', async () => {
    for (const [key, section] of Object.entries(EXTRAS)) {
      const { sections } = await infoOf(await buildIndex(specWith({ [key]: undefined })));
      const names = sections.map(({ name }) => name);
      assert.ok(!names.includes(section), section);
      for (const other of Object.values(EXTRAS)) assert.ok(other === section || names.includes(other), other);
    }
    const { models, tasks } = await infoOf(await buildIndex(randomSpec()));
    assert.ok([...models, ...tasks].every((entry) => !('record' in entry || 'scores' in entry || 'links' in entry)));
  });

  it('make the same bytes from any kind of list, in any order', async () => {
    const spec = specWith();
    const other = specWith({
      taskScores: spec.taskScores.toReversed(),
      links: spec.links.toReversed(),
      taskRecords: spec.taskRecords.toReversed(),
      taskWeights: Float64Array.from(spec.taskWeights),
      rowOffsets: [...spec.rowOffsets],
    });
    assert.deepEqual(await buildIndex(other), await buildIndex(spec));
  });

  it('leave every policy with a decision, and samples with their gaps', async () => {
    const spec = specWith();
    const router = await Router.load({ index: await buildIndex(spec), embedder: null });
    const vector = spec.embeddings.subarray(8 * 41, 8 * 42);
    for (const policy of ['signalbox', 's1']) {
      assert.equal((await router.route(vector, { policy })).ranking.length > 0, true);
    }
    const decision = await router.route(vector, { neighbours: ROWS });
    assert.ok(decision.neighbours.some(({ outcomes }) => Object.values(outcomes).every((y) => y === null)));
    const samples = await router.samples();
    assert.deepEqual(samples.outcomes, spec.outcomes);
    assert.equal(samples.texts, null);
    router.dispose();
  });
});

describe('the texts', () => {
  it('are the first 160 characters, not halves of one', async () => {
    assert.equal(firstCharacters('short'), 'short');
    assert.equal(firstCharacters('x'.repeat(161)), 'x'.repeat(160));
    assert.equal(firstCharacters('😀'.repeat(170)), '😀'.repeat(160));
    const router = await Router.load({ index: await buildIndex(specWith()), embedder: null });
    const { texts } = await router.samples({ texts: true, outcomes: false });
    assert.equal(texts.length, ROWS);
    assert.equal(texts[0], '😀'.repeat(100) + 'x'.repeat(60));
    assert.equal(texts[1], '');
    router.dispose();
  });

  it('are kept from files only if asked for', async () => {
    const csv = 'dataset,prompt,m,n\nd,first question,1,0\nd,second question,0,1\n';
    const files = [fileFromBytes('results.csv', new TextEncoder().encode(csv))];
    const textsOf = async (options) => {
      const { index } = await buildFromFiles(files, options);
      const router = await Router.load({ index });
      const { texts } = await router.samples({ texts: true });
      router.dispose();
      return texts;
    };
    assert.equal(await textsOf({}), null);
    assert.deepEqual(await textsOf({ texts: true }), ['first question', 'second question']);
  });

  it('are an error if the files have no prompts', () => {
    const lines = ['dataset,id,embedding,m,n', 'd,1,"[1,0]",1,0', 'd,2,"[0,1]",0,1'];
    const files = [fileFromBytes('results.csv', new TextEncoder().encode(lines.join('\n')))];
    return refused(buildFromFiles(files, { texts: true }), 'invalid_argument', /no prompts/);
  });
});

const score = (more) => ({ taskScores: [{ task: 2, model: 0, score: 0.5, evidence: 1, ...more }] });
const link = (more) => ({ links: [{ kind: 'talk', task: 0, weight: 1, ...more }] });

describe('a specification', () => {
  for (const [what, changes, code, message] of [
    ['with a score above 1', score({ score: 1.5 }), 'invalid_argument', /score of task task 2 and model m0 is 1.5/],
    ['without evidence', score({ evidence: 0 }), 'invalid_argument', /evidence 0/],
    ['with too much evidence', score({ evidence: 2e6 }), 'invalid_argument', /evidence 2000000/],
    ['with a score that is null', score({ score: null }), 'invalid_argument', /taskScores/],
    ['with a score of an unknown task', score({ task: 'x' }), 'invalid_argument', /taskScores\[0\] names the text 'x'/],
    ['with a score of an unknown model', score({ model: 4 }), 'invalid_argument', /names 4, which is not a model/],
    ['with a misspelt key', score({ weight: 4 }), 'invalid_argument', /'weight' is missing or not known/],
    [
      'with a score twice',
      { taskScores: [...specWith().taskScores, specWith().taskScores[0]] },
      'invalid_argument',
      /two/,
    ],
    [
      'with scores beside outcomes',
      score({ task: 0 }),
      'invalid_argument',
      /row \d+ has outcomes, but its task task 0/,
    ],
    ['with scores of a kind', score({ task: 'talk' }), 'invalid_argument', /talk has links and scores/],
    ['with a kind that has outcomes', link({ kind: 1, task: 2 }), 'invalid_argument', /row 1 has outcomes/],
    [
      'with a link to a kind',
      { links: [...link({}).links, { kind: 2, task: 3, weight: 1 }], taskScores: [] },
      'invalid_argument',
      /which has links itself/,
    ],
    ['with a link to itself', link({ task: 'talk' }), 'invalid_argument', /which has links itself/],
    ['with a link twice', { links: [...link({}).links, ...link({}).links] }, 'invalid_argument', /two links/],
    ['with a link without weight', link({ weight: 0 }), 'invalid_argument', /weight 0/],
    ['with few weights', { taskWeights: [1] }, 'dimension_mismatch', /taskWeights has 1 entries, expected 5/],
    ['with negative weights', { taskWeights: [1, 1, 1, 1, -1] }, 'invalid_argument', /taskWeights/],
    ['with no weight', { taskWeights: [0, 0, 0, 0, 0] }, 'invalid_argument', /all 0/],
    ['with infinite weights', { taskWeights: [1, 1, 1, 1, Infinity] }, 'invalid_argument', /taskWeights/],
    ['with a long centroid', { centroids: { vectors: Array(40).fill(6) } }, 'invalid_argument', /norm 16/],
    ['with few centroids', { centroids: { vectors: [1] } }, 'dimension_mismatch', /centroids/],
    ['with few biases', { centroids: { vectors: Array(40).fill(1), bias: [1] } }, 'dimension_mismatch', /bias/],
    [
      'with a large bias',
      { centroids: { vectors: Array(40).fill(1), bias: [0, 0, 0, 0, 2000] } },
      'invalid_argument',
      /bias/,
    ],
    ['with few offsets', { rowOffsets: [1] }, 'dimension_mismatch', /rowOffsets/],
    ['with large offsets', { rowOffsets: Array(ROWS).fill(8) }, 'invalid_argument', /rowOffsets/],
    ['with many constants', { mixture: Array(65).fill(1) }, 'invalid_argument', /mixture/],
    ['with negative constants', { mixture: [-1] }, 'invalid_argument', /mixture/],
    [
      'with lengths of tasks only',
      { answerTokens: { tasks: [1, 1, 1, 1, 1], models: [] } },
      'invalid_argument',
      /answerTokens/,
    ],
    ['with few texts', { texts: ['a'] }, 'dimension_mismatch', /texts/],
    ['with texts that are not', { texts: Array(ROWS).fill(1) }, 'invalid_argument', /texts\[0\] is 1/],
    ['with a record of another task', { taskRecords: [{ name: 'x' }] }, 'invalid_argument', /taskRecords\[0\]/],
    ['with two records of a task', { taskRecords: [{ name: 'talk' }, { name: 'talk' }] }, 'invalid_argument', /second/],
    [
      'with an odd record',
      { taskRecords: [{ name: 'talk', kind: 'other' }] },
      'bad_metadata',
      /kind is the text 'other'/,
    ],
    ['with an odd model', { models: ['m0', 'm1', 'm2', { name: 'm3', released: 'soon' }] }, 'bad_metadata', /released/],
    [
      'with a misspelt price',
      { models: ['m0', 'm1', 'm2', { name: 'm3', usdPerMTok: 1 }] },
      'invalid_argument',
      /usdPerMTok/,
    ],
  ]) {
    it(`${what} is refused: ${code}`, () => refused(buildIndex(specWith(changes)), code, message));
  }
});

describe('records in a file', () => {
  const four = (record) => [record, { name: 'm1' }, { name: 'm2' }, { name: 'm3' }];

  it('are read if they are of their names', async () => {
    const index = await withRecords(four({ name: 'm0', unknown: [1] }), undefined);
    assert.deepEqual((await infoOf(index)).models[0].record, { name: 'm0', unknown: [1] });
  });

  for (const [what, models] of [
    ['of fewer models', [{ name: 'm0' }]],
    ['that are not a list', { name: 'm0' }],
    ['that are not objects', ['m0', 'm1', 'm2', 'm3']],
    ['of another model', four({ name: 'm7' })],
    ['with a number as the name for display', four({ name: 'm0', displayName: 5 })],
    ['with a price in another currency', four({ name: 'm0', price: { currency: 'EUR' } })],
    ['with aliases that are not texts', four({ name: 'm0', aliases: [{}] })],
    ['with a text that is not a day', four({ name: 'm0', released: '<b>' })],
    ['with a context below 0', four({ name: 'm0', context: -1 })],
  ]) {
    it(`${what} are refused`, async () => isBadMetadata(await withRecords(models, undefined)));
  }

  it('of tasks are checked likewise', async () => {
    const three = (more) => [{ name: 'task 0', ...more }, { name: 'task 1' }, { name: 'task 2' }];
    await infoOf(await withRecords(undefined, three({ needs: 'image' })));
    for (const more of [{ needs: 'money' }, { checkable: 1 }, { kind: [] }]) {
      await isBadMetadata(await withRecords(undefined, three(more)));
    }
  });
});

expectNothingOpen();
