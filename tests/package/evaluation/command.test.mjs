// `signalbox eval` from files to a table, a JSON file and a page, with a small benchmark and the package's own lab.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Writable } from 'node:stream';
import { before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Progress } from '../../../dist/cli/progress.js';
import { evaluate } from '../../../dist/evaluation/engine.js';
import { dist, expectNothingOpen, randomFrom, randomVectors, refused } from '../support/fixtures.mjs';
import { csv, dataRows, MODELS, npy, TASKS, temporaryFolder, writeBenchmark } from './fixtures.mjs';

expectNothingOpen();
const folder = temporaryFolder();
const cli = fileURLToPath(new URL('cli.js', dist));

/** Runs the command; `onError` receives its output on stderr. */
function run(args, onError = () => undefined) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [cli, 'eval', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const out = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => {
      out.stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      out.stderr += chunk;
      onError(child, out.stderr);
    });
    child.on('close', (code) => resolve({ code, ...out }));
  });
}

const WHERE = ['--models-where', 'complete and not near_duplicate_of'];
let files;
let common;
before(async () => {
  files = await writeBenchmark(folder);
  common = ['--data', files.data, '--models', files.models, '--k', '5', '--kappa', '5', '--no-cache', ...WHERE];
});

describe('an evaluation', () => {
  let report;
  let told;
  const json = path.join(folder, 'out.json');
  before(async () => {
    const labels = ['--labels', '0,5', '--alphas', '.1', '--repeats', '2', '--pools', '13,all'];
    told = await run([...common, ...labels, '--instances', '--json', json]);
    assert.equal(told.code, 0, told.stderr);
    report = JSON.parse(await readFile(json, 'utf8'));
  });

  it('finds the specialist of a task', () => {
    const all = report.pools.at(-1);
    const [s1, best, oracle] = ['s1', 'best_single', 'oracle'].map((p) => all.rows.find((row) => row.policy === p));
    assert.ok(s1.accuracy.value > best.accuracy.value + 0.2, 'poems are near letters, sums near integrals');
    assert.ok(oracle.accuracy.value >= s1.accuracy.value);
    assert.equal(oracle.gapClosed.value, 1);
    assert.equal(best.shareBestSingle, 1);
    assert.ok(s1.accuracy.interval[0] <= s1.accuracy.value && s1.accuracy.value <= s1.accuracy.interval[1]);
  });

  it('has every requested part', () => {
    assert.deepEqual(
      report.pools.map(({ name, models, tasks }) => [name, models, tasks]),
      [
        ['up to 13B', 2, 4],
        ['all', 3, 4],
      ],
    );
    assert.deepEqual(
      report.tasks.map(({ name, rows }) => [name, rows]),
      TASKS.map((name) => [name, 20]),
    );
    assert.deepEqual(
      report.labels[1].points.map(({ meanLabelled }) => meanLabelled),
      [0, 5, 2],
    );
    assert.deepEqual(
      report.instances.map(({ heldOut, policy, rows }) => [heldOut, policy, rows]),
      [
        ['share', 's1', 8],
        ['share', 'signalbox', 8],
        ['task', 's1', 80],
        ['task', 'signalbox', 80],
      ],
    );
    assert.deepEqual(report.data.models, ['calculator-7b', 'poet-13b', 'generalist-70b']);
    assert.equal(report.cost.length, 0, 'a single price allows no comparison');
    assert.equal(report.robustness, null);
  });

  it('prints tables, and one line per step if the output is not a terminal', () => {
    assert.match(told.stdout, /80 samples, 4 tasks, 3 models/);
    assert.match(told.stdout, /Pool: up to 13B \(2 models, 4 tasks\)/);
    assert.match(told.stdout, /best single .* 1\.00 /);
    assert.match(told.stdout, /Labels, pool: all/);
    assert.match(told.stderr, /^reading the data\n/);
    assert.ok(![...told.stderr].some((c) => c === '\r' || c === '\u001b'));
  });

  it('writes the same JSON again, and another for another seed', async () => {
    const again = path.join(folder, 'again.json');
    const args = [...common, '--labels', '5', '--instances', '--robustness'];
    assert.equal((await run([...args, '--json', json])).code, 0);
    assert.equal((await run([...args, '--json', again])).code, 0);
    const first = await readFile(json, 'utf8');
    assert.equal(await readFile(again, 'utf8'), first);
    await run([...args, '--json', again, '--seed', '2']);
    assert.notEqual(await readFile(again, 'utf8'), first);
    const { kinds, indexRows } = JSON.parse(first).robustness;
    assert.deepEqual(
      kinds.map(({ kind }) => kind),
      ['typos', 'case', 'politeness', 'options'],
    );
    assert.ok(indexRows < 80);
  });
});

