// Measures whether grading chosen prompts helps a plan more than grading random ones: on held-out rows, whose outcomes are
// known.
//   npm run bench -- plan-next --data DIR [--draws 52] [--pools routerbench,now_18] [--start 50] [--add 50] [--seed 1] [--json]
// DIR has the folders of tests/bench/plan-data.mjs; rows and models with gaps are left out. A draw takes 50 random rows that
// are graded, 300 that are not, and holds out the rest. It grades 50 of the 300 in each way, plans from the 100 rows with
// all models of the pool, and applies the rule to the held-out rows. Chosen rows are marked as such: they train the rule,
// and the estimates, the baseline and the setting rest on the random ones. Ways:
//   random     all by lot
//   answers    prompts on which the models' answers differ (where all are wrong, they differ with a chance of .8)
//   uncertain  prompts on which rules from resampled rows pick different models, weighted by how many prompts are alike
// "answers 40" has 40% chosen rows, the others by lot; without a number, all 50 are chosen.
// Prints, by pool, target and way: the share of the baseline's cost that the plan saves and its points, against the best
// single model of the held-out rows; and the difference of each to `random` with its paired 95% interval over draws. The
// column `at half` has the points of the rule at the setting that saves half of that cost: the rule alone, without the
// choice of a setting.
import process from 'node:process';
import { parseArgs } from 'node:util';
import { Random } from '../../dist/evaluation/random.js';
import { mean } from '../../dist/evaluation/statistics.js';
import { StaticEmbedder } from '../../dist/index.js';
import { loadLab } from '../../dist/wasm/lab-module.js';
import { readSets } from './plan-data.mjs';
import { choosePoint, completePool, partOf, picksOf } from './plan-files.mjs';
import { table } from './table.mjs';

const POOLS = ['routerbench', 'now_18'];
const CANDIDATES = 300;
/** Chance that answers differ where all are wrong. */
const WRONG_DIFFER = 0.8;
/** Resampled rules that vote on a pick. */
const RULES = 8;
const MOST_LOST = 2;
const WAYS = ['random', 'answers', 'answers 40', 'uncertain 40'];

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    draws: { type: 'string', default: '52' },
    pools: { type: 'string', default: POOLS.join(',') },
    ways: { type: 'string', default: WAYS.join(',') },
    start: { type: 'string', default: '50' },
    add: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});

const range = (n) => Array.from({ length: n }, (_, i) => i);

/** Returns the numbers below `count` in random order. */
function shuffled(count, random) {
  const out = range(count);
  for (let i = count; i > 1; --i) {
    const j = random.below(i);
    [out[i - 1], out[j]] = [out[j], out[i - 1]];
  }
  return out;
}

/** Returns rows of a pool as arrays of a file. */
function fileOf(pool, rows, chosen) {
  const all = {
    ...pool,
    columns: range(pool.models),
    embeddings: pool.vectors,
    groups: Uint32Array.from(range(pool.rows)),
  };
  const wanted = new Map(rows.map((row, i) => [row, i]));
  const part = partOf(all, (row) => wanted.has(row));
  const marks = Uint8Array.from(part.groups, (row) => Number(chosen.has(row)));
  return { dim: pool.dim, columns: all.columns, ...part, chosen: marks.includes(1) ? marks : undefined };
}

function planFor(lab, file) {
  const { dim, columns, ...arrays } = file;
  const target = { kind: 'knee' };
  const plan = lab.openPlan({ spec: { dim, models: columns.length, families: 0, target, seed: 1 }, ...arrays });
  try {
    for (let done = 0, total = 1; done < total; ) ({ done, total } = plan.step(1000));
    return plan.finish();
  } finally {
    plan.close();
  }
}

const dotOf = ({ vectors, dim }, a, b) => {
  let sum = 0;
  for (let d = 0; d < dim; ++d) sum += vectors[a * dim + d] * vectors[b * dim + d];
  return sum;
};

