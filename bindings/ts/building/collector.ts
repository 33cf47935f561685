/** Joins the records of importers: one row per sample, one column per model; counts every disagreement. */
import { SignalboxError } from '../errors.js';
import { globMatcher } from '../importing/glob.js';
import { badInput, placeText } from '../importing/input-file.js';
import {
  type Answer,
  DROP_REASONS,
  type DropReason,
  type Place,
  type RecordSink,
  type Sample,
} from '../importing/records.js';
import { textHash } from '../importing/text-hash.js';
import { FloatColumn, Uint32List } from './columns.js';
import { DatasetFaults } from './dataset-faults.js';
import { addCutOff, addFigures, type ModelFigures, NO_FIGURES } from './figures.js';
import type { FileAccounts } from './file-accounts.js';
import { type DatasetRule, type MetricOptions, MetricRules } from './metric-rules.js';
import type { RowDetails } from './row-details.js';

/** Keeps prompts until they are embedded, numbered from 0 in the order of adding. */
export interface PromptStore {
  add(text: string): number;
}

/** Keeps the vectors of the data, numbered from 0 in the order of adding. */
export interface VectorStore {
  add(vector: ArrayLike<number>): number;
}

export interface CollectorOptions extends MetricOptions {
  /** Globs of the datasets and models to use. Default: all. */
  datasets?: readonly string[] | undefined;
  models?: readonly string[] | undefined;
  excludeDatasets?: readonly string[] | undefined;
  excludeModels?: readonly string[] | undefined;
  /** Use only the rows of this part of the work, `index` from 1 to `count`. */
  shard?: { index: number; count: number } | undefined;
  prompts: PromptStore;
  vectors: VectorStore;
  /** Leave out answers that ended at a length limit. */
  dropCutOff?: boolean | undefined;
  /** Keeps the details of rows; then every row of a table counts, and different scores of one sample are averaged. */
  details?: RowDetails | undefined;
  /** Counts what comes from each file. */
  accounts?: FileAccounts | undefined;
}

/** A count to report to the user, with a few examples. */
export interface Finding {
  count: number;
  examples: string[];
}

export interface CollectedModel {
  name: string;
  outcomes: FloatColumn;
  figures: ModelFigures;
  /** Sum and number of the outcomes of rows with several, by row. */
  repeated: Map<number, { sum: number; count: number }>;
}

export interface CollectedDataset {
  name: string;
  rule: DatasetRule;
  faults: DatasetFaults;
}

/** The slot of a row without a prompt or without a vector. */
export const NONE = 0xffff_ffff;
/** Marks an outcome on which files disagree: it counts as not measured from then on. */
const CONFLICT = -1;
const MOST_EXAMPLES = 5;
const MOST_ROWS = 0xffff_fff0;
const MOST_NAMES = 65535;
const UNUSED = -1;

const matcher = (globs: readonly string[] | undefined, whenAbsent: boolean) =>
  globs === undefined ? () => whenAbsent : globMatcher(globs);

export class Collector implements RecordSink {
  readonly datasets: CollectedDataset[] = [];
  readonly models: CollectedModel[] = [];
  readonly keys: string[] = [];
  readonly ids: string[] = [];
  readonly rowDatasets = new Uint32List();
  readonly promptSlots = new Uint32List();
  readonly vectorSlots = new Uint32List();
  /** Numbers of the table rows that the samples came from. */
  readonly sourceRows = new Uint32List();
  readonly dropped = new Map<DropReason, Finding>(DROP_REASONS.map((r) => [r, { count: 0, examples: [] }]));
  readonly promptsDiffer: Finding = { count: 0, examples: [] };
  /** Scores of repetitions, which were averaged. */
  readonly averaged: Finding = { count: 0, examples: [] };
  /** Number of table rows read, used or not. */
  tableRows = 0;

