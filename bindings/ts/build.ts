/**
 * `signalbox/build`: builds indexes from arrays or from result files of evaluation tools, in a page, a worker or Node.js.
 *
 * @module signalbox/build
 */

// biome-ignore-all assist/source/organizeImports: the order of the exports is the reader's

import { startThread } from '#platform';
import { withPath } from './building/build-files.js';
import type { BuildQuestion } from './building/build-protocol.js';
import { lendEmbedder } from './building/lent-embedder.js';
import { listOfFiles } from './building/given-files.js';
import type { BenchmarkFile, BuildInWorkerOptions, BuiltBenchmark } from './building/types.js';
import { throwIfAborted } from './errors.js';
import { isAddress } from './kinds.js';
import { isPlainObject, wrongKind } from './options.js';
import type { AddedModel, AddModelOptions } from './building/added-model.js';
import type { Anchor, AnchorOptions } from './building/anchors.js';
import type { NextLabelsInWorkerOptions, PlanNextLabels } from './planning/next-types.js';
import type { Planned, PlanInWorkerOptions } from './planning/types.js';
import { isEmbedder } from './routing/inputs.js';
import type { Source } from './types.js';
import { Channel, resolveAddress } from './workers/channel.js';

// Indexes from arrays
export { type BuildOptions, buildIndex, type IndexSpec, type ModelSpec } from './building/build-index.js';
export type { TaskLink, TaskScore } from './building/extras.js';
export type { WorkerLike } from './workers/channel.js';

// Indexes from files
export { buildFromFiles } from './building/build-files.js';
export type { BenchmarkFile, BuildFromFilesOptions, BuildInWorkerOptions, BuiltBenchmark } from './building/types.js';
export type { BuildSettings } from './building/from-files.js';
export type { DatasetMetric, MetricOptions, PerDataset } from './building/metric-rules.js';
export { fileFromBytes, type InputFile } from './importing/input-file.js';
export { DROP_REASONS, type DropReason, SOURCES, type Source } from './importing/records.js';

// Reports
export type { BuildReport, ReportedDataset, ReportedModel } from './building/report.js';
export type { ReadFiles, ReportedFile } from './building/file-accounts.js';
export type { Finding } from './building/collector.js';
export { reportText } from './building/report-text.js';
export type { Choice, Choices } from './building/choices.js';
export { choicesText } from './building/choices-text.js';

// New models
export {
  type AddedModel,
  type AddedTask,
  addModel,
  type AddModelOptions,
  type RowResult,
} from './building/added-model.js';
export { type Anchor, type AnchorOptions, anchors, anchorsCsv } from './building/anchors.js';

// Plans
export type {
  Bounded,
  CostOrigin,
  MaxLoss,
  Plan,
  PlanFamily,
  PlanInWorkerOptions,
  PlanModel,
  PlanNote,
  Planned,
  PlanOptions,
  PlanPoint,
  PlanPromise,
  PlanShare,
  PlanTarget,
} from './planning/types.js';
export { nextLabels, plan } from './planning/plan-files.js';
export type { NextLabelsInWorkerOptions, NextLabelsOptions, NextRow, PlanNextLabels } from './planning/next-types.js';
export { gradingSheet } from './planning/grading-sheet.js';
export { nextSentences } from './planning/next-words.js';
export { type ChangeTest, type CheckPlanOptions, checkPlan, type PlanChange } from './planning/change.js';
export { changeSentences } from './planning/change-words.js';
export { planCode, type PolicyTable, planTable, policyTable } from './planning/policy.js';
export { planReport } from './planning/report.js';
export { type PlanSentences, planSentences } from './planning/sentences.js';

// Prices
export { type ListedPrice, type PriceList, type PriceListOptions, readPriceList } from './routing/price-list.js';

/** Resolves an address for the worker, which has another base. */
const toPlace = <T>(source: T) => (isAddress(source) ? resolveAddress(source) : (source as Exclude<T, URL>));

const startWorker = () =>
  typeof Worker === 'undefined'
    ? startThread('build-worker-entry.js')
    : new Worker(new URL('./build-worker-entry.js', import.meta.url), { type: 'module' });

/** Options of work in a worker that have the same meaning whatever the work is. */
type InWorkerOptions = Pick<
  BuildInWorkerOptions,
  'signal' | 'onProgress' | 'worker' | 'startTimeoutMs' | 'embedder' | 'wasm' | 'labWasm'
> & { to?: unknown; n?: unknown };

