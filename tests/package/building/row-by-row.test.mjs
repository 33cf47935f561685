// Builds indexes row by row, in any order and in pieces: the bytes are those of buildIndex; shards, sampled pairs, coresets.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildIndex } from '../../../dist/build.js';
import { flatten } from '../../../dist/building/build-index.js';
import { liveHandles } from '../../../dist/index.js';
import { loadLab } from '../../../dist/wasm/lab-module.js';
import { expectNothingOpen, infoOf, randomSpec } from '../support/fixtures.mjs';

expectNothingOpen();

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
