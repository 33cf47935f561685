// Holds out tasks, benchmarks and rows of an index of means, and keeps what the policy forecasts for them without them.
//
// A study is an index that can forget a part of itself:
//   models: [{ name, usdPerMTok }]            price per million tokens, three of input to one of output; NaN unknown
//   tasks: [{ name, benchmark, domain, weight, rows, scores, evidence }]   scores: [models], NaN where not measured;
//                                             evidence: outcomes that a score is worth; kinds have no score
//   outcomesOf(rows): [rows, models]          NaN where not measured
//   forecastTasks({ tasks, mixture }, asked): { meanOutcome, forecasts }   expectations [models] for the tasks asked
//                                             about, without the tasks that are held out
//   forecastRows({ tasks, rows }, asked): [asked, models]
import { Random } from '../../../dist/evaluation/random.js';

/** Least candidates between which there is a choice to measure. */
const LEAST_CANDIDATES = 3;
/** Outcomes at which half of a score's spread around the strength of its model is not chance (docs/policy.md). */
const EVIDENCE = 30;

const isMeasured = (score) => !Number.isNaN(score);
const mean = (values) => values.reduce((sum, x) => sum + x, 0) / values.length;

/** Returns the numbers of the tasks with scores. */
export const scoredTasks = ({ tasks }) => tasks.map((_, t) => t).filter((t) => tasks[t].scores.some(isMeasured));

/** Returns the weight of a task in means: its own, less the share of its scores that is chance. */
export function weightOf({ weight, scores, evidence }) {
  const shares = [...evidence].filter((_, m) => isMeasured(scores[m])).map((n) => n / (n + EVIDENCE));
  return weight * mean(shares);
}

/** Returns the parts to hold out together: each task alone, or all tasks of each benchmark. */
export function partsOf(study, unit) {
  const tasks = scoredTasks(study);
  if (unit === 'task') return tasks.map((t) => [t]);
  const parts = new Map();
  for (const t of tasks) {
    const { benchmark } = study.tasks[t];
    parts.set(benchmark, [...(parts.get(benchmark) ?? []), t]);
  }
  return [...parts.values()];
}

/**
 * Returns for every task with scores what is forecast while its part is held out: { task, weight, forecast, fixed },
 * both [models]; `fixed` is the mean outcome, by which the best single model is chosen.
 */
export function holdOutTasks(study, unit, { mixture } = {}) {
  return partsOf(study, unit).flatMap((tasks) => {
    const { meanOutcome, forecasts } = study.forecastTasks({ tasks, mixture }, tasks);
    return tasks.map((task, i) => ({
      task,
      weight: weightOf(study.tasks[task]),
      forecast: forecasts[i],
      fixed: meanOutcome,
    }));
  });
}

const argmax = (list, values) => list.reduce((best, m) => (values[m] > values[best] ? m : best), list[0]);

/** Returns the models that a pick can be scored for: measured on the task, and priced up to a limit. */
function candidatesOf(study, task, limit) {
  const { scores } = study.tasks[task];
  return study.models.map((_, m) => m).filter((m) => isMeasured(scores[m]) && study.models[m].usdPerMTok <= limit);
}

/** Returns the candidates, or random halves of them, the same for every rule. */
function poolsOf(candidates, halves, random) {
  if (halves === 0) return [candidates];
  const pools = Array.from({ length: halves }, () => candidates.filter(() => random.next() < 0.5));
  return pools.filter(({ length }) => length >= LEAST_CANDIDATES);
}

/**
 * Returns for each held-out task with enough candidates the score of the pick, that of the best single model, that of
 * the best candidate, and how often both differ; means over random halves of the candidates, if any.
 */
export function picksUnder(study, held, limit, { halves = 0, seed = 1 } = {}) {
  const random = new Random(seed);
  return held.flatMap(({ task, weight, forecast, fixed }) => {
    const candidates = candidatesOf(study, task, limit);
    if (candidates.length < LEAST_CANDIDATES) return [];
    const pools = poolsOf(candidates, halves, random);
    if (pools.length === 0) return [];
    const { scores } = study.tasks[task];
    const picks = pools.map((pool) => [argmax(pool, forecast), argmax(pool, fixed), argmax(pool, scores)]);
    const scoreOf = (i) => mean(picks.map((of) => scores[of[i]]));
    return [
      {
        task,
        weight,
        picked: scoreOf(0),
        fixed: scoreOf(1),
        oracle: scoreOf(2),
        usd: mean(picks.map(([pick]) => study.models[pick].usdPerMTok)),
        fixedUsd: mean(picks.map(([, single]) => study.models[single].usdPerMTok)),
        differ: mean(picks.map(([pick, single]) => Number(pick !== single))),
      },
    ];
  });
}

/** Returns the cheapest of the candidates within `points` of the best expectation. */
function cheapestWithin(study, candidates, expected, points) {
  const least = expected[argmax(candidates, expected)] - points / 100;
  const near = candidates.filter((m) => expected[m] >= least);
  return near.reduce((best, m) => (study.models[m].usdPerMTok < study.models[best].usdPerMTok ? m : best), near[0]);
}

/**
 * Returns for each held-out task the score and the price of the cheapest model predicted within some points of the best
 * one, those of the best single model, and those of the one model that the same points would allow everywhere.
 */
export function dialPicks(study, held, points) {
  return held.flatMap(({ task, weight, forecast, fixed }) => {
    const candidates = candidatesOf(study, task, Number.POSITIVE_INFINITY);
    if (candidates.length < LEAST_CANDIDATES) return [];
    const { scores } = study.tasks[task];
    const of = (m) => ({ score: scores[m], usd: study.models[m].usdPerMTok });
    return [
      {
        task,
        weight,
        pick: of(cheapestWithin(study, candidates, forecast, points)),
        best: of(argmax(candidates, fixed)),
        cheap: of(cheapestWithin(study, candidates, fixed, points)),
      },
    ];
  });
}

/**
 * Returns [{ task, model, outcome, predicted }] for the outcomes of rows, each row held out with a share of all others
 * (or, by source, with its whole benchmark).
 */
export function holdOutRows(study, { folds = 5, seed = 1, benchmark = false } = {}) {
  const random = new Random(seed);
  const rows = study.tasks.flatMap(({ rows: own, benchmark: name }, task) => own.map((row) => ({ row, task, name })));
  const outcomes = study.outcomesOf(rows.map(({ row }) => row));
  const withOutcomes = rows
    .map((of, i) => ({ ...of, outcomes: outcomes[i] }))
    .filter((of) => of.outcomes.some(isMeasured));
  const groups = new Map();
  for (const of of withOutcomes) {
    const key = benchmark ? of.name : random.below(folds);
    groups.set(key, [...(groups.get(key) ?? []), of]);
  }
  return [...groups.values()].flatMap((group) => {
    const tasks = benchmark ? [...new Set(group.map(({ task }) => task))] : [];
    const asked = group.map(({ row }) => row);
    const predictions = study.forecastRows({ tasks, rows: benchmark ? [] : asked }, asked);
    return group.flatMap((of, i) =>
      [...of.outcomes].flatMap((outcome, model) =>
        isMeasured(outcome) ? [{ task: of.task, model, outcome, predicted: predictions[i][model] }] : [],
      ),
    );
  });
}
