/** Explains how one file was understood: its source, its names, and its first row as an index stores it. */
import type { Answer, Place, RecordSink, Sample, Source, TableColumns } from '../importing/records.js';
import type { Collector } from './collector.js';
import type { ReportedFile } from './file-accounts.js';
import type { DatasetMetric } from './metric-rules.js';

/** A score of the first row. */
export interface ExplainedScore {
  model: string;
  metric: string;
  /** As the file has it. */
  score: unknown;
  /** 0..1; null if the score does not count. */
  outcome: number | null;
  costUsd: number | null;
  tokensIn: number | null;
  tokensOut: number | null;
}

export interface ExplainedRow {
  dataset: string;
  id: string;
  /** Rows of several files with this key and dataset are one row. */
  key: string;
  prompt: string | null;
  line: number | null;
  scores: ExplainedScore[];
}

export interface Explanation {
  format: 'signalbox-file-explanation-1';
  file: string;
  source: Source | null;
  /** Why the file was not read, or has no outcomes; null if it has some. */
  reason: string | null;
  datasets: ({ name: string } & DatasetMetric)[];
  models: string[];
  /** The column of the prompts in a table, and the columns of which nothing is taken; null for other files. */
  columns: { prompt: string | null; ignored: string[] } | null;
  /** All metrics in the file, chosen or not. */
  metrics: string[];
  outcomes: number;
  /** Counts of what was left out, by reason. */
  leftOut: ReportedFile['leftOut'];
  first: ExplainedRow | null;
}

/** A sink in front of the collector that remembers what one file says. */
export class FileExplainer implements RecordSink {
  readonly #collector: Collector;
  readonly #path: string;
  readonly #datasets = new Set<number>();
  readonly #models = new Set<string>();
  readonly #metrics = new Set<string>();
  #columns: TableColumns | undefined;
  #first: { row: number; shown: ExplainedRow } | undefined;

  constructor(collector: Collector, path: string) {
    this.#collector = collector;
    this.#path = path;
  }

  #isHere({ file }: Place): boolean {
    return file === this.#path || file.startsWith(`${this.#path}, `) || file.startsWith(`${this.#path}/`);
  }

  sample(sample: Sample): number {
    const row = this.#collector.sample(sample);
    if (row < 0 || !this.#isHere(sample.place)) return row;
    this.#datasets.add(this.#collector.rowDatasets.get(row));
    // A row without scores says little: the first one with a score is shown.
    if (this.#first === undefined || this.#first.shown.scores.length === 0) {
      const { dataset, id, key, prompt, place } = sample;
      const shown = { dataset, id, key, prompt: prompt ?? null, line: place.line ?? null, scores: [] };
      this.#first = { row, shown };
    }
    return row;
  }

  score(row: number, model: string, metric: string, value: unknown, place: Place, answer?: Answer): void {
    this.#collector.score(row, model, metric, value, place, answer);
    if (row < 0 || !this.#isHere(place)) return;
    this.#models.add(model);
    this.#metrics.add(metric);
    if (this.#first?.row !== row) return;
    const number = this.#collector.models.findIndex(({ name }) => name === model);
    const outcome = number < 0 ? Number.NaN : this.#collector.outcome(row, number);
    const isChosen = this.#collector.datasets[this.#collector.rowDatasets.get(row)]?.rule.accepts(metric) === true;
    this.#first.shown.scores.push({
      model,
      metric,
      score: value ?? null,
      outcome: isChosen && Number.isFinite(outcome) ? outcome : null,
      costUsd: answer?.costUsd ?? null,
      tokensIn: answer?.tokensIn ?? null,
      tokensOut: answer?.tokensOut ?? null,
    });
  }

  columns(file: string, columns: TableColumns): void {
    if (file === this.#path) this.#columns = columns;
  }

  answer(row: number, model: string, text: string): void {
    this.#collector.answer(row, model, text);
  }

  lowerIsBetter(dataset: string, metric: string): void {
    this.#collector.lowerIsBetter(dataset, metric);
  }

  scale(dataset: string, metric: string, worst: number, best: number): void {
    this.#collector.scale(dataset, metric, worst, best);
  }

  drop(reason: Parameters<RecordSink['drop']>[0], place: Place, detail?: string): void {
    this.#collector.drop(reason, place, detail);
  }

  /** Returns the explanation after all files were read. */
  explained(file: ReportedFile): Explanation {
    const { source, reason, outcomes, leftOut } = file;
    const of = this.#columns;
    const datasets = [...this.#datasets].flatMap((number) => {
      const dataset = this.#collector.datasets[number];
      return dataset === undefined ? [] : [{ name: dataset.name, ...dataset.rule.described }];
    });
    return {
      format: 'signalbox-file-explanation-1',
      file: this.#path,
      source,
      reason,
      datasets,
      models: [...this.#models],
      columns: of === undefined ? null : { prompt: of.prompt ?? null, ignored: [...of.ignored] },
      metrics: [...this.#metrics],
      outcomes,
      leftOut,
      first: this.#first?.shown ?? null,
    };
  }
}
