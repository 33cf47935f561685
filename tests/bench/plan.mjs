// Measures the predictor that `signalbox plan` and `build` fit, beside rules of other projects: the share of the best
// single model's cost that each saves at 0, 1 and 2 points below that model.
//   npm run bench -- plan --data DIR [--draws 16] [--sets routerbench,now_18,openllm_v2] [--json]
// DIR has the folders of tests/bench/plan-data.mjs. For each draw, n rows are for fitting, and the others (at most
// 4,000) for measuring; the best single model, the settings and their mixtures are those of the measured rows. Prints
// hundredths: the mean over the draws and their standard deviation. Takes about ten minutes on one core.
import process from 'node:process';
import { parseArgs } from 'node:util';
import { costSaved, nonDecreasingHull } from '../../dist/evaluation/cost.js';
import { Random } from '../../dist/evaluation/random.js';
import { mean } from '../../dist/evaluation/statistics.js';
import { StaticEmbedder } from '../../dist/index.js';
import { loadLab } from '../../dist/wasm/lab-module.js';
import { readSets } from './plan-data.mjs';
import { clusters, neighbours, plan, votes } from './plan-rules.mjs';
import { table } from './table.mjs';

const MOST_TEST_ROWS = 4000;
const SETTINGS = 90;
/** Answer values, in mean costs of an answer. */
const [LEAST, MOST] = [10 ** -0.5, 10 ** 3.5];

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    draws: { type: 'string', default: '16' },
    sets: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

const range = (n) => Array.from({ length: n }, (_, i) => i);

/** Returns the rows of a set as a set of its own. */
function take(set, rows) {
  const { models, vectors, outcomes, costs, tasks, inputs } = set;
  const dim = vectors.length / set.rows;
  const cut = (values, width) => {
    const out = new Float32Array(rows.length * width);
    for (const [i, row] of rows.entries()) out.set(values.subarray(row * width, (row + 1) * width), i * width);
    return out;
  };
  return {
    count: rows.length,
    dim,
    models: models.length,
    vectors: cut(vectors, dim),
    outcomes: cut(outcomes, models.length),
    costs: cut(costs, models.length),
    tasks: rows.map((row) => tasks[row]),
    inputs: Uint32Array.from(rows, (row) => inputs[row]),
  };
}

/** Draws rows to fit and rows to measure; a prompt is in one of them only. */
function split(set, n, seed) {
  const random = new Random(seed);
  const order = range(set.rows);
  for (let i = order.length - 1; i > 0; --i) {
    const j = random.below(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  const train = order.slice(0, n);
  const seen = new Set(train.map((row) => set.inputs[row]));
  const test = order.slice(n).filter((row) => !seen.has(set.inputs[row]));
  return [take(set, train), take(set, test.slice(0, MOST_TEST_ROWS))];
}

/** Returns the mean of a column [rows, models], NaN left out. */
const meanOf = (values, m, models) => {
  const known = range(values.length / models)
    .map((row) => values[row * models + m])
    .filter((x) => !Number.isNaN(x));
  return mean(known);
};

/** Returns what a rule saves on rows at 0, 1 and 2 points, if its settings may be mixed with each other and the best. */
function measure(rule, test) {
  const { count, models, outcomes, costs } = test;
  const singles = range(models).map((m) => ({ cost: meanOf(costs, m, models), quality: meanOf(outcomes, m, models) }));
  const quality = Math.max(...singles.map((single) => single.quality));
  const best = singles.findIndex((single) => single.quality === quality);
  if (rule === undefined) return costSaved(nonDecreasingHull(singles), singles[best]);
  const scale = mean(singles.map(({ cost }) => cost));
  const values = range(SETTINGS).map((i) => scale * LEAST * (MOST / LEAST) ** (i / (SETTINGS - 1)));
  const points = [...values, Number.POSITIVE_INFINITY].map((value) => {
    let [lost, compared, cost, priced] = [0, 0, 0, 0];
    for (const [row, m] of rule.picksAt(value).entries()) {
      const [pick, base] = [row * models + m, row * models + best];
      const usd = Number.isNaN(costs[pick]) ? singles[m].cost : costs[pick];
      cost += usd;
      priced += 1;
      if (Number.isNaN(outcomes[pick]) || Number.isNaN(outcomes[base])) continue;
      lost += outcomes[base] - outcomes[pick];
      compared += 1;
    }
    return { cost: cost / priced, quality: quality - lost / compared };
  });
  if (count === 0) throw new Error('no rows are left to measure');
  return costSaved(nonDecreasingHull([...points, singles[best]]), singles[best]);
}

const hundredths = (values) => {
  const average = mean(values);
  const deviation = Math.sqrt(mean(values.map((x) => (x - average) ** 2)));
  return `${(100 * average).toFixed(1)} ± ${(100 * deviation).toFixed(1)}`.replace(/^-0\.0/, '0.0');
};

async function main(folder) {
  const draws = Number(options.draws);
  const [embedder, lab] = await Promise.all([StaticEmbedder.load(), loadLab()]);
  const rules = [plan(lab, { isKnown: false }), plan(lab, { isKnown: true }), clusters, neighbours, votes];
  const results = [];
  let sets = 0;
  for await (const set of readSets(folder, embedder)) {
    if (options.sets !== undefined && !options.sets.split(',').includes(set.name)) continue;
    sets += 1;
    for (const n of set.sizes) {
      const saved = new Map([['single models mixed', []], ...rules.map(({ name }) => [name, []])]);
      for (let draw = 0; draw < draws; ++draw) {
        const [train, test] = split(set, n, 1 + draw);
        saved.get('single models mixed').push(measure(undefined, test));
        for (const { name, fit } of rules) saved.get(name).push(measure(fit(train)(test), test));
        process.stderr.write(`\r${set.name}, ${n} rows: draw ${draw + 1} of ${draws}`);
      }
      process.stderr.write('\n');
      for (const [rule, shares] of saved)
        results.push({ set: set.name, models: set.models.length, rows: n, rule, shares });
    }
  }
  embedder.dispose();
  if (sets === 0) console.log(`skipped: no benchmark data (${folder})`);
  else if (options.json) console.log(JSON.stringify(results, null, 2));
  else {
    const lines = results.map(({ set, models, rows, rule, shares }) => [
      ...[set, String(models), String(rows), rule],
      ...[0, 1, 2].map((at) => hundredths(shares.map((share) => share[at]))),
    ]);
    console.log(table(['data', 'models', 'fitted rows', 'rule', '0 points', '1 point', '2 points'], lines));
  }
}

if (options.data === undefined) console.log('skipped: no benchmark data (--data DIR)');
else await main(options.data);
