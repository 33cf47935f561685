// Measures what prompts chosen for grading are worth: the share of the gap between the best single model and the oracle
// that few labels of a new task close.
//   npm run bench -- next-labels --data DIR [--draws 20] [--labels 5,10,20,50] [--seed 1] [--json]
// DIR holds outcomes.csv.gz and models.json of the Open LLM Leaderboard v2. Each of the 42 tasks is held out of everything
// in turn; labels are of the task itself, and a pick is judged on all of its samples. The rule is that of
// models/policy/rule.mjs with the choice of tests/reference/next-labels.mjs, which tests compare with the package.
// Labels are asked for as with `nextLabels`, up to each of the counts in one call, and only the candidates that it names
// are graded. The data have no answers. Right models answer alike; where every candidate is wrong, answers differ with the
// probability Q; where some are right, wrong answers differ from theirs.
// Prints, by way of choosing: the gap closed, mean of four pools, and the difference to random labels of all models with
// its 95% interval from a paired bootstrap over tasks. `--pools` prints each pool.
import process from 'node:process';
import { parseArgs } from 'node:util';
import { Random } from '../../dist/evaluation/random.js';
import { Bootstrap, gapClosed, mean } from '../../dist/evaluation/statistics.js';
import { readBenchmark } from '../../models/policy/benchmark.mjs';
import { bestSingle, normal, shrink, voteTable } from '../../models/policy/rule.mjs';
import { narrow } from '../reference/next-labels.mjs';
import { CONSTANTS, readLabels } from '../reference/task-mixture.mjs';
import { table } from './table.mjs';

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    draws: { type: 'string', default: '20' },
    labels: { type: 'string', default: '5,10,20,50' },
    seed: { type: 'string', default: '1' },
    pools: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

const WAYS = [
  { name: 'random, every model graded', isRandom: true, gradesAll: true },
  { name: 'random, the candidates graded', isRandom: true },
  { name: 'random, answers known, Q 0.8', isRandom: true, q: 0.8 },
  ...[0.4, 0.8, 1].map((q) => ({ name: `disagreements, Q ${q}`, q })),
];

/** The mixture over tasks with the evidence of labels, as src/routing/task_mixture.cpp computes it for complete means. */
function mix({ size, deviations }, votes, { labelled, count, relative, total }) {
  const c = CONSTANTS;
  const tasks = votes.length;
  const base = new Float64Array(tasks);
  const logs = new Float64Array(tasks).fill(Number.NEGATIVE_INFINITY);
  for (let k = 0; k < tasks; ++k) {
    if (!(votes[k] > 0)) continue;
    logs[k] = 0;
    for (const j of labelled) base[k] += (count[j] * deviations[k * size + j]) / total;
    for (const j of labelled) {
      const off = relative[j] - (deviations[k * size + j] - base[k]);
      logs[k] -= (off * off) / (2 * c.deviationVariance * (1 / count[j] + 1 / c.priorLabels));
    }
    if (labelled.length > 0) logs[k] *= c.independentModels / labelled.length;
  }
  const most = Math.max(...logs);
  const weights = votes.map((w, k) => (w > 0 ? w * Math.exp(logs[k] - most) : 0));
  const sum = weights.reduce((a, b) => a + b, 0);
  const ofTask = (k, j) => {
    const n = count[j] ?? 0;
    const prior = deviations[k * size + j];
    return n > 0 ? (c.priorLabels * prior + n * (relative[j] + base[k])) / (c.priorLabels + n) : prior;
  };
  const standing = new Float64Array(size);
  for (let k = 0; k < tasks; ++k) {
    if (weights[k] > 0) for (let j = 0; j < size; ++j) standing[j] += (weights[k] / sum) * ofTask(k, j);
  }
  return { weights: weights.map((w) => w / sum), standing, ofTask, count };
}

/** Returns the best model, unless it is too uncertain that it is better than the best single one. */
function pickOf({ weights, standing, ofTask, count }, best) {
  const c = CONSTANTS;
  const pick = standing.indexOf(Math.max(...standing));
  const evidence = (j) => c.priorLabels + (count[j] ?? 0);
  const deviation = Math.sqrt((c.differenceVariance / 2) * (1 / evidence(pick) + 1 / evidence(best)));
  const confidence = mean(
    weights.map((w, k) => weights.length * w * (w > 0 ? normal((ofTask(k, pick) - ofTask(k, best)) / deviation) : 0)),
  );
  return pick === best || confidence > c.eta ? pick : best;
}

/** Answers of the pool to a task's samples: right ones are alike, wrong ones alike or not. */
function answersOf(outcomes, q, random) {
  return outcomes.map((ofRow) => {
    const differ = random.next() < q;
    return ofRow.map((y, j) => (y === 1 ? 'right' : differ ? `wrong ${j}` : 'wrong'));
  });
}

