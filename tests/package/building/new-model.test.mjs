// New models: the rows to run, and the index with their results, as package, worker and command make them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import {
  addModel,
  addModelInWorker,
  anchors,
  anchorsCsv,
  anchorsInWorker,
  buildFromFiles,
  buildIndex,
  fileFromBytes,
  plan,
} from '../../../dist/build.js';
import { Router } from '../../../dist/index.js';
import { estimateNewModel } from '../../reference/new-model.mjs';
import { randomFrom, randomVectors, refused, root } from '../support/fixtures.mjs';
import { csv, fails, folder, inOwnFolders, isRight, MODELS, read, run, runs, runsJson, write } from './fixtures.mjs';

inOwnFolders();

const [ROWS, TASKS, WIDTH, DIM] = [120, 4, 7, 8];

/** Returns a benchmark in which models are good at some tasks, and the outcomes of a model that is like model 2. */
function drawBenchmark(seed = 5) {
  const random = randomFrom(seed);
  const tasks = Array.from({ length: ROWS }, (_, row) => row % TASKS);
  const outcomes = tasks.map((task) =>
    Array.from({ length: WIDTH }, (_, m) => Number(random() < 0.25 + (m % TASKS === task ? 0.5 : 0) + 0.03 * m)),
  );
  const newer = outcomes.map((of) => (random() < 0.9 ? of[2] : 1 - of[2]));
  const embeddings = randomVectors(random, ROWS, DIM);
  return { tasks, outcomes, newer, embeddings };
}

const specOf = ({ tasks, outcomes, embeddings }, more = {}) => ({
  models: Array.from({ length: WIDTH }, (_, m) => ({ name: `m${m}`, usdPerMTokIn: m + 1, usdPerMTokOut: 2 })),
  tasks: tasks.map((task) => `t${task}`),
  embeddings,
  dim: DIM,
  outcomes: outcomes.flat(),
  ...more,
});

const resultsOf = ({ newer }, rows) => rows.map((row) => ({ row, outcome: newer[row] }));
const near = (got, wanted, what) => assert.ok(Math.abs(got - wanted) < 1e-6, `${what}: ${got}, expected ${wanted}`);
const textFile = (name, text) => fileFromBytes(name, new TextEncoder().encode(text));
const load = (index) => Router.load({ index, embedder: null });

