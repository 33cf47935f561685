// `signalbox eval` with several embedders: the same rows, folds and draws, side by side, with paired differences.
import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import { comparisonText } from '../../../dist/cli/comparison-text.js';
import { runEvaluation } from '../../../dist/cli/eval.js';
import { sourcesOf } from '../../../dist/cli/eval-sources.js';
import { Progress } from '../../../dist/cli/progress.js';
import { comparisonHtml } from '../../../dist/evaluation/disk/comparison-html.js';
import { StaticEmbedder } from '../../../dist/index.js';
import { expectNothingOpen, randomFrom, randomVectors, refused } from '../support/fixtures.mjs';
import { csv, DEFAULTS, dataRows, MODELS, npy, TASKS, temporaryFolder, writeBenchmark } from './fixtures.mjs';

expectNothingOpen();
const folder = temporaryFolder();
const rows = dataRows();
const count = rows.length - 1;
const ATTACK = '<img src=x>\u001b[2J';

/** Remembers how many matrices were open at once. */
function watched() {
  const seen = { begun: [], notes: [] };
  const progress = new Progress(undefined);
  progress.begin = (step) => seen.begun.push(step);
  progress.note = (text) => seen.notes.push(text);
  return { progress, seen };
}

let options;
let own;
let comparison;
let seen;
before(async () => {
  const files = await writeBenchmark(folder, { rows: rows.map((row) => row.slice(0, -1)), models: MODELS.slice(0, 3) });
  const names = MODELS.slice(0, 3).map(({ name }) => name);
  const costs = path.join(folder, 'costs.csv');
  const usd = rows.slice(1).map(([task, id], i) => [task, id, 0.001, 0.002, 0.01 + (i % 7) / 1000]);
  await writeFile(costs, csv([['dataset', 'id', ...names], ...usd]));
  // The matrix of the built-in embedder, and one that knows nothing.
  const embedder = await StaticEmbedder.load();
  const vectors = (await embedder.embed(rows.slice(1).map((row) => row[2]))).flatMap(({ vector }) => [...vector]);
  embedder.dispose();
  own = path.join(folder, 'own.npy');
  const random = path.join(folder, 'random.npy');
  await writeFile(own, npy(count, 128, vectors));
  await writeFile(random, npy(count, 8, [...randomVectors(randomFrom(5), count, 8)]));
  options = {
    ...DEFAULTS,
    ...files,
    costs,
    policy: ['s1', 'signalbox'],
    k: 5,
    labels: [0, 5],
    pools: [13, 'all'],
    instances: true,
    embedder: ['static'],
    embeddings: [own, `random=${random}`],
  };
  const { progress, seen: steps } = watched();
  comparison = await runEvaluation(options, progress);
  seen = steps;
});

const alone = (over) => runEvaluation({ ...options, ...over }, new Progress(undefined));

