/**
 * Details of rows that an index does not keep, but a plan needs: the cost and tokens of each answer, groups of rows, and
 * whether a row was drawn at random.
 */
import { SignalboxError } from '../errors.js';
import { placeText } from '../importing/input-file.js';
import type { Answer, Place, Sample } from '../importing/records.js';
import type { Finding } from './collector.js';
import { FloatColumn } from './columns.js';

/** Limits of a figure; others count as unknown. */
const MOST_USD = 1e6;
const MOST_TOKENS = 1e9;
const MOST_EXAMPLES = 5;

/** How a row came to be graded: at random, because answers differ (as `nextLabels` chooses), or by another choice. */
export type Selection = 'random' | 'disagreement' | 'other';

const FIGURES = ['costUsd', 'tokensIn', 'tokensOut'] as const;
export type Figure = (typeof FIGURES)[number];
const MOST: Readonly<Record<Figure, number>> = { costUsd: MOST_USD, tokensIn: MOST_TOKENS, tokensOut: MOST_TOKENS };

/** Means by row of the values that were added; NaN without any. */
class MeanColumn {
  readonly #means = new FloatColumn(Number.NaN);
  /** Numbers of values of the rows with several. */
  readonly #counts = new Map<number, number>();

  get(row: number): number {
    return this.#means.get(row);
  }

  add(row: number, value: number): void {
    const before = this.#means.get(row);
    if (Number.isNaN(before)) {
      this.#means.set(row, value);
      return;
    }
    const count = (this.#counts.get(row) ?? 1) + 1;
    this.#counts.set(row, count);
    this.#means.set(row, before + (value - before) / count);
  }
}

/**
 * Collects the details of rows. Memory grows with the rows and with the figures in the files.
 * Errors: `size_overflow` for more rows than the limit.
 */
export class RowDetails {
  /** Figures that are negative or absurdly large. */
  readonly oddFigures: Finding = { count: 0, examples: [] };
  /** Rows of which the files have different scores of one model. */
  readonly contradictory = new Set<number>();
  readonly #mostRows: number;
  /** By model. */
  readonly #figures: Record<Figure, MeanColumn>[] = [];
  readonly #groupNumbers = new Map<string, number>();
  /** Groups by row. */
  readonly #groups: number[][] = [];
  /** How rows came to be graded, if their files say so. */
  readonly #selection = new Map<number, Selection>();
  /** Texts of answers by row and model; `undefined`: they are not kept. */
  readonly #answers: Map<number, Map<string, string>> | undefined;
  /** Times that a file has a key, by data set, file and key. */
  readonly #seen = new Map<string, number>();

  /** `hasAnswers` keeps the texts of answers. */
  constructor(mostRows: number, { hasAnswers = false } = {}) {
    this.#mostRows = mostRows;
    this.#answers = hasAnswers ? new Map() : undefined;
  }

  /** Returns a key under which each row of a table is a row of its own, also if the table repeats a prompt or an id. */
  keyOf(dataset: number, { key, row, place }: Sample): string {
    if (row === undefined) return key;
    const inFile = `${dataset}\u0000${place.file}\u0000${key}`;
    const times = (this.#seen.get(inFile) ?? 0) + 1;
    this.#seen.set(inFile, times);
    return times === 1 ? key : `${key}\u0000${times}`;
  }

  /** Notes the groups that a sample names; samples with one key are a group, too. */
  takeGroups(row: number, dataset: number, { key, groups = [] }: Sample): void {
    if (row >= this.#mostRows) {
      throw new SignalboxError(
        'size_overflow',
        `more than ${this.#mostRows.toLocaleString('en')} prompts, expected at most as many: a sample of them is enough`,
      );
    }
    const numbers = [`${dataset}\u0000${key}`, ...groups].map((name) => {
      const number = this.#groupNumbers.get(name) ?? this.#groupNumbers.size;
      this.#groupNumbers.set(name, number);
      return number;
    });
    const known = this.#groups[row];
    if (known === undefined) this.#groups[row] = numbers;
    else known.push(...numbers.filter((number) => !known.includes(number)));
  }

  /**
   * Notes how a row came to be graded. A row that was chosen first and drawn at random later is a random row: leaving it out
   * would leave random rows without the prompts that rules like to choose.
   */
  takeSelection(row: number, { selectedBy }: Sample): void {
    if (selectedBy === undefined) return;
    const name = selectedBy.toLowerCase();
    if (name === 'random') this.#selection.set(row, name);
    else if (!this.#selection.has(row)) this.#selection.set(row, name === 'disagreement' ? name : 'other');
  }

  /** Returns how a row came to be graded; `undefined` if no file says so, which counts as at random. */
  selection(row: number): Selection | undefined {
    return this.#selection.get(row);
  }

  /** Returns whether a row was chosen, and not drawn at random. */
  isChosen(row: number): boolean {
    return (this.#selection.get(row) ?? 'random') !== 'random';
  }

  /** Notes the text of an answer; the first one counts. */
  takeAnswer(row: number, model: string, text: string): void {
    if (this.#answers === undefined) return;
    const known = this.#answers.get(row) ?? new Map<string, string>();
    this.#answers.set(row, known);
    if (!known.has(model)) known.set(model, text);
  }

  /** Returns the texts of the answers to a row, by model. */
  answersTo(row: number): ReadonlyMap<string, string> {
    return this.#answers?.get(row) ?? new Map();
  }

  /** Notes whether a score contradicts the outcome before it; NaN: there is none. */
  takeScore(row: number, before: number, outcome: number): void {
    if (!Number.isNaN(before) && before !== Math.fround(outcome)) this.contradictory.add(row);
  }

  /** Notes the figures of an answer. */
  takeFigures(row: number, model: number, answer: Answer | undefined, place: Place): void {
    if (answer === undefined) return;
    for (const figure of FIGURES) {
      const value = answer[figure];
      if (value === undefined) continue;
      if (value >= 0 && value < MOST[figure]) this.#columns(model)[figure].add(row, value);
      else this.#noteOdd(`${placeText(place)}: ${value}`);
    }
  }

  #noteOdd(example: string): void {
    this.oddFigures.count += 1;
    if (this.oddFigures.examples.length < MOST_EXAMPLES) this.oddFigures.examples.push(example);
  }

  #columns(model: number): Record<Figure, MeanColumn> {
    this.#figures[model] ??= { costUsd: new MeanColumn(), tokensIn: new MeanColumn(), tokensOut: new MeanColumn() };
    return this.#figures[model];
  }

  /** Returns a figure of an answer; NaN if not known. */
  figure(row: number, model: number, figure: Figure): number {
    return this.#figures[model]?.[figure].get(row) ?? Number.NaN;
  }

  /** Returns the numbers of the groups that a row belongs to. */
  groupsOf(row: number): readonly number[] {
    return this.#groups[row] ?? [];
  }

  get groupCount(): number {
    return this.#groupNumbers.size;
  }
}