describe('addModel', () => {
  it('estimates the tasks as the reference does, and says so in the index and in decisions', async () => {
    const drawn = drawBenchmark();
    const index = await buildIndex(specOf(drawn));
    const rows = (await anchors(index, { n: 20 })).map(({ row }) => row);
    assert.equal(new Set(rows).size, 20);
    const results = resultsOf(drawn, rows);
    const record = { maker: 'Acme', released: '2026-11-01' };
    const added = await addModel(index, results, { model: 'new', usdPerMTokIn: 0.5, usdPerMTokOut: 1, record });
    assert.deepEqual([added.model, added.rows, added.unmatched.count], ['new', 20, 0]);
    const wanted = estimateNewModel(drawn, results);
    for (const [t, { mean, error, results: count }] of added.tasks.entries()) {
      near(mean, wanted[t].mean, `mean of task ${t}`);
      near(error, Math.sqrt(wanted[t].variance), `error of task ${t}`);
      assert.equal(count, rows.filter((row) => drawn.tasks[row] === t).length);
    }
    const router = await load(added.index);
    const { models, formatVersion } = router.info;
    assert.deepEqual(formatVersion, [3, 0]);
    assert.equal(models.length, WIDTH + 1);
    const { addedFromRows, usdPerMTokIn, record: kept } = models.at(-1);
    assert.deepEqual([addedFromRows, usdPerMTokIn, kept], [20, 0.5, { name: 'new', ...record }]);
    const alone = await router.route(drawn.embeddings.slice(0, DIM), { candidates: { allow: ['new'] } });
    assert.deepEqual(
      alone.notes.filter(({ code }) => code === 'added_model').map(({ message }) => message),
      ['new was added from results on 20 rows: its numbers are estimates'],
    );
    router.dispose();
  });

  it('changes no decision among the other models, to the last byte', async () => {
    const drawn = drawBenchmark();
    const index = await buildIndex(specOf(drawn));
    const { index: bytes } = await addModel(index, resultsOf(drawn, [3, 50, 77]), { model: 'new' });
    const [before, after] = [await load(index), await load(bytes)];
    const others = { candidates: { deny: ['new'] } };
    for (const policy of ['signalbox', 's1']) {
      for (let row = 0; row < 10; ++row) {
        const vector = drawn.embeddings.slice(row * DIM, (row + 1) * DIM);
        const strip = ({ ranking, model, confidence, tasks, taskWeights, coverage, challenger }) =>
          JSON.stringify({ ranking, model, confidence, tasks, taskWeights, coverage, challenger });
        const wanted = strip(await before.route(vector, { policy }));
        assert.equal(strip(await after.route(vector, { policy, ...others })), wanted);
        const ranking = (await after.route(vector, { policy })).ranking.filter(({ model }) => model !== 'new');
        assert.equal(JSON.stringify(ranking), JSON.stringify((await before.route(vector, { policy })).ranking));
      }
    }
    before.dispose();
    after.dispose();
  });

  it('reads files by dataset and id, by an id alone, and by the number of the row', async () => {
    const drawn = drawBenchmark();
    const sampleIds = drawn.tasks.map((_, row) => `id-${row}`);
    const [named, numbered] = [await buildIndex(specOf(drawn, { sampleIds })), await buildIndex(specOf(drawn))];
    const rows = [5, 6, 7, 40];
    const lines = (ids) => [
      'dataset,id,prompt,acme',
      ...rows.map((row) => `t${row % TASKS},${ids(row)},x,${drawn.newer[row]}`),
    ];
    const wanted = await addModel(named, resultsOf(drawn, rows), { model: 'acme' });
    const byName = await addModel(named, [textFile('r.csv', lines((row) => sampleIds[row]).join('\n'))]);
    assert.deepEqual(byName, wanted);
    const alone = lines((row) => sampleIds[row]).map((line) => line.slice(line.indexOf(',') + 1));
    assert.deepEqual(await addModel(named, [textFile('r.csv', alone.join('\n'))]), wanted);
    const jsonl = rows.map((row) => JSON.stringify({ id: String(row), model: 'acme', score: drawn.newer[row] }));
    const byNumber = await addModel(numbered, [textFile('r.jsonl', jsonl.join('\n'))]);
    assert.deepEqual(byNumber, await addModel(numbered, resultsOf(drawn, rows), { model: 'acme' }));
  });

  it('takes the metric of the index, and counts results on rows that it does not have', async () => {
    const table = [
      'dataset,id,prompt,a,b',
      ...Array.from({ length: 12 }, (_, i) => `d${i % 2},${i},Is ${i} even?,${i},${9 - (i % 9)}`),
    ];
    const { index } = await buildFromFiles([textFile('own.csv', table.join('\n'))], {
      ranges: [{ datasets: '*', value: [0, 20] }],
      thresholds: [{ datasets: '*', value: 5 }],
    });
    const results = ['dataset,id,prompt,score', 'd0,0,,3', 'd1,1,,12', 'd0,99,,1', 'd1,3,,'];
    const added = await addModel(index, [textFile('r.csv', results.join('\n'))], { model: 'c' });
    assert.deepEqual([added.rows, added.unmatched], [2, { count: 1, examples: ['d0 99'] }]);
    assert.ok(added.tasks[0].mean < added.tasks[1].mean);
  });

  it('refuses what it cannot add', async () => {
    const drawn = drawBenchmark();
    const index = await buildIndex(specOf(drawn));
    const good = [{ row: 0, outcome: 1 }];
    const refuses = (results, options, pattern, of = index) =>
      refused(() => addModel(of, results, options), 'invalid_argument', pattern);
    await refuses(good, {}, /model is not given/);
    await refuses(good, { model: 'm3' }, /already has a model 'm3'/);
    await refuses(good, { model: 'new', price: 1 }, /'price' is not known/);
    await refuses(good, { model: 'new', record: { maker: 3 } }, /maker has another kind/);
    await refuses(good, { model: 'new', usdPerMTokIn: -1 }, /usdPerMTokIn/);
    await refuses([...good, ...good], { model: 'new' }, /row 0 occurs twice/);
    await refuses([{ row: ROWS, outcome: 1 }], { model: 'new' }, /expected a whole number below 120/);
    await refuses([{ row: 1, outcome: 2 }], { model: 'new' }, /outside 0 to 1/);
    await refuses([{ row: 1, outcome: Number.NaN }], { model: 'new' }, /outside 0 to 1/);
    await refuses([{ row: 1, outcome: 0.5 }], { model: 'new' }, /neither 0 nor 1/);
    await refuses([], { model: 'new' }, /there are no files/);
    await refuses([textFile('empty.csv', '')], { model: 'new' }, /empty/);
    await refuses([textFile('r.csv', 'id,prompt,new\n999,x,1')], {}, /none of their rows, such as r 999/);
    await refuses([textFile('r.csv', 'id,prompt,new\n9,x,')], {}, /no row has a score/);
    await refuses([textFile('r.csv', 'id,prompt,a,b\n9,x,1,0')], { model: 'c' }, /2 models: got 'c'/);
    await refused(() => addModel(new Uint8Array(10), good, { model: 'new' }), 'bad_magic', /magic/);
    const graded = readFileSync(path.join(root, 'tests/fixtures/plan/support.csv'));
    const { index: ofPlan } = await plan([fileFromBytes('support.csv', graded)], { index: false });
    await refuses(good, { model: 'new' }, /plan again/, ofPlan);
    await refused(() => anchors(index, { n: 121 }), 'invalid_argument', /120 rows with outcomes/);
    await refused(() => anchors(index, { n: 0 }), 'invalid_argument', /whole number from 1/);
  });

  it('adds to an index with families of prompts', async () => {
    const { index } = await buildFromFiles([
      textFile('one.csv', csv(MODELS, 30).replace(/^(sums|words|code),/gm, 'all,$1-')),
    ]);
    const before = await load(index);
    assert.ok(before.info.families.count > 1);
    const chosen = await anchors(index, { n: 12 });
    const results = chosen.map(({ row, id }) => {
      const [topic, i] = id.split('-');
      return { row, outcome: isRight(topic, 'small', Number(i)) };
    });
    const { index: bytes } = await addModel(index, results, { model: 'like-small' });
    const after = await load(bytes);
    const vector = new Float32Array(before.info.dim).fill(0.1);
    const decision = await after.route(vector, { policy: 'families' });
    const rest = decision.ranking.filter(({ model }) => model !== 'like-small');
    assert.deepEqual(rest, (await before.route(vector, { policy: 'families' })).ranking);
    before.dispose();
    after.dispose();
  });

  it('takes 100,000 results', async () => {
    const rows = 100_000;
    const index = await buildLarge(rows);
    const added = await addModel(
      index,
      Array.from({ length: rows }, (_, row) => ({ row, outcome: row % 2 })),
      { model: 'new' },
    );
    assert.equal(added.rows, rows);
    for (const { mean } of added.tasks) near(mean, 0.5, 'mean');
    assert.equal((await anchors(index, { n: 5 })).length, 5);
  });
});

