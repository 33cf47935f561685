// Builds indexes: the input comes back, equal input makes equal bytes, and invalid input is refused.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { buildIndex } from '../../../dist/build.js';
import { Router } from '../../../dist/index.js';
import { expectNothingOpen, infoOf, randomSpec, refused, WORDS } from '../support/fixtures.mjs';

expectNothingOpen();

const build = (changes) => buildIndex({ ...randomSpec(), ...changes });
const builtInfo = async (changes) => infoOf(await build(changes));

describe('an index', () => {
  it('has the same bytes for the same specification, regardless of builds in between', async () => {
    for (const codes of ['float32', 'int8', 'int4', 'binary']) {
      const spec = randomSpec({ codes, missing: 0.1, graded: true, pairs: { alphas: [0, 0.1], repeats: 2, seed: 3 } });
      const first = await buildIndex(spec);
      await build({ codes: 'int4' });
      assert.deepEqual(await buildIndex(spec), first, codes);
      assert.deepEqual(await buildIndex(structuredClone(spec)), first, codes);
    }
  });

  it('has other bytes only for another seed of its pairs', async () => {
    const alphas = [0.2];
    const [one, two] = [await build({ pairs: { alphas, seed: 1 } }), await build({ pairs: { alphas, seed: 2 } })];
    assert.equal(one.length, two.length);
    assert.notDeepEqual(one, two);
  });

  it('takes numbers from any kind of array', async () => {
    const spec = randomSpec();
    const expected = await buildIndex(spec);
    assert.deepEqual(await build({ embeddings: [...spec.embeddings], outcomes: [...spec.outcomes] }), expected);
    assert.deepEqual(await build({ embeddings: Float64Array.from(spec.embeddings) }), expected);
  });

  it('does not change its input', async () => {
    const spec = randomSpec();
    const copy = structuredClone(spec);
    await buildIndex(spec);
    assert.deepEqual(spec, copy);
  });

  it('is smaller if its rows have fewer bits', async () => {
    const sizes = [];
    const spec = randomSpec({ dim: 256 });
    for (const codes of ['binary', 'int4', 'int8', 'float32']) {
      sizes.push((await buildIndex({ ...spec, codes })).length);
    }
    assert.deepEqual(
      sizes,
      [...new Set(sizes)].toSorted((a, b) => a - b),
    );
  });
});

describe('its tasks', () => {
  it('are named by its rows, in order of appearance', async () => {
    const { tasks } = await builtInfo({});
    assert.deepEqual(
      tasks,
      [0, 1, 2].map((t) => ({ name: `task ${t}`, rows: 20 })),
    );
  });

  it('may be numbers, with or without names', async () => {
    const numbers = Uint16Array.from({ length: 60 }, (_, r) => r % 3);
    const named = await build({ tasks: numbers, taskNames: ['task 0', 'task 1', 'task 2'] });
    assert.deepEqual(named, await build({}), 'the same as with names');
    const { tasks } = await builtInfo({ tasks: [...numbers] });
    assert.deepEqual(
      tasks.map(({ name }) => name),
      ['task0', 'task1', 'task2'],
    );
  });

  it('are in the order of taskNames if given', async () => {
    const { tasks } = await builtInfo({ taskNames: ['task 2', 'task 1', 'task 0'] });
    assert.deepEqual(
      tasks.map(({ name }) => name),
      ['task 2', 'task 1', 'task 0'],
    );
  });
});

