// Shared by the tests of joining: collects samples and scores, and reads what came of them.
import { faultsOf, putInOrder } from '../../../dist/building/benchmark.js';
import { Collector } from '../../../dist/building/collector.js';
import { reportOf } from '../../../dist/building/report.js';
import { memoryStorage } from '../../../dist/building/storage.js';

export const place = { file: 'f', line: 1 };

export function collect(options = {}) {
  const storage = memoryStorage();
  const prompts = storage.prompts();
  return { collector: new Collector({ ...options, prompts, vectors: storage.vectors() }), prompts };
}

/** Adds a sample and scores by model. */
export function add(
  collector,
  dataset,
  key,
  scores,
  { prompt = `prompt of ${key}`, metric = 'acc', id = key, answer } = {},
) {
  const row = collector.sample({ dataset, key, id, prompt, place });
  for (const [model, score] of Object.entries(scores)) collector.score(row, model, metric, score, place, answer);
  return row;
}

export const order = (collector) => putInOrder(collector, { hasVector: () => false });
export const counts = (collector) =>
  Object.fromEntries([...collector.dropped].filter(([, { count }]) => count > 0).map(([r, { count }]) => [r, count]));

export function outcomesByName(collector) {
  const benchmark = order(collector);
  const values = benchmark.outcomes(benchmark.order);
  const models = benchmark.models.map(({ name }) => name);
  return Array.from(benchmark.order, (row, i) => [
    collector.keys[row],
    Object.fromEntries(models.map((name, m) => [name, values[i * models.length + m]])),
  ]);
}

export const report = (collector) => {
  const benchmark = order(collector);
  const faults = faultsOf(collector.datasets);
  const input = {
    source: 'long',
    files: { read: 1, ignored: [], list: [], lines: [] },
    mixedMetrics: [],
    faults,
    dim: 128,
  };
  return reportOf({ ...input, collector, benchmark });
};