describe('a comparison', () => {
  it('has the report of each embedder, as if it were evaluated alone', async () => {
    assert.equal(comparison.format, 'signalbox-comparison-1');
    assert.deepEqual(comparison.embedders, ['static', 'own.npy', 'random']);
    assert.deepEqual(comparison.reports[0], await alone({ embeddings: [] }));
    assert.deepEqual(comparison.reports[1], await alone({ embedder: [], embeddings: [own] }));
    assert.deepEqual(
      comparison.reports.map(({ data }) => [data.embedder, data.dim]),
      [
        ['signalbox-static-128-v1', 128],
        ['own.npy', 128],
        ['random', 8],
      ],
    );
  });

  it('finds no difference between equal vectors', () => {
    const [same] = comparison.differences;
    const differences = [
      ...same.pools.flatMap(({ rows }) => rows.map(({ accuracy }) => accuracy)),
      ...same.labels.flatMap(({ points }) => points.flatMap(({ rows }) => rows.map(({ accuracy }) => accuracy))),
      ...same.instances.map(({ quality }) => quality),
      ...same.cost.flatMap(({ costSaved, aiq }) => [...costSaved, aiq]),
    ];
    assert.ok(differences.length > 20);
    for (const { value, interval, withinTasks = [0, 0], tasks } of differences) {
      assert.deepEqual([value, ...interval, ...withinTasks, tasks], [0, 0, 0, 0, 0, TASKS.length]);
    }
  });

  it('finds vectors that know nothing worse, by the difference of the reports', () => {
    const [, random] = comparison.differences;
    const [first, , other] = comparison.reports;
    assert.equal(random.embedder, 'random');
    const accuracyOf = ({ pools }, policy) => pools[1].rows.find((row) => row.policy === policy).accuracy.value;
    const s1 = random.pools[1].rows.find(({ policy }) => policy === 's1').accuracy;
    assert.ok(s1.value < -0.2);
    assert.ok(Math.abs(s1.value - (accuracyOf(other, 's1') - accuracyOf(first, 's1'))) < 1e-12);
    for (const [i, { heldOut, policy, quality }] of random.instances.entries()) {
      assert.deepEqual([heldOut, policy], [first.instances[i].heldOut, first.instances[i].policy]);
      const expected = other.instances[i].quality.value - first.instances[i].quality.value;
      assert.ok(Math.abs(quality.value - expected) < 1e-12, `${heldOut} ${policy}`);
      assert.ok(quality.interval[0] <= quality.value && quality.value <= quality.withinTasks[1]);
    }
    for (const [i, { costSaved, aiq }] of random.cost.entries()) {
      assert.ok(Math.abs(aiq.value - (other.cost[i].aiq.router - first.cost[i].aiq.router)) < 1e-9);
      for (const [at, saved] of costSaved.entries()) {
        const expected = comparison.cost[2][i].costSaved[at] - comparison.cost[0][i].costSaved[at];
        assert.ok(Math.abs(saved.value - expected) < 1e-12);
      }
    }
    const bounds = random.pools.flatMap(({ rows }) => rows.filter(({ policy }) => policy === 'oracle'));
    assert.ok(bounds.every(({ accuracy }) => accuracy.value === 0));
    assert.deepEqual(
      random.labels.map(({ pool, points }) => [pool, points.map(({ labels }) => labels.count)]),
      [
        ['up to 13B', [0, 5]],
        ['all', [0, 5]],
      ],
    );
  });

  it('checks all matrices first, and then works on one embedder after the other', () => {
    const at = (pattern) => seen.begun.findIndex((step) => pattern.test(step));
    assert.ok(at(/checking own/) < at(/checking random/) && at(/checking random/) < at(/embedding/));
    assert.deepEqual(seen.notes, ['embedder static', 'embedder own.npy', 'embedder random']);
    assert.ok(at(/comparing own.npy with static/) > seen.begun.findLastIndex((step) => /searching/.test(step)));
  });

  it('is text with the embedders below each other, and one line where they are equal', () => {
    const text = comparisonText(comparison);
    assert.match(text, /embedder random \(8 dimensions\)/);
    assert.match(text, /^ {2}S1 +static .*\n {2}S1 +own\.npy .*\n {2}S1 +random /m);
    assert.match(text, /^ {2}oracle +all /m);
    assert.doesNotMatch(text, /oracle +static/);
    assert.match(text, /vs static +95%, other tasks +95%, these tasks/);
    assert.match(text, /saved at 2 points +(all|static) /);
    assert.match(text, /AIQ x 100 +random .* to /);
    assert.doesNotMatch(text, /NaN|undefined/);
  });

  it('is a page of its own, also after a round trip through JSON', async () => {
    const page = await comparisonHtml(comparison);
    assert.equal(await comparisonHtml(JSON.parse(JSON.stringify(comparison))), page);
    assert.match(page, /Embedders compared: outcomes\.csv\.gz/);
    assert.match(page, /Chart: Accuracy against static, pool: all\./);
    assert.doesNotMatch(page.replace(/<script[\s\S]*?<\/script>/g, ''), />(NaN|undefined|null)</);
  });

  it('may be of changed prompts, whose decisions are compared one by one', async () => {
    const report = await alone({ embedder: ['static', 'again=static'], embeddings: [], robustness: true });
    const [{ embedder, robustness }] = report.differences;
    assert.equal(embedder, 'again');
    assert.deepEqual(
      robustness.map(({ kind }) => kind),
      report.reports[0].robustness.kinds.map(({ kind }) => kind),
    );
    const measured = robustness.filter(({ survived }) => survived.tasks > 0);
    assert.ok(measured.length > 1);
    assert.ok(measured.every(({ survived }) => survived.value === 0));
    assert.match(comparisonText(report), /typos +all /);
  });
});

