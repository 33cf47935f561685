/** Shapes of a plan in the lab, where models and families are numbers. Costs are US dollars per answer. */

/** Graded prompts to fit a predictor to. */
export interface FitArrays {
  spec: {
    dim: number;
    models: number;
    /** Number of families that the rows name; 0: the lab finds them. */
    families: number;
    seed: number;
  };
  /** [rows, dim] */
  embeddings: Float32Array;
  /** [rows, models], NaN missing. */
  outcomes: Float32Array;
  /** [rows, models] NaN unknown. */
  costs?: Float32Array | undefined;
  /** [rows] Rows with equal numbers are never told apart. */
  groups: Uint32Array;
  /** [rows] */
  families?: Uint16Array | undefined;
  /** [rows, models] Correctness that an index predicts, NaN where nothing is known. */
  prior?: Float32Array | undefined;
}

/** Graded prompts to plan for. */
export interface PlanArrays extends FitArrays {
  spec: FitArrays['spec'] & {
    /** `value`: percentage points, a share, or US dollars per answer. */
    target: { kind: 'knee' | 'at-most' | 'save' | 'budget'; value?: number };
    /** A model. Default: the file's best single one. */
    baseline?: number | undefined;
  };
  /** [rows] 1 for rows that were chosen, which only train the predictor; 0 for random ones. Default: all are random. */
  chosen?: Uint8Array | undefined;
}

/** A predictor by families, as bytes of an index, and the family of each row. */
export interface FamilyFit {
  predictor: Uint8Array<ArrayBuffer>;
  rowFamilies: Uint16Array<ArrayBuffer>;
  kind: PlanNumbers['predictor'];
}

export interface LabBounded {
  value: number;
  low: number;
  high: number;
}

export interface LabPick {
  model: number;
  share: number;
}

export interface LabPoint {
  answerValue: number | null;
  right: LabBounded;
  points: LabBounded;
  usd: LabBounded | null;
  saved: LabBounded | null;
  picks: LabPick[];
}

/** The numbers of a finished plan; see `Plan` for their meaning. */
export interface PlanNumbers {
  /** Random rows; all numbers are of these. */
  rows: number;
  groups: number;
  chosenRows: number;
  graded: boolean;
  hasCosts: boolean;
  predictor: 'constant' | 'families' | 'families-and-linear';
  /** `true` if a rule is better than the baseline for the target. */
  hasGain: boolean;
  isReached: boolean;
  /** A model. */
  baseline: number;
  proposed: LabPoint;
  curve: LabPoint[];
  /** Each model alone. */
  models: {
    measured: number;
    right: LabBounded;
    points: LabBounded;
    usd: LabBounded | null;
    saved: LabBounded | null;
  }[];
  mixtures: { first: number; second: number; share: number; right: number; usd: number }[];
  /** In the order of the predictor. */
  families: {
    rows: number;
    best: number;
    points: LabBounded;
    usd: number | null;
    baselineUsd: number | null;
    picks: LabPick[];
    /** By model. */
    right: number[];
    modelUsd: (number | null)[];
  }[];
}

/** Mark of a row that the rule answers. */
export const BY_RULE = 255;

/** Rows that test a promise. */
export interface PromiseArrays {
  spec: {
    kind: 'net' | 'worse';
    /** Largest loss, in percentage points. */
    points: number;
    delta: number;
    tolerance: number;
    seed: number;
  };
  embeddings: Float32Array;
  outcomes: Float32Array;
  costs?: Float32Array | undefined;
  groups: Uint32Array;
  /** [rows] `BY_RULE`, or the model with which the router answers a prompt that it does not cover. */
  answeredBy: Uint8Array;
}

/** The numbers of a test; losses and bounds are 0..1. */
export interface PromiseNumbers {
  rows: number;
  groups: number;
  leftOut: number;
  /** Place in `settings`; `null`: nothing can be promised. */
  setting: number | null;
  bound: number;
  beside: number;
  smallest: number;
  needed: number | null;
  /** On the test rows. */
  models: Omit<PlanNumbers['models'][number], 'measured'>[];
  mixtures: PlanNumbers['mixtures'];
  families: PlanNumbers['families'];
  settings: (LabPoint & { loss: number; isPromised: boolean })[];
}

/** A plan in progress, to be closed. */
export interface LabPlan {
  /** Works on `work` more steps of some milliseconds. */
  step(work: number): { done: number; total: number };
  /** Returns the numbers, the predictor's bytes and the family of each random row. All steps must be done. */
  finish(): { numbers: PlanNumbers; predictor: Uint8Array<ArrayBuffer>; rowFamilies: Uint16Array<ArrayBuffer> };
  /** Tests the settings on other rows; returns the numbers and the tested predictor's bytes. The plan must be finished. */
  promise(arrays: PromiseArrays): { numbers: PromiseNumbers; predictor: Uint8Array<ArrayBuffer> };
  close(): void;
}

/** A test of whether prompts have changed. */
interface LabChangeTest {
  p: number;
  adjusted: number;
  smallest: number;
}

/** New prompts compared with those of a plan's index. */
export interface ChangeNumbers {
  before: number;
  now: number;
  uncovered: { before: number; now: number };
  /** In the order of the predictor. */
  families: { before: number; now: number }[];
  tests: { coverage: LabChangeTest; families: LabChangeTest; meaning: LabChangeTest };
}
