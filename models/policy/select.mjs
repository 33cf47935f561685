// Chooses the constants of the policy `signalbox` by nested cross-validation over tasks, and prints the result beside
// that of the shipped constants (docs/studies.md):
//   node models/policy/select.mjs --data DIR [--seed N]
// DIR holds outcomes.csv.gz and models.json. The package must be built (npm run build). Equal data, embedder and seed
// produce equal numbers. Each task is scored with constants that were chosen without it: every other task is held out
// of the rest in turn, and the constants that do best there are used.
import process from 'node:process';
import { parseArgs } from 'node:util';
import { Random } from '../../dist/evaluation/random.js';
import { Bootstrap, gapClosed, mean } from '../../dist/evaluation/statistics.js';
import { poolOf, promptsInSeveralTasks, readBenchmark } from './benchmark.mjs';
import { oracleLuck, splitHalf } from './ceiling.mjs';
import { drawLabels, labelsOfPool } from './labels.mjs';
import { bestSingle, decide, FIXED, likelihoods, shrink, voteTable } from './rule.mjs';

const TEMPERATURES = [0.05, 0.07, 0.1, 0.15, 0.2];
/** eta = .5 is the argmax. */
const UNLABELLED = grid({ temperature: TEMPERATURES, priorTasks: [0, 0.5, 1, 2, 4], eta: [0.5, 0.55, 0.6] });
const LABELLED = grid({
  temperature: [0.05, 0.07, 0.1, 0.15],
  priorTasks: [0.5, 2],
  independentModels: [1, 2, 4, 8],
  priorLabels: [20, 40, 80],
});
const CHOSEN_AT = 20;
const LABEL_COUNTS = [10, 20, 50];
const INNER_REPEATS = 12;
const REPEATS = 100;
const RANDOM_POOLS = { choosing: 40, checking: 300, repeats: 10 };
const LOSS = 0.002;
/** Prefixes of tasks that are parts of one benchmark. */
const FAMILIES = ['mmlu_pro', 'musr', 'bbh_logical_deduction', 'bbh_tracking'];

function grid(values) {
  return Object.entries(values).reduce(
    (sets, [name, list]) => sets.flatMap((set) => list.map((value) => ({ ...set, [name]: value }))),
    [{ ...FIXED }],
  );
}

const { values: options } = parseArgs({
  options: { data: { type: 'string' }, seed: { type: 'string', default: '1' } },
});
if (options.data === undefined) {
  console.error('Usage: node models/policy/select.mjs --data DIR [--seed N]');
  process.exit(2);
}
const seed = Number(options.seed);
const say = (line = '') => process.stdout.write(`${line}\n`);
const show = (x, digits) => x.toFixed(digits).replace(/^(-?)0\./, '$1.');

const benchmark = await readBenchmark(options.data);
const { tasks, pools } = benchmark;
const everyTask = Array.from({ length: tasks }, (_, k) => k);

function randomPools(count, ofSeed) {
  const random = new Random(ofSeed);
  return Array.from({ length: count }, (_, i) => {
    return poolOf(benchmark, `random ${i}`, random.sample(benchmark.models, 5 + random.below(26)));
  });
}

const tables = new Map();
const tableOf = (temperature) => {
  if (!tables.has(temperature)) tables.set(temperature, voteTable(benchmark, temperature));
  return tables.get(temperature);
};
/** Returns the votes of a task while `out` is held out too, including the uniform votes. */
const votesOf = (out, task, { temperature, priorTasks }) => shrink(tableOf(temperature)(out, task), priorTasks);

const accuracyAt = (pool, task, place) => pool.accuracy[task * pool.size + place];

/** Returns the weights of the tasks after the labels; they need not sum to 1. */
const reweight = (votes, likelihood) => votes.map((w, k) => w * likelihood[k]);

/** Returns a matrix over (out, task) for every pool: `value` of the pick, `best` of the best single model. */
function heldOutTwice(ofPools, constants, pickValue) {
  const out = ofPools.map(() => ({ value: new Float64Array(tasks ** 2), best: new Float64Array(tasks ** 2) }));
  for (const first of everyTask) {
    for (const task of everyTask) {
      const votes = votesOf(first, task, constants);
      for (const [i, pool] of ofPools.entries()) {
        const best = bestSingle(pool, votes);
        out[i].best[first * tasks + task] = accuracyAt(pool, task, best);
        out[i].value[first * tasks + task] = pickValue(pool, i, task, votes, best, constants);
      }
    }
  }
  return out;
}

