/** Shapes of the prompts to grade next for a plan. */

import type { BuildSettings } from '../building/from-files.js';
import type { BenchmarkFile, BuildInWorkerOptions } from '../building/types.js';
import type { InputFile } from '../importing/input-file.js';

/** Settings of the choice, beside the files. */
export interface NextLabelsSettings
  extends Pick<
    BuildSettings,
    'from' | 'metrics' | 'ranges' | 'thresholds' | 'datasets' | 'models' | 'excludeDatasets' | 'excludeModels'
  > {
  /** More prompts that nobody has graded, beside those of the files. */
  prompts?: readonly string[] | undefined;
  /**
   * How many of the prompts to choose because the models' answers differ; all others are drawn at random. Needs columns
   * `answer:<model>`. Default 0: choosing did not make plans better where it was measured (docs/results.md).
   */
  chosen?: number | undefined;
  /** Seed of the lot. Later batches continue the lot of the same seed. Default 1. */
  seed?: number | undefined;
}

/** Options of `nextLabels`. */
export interface NextLabelsOptions extends NextLabelsSettings {
  /** Graded prompts, as for `plan`: with rows whose grades are missing, some or all. */
  files: Iterable<BenchmarkFile | InputFile>;
  signal?: AbortSignal | undefined;
  /** Called with the progress of a step; its name is for display. */
  onProgress?: ((event: { step: string; done: number; total: number }) => void) | undefined;
}

/** Options of `nextLabelsInWorker`; see `BuildInWorkerOptions` for the worker. */
export interface NextLabelsInWorkerOptions
  extends Omit<NextLabelsOptions, 'files'>,
    Pick<BuildInWorkerOptions, 'worker' | 'startTimeoutMs'> {
  files: Iterable<BenchmarkFile>;
}

/** A prompt to grade. */
export interface NextRow {
  prompt: string;
  /** The id of the row in its file; `null`: the prompt names it. */
  id: string | null;
  dataset: string;
  /** For the column `selected_by`. */
  selectedBy: 'random' | 'disagreement';
  /** Number of ungraded prompts that this one stands for. */
  weight: number;
  /** Models whose answers need a grade; empty if the prompt was chosen and graded before, and is now drawn at random. */
  models: string[];
  /** Answers of the models, as far as the files have them. */
  answers: Record<string, string>;
  /** Why, in a few words. */
  reason: string;
}

/** The prompts to grade next for a plan. */
export interface PlanNextLabels {
  /** Those drawn at random first. */
  rows: NextRow[];
  /** The models of the files. */
  candidates: string[];
  /** Ungraded prompts on which the models' answers differ. */
  disagreeing: number;
  /** Prompts with a grade, and prompts that lack one. */
  graded: number;
  left: number;
  /** `all_graded`: no prompt lacks a grade; `answers_agree`: prompts were to be chosen, and on none do the answers differ. */
  nothingLeft: null | 'answers_agree' | 'all_graded';
}
