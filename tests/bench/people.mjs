// Simulated users for tests/bench/feedback.mjs: each asks prompts of one to three tasks that are taken out of the
// benchmark, takes the router's pick, and sometimes rates it.
import { readFileSync } from 'node:fs';
import { buildIndexWith } from '../../dist/building/build-index.js';
import { Random } from '../../dist/evaluation/random.js';
import { Router } from '../../dist/index.js';
import { correctionsOf, FEEDBACK_CONSTANTS } from '../../dist/routing/feedback.js';
import { loadLab } from '../../dist/wasm/lab-module.js';
import { vectorsOf } from './rows.mjs';

export const FOLDS = 6;
export const PROMPTS = 200;
const MOST_TASKS = 3;
/** Sizes of the pools: the models of a user, and the strong models to draw them from. */
const POOL = 8;
const STRONG = 20;

const range = (count) => Array.from({ length: count }, (_, i) => i);
const shuffled = (random, values) => {
  const out = [...values];
  for (let i = out.length - 1; i > 0; --i) {
    const j = random.below(i + 1);
    [out[i], out[j]] = [out[j], out[i]];
  }
  return out;
};
const largest = (values) => values.reduce((best, value, i) => (value > values[best] ? i : best), 0);

/** MMLU-Pro is one family, and so are the tasks of BBH that differ only in a number of objects. */
const familyOf = (task) => /^(mmlu_pro|musr|bbh_tracking|bbh_logical)/.exec(task)?.[0] ?? task;

/** Reads the samples of an index, and its tasks' mean outcomes and centroids. */
export async function readBenchmark(path) {
  const file = readFileSync(path);
  const router = await Router.load({ index: file, embedder: null });
  const { info } = router;
  const { tasks, outcomes } = await router.samples({ ids: false });
  router.dispose();
  const vectors = vectorsOf(file, info);
  const { dim } = info;
  const models = info.models.length;
  const rowsOfTasks = info.tasks.map(() => []);
  for (const [row, task] of tasks.entries()) rowsOfTasks[task].push(row);
  const means = new Float32Array(rowsOfTasks.length * models);
  const centroids = new Float32Array(rowsOfTasks.length * dim);
  for (const [task, rows] of rowsOfTasks.entries()) {
    for (const row of rows) {
      for (let m = 0; m < models; ++m) means[task * models + m] += outcomes[row * models + m];
      for (let i = 0; i < dim; ++i) centroids[task * dim + i] += vectors[row * dim + i];
    }
    for (let m = 0; m < models; ++m) means[task * models + m] /= rows.length;
  }
  const names = info.models.map(({ name }) => name);
  const taskNames = info.tasks.map(({ name }) => name);
  return { names, taskNames, dim, tasks, outcomes, vectors, rowsOfTasks, means, centroids };
}

/**
 * Returns a router over the remaining benchmark. The policy knows tasks only by their centroids and mean outcomes, so
 * one row per task represents all its rows.
 */
async function routerWithout(lab, benchmark, heldOut) {
  const { names, taskNames, dim, means, centroids } = benchmark;
  const left = range(taskNames.length).filter((task) => !heldOut.has(task));
  const take = (values, width) =>
    Float32Array.from(left.flatMap((task) => [...values.subarray(task * width, (task + 1) * width)]));
  const index = buildIndexWith(lab, {
    models: names,
    tasks: left.map((task) => taskNames[task]),
    embeddings: take(centroids, dim),
    outcomes: take(means, names.length),
    dim,
    codes: 'float32',
  });
  return Router.load({ index, embedder: null });
}

/**
 * Returns the router's predictions for every prompt, [prompts] of [models], and the models' means over the remaining
 * tasks.
 */
async function predict(lab, benchmark, rows, heldOut) {
  const { names, vectors, dim } = benchmark;
  const router = await routerWithout(lab, benchmark, heldOut);
  const numbers = new Map(names.map((name, m) => [name, m]));
  const predicted = [];
  for (const row of rows) {
    const options = { neighbours: 0, maxCoveragePercentile: 100 };
    const { ranking } = await router.route(vectors.subarray(row * dim, (row + 1) * dim), options);
    const ofPrompt = new Float64Array(names.length);
    for (const { model, pCorrect } of ranking) ofPrompt[numbers.get(model)] = pCorrect;
    predicted.push(ofPrompt);
  }
  const strength = router.info.models.map(({ meanOutcome }) => meanOutcome);
  router.dispose();
  return { predicted, strength };
}

/** Returns the cosines between all prompts of a user, [prompts, prompts]. */
function similarities({ vectors, dim }, rows) {
  const out = new Float32Array(rows.length ** 2);
  for (const [i, a] of rows.entries()) {
    for (const [j, b] of rows.entries()) {
      let sum = 0;
      for (let d = 0; d < dim; ++d) sum += vectors[a * dim + d] * vectors[b * dim + d];
      out[i * rows.length + j] = sum;
    }
  }
  return out;
}

/**
 * Draws `perFold` users in each fold of the tasks. The tasks of a user come from one fold, so that constants can be
 * chosen on users who share no task with the users they are measured on.
 */