/** Returns the candidates on which answers differ, in random order, and then the others. */
function byAnswers({ pool, candidates, random }) {
  const differs = (row) => {
    const outcomes = pool.outcomes.subarray(row * pool.models, (row + 1) * pool.models);
    const most = Math.max(...outcomes);
    return Math.min(...outcomes) !== most || (most === 0 && random.next() < WRONG_DIFFER);
  };
  const marked = candidates.map((row) => ({ row, differs: differs(row) }));
  return [...marked.filter((x) => x.differs), ...marked.filter((x) => !x.differs)].map(({ row }) => row);
}

/** Returns the candidates in descending order of the rules' disagreement on the pick, times the density of prompts. */
function byUncertainty({ lab, pool, graded, candidates, random, answerValue }) {
  const votes = candidates.map(() => new Map());
  for (let rule = 0; rule < RULES; ++rule) {
    const drawn = new Set(range(graded.length).map(() => graded[random.below(graded.length)]));
    const { dim, columns, ...arrays } = fileOf(pool, [...drawn], new Set());
    if (arrays.groups.length < 30) continue;
    const { predictor } = lab.fitFamilies({
      spec: { dim, models: columns.length, families: 0, seed: rule },
      ...arrays,
    });
    for (const [i, pick] of picksOf(pool, predictor, candidates, [answerValue])[0].entries()) {
      votes[i].set(pick, (votes[i].get(pick) ?? 0) + 1);
    }
  }
  const disagreement = votes.map((of) => {
    const total = [...of.values()].reduce((a, b) => a + b, 0);
    return 1 - [...of.values()].reduce((a, n) => a + (n / total) ** 2, 0);
  });
  const density = candidates.map((row) => mean(candidates.map((other) => Math.max(0, dotOf(pool, row, other)))));
  const score = candidates.map((_, i) => disagreement[i] * density[i]);
  return candidates
    .map((row, i) => ({ row, score: score[i] }))
    .sort((a, b) => b.score - a.score)
    .map(({ row }) => row);
}

const CHOOSERS = { answers: byAnswers, uncertain: byUncertainty };

/** Returns what a plan earns on the held-out rows against their best single model, by target. */
function worthOf(pool, heldOut, { numbers, predictor }) {
  const sums = (of) => range(pool.models).map((m) => heldOut.reduce((sum, row) => sum + of[row * pool.models + m], 0));
  const [right, usd] = [sums(pool.outcomes), sums(pool.costs)];
  const best = right.indexOf(Math.max(...right));
  const total = (of, picks) => heldOut.reduce((sum, row, i) => sum + of[row * pool.models + picks[i]], 0);
  const earn = (picks) => ({
    points: (100 * (total(pool.outcomes, picks) - right[best])) / heldOut.length,
    saved: 1 - total(pool.costs, picks) / usd[best],
  });
  const values = numbers.curve.map(({ answerValue }) => answerValue ?? Number.POSITIVE_INFINITY);
  const curve = picksOf(pool, predictor, heldOut, values).map(earn);
  const alone = earn(heldOut.map(() => numbers.baseline));
  const at = (point) =>
    curve[numbers.curve.findIndex(({ answerValue }) => answerValue === point?.answerValue)] ?? alone;
  return [
    { target: 'knee', ...at(numbers.hasGain ? numbers.proposed : undefined), atHalf: atSaving(curve, 0.5) },
    { target: `at most ${MOST_LOST}`, ...at(choosePoint(numbers.curve, MOST_LOST)), atHalf: atSaving(curve, 0.5) },
  ];
}

/** Returns the points of a curve where it saves so much, by the straight line between its settings. */
function atSaving(curve, share) {
  const after = curve.findIndex(({ saved }) => saved >= share);
  if (after < 0) return undefined;
  if (after === 0) return curve[0].points;
  const [a, b] = [curve[after - 1], curve[after]];
  return a.points + ((share - a.saved) / (b.saved - a.saved)) * (b.points - a.points);
}

