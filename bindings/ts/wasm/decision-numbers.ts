/**
 * Makes decisions of the numbers that the core returns (bindings/decision_numbers.h): names come from the index's
 * description. Objects have the keys of `Decision`, in a fixed order.
 */
import {
  type Decision,
  EXCLUSION_REASONS,
  FALLBACK_REASONS,
  type IndexInfo,
  type Neighbour,
  type RankedModel,
  type TaskDecision,
  type TaskRankedModel,
} from '../types.js';

const HEAD = [
  'size',
  'policy',
  'model',
  'bestSingleModel',
  'challenger',
  'confidence',
  'challengerConfidence',
  'fallbackReason',
  'meanDistance',
  'percentile',
  'outOfCoverage',
  'usdPerMTok',
  'usdPerAnswer',
  'inputs',
  'labelled',
  'tasks',
  'families',
  'kinds',
  'taskWeights',
  'ranking',
  'neighbours',
] as const;
const RANKED = ['model', 'pCorrect', 'low', 'high', 'votes', 'usdPerMTok', 'usdPerAnswer'] as const;
const RANKED_OF_TASK = ['s1', 's2', 's3', 'p', 'pMeasured'] as const;
const NEIGHBOUR = ['row', 'task', 'similarity', 'distance', 'idAddress', 'idBytes'] as const;
/** In the core's order. */
const POLICIES = ['signalbox', 's1', 's2', 's3', 's3_true_p', 'best_single', 'oracle', 'families'] as const;

/** @internal For the test that compares it with the core's. */
export const DECISION_LAYOUT = {
  head: HEAD,
  ranked: RANKED,
  rankedOfTask: RANKED_OF_TASK,
  neighbour: NEIGHBOUR,
  policies: POLICIES,
  exclusionReasons: ['', ...EXCLUSION_REASONS],
} as const;

/** A decision of the core, with the weights of all tasks in the order of the index (empty: none). */
export type OfCore<D> = D & { taskWeights: number[] };

/** The part of a decision that the core knows. */
type CoreRanked = RankedModel & Partial<Omit<TaskRankedModel, keyof RankedModel>>;
type CoreNeighbour = Omit<Neighbour, 'text'>;

/** Facts of a model that no decision changes. */
type ModelFacts = Pick<IndexInfo['models'][number], 'name' | 'meanOutcome' | 'paramsB'>;

/** The names of an open index, and what its decisions repeat of them. */
export class DecisionReader {
  /** A copy: the caller has the description. */
  readonly #models: readonly ModelFacts[];
  readonly #tasks: readonly string[];
  readonly #areFamiliesTasks: boolean;
  /** The outcomes of a row without any. A copy is made several times faster than an object of so many keys. */
  readonly #noOutcomes: Readonly<Record<string, number | null>>;

  constructor({ models, tasks, families }: Pick<IndexInfo, 'models' | 'tasks' | 'families'>) {
    this.#models = models.map(({ name, meanOutcome, paramsB }) => ({ name, meanOutcome, paramsB }));
    this.#tasks = tasks.map(({ name }) => name);
    this.#areFamiliesTasks = families?.count === tasks.length;
    this.#noOutcomes = Object.fromEntries(models.map(({ name }) => [name, null]));
  }