export async function drawPeople(benchmark, { perFold, seed, progress }) {
  const random = new Random(seed);
  const lab = await loadLab();
  const { taskNames, rowsOfTasks, names } = benchmark;
  const order = shuffled(random, range(taskNames.length));
  const people = [];
  for (let i = 0; i < FOLDS * perFold; ++i) {
    const fold = i % FOLDS;
    const count = 1 + (Math.floor(i / FOLDS) % MOST_TASKS);
    const own = shuffled(
      random,
      order.filter((_, place) => place % FOLDS === fold),
    ).slice(0, count);
    const ofTask = (task) => shuffled(random, rowsOfTasks[task]).slice(0, Math.ceil(PROMPTS / count));
    const rows = shuffled(random, own.flatMap(ofTask)).slice(0, PROMPTS);
    const families = new Set(own.map((task) => familyOf(taskNames[task])));
    const kin = range(taskNames.length).filter((task) => families.has(familyOf(taskNames[task])));
    people.push({
      fold,
      tasks: own,
      rows,
      cosines: similarities(benchmark, rows),
      known: await predict(lab, benchmark, rows, new Set(own)),
      foreign: await predict(lab, benchmark, rows, new Set(kin)),
      order: shuffled(random, range(names.length)),
      luck: rows.map(() => range(5).map(() => random.next())),
    });
    progress(people.length, FOLDS * perFold);
  }
  return people;
}

/**
 * Returns a user in a setting: the available models, the predictions and the right answers. `failing` is the share of
 * its right answers that the most often picked model answers wrongly for this user.
 */
export function settle(benchmark, person, { pool, lacksFamily = false, failing = 0 }) {
  const { names, outcomes, means } = benchmark;
  const { predicted, strength } = lacksFamily ? person.foreign : person.known;
  const byStrength = [...person.order].sort((a, b) => strength[b] - strength[a]);
  const drawn = { strong: person.order.filter((m) => byStrength.indexOf(m) < STRONG), any: person.order };
  const members = (pool === 'all' ? byStrength : drawn[pool].slice(0, POOL)).sort((a, b) => a - b);
  const plain = predicted.map((ofPrompt) => members[largest(members.map((m) => ofPrompt[m]))]);
  const counts = names.map((_, m) => plain.filter((pick) => pick === m).length);
  const worse = failing > 0 ? largest(counts) : -1;
  const best = members[largest(members.map((m) => strength[m]))];
  const taskOf = (i) => benchmark.tasks[person.rows[i]];
  const bestOf = (task) => members[largest(members.map((m) => means[task * names.length + m]))];
  return {
    ...person,
    names,
    members,
    predicted,
    byStrength: byStrength.filter((m) => members.includes(m)),
    taskOf,
    plain,
    best: person.rows.map(() => best),
    hindsight: person.rows.map((_, i) => bestOf(taskOf(i))),
    outcome: (i, m) => (m === worse && person.luck[i][4] < failing ? 0 : outcomes[person.rows[i] * names.length + m]),
  };
}

/**
 * Rating habits of users: the shares of right and of wrong answers that are rated, how often another model is named
 * instead, and whether ratings are random.
 */
export const HABITS = {
  honest: { right: 0.3, wrong: 0.3, other: 0.5 },
  coin: { right: 0.3, wrong: 0.3, other: 0.5, isCoin: true },
  complaining: { right: 0.1, wrong: 0.5, other: 0.5 },
};

/**
 * Returns a user's rating of a pick, { model, outcome }, or undefined. A user who names another model names the
 * strongest one that was right, and does not rate the pick.
 */
function judge({ luck, byStrength, outcome }, i, pick, habit) {
  const [says, names, coin] = luck[i];
  const isRight = habit.isCoin ? coin < 0.5 : outcome(i, pick) === 1;
  if (says >= (isRight ? habit.right : habit.wrong)) return undefined;
  const isNaming = !isRight && names < habit.other;
  const other = isNaming ? byStrength.find((m) => m !== pick && (habit.isCoin || outcome(i, m) === 1)) : undefined;
  return other === undefined ? { model: pick, outcome: Number(isRight) } : { model: other, outcome: 1 };
}

/** Returns the picks for a user's prompts, one after the other, by the shipped rule with these constants. */
export function adaptedPicks(setting, habit, constants = FEEDBACK_CONSTANTS) {
  const { rows, cosines, predicted, members, names } = setting;
  const judgements = [];
  return rows.map((_, i) => {
    const cosineTo = ({ at }) => cosines[i * rows.length + at];
    const near = judgements.filter((judgement) => cosineTo(judgement) >= constants.similarity);
    if (near.length > constants.most) near.sort((a, b) => cosineTo(b) - cosineTo(a)).splice(constants.most);
    const corrections = correctionsOf(near, constants);
    const pick = members[largest(members.map((m) => predicted[i][m] + (corrections[names[m]] ?? 0)))];
    const said = judge(setting, i, pick, habit);
    if (said !== undefined) {
      const { model, outcome } = said;
      judgements.push({ at: i, model: names[model], value: outcome - predicted[i][model] });
    }
    return pick;
  });
}
