/** Reports on a build: counts, disagreements and sizes. */
import type { DropReason, Source } from '../importing/records.js';
import { CODE_TYPES, type CodeType } from '../types.js';
import type { Benchmark } from './benchmark.js';
import type { Collector, Finding } from './collector.js';
import type { ReadFiles } from './file-accounts.js';
import type { DatasetMetric } from './metric-rules.js';

/** A model of an index, with its results in the files. */
export interface ReportedModel {
  name: string;
  /** Rows with an outcome. */
  outcomes: number;
  meanOutcome: number;
  /** Datasets of the index without any outcome of the model. */
  missingDatasets: string[];
  /** All outcomes are equal, so they do not tell which prompts the model answers correctly. */
  isConstant: boolean;
  meanCostUsd: number | null;
  meanTokensIn: number | null;
  meanTokensOut: number | null;
  /** Share of the answers that ended at a length limit; null if the source does not say. */
  cutOffShare: number | null;
}

/** A dataset of an index, with the metric that counts. */
export interface ReportedDataset extends DatasetMetric {
  name: string;
  rows: number;
  /** Number of models with an outcome in the dataset. */
  models: number;
}

/** The report on a build: what was read, what was left out, and what the index contains. It is JSON. */
export interface BuildReport {
  format: 'signalbox-build-report-1';
  /** `mixed`: files of several sources, see `files.list`. */
  source: Source | 'mixed' | 'shards';
  files: ReadFiles;
  rows: number;
  models: ReportedModel[];
  datasets: ReportedDataset[];
  missingOutcomes: number;
  graded: boolean;
  dropped: Partial<Record<DropReason, Finding>>;
  /** Scores of repeated runs with equal settings, which were averaged. */
  averaged: Finding;
  /** Groups of models whose names differ only by case or separators. */
  similarNames: string[][];
  /** Reasons to refuse datasets, of which too many scores or samples cannot be used; the build fails on them. */
  faults: string[];
  /** Samples with different prompts in different files; one of the prompts is used. */
  promptsDiffer: Finding;
  /** Rows that share their prompt with another row. */
  repeatedPrompts: number;
  /** Families of the prompts of a single dataset, which the index compares; empty without any, `null` if not looked for. */
  families: { name: string; rows: number }[] | null;
  /** Datasets with scores of several metrics, none of them chosen; the build fails on them. */
  mixedMetrics: string[];
  /** Approximate size of the index in bytes, by code type. */
  estimatedBytes: Record<CodeType, number>;
}

const mean = (sum: number, count: number) => (count === 0 ? null : sum / count);

function countRepeatedPrompts(collector: Collector, { order }: Benchmark): number {
  const hashes = Array.from(order, (row) => {
    const [high, low] = collector.promptHash(row);
    return high * 2 ** 21 + (low >>> 11);
  });
  const sorted = Float64Array.from(hashes.filter((hash) => hash !== 0)).sort();
  let repeated = 0;
  for (let i = 0; i < sorted.length; ++i) {
    if (sorted[i] === sorted[i - 1] || sorted[i] === sorted[i + 1]) repeated += 1;
  }
  return repeated;
}