/** Returns the accuracy of the pick after each count of labels. */
function follow(pool, task, votes, outcomes, way, counts, seed) {
  const random = new Random(seed);
  const models = Array.from({ length: pool.size }, (_, j) => j);
  const answers = way.q === undefined ? undefined : answersOf(outcomes, way.q, random);
  const labels = [];
  const forecast = (evidence) => mix(pool, votes, evidence).standing;
  const look = () => narrow({ rows: outcomes.length, answers, labels, models, forecast });
  const best = bestSingle(pool, votes);
  const given = () =>
    readLabels(
      labels.map((label) => label.outcomes),
      models,
    );
  let set = way.gradesAll ? undefined : look();
  return counts.map((count) => {
    const unlabelled = outcomes.map((_, row) => row).filter((row) => !labels.some((label) => label.row === row));
    const from = way.isRandom ? unlabelled : set.left;
    for (const i of random.sample(from.length, count - labels.length)) {
      const graded = set === undefined ? models : set.models;
      const row = from[i];
      const known = models.map((j) => (graded.includes(j) ? outcomes[row][j] : Number.NaN));
      labels.push({ row, outcomes: known });
    }
    if (set !== undefined) set = look();
    const evidence = answers === undefined ? given() : set.evidence;
    return pool.accuracy[task * pool.size + pickOf(mix(pool, votes, evidence), best)];
  });
}

/** Returns the accuracies by count of labels, pool and task. */
function measure(benchmark, votesOf, way, counts, draws, seed) {
  const out = counts.map(() => benchmark.pools.map(() => new Float64Array(benchmark.tasks)));
  for (const [p, pool] of benchmark.pools.entries()) {
    for (let task = 0; task < benchmark.tasks; ++task) {
      const outcomes = benchmark.rowsOfTasks[task].map((row) =>
        pool.members.map((m) => benchmark.outcomes[row * benchmark.models + m]),
      );
      for (let draw = 0; draw < draws; ++draw) {
        const drawSeed = ((seed * 1009 + draw) * 64 + task) * 8 + p;
        const found = follow(pool, task, votesOf(task), outcomes, way, counts, drawSeed);
        for (const [i, accuracy] of found.entries()) out[i][p][task] += accuracy / draws;
      }
    }
  }
  return out;
}

const show = (x, digits = 3) => x.toFixed(digits).replace(/^(-?)0\./, '$1.');
const signed = (x) => (x < 0 ? show(x) : `+${show(x)}`);

async function main(folder) {
  const benchmark = await readBenchmark(folder);
  const { pools, tasks } = benchmark;
  const tableOf = voteTable(benchmark, CONSTANTS.temperature);
  const votes = Array.from({ length: tasks }, (_, task) => [...shrink(tableOf(task, task), CONSTANTS.priorTasks)]);
  const counts = options.labels.split(',').map(Number);
  const bootstrap = new Bootstrap(tasks, Number(options.seed));
  const bests = pools.map((pool) => votes.map((v, task) => pool.accuracy[task * pool.size + bestSingle(pool, v)]));
  const oracles = pools.map((pool) => [...pool.oracle]);
  const at = (means, kind) => pools.map((_, p) => means[kind * pools.length + p]);
  const meanGap = (means, kind, low, high) =>
    mean(at(means, kind).map((a, p) => gapClosed(a, at(means, low)[p], at(means, high)[p])));
  const results = [];
  let random;
  for (const way of WAYS) {
    process.stderr.write(`${way.name}\n`);
    const found = measure(benchmark, (task) => votes[task], way, counts, Number(options.draws), Number(options.seed));
    random ??= found;
    for (const [i, labels] of counts.entries()) {
      const columns = [...found[i].map((x) => [...x]), ...random[i].map((x) => [...x]), ...bests, ...oracles];
      const closed = bootstrap.estimate(columns, (means) => meanGap(means, 0, 2, 3));
      const difference = bootstrap.estimate(columns, (means) => meanGap(means, 0, 2, 3) - meanGap(means, 1, 2, 3));
      const ofPools = pools.map((_, p) => gapClosed(mean([...found[i][p]]), mean(bests[p]), mean(oracles[p])));
      results.push({ way: way.name, labels, closed, difference, pools: ofPools });
    }
  }
  if (options.json) console.log(JSON.stringify(results, null, 2));
  else {
    const cell = ({ closed, difference }) =>
      `${show(closed.value)} (${signed(difference.value)}, ${difference.interval.map(signed).join(' to ')})`;
    const lines = WAYS.map(({ name }) => {
      const own = results.filter(({ way }) => way === name);
      return [name, ...own.map((r) => (options.pools ? r.pools.map((x) => show(x, 2)).join(' ') : cell(r)))];
    });
    console.log(table(['labels', ...counts.map(String)], lines));
  }
}

if (options.data === undefined) console.log('skipped: no benchmark data (--data DIR)');
else await main(options.data);
