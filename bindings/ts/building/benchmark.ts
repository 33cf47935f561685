/** Orders collected rows: the same rows make the same benchmark, in whatever order and pieces they arrive. */
import { SignalboxError } from '../errors.js';
import { type CollectedDataset, type CollectedModel, type Collector, isBefore, NONE } from './collector.js';
import { droppedLines } from './drop-reasons.js';
import type { DatasetMetric } from './metric-rules.js';

export interface Benchmark {
  /** The collector's row for each row of the index, ordered by dataset, then id, then key. */
  order: Uint32Array;
  /** [rows] */
  rowTasks: Uint16Array;
  /** Ordered by name, without datasets that have no row or no outcome. */
  datasets: { name: string; rows: number; described: DatasetMetric }[];
  models: CollectedModel[];
  isGraded: boolean;
  hasMissing: boolean;
  /** Returns outcomes of rows of the collector, row-major [rows, models], NaN missing. */
  outcomes(rows: ArrayLike<number>): Float32Array;
}

/** Cells that an index may have whatever the number of scores, and cells per score beyond that. */
const HARMLESS_CELLS = 1 << 24;
const MOST_CELLS_PER_OUTCOME = 400;
/** Means by dataset and model that an index may have: the core's limit. */
const MOST_MEANS = 1 << 22;

const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b));

/** Lists datasets with scores of several metrics; the build needs to know which metric counts. */
export function metricConflicts(datasets: readonly CollectedDataset[]): string[] {
  return datasets.flatMap(({ rule }) => rule.conflict() ?? []).sort(compare);
}

/** Lists the reasons to refuse datasets: too many of their scores or samples cannot be used. */
export function faultsOf(datasets: readonly CollectedDataset[]): string[] {
  return datasets
    .flatMap(({ name, rule, faults }) => [...faults.reasons(name, rule.described), rule.undirected() ?? []].flat())
    .sort(compare);
}

export interface OrderOptions {
  hasVector(row: number): boolean;
  /** Descriptions of datasets from shards, which replace the rules'. */
  described?: ReadonlyMap<string, DatasetMetric> | undefined;
  /** Keep rows and models with contradictions only: other shards need to know of them. */
  isShard?: boolean | undefined;
}

/** Returns whether a row can be embedded and has an outcome; counts the reason if not. */
function isUsable(collector: Collector, row: number, { hasVector, isShard }: OrderOptions): boolean {
  const { name, faults } = collector.datasets[collector.rowDatasets.get(row)] as CollectedDataset;
  const place = { file: `${name} ${collector.ids[row]}` };
  faults.samples += 1;
  if (collector.promptSlots.get(row) === NONE && !hasVector(row)) {
    collector.drop('no_prompt', place);
    faults.withoutPrompt += 1;
    return false;
  }
  for (const [m, model] of collector.models.entries()) {
    if (!Number.isNaN(collector.outcome(row, m)) || (isShard && collector.isConflict(row, model))) return true;
  }
  collector.drop('no_score', place);
  return false;
}

function orderOf(collector: Collector, rows: number[]): Uint32Array {
  const rank = new Map(
    collector.datasets
      .map(({ name }, number) => ({ name, number }))
      .sort((a, b) => compare(a.name, b.name))
      .map(({ number }, i) => [number, i]),
  );
  const taskOf = (row: number) => rank.get(collector.rowDatasets.get(row)) ?? 0;
  const { ids, keys } = collector;
  return Uint32Array.from(rows).sort((a, b) => {
    const byTask = taskOf(a) - taskOf(b);
    if (byTask !== 0) return byTask;
    const [idA, idB] = [ids[a] as string, ids[b] as string];
    if (idA !== idB) return isBefore(idA, idB) ? -1 : 1;
    return compare(keys[a] as string, keys[b] as string);
  });
}

