// More than 400 lines: one class for one module, with a method for each of its functions.
/** The lab's wasm module: builds indexes, and evaluates policies on a benchmark with one part held out at a time. */

import { SignalboxError } from '../errors.js';
import type { ReadOptions } from '../files/sources.js';
import { labWasmAddress } from '../lab-assets.js';
import type { PolicyFor } from '../policies.js';
import type { WasmSource } from '../types.js';
import { exactJson } from './exact-json.js';
import type { FamilyFit, FitArrays, LabPlan, PlanArrays, PromiseNumbers } from './lab-plan.js';
import type { LabStudy } from './lab-study.js';
import createModule, { type LabGlueModule } from './signalbox-lab-glue.mjs';
import { WASM_FILE } from './signalbox-lab-hash.mjs';
import { type FlatArray, WasmLoader, WasmModule } from './wasm-module.js';

export type EvaluatedPolicy = PolicyFor<'evaluation'>;

/** The input of an index or an evaluation; `specJson` holds everything that is not an array. */
export interface BenchmarkArrays {
  specJson: string;
  /** [rows, dim] */
  embeddings: Float32Array;
  /** [rows] */
  rowTasks: Uint16Array;
  /** [rows, models], NaN missing. */
  outcomes: Float32Array;
}

export interface EvaluationArrays extends BenchmarkArrays {
  /** [rows] Equal numbers for equal prompts. */
  inputs: Uint32Array;
  /** [rows, models] US dollars per call, NaN unknown. */
  costs?: Float32Array | undefined;
}

export interface HeldOutOptions {
  /** Candidates by number; each pool has its own decisions. Default: one pool of all models. */
  pools?: readonly (readonly number[])[];
  /** Default: those of the paper. */
  policies?: readonly EvaluatedPolicy[];
  /** Labelled samples of the task: a count, or a share alpha (at most 50 samples). */
  labels?: ({ count: number } | { alpha: number }) & { repeats?: number; seed?: number };
}

export interface EvaluatedDecision {
  /** Model numbers. */
  pick: number;
  challenger: number;
  /** As in `Decision`. */
  challengerConfidence: number;
  fallback: boolean;
}

/** By model; null if there is no outcome. */
export type PerModel = (number | null)[];

/**
 * One evaluation of a task. Lists are by model, null if there is no outcome. Scores are empty if no input has a known
 * token.
 */
export interface TaskEvaluation {
  /** Number of scored rows: those without a label. */
  scored: number;
  u: number;
  accuracy: PerModel;
  /** The true p: how often the model's predictor was right. */
  predictorAccuracy: PerModel;
  /** Its estimate. */
  p: PerModel;
  /** The forecast of each policy, with every model a candidate. */
  scores: { [policy in EvaluatedPolicy]?: PerModel };
  /** Decisions by pool, then policy; null if no candidate has an outcome in this task and in others. */
  decisions: { [policy in EvaluatedPolicy]?: EvaluatedDecision | null }[];
}

export interface HeldOutTask extends TaskEvaluation {
  task: number;
  rows: number;
  /** Rows of other tasks with the prompt of a row of this task; they are in no pool. */
  duplicatesDropped: number;
  meanElsewhere: PerModel;
  /** With labels: one evaluation per repeat. */
  draws?: (TaskEvaluation & { labelled: number[] })[];
}

export interface InstanceOptions {
  /** Hold out each task in turn, or this share of every task at once. Default: `task`. */
  heldOut?: 'task' | { share: number; seed?: number };
  k?: number;
  policy?: PolicyFor<'singleRows'>;
  pool?: readonly number[];
  costWeights?: readonly number[];
}

/** Lists are by scored row. */
export interface InstanceEvaluation {
  duplicatesDropped: number;
  rows: number[];
  pick: number[];
  picked: number[];
  bestSingle: number[];
  oracle: number[];
  meanDistance: number[];
  predicted: number[];
  calibration: {
    bins: { count: number; predicted: number | null; outcome: number | null }[];
    brier: number | null;
    ece: number;
  };
  frontier: { costWeight: number; quality: number | null; cost: number | null; meanParamsB: number | null }[];
  /** [rows][cost weights] Picks of the frontier's points; empty without cost weights. */
  frontierPicks: number[][];
}