  readonly #options: CollectorOptions;
  readonly #rules: MetricRules;
  readonly #isWantedDataset: (name: string) => boolean;
  readonly #isWantedModel: (name: string) => boolean;
  readonly #datasetNumbers = new Map<string, number>();
  readonly #modelNumbers = new Map<string, number>();
  readonly #rows = new Map<string, number>();
  readonly #hashes = [new Uint32List(), new Uint32List()] as const;

  constructor(options: CollectorOptions) {
    this.#options = options;
    this.#rules = new MetricRules(options);
    const isDataset = matcher(options.datasets, true);
    const isNoDataset = matcher(options.excludeDatasets, false);
    this.#isWantedDataset = (name) => isDataset(name) && !isNoDataset(name);
    const isModel = matcher(options.models, true);
    const isNoModel = matcher(options.excludeModels, false);
    this.#isWantedModel = (name) => isModel(name) && !isNoModel(name);
  }

  get rows(): number {
    return this.keys.length;
  }

  drop(reason: DropReason, place: Place, detail = ''): void {
    const finding = this.dropped.get(reason) as Finding;
    finding.count += 1;
    this.#options.accounts?.drop(reason, place);
    if (finding.examples.length < MOST_EXAMPLES) finding.examples.push(placeText(place) + detail);
  }

  sample(sample: Sample): number {
    if (sample.row !== undefined) this.tableRows = Math.max(this.tableRows, sample.row + 1);
    const dataset = this.#dataset(sample.dataset, sample.place);
    if (dataset < 0) {
      this.drop('dataset_left_out', sample.place);
      return UNUSED;
    }
    const { details } = this.#options;
    const key = details?.keyOf(dataset, sample) ?? sample.key;
    const rowKey = `${dataset}\u0000${key}`;
    const known = this.#rows.get(rowKey);
    if (known !== undefined) {
      this.#meetAgain(known, sample);
      details?.takeGroups(known, dataset, sample);
      details?.takeSelection(known, sample);
      return known;
    }
    if (!this.#isInShard(sample)) {
      this.drop('other_shard', sample.place);
      return UNUSED;
    }
    const row = this.#add(dataset, { ...sample, key });
    this.#rows.set(rowKey, row);
    details?.takeGroups(row, dataset, sample);
    details?.takeSelection(row, sample);
    return row;
  }

  score(row: number, model: string, metric: string, value: unknown, place: Place, answer?: Answer | undefined): void {
    if (row < 0) return;
    const number = this.#model(model, place);
    if (number < 0) {
      this.drop('model_left_out', place);
      return;
    }
    const column = this.models[number] as CollectedModel;
    if (value === null || value === undefined || value === '') return;
    const { rule, faults } = this.datasets[this.rowDatasets.get(row)] as CollectedDataset;
    const score = typeof value === 'boolean' ? Number(value) : value;
    if (typeof score !== 'number' || !Number.isFinite(score)) {
      this.drop('score_not_a_number', place, `: ${model}: '${String(value).slice(0, 40)}'`);
      if (typeof score !== 'number') faults.takeText(metric, score);
      return;
    }
    if (!rule.accepts(metric)) {
      this.drop('another_metric', place, `: ${metric}`);
      return;
    }
    const outcome = rule.outcome(score);
    if (outcome === undefined) {
      this.drop('score_out_of_range', place, `: ${model}: ${score}, expected ${rule.range.join(' to ')}`);
      faults.takeOutOfRange(score);
      return;
    }
    if (answer?.isCutOff !== undefined) addCutOff(column.figures, answer.isCutOff);
    if (answer?.isCutOff && this.#options.dropCutOff) {
      this.drop('cut_off', place, `: ${model}`);
      return;
    }
    const { details } = this.#options;
    details?.takeScore(row, this.outcome(row, number), outcome);
    const repeats = answer?.repeats || details !== undefined;
    if (!this.setOutcome(row, column, outcome, place, repeats)) return;
    this.#options.accounts?.outcome(place);
    addFigures(column.figures, answer);
    details?.takeFigures(row, number, answer, place);
  }

  answer(row: number, model: string, text: string): void {
    if (row >= 0) this.#options.details?.takeAnswer(row, model, text);
  }