/** Asks a worker for work on files; the worker ends with it. It checks the other options, so that a page does not load their checks. */
async function askWorker<Result>(
  call: BuildQuestion['call'],
  files: Iterable<BenchmarkFile>,
  options: InWorkerOptions,
): Promise<Result> {
  if (!isPlainObject(options as unknown)) throw wrongKind(options);
  const list = listOfFiles(files);
  const { signal, onProgress, worker, startTimeoutMs, embedder, wasm, labWasm, ...rest } = options;
  if (onProgress != null && typeof onProgress !== 'function') throw wrongKind(onProgress, 'onProgress', 'a function');
  const service = { service: 'build', entry: 'signalbox/build-worker-entry', start: startWorker, owns: true } as const;
  if (worker === undefined) throwIfAborted(signal);
  const channel = new Channel<BuildQuestion>({ ...service, worker, startTimeoutMs });
  let fail: (cause: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const lending = isEmbedder(embedder) ? lendEmbedder(embedder, fail) : undefined;
  try {
    const question: BuildQuestion = {
      call,
      files: list.map(withPath),
      options: { ...rest, wasm: toPlace(wasm), labWasm: toPlace(labWasm) },
      embedder: isEmbedder(embedder) ? lending?.lent : toPlace(embedder),
    };
    const transfer = lending === undefined ? [] : [lending.lent.port];
    return await Promise.race([channel.ask<Result>(question, { signal, onProgress, transfer }), failed]);
  } finally {
    channel.close();
    lending?.close(signal?.reason);
  }
}

/**
 * Builds an index like `buildFromFiles`, in a worker that ends with the build: the page stays responsive, and an abort
 * frees everything at once.
 * Errors: those of `buildFromFiles`; any error from an embedder on this side, unchanged.
 *
 * @example
 * ```js
 * input.onchange = async () => save((await buildInWorker(input.files)).index);
 * ```
 */
export function buildInWorker(
  files: Iterable<BenchmarkFile>,
  options: BuildInWorkerOptions = {},
): Promise<BuiltBenchmark> {
  return askWorker('build', files, options);
}

/**
 * Makes a plan like `plan`, in a worker that ends with it: the page stays responsive, and an abort frees everything at
 * once.
 * Errors: those of `plan`; any error from an embedder on this side, unchanged.
 *
 * @example
 * ```js
 * const { plan: made, index } = await planInWorker(input.files, { atMost: 1 });
 * show(planSentences(made).headline);
 * ```
 */
export async function planInWorker(
  files: Iterable<BenchmarkFile>,
  options: PlanInWorkerOptions = {},
): Promise<Planned> {
  if (!isPlainObject(options as unknown)) throw wrongKind(options);
  const { index } = options;
  const place = isAddress(index) ? resolveAddress(index) : index;
  return askWorker('plan', files, place === undefined ? options : { ...options, index: place });
}

/**
 * Says what to grade next like `nextLabels`, in a worker that ends with it: the page stays responsive.
 * Errors: those of `nextLabels`.
 *
 * @example
 * ```js
 * const next = await nextLabelsInWorker(20, { files: input.files });
 * save(gradingSheet(next));
 * ```
 */
export async function nextLabelsInWorker(n: number, options: NextLabelsInWorkerOptions): Promise<PlanNextLabels> {
  if (!isPlainObject(options as unknown)) throw wrongKind(options);
  const { files, ...others } = options;
  return askWorker('next', files, { ...others, n });
}

/**
 * Options of a worker for new models.
 *
 * @inline
 */
type NewModelInWorker = Pick<BuildInWorkerOptions, 'worker' | 'startTimeoutMs'>;

/**
 * Chooses rows like `anchors`, in a worker that ends with it. Errors: those of `anchors`.
 *
 * @example
 * ```js
 * const rows = await anchorsInWorker('mine.sbx', { n: 10 });
 * ```
 */
export async function anchorsInWorker(
  index: Source,
  options: AnchorOptions & NewModelInWorker = {},
): Promise<Anchor[]> {
  if (!isPlainObject(options as unknown)) throw wrongKind(options);
  const { rows } = await askWorker<{ rows: Anchor[] }>('anchors', [], { ...options, to: toPlace(index) });
  return rows;
}

/**
 * Adds a model like `addModel`, in a worker that ends with it. Errors: those of `addModel`.
 *
 * @example
 * ```js
 * const { index } = await addModelInWorker('mine.sbx', [resultFile], { model: 'acme/new-1' });
 * ```
 */
export async function addModelInWorker(
  index: Source,
  results: Iterable<BenchmarkFile>,
  options: AddModelOptions & NewModelInWorker = {},
): Promise<AddedModel> {
  if (!isPlainObject(options as unknown)) throw wrongKind(options);
  return askWorker('addModel', results, { ...options, to: toPlace(index) });
}
