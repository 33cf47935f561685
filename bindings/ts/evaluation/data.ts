/** The data of an evaluation: the outcomes of models on the samples of tasks. */
import type { ModelSpec } from '../building/build-index.js';

/** Reasons why rows of the file are not used. */
export const DROP_REASONS = ['task_left_out', 'wrong_number_of_cells', 'outcome_out_of_range', 'no_outcome'] as const;
export type DropReason = (typeof DROP_REASONS)[number];

export interface EvaluationData {
  models: ModelSpec[];
  taskNames: string[];
  /** [rows] */
  rowTasks: Uint16Array;
  ids: string[];
  prompts: string[];
  /** [rows, models], NaN missing. */
  outcomes: Float32Array;
  /** [rows] Equal numbers for equal prompts. */
  inputs: Uint32Array;
  /** [rows, models] US dollars per call, NaN unknown. */
  costs?: Float32Array;
  /** [rows] Number of the row in the file. */
  sourceRows: number[];
  fileRows: number;
  dropped: Record<DropReason, number>;
  /** Numbers of columns that are not used, and of models without a column. */
  unusedColumns: number;
  modelsWithoutColumn: number;
  sha256: string;
}

/** Scores made elsewhere, which become a row of the table. */
export interface Baseline {
  name: string;
  /** [tasks][models] Mean score over the task's samples; NaN if there is none. */
  scores: number[][];
}