  lowerIsBetter(dataset: string, metric: string): void {
    const number = this.#dataset(dataset, { file: dataset });
    if (number >= 0) (this.datasets[number] as CollectedDataset).rule.turnRound(metric);
  }

  scale(dataset: string, metric: string, worst: number, best: number): void {
    const number = this.#dataset(dataset, { file: dataset });
    if (number >= 0) (this.datasets[number] as CollectedDataset).rule.setScale(metric, [worst, best]);
  }

  /** Records an outcome in 0..1; returns whether it counts. */
  setOutcome(row: number, model: CollectedModel, outcome: number, place: Place, repeats = false): boolean {
    const { outcomes, name } = model;
    const { faults } = this.datasets[this.rowDatasets.get(row)] as CollectedDataset;
    const before = outcomes.get(row);
    if (Number.isNaN(before)) {
      outcomes.set(row, outcome);
      faults.outcomes += 1;
      return true;
    }
    if (repeats) {
      this.#average(row, model, outcome);
      return true;
    }
    if (before === outcome) {
      this.drop('repeated', place, `: ${name}`);
      return false;
    }
    if (before !== CONFLICT) faults.conflicts += 1;
    outcomes.set(row, CONFLICT);
    this.drop('conflicting_score', place, `: ${name}: ${outcome}, before ${before === CONFLICT ? 'others' : before}`);
    return false;
  }

