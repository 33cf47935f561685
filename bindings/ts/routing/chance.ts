/** Judges the quality of a pick: by a chance where the prediction is one, and in words by comparison. */
import { numberField } from '../files/fields.js';
import type { Decision, IndexInfo, Kind, RankedModel, Strength } from '../types.js';
import { isOutsideBenchmark } from './unread.js';

/** Least share of the votes on tasks whose predictions are chances. */
const LEAST_SHARE = 0.5;
/** Highest expected calibration error of a domain whose chances are told. */
const MOST_ERROR = 0.05;
/** Least distance from the median candidate to the best one for strengths to differ. */
const LEAST_SPREAD = 0.01;

type Task = IndexInfo['tasks'][number];

type Benchmark = Pick<IndexInfo, 'tasks' | 'metadata'>;

/** The tasks of each benchmark whose predictions are chances, as they were found for its metadata. */
const known = /* @__PURE__ */ new WeakMap<Benchmark['tasks'], Pick<Benchmark, 'metadata'> & { chances: Set<string> }>();

/** Returns what `findChanceTasks` finds; every decision asks for it. */
function chanceTasks({ tasks, metadata }: Benchmark): ReadonlySet<string> {
  let entry = known.get(tasks);
  if (entry === undefined || entry.metadata !== metadata) {
    entry = { metadata, chances: findChanceTasks({ tasks, metadata }) };
    known.set(tasks, entry);
  }
  return entry.chances;
}

/**
 * Returns the tasks whose predictions are chances of being right: they have a checkable answer, and the predictions for
 * their domain were measured to be calibrated (`calibration` of the metadata: the error by domain).
 */
function findChanceTasks({ tasks, metadata }: Benchmark): Set<string> {
  // An index without records of its tasks consists of outcomes that its owner graded: they are what he asks for.
  const isRecorded = tasks.some(({ record }) => record !== undefined);
  const isChance = ({ record }: Task) => {
    const domain = record?.domain;
    const error = domain === undefined ? undefined : numberField(metadata, 'calibration', domain, 'error');
    return record?.checkable === true && error !== undefined && error <= MOST_ERROR;
  };
  return new Set(tasks.filter((task) => !isRecorded || isChance(task)).map(({ name }) => name));
}

/** The facts that a chance depends on. */
export type ChanceFacts = Pick<Decision, 'model' | 'fallbackReason'> & {
  /** Weights of all tasks, in the order of the index; empty if the policy does not weigh tasks. */
  taskWeights: readonly number[];
  kinds?: readonly Pick<Kind, 'name' | 'probability'>[];
  coverage: Pick<Decision['coverage'], 'outOfCoverage'>;
  neighbours: readonly Pick<Decision['neighbours'][number], 'task'>[];
  ranking: readonly Pick<RankedModel, 'model' | 'pCorrect' | 'ownMean'>[];
};

/** Returns the share of the votes on tasks whose predictions are chances, 0..1. */
function shareOfChances({ taskWeights, neighbours }: ChanceFacts, info: Benchmark): number {
  const chances = chanceTasks(info);
  if (chances.size === info.tasks.length) return 1;
  const votes =
    taskWeights.length > 0
      ? info.tasks.map(({ name }, i) => ({ task: name, weight: taskWeights[i] ?? 0 }))
      : neighbours.map(({ task }) => ({ task, weight: 1 }));
  const all = votes.reduce((sum, { weight }) => sum + weight, 0);
  const counted = votes.reduce((sum, { task, weight }) => sum + (chances.has(task) ? weight : 0), 0);
  return all > 0 ? counted / all : 0;
}

/**
 * Returns whether the likeliest kinds of work have, for the most part, answers that nobody can check: a mail is judged by
 * tests of following instructions, but is not right or wrong.
 */
function isUncheckable({ kinds = [] }: ChanceFacts, { tasks }: Pick<IndexInfo, 'tasks'>): boolean {
  const isOpen = ({ name }: Pick<Kind, 'name'>) =>
    tasks.find((task) => task.name === name)?.record?.checkable === false;
  const sum = (of: NonNullable<ChanceFacts['kinds']>) => of.reduce((total, { probability }) => total + probability, 0);
  return sum(kinds.filter(isOpen)) > (1 - LEAST_SHARE) * sum(kinds);
}

/** Returns the pick's chance of being right, or null where the prediction is not one; see `Decision.chance`. */
export function chanceOf(facts: ChanceFacts, info: Benchmark): number | null {
  const { model, ranking } = facts;
  const picked = ranking.find((ranked) => ranked.model === model);
  if (isOutsideBenchmark(facts) || picked === undefined || picked.ownMean) return null;
  if (isUncheckable(facts, info)) return null;
  return shareOfChances(facts, info) >= LEAST_SHARE ? picked.pCorrect : null;
}

/** Returns the predictions in ascending order. Those of a decision are in descending order already, so that most calls sort nothing. */
function sortedChances(ranking: readonly Pick<RankedModel, 'pCorrect'>[]): Float64Array {
  const out = new Float64Array(ranking.length);
  let isAscending = true;
  for (let i = ranking.length - 1, at = 0; i >= 0; --i, ++at) {
    const p = (ranking[i] as Pick<RankedModel, 'pCorrect'>).pCorrect;
    out[at] = p;
    isAscending &&= at === 0 || (out[at - 1] as number) <= p;
  }
  return isAscending ? out : out.sort();
}

function medianOf(sorted: Float64Array): number {
  const at = sorted.length >> 1;
  const upper = sorted[at] as number;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[at - 1] as number)) / 2;
}

/** Returns the strength of the pick. Out of coverage the means count, which corrections do not change. */
export function strengthOfPick(facts: Pick<Decision, 'ranking' | 'model' | 'coverage' | 'fallbackReason'>) {
  const { ranking, model } = facts;
  if (!isOutsideBenchmark(facts)) return strengthOf(ranking, model);
  return strengthOf(
    ranking.map((ranked) => ({ model: ranked.model, pCorrect: ranked.meanOutcome ?? 0 })),
    model,
  );
}

/**
 * Returns how a model compares with the other candidates by predicted correctness; see `Decision.strength`. `ranking` is
 * that of a decision.
 *
 * @example
 * ```js
 * const { ranking, model } = await router.route(prompt);
 * if (strengthOf(ranking, model) === 'weak') show('Another model is predicted to be better.');
 * ```
 */
export function strengthOf(ranking: readonly Pick<RankedModel, 'model' | 'pCorrect'>[], model: string): Strength {
  const p = ranking.find((ranked) => ranked.model === model)?.pCorrect;
  if (p === undefined) return 'even';
  const sorted = sortedChances(ranking);
  const [middle, best] = [medianOf(sorted), sorted.at(-1) as number];
  if (best - middle < LEAST_SPREAD) return 'even';
  if (p >= best - (best - middle) / 3) return 'strong';
  return p >= middle ? 'even' : 'weak';
}
