/** The output of every importer: samples, and the scores of models on them. */

export const SOURCES = [
  'helm',
  'lm-eval',
  'lmms-eval',
  'opencompass',
  'inspect',
  'alpaca-eval',
  'promptfoo',
  'evalscope',
  'lighteval',
  'openai-evals',
  'fastchat',
  'code-tests',
  'bfcl',
  'deepeval',
  'langfuse',
  'langsmith',
  'swe-bench',
  'every-eval-ever',
  'routerbench',
  'routellm',
  'mixinstruct',
  'llmrouter',
  'llmrouterbench',
  'wide',
  'long',
] as const;
/**
 * The source of files; `wide` (one column per model) and `long` (one row per sample and model) are our own plain forms.
 */
export type Source = (typeof SOURCES)[number];

/**
 * The reason why a row of a file, or one score (a cell), is not in the index. Each occurrence is counted.
 *
 * - `perturbed`: a perturbed copy of an instance, in HELM's files.
 * - `failed`: the source reports that the model gave no answer to score (an error, a cancelled sample).
 * - `invalidated`: the source declares the answer or its score invalid.
 * - `unscored`: no scorer has scored the answer.
 * - `cut_off`: the answer ended at a length limit, and the caller leaves such answers out.
 * - `incomplete`: a run or file that is not whole, because the tool was killed or is still running.
 * - `superseded`: a log of which the files have a newer version.
 * - `no_prompt`: there is no text to embed.
 * - `no_score`: no model has a usable score.
 * - `score_out_of_range`: a cell with a number outside the metric's range.
 * - `score_not_a_number`: a cell with text instead of a score, or NaN.
 * - `another_metric`: a cell with a score of a metric that was not chosen.
 * - `conflicting_score`: a cell with different scores of one model on one sample; it counts as not measured.
 * - `repeated`: a cell that repeats the score of a model on a sample.
 * - `dataset_left_out`, `model_left_out`: excluded by the caller's filters.
 * - `other_shard`: the row belongs to another shard.
 * - `over_max_rows`: the row is not in the coreset.
 */
export const DROP_REASONS = [
  'perturbed',
  'failed',
  'invalidated',
  'unscored',
  'cut_off',
  'incomplete',
  'superseded',
  'no_prompt',
  'no_score',
  'score_out_of_range',
  'score_not_a_number',
  'another_metric',
  'conflicting_score',
  'repeated',
  'dataset_left_out',
  'model_left_out',
  'other_shard',
  'over_max_rows',
] as const;
/** One of `DROP_REASONS`. */
export type DropReason = (typeof DROP_REASONS)[number];

/** A place in the input, for messages. */
export interface Place {
  file: string;
  /** Line or row, from 1; absent if the file is one document. */
  line?: number | undefined;
}

export interface Sample {
  dataset: string;
  /** The source's own key: samples with the same dataset and key are one sample, also across the files of models. */
  key: string;
  /** Shown to users; need not be unique. */
  id: string;
  /** Set if the id may be a mere row number: a second prompt under it then counts as a fault of the dataset. */
  isCounted?: boolean | undefined;
  prompt: string | undefined;
  /** Vector of the sample, if the file has one. */
  embedding?: ArrayLike<number> | undefined;
  /** Number of the table row, counted over all files: the row of an accompanying matrix of embeddings. */
  row?: number | undefined;
  /** Names of the groups that the sample belongs to, such as its conversation; estimates do not split a group. */
  groups?: readonly string[] | undefined;
  /** How the sample came to be graded, if the file says so: `random`, or the rule that chose it. */
  selectedBy?: string | undefined;
  place: Place;
}

/** Properties of one answer apart from its score. */
export interface Answer {
  costUsd?: number | undefined;
  /** All tokens of the input, those from a cache included. */
  tokensIn?: number | undefined;
  tokensOut?: number | undefined;
  /** Whether the answer ended at a length limit; `undefined` if the source does not say. */
  isCutOff?: boolean | undefined;
  /**
   * Whether further scores of the model on the sample are repetitions with equal settings, which are averaged. Otherwise
   * different scores contradict each other. An importer passes one score per run.
   */
  repeats?: boolean | undefined;
}

/** Columns of a table whose meaning its header leaves open. */
export interface TableColumns {
  /** The column of prompts; `undefined` if there is none. */
  prompt: string | undefined;
  /** Columns of which nothing is taken. */
  ignored: readonly string[];
}

/** Receives the samples and scores that an importer reads. */
export interface RecordSink {
  /** Records a sample and returns its number for `score`: the same number for the same dataset and key. */
  sample(sample: Sample): number;
  /** Records one model's score on a sample, in the source's own range; null, undefined or NaN if there is none. */
  score(sample: number, model: string, metric: string, value: unknown, place: Place, answer?: Answer): void;
  /** Records the text of an answer, for those who grade it. */
  answer(sample: number, model: string, text: string): void;
  /** Notes that less is better in a metric of a dataset. Has to be called before the metric's first score. */
  lowerIsBetter(dataset: string, metric: string): void;
  /** Notes the range of a metric, if it is not 0 to 1. Has to be called before the metric's first score. */
  scale(dataset: string, metric: string, worst: number, best: number): void;
  /** Notes how the columns of a table were understood, for an explanation. Called again when columns are added. */
  columns?(file: string, columns: TableColumns): void;
  /** Counts a row, a run or a file that is left out; `detail` follows the place in the report. */
  drop(reason: DropReason, place: Place, detail?: string): void;
}

export interface ImportContext {
  sink: RecordSink;
  /** Take all scores as those of one model, which the caller names: a table needs no column of models. */
  isOneModel?: boolean | undefined;
  signal?: AbortSignal | undefined;
  /** Called with the number of bytes read, for progress. */
  onBytes?: ((count: number) => void) | undefined;
}
