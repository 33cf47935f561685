// The declarations name Symbol.dispose, which the libraries of a consumer's target may not have.
/// <reference lib="esnext.disposable" preserve="true" />

/** The shapes that cross the package's surface. All of them are plain data: they survive `structuredClone` and, but for arrays of numbers, JSON. */

/**
 * `signalbox`: the default; the input or task is compared with whole benchmark tasks, and labels re-weight them.
 * The paper's scores: `s1`: mean predicted correctness over the nearest samples; `s2`: share of inputs predicted right;
 * `s3`: `s2` corrected by how reliable the predictor is. `paper`: its own choice, `s1` for one input, `s3` for a task
 * (as with every policy, `maxCoveragePercentile: 100` turns the rule for what is out of coverage off).
 */
export const POLICIES = ['signalbox', 'paper', 's1', 's2', 's3'] as const;
export type Policy = (typeof POLICIES)[number];

/** How the rows of an index are stored. */
export const CODE_TYPES = ['float32', 'int8', 'int4', 'binary'] as const;
export type CodeType = (typeof CODE_TYPES)[number];

/** Why the pick is the best single model and not what the policy wanted. */
export const FALLBACK_REASONS = ['low_confidence', 'out_of_coverage', 'no_known_token'] as const;
export type FallbackReason = (typeof FALLBACK_REASONS)[number];

export const EXCLUSION_REASONS = [
  'not_a_candidate',
  'denied',
  'over_max_price',
  'price_unknown',
  'no_outcomes',
] as const;
export type ExclusionReason = (typeof EXCLUSION_REASONS)[number];

/** US dollars per million tokens: one number, or input and output apart (blended 3 : 1 where one number is needed). */
export type Price = number | { in: number; out: number };

export interface Label {
  /** Which input of the task, from 0. */
  index: number;
  /** Outcomes by model: `true` or 1 right, `false` or 0 wrong, a number between for graded ones; leave out what is not known. */
  outcomes: Readonly<Record<string, number | boolean>>;
}

/** Options of every decision. Ranges are closed; a value outside is `invalid_argument`. */
export interface RouteOptions {
  /** Only these models, or all but the denied ones. An unknown name is `unknown_model`. */
  candidates?: readonly string[] | { allow?: readonly string[]; deny?: readonly string[] };
  /** Default `signalbox`. `s2` and `s3` need a task. */
  policy?: Policy;
  /** Neighbours that vote, >= 1; the index's own by default. */
  k?: number;
  /** Neighbours of the distance u, >= 1; the index's own by default. */
  kappa?: number;
  /** t of eq. 4, 0..1: an input counts as predicted right where more than this share of the votes is. */
  threshold?: number;
  /** Kernel width of the predictor's accuracy (eq. 14), > 0. */
  sigma?: number;
  /**
   * Confidence above which the best single model is left (eq. 8), 0..1; 0 never falls back for lack of it. By default
   * what the policy asks for: `signalbox` .55 for a task and 0 for an input, `s3` and an input's `s1` the index's.
   */
  eta?: number;
  /** Percentile of the mean neighbour distance past which an input is out of coverage, 0..100; default 99. */
  maxCoveragePercentile?: number;
  /** Prices that replace the index's. */
  prices?: Readonly<Record<string, Price>>;
  /** Leave out models that cost more, or whose price is not known. */
  maxUsdPerMTok?: number;
  /** Take the cheapest model whose predicted correctness is within this of the pick's, 0..1. */
  qualityBar?: number;
  /** Predicted correctness given up per US dollar per million tokens, >= 0. */
  costWeight?: number;
  /**
   * Added to the predicted correctness of models, -1..1 each, before anything is chosen: what is known of them beside the
   * benchmark. The confidence knows them with `signalbox` only.
   */
  corrections?: Readonly<Record<string, number>>;
  /** How many benchmark samples to report, 0..1000; default 5. */
  neighbours?: number;
  signal?: AbortSignal | undefined;
}

export interface RouteTaskOptions extends RouteOptions {
  /** Called after each block of prompts that was embedded. */
  onProgress?: (event: { done: number; total: number }) => void;
  /** Outcomes known for some of the task's inputs: they join the pool and measure the predictor's accuracy. */
  labels?: readonly Label[];
}