/** Returns the datasets in order, with their descriptions, and the task of each row. */
function tasksOf(collector: Collector, order: Uint32Array, described: ReadonlyMap<string, DatasetMetric> | undefined) {
  const rowTasks = new Uint16Array(order.length);
  const datasets: Benchmark['datasets'] = [];
  let last = -1;
  for (const [i, row] of order.entries()) {
    const number = collector.rowDatasets.get(row);
    if (number !== last) {
      const { name, rule } = collector.datasets[number] as CollectedDataset;
      datasets.push({ name, rows: 0, described: described?.get(name) ?? rule.described });
      last = number;
    }
    (datasets.at(-1) as { rows: number }).rows += 1;
    rowTasks[i] = datasets.length - 1;
  }
  return { rowTasks, datasets };
}

/** Returns the models that have an outcome in these rows, and the kinds of outcomes. */
function measuredModels(collector: Collector, order: Uint32Array, isShard: boolean) {
  const measured = collector.models.map(() => 0);
  const contradicted = collector.models.map(() => false);
  let isGraded = false;
  for (const row of order) {
    for (let m = 0; m < measured.length; ++m) {
      const outcome = collector.outcome(row, m);
      if (Number.isNaN(outcome)) {
        contradicted[m] ||= isShard && collector.isConflict(row, collector.models[m] as CollectedModel);
        continue;
      }
      measured[m] = (measured[m] as number) + 1;
      isGraded ||= outcome !== 0 && outcome !== 1;
    }
  }
  const numbers = collector.models
    .map((_, m) => m)
    .filter((m) => (measured[m] as number) > 0 || contradicted[m])
    .sort((a, b) => compare(collector.models[a]?.name ?? '', collector.models[b]?.name ?? ''));
  return { numbers, isGraded, hasMissing: numbers.some((m) => (measured[m] as number) < order.length) };
}

/**
 * Refuses tables that are nearly empty: an index has a cell for each row and model, measured or not, and a small file can
 * name many of both.
 */
function checkCells({ rows, models }: Collector): void {
  const cells = rows * models.length;
  const held = models.reduce((sum, { outcomes }) => sum + outcomes.held, 0);
  const most = Math.max(HARMLESS_CELLS, MOST_CELLS_PER_OUTCOME * held);
  if (cells <= most) return;
  throw new SignalboxError(
    'size_overflow',
    `${rows} samples of ${models.length} models have ${cells} cells, nearly all without a score; expected at most ${most}: leave out models or datasets`,
  );
}

/** Orders the usable rows. Errors: `invalid_argument` if no row is usable, `size_overflow` if nearly all cells are empty. */
export function putInOrder(collector: Collector, options: OrderOptions): Benchmark {
  collector.seal();
  checkCells(collector);
  const rows: number[] = [];
  for (let row = 0; row < collector.rows; ++row) if (isUsable(collector, row, options)) rows.push(row);
  if (rows.length === 0) {
    const why = [...faultsOf(collector.datasets), ...droppedLines(collector.dropped)];
    throw new SignalboxError('invalid_argument', ['no row can be used', ...why].join('\n  '));
  }
  const order = orderOf(collector, rows);
  const { numbers, isGraded, hasMissing } = measuredModels(collector, order, options.isShard ?? false);
  const { rowTasks, datasets } = tasksOf(collector, order, options.described);
  if (datasets.length * numbers.length > MOST_MEANS) {
    throw new SignalboxError(
      'size_overflow',
      `${datasets.length} datasets and ${numbers.length} models, expected a product of at most ${MOST_MEANS}`,
    );
  }
  return {
    order,
    rowTasks,
    datasets,
    models: numbers.map((m) => collector.models[m] as CollectedModel),
    isGraded,
    hasMissing,
    outcomes: (of) => {
      const out = new Float32Array(of.length * numbers.length);
      for (let i = 0; i < of.length; ++i) {
        for (let m = 0; m < numbers.length; ++m) {
          out[i * numbers.length + m] = collector.outcome(of[i] as number, numbers[m] as number);
        }
      }
      return out;
    },
  };
}
