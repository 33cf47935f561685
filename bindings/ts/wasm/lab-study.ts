/** Shapes of an index in the lab, of which parts can be held out. */

import type { PerModel } from './lab-module.js';
import type { ChangeNumbers } from './lab-plan.js';

/** Models and tasks of an index, with what was measured. Lists are by model, null where nothing was. */
export interface StudyDescription {
  models: { name: string; usdPerMTokIn: number | null; usdPerMTokOut: number | null }[];
  tasks: {
    name: string;
    weight: number;
    isKind: boolean;
    rows: number[];
    scores: PerModel;
    evidence: number[];
    record: Record<string, unknown>;
  }[];
  /** Constants of the policy in the file; empty for defaults. */
  mixture: number[];
}

export interface StudyRequest {
  /** Held out. */
  tasks?: readonly number[];
  rows?: readonly number[];
  /** Constants of the policy, instead of those of the index. */
  mixture?: readonly number[];
  /** Rows of the index as inputs; several are the inputs of one task. */
  inputs?: readonly (readonly number[])[];
  /** Tasks whose centroid is an input. */
  centroids?: readonly number[];
}

/** Predicted correctness by model. */
export interface StudyForecast {
  meanOutcome: PerModel;
  ofInputs: PerModel[];
  ofCentroids: PerModel[];
}

/** An index, of which parts can be held out. */
export interface LabStudy {
  describe(): StudyDescription;
  /** Returns the outcomes [rows, models], null where nothing was measured. */
  outcomes(rows: readonly number[]): PerModel[];
  forecast(request: StudyRequest): StudyForecast;
  /** Chooses rows to run a new model on, the most telling one first. Errors: see src/building/anchors.h. */
  anchors(count: number): number[];
  /**
   * Returns the bytes of the index with one more model; the study stays as it is. `json`: its description; outcomes:
   * [rows]. Errors: see src/building/added_model.h.
   */
  addModel(json: string, rows: Uint32Array, outcomes: Float32Array): Uint8Array<ArrayBuffer>;
  /** Compares new prompts, [rows, dim], with those of the index. */
  compare(vectors: Float32Array, rows: number, seed: number): ChangeNumbers;
  close(): void;
}