export interface EmbedOptions {
  signal?: AbortSignal | undefined;
  /** Called after each block of prompts that was embedded. */
  onProgress?: ((event: { done: number; total: number }) => void) | undefined;
}

export interface RankedModel {
  model: string;
  /** Predicted correctness by the policy, corrected, 0..1; for an input out of coverage the model's mean over tasks. */
  pCorrect: number;
  /** 95% interval of `pCorrect`: of the mixture over tasks for signalbox, Wilson's for votes, exact for s3. */
  interval: [low: number, high: number];
  /** Neighbours, over all inputs, or benchmark tasks (`signalbox`) that had an outcome of this model. */
  votes: number;
  /** `pCorrect` is the model's own mean: there was no vote, or the input is out of coverage. */
  ownMean: boolean;
  /** Unweighted mean over the benchmark's tasks. */
  meanOutcome: number | null;
  /** Parameters in billions. */
  paramsB: number | null;
  usdPerMTok: number | null;
}

export interface TaskRankedModel extends RankedModel {
  /** Eqs. 3, 4 and 7. */
  s1: number;
  s2: number;
  s3: number;
  /** Probability that the predictor is right on this task (eqs. 12-14). */
  p: number;
  /** `p` was measured on labels. */
  pMeasured: boolean;
}

/** A benchmark sample near the input. */
export interface Neighbour {
  row: number;
  task: string;
  id: string;
  /** Cosine similarity, -1..1. */
  similarity: number;
  /** Cosine distance, 1 - similarity. */
  distance: number;
  /** Outcome of every model, `null` where it was not measured. */
  outcomes: Record<string, number | null>;
}

export interface Coverage {
  /** Mean cosine distance to the kappa nearest samples, over the inputs. */
  meanDistance: number;
  /** Its place among the benchmark's own samples, 0..100. */
  percentile: number;
  outOfCoverage: boolean;
}

/** A choice, with everything that led to it. */
export interface Decision<Ranked extends RankedModel = RankedModel> {
  /** The pick. */
  model: string;
  /** The policy that decided; `paper` is reported as the score that it stands for. */
  policy: Exclude<Policy, 'paper'>;
  /** The decision in a sentence or two. */
  reason: string;
  /**
   * Probability that the challenger beats the best single model. Where they are the same: for `signalbox`, that it beats
   * the next best model; for the paper's scores 1.
   */
  confidence: number;
  /** The pick is the best single model because the policy's choice was not trusted. */
  fallback: boolean;
  fallbackReason: FallbackReason | null;
  /** Best model on average over the benchmark, among the candidates. */
  bestSingleModel: string;
  /** What the policy wanted before fallback and price. */
  challenger: string;
  coverage: Coverage;
  price: { usdPerMTok: number | null };
  /** Candidates, best first; ties go to the model that comes first in the index. */
  ranking: Ranked[];
  /** `signalbox`: the benchmark tasks that the input or task resembles, the five heaviest first; weights sum to 1 over all. */
  tasks: { task: string; weight: number }[];
  /** Nearest benchmark samples, nearest first; ties go to the lower row. */
  neighbours: Neighbour[];
  excluded: { model: string; reason: ExclusionReason }[];
  /** Tokens that the embedder knew; `null` for vectors. */
  tokens: number | null;
  /** The embedder read only the beginning of the text. */
  truncated: boolean;
  /** Id of the index's embedder: where two routers answer, whose answer this is. */
  embedder: string;
}

export interface TaskDecision extends Decision<TaskRankedModel> {
  inputs: number;
  labelled: number;
  /** Distance of the task to the benchmark (eq. 12). */
  u: number;
}

export interface ModelInfo {
  name: string;
  paramsB: number | null;
  usdPerMTokIn: number | null;
  usdPerMTokOut: number | null;
  meanOutcome: number | null;
}

export interface RoutingConstants {
  k: number;
  kappa: number;
  threshold: number;
  sigma: number;
  eta: number;
}

/** What an index holds. */
export interface IndexInfo {
  rows: number;
  dim: number;
  codes: CodeType;
  sizeBytes: number;
  formatVersion: [major: number, minor: number];
  /** What made the vectors; of an embedder of signalbox/onnx in detail. */
  embedder: { id: string; hash: string; details?: EmbedderDetails };
  routing: RoutingConstants;
  /** Training pairs of the distance estimator. */
  pairs: number;
  missingOutcomes: number;
  graded: boolean;
  bestSingleModel: string | null;
  models: ModelInfo[];
  tasks: { name: string; rows: number }[];
  sections: { name: string; offsetBytes: number; sizeBytes: number }[];
  /** Whatever the builder wrote: provenance, licence, caveats. */
  metadata: unknown;
}

