// Builds indexes: the input comes back, equal input makes equal bytes, and invalid input is refused.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { buildIndex } from '../../../dist/build.js';
import { flatten } from '../../../dist/building/build-index.js';
import { liveHandles, Router } from '../../../dist/index.js';
import { loadLab } from '../../../dist/wasm/lab-module.js';
import { expectNothingOpen, randomSpec, refused, WORDS } from '../support/fixtures.mjs';

expectNothingOpen();

async function infoOf(index) {
  const router = await Router.load({ index, embedder: null });
  router.dispose();
  return router.info;
}

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
      { name: 'm1', paramsB: 70.6, usdPerMTokIn: 0.1, usdPerMTokOut: 0.15 },
      { name: 'm2', paramsB: null },
      { name: 'm3', usdPerMTokIn: 0, usdPerMTokOut: 1e-3 },
    ];
    const info = await builtInfo({ models });
    assert.deepEqual(
      info.models.map(({ meanOutcome: _, ...model }) => model),
      [
        { name: 'm0', paramsB: null, usdPerMTokIn: null, usdPerMTokOut: null },
        { name: 'm1', paramsB: 70.6, usdPerMTokIn: 0.1, usdPerMTokOut: 0.15 },
        { name: 'm2', paramsB: null, usdPerMTokIn: null, usdPerMTokOut: null },
        { name: 'm3', paramsB: null, usdPerMTokIn: 0, usdPerMTokOut: 0.001 },
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

describe('an index that is built row by row', () => {
  /** Opens a build of the specification, puts its rows from the last to the first, and calls `use` with the build. */
  async function withBuild(spec, extra, use) {
    const lab = await loadLab();
    const { specJson, rowTasks, embeddings, outcomes } = flatten(spec);
    const build = lab.openBuild(JSON.stringify({ ...JSON.parse(specJson), ...extra }), rowTasks);
    const models = spec.models.length;
    try {
      assert.equal(liveHandles(), 1);
      for (let last = rowTasks.length; last > 0; last -= 7) {
        const first = Math.max(0, last - 7);
        build.put(
          Uint32Array.from({ length: last - first }, (_, i) => first + i),
          embeddings.slice(first * spec.dim, last * spec.dim),
          outcomes.slice(first * models, last * models),
        );
      }
      return await use(build);
    } finally {
      build.close();
      build.close();
      assert.throws(() => build.step(1), { code: 'disposed' });
    }
  }

  it('writes the bytes of buildIndex in pieces', async () => {
    for (const codes of ['float32', 'int8', 'int4', 'binary']) {
      const spec = randomSpec({ codes, missing: 0.1, graded: true, pairs: { alphas: [0, 0.2], repeats: 2 } });
      await withBuild(spec, { graded: true, missing: true }, async (build) => {
        assert.throws(() => build.finish(), { code: 'invalid_argument' });
        // Every row for the pairs and for the coverage, and 200 epochs of the map.
        assert.deepEqual(build.step(100), { done: 100, total: 320 });
        assert.deepEqual(build.step(220), { done: 320, total: 320 });
        const { pieces, sizeBytes, pairs } = build.finish();
        const bytes = Buffer.concat(pieces);
        assert.equal(bytes.length, sizeBytes);
        assert.deepEqual(pairs, { exact: true, rowsATask: 20, maxStandardErrorU: 0, maxStandardErrorP: 0 });
        assert.ok(bytes.equals(await buildIndex(spec)), codes);
      });
    }
  });

  it('reports the possible error of pairs from a sample', async () => {
    const spec = randomSpec({ rows: 300 });
    await withBuild(spec, { pairSampling: { maxWork: 1000, seed: 2 } }, async (build) => {
      // 20 rows of each task for the pairs, 200 rows for the coverage, 200 epochs of their layout, and a search for
      // each of the 300 rows among them.
      const total = 60 + 200 + 200 + 300;
      assert.deepEqual(build.step(1e6), { done: total, total });
      const { pieces, pairs } = build.finish();
      assert.equal(pairs.exact, false);
      assert.equal(pairs.rowsATask, 20);
      assert.ok(pairs.maxStandardErrorP > 0 && pairs.maxStandardErrorP <= 0.5 / Math.sqrt(20));
      assert.equal((await infoOf(Buffer.concat(pieces))).rows, 300);
    });
  });

  it('refuses a row that was already added, and a grade against the specification', () =>
    withBuild(randomSpec(), {}, (build) => {
      const [at, embedding] = [Uint32Array.of(3), new Float32Array(8)];
      assert.throws(() => build.put(at, embedding, new Float32Array(4)), /row 3 was already added/);
      assert.throws(() => build.put(at, embedding, new Float32Array(4).fill(0.5)), /is graded/);
    }));

  it('is refused with an unknown option of the sampling', async () => {
    const { specJson, rowTasks } = flatten(randomSpec());
    const lab = await loadLab();
    const open = (pairSampling) => lab.openBuild(JSON.stringify({ ...JSON.parse(specJson), pairSampling }), rowTasks);
    assert.throws(() => open({ maxWork: -1 }), { code: 'invalid_argument' });
    assert.throws(() => open({ work: 1 }), /'work' is not known/);
  });
});

it('a coreset holds rows with the means of the task', async () => {
  const lab = await loadLab();
  const { embeddings, outcomes, dim } = randomSpec({ rows: 200, missing: 0.1 });
  const rows = lab.chooseRows(embeddings, outcomes, dim, 4, 50);
  assert.equal(rows.length, 50);
  assert.deepEqual(
    [...rows],
    [...new Set(rows)].toSorted((a, b) => a - b),
  );
  assert.equal(lab.chooseRows(embeddings, outcomes, dim, 4, 500).length, 200);
});

describe('an index whose rows are put in pieces', () => {
  const open = async (changes = {}) => {
    const lab = await loadLab();
    const { specJson, rowTasks, embeddings, outcomes } = flatten({ ...randomSpec(), ...changes });
    return { build: lab.openBuild(specJson, rowTasks), embeddings, outcomes };
  };
  const bytesOf = (build) => Buffer.concat(build.finish().pieces.map((piece) => Uint8Array.from(piece)));

  it('has the bytes of an index built at once, for any order of the pieces', async () => {
    const { build, embeddings, outcomes } = await open();
    for (const first of [40, 0, 20]) {
      const at = Uint32Array.from({ length: 20 }, (_, i) => first + i);
      build.put(at, embeddings.slice(first * 8, (first + 20) * 8), outcomes.slice(first * 4, (first + 20) * 4));
    }
    while (build.step(7).done < build.step(0).total);
    const whole = await buildIndex(randomSpec());
    assert.deepEqual(bytesOf(build), Buffer.from(whole));
    assert.deepEqual(bytesOf(build), Buffer.from(whole), 'finishing again returns the same bytes');
    build.close();
  });

  it('refuses arrays of the wrong length before it reads them', async () => {
    const { build, embeddings, outcomes } = await open();
    const at = Uint32Array.of(0, 1);
    for (const [e, o] of [
      [embeddings.slice(0, 15), outcomes.slice(0, 8)],
      [embeddings.slice(0, 16), outcomes.slice(0, 9)],
    ]) {
      assert.throws(() => build.put(at, e, o), { code: 'dimension_mismatch' });
    }
    const lab = await loadLab();
    assert.throws(() => lab.chooseRows(new Float32Array(8), new Float32Array(3), 4, 2, 1), {
      code: 'dimension_mismatch',
    });
    build.close();
    assert.throws(() => build.step(1), { code: 'disposed' });
  });

  it('keeps the rows of a shard to the last bit', async () => {
    const unit = Float32Array.of(0.6, 0.8, 0, 0);
    const spec = { ...randomSpec(), embeddings: unit, dim: 2, tasks: ['a', 'b'], outcomes: [1, 0, 1, 0, 0, 1, 0, 1] };
    const lab = await loadLab();
    const flat = flatten({ ...spec, codes: 'float32' });
    const open = (extra) => lab.openBuild(JSON.stringify({ ...JSON.parse(flat.specJson), ...extra }), flat.rowTasks);
    const build = open({ shard: true });
    build.put(Uint32Array.of(0, 1), flat.embeddings, flat.outcomes);
    assert.deepEqual(build.step(1), { done: 0, total: 0 });
    const info = await infoOf(bytesOf(build));
    const { offsetBytes } = info.sections.find(({ name }) => name === 'codes');
    const bytes = bytesOf(build);
    assert.deepEqual(new Float32Array(bytes.buffer.slice(bytes.byteOffset + offsetBytes))[0], unit[0]);
    assert.equal(info.pairs, 0);
    build.close();
    assert.throws(() => open({ shard: true, codes: 'int8' }), { code: 'invalid_argument' });
    const other = open({ shard: true });
    assert.throws(
      () =>
        other.put(
          Uint32Array.of(0, 1),
          flat.embeddings.map((x) => 3 * x),
          flat.outcomes,
        ),
      {
        code: 'invalid_argument',
      },
    );
    other.close();
  });
});
