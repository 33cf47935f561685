/** `signalbox/build`: indexes from arrays, or from the result files of evaluation tools; in a page, a worker or Node.js. */

// From files.
export { buildFromFiles, buildInWorker } from './building/build-files.js';
// From arrays.
export { type BuildOptions, buildIndex, type IndexSpec, type ModelSpec } from './building/build-index.js';
export type { Choice, Choices } from './building/choices.js';
export { choicesText } from './building/choices-text.js';
export type { Finding } from './building/collector.js';
export type { BuildSettings } from './building/from-files.js';
export type { DatasetMetric, MetricOptions, PerDataset } from './building/metric-rules.js';
export type { BuildReport, ReportedDataset, ReportedModel } from './building/report.js';
export { reportText } from './building/report-text.js';
export type { BenchmarkFile, BuildFromFilesOptions, BuildInWorkerOptions, BuiltBenchmark } from './building/types.js';
export { fileFromBytes, type InputFile } from './importing/input-file.js';
export { DROP_REASONS, type DropReason, SOURCES, type Source } from './importing/records.js';
// Prices.
export { type ModelPrice, readPriceList } from './routing/prices.js';