export interface SamplesOptions {
  /** `false` leaves the ids out: they are then null. */
  ids?: boolean;
  /** `false` leaves the outcomes out, the largest part by far: 4 bytes for each sample and model. They are then empty. */
  outcomes?: boolean;
  signal?: AbortSignal | undefined;
}

/** What an index holds of its samples, row by row, copied out: rows are those of a decision's neighbours. */
export interface Samples {
  /** Task of each row, as its place in `info.tasks`: [rows]. */
  tasks: Uint16Array;
  /** [rows]; null where the index names none. */
  ids: string[] | null;
  /**
   * Place of each row on a map of the benchmark, near samples near each other: [rows, 2], x and y, both 0..1 on one
   * scale. Null where the index has no map.
   */
  map: Float32Array | null;
  /** [rows, models] in the order of `info.models`, 0..1, NaN where not measured. */
  outcomes: Float32Array;
}

/** One text, embedded. */
export interface Embedding {
  /** Unit norm, or zeros where no token is known. */
  vector: Float32Array;
  tokens: number;
  truncated: boolean;
}

/** What else decides about an embedder's vectors, beside its files. An index remembers it. */
export interface EmbedderDetails {
  /** Type of the weights, as transformers.js names them. Vectors of one model by different types are compared: see `Router.load`. */
  dtype: string;
  /** How the vectors of the tokens become one: `mean`, `cls`, `max`. */
  pooling: string;
  /** Tokens of a text that are read, special ones included. */
  maxTokens: number;
  /** Commit, branch or tag of the hub's repository. */
  revision?: string;
  tokenizerHash?: string;
  /** Stands before every text. */
  prefix?: string;
}

/** What an index says of what made its vectors, and a router asks of an embedder. */
export interface EmbedderIdentity {
  /** Names the model; an index built with another id refuses it. */
  readonly id: string;
  /** Hash of the model's files, where known. */
  readonly hash?: string | undefined;
  readonly details?: EmbedderDetails | undefined;
}

/** Anything that turns texts into the vectors of an index. */
export interface Embedder extends EmbedderIdentity {
  readonly dim: number;
  embed(texts: readonly string[], options?: { signal?: AbortSignal | undefined }): Promise<Embedding[]>;
  dispose?(): void;
}

/** Progress in transformers.js's shape; `progress` is 0..100. */
export type ProgressEvent =
  | { status: 'initiate' | 'download' | 'done'; name: string; file: string }
  | { status: 'progress'; name: string; file: string; progress: number; loaded: number; total: number }
  | { status: 'ready' };
export type OnProgress = (event: ProgressEvent) => void;

/** Where bytes come from: an address (in Node also a path), or the bytes themselves. */
export type Source = string | URL | ArrayBuffer | Uint8Array | Blob | Response;
export type WasmSource = string | URL | ArrayBuffer | Uint8Array | WebAssembly.Module;

/** Vectors of several inputs: one matrix [n * dim], row by row, or a list of vectors. */
export type Vectors = Float32Array | readonly ArrayLike<number>[];

/** What to load instead of what the package ships. */
export interface LoadOptions {
  index?: Source | undefined;
  /**
   * An embedder, or what makes one for this router, which then disposes of it; or the folder or files of a Model2Vec
   * model; `null`: none, for vectors only. It must be the one that the index names, of the same files; of an ONNX model
   * the same tokenizer, pooling and limit, while the type of the weights may be another one.
   */
  embedder?: Embedder | (() => Embedder | Promise<Embedder>) | EmbedderSource | null | undefined;
  wasm?: WasmSource | undefined;
  /** How addresses are fetched: `reload` passes by the browser's HTTP cache, where a damaged download may lie. Default `default`. */
  cache?: RequestCache | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: OnProgress | undefined;
}

/** A Model2Vec model: the address of its folder (in Node also a path), or its files. */
export type EmbedderSource = string | URL | EmbedderFiles;

/** The three files of a Model2Vec model. */
export interface EmbedderFiles {
  tokenizer: Source;
  model: Source;
  config: Source;
}