  /** Returns a decision. `textAt` reads the module's memory. */
  decision<D extends Decision | TaskDecision>(
    numbers: Float64Array,
    isTask: boolean,
    textAt: (address: number, sizeBytes: number) => string,
  ): OfCore<D> {
    let at = HEAD.length;
    const list = <T>(count: number, width: number, read: (first: number) => T): T[] => {
      const out: T[] = [];
      for (let i = 0; i < count; ++i, at += width) out.push(read(at));
      return out;
    };
    const count = (key: (typeof HEAD)[number]) => numbers[HEAD_AT[key]] as number;
    const number = (place: number) => finite(numbers[place] as number);
    const known = (place: number) => knownOf(numbers[place] as number);
    const model = (place: number) => (this.#models[numbers[place] as number] as { name: string }).name;
    const task = (place: number) => this.#tasks[numbers[place] as number] as string;
    const reason = count('fallbackReason');

    const tasks = list(count('tasks'), 2, (i) => ({ task: task(i), weight: number(i + 1) }));
    const families = list(count('families'), 2, (i) => ({
      name: this.#areFamiliesTasks ? task(i) : `family ${(numbers[i] as number) + 1}`,
      weight: number(i + 1),
    }));
    const kinds = list(count('kinds'), 2, (i) => ({ name: task(i), probability: number(i + 1) }));
    const taskWeights = list(count('taskWeights'), 1, number);
    const ofRanked = RANKED.length + (isTask ? RANKED_OF_TASK.length : 0);
    const ranking = list(count('ranking'), ofRanked, (i) => this.#ranked(numbers, i, isTask));
    const ofNeighbour = NEIGHBOUR.length + this.#models.length;
    const neighbours = list(count('neighbours'), ofNeighbour, (i) => this.#neighbour(numbers, i, textAt));
    const excluded: Decision['excluded'] = [];
    for (const [i, { name }] of this.#models.entries()) {
      const why = numbers[at + i] as number;
      if (why > 0)
        excluded.push({ model: name, reason: EXCLUSION_REASONS[why - 1] as (typeof EXCLUSION_REASONS)[number] });
    }
    const decision = {
      model: model(HEAD_AT.model),
      policy: POLICIES[count('policy')],
      confidence: number(HEAD_AT.confidence),
      challengerConfidence: number(HEAD_AT.challengerConfidence),
      fallback: reason > 0,
      fallbackReason: reason > 0 ? FALLBACK_REASONS[reason - 1] : null,
      bestSingleModel: model(HEAD_AT.bestSingleModel),
      challenger: model(HEAD_AT.challenger),
      coverage: {
        meanDistance: number(HEAD_AT.meanDistance),
        percentile: number(HEAD_AT.percentile),
        outOfCoverage: count('outOfCoverage') === 1,
      },
      price: { usdPerMTok: known(HEAD_AT.usdPerMTok), usdPerAnswer: known(HEAD_AT.usdPerAnswer) },
      tasks,
      taskWeights,
      ...(families.length > 0 && { families }),
      kinds,
      ranking,
      neighbours,
      excluded,
      ...(isTask && { inputs: count('inputs'), labelled: count('labelled'), u: number(HEAD_AT.meanDistance) }),
    };
    return decision as unknown as OfCore<D>;
  }

  #ranked(numbers: Float64Array, at: number, isTask: boolean): CoreRanked {
    const { name, meanOutcome, paramsB } = this.#models[numbers[at] as number] as ModelFacts;
    const votes = numbers[at + 4] as number;
    const ranked: CoreRanked = {
      model: name,
      pCorrect: finite(numbers[at + 1] as number),
      interval: [finite(numbers[at + 2] as number), finite(numbers[at + 3] as number)],
      votes,
      ownMean: votes === 0,
      meanOutcome,
      paramsB,
      usdPerMTok: knownOf(numbers[at + 5] as number),
      usdPerAnswer: knownOf(numbers[at + 6] as number),
    };
    if (!isTask) return ranked;
    const ofTask = at + RANKED.length;
    ranked.s1 = finite(numbers[ofTask] as number);
    ranked.s2 = finite(numbers[ofTask + 1] as number);
    ranked.s3 = finite(numbers[ofTask + 2] as number);
    ranked.p = finite(numbers[ofTask + 3] as number);
    ranked.pMeasured = numbers[ofTask + 4] === 1;
    return ranked;
  }

  #neighbour(numbers: Float64Array, at: number, textAt: (address: number, sizeBytes: number) => string): CoreNeighbour {
    const [row, task, similarity, distance, address, sizeBytes] = numbers.subarray(
      at,
      at + NEIGHBOUR.length,
    ) as unknown as [number, number, number, number, number, number];
    const outcomes = { ...this.#noOutcomes };
    for (const [m, { name }] of this.#models.entries()) {
      const outcome = numbers[at + NEIGHBOUR.length + m] as number;
      if (outcome >= 0) outcomes[name] = outcome;
    }
    return {
      row,
      task: this.#tasks[task] as string,
      id: address === 0 ? String(row) : textAt(address, sizeBytes),
      similarity,
      distance,
      outcomes,
    };
  }
}

/** The place of each field of the head. */
const HEAD_AT = Object.fromEntries(HEAD.map((key, i) => [key, i])) as Record<(typeof HEAD)[number], number>;

/** A number that does not exist is `null` where the types allow it, as in JSON. */
const finite = (value: number) => (Number.isFinite(value) ? value : null) as number;

/** An unknown price is negative. */
const knownOf = (value: number) => (value >= 0 ? finite(value) : null);