/** Returns the groups of names that are equal apart from case and separators. */
function similarNames(names: readonly string[]): string[][] {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const bare = name.toLowerCase().replace(/[\s_./:-]+/g, '');
    const group = groups.get(bare) ?? [];
    group.push(name);
    groups.set(bare, group);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

/** Counts measured rows by dataset and model, and sums outcomes by model. */
function tally(benchmark: Benchmark) {
  const models = benchmark.models.length;
  const cells = new Uint32Array(benchmark.datasets.length * models);
  const sums = new Float64Array(models);
  const lows = new Float64Array(models).fill(2);
  const highs = new Float64Array(models).fill(-1);
  const BLOCK = 4096;
  for (let first = 0; first < benchmark.order.length; first += BLOCK) {
    const outcomes = benchmark.outcomes(benchmark.order.subarray(first, first + BLOCK));
    for (let i = 0; i < outcomes.length; ++i) {
      const outcome = outcomes[i] as number;
      if (Number.isNaN(outcome)) continue;
      const model = i % models;
      const cell = (benchmark.rowTasks[first + Math.floor(i / models)] as number) * models + model;
      cells[cell] = (cells[cell] as number) + 1;
      sums[model] = (sums[model] as number) + outcome;
      lows[model] = Math.min(lows[model] as number, outcome);
      highs[model] = Math.max(highs[model] as number, outcome);
    }
  }
  return { cells, sums, lows, highs };
}

/** Estimates the bytes of an index: codes, outcomes and their mask, tasks, scales and, roughly, ids. */
export function estimateBytes(rows: number, dim: number, benchmark: Benchmark): Record<CodeType, number> {
  const bits = { float32: 32, int8: 8, int4: 4, binary: 1 };
  const models = benchmark.models.length;
  const mask = Math.ceil(models / 8);
  const outcomes = (benchmark.isGraded ? 4 * models : mask) + (benchmark.hasMissing ? mask : 0);
  const of = (code: CodeType) => rows * (Math.ceil((dim * bits[code]) / 128) * 16 + 4 + outcomes + 2 + 4 + 8);
  return Object.fromEntries(CODE_TYPES.map((code) => [code, of(code)])) as Record<CodeType, number>;
}

export interface ReportInput {
  source: BuildReport['source'];
  files: ReadFiles;
  collector: Collector;
  benchmark: Benchmark;
  mixedMetrics: string[];
  faults: string[];
  dim: number;
}

export function reportOf({ collector, benchmark, ...input }: ReportInput): BuildReport {
  const { cells, sums, lows, highs } = tally(benchmark);
  const models = benchmark.models.length;
  const countOf = (task: number, model: number) => cells[task * models + model] as number;
  const tasks = benchmark.datasets.map((_, task) => task);
  let measured = 0;
  const reported = benchmark.models.map(({ name, figures }, m): ReportedModel => {
    const outcomes = tasks.reduce((sum, task) => sum + countOf(task, m), 0);
    measured += outcomes;
    return {
      name,
      outcomes,
      meanOutcome: (sums[m] as number) / outcomes,
      missingDatasets: tasks.filter((t) => countOf(t, m) === 0).map((t) => benchmark.datasets[t]?.name ?? ''),
      isConstant: lows[m] === highs[m] && outcomes > 1,
      meanCostUsd: mean(figures.nanoUsd / 1e9, figures.costs),
      meanTokensIn: mean(figures.tokensIn, figures.tokensInCount),
      meanTokensOut: mean(figures.tokensOut, figures.tokensOutCount),
      cutOffShare: mean(figures.cutOff, figures.cutOffCount),
    };
  });
  const modelsOf = (task: number) => benchmark.models.filter((_, m) => countOf(task, m) > 0).length;
  return {
    format: 'signalbox-build-report-1',
    source: input.source,
    files: input.files,
    rows: benchmark.order.length,
    models: reported,
    datasets: benchmark.datasets.map(({ name, rows, described }, t) => ({
      name,
      rows,
      models: modelsOf(t),
      ...described,
    })),
    missingOutcomes: benchmark.order.length * models - measured,
    graded: benchmark.isGraded,
    dropped: Object.fromEntries([...collector.dropped].filter(([, { count }]) => count > 0)),
    averaged: collector.averaged,
    similarNames: similarNames(benchmark.models.map(({ name }) => name)),
    faults: input.faults,
    promptsDiffer: collector.promptsDiffer,
    repeatedPrompts: countRepeatedPrompts(collector, benchmark),
    families: null,
    mixedMetrics: input.mixedMetrics,
    estimatedBytes: estimateBytes(benchmark.order.length, input.dim, benchmark),
  };
}