describe('the embedders', () => {
  it('have names; a path or an address with = has none', () => {
    const named = (embedder, embeddings = []) =>
      sourcesOf({ embedder, embeddings }).map(({ name, place, given }) => [name, place, given !== undefined]);
    assert.deepEqual(named([]), [['static', undefined, false]]);
    assert.deepEqual(named(['mini=onnx:a/b?dtype=q8', 'onnx:a/b?dtype=q8', './x=y'], ['z.1=a/b.npy', 'c/d.npy']), [
      ['mini', 'onnx:a/b?dtype=q8', true],
      ['onnx:a/b?dtype=q8', 'onnx:a/b?dtype=q8', false],
      ['./x=y', './x=y', false],
      ['z.1', 'a/b.npy', true],
      ['d.npy', 'c/d.npy', false],
    ]);
  });

  it('are refused if two have one name, before anything is read', async () => {
    for (const over of [
      { embedder: ['a=static', 'a=static'], embeddings: [] },
      { embeddings: ['x/own.npy', 'y/own.npy'] },
      { embeddings: [`static=${own}`] },
    ]) {
      await refused(alone({ ...over, data: path.join(folder, 'none.csv') }), 'invalid_argument', /two embedders .*=/);
    }
  });

  it('are refused if a matrix does not fit, before anything is measured', async () => {
    const bad = path.join(folder, 'bad.npy');
    const wrong = async (bytes, code, pattern) => {
      await writeFile(bad, bytes);
      const { progress, seen: steps } = watched();
      await refused(runEvaluation({ ...options, embeddings: [own, bad] }, progress), code, pattern);
      assert.ok(!steps.begun.some((step) => /embedding|searching/.test(step)));
    };
    await wrong(npy(count - 1, 2, Array(2 * count - 2).fill(1)), 'dimension_mismatch', /bad\.npy.*79 rows.*80/);
    await wrong(npy(count, 1, [...Array(count - 1).fill(1), Number.NaN]), 'non_finite', /bad\.npy: row 79/);
    await wrong(Buffer.from('no matrix'), 'truncated', /bad\.npy/);
  });

  it('cannot be matrices where prompts are embedded, nor several where one is asked for', async () => {
    const usage = (over, pattern) => assert.rejects(alone(over), pattern);
    await usage({ robustness: true }, /--robustness embeds prompts/);
    await usage({ queryEmbedder: 'static' }, /--query-embedder embeds prompts/);
    await usage({ embedder: ['static', 'b=static'], embeddings: [], queryEmbedder: 'static' }, /one embedder/);
  });

  it('keep their vectors between runs in the named folder', async () => {
    const cache = path.join(folder, 'cache');
    const over = { embeddings: [], cache };
    const first = await alone(over);
    const [inner] = await readdir(cache);
    const kept = await readdir(path.join(cache, inner));
    assert.equal(kept.length, 1);
    assert.deepEqual(await alone(over), first);
    assert.deepEqual(await readdir(path.join(cache, inner)), kept, 'nothing was embedded again');
    const file = path.join(cache, inner, kept[0]);
    const prompts = new Set(rows.slice(1).map((row) => row[2])).size;
    assert.ok((await readFile(file)).length >= prompts * 4 * 128);
  });
});

it('names cannot break out of the page or the terminal', async () => {
  const hostile = { ...comparison, embedders: ['static', ATTACK, 'random'] };
  assert.doesNotMatch(await comparisonHtml(hostile), /<img/);
  assert.ok(!comparisonText(hostile).includes('\u001b[2J'));
});
