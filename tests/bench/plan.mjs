// Measures the predictor that `signalbox plan` and `build` fit, beside rules of other projects: the share of the best
// single model's cost that each saves at 0, 1 and 2 points below that model.
//   npm run bench -- plan --data DIR [--draws 16] [--sets routerbench,now_18,openllm_v2] [--sizes 100,300] [--json]
//   npm run bench -- plan --data DIR --vectors FOLDER --embedders minilm,mpnet
// DIR has the folders of tests/bench/plan-data.mjs. For each draw, n rows are for fitting, and the others (at most
// 4,000) for measuring; the best single model, the settings and their mixtures are those of the measured rows. Prints
// hundredths: the mean over the draws and their standard deviation. Takes about ten minutes on one core.
// With --vectors, the same draws are repeated with the vectors of other embedders (FOLDER/SET.NAME.npy), and each line
// has the difference to the shipped embedder with its standard error. The draws share their rows, so that their own
// deviation is too small: the variance of 200 bootstrap resamples of the set's prompts, with the same picks, is added to
// that of the mean over the draws.
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
const RESAMPLES = 200;
/** Answer values, in mean costs of an answer. */
const [LEAST, MOST] = [10 ** -0.5, 10 ** 3.5];

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    draws: { type: 'string', default: '16' },
    sets: { type: 'string' },
    sizes: { type: 'string' },
    vectors: { type: 'string' },
    embedders: { type: 'string', default: 'minilm,mpnet' },
    json: { type: 'boolean', default: false },
  },
});

const range = (n) => Array.from({ length: n }, (_, i) => i);

/** Returns the rows of a set as a set of its own, with the vectors of one embedder. */
function take(set, vectors, rows) {
  const { models, outcomes, costs, tasks, inputs } = set;
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
  return [train, test.slice(0, MOST_TEST_ROWS)];
}

/** Returns the mean of the values that are known, each with its weight. */
function weighted(values, weights) {
  let [sum, known] = [0, 0];
  for (let i = 0; i < values.length; ++i) {
    if (Number.isNaN(values[i])) continue;
    sum += weights[i] * values[i];
    known += weights[i];
  }
  return known === 0 ? Number.NaN : sum / known;
}

/** Returns one column of [rows, models]. */
const columnOf = (values, m, models) =>
  Float64Array.from(range(values.length / models), (row) => values[row * models + m]);

/**
 * Returns a function of the rows' weights: what a rule saves on rows at 0, 1 and 2 points, if its settings may be mixed
 * with each other and the best single model; without a rule, single models are mixed.
 */
function measured(rule, test) {
  const { count, models, outcomes, costs } = test;
  if (count === 0) throw new Error('no rows are left to measure');
  const singles = range(models).map((m) => [columnOf(costs, m, models), columnOf(outcomes, m, models)]);
  const prices = singles.map(([usd]) => mean([...usd]));
  const scale = mean(prices);
  const values = range(SETTINGS).map((i) => scale * LEAST * (MOST / LEAST) ** (i / (SETTINGS - 1)));
  const settings = rule === undefined ? [] : [...values, Number.POSITIVE_INFINITY].map((value) => rule.picksAt(value));
  const usdOf = settings.map((picks) =>
    Float64Array.from(picks, (m, row) => {
      const usd = costs[row * models + m];
      return Number.isNaN(usd) ? prices[m] : usd;
    }),
  );
  const lostOf = (best) =>
    settings.map((picks) =>
      Float64Array.from(picks, (m, row) => outcomes[row * models + best] - outcomes[row * models + m]),
    );
  const lost = new Map();
  return (weights) => {
    const alone = singles.map(([usd, right]) => ({ cost: weighted(usd, weights), quality: weighted(right, weights) }));
    const quality = Math.max(...alone.map((single) => single.quality));
    const best = alone.findIndex((single) => single.quality === quality);
    if (rule === undefined) return costSaved(nonDecreasingHull(alone), alone[best]);
    if (!lost.has(best)) lost.set(best, lostOf(best));
    const points = lost.get(best).map((column, i) => ({
      cost: weighted(usdOf[i], weights),
      quality: quality - weighted(column, weights),
    }));
    return costSaved(nonDecreasingHull([...points, alone[best]]), alone[best]);
  };
}

/** Returns, by resample, how often each prompt of the set occurs. */
function resamples(set) {
  const random = new Random(1);
  const prompts = 1 + set.inputs.reduce((a, b) => Math.max(a, b), 0);
  const present = [...new Set(set.inputs)];
  return range(RESAMPLES).map(() => {
    const counts = new Uint16Array(prompts);
    for (const _ of present) counts[present[random.below(present.length)]] += 1;
    return counts;
  });
}

const hundredths = (values) => {
  const average = mean(values);
  const deviation = Math.sqrt(mean(values.map((x) => (x - average) ** 2)));
  return `${(100 * average).toFixed(1)} ± ${(100 * deviation).toFixed(1)}`.replace(/^-0\.0/, '0.0');
};