const byVotes = (pool, _, task, votes, best, constants) => accuracyAt(pool, task, decide(pool, votes, best, constants));

/** Returns gain and gap of a pool over all tasks but `left`, from the matrix row of `left`. */
function innerGain(pool, { value, best }, left) {
  let [gain, gap] = [0, 0];
  for (const task of everyTask) {
    if (task === left) continue;
    const at = left * tasks + task;
    gain += value[at] - best[at];
    gap += pool.oracle[task] - best[at];
  }
  return { gain: gain / (tasks - 1), closed: gap > 0 ? gain / gap : 0 };
}

/** Returns, for every task, the set of constants with the best criterion on the other tasks. */
function choose(measured, ofPools, criterion) {
  return everyTask.map((left) => {
    const worth = measured.map((matrices) => criterion(ofPools.map((pool, i) => innerGain(pool, matrices[i], left))));
    return worth.indexOf(Math.max(...worth));
  });
}

const meanClosed = (gains) => mean(gains.map(({ closed }) => closed));
function meanClosedWithoutLoss(gains) {
  const losing = mean(gains.map(({ gain }) => Number(gain < -LOSS)));
  return losing <= 0.05 ? meanClosed(gains) : -1 - losing;
}

/** Prints how often each value of a constant was chosen, for the constants that differ between the sets. */
function sayChosen(sets, chosen) {
  const words = (name) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  for (const name of Object.keys(FIXED)) {
    const values = [...new Set(sets.map((set) => set[name]))];
    if (values.length < 2) continue;
    const counts = values.map((value) => `${value}: ${chosen.filter((i) => sets[i][name] === value).length}`);
    say(`    ${words(name)} chosen for ${tasks} tasks: ${counts.join(', ')}`);
  }
}

const bootstrap = new Bootstrap(tasks, seed);

/**
 * Prints a line of the table: accuracy and gap closed in every pool, and the mean of the gaps. columns: per pool
 * [value, best, oracle], each over tasks.
 */
function sayLine(label, columns) {
  const closed = ([a, b, o]) => gapClosed(a, b, o);
  const interval = ({ interval: [low, high] }) => `[${show(low, 2)}, ${show(high, 2)}]`;
  const cells = columns.map((ofPool) => {
    const estimate = bootstrap.estimate(ofPool, closed);
    return `${show(mean(ofPool[0]), 4)} ${show(estimate.value, 2)} ${interval(estimate)}`.padEnd(26);
  });
  const all = bootstrap.estimate(columns.flat(), (means) =>
    mean(columns.map((_, i) => closed(means.slice(3 * i, 3 * i + 3)))),
  );
  say(`  ${label.padEnd(33)} ${cells.join(' ')} ${show(all.value, 3)} ${interval(all)}`);
}

function sayHeader(title) {
  say(`\n${title}`);
  say(`  ${''.padEnd(33)} ${pools.map((pool) => pool.name.padEnd(26)).join(' ')} mean gap closed`);
}

// Without labels.

/** Returns the columns of the four pools, task by task, with the constants of each task. */
const unlabelledColumns = (constantsOf, votes = votesOf) =>
  pools.map((pool) => {
    const columns = [[], [], []];
    for (const task of everyTask) {
      const w = votes(task, task, constantsOf(task));
      const best = bestSingle(pool, w);
      columns[0].push(accuracyAt(pool, task, decide(pool, w, best, constantsOf(task))));
      columns[1].push(accuracyAt(pool, task, best));
      columns[2].push(pool.oracle[task]);
    }
    return columns;
  });

