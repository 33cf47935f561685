// Native and wasm are the same program: the same bytes for the same index, the same neighbours and decisions.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, it } from 'node:test';
import { buildIndex } from '../../../dist/build.js';
import { POLICIES } from '../../../dist/index.js';
import { loadCore } from '../../../dist/wasm/core-module.js';
import { DECISION_LAYOUT } from '../../../dist/wasm/decision-numbers.js';
import { expectNothingOpen, randomSpec, randomVectors, root, withSeed } from '../support/fixtures.mjs';
import { centroidsOf, predictorBytes } from '../support/predictor.mjs';

const command = path.join(root, 'build/native/tests/core/signalbox_native');
let folder;

before(() => {
  assert.ok(existsSync(command), `${command} is missing: cmake --build build/native --target signalbox_native`);
  folder = mkdtempSync(path.join(tmpdir(), 'signalbox-parity-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));
expectNothingOpen();

function write(name, data) {
  const file = path.join(folder, name);
  writeFileSync(file, typeof data === 'string' ? data : new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return file;
}

function native(...args) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
  assert.equal(status, 0, stderr);
  return stdout.trimEnd();
}

/** Builds natively from the specification in the core's form: tasks are listed once, models are objects. */
function buildNatively({ embeddings, outcomes, tasks, models, ...rest }) {
  const names = [...new Set(tasks)];
  const json = JSON.stringify({ ...rest, models: models.map((name) => ({ name })), tasks: names });
  const out = path.join(folder, 'native.sbx');
  const answer = native(
    'build',
    write('spec.json', json),
    write('embeddings.f32', embeddings),
    write(
      'tasks.u16',
      Uint16Array.from(tasks, (name) => names.indexOf(name)),
    ),
    write('outcomes.f32', outcomes),
    out,
  );
  assert.equal(answer, '{"ok":true}');
  return readFileSync(out);
}

const CODES = ['float32', 'int8', 'int4', 'binary'];
/** Dimensions around the widths of the vector instructions, and odd ones. */
const DIMS = [1, 3, 16, 33, 128];
const OUTCOMES = [{}, { missing: 0.2 }, { graded: true }, { graded: true, missing: 0.2 }];
/** Policies that need no families. */
const OF_ANY_INDEX = POLICIES.filter((policy) => policy !== 'families');
/** Policies that also route one input. */
const ONE = ['signalbox', 'paper', 's1'];
const COMMON = { neighbours: 40, maxCoveragePercentile: 100, eta: 0.2 };
/** Parts of requests that the package adds: a pick that was decided before, and models that lack what is needed. */
const DECIDED = { decided: 'm2', excluded: { lacks_tools: ['m1'], unknown_structured_output: ['m4'] } };
const PAIRS = { alphas: [0, 0.1, 0.2], repeats: 2, seed: 5 };

/** Draws one benchmark per seed: every code type, dimension and kind of outcomes occurs several times. */
function drawSpec(seed) {
  return randomSpec({
    seed,
    rows: 90 + seed,
    dim: DIMS[seed % DIMS.length],
    models: 5,
    tasks: 4,
    codes: CODES[seed % CODES.length],
    sampleIds: Array.from({ length: 90 + seed }, (_, i) => `sample ${i}`),
    metadata: { name: `benchmark ${seed}`, note: 'déjà vu' },
    routing: { k: 7, kappa: 5 },
    pairs: PAIRS,
    ...OUTCOMES[seed % OUTCOMES.length],
  });
}

/** Returns the decisions of wasm for a prompt and for a task. */
async function decideInWasm(bytes, vectors, dim, options, taskOptions) {
  const core = await loadCore(undefined, {});
  const handle = await core.openIndex(bytes, {});
  try {
    return [
      core.route(handle, vectors.slice(0, dim), JSON.stringify(options)),
      core.routeTask(handle, vectors, vectors.length / dim, JSON.stringify(taskOptions)),
    ];
  } finally {
    core.close(handle);
  }
}

/**
 * exp and erfc come from the C library. Those of glibc and musl differ in the last bit of some values (so does glibc's
 * own exp between processors with and without fused multiply-add); this share bounds the change of sums of a few such
 * values.
 */
const LAST_BITS = 1e-14;

/** Asserts equality, except for the last bits of numbers. */
function expectSame(actual, expected, where) {
  if (typeof expected === 'number' && typeof actual === 'number') {
    const close = Math.abs(actual - expected) <= LAST_BITS * Math.max(1, Math.abs(expected));
    assert.ok(close, `${where}: wasm ${actual}, native ${expected}`);
  } else if (typeof expected === 'object' && expected !== null) {
    assert.deepEqual(Object.keys(actual), Object.keys(expected), where);
    for (const key of Object.keys(expected)) expectSame(actual[key], expected[key], `${where}.${key}`);
  } else {
    assert.equal(actual, expected, where);
  }
}

for (let seed = 1; seed <= 20; ++seed) {
  const spec = drawSpec(seed);
  const kind = `${spec.codes}, ${spec.dim} dimensions, ${JSON.stringify(OUTCOMES[seed % OUTCOMES.length])}`;

  it(`native and wasm agree on an index and its neighbours bit for bit, and on decisions (seed ${seed}: ${kind})`, () =>
    withSeed(seed, async (random) => {
      const bytes = await buildIndex(spec);
      assert.ok(buildNatively(spec).equals(bytes), 'the bytes of the index differ');

      const vectors = randomVectors(random, 12, spec.dim);
      const policy = OF_ANY_INDEX[seed % OF_ANY_INDEX.length];
      const options = { policy: ONE.includes(policy) ? policy : 's1', ...COMMON };
      const labels = [0, 3, 4].map((index) => ({ index, outcomes: { m0: index % 2, m3: true, m4: 0.5 } }));
      if (seed % 2 === 1) Object.assign(options, DECIDED);
      const taskOptions = { policy, ...COMMON, labels };
      const index = write('wasm.sbx', bytes);
      const one = write('vector.f32', vectors.slice(0, spec.dim));
      const all = write('vectors.f32', vectors);
      const inWasm = await decideInWasm(bytes, vectors, spec.dim, options, taskOptions);
      const natively = [
        native('route', index, one, JSON.stringify(options)),
        native('route-task', index, all, JSON.stringify(taskOptions)),
      ].map((text) => JSON.parse(text).value);

      for (const [i, what] of ['prompt', 'task'].entries()) {
        assert.equal(natively[i].neighbours.length, 40);
        assert.deepEqual(inWasm[i].neighbours, natively[i].neighbours, `the neighbours of the ${what} differ`);
        assert.deepEqual(inWasm[i].coverage, natively[i].coverage, `the coverage of the ${what} differs`);
        expectSame(inWasm[i], natively[i], what);
      }
    }));
}

/** Returns a benchmark of random outcomes, half of them missing, with a task known by scores, a kind, and offsets. */
function drawSpecWithKinds(seed) {
  const spec = randomSpec({ seed, rows: 90, dim: 16, models: 5, tasks: 6, missing: 0.5, codes: 'int8' });
  const isKnown = (row) => row % 6 < 4;
  return {
    ...spec,
    outcomes: spec.outcomes.map((y, i) => (isKnown(Math.floor(i / 5)) ? y : Number.NaN)),
    taskScores: [0, 2, 3].map((model) => ({
      task: 'task 4',
      model: `m${model}`,
      score: 0.2 * model,
      evidence: 9 * seed,
    })),
    links: [
      { kind: 'task 5', task: 'task 4', weight: 2 },
      { kind: 'task 5', task: 'task 1', weight: 1 },
    ],
    taskWeights: [1, 0.5, 2, 1, 1, 0],
    rowOffsets: spec.tasks.map((_, row) => (row % 6 === 4 ? -8 : (row % 17) / 8 - 1)),
    mixture: [0.1, 2, 40, 4, 0.2, 0.15, 0.003, 0.15, 2, 0.5, 0.04, 2],
  };
}

it('native and wasm agree on decisions about an index with scores, kinds and offsets', () =>
  withSeed(77, async (random) => {
    for (const seed of [1, 2, 3]) {
      const bytes = await buildIndex(drawSpecWithKinds(seed));
      const vectors = randomVectors(random, 12, 16);
      const taskOptions = { ...COMMON, labels: [{ index: 1, outcomes: { m0: 1, m3: 0 } }] };
      const inWasm = await decideInWasm(bytes, vectors, 16, COMMON, taskOptions);
      const index = write('kinds.sbx', bytes);
      const natively = [
        native('route', index, write('vector.f32', vectors.slice(0, 16)), JSON.stringify(COMMON)),
        native('route-task', index, write('vectors.f32', vectors), JSON.stringify(taskOptions)),
      ].map((text) => JSON.parse(text).value);
      for (const [i, what] of ['prompt', 'task'].entries()) {
        assert.equal(natively[i].kinds[0].name, 'task 5');
        assert.equal(natively[i].taskWeights.length, 6);
        expectSame(inWasm[i], natively[i], `${what} of ${seed}`);
      }
    }
  }));

it('the package reads the numbers of a decision in the order in which the core writes them', () => {
  assert.deepEqual(DECISION_LAYOUT, JSON.parse(native('decision-layout')).value);
});

it('native and wasm choose the same prompts to grade', () =>
  withSeed(79, async (random) => {
    const [models, prompts, dim] = [9, 40, 16];
    const bytes = await buildIndex(randomSpec({ seed: 4, rows: 90, dim, models, tasks: 6, codes: 'int8' }));
    const vectors = randomVectors(random, prompts, dim);
    const groups = Int32Array.from({ length: prompts * models }, () => Math.floor(2.2 * random() ** 6));
    const labels = Array.from({ length: 12 }, (_, i) => {
      return { index: 3 * i, outcomes: Object.fromEntries(Array.from({ length: 8 }, (_, m) => [`m${m}`, random()])) };
    });
    const index = write('labels.sbx', bytes);
    const files = [write('prompts.f32', vectors), JSON.stringify({ labels }), write('groups.i32', groups)];
    const core = await loadCore(undefined, {});
    const opened = await core.openIndex(bytes, {});
    for (const seed of [0, 1, 12345]) {
      const task = core.openTask(opened, prompts, JSON.stringify({ labels }));
      task.setAnswers(groups, prompts);
      task.add(vectors, prompts);
      const inWasm = task.nextLabels(4, seed);
      task.close();
      assert.ok(inWasm.rows.length > 0 && inWasm.disagreeing < prompts && inWasm.labelled > 0);
      assert.deepEqual(JSON.parse(native('next-labels', index, ...files, '4', String(seed))).value, inWasm);
    }
    core.close(opened);
  }));

/** Returns random families of a benchmark, with a linear part for odd seeds. */
function drawFamilies(random, seed, dim, models) {
  const families = 1 + (seed % 4);
  const list = (count, draw) => Array.from({ length: count }, draw);
  const vectors = list(families, () => randomVectors(random, 1, dim));
  const linear = { weights: list(models * dim, () => random() - 0.5), intercept: list(models, () => random() - 0.5) };
  return predictorBytes({
    families,
    temperature: 0.05 + random(),
    answerValue: 0.01 * seed,
    centroids: centroidsOf(
      vectors,
      vectors.map((_, i) => i),
      families,
    ),
    bias: list(families, () => random() - 0.5),
    share: list(families, () => 0.1 + 0.9 * random()),
    right: list(families * models, random),
    evidence: list(families * models, () => 50 * random()),
    usd: list(families * models, () => (random() < 0.1 ? -1 : 0.01 * random())),
    ...(seed % 2 === 1 ? linear : {}),
  });
}

it('native and wasm agree on decisions by families: on forecasts to the last bit', () =>
  withSeed(78, async (random) => {
    for (let seed = 1; seed <= 8; ++seed) {
      const dim = DIMS[seed % DIMS.length];
      const families = drawFamilies(random, seed, dim, 5);
      const bytes = await buildIndex({ ...drawSpec(seed), families });
      const vectors = randomVectors(random, 12, dim);
      const options = { neighbours: 3, maxCoveragePercentile: seed % 3 === 0 ? 99 : 100 };
      const inWasm = await decideInWasm(bytes, vectors, dim, options, options);
      const index = write('families.sbx', bytes);
      const natively = [
        native('route', index, write('vector.f32', vectors.slice(0, dim)), JSON.stringify(options)),
        native('route-task', index, write('vectors.f32', vectors), JSON.stringify(options)),
      ].map((text) => JSON.parse(text).value);
      for (const [i, what] of ['prompt', 'task'].entries()) {
        expectSame(inWasm[i], natively[i], `${what} of ${seed}`);
        assert.equal(natively[i].policy, 'families');
        assert.deepEqual(inWasm[i].families, natively[i].families);
        const exact = ({ ranking, coverage }) => [coverage, ranking.map((m) => [m.model, m.pCorrect, m.interval])];
        assert.deepEqual(exact(inWasm[i]), exact(natively[i]));
        assert.deepEqual(inWasm[i].price, natively[i].price);
      }
    }
  }));

it('native and wasm draw the same map, to the last bit, for more rows than one step moves', async () => {
  const spec = randomSpec({ rows: 2100, dim: 24, models: 2, tasks: 6, codes: 'int4' });
  const bytes = await buildIndex(spec);
  const core = await loadCore(undefined, {});
  const handle = await core.openIndex(bytes, {});
  const map = core.describeIndex(handle).sections.find(({ name }) => name === 'map');
  core.close(handle);
  assert.equal(map?.sizeBytes, 4 * 2100);
  const [wasm, natively] = [bytes, buildNatively(spec)].map((file) =>
    Buffer.from(file).subarray(map.offsetBytes, map.offsetBytes + map.sizeBytes),
  );
  assert.ok(natively.equals(wasm));
});

it('native and wasm refuse the same specification with the same message', async () => {
  const spec = drawSpec(1);
  const json = JSON.stringify({ dim: spec.dim, models: [{ name: 'a' }], tasks: ['t'], codes: 'int2' });
  const text = native(
    'build',
    write('bad.json', json),
    ...['e', 't', 'o'].map((f) => write(f, new Uint8Array(0))),
    'x',
  );
  const { error } = JSON.parse(text);
  await assert.rejects(buildIndex({ ...spec, codes: 'int2' }), { code: error.code, message: error.message });
});