/** Builds an index of many rows with little work. */
async function buildLarge(rows) {
  const { loadLab } = await import('../../../dist/wasm/lab-module.js');
  const spec = {
    ...{ dim: 4, codes: 'binary', models: [{ name: 'a' }, { name: 'b' }], tasks: ['s', 't'] },
    ...{ graded: false, missing: false, pairSampling: { maxWork: 1, seed: 1 } },
  };
  const build = (await loadLab()).openBuild(
    JSON.stringify(spec),
    Uint16Array.from({ length: rows }, (_, row) => Number(row >= rows / 2)),
  );
  build.put(
    Uint32Array.from({ length: rows }, (_, row) => row),
    randomVectors(randomFrom(3), rows, 4),
    Float32Array.from({ length: 2 * rows }, (_, i) => Number(i % 3 === 0)),
  );
  for (let at = build.step(0); at.done < at.total; ) at = build.step(10_000);
  const bytes = new Uint8Array(Buffer.concat(build.finish().pieces));
  build.close();
  return bytes;
}

describe('anchors', () => {
  it('are a list whose beginnings are choices of their own, and a CSV that addModel reads', async () => {
    const drawn = drawBenchmark();
    const sampleIds = drawn.tasks.map((_, row) => `=${row}, "x"`);
    const index = await buildIndex(specOf(drawn, { sampleIds }));
    const rows = await anchors(index, { n: 30 });
    assert.deepEqual(await anchors(index, { n: 10 }), rows.slice(0, 10));
    assert.deepEqual(rows[0], {
      row: rows[0].row,
      task: `t${rows[0].row % TASKS}`,
      id: sampleIds[rows[0].row],
      text: '',
    });
    const lines = anchorsCsv(rows).trimEnd().split('\n');
    assert.equal(lines[0], 'dataset,id,prompt,score');
    const filled = [lines[0], ...lines.slice(1).map((line, i) => `${line}${drawn.newer[rows[i].row]}`)];
    const added = await addModel(index, [textFile('a.csv', filled.join('\n'))], { model: 'new' });
    assert.equal(added.rows, 30);
  });

  it('are the same in a worker, and so is the index', async () => {
    const drawn = drawBenchmark();
    const index = await buildIndex(specOf(drawn));
    assert.deepEqual(await anchorsInWorker(index, { n: 8 }), await anchors(index, { n: 8 }));
    const results = new File(['id,prompt,new\n3,x,1\n9,x,0'], 'r.csv');
    assert.deepEqual(await addModelInWorker(index, [results]), await addModel(index, [results]));
  });

  it('are the same natively, and so is the index', async () => {
    const command = path.join(root, 'build/native/tests/core/signalbox_native');
    assert.ok(existsSync(command), `${command} is missing: cmake --build build/native --target signalbox_native`);
    const drawn = drawBenchmark();
    const index = await buildIndex(specOf(drawn));
    const [file, rowFile, outcomeFile, out] = ['i.sbx', 'rows', 'outcomes', 'out.sbx'].map((name) =>
      path.join(folder, name),
    );
    const ask = (...args) => JSON.parse(spawnSync(command, args, { encoding: 'utf8' }).stdout);
    writeFileSync(file, index);
    const rows = (await anchors(index, { n: 25 })).map(({ row }) => row);
    assert.deepEqual(ask('anchors', file, '25').value, rows);
    const results = resultsOf(drawn, rows);
    writeFileSync(rowFile, new Uint8Array(Uint32Array.from(rows).buffer));
    writeFileSync(outcomeFile, new Uint8Array(Float32Array.from(results, ({ outcome }) => outcome).buffer));
    assert.deepEqual(ask('add-model', file, '{"name":"new"}', rowFile, outcomeFile, out), { ok: true });
    const { index: bytes } = await addModel(index, results, { model: 'new' });
    assert.ok(Buffer.from(bytes).equals(readFileSync(out)));
  });
});

