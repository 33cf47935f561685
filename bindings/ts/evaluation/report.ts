/** Types of an evaluation's report, as in its JSON. NaN, which JSON writes as null, means "not available". */
import type { CodeType, RoutingConstants } from '../types.js';
import type { Estimate } from './statistics.js';

export interface EvaluationSettings {
  /** Policies in the order of the rows, always including the best single model and the oracle. */
  policies: string[];
  routing: RoutingConstants;
  codes: CodeType;
  /** Draws of the distance estimator's training pairs. */
  pairs: { alphas: number[]; repeats: number; seed: number };
  /** Size limits in billions of parameters; `all`: no limit. */
  pools: (number | 'all')[];
  /** Labelled samples per task: counts, and shares of the task. */
  labels: number[];
  alphas: number[];
  repeats: number;
  seed: number;
  instances: boolean;
  robustness: boolean;
}

/** One policy over the held-out tasks. */
export interface PolicyRow {
  policy: string;
  accuracy: Estimate;
  /** Mean over tasks of the ratio to the oracle's accuracy. */
  ratioToOracle: number;
  /** Mean over tasks of the correlation between predicted scores and true accuracies of the pool's models. */
  pearson: number;
  spearman: number;
  /** Share of tasks whose pick is the best single model. */
  shareBestSingle: number;
  meanParamsB: number;
  /** Mean rank of the pick among the models; 1 is the best, ties share their mean rank. */
  meanRank: number;
  gapClosed: Estimate;
  /** Difference to the best single model's accuracy, paired by task. */
  difference: Estimate;
}

export interface PoolReport {
  name: string;
  maxParamsB: number | null;
  models: number;
  /** Number of tasks on which every policy had a choice. */
  tasks: number;
  rows: PolicyRow[];
  /** Means over tasks and models: how often gbar is right, and the absolute error of its estimate. */
  predictorAccuracy: number;
  predictorAccuracyError: number;
}

export interface TaskReport {
  name: string;
  rows: number;
  duplicatesDropped: number;
  u: number;
  /** Picks in the largest pool, with their accuracy on the task. */
  picks: Record<string, { model: string; accuracy: number } | null>;
}

/** Results for one amount of labels: accuracy and gap closed by policy. */
export interface LabelPoint {
  labels: { count: number } | { alpha: number };
  /** Mean number of labelled samples over tasks. */
  meanLabelled: number;
  rows: { policy: string; accuracy: Estimate; gapClosed: number }[];
}

export interface BinPoint {
  /** Mean of the binned quantity. */
  at: number;
  from: number;
  to: number;
  count: number;
  accuracy: Record<string, number>;
}

export interface InstanceReport {
  heldOut: 'task' | 'share';
  policy: string;
  rows: number;
  duplicatesDropped: number;
  /** Mean over rows; with whole tasks held out, mean over tasks of the means over their rows. Intervals likewise. */
  quality: Estimate;
  bestSingle: number;
  oracle: number;
  difference: Estimate;
  gapClosed: number;
  overRows: { quality: number; bestSingle: number; oracle: number };
  shareBestSingle: number;
  meanParamsB: number;
  meanDistance: number;
  byDistance: BinPoint[];
  calibration: {
    ece: number;
    brier: number;
    bins: { count: number; predicted: number; outcome: number }[];
  };
}

/** Percentage points of quality that are given up where a saving of cost is reported. */
export const LOSSES = [0, 1, 2] as const;

export interface CostPoint {
  costWeight: number;
  cost: number;
  quality: number;
  meanParamsB: number;
}

export interface CostReport {
  heldOut: 'task' | 'share';
  policy: string;
  /** Unit of `cost`. */
  unit: 'usd_per_call' | 'usd_per_mtok';
  models: number;
  points: CostPoint[];
  singles: { model: string; cost: number; quality: number }[];
  bestSingle: { cost: number; quality: number };
  /** Area below the non-decreasing convex hull over the single models' range of costs, divided by the range. */
  aiq: { router: number; singles: number };
  /**
   * Shares of the best single model's cost that routing, and lots between single models, save at each of `LOSSES` below
   * its quality; NaN if they do not reach that quality.
   */
  costSaved: { router: number[]; singles: number[] };
  /** Quality that routing gains at the best single model's cost. */
  qualityGained: number;
}

export interface CascadePoint {
  costWeight: number;
  /** Mean cost of all models asked; the judge is free. */
  cost: number;
  quality: number;
  /** Mean number of models asked. */
  asked: number;
  /** Means of the plans' expectations, which assume a judge that never errs. */
  expectedCost: number;
  expectedQuality: number;
}

/** Cascades at the cost weights of the cost report, with that report's routing for comparison. */
export interface CascadeReport extends Pick<CostReport, 'heldOut' | 'unit' | 'models' | 'singles' | 'bestSingle'> {
  rows: number;
  judges: {
    name: string;
    sensitivity: number;
    specificity: number;
    points: CascadePoint[];
    /** As in the cost report. */
    aiq: number;
    costSaved: number[];
    qualityGained: number;
  }[];
  routing: Pick<CostReport, 'policy' | 'points' | 'aiq'>;
}

export interface RobustnessReport {
  /** The router's default policy. */
  policy: string;
  /** Rows of the index, which contains none of the prompts. */
  indexRows: number;
  /** Share of the original decisions that pick the best single model; these survive most easily. */
  shareBestSingle: number;
  kinds: {
    /** Kind of paraphrase, or the other embedder of the queries. */
    kind: string;
    prompts: number;
    /** Share of decisions that pick the same model after the change. */
    survived: Estimate;
    /** Mean cosine distance between a prompt's vector before and after the change. */
    meanShift: number;
    /** Mean outcome of the picks before and after. */
    quality: { original: number; paraphrased: number };
  }[];
}

export interface EvaluationReport {
  format: 'signalbox-evaluation-1';
  version: string;
  settings: EvaluationSettings;
  data: {
    file: string;
    sha256: string;
    rowsInFile: number;
    rows: number;
    dropped: Record<string, number>;
    tasks: number;
    models: string[];
    modelsWithoutColumn: number;
    unusedColumns: number;
    missingOutcomes: number;
    /** Rows that share their prompt with another row. */
    duplicatePrompts: number;
    /** Duplicates of held-out prompts that were excluded from pools, summed over tasks. */
    duplicatesDropped: number;
    embedder: string;
    dim: number;
  };
  pools: PoolReport[];
  tasks: TaskReport[];
  /** Curves by pool. */
  labels: { pool: string; points: LabelPoint[] }[];
  /** Tasks of the largest pool by their distance u. */
  coverage: BinPoint[];
  instances: InstanceReport[];
  cost: CostReport[];
  cascades: CascadeReport[];
  robustness: RobustnessReport | null;
}