describe('its inputs', () => {
  it('may be costs, which add a frontier', async () => {
    const rows = dataRows();
    const costs = path.join(folder, 'costs.csv');
    const usd = [0.001, 0.002, 0.02];
    const names = MODELS.slice(0, 3).map(({ name }) => name);
    await writeFile(
      costs,
      csv([['dataset', 'id', ...names], ...rows.slice(1).map(([task, id]) => [task, id, ...usd])]),
    );
    const json = path.join(folder, 'cost.json');
    assert.equal((await run([...common, '--costs', costs, '--json', json])).code, 0);
    const { cost } = JSON.parse(await readFile(json, 'utf8'));
    assert.deepEqual(
      cost.map(({ heldOut, unit, models }) => [heldOut, unit, models]),
      ['share', 'share', 'task', 'task'].map((mode) => [mode, 'usd_per_call', 3]),
    );
    const [, , { singles, aiq, bestSingle, costSaved, qualityGained, points }] = cost;
    // Costs are stored as float32.
    singles.forEach((single, i) => {
      assert.ok(Math.abs(single.cost - usd[i]) < 1e-9);
    });
    assert.ok(aiq.router > aiq.singles, 'routing beats mixing at random');
    assert.ok(bestSingle.quality < Math.max(...points.map(({ quality }) => quality)));
    assert.deepEqual([costSaved.router.length, costSaved.singles.length], [3, 3]);
    assert.ok(costSaved.router[0] > 0 && costSaved.singles[0] > 0);
    assert.deepEqual(costSaved.router, [...costSaved.router].sort(), 'a loss never saves less');
    assert.ok(qualityGained > 0);
  });

  it('may be external vectors', async () => {
    const place = path.join(folder, 'vectors.npy');
    const rows = dataRows().length - 1;
    await writeFile(place, npy(rows, 8, [...randomVectors(randomFrom(5), rows, 8)]));
    const json = path.join(folder, 'vectors.json');
    assert.equal((await run([...common, '--embeddings', place, '--json', json])).code, 0);
    const { data } = JSON.parse(await readFile(json, 'utf8'));
    assert.deepEqual([data.embedder, data.dim], ['vectors.npy', 8]);
    const { code, stderr } = await run([...common, '--embeddings', place, '--robustness']);
    assert.equal(code, 2);
    assert.match(stderr, /--robustness embeds prompts.*\(try 'signalbox eval --help'\)/);
  });

  it('may be external scores, which add a row to the table', async () => {
    const rows = dataRows();
    const scores = path.join(folder, 'scores.csv');
    // These scores always prefer the poet.
    await writeFile(
      scores,
      csv([['dataset', 'id', 'calculator-7b', 'poet-13b'], ...rows.slice(1).map((r) => [r[0], r[1], -2, -1])]),
    );
    const json = path.join(folder, 'baseline.json');
    assert.equal((await run([...common, '--baseline', `ll=${scores}`, '--json', json])).code, 0);
    const { pools, tasks } = JSON.parse(await readFile(json, 'utf8'));
    assert.equal(pools.at(-1).rows.at(-1).policy, 'll');
    assert.ok(tasks.every(({ picks }) => picks.ll.model === 'poet-13b'));
    const { stderr } = await run([...common, '--baseline', `s1=${scores}`]);
    assert.match(stderr, /'s1' is already in use/);
  });

  it('are refused with their name', async () => {
    for (const [args, pattern] of [
      [['--policy', 's9'], /'s9' is not a policy/],
      [['--k', '0'], /whole number from 1/],
      [['--pools', 'big'], /Expected a number/],
      [['--tasks', 'sums'], /at least two/],
      [['--models-where', 'f('], /--models-where/],
    ]) {
      const { code, stderr } = await run([...common, ...args]);
      assert.notEqual(code, 0);
      assert.match(stderr, pattern);
    }
  });
});

describe('an interrupt', () => {
  it('ends the evaluation and leaves no half-written file', async () => {
    const place = path.join(folder, 'interrupted');
    await mkdir(place);
    const { data, models } = await writeBenchmark(place, { rows: dataRows({ rows: 400 }) });
    const outputs = ['--json', path.join(place, 'out.json'), '--html', path.join(place, 'out.html')];
    let isSent = false;
    const { code, stderr } = await run(
      ['--data', data, '--models', models, '--no-cache', ...outputs],
      (child, text) => {
        if (!isSent && text.includes('searching')) isSent = child.kill('SIGINT');
      },
    );
    assert.equal(code, 130, stderr);
    assert.match(stderr, /aborted/);
    assert.deepEqual((await readdir(place)).sort(), ['models.json', 'outcomes.csv.gz']);
  });

  it('closes all that was opened', async () => {
    const stop = new AbortController();
    const calls = [];
    const lab = {
      openEvaluation: () => calls.push('open'),
      searchNeighbours: () => {
        stop.abort();
        return { done: 1, total: 9 };
      },
      closeEvaluation: (handle) => calls.push(`close ${handle}`),
    };
    const data = { models: [{ name: 'a' }, { name: 'b' }], taskNames: [], ids: [] };
    const settings = { pools: ['all'], routing: {}, pairs: {}, labels: [], alphas: [], policies: [] };
    const input = { data, settings, dim: 1, baselines: [], progress: new Progress(undefined, stop.signal) };
    await refused(evaluate(lab, input), 'aborted');
    assert.deepEqual(calls, ['open', 'close 1']);
  });
});

describe('progress', () => {
  it('is one line that is redrawn on a terminal and removed in the end', async () => {
    let written = '';
    const out = new Writable({
      write(chunk, _encoding, done) {
        written += chunk;
        done();
      },
    });
    Object.assign(out, { isTTY: true, columns: 60 });
    const progress = new Progress(out);
    progress.begin('counting');
    await progress.update(5, 10);
    await progress.update(10, 10);
    progress.end();
    assert.ok(!written.includes('\n'));
    assert.match(written, /100% {2}counting/);
    assert.match(written, /\r *\r$/);
    assert.ok(written.split('\r').every((line) => line.length < 60));
  });
});

it('eval is not loaded by the other commands', async () => {
  const text = await readFile(cli, 'utf8');
  assert.doesNotMatch(text, /^import .*eval/m);
  assert.ok(existsSync(new URL('cli/eval.js', dist)));
});
