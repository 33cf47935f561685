/** What an evaluation found: the shape of the JSON. NaN, which JSON writes as null, stands for "not available". */
import type { CodeType, RoutingConstants } from '../types.js';
import type { Estimate } from './statistics.js';

export interface EvaluationSettings {
  /** Policies in the order of the rows; the best single model and the oracle are always among them. */
  policies: string[];
  routing: RoutingConstants;
  codes: CodeType;
  /** How the distance estimator's training pairs are drawn. */
  pairs: { alphas: number[]; repeats: number; seed: number };
  /** Largest size in billions of parameters, `all` for no limit. */
  pools: (number | 'all')[];
  /** Labelled samples of a task: counts, and shares of the task. */
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
  /** Mean over tasks of accuracy / the oracle's. */
  ratioToOracle: number;
  /** Mean over tasks, between the predicted scores and the true accuracies of the pool's models. */
  pearson: number;
  spearman: number;
  /** Share of tasks where the pick is the best single model. */
  shareBestSingle: number;
  meanParamsB: number;
  /** Of the pick among the models; 1 is the best, ties average. */
  meanRank: number;
  gapClosed: Estimate;
  /** To the best single model's accuracy, task by task. */
  difference: Estimate;
}

export interface PoolReport {
  name: string;
  maxParamsB: number | null;
  models: number;
  /** Tasks on which every policy could choose. */
  tasks: number;
  rows: PolicyRow[];
  /** Mean over tasks and models: how often gbar is right, and by how much the estimate of that is off. */
  predictorAccuracy: number;
  predictorAccuracyError: number;
}

export interface TaskReport {
  name: string;
  rows: number;
  duplicatesDropped: number;
  u: number;
  /** In the largest pool; model and its accuracy on the task. */
  picks: Record<string, { model: string; accuracy: number } | null>;
}

/** Labels of one amount: rows of the table's first and last columns. */
export interface LabelPoint {
  labels: { count: number } | { alpha: number };
  /** Mean over tasks. */
  meanLabelled: number;
  rows: { policy: string; accuracy: Estimate; gapClosed: number }[];
}

export interface BinPoint {
  /** Mean of what the bin is by. */
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
  /** Means over rows or, where whole tasks are held out, over tasks of the means over their rows; intervals likewise. */
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

export interface CostPoint {
  costWeight: number;
  cost: number;
  quality: number;
  meanParamsB: number;
}

export interface CostReport {
  heldOut: 'task' | 'share';
  policy: string;
  /** Of `cost`. */
  unit: 'usd_per_call' | 'usd_per_mtok';
  models: number;
  points: CostPoint[];
  singles: { model: string; cost: number; quality: number }[];
  bestSingle: { cost: number; quality: number };
  /** Area below the non-decreasing convex hull over the single models' range of costs, divided by the range. */
  aiq: { router: number; singles: number };
  /** Share of the best single model's cost that routing saves at its quality; NaN where it never has that quality. */
  costSaved: number;
  /** What routing gains at the best single model's cost. */
  qualityGained: number;
}

export interface CascadePoint {
  costWeight: number;
  /** Mean cost of all models that were asked; judging is free. */
  cost: number;
  quality: number;
  /** Mean number of models asked. */
  asked: number;
  /** What the plans said, which count on a judge that never errs. */
  expectedCost: number;
  expectedQuality: number;
}

/** Cascades at the cost weights of the cost report, beside what that holds. */
export interface CascadeReport extends Pick<CostReport, 'heldOut' | 'unit' | 'models' | 'singles' | 'bestSingle'> {
  rows: number;
  judges: {
    name: string;
    sensitivity: number;
    specificity: number;
    points: CascadePoint[];
    /** As in the cost report. */
    aiq: number;
    costSaved: number;
    qualityGained: number;
  }[];
  routing: Pick<CostReport, 'policy' | 'points' | 'aiq'>;
}

export interface RobustnessReport {
  /** The router's default. */
  policy: string;
  /** Rows of the index that decided; none of the prompts is among them. */
  indexRows: number;
  /** Of the decisions for the prompts as they are: these are the easiest to keep. */
  shareBestSingle: number;
  kinds: {
    /** A paraphrase, or another embedder for the queries. */
    kind: string;
    prompts: number;
    /** Share of decisions that name the same model as before. */
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
    /** Rows whose prompt another row has, too. */
    duplicatePrompts: number;
    /** Held-out rows' duplicates elsewhere that were left out, summed over tasks. */
    duplicatesDropped: number;
    embedder: string;
    dim: number;
  };
  pools: PoolReport[];
  tasks: TaskReport[];
  /** By pool. */
  labels: { pool: string; points: LabelPoint[] }[];
  /** Tasks of the largest pool by their distance u. */
  coverage: BinPoint[];
  instances: InstanceReport[];
  cost: CostReport[];
  cascades: CascadeReport[];
  robustness: RobustnessReport | null;
}