function withoutLabels() {
  const many = [...pools, ...randomPools(RANDOM_POOLS.choosing, seed + 1)];
  const measured = UNLABELLED.map((constants) => heldOutTwice(many, constants, byVotes));
  const onFour = measured.map((matrices) => matrices.slice(0, pools.length));
  sayHeader('No labels: accuracy, gap closed [95%]');
  sayLine(
    'fixed: what ships',
    unlabelledColumns(() => FIXED),
  );
  sayLine(
    'fixed, but eta .5',
    unlabelledColumns(() => ({ ...FIXED, eta: 0.5 })),
  );
  sayLine(
    'fixed, but eta .5, prior tasks 0',
    unlabelledColumns(() => ({ ...FIXED, eta: 0.5, priorTasks: 0 })),
  );
  for (const [label, chosen] of [
    ['nested: mean of the four pools', choose(onFour, pools, meanClosed)],
    [`nested: of ${many.length} pools`, choose(measured, many, meanClosed)],
    ['nested: of these, <= 5% losing', choose(measured, many, meanClosedWithoutLoss)],
  ]) {
    sayLine(
      label,
      unlabelledColumns((task) => UNLABELLED[chosen[task]]),
    );
    sayChosen(UNLABELLED, chosen);
  }
}

// With labels.

/** Returns a function for the accuracy of a pick on all samples of the task, averaged over the draws. */
function byLabels(labels, chances) {
  return (pool, i, task, votes, best, constants) => {
    const draws = labels[i][task];
    let total = 0;
    for (const [r, drawn] of draws.entries()) {
      const weights = reweight(votes, chances(i, task, r, constants));
      total += accuracyAt(pool, task, decide(pool, weights, best, constants, drawn));
    }
    return total / draws.length;
  };
}

function chooseWithLabels() {
  const labels = pools.map((pool) => labelsOfPool(pool, drawLabels(benchmark, CHOSEN_AT, INNER_REPEATS, seed + 2)));
  const known = new Map();
  // The likelihood of the labels depends on only two of the constants.
  const chances = (i, task, r, constants) => {
    const key = `${i} ${task} ${r} ${constants.independentModels} ${constants.priorLabels}`;
    if (!known.has(key)) known.set(key, likelihoods(labels[i][task][r], constants));
    return known.get(key);
  };
  const measured = LABELLED.map((constants) => heldOutTwice(pools, constants, byLabels(labels, chances)));
  return choose(measured, pools, meanClosed);
}

/** Like unlabelledColumns; with `ofRest`, scores on the samples that are not labelled, against their own oracle. */
function labelledColumns(draws, constantsOf, ofRest, votes = votesOf) {
  return pools.map((pool) => {
    const columns = [[], [], []];
    for (const task of everyTask) {
      const constants = constantsOf(task);
      const w = votes(task, task, constants);
      const best = bestSingle(pool, w);
      const judged = draws[task].map(({ seen, rest, count }) => {
        const [drawn] = labelsOfPool(pool, [[{ seen, count }]])[0];
        const pick = decide(pool, reweight(w, likelihoods(drawn, constants)), best, constants, drawn);
        if (!ofRest) return [accuracyAt(pool, task, pick), accuracyAt(pool, task, best), pool.oracle[task]];
        const own = pool.members.map((m) => rest[m]);
        return [own[pick], own[best], Math.max(...own)];
      });
      for (const [i, column] of columns.entries()) column.push(mean(judged.map((values) => values[i])));
    }
    return columns;
  });
}

function withLabels() {
  const chosen = chooseWithLabels();
  for (const count of LABEL_COUNTS) {
    const draws = drawLabels(benchmark, count, REPEATS, seed + 3);
    sayHeader(`${count} labels, ${REPEATS} draws: accuracy, gap closed [95%]`);
    for (const [judged, ofRest] of [
      ['all samples', false],
      ['the rest', true],
    ]) {
      sayLine(
        `fixed, judged on ${judged}`,
        labelledColumns(draws, () => FIXED, ofRest),
      );
      sayLine(
        `nested, judged on ${judged}`,
        labelledColumns(draws, (task) => LABELLED[chosen[task]], ofRest),
      );
    }
  }
  say(`    nested constants are chosen at ${CHOSEN_AT} labels, ${INNER_REPEATS} draws, eta ${FIXED.eta}:`);
  sayChosen(LABELLED, chosen);
}

// New kinds of tasks, and other pools.