describe('the content of an index', () => {
  const ids = Array.from({ length: 60 }, (_, i) => `sample ${i}`);

  it('is reported by its description', async () => {
    const routing = { k: 7, kappa: 3, threshold: 0.25, sigma: 0.5, eta: 0.75 };
    const info = await builtInfo({ routing, codes: 'int4', sampleIds: ids, embedder: { id: 'e', hash: 'sha256:00' } });
    assert.equal(info.rows, 60);
    assert.equal(info.dim, 8);
    assert.equal(info.codes, 'int4');
    assert.deepEqual(info.routing, routing);
    assert.deepEqual(info.embedder, { id: 'e', hash: 'sha256:00' });
    assert.equal(info.pairs, 3, 'one per task');
    assert.equal(info.missingOutcomes, 0);
    assert.equal(info.graded, false);
    assert.equal(info.bestSingleModel, 'm3');
    assert.ok(info.sections.every(({ offsetBytes, sizeBytes }) => offsetBytes % 64 === 0 && sizeBytes >= 0));
  });

  it('has 8 bits per number by default', async () => {
    assert.equal((await builtInfo({})).codes, 'int8');
  });

  it('includes prices and parameters as given', async () => {
    const models = [
      'm0',
      { name: 'm1', paramsB: 70.6, usdPerMTokIn: 0.1, usdPerMTokOut: 0.1234567890123, usdPerMTokCacheRead: 0.025 },
      { name: 'm2', paramsB: null },
      { name: 'm3', usdPerMTokIn: 0, usdPerMTokOut: 1e-3 },
    ];
    const info = await builtInfo({ models });
    assert.deepEqual(
      info.models.map(({ meanOutcome: _, ...model }) => model),
      [
        { name: 'm0', paramsB: null, usdPerMTokIn: null, usdPerMTokOut: null, usdPerMTokCacheRead: null },
        models[1],
        { name: 'm2', paramsB: null, usdPerMTokIn: null, usdPerMTokOut: null, usdPerMTokCacheRead: null },
        { name: 'm3', paramsB: null, usdPerMTokIn: 0, usdPerMTokOut: 0.001, usdPerMTokCacheRead: null },
      ],
    );
  });

  it('includes metadata of any kind', async () => {
    const values = [
      { name: 'x', list: [1, 2.5, null, true], nested: { 'key "2"': 'ü\u0000😀\n' } },
      'text',
      [1],
      7,
      {},
    ];
    for (const metadata of values) assert.deepEqual((await builtInfo({ metadata })).metadata, metadata);
    assert.deepEqual((await builtInfo({ metadata: undefined })).metadata, {});
  });

  it('counts missing outcomes, whether NaN or null', async () => {
    const outcomes = [...randomSpec().outcomes];
    outcomes[5] = Number.NaN;
    outcomes[6] = null;
    outcomes[8] = 0.5;
    const info = await builtInfo({ outcomes });
    assert.equal(info.missingOutcomes, 2);
    assert.equal(info.graded, true);
  });

  it('has no best model if nothing was measured', async () => {
    const info = await builtInfo({ outcomes: new Float32Array(240).fill(Number.NaN) });
    assert.equal(info.bestSingleModel, null);
    assert.equal(info.missingOutcomes, 240);
  });

  it('is returned with the neighbours of a decision', async () => {
    const spec = { ...randomSpec({ missing: 0.3 }), sampleIds: ids };
    const router = await Router.load({ index: await buildIndex(spec), embedder: null });
    const { neighbours } = await router.route(Array(8).fill(1), { neighbours: 60 });
    router.dispose();
    assert.equal(neighbours.length, 60);
    for (const { row, id, task, outcomes } of neighbours) {
      assert.equal(id, ids[row]);
      assert.equal(task, spec.tasks[row]);
      const expected = [...spec.outcomes.slice(4 * row, 4 * row + 4)].map((y) => (Number.isNaN(y) ? null : y));
      assert.deepEqual(Object.values(outcomes), expected);
    }
  });
});