function measure(lab, pool, seed) {
  const random = new Random(seed);
  const [start, add] = [Number(options.start), Number(options.add)];
  const order = shuffled(pool.rows, random);
  const graded = order.slice(0, start);
  const candidates = order.slice(start, start + CANDIDATES);
  const heldOut = order.slice(start + CANDIDATES);
  const first = planFor(lab, fileOf(pool, graded, new Set()));
  const answerValue = first.numbers.proposed.answerValue ?? Number.POSITIVE_INFINITY;
  const context = { lab, pool, graded, candidates, random, answerValue };
  const orders = new Map();
  const orderOf = (how) => {
    if (!orders.has(how)) orders.set(how, CHOOSERS[how](context));
    return orders.get(how);
  };
  return options.ways.split(',').flatMap((way) => {
    const [how, share = '100'] = way.split(' ');
    const count = how in CHOOSERS ? Math.round((add * Number(share)) / 100) : 0;
    // The lot does not know of the choice: a row that has both is a random one.
    const lot = candidates.slice(0, add - count);
    const more =
      count === 0
        ? []
        : orderOf(how)
            .filter((row) => !lot.includes(row))
            .slice(0, count);
    const file = fileOf(pool, [...graded, ...lot, ...more], new Set(more));
    return worthOf(pool, heldOut, planFor(lab, file)).map((worth) => ({ way, ...worth }));
  });
}

const known = (values) => values.filter((x) => x !== undefined && !Number.isNaN(x));

function interval(values) {
  const all = known(values);
  const average = mean(all);
  const error = Math.sqrt(mean(all.map((x) => (x - average) ** 2)) / Math.max(1, all.length - 1));
  return [average, 1.96 * error];
}

const signed = (x, digits = 1) => `${x < 0 ? '' : '+'}${x.toFixed(digits)}`;

async function main(folder) {
  const [embedder, lab] = await Promise.all([StaticEmbedder.load(), loadLab()]);
  const rows = [];
  for await (const set of readSets(folder, embedder, { only: options.pools.split(',') })) {
    const pool = completePool(set);
    const results = [];
    for (let i = 0; i < Number(options.draws); ++i) {
      results.push(measure(lab, pool, Number(options.seed) * 1_000_000 + i));
      process.stderr.write(`\r${pool.name}, ${pool.rows} rows, ${pool.models} models: draw ${i + 1}`);
    }
    process.stderr.write('\n');
    for (const [at, { way, target }] of results[0].entries()) {
      const of = (key) => results.map((draw) => draw[at][key]);
      const base = results[0].findIndex((r) => r.way === 'random' && r.target === target);
      const difference = (key) =>
        interval(results.map((draw) => (draw[at][key] ?? Number.NaN) - (draw[base][key] ?? Number.NaN)));
      rows.push({
        ...{ pool: pool.name, target, way },
        ...Object.fromEntries(['saved', 'points', 'atHalf'].map((key) => [key, mean(known(of(key)))])),
        differences: Object.fromEntries(['saved', 'points', 'atHalf'].map((key) => [key, difference(key)])),
      });
    }
  }
  embedder.dispose();
  if (rows.length === 0) console.log(`skipped: no benchmark data (${folder})`);
  else if (options.json) console.log(JSON.stringify(rows, null, 2));
  else {
    const beside = ([value, half], factor = 1) => `${signed(factor * value)} ± ${(factor * half).toFixed(1)}`;
    const lines = rows.map((r) => [
      ...[r.pool, r.target, r.way],
      ...[`${(100 * r.saved).toFixed(1)}%`, beside(r.differences.saved, 100)],
      ...[signed(r.points, 2), beside(r.differences.points)],
      ...[signed(r.atHalf, 2), beside(r.differences.atHalf)],
    ]);
    const against = 'against random';
    console.log(table(['pool', 'target', 'way', 'saved', against, 'points', against, 'at half', against], lines));
  }
}

if (options.data === undefined) console.log('skipped: no benchmark data (--data DIR)');
else await main(options.data);