  #average(row: number, { outcomes, name, repeated }: CollectedModel, outcome: number): void {
    const sum = repeated.get(row) ?? { sum: outcomes.get(row), count: 1 };
    sum.sum += outcome;
    sum.count += 1;
    repeated.set(row, sum);
    outcomes.set(row, Math.fround(sum.sum / sum.count));
    this.averaged.count += 1;
    const example = `${name} on ${this.datasets[this.rowDatasets.get(row)]?.name}`;
    const { examples } = this.averaged;
    if (examples.length < MOST_EXAMPLES && !examples.includes(example)) examples.push(example);
  }

  /** Returns an outcome, NaN if not measured. */
  outcome(row: number, model: number): number {
    const value = (this.models[model] as CollectedModel).outcomes.get(row);
    return value === CONFLICT ? Number.NaN : value;
  }

  /** Returns the hash of a row's prompt, equal for equal prompts. */
  promptHash(row: number): [high: number, low: number] {
    return [this.#hashes[0].get(row), this.#hashes[1].get(row)];
  }

  /** Frees memory that only joining needs. */
  seal(): void {
    this.#rows.clear();
  }

  /** Returns the number of a model's column; -1 if the model is excluded. */
  #model(name: string, place: Place): number {
    return (
      this.#modelNumbers.get(name) ??
      number(name, 'model', this.#modelNumbers, this.#isWantedModel, this.models, place, () => {
        return { name, outcomes: new FloatColumn(Number.NaN), figures: { ...NO_FIGURES }, repeated: new Map() };
      })
    );
  }

  /** Returns the column of a model; `undefined` if the model is excluded. */
  modelNamed(name: string, place: Place): CollectedModel | undefined {
    return this.models[this.#model(name, place)];
  }

  #dataset(name: string, place: Place): number {
    return (
      this.#datasetNumbers.get(name) ??
      number(name, 'dataset', this.#datasetNumbers, this.#isWantedDataset, this.datasets, place, () => {
        return { name, rule: this.#rules.for(name), faults: new DatasetFaults() };
      })
    );
  }

  #isInShard({ dataset, key }: Sample): boolean {
    const { shard } = this.#options;
    if (shard === undefined) return true;
    return textHash(`${dataset}\u0000${key}`)[1] % shard.count === shard.index - 1;
  }

  #add(dataset: number, sample: Sample): number {
    const row = this.keys.length;
    if (row >= MOST_ROWS) throw tooMany('samples', MOST_ROWS);
    this.keys.push(sample.key);
    this.ids.push(sample.id);
    this.rowDatasets.push(dataset);
    this.sourceRows.push(sample.row ?? NONE);
    this.promptSlots.push(NONE);
    this.vectorSlots.push(NONE);
    for (const hash of this.#hashes) hash.push(0);
    this.#takePrompt(row, sample);
    return row;
  }

  #takePrompt(row: number, { prompt, embedding }: Sample): void {
    if (embedding !== undefined) this.vectorSlots.set(row, this.#options.vectors.add(embedding));
    if (prompt === undefined || prompt.trim() === '') return;
    this.#setPromptHash(row, textHash(prompt));
    this.promptSlots.set(row, this.#options.prompts.add(prompt));
  }

  #setPromptHash(row: number, hash: readonly [high: number, low: number]): void {
    this.#hashes[0].set(row, hash[0]);
    this.#hashes[1].set(row, hash[1]);
  }

  /**
   * Takes a known sample again. Of different prompts and ids it keeps the smaller, so that the order of files does not
   * matter.
   */
  #meetAgain(row: number, sample: Sample): void {
    if (isBefore(sample.id, this.ids[row] as string)) this.ids[row] = sample.id;
    if (sample.prompt === undefined || sample.prompt.trim() === '') return;
    const [high, low] = textHash(sample.prompt);
    const [oldHigh, oldLow] = this.promptHash(row);
    if (this.promptSlots.get(row) !== NONE) {
      if (high === oldHigh && low === oldLow) return;
      this.#notePromptsDiffer(row, sample.place);
      if (sample.isCounted) (this.datasets[this.rowDatasets.get(row)] as CollectedDataset).faults.otherPrompts += 1;
      if (high > oldHigh || (high === oldHigh && low > oldLow)) return;
    }
    this.#takePrompt(row, sample);
  }

  /** Returns whether files disagree on an outcome. */
  isConflict(row: number, { outcomes }: CollectedModel): boolean {
    return outcomes.get(row) === CONFLICT;
  }

  setConflict(row: number, { outcomes }: CollectedModel): void {
    outcomes.set(row, CONFLICT);
  }

  /**
   * Takes the vector of a shard's row. Of several it keeps the one whose prompt has the smaller hash, as with prompts.
   * Returns whether it took this one.
   */
  takeShardRow(row: number, hash: readonly [high: number, low: number], slot: number, place: Place): boolean {
    if (this.vectorSlots.get(row) !== NONE) {
      const [high, low] = this.promptHash(row);
      if (hash[0] === high && hash[1] === low) return false;
      this.#notePromptsDiffer(row, place);
      if (hash[0] > high || (hash[0] === high && hash[1] > low)) return false;
    }
    this.#setPromptHash(row, hash);
    this.vectorSlots.set(row, slot);
    return true;
  }

  #notePromptsDiffer(row: number, place: Place): void {
    this.promptsDiffer.count += 1;
    if (this.promptsDiffer.examples.length >= MOST_EXAMPLES) return;
    const dataset = this.datasets[this.rowDatasets.get(row)]?.name;
    this.promptsDiffer.examples.push(`${placeText(place)}: ${dataset} ${this.ids[row]}`);
  }
}

/** Numbers a new name and appends it to the list; returns UNUSED if the name is excluded. */
function number<T>(
  name: string,
  what: string,
  numbers: Map<string, number>,
  isWanted: (name: string) => boolean,
  list: T[],
  place: Place,
  make: () => T,
): number {
  if (name === '') throw badInput(place, `a ${what} has no name`);
  const next = isWanted(name) ? list.length : UNUSED;
  numbers.set(name, next);
  if (next === UNUSED) return next;
  if (list.length >= MOST_NAMES) throw tooMany(`${what}s`, MOST_NAMES);
  list.push(make());
  return next;
}

const tooMany = (what: string, most: number) =>
  new SignalboxError('size_overflow', `more than ${most} ${what} do not fit in an index`);

/** Compares ids in the order that users expect of numbers: shorter first, then by code units. */
export function isBefore(a: string, b: string): boolean {
  return a.length !== b.length ? a.length < b.length : a < b;
}