describe('a specification', () => {
  let outcomes;
  before(() => {
    outcomes = randomSpec().outcomes;
  });

  for (const [what, changes, code, message] of [
    ['without models', { models: undefined }, 'invalid_argument', /needs models/],
    ['without a model', { models: [] }, 'dimension_mismatch', /outcomes has 240 values, expected 0/],
    ['with a repeated model', { models: ['a', 'a', 'b', 'c'] }, 'invalid_argument', /unique and not empty, got 'a'/],
    ['with a model without a name', { models: ['', 'a', 'b', 'c'] }, 'invalid_argument', /unique and not empty/],
    ['with a model that is a number', { models: [1, 'a', 'b', 'c'] }, 'invalid_argument', /expected an object/],
    ['with a negative price', { models: [{ name: 'a', usdPerMTokIn: -1 }, 'b', 'c', 'd'] }, 'invalid_argument', /-1/],
    ['with a price that is NaN', { models: [{ name: 'a', paramsB: Number.NaN }, 'b', 'c', 'd'] }, 'invalid_argument'],
    ['with a model that has unknown keys', { models: [{ name: 'a', b: 1 }, 'b', 'c', 'd'] }, 'invalid_argument', /'b'/],
    ['without tasks', { tasks: undefined }, 'invalid_argument', /the task of each row/],
    ['without rows', { tasks: [], embeddings: [], outcomes: [] }, 'invalid_argument', /at least one row/],
    ['with a task that is not among the names', { taskNames: ['task 0'] }, 'invalid_argument', /row 1 is task 1/],
    ['with a task that is negative', { tasks: Array(60).fill(-1) }, 'invalid_argument', /row 0 is -1/],
    ['with half a task', { tasks: Array(60).fill(0.5) }, 'invalid_argument', /row 0 is 0.5/],
    ['with a task beyond the names', { tasks: Array(60).fill(1), taskNames: ['a'] }, 'invalid_argument', /row 0 is 1/],
    ['with more tasks than rows', { tasks: Array(60).fill(99) }, 'invalid_argument', /100 tasks for 60 rows/],
    ['with names of tasks that are not a list', { taskNames: 'task 0' }, 'invalid_argument', /taskNames/],
    ['without a width', { dim: undefined }, 'invalid_argument', /dim is undefined/],
    ['of width 0', { dim: 0, embeddings: [] }, 'invalid_argument', /dim is 0, expected an integer from 1/],
    ['that is too wide', { dim: 10_000, embeddings: new Float32Array(600_000) }, 'invalid_argument', /dim is 10000/],
    ['with too few embeddings', { embeddings: [1, 2] }, 'dimension_mismatch', /embeddings has 2 values, expected 480/],
    ['with embeddings that are not a list', { embeddings: 'x' }, 'dimension_mismatch', /expected 480/],
    ['with too many outcomes', { outcomes: new Float32Array(241) }, 'dimension_mismatch', /241 values, expected 240/],
    ['with an infinite embedding', { embeddings: Array(480).fill(1e39) }, 'non_finite', /NaN or infinity/],
    [
      'with an outcome above 1',
      { outcomes: Array(240).fill(1.5) },
      'invalid_argument',
      /row 0 and model m0 is outside/,
    ],
    [
      'with unknown codes',
      { codes: 'int2' },
      'invalid_argument',
      /codes is 'int2', expected float32, int8, int4 or binary/,
    ],
    ['with too few ids', { sampleIds: ['a'] }, 'dimension_mismatch', /1 sample ids, expected 60/],
    [
      'with ids that are numbers',
      { sampleIds: Array(60).fill(1) },
      'invalid_argument',
      /sampleIds is not a list of str/,
    ],
    ['with an embedder that is a text', { embedder: 'e' }, 'invalid_argument', /embedder: expected an object/],
    ['with k = 0', { routing: { k: 0 } }, 'invalid_argument', /k is 0/],
    ['with k = NaN', { routing: { k: Number.NaN } }, 'invalid_argument', /k is NaN/],
    ['with an unknown constant', { routing: { K: 1 } }, 'invalid_argument', /'K' is not known/],
    ['with alpha = 1', { pairs: { alphas: [1] } }, 'invalid_argument', /alphas in \[0, 1\)/],
    ['without alphas', { pairs: { alphas: [] } }, 'invalid_argument', /alphas/],
    ['with an unknown key', { distance: 'l2' }, 'invalid_argument', /'distance' is not known/],
    ['with metadata that is too large', { metadata: WORDS.join(' ').repeat(10_000) }, 'size_overflow', /limits/],
    ['with metadata that is not JSON', { metadata: { n: 1n } }, 'invalid_argument', /n is a bigint/],
  ]) {
    it(`${what} is refused: ${code}`, () => refused(build(changes), code, message));
  }

  it('of another type is refused', async () => {
    for (const spec of [undefined, null, 7, 'spec', []]) await refused(buildIndex(spec), 'invalid_argument');
  });

  it('is refused with one name twice among its tasks', () =>
    refused(build({ taskNames: ['a', 'a'], tasks: Array(60).fill(0), outcomes }), 'invalid_argument', /unique/));
});