export interface CascadeEvaluationOptions {
  /** See `InstanceOptions`. */
  heldOut?: 'task' | { share: number; seed?: number };
  k?: number;
  pool?: readonly number[];
  /** Correctness to trade per US dollar. */
  costWeights?: readonly number[];
  /** 1..4 */
  maxSteps?: number;
  /**
   * Shares of correct answers that a judge accepts, and of wrong ones that it rejects. Default: one judge that never
   * errs.
   */
  judges?: readonly { sensitivity: number; specificity: number }[];
  judgeSeed?: number;
}

/** Means over the rows that had a plan. */
export interface CascadeEvaluation {
  duplicatesDropped: number;
  rows: number;
  /** Curves by judge, then cost weight. */
  curves: {
    costWeight: number;
    quality: number | null;
    /** Mean cost of all models asked. */
    cost: number | null;
    asked: number | null;
    /** Means of the plans' expectations, which assume a judge that never errs. */
    expectedQuality: number | null;
    expectedCost: number | null;
  }[][];
}

/** The basis of the distance estimator's training pairs. */
export interface PairSummary {
  /** All rows were used; otherwise at most `rowsATask` drawn rows of each task, with these maximum standard errors. */
  exact: boolean;
  rowsATask: number;
  maxStandardErrorU: number;
  maxStandardErrorP: number;
}

export interface FinishedBuild {
  /** The file in order: views into the module's memory, valid until its next call. */
  pieces: readonly Uint8Array<ArrayBuffer>[];
  sizeBytes: number;
  pairs: PairSummary;
}

/** A build in progress, which takes rows in pieces; to be closed. Errors: see src/building/index_builder.h. */
export interface LabBuild {
  /** Puts rows by number [n], each once and in any order: embeddings [n, dim], outcomes [n, models], NaN missing. */
  put(at: Uint32Array, embeddings: Float32Array, outcomes: Float32Array): void;
  /** Searches for the neighbours of at most `queries` more rows, or runs as many steps of the map's layout. */
  step(queries: number): { done: number; total: number };
  finish(): FinishedBuild;
  close(): void;
}

/** Pointers to the arrays of a plan; 0: not given. */
type GradedPointers = [
  embeddings: number,
  outcomes: number,
  costs: number,
  groups: number,
  families: number,
  prior: number,
  chosen: number,
];

/** Bytes in the module's memory. */
interface Piece {
  ptr: number;
  size: number;
}

function checkLength(values: FlatArray, expected: number, what: string): void {
  if (values.length === expected) return;
  throw new SignalboxError('dimension_mismatch', `${what} has ${values.length} values, expected ${expected}`);
}