describe('signalbox anchors and add-model', () => {
  it('choose rows, add the model and route with it', async () => {
    write('own.csv', csv(MODELS, 20));
    await runs('build', 'own.csv', '-o', 'own.sbx', '--texts', '--no-measure', '--no-cache');
    const chosen = await runsJson('anchors', 'own.sbx', '-n', '9');
    assert.equal(chosen.length, 9);
    assert.match(chosen[0].text, /^(What|Which|Write) /);
    const [head, ...lines] = (await runs('anchors', 'own.sbx', '-n', '9')).trimEnd().split('\n');
    write(
      'r.csv',
      [head, ...lines.map((line, i) => line + isRight(chosen[i].task, 'small', Number(chosen[i].id)))].join('\n'),
    );
    const facts = [
      '--model',
      'acme/new',
      '--input-price',
      '1',
      '--output-price',
      '4',
      '--maker',
      'Acme',
      '--open-weights',
    ];
    const text = await runs('add-model', 'own.sbx', 'r.csv', ...facts, '-o', 'new.sbx');
    assert.match(text, /^Added acme\/new from results on 9 rows\./);
    assert.match(text, /sums +\d+ +[\d.]+% +± [\d.]+ points/);
    const { models } = JSON.parse(await runs('inspect', 'new.sbx', '--json'));
    const { usdPerMTokOut, addedFromRows, record } = models.at(-1);
    assert.deepEqual([usdPerMTokOut, addedFromRows, record.openWeights], [4, 9, true]);
    const json = await runsJson('add-model', 'own.sbx', 'r.csv', '--model', 'x', '-o', 'x.sbx');
    assert.deepEqual([json.model, json.rows, json.tasks.length], ['x', 9, 3]);
    const same = await run(['anchors', 'own.sbx', '-n', '9', '-o', 'a.csv']);
    assert.deepEqual([same.code, read('a.csv').toString().split('\n')[0]], [0, head]);
    await fails('invalid_argument', /a\.csv exists: give another name/, 'anchors', 'own.sbx', '-n', '9', '-o', 'a.csv');
  });

  it('fail with the codes of the command', async () => {
    write('own.csv', csv(MODELS, 20));
    await runs('build', 'own.csv', '-o', 'own.sbx', '--no-measure', '--no-cache');
    write('r.csv', 'id,prompt,new\n999,x,1');
    await fails('invalid_argument', /none of their rows/, 'add-model', 'own.sbx', 'r.csv', '-o', 'new.sbx');
    await fails('network', /missing\.sbx/, 'anchors', 'missing.sbx');
    for (const [args, pattern] of [
      [['add-model', 'own.sbx', 'r.csv'], /required option '-o/],
      [['add-model', 'own.sbx', '-o', 'new.sbx'], /missing required argument 'results'/],
      [['add-model', 'own.sbx', 'r.csv', '-o', 'own.sbx'], /own\.sbx is both data and output/],
      [['anchors', 'own.sbx', '-n', '0'], /-n/],
    ]) {
      const { code, stderr } = await run(args);
      assert.equal(code, 2, stderr);
      assert.match(stderr, pattern);
    }
    assert.throws(() => read('new.sbx'));
  });
});
