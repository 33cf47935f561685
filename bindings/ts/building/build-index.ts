/** Builds an index from flat arrays. */
import { splitIdentity } from '../embedding/embedder-details.js';
import { SignalboxError, throwIfAborted } from '../errors.js';
import { checkOptions } from '../options.js';
import type { CodeType, EmbedderIdentity, ModelRecord, RoutingConstants, WasmSource } from '../types.js';
import { exactJson } from '../wasm/exact-json.js';
import { type BenchmarkArrays, type Lab, loadLab } from '../wasm/lab-module.js';
import { type IndexExtras, splitExtras } from './extras.js';
import { BUILD_KEYS } from './option-keys.js';

/** A model, its record included. If any model has a record, the index keeps those of all. */
export interface ModelSpec extends ModelRecord {
  /** Unique. */
  name: string;
  /** Parameters in billions. */
  paramsB?: number | null | undefined;
  usdPerMTokIn?: number | null | undefined;
  usdPerMTokOut?: number | null | undefined;
  usdPerMTokCacheRead?: number | null | undefined;
}

/** Rows, their outcomes, and what they belong to. */
export interface RowSpec {
  models: readonly (string | ModelSpec)[];
  /** Task of each row: its name, or its number in `taskNames` (default: `task0`, `task1`, ...). */
  tasks: readonly string[] | ArrayLike<number>;
  /** Names of all tasks, also of those without rows. */
  taskNames?: readonly string[] | undefined;
  /** Row-major [rows, dim], finite; unit norm is not required. */
  embeddings: ArrayLike<number>;
  dim: number;
  /** Row-major [rows, models] in 0..1, `NaN` (in JSON: null) if not measured. */
  outcomes: ArrayLike<number>;
  /** Default `int8`. */
  codes?: CodeType | undefined;
  sampleIds?: readonly string[] | undefined;
  /** The embedder that made the vectors; a router accepts prompts only through this one. */
  embedder?: EmbedderIdentity | undefined;
  /** Any JSON: provenance, licence, caveats. The embedder's details are added as `embedder`. */
  metadata?: unknown;
  routing?: Partial<RoutingConstants> | undefined;
  /** Draws of the distance estimator's training pairs. Default: one pair per task (alpha 0). */
  pairs?: { alphas?: readonly number[]; repeats?: number; seed?: number } | undefined;
}

/** The specification of an index; `rows` is the length of `tasks`. */
export interface IndexSpec extends RowSpec, IndexExtras {}

/** Options of `buildIndex`. */
export interface BuildOptions {
  /** Location of `signalbox-lab.wasm`, if it is not beside the package. */
  wasm?: WasmSource | undefined;
  signal?: AbortSignal | undefined;
}

const MOST_TASKS = 65535;

function toFloat32(values: ArrayLike<number>, length: number, what: string): Float32Array {
  if (typeof values !== 'object' || values === null || values.length !== length) {
    const got = values?.length ?? typeof values;
    throw new SignalboxError('dimension_mismatch', `${what} has ${got} values, expected ${length}`);
  }
  // Float32Array.from alone would turn JSON's null into zero.
  return values instanceof Float32Array ? values : Float32Array.from(values, (x) => x ?? Number.NaN);
}

/** Numbers the tasks in the order of their first rows, and names them. */
function numberTasks(spec: IndexSpec): { names: string[]; rowTasks: Uint16Array } {
  if (spec.taskNames !== undefined && !Array.isArray(spec.taskNames)) {
    throw new SignalboxError('invalid_argument', 'taskNames is not a list of names');
  }
  const names = [...(spec.taskNames ?? [])];
  const numbers = new Map(names.map((name, i) => [name, i]));
  const rowTasks = new Uint16Array(spec.tasks.length);
  for (let row = 0; row < spec.tasks.length; ++row) {
    const task: unknown = spec.tasks[row];
    let number = typeof task === 'string' ? numbers.get(task) : task;
    if (typeof task === 'string' && number === undefined && spec.taskNames === undefined) {
      number = names.push(task) - 1;
      numbers.set(task, number as number);
    }
    const limit = spec.taskNames?.length ?? MOST_TASKS;
    if (typeof number !== 'number' || !Number.isInteger(number) || number < 0 || number >= limit) {
      throw new SignalboxError('invalid_argument', `the task of row ${row} is ${String(task)}, which is not a task`);
    }
    rowTasks[row] = number;
    while (names.length <= number) names.push(`task${names.length}`);
  }
  // Only a name says that a task without rows is meant.
  if (spec.taskNames === undefined && names.length > rowTasks.length) {
    const got = `got ${names.length} tasks for ${rowTasks.length} rows`;
    throw new SignalboxError('invalid_argument', `${got}: expected at most one task per row, or taskNames`);
  }
  return { names, rowTasks };
}

/** @internal Returns a specification in the form that the lab takes, without an evaluation's `inputs` and `costs`. */
export function flatten(spec: IndexSpec): BenchmarkArrays {
  if (typeof spec?.tasks !== 'object' || spec.tasks === null || !Array.isArray(spec.models)) {
    throw new SignalboxError('invalid_argument', 'an index needs models and the task of each row');
  }
  const { names, rowTasks } = numberTasks(spec);
  const { models, extras, rest } = splitExtras(spec, names);
  const { embeddings, outcomes, tasks: _tasks, taskNames: _names, models: _models, ...described } = rest;
  const said = splitIdentity(spec.embedder, spec.metadata);
  if (!Number.isInteger(spec.dim)) {
    throw new SignalboxError('invalid_argument', `dim is ${String(spec.dim)}, expected the length of an embedding`);
  }
  const specJson = exactJson({
    ...described,
    ...(said.embedder === undefined ? {} : said),
    models,
    tasks: names,
    extras,
  });
  return {
    specJson,
    embeddings: toFloat32(embeddings, rowTasks.length * spec.dim, 'embeddings'),
    rowTasks,
    outcomes: toFloat32(outcomes, rowTasks.length * models.length, 'outcomes'),
  };
}

/** @internal Builds an index with a lab that is already loaded. */
export function buildIndexWith(lab: Lab, spec: IndexSpec): Uint8Array<ArrayBuffer> {
  return lab.buildIndex(flatten(spec));
}

/**
 * Builds an index and returns its bytes, the same for the same specification. Costs O(rows^2 dim): the distance
 * estimator and the coverage need the neighbours of each row.
 * Errors: `invalid_argument`, `dimension_mismatch`, `non_finite`, `size_overflow`, `bad_metadata`, `aborted`,
 * `bad_wasm`, `out_of_memory`.
 *
 * @example
 * ```js
 * const index = await buildIndex({
 *   models: ['small', 'large'],
 *   tasks: ['sums', 'sums', 'proofs', 'proofs'],
 *   dim: 2,
 *   embeddings: Float32Array.of(1, 0, 0.9, 0.1, 0, 1, 0.1, 0.9),    // [rows * dim]
 *   outcomes: Float32Array.of(1, 1, 1, 1, 0, 1, 0, 1),              // [rows * models]
 * });
 * const router = await Router.load({ index, embedder: null });
 * const { model } = await router.route([0, 1]);
 * router.dispose();
 * ```
 */
export async function buildIndex(spec: IndexSpec, options: BuildOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
  checkOptions(options, BUILD_KEYS);
  const lab = await loadLab(options.wasm, { signal: options.signal });
  throwIfAborted(options.signal);
  return buildIndexWith(lab, spec);
}
