/** Shapes of a plan: which models to send a person's own prompts to, what that saves, and what it risks. */

import type { BuildSettings } from '../building/from-files.js';
import type { BuildReport } from '../building/report.js';
import type { BuildInWorkerOptions } from '../building/types.js';
import type { Embedder, EmbedderSource, Source, WasmSource } from '../types.js';

/** Options of `planInWorker`; see `BuildInWorkerOptions` for the embedder and the worker. */
export interface PlanInWorkerOptions
  extends Omit<PlanOptions, 'embedder'>,
    Pick<BuildInWorkerOptions, 'embedder' | 'worker' | 'startTimeoutMs'> {}

/** A number with its 95% interval. */
export interface Bounded {
  value: number;
  low: number;
  high: number;
}

/**
 * Target of a plan. At most one may be given; by default the best trade is proposed, the knee of the curve: the setting after
 * which the next dollar saved costs clearly more correctness.
 */
export interface PlanTarget {
  /** Percentage points of correctness that may be lost on average against the baseline, 0..100. */
  atMost?: number | undefined;
  /** Share of the baseline's cost to save, 0..1. */
  save?: number | undefined;
  /** US dollars a month, for `volume` answers. */
  budget?: number | undefined;
  /** The largest loss, as a promise with a bound and not as an estimate. */
  maxLoss?: MaxLoss | undefined;
}

/**
 * A promise: the rule of the index loses at most so much against the baseline on prompts like those of the file. It takes
 * three of ten rows to make the rule, and the others to test it; the index has the tested rule.
 */
export interface MaxLoss {
  /** The largest loss in percentage points, 0..100, 100 left out. */
  points: number;
  /** Chance that the promise is false, 0.000001..0.5. Default 0.05. */
  delta?: number | undefined;
  /**
   * `net` (default): the mean outcome falls by at most `points`; answers that get better make up for worse ones. `worse`:
   * at most `points` percent of the answers are worse than those of the baseline, whatever gets better.
   */
  kind?: 'net' | 'worse' | undefined;
  /** `worse`: an answer is worse if its outcome is lower by more than this, 0..1. Default 0. */
  tolerance?: number | undefined;
}

/** Settings of a plan, beside the files. */
export interface PlanSettings extends Omit<BuildSettings, 'maxRows'>, PlanTarget {
  /** Answers a month; sentences then also speak of a month. `budget` needs it. */
  volume?: number | undefined;
  /** The model to compare with. Default: the file's own best single model. */
  baseline?: string | undefined;
  /** Seed of folds and bootstrap: the same files, options and seed give the same plan. Default 1. */
  seed?: number | undefined;
  /** `false` keeps words of prompts out of the plan: families are numbered. Default `true`. */
  words?: boolean | undefined;
  /**
   * An index that knows some of the models: its dated prices stand in for costs that the files lack, and its predictions are
   * what families are compared with before their own outcomes count (if it is of the same embedder). Default: the shipped
   * one where that is a file on this machine (Node.js), as no file is fetched unasked; `false`: none.
   */
  index?: Source | false | undefined;
}

/** Options of `plan`. */
export interface PlanOptions extends PlanSettings {
  /** Default: the shipped one. */
  embedder?: Embedder | EmbedderSource | undefined;
  /** Addresses of `signalbox.wasm` and `signalbox-lab.wasm`, if not beside the package. */
  wasm?: WasmSource | undefined;
  labWasm?: WasmSource | undefined;
  signal?: AbortSignal | undefined;
  /** Called with the progress of a step; its name is for display. */
  onProgress?: ((event: { step: string; done: number; total: number }) => void) | undefined;
}

/** Origin of a model's costs: US dollars per answer in the file; tokens in the file and a price; or a price and typical lengths. */
export type CostOrigin = 'file' | 'tokens' | 'prices' | 'unknown';

/** A model of the file. */
export interface PlanModel {
  name: string;
  /** Prompts with an outcome of the model. */
  measured: number;
  /** Mean outcome, 0..1. */
  right: Bounded;
  /** `null` if unknown. */
  usdPer1000: number | null;
  costFrom: CostOrigin;
}

/** A share of the prompts that goes to a model. */
export interface PlanShare {
  model: string;
  /** 0..1 */
  share: number;
}

/** A setting of the rule, with estimates for plans of this kind on new prompts of the same traffic. */
export interface PlanPoint {
  /** US dollars that one right answer is worth to the rule; `null`: only quality counts. */
  answerValue: number | null;
  /** Mean outcome, 0..1. */
  right: Bounded;
  /** Points of correctness against the baseline: negative is worse. */
  points: Bounded;
  usdPer1000: Bounded | null;
  /** Share of the baseline's cost that is saved; negative: it costs more. */
  saved: Bounded | null;
  /** Largest first. */
  picks: PlanShare[];
}

/** A kind of prompt in the file. */
export interface PlanFamily {
  /** Its name: words of its prompts, the file's dataset, or a number. */
  name: string;
  rows: number;
  /** Share of the rows, 0..1. */
  share: number;
  /** The model with the most right answers, of the shrunk means. */
  best: string;
  /** The model that the proposed setting sends most of the family to, and all models that get some. */
  pick: string;
  picks: PlanShare[];
  /** Points against the baseline, shrunk to the mean over families: negative is worse. */
  points: Bounded;
  usdPer1000: number | null;
  /** Cost of the baseline here. */
  baselineUsdPer1000: number | null;
  /** Shrunk mean outcome, 0..1, and US dollars per 1,000 answers of each model, in the order of `models`. */
  right: number[];
  usd: (number | null)[];
}

