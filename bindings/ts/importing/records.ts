/** What every importer makes of its files: samples, and how models scored on them. */

export const SOURCES = [
  'helm',
  'lm-eval',
  'opencompass',
  'inspect',
  'alpaca-eval',
  'routerbench',
  'routellm',
  'mixinstruct',
  'llmrouter',
  'llmrouterbench',
  'wide',
  'long',
] as const;
/** Whose files these are; `wide` (a column a model) and `long` (a row a sample and model) are our own plain forms. */
export type Source = (typeof SOURCES)[number];

/**
 * Why a row of a file, or a score, is not in the index. Every one is counted.
 *
 * - `perturbed`: HELM's perturbed copies of an instance.
 * - `failed`: the source says that the model gave no answer that could be judged (an error, a cancelled sample).
 * - `no_prompt`: there is no text to embed.
 * - `no_score`: no model has a score that can be used.
 * - `score_out_of_range`: a number outside the metric's range; a cell.
 * - `score_not_a_number`: text where a score was expected, or NaN; a cell.
 * - `another_metric`: a score of a metric that was not chosen; a cell.
 * - `conflicting_score`: one model, one sample, different scores; a cell, which counts as not measured.
 * - `repeated`: the same score of the same model on the same sample again; a cell.
 * - `dataset_left_out`, `model_left_out`: the caller's own filters.
 * - `other_shard`: the row belongs to another shard.
 * - `over_max_rows`: the row is not in the coreset.
 */
export const DROP_REASONS = [
  'perturbed',
  'failed',
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
export type DropReason = (typeof DROP_REASONS)[number];

/** Where something was read. */
export interface Place {
  file: string;
  /** Line, or row, from 1; absent where a file is one document. */
  line?: number | undefined;
}

export interface Sample {
  dataset: string;
  /** The source's own key: samples with equal dataset and key are one, whichever model's file they stand in. */
  key: string;
  /** What people are shown; need not be unique. */
  id: string;
  prompt: string | undefined;
  /** A vector of the sample, where the file has one. */
  embedding?: ArrayLike<number> | undefined;
  /** Number of the data row, over all files, for tables that a matrix of embeddings may accompany. */
  row?: number | undefined;
  place: Place;
}

/** What else is known of one answer. */
export interface AnswerFigures {
  costUsd?: number | undefined;
  tokensIn?: number | undefined;
  tokensOut?: number | undefined;
}

/** Receives what an importer reads. */
export interface RecordSink {
  /** Notes a sample, and gives the number to score it by: the same number for the same dataset and key. */
  sample(sample: Sample): number;
  /** One model's score on a sample, in the source's own range; null, undefined or NaN where it has none. */
  score(sample: number, model: string, metric: string, value: unknown, place: Place, figures?: AnswerFigures): void;
  /** A row that is left out before it becomes a sample. */
  drop(reason: DropReason, place: Place): void;
}

export interface ImportContext {
  sink: RecordSink;
  signal?: AbortSignal | undefined;
  /** Bytes of a file that were read, for progress. */
  onBytes?: ((count: number) => void) | undefined;
}