/** Typed calls into one instance of the module. */
export class Lab extends WasmModule<LabGlueModule> {
  buildIndex({ specJson, embeddings, rowTasks, outcomes }: BenchmarkArrays): Uint8Array<ArrayBuffer> {
    const rows = rowTasks.length;
    return this.withCopies([embeddings, rowTasks, outcomes], (embeddingsAt = 0, tasksAt = 0, outcomesAt = 0) => {
      return this.#taken(
        this.ask<Piece>(() => this.glue.buildIndex(specJson, embeddingsAt, tasksAt, outcomesAt, rows)),
      );
    });
  }

  /** Copies bytes that the module gave away, and releases them. */
  #taken(piece: Piece): Uint8Array<ArrayBuffer> {
    try {
      return this.#bytes(piece);
    } finally {
      this.glue.release(piece.ptr);
    }
  }

  /**
   * Opens a build. `specJson` is as for `buildIndex`, plus {graded, missing, shard, pairSampling: {maxWork, seed}}. All
   * arrays are copied.
   */
  openBuild(specJson: string, rowTasks: Uint16Array): LabBuild {
    const { handle, dim, models } = this.withCopies([rowTasks], (tasksAt = 0) =>
      this.askToOpen<{ handle: number; dim: number; models: number }>(() =>
        this.glue.openBuild(specJson, tasksAt, rowTasks.length),
      ),
    );
    return {
      put: (at, embeddings, outcomes) => {
        // The core gets only the number of rows: it would read past the ends of shorter arrays.
        checkLength(embeddings, at.length * dim, 'embeddings');
        checkLength(outcomes, at.length * models, 'outcomes');
        this.withCopies([at, embeddings, outcomes], (atAt = 0, embeddingsAt = 0, outcomesAt = 0) =>
          this.ask(() => this.glue.putRows(handle, atAt, embeddingsAt, outcomesAt, at.length)),
        );
      },
      step: (queries) => this.ask(() => this.glue.stepBuild(handle, queries)),
      finish: () => this.#finish(handle),
      close: () => this.askToClose(() => this.glue.closeBuild(handle)),
    };
  }

  #finish(handle: number): FinishedBuild {
    const { pieces, ...rest } = this.ask<{ pieces: [number, number][]; sizeBytes: number; pairs: PairSummary }>(() =>
      this.glue.finishBuild(handle),
    );
    const memory = this.glue.HEAPU8.buffer as ArrayBuffer;
    return { ...rest, pieces: pieces.map(([pointer, size]) => new Uint8Array(memory, pointer, size)) };
  }

  /**
   * Chooses representative rows of a task, ascending, from embeddings [n, dim] of unit norm and outcomes [n, models].
   */
  chooseRows(
    embeddings: Float32Array,
    outcomes: Float32Array,
    dim: number,
    models: number,
    keep: number,
  ): readonly number[] {
    const rows = Math.floor(embeddings.length / dim);
    checkLength(embeddings, rows * dim, 'embeddings');
    checkLength(outcomes, rows * models, 'outcomes');
    return this.withCopies([embeddings, outcomes], (embeddingsAt = 0, outcomesAt = 0) =>
      this.ask(() => this.glue.chooseRows(embeddingsAt, outcomesAt, rows, dim, models, keep)),
    );
  }

  /** Opens an evaluation and returns its handle, to be closed. All arrays are copied. */
  openEvaluation({ specJson, embeddings, rowTasks, outcomes, inputs, costs }: EvaluationArrays): number {
    const arrays = [embeddings, rowTasks, outcomes, inputs, ...(costs === undefined ? [] : [costs])];
    return this.withCopies(arrays, (embeddingsAt = 0, tasksAt = 0, outcomesAt = 0, inputsAt = 0, costsAt = 0) => {
      const { handle } = this.askToOpen<{ handle: number }>(() =>
        this.glue.openEvaluation(specJson, embeddingsAt, tasksAt, outcomesAt, inputsAt, costsAt, rowTasks.length),
      );
      return handle;
    });
  }

  /** Searches for the neighbours of `rows` more rows. All rows must be done before other calls. */
  searchNeighbours(handle: number, rows: number): { done: number; total: number } {
    return this.ask(() => this.glue.searchNeighbours(handle, rows));
  }

  heldOutTask(handle: number, task: number, options: HeldOutOptions = {}): HeldOutTask {
    return this.ask(() => this.glue.heldOutTask(handle, task, exactJson(options)));
  }

  instances(handle: number, options: InstanceOptions = {}): InstanceEvaluation {
    return this.ask(() => this.glue.instances(handle, exactJson(options)));
  }

  cascades(handle: number, options: CascadeEvaluationOptions = {}): CascadeEvaluation {
    return this.ask(() => this.glue.cascades(handle, exactJson(options)));
  }

  closeEvaluation(handle: number): void {
    this.askToClose(() => this.glue.closeEvaluation(handle));
  }

  /** Calls with pointers to copies of a plan's arrays; 0 for those that are not given. */
  #withGraded<T>(given: FitArrays & Pick<PlanArrays, 'chosen'>, use: (...at: GradedPointers) => T): T {
    const { spec, embeddings, outcomes, costs, groups, families, prior, chosen } = given;
    const rows = groups.length;
    const cells = rows * spec.models;
    checkLength(embeddings, rows * spec.dim, 'embeddings');
    checkLength(outcomes, cells, 'outcomes');
    if (costs !== undefined) checkLength(costs, cells, 'costs');
    if (families !== undefined) checkLength(families, rows, 'families');
    if (prior !== undefined) checkLength(prior, cells, 'prior');
    if (chosen !== undefined) checkLength(chosen, rows, 'chosen');
    const all: (FlatArray | undefined)[] = [embeddings, outcomes, costs, groups, families, prior, chosen];
    const arrays = all.filter((array) => array !== undefined);
    return this.withCopies(arrays, (...pointers) => {
      const at = all.map((array) => (array === undefined ? 0 : (pointers[arrays.indexOf(array)] as number)));
      return use(...(at as GradedPointers));
    });
  }

  #bytes({ ptr, size }: { ptr: number; size: number }): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.glue.HEAPU8.buffer as ArrayBuffer, ptr, size).slice();
  }

  /** Opens a plan for graded prompts; to be closed. All arrays are copied. Errors: see src/planning/plan_data.h. */
  openPlan(arrays: PlanArrays): LabPlan {
    const json = exactJson(arrays.spec);
    const { handle } = this.#withGraded(arrays, (...at) =>
      this.askToOpen<{ handle: number }>(() => this.glue.openPlan(json, ...at, arrays.groups.length)),
    );
    return {
      step: (work) => this.ask(() => this.glue.stepPlan(handle, work)),
      finish: () => ({
        numbers: this.ask(() => this.glue.finishPlan(handle)),
        predictor: this.#bytes(this.ask(() => this.glue.planPredictor(handle))),
        rowFamilies: new Uint16Array(this.#bytes(this.ask(() => this.glue.planRows(handle))).buffer),
      }),
      promise: ({ spec, embeddings, outcomes, costs, groups, answeredBy }) => {
        const given: (FlatArray | undefined)[] = [embeddings, outcomes, costs, groups, answeredBy];
        const present = given.filter((array) => array !== undefined);
        const numbers = this.withCopies(present, (...pointers) => {
          const at = given.map((array) => (array === undefined ? 0 : (pointers[present.indexOf(array)] as number)));
          const [e, o, c, g, v] = at as [number, number, number, number, number];
          return this.ask<PromiseNumbers>(() =>
            this.glue.promisePlan(handle, exactJson(spec), e, o, c, g, v, groups.length),
          );
        });
        return { numbers, predictor: this.#bytes(this.ask(() => this.glue.planPredictor(handle))) };
      },
      close: () => {
        if (!this.stopped) this.askToClose(() => this.glue.closePlan(handle));
      },
    };
  }

  /** Divides rows for a promise: 1 [rows] for those that test it, 0 for those that the rule is made from. */
  drawTestRows(groups: Uint32Array, seed: number): Uint8Array<ArrayBuffer> {
    const marks = this.withCopies([groups], (at) =>
      this.ask<Piece>(() => this.glue.drawTestRows(at as number, groups.length, seed)),
    );
    return this.#taken(marks);
  }

  /** Fits a predictor by families, for an index without a plan. Errors: see src/planning/plan_data.h. */
  fitFamilies(arrays: FitArrays): FamilyFit {
    const json = exactJson(arrays.spec);
    const { predictor, rows, kind } = this.#withGraded(arrays, (e, o, c, g, f, p) =>
      this.ask<{ predictor: Piece; rows: Piece; kind: FamilyFit['kind'] }>(() =>
        this.glue.fitFamilies(json, e, o, c, g, f, p, arrays.groups.length),
      ),
    );
    return { predictor: this.#taken(predictor), rowFamilies: new Uint16Array(this.#taken(rows).buffer), kind };
  }

  /** Opens an index file for measuring the policy on parts that are held out; to be closed. The bytes are copied. */
  openStudy(bytes: Uint8Array): LabStudy {
    const { handle } = this.askToOpen<{ handle: number }>(() =>
      this.glue.openStudy(this.copy(bytes), bytes.byteLength),
    );
    return {
      describe: () => this.ask(() => this.glue.describeStudy(handle)),
      outcomes: (rows) => this.ask(() => this.glue.outcomesOfStudy(handle, exactJson(rows))),
      compare: (vectors, rows, seed) =>
        this.withCopies([vectors], (at = 0) => this.ask(() => this.glue.compareInStudy(handle, at, rows, seed))),
      forecast: (request) => this.ask(() => this.glue.forecastInStudy(handle, exactJson(request))),
      anchors: (count) => this.ask(() => this.glue.anchorsOfStudy(handle, count)),
      addModel: (json, rows, outcomes) => {
        checkLength(outcomes, rows.length, 'outcomes');
        const added = this.withCopies([rows, outcomes], (rowsAt = 0, outcomesAt = 0) =>
          this.ask<Piece>(() => this.glue.addToStudy(handle, json, rowsAt, outcomesAt, rows.length)),
        );
        return this.#taken(added);
      },
      close: () => this.askToClose(() => this.glue.closeStudy(handle)),
    };
  }
}

const loader = new WasmLoader(createModule, Lab, labWasmAddress, WASM_FILE);

/** Loads the lab's module; without a source, the package's own, which is shared. */
export function loadLab(source?: WasmSource, options: ReadOptions = {}): Promise<Lab> {
  return loader.load(source, options);
}