/**
 * Remarks on the file or the plan, by code:
 * - `few_rows`: fewer than 100 rows, so that the intervals are wide.
 * - `contradictory_rows`: rows with the same prompt have different outcomes; all of them count.
 * - `repeated_prompts`: rows share a prompt, template or conversation, and stay together in the estimates.
 * - `templated_prompts`: many prompts are nearly equal, and do not stay together for that.
 * - `few_outcomes`: a model has fewer than 30 outcomes.
 * - `similar_models`: names of models that differ only by case or separators.
 * - `all_right`, `all_wrong`, `no_differences`: the outcomes do not tell the models apart.
 * - `missing_outcomes`: more than 2% of the outcomes are missing.
 * - `no_costs`: no two models have a cost, so that the plan is about correctness only.
 * - `model_without_cost`: a model is left out, because its cost is not known.
 * - `free_model`: a model costs nothing.
 * - `costs_from_tokens`, `costs_from_prices`: costs rest on prices, and on tokens in the file or on typical lengths.
 * - `odd_costs`: costs or token counts below zero or absurdly large, which count as not known.
 * - `target_not_reached`: no setting reaches the target; the nearest one is proposed.
 * - `nothing_to_gain`: no rule is better than the baseline for this target; the plan is to use one model.
 */
export interface PlanNote {
  code: string;
  message: string;
}

/** The promise of a plan. Losses and bounds are percentage points. */
export interface PlanPromise {
  kind: 'net' | 'worse';
  points: number;
  delta: number;
  tolerance: number;
  /** `false`: these rows cannot promise it, and the plan is to keep the baseline. */
  made: boolean;
  /**
   * Upper bound for the loss of the proposed setting with confidence 1 - delta; without a promise, of the first setting that
   * was tested. `net`: by a betting bound (Waudby-Smith and Ramdas 2024); `worse`: by Clopper and Pearson, or by a betting
   * bound if prompts stay together in groups.
   */
  bound: number;
  /** The same by Hoeffding and Bentkus, to compare. */
  hoeffdingBentkus: number;
  /** The smallest loss that these rows could have promised for the first setting. */
  smallest: number;
  /** Loss on the test rows; prompts that stay together count as one. */
  loss: number;
  /** Rows that the rule was made from. Those that tested it are the rows of the plan. */
  ruleRows: number;
  /** Rows that could not test it, for want of an outcome. */
  leftOut: number;
  /** Settings that passed, and all of them. */
  passed: number;
  settings: number;
  /**
   * Rows that a file would need to promise the next setting with a chance of 80%, if it loses as much as here; `null` if no
   * number would do, or nothing more could be promised.
   */
  neededRows: number | null;
}

/** A plan as numbers: what `--json` writes, version 1. US dollars; shares and outcomes 0..1; points are percentage points. */
export interface Plan {
  format: 'signalbox-plan-1';
  /** Version of the package. */
  version: string;
  /** Rows that the numbers are of: all that were drawn at random, or those of them that tested a promise. */
  rows: number;
  /** Rows that may be told apart: groups of the same prompt, template or conversation. */
  groups: number;
  /**
   * Rows of the files by the column `selected_by`: drawn at random (also without the column), and chosen for what they teach.
   * Chosen rows train the rule, and have no part in any number.
   */
  selection: { random: number; chosen: number };
  graded: boolean;
  seed: number;
  models: PlanModel[];
  baseline: { model: string; given: boolean; right: Bounded; usdPer1000: number | null };
  target: { kind: 'knee' | 'at-most' | 'save' | 'budget' | 'max-loss'; value: number | null; reached: boolean };
  volume: number | null;
  /** `constant`: nothing tells the models apart, and one model is best for all prompts. */
  predictor: 'constant' | 'families' | 'families-and-linear';
  /** `dataset`: the file's own; `found`: by the prompts' embeddings; `one`: all prompts are one family. */
  familiesFrom: 'dataset' | 'found' | 'one';
  /** The promise; `null`: all numbers are estimates. With it, they are measured on the rows that tested it. */
  promise: PlanPromise | null;
  /** The proposed setting. */
  proposed: PlanPoint;
  /** Every setting, from quality only to the cheapest. */
  curve: PlanPoint[];
  /** Each model alone, in the order of `models`. */
  singles: { model: string; right: Bounded; points: Bounded; usdPer1000: number | null; saved: number | null }[];
  /** Mixtures of single models, drawn by lot: the cheapest for their quality, from the cheapest model to the best. */
  mixtures: { first: string; second: string; share: number; right: number; usdPer1000: number }[];
  /** Largest first. */
  families: PlanFamily[];
  /** The family that loses most by its estimate; `null` if none loses, or if there is one family only. */
  worst: PlanFamily | null;
  notes: PlanNote[];
}

/** The result of `plan`. */
export interface Planned {
  plan: Plan;
  /** `plan.sbx`: an index for `Router.load`, whose default is the proposed setting. */
  index: Uint8Array<ArrayBuffer>;
  /** How the files were read. */
  report: BuildReport;
}