/** Returns the means over draws at each loss. */
const meansOf = (shares) => [0, 1, 2].map((at) => mean(shares.map((share) => share[at])));

/** Measures all rules with one embedder's vectors: shares by draw, and means over draws by resample. */
function measureRules(rules, set, { name: by, vectors }, n, draws, counts) {
  const saved = rules.map(({ name }) => ({ rule: name, shares: [], resampled: counts.map(() => []) }));
  for (let draw = 0; draw < draws; ++draw) {
    const [trainRows, testRows] = split(set, n, 1 + draw);
    const [train, test] = [take(set, vectors, trainRows), take(set, vectors, testRows)];
    const ones = new Uint16Array(testRows.length).fill(1);
    for (const [r, { fit }] of rules.entries()) {
      const share = measured(fit(train)?.(test), test);
      saved[r].shares.push(share(ones));
      for (const [i, ofPrompt] of counts.entries()) {
        saved[r].resampled[i].push(share(Uint16Array.from(testRows, (row) => ofPrompt[set.inputs[row]])));
      }
    }
    process.stderr.write(`\r${set.name}, ${n} rows, ${by}: draw ${draw + 1} of ${draws}`);
  }
  process.stderr.write('\n');
  return saved.map(({ rule, shares, resampled }) => ({
    embedder: by,
    rule,
    shares,
    resampled: resampled.map(meansOf),
  }));
}

function varianceOf(values) {
  const average = mean(values);
  return values.reduce((sum, x) => sum + (x - average) ** 2, 0) / (values.length - 1);
}

/** Returns the difference to the first embedder and its standard error, at each loss. */
function differenceOf(one, first) {
  return [0, 1, 2].map((at) => {
    const ofDraws = one.shares.map((share, draw) => share[at] - first.shares[draw][at]);
    const resampled = one.resampled.map((means, i) => means[at] - first.resampled[i][at]);
    return {
      value: mean(ofDraws),
      error: Math.sqrt(varianceOf(resampled) + varianceOf(ofDraws) / ofDraws.length),
    };
  });
}

const differenceCell = ({ value, error }) => {
  const text = (100 * value).toFixed(1);
  return `${value < 0 || text === '0.0' ? '' : '+'}${text} ± ${(100 * error).toFixed(1)}`;
};

async function main(folder) {
  const draws = Number(options.draws);
  const [embedder, lab] = await Promise.all([StaticEmbedder.load(), loadLab()]);
  const mixed = { name: 'single models mixed', fit: () => undefined };
  const rules = [mixed, plan(lab, { isKnown: false }), plan(lab, { isKnown: true }), clusters, neighbours, votes];
  const names = options.embedders.split(',');
  const from = options.vectors === undefined ? undefined : { folder: options.vectors, names };
  const results = [];
  let sets = 0;
  for await (const set of readSets(folder, embedder, { from, only: options.sets?.split(',') })) {
    sets += 1;
    for (const n of options.sizes?.split(',').map(Number) ?? set.sizes) {
      const embedders = [{ name: 'static', vectors: set.vectors }, ...set.others];
      const counts = set.others.length > 0 ? resamples(set) : [];
      const all = embedders.map((one) => measureRules(rules, set, one, n, draws, counts));
      for (const r of rules.keys()) {
        const ofRule = all.map((of) => of[r]);
        // Without embeddings there is one line.
        for (const [e, one] of (rules[r] === mixed ? ofRule.slice(0, 1) : ofRule).entries()) {
          const differences = e === 0 ? undefined : differenceOf(one, ofRule[0]);
          const { resampled: _, ...rest } = one;
          results.push({ set: set.name, models: set.models.length, rows: n, ...rest, differences });
        }
      }
    }
  }
  embedder.dispose();
  if (sets === 0) console.log(`skipped: no benchmark data (${folder})`);
  else if (options.json) console.log(JSON.stringify(results, null, 2));
  else {
    const compares = results.some(({ differences }) => differences !== undefined);
    const lines = results.map(({ set, models, rows, rule, embedder: by, shares, differences = [] }) => [
      ...[set, String(models), String(rows), rule],
      ...(compares ? [rule === mixed.name ? '' : by] : []),
      ...[0, 1, 2].map((at) => hundredths(shares.map((share) => share[at]))),
      ...(compares
        ? [0, 1, 2].map((at) => (differences[at] === undefined ? '' : differenceCell(differences[at])))
        : []),
    ]);
    const points = ['0 points', '1 point', '2 points'];
    console.log(
      table(
        [
          ...['data', 'models', 'fitted rows', 'rule', ...(compares ? ['embedder'] : []), ...points],
          ...(compares ? points.map((at) => `vs static at ${at}`) : []),
        ],
        lines,
      ),
    );
  }
}

if (options.data === undefined) console.log('skipped: no benchmark data (--data DIR)');
else await main(options.data);