function withoutFamilies() {
  const familyOf = (k) => FAMILIES.find((prefix) => benchmark.taskNames[k].startsWith(prefix)) ?? k;
  const table = voteTable(benchmark, FIXED.temperature, (task, k) => familyOf(task) === familyOf(k));
  const votes = (out, task, { priorTasks }) => shrink(table(out, task), priorTasks);
  sayHeader(`The whole family of a task held out (${FAMILIES.join(', ')}; other tasks alone): fixed constants`);
  sayLine(
    'no labels',
    unlabelledColumns(() => FIXED, votes),
  );
  for (const count of LABEL_COUNTS) {
    const draws = drawLabels(benchmark, count, REPEATS, seed + 3);
    sayLine(
      `${count} labels`,
      labelledColumns(draws, () => FIXED, false, votes),
    );
  }
}

function sayRandomPools(label, ofPools, constants, draws) {
  const gains = ofPools.map((pool) => {
    const labels = draws && labelsOfPool(pool, draws);
    const columns = [[], [], []];
    for (const task of everyTask) {
      const w = votesOf(task, task, constants);
      const best = bestSingle(pool, w);
      const picks = labels
        ? labels[task].map((drawn) => {
            return decide(pool, reweight(w, likelihoods(drawn, constants)), best, constants, drawn);
          })
        : [decide(pool, w, best, constants)];
      columns[0].push(mean(picks.map((pick) => accuracyAt(pool, task, pick))));
      columns[1].push(accuracyAt(pool, task, best));
      columns[2].push(pool.oracle[task]);
    }
    const [a, b, o] = columns.map(mean);
    return { gain: a - b, closed: gapClosed(a, b, o) };
  });
  const losing = mean(gains.map(({ gain }) => Number(gain < -LOSS)));
  const worst = Math.min(...gains.map(({ gain }) => gain));
  const closed = show(meanClosed(gains), 3);
  say(
    `  ${label.padEnd(42)} gap closed ${closed}, losing more than .002: ${(100 * losing).toFixed(1)}%, worst ${show(worst, 4)}`,
  );
}

function onRandomPools() {
  const ofPools = randomPools(RANDOM_POOLS.checking, seed + 4);
  say(`\n${ofPools.length} random pools of 5 to 30 models`);
  for (const changes of [{}, { eta: 0.5 }, { priorTasks: 1, eta: 0.6 }, { priorTasks: 0, eta: 0.5 }]) {
    const constants = { ...FIXED, ...changes };
    sayRandomPools(`no labels, prior tasks ${constants.priorTasks}, eta ${constants.eta}`, ofPools, constants);
  }
  for (const count of LABEL_COUNTS) {
    const draws = drawLabels(benchmark, count, RANDOM_POOLS.repeats, seed + 5);
    sayRandomPools(`${count} labels, fixed`, ofPools, FIXED, draws);
  }
}

function sayCeiling() {
  say('\nThe ceiling');
  for (const pool of pools) {
    const votes = everyTask.map((task) => votesOf(task, task, FIXED));
    const best = mean(everyTask.map((task) => accuracyAt(pool, task, bestSingle(pool, votes[task]))));
    const oracle = mean([...pool.oracle]);
    const luck = oracleLuck(benchmark, pool, oracle - best, 100, seed + 6);
    const half = splitHalf(benchmark, pool, 100, seed + 7);
    say(
      `  ${pool.name.padEnd(12)} the oracle's luck is ${(100 * luck).toFixed(0)}% of the gap; half of the task's samples as ` +
        `labels, judged on the other half, close ${show(gapClosed(half, best, oracle), 2)}`,
    );
  }
}

say(
  `${benchmark.rowTasks.length} samples, ${tasks} tasks, ${benchmark.models} models, embedder ${benchmark.embedder}, seed ${seed}`,
);
say(`data SHA-256 ${benchmark.sha256}; prompts that several tasks share: ${promptsInSeveralTasks(benchmark)}`);
for (const pool of pools) {
  const [best, oracle] = [unlabelledColumns(() => FIXED)[pools.indexOf(pool)][1], [...pool.oracle]].map(mean);
  say(`  ${pool.name.padEnd(12)} ${pool.size} models, best single ${show(best, 4)}, oracle ${show(oracle, 4)}`);
}
withoutLabels();
withLabels();
withoutFamilies();
onRandomPools();
sayCeiling();
