/**
 * The functions that Embind registers (bindings/embind_lab.cpp). Pointers and sizes are numbers; returned strings are
 * JSON.
 */
import type { GlueOptions, ModuleMemory } from './signalbox-glue.mjs';

export interface LabGlueModule extends ModuleMemory {
  buildIndex(specJson: string, embeddings: number, rowTasks: number, outcomes: number, rows: number): string;
  openBuild(specJson: string, rowTasks: number, rows: number): string;
  putRows(handle: number, at: number, embeddings: number, outcomes: number, rows: number): string;
  stepBuild(handle: number, queries: number): string;
  finishBuild(handle: number): string;
  closeBuild(handle: number): string;
  chooseRows(embeddings: number, outcomes: number, rows: number, dim: number, models: number, keep: number): string;
  openEvaluation(
    specJson: string,
    embeddings: number,
    rowTasks: number,
    outcomes: number,
    inputs: number,
    costs: number,
    rows: number,
  ): string;
  searchNeighbours(handle: number, rows: number): string;
  heldOutTask(handle: number, task: number, optionsJson: string): string;
  openStudy(bytes: number, sizeBytes: number): string;
  describeStudy(handle: number): string;
  outcomesOfStudy(handle: number, rowsJson: string): string;
  forecastInStudy(handle: number, requestJson: string): string;
  compareInStudy(handle: number, vectors: number, rows: number, seed: number): string;
  anchorsOfStudy(handle: number, count: number): string;
  addToStudy(handle: number, modelJson: string, rows: number, outcomes: number, count: number): string;
  closeStudy(handle: number): string;
  instances(handle: number, optionsJson: string): string;
  cascades(handle: number, optionsJson: string): string;
  closeEvaluation(handle: number): string;
  openPlan(
    specJson: string,
    embeddings: number,
    outcomes: number,
    costs: number,
    groups: number,
    families: number,
    prior: number,
    chosen: number,
    rows: number,
  ): string;
  stepPlan(handle: number, work: number): string;
  finishPlan(handle: number): string;
  planPredictor(handle: number): string;
  planRows(handle: number): string;
  promisePlan(
    handle: number,
    specJson: string,
    embeddings: number,
    outcomes: number,
    costs: number,
    groups: number,
    answeredBy: number,
    rows: number,
  ): string;
  drawTestRows(groups: number, rows: number, seed: number): string;
  closePlan(handle: number): string;
  fitFamilies(
    specJson: string,
    embeddings: number,
    outcomes: number,
    costs: number,
    groups: number,
    families: number,
    prior: number,
    rows: number,
  ): string;
}

declare const createModule: (options: GlueOptions) => Promise<LabGlueModule>;
export default createModule;
