// Measures whether the intervals of `signalbox plan` hold: on simulated files, whose truth is known, it counts how often
// the 95% intervals of what is saved and of the points cover it.
//   npm run bench -- plan-coverage --data DIR [--files 1000] [--pools routerbench,now_18,openllm_v2] [--seed 1] [--json]
// DIR has the folders of tests/bench/plan-data.mjs; rows and models with gaps are left out. A file has 100, 300 or
// 1,000 rows, drawn with replacement from one of the pools, and 4 to 10 of its models; copies of a row are one group.
// The truth of a plan is the mean of the shipped rule over the whole pool, against the same baseline model over the whole
// pool. Prints, by pool and target, over the files: the share of covered truths with its standard error, in all files
// and in those whose plan is not simply the baseline (that plan is exact); mean widths; and the mean of the true points
// with its 95% interval. `--files` counts per pool. 1,000 files take about an hour and a half.
import process from 'node:process';
import { parseArgs } from 'node:util';
import { Random } from '../../dist/evaluation/random.js';
import { mean } from '../../dist/evaluation/statistics.js';
import { StaticEmbedder } from '../../dist/index.js';
import { loadLab } from '../../dist/wasm/lab-module.js';
import { readSets } from './plan-data.mjs';
import { choosePoint, completePool, drawFile, planFile, truthsOf } from './plan-files.mjs';
import { table } from './table.mjs';

const SIZES = [100, 300, 1000];
/** Percentage points below the baseline, ascending. */
const TARGETS = [0, 1, 2];
const Z = 1.96;

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    files: { type: 'string', default: '1000' },
    pools: { type: 'string' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});

/** Returns what the plan of a file says and the truth, by target. */
function measure(lab, pool, size, seed) {
  const file = drawFile(pool, size, new Random(seed));
  // A plan for the loosest target has the points of the others on its curve.
  const planned = planFile(lab, file, { kind: 'at-most', value: Math.max(...TARGETS) });
  const { curve, hasGain, proposed } = planned.numbers;
  const chosen = TARGETS.map((points) => choosePoint(curve, points));
  if (chosen.at(-1)?.answerValue !== (hasGain ? proposed.answerValue : undefined))
    throw new Error(`${pool.name}, file ${seed}: the proposal is not the cheapest setting within the target`);
  const truths = truthsOf(pool, file, planned, curve);
  return TARGETS.map((points, i) => ({
    size,
    points,
    point: chosen[i],
    truth: chosen[i] === undefined ? { points: 0, saved: 0 } : truths[curve.indexOf(chosen[i])],
  }));
}

const covers = ({ low, high }, truth) => low - 1e-9 <= truth && truth <= high + 1e-9;
const standardError = (xs) => Math.sqrt(mean(xs.map((x) => (x - mean(xs)) ** 2)) / xs.length);

/** Returns the figures of one pool and target. */
function summarize(results) {
  const rules = results.filter(({ point }) => point !== undefined);
  const share = (of, from) => {
    const hits = from.map(({ point, truth }) => (point === undefined ? 1 : Number(covers(point[of], truth[of]))));
    return { covered: mean(hits), error: standardError(hits), files: hits.length };
  };
  const numbers = (of) => ({
    all: share(of, results),
    rules: share(of, rules),
    bySize: SIZES.map(
      (size) =>
        share(
          of,
          rules.filter((result) => result.size === size),
        ).covered,
    ),
    width: mean(rules.map(({ point }) => point[of].high - point[of].low)),
    estimate: mean(rules.map(({ point }) => point[of].value)),
    truth: mean(rules.map(({ truth }) => truth[of])),
  });
  const points = results.map(({ truth }) => truth.points);
  const half = Z * standardError(points);
  return {
    baseline: 1 - rules.length / results.length,
    points: numbers('points'),
    saved: numbers('saved'),
    truePoints: { value: mean(points), low: mean(points) - half, high: mean(points) + half },
    trueSaved: mean(results.map(({ truth }) => truth.saved)),
  };
}

const percent = (x) => `${(100 * x).toFixed(1)}%`;
const coverage = ({ covered, error }) => `${percent(covered)} ± ${(100 * error).toFixed(1)}`;
const sizes = (shares) => shares.map((x) => (100 * x).toFixed(0)).join('/');

function print(rows) {
  const head = ['pool', 'target', 'baseline', 'points: all', 'rules', `n=${SIZES.join('/')}`, 'width', 'est.', 'true'];
  const saved = ['saved: all', 'rules', `n=${SIZES.join('/')}`, 'width', 'est.', 'true'];
  console.log(
    table(
      [...head, ...saved, 'mean true points', 'mean saved'],
      rows.map(({ pool, target, figures: { baseline, points, saved: share, truePoints, trueSaved } }) => [
        ...[pool, String(target), percent(baseline)],
        ...[coverage(points.all), coverage(points.rules), sizes(points.bySize)],
        ...[points.width, points.estimate, points.truth].map((x) => x.toFixed(2)),
        ...[coverage(share.all), coverage(share.rules), sizes(share.bySize)],
        ...[share.width, share.estimate, share.truth].map(percent),
        `${truePoints.value.toFixed(2)} (${truePoints.low.toFixed(2)} to ${truePoints.high.toFixed(2)})`,
        percent(trueSaved),
      ]),
    ),
  );
}

async function main(folder) {
  const [embedder, lab] = await Promise.all([StaticEmbedder.load(), loadLab()]);
  const [files, seed] = [Number(options.files), Number(options.seed)];
  const rows = [];
  for await (const set of readSets(folder, embedder)) {
    if (options.pools !== undefined && !options.pools.split(',').includes(set.name)) continue;
    const pool = completePool(set);
    const results = [];
    for (let i = 0; i < files; ++i) {
      results.push(...measure(lab, pool, SIZES[i % SIZES.length], seed * 1_000_000 + i));
      process.stderr.write(`\r${pool.name}: file ${i + 1} of ${files}`);
    }
    process.stderr.write('\n');
    for (const target of TARGETS)
      rows.push({ pool: pool.name, target, figures: summarize(results.filter(({ points }) => points === target)) });
  }
  embedder.dispose();
  if (rows.length === 0) console.log(`skipped: no benchmark data (${folder})`);
  else if (options.json) console.log(JSON.stringify(rows, null, 2));
  else print(rows);
}

if (options.data === undefined) console.log('skipped: no benchmark data (--data DIR)');
else await main(options.data);
