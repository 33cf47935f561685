/**
 * Chooses which prompts to grade next for a plan: by lot, which every estimate rests on, and if asked for some on which the
 * models' answers differ.
 *
 * The lot is an order of all prompts by their hashes, the same in every call, and a batch is its next piece. Prompts that
 * were chosen before stay in that order, and become random rows when their turn comes: without them, the random rows would
 * be short of the prompts that are chosen.
 */

import { type Imported, importFiles } from '../building/import-files.js';
import { RowDetails, type Selection } from '../building/row-details.js';
import { memoryStorage } from '../building/storage.js';
import type { InputFile } from '../importing/input-file.js';
import { textHash, textKey } from '../importing/text-hash.js';
import { invalid } from '../options.js';
import { normalAnswer } from '../routing/answers.js';
import type { Steps } from '../steps.js';
import { checkModels, MOST_ROWS } from './checks.js';
import type { NextLabelsSettings, NextRow, PlanNextLabels } from './next-types.js';
import { plainHash } from './row-groups.js';

const BLOCK = 1024;
/** Separates a key from the number of its repetition in one file: a sheet cannot name such a row. */
const REPEATED = '\u0000';

/** A prompt of the files. */
interface Known {
  prompt: string;
  id: string | null;
  dataset: string;
  /** How it came to be graded; `undefined`: it has no grade. */
  selection: Selection | undefined;
  /** Place in the lot. */
  order: number;
  /** Models without a grade. */
  missing: string[];
  answers: Record<string, string>;
}

const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b));

/** Collects prompts, each once: the first of equal ones counts, whatever their case and white space. */
class Prompts {
  readonly all: Known[] = [];
  readonly #hashes = new Set<string>();
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  add(prompt: Omit<Known, 'order'>): void {
    const hash = plainHash(prompt.prompt);
    if (this.#hashes.has(hash)) return;
    this.#hashes.add(hash);
    const [high, low] = textHash(`${this.#seed} ${hash}`);
    this.all.push({ ...prompt, order: high + low / 2 ** 32 });
  }
}

async function textsOf({ prompts }: Imported, steps: Steps): Promise<string[]> {
  const texts: string[] = [];
  steps.begin('reading prompts');
  for (let first = 0; first < prompts.count; first += BLOCK) {
    texts.push(...(await prompts.read(first, Math.min(BLOCK, prompts.count - first))));
    await steps.update(texts.length, prompts.count);
  }
  return texts;
}

/** Returns the prompts of the files in the order of the lot. Of rows with one prompt a graded one counts. */
async function readKnown(
  imported: Imported,
  details: RowDetails,
  { prompts = [], seed = 1 }: NextLabelsSettings,
  steps: Steps,
): Promise<Known[]> {
  const { collector } = imported;
  const texts = await textsOf(imported, steps);
  const known = new Prompts(seed);
  const rows = Array.from({ length: collector.rows }, (_, row) => row);
  const missingIn = (row: number) =>
    collector.models.flatMap(({ name }, m) => (Number.isNaN(collector.outcome(row, m)) ? [name] : [])).sort(compare);
  const missing = rows.map(missingIn);
  const isGraded = (row: number) => (missing[row] as string[]).length < collector.models.length;
  for (const row of [...rows.filter(isGraded), ...rows.filter((other) => !isGraded(other))]) {
    const prompt = texts[collector.promptSlots.get(row)];
    const key = collector.keys[row] as string;
    if (prompt === undefined || key.includes(REPEATED)) continue;
    known.add({
      prompt,
      id: key === textKey(prompt) ? null : key,
      dataset: collector.datasets[collector.rowDatasets.get(row)]?.name as string,
      selection: isGraded(row) ? (details.selection(row) ?? 'random') : undefined,
      missing: missing[row] as string[],
      answers: Object.fromEntries(details.answersTo(row)),
    });
  }
  const [dataset, ...others] = collector.datasets.map(({ name }) => name);
  const models = collector.models.map(({ name }) => name).sort(compare);
  for (const prompt of prompts) {
    if (prompt.trim() === '') continue;
    if (dataset === undefined || others.length > 0) {
      throw invalid(
        `the files have ${others.length + Number(dataset !== undefined)} datasets, and the other prompts name none: expected them in a file with columns dataset and prompt, and a column for each model`,
      );
    }
    known.add({ prompt, id: null, dataset, selection: undefined, missing: models, answers: {} });
  }
  return known.all.sort((a, b) => a.order - b.order);
}

/** Returns whether two answers differ, in the normal form of choices and numbers. */
function differ(answers: Record<string, string>): boolean {
  const normal = Object.values(answers).map(normalAnswer);
  return new Set(normal.filter((answer) => answer !== null)).size > 1;
}

const isUngraded = ({ selection }: Known) => selection === undefined;
const isOpen = ({ selection, missing }: Known) => missing.length > 0 && (selection ?? 'random') === 'random';

function rowOf(known: Known, selectedBy: NextRow['selectedBy'], weight: number, reason: string): NextRow {
  const { prompt, id, dataset, missing, answers } = known;
  return { prompt, id, dataset, selectedBy, weight: Number(weight.toPrecision(6)), models: missing, answers, reason };
}

/**
 * Returns rows by lot: first those that were drawn before and lack grades, then the next piece of the lot. The length of
 * the piece does not depend on how many of its prompts were chosen and graded before, so that it is a random sample.
 */
function drawn(known: readonly Known[], count: number): NextRow[] {
  const begun = known.filter((row) => isOpen(row) && !isUngraded(row)).slice(0, count);
  const lot = known.filter((row) => isUngraded(row) || row.selection === 'disagreement');
  const next = lot.slice(0, count - begun.length);
  return [
    ...begun.map((row) => rowOf(row, 'random', 1, 'drawn before, grades are missing')),
    ...next.map((row) =>
      rowOf(row, 'random', lot.length / next.length, isUngraded(row) ? 'by lot' : 'by lot; chosen before'),
    ),
  ];
}

/** Returns rows on which answers differ, by lot. */
function chosen(known: readonly Known[], taken: readonly NextRow[], count: number): NextRow[] {
  const others = new Set(taken.map(({ prompt }) => prompt));
  const differing = known.filter((row) => isUngraded(row) && !others.has(row.prompt) && differ(row.answers));
  const rows = differing.slice(0, count);
  return rows.map((row) => rowOf(row, 'disagreement', differing.length / rows.length, 'the answers differ'));
}

/** Chooses what to grade next; see `nextLabels`. */
export async function nextLabelsFrom(
  n: number,
  files: readonly InputFile[],
  settings: NextLabelsSettings,
  steps: Steps,
): Promise<PlanNextLabels> {
  const details = new RowDetails(MOST_ROWS, { hasAnswers: true });
  const imported = await importFiles(files, { ...settings, details }, memoryStorage(), steps);
  const candidates = imported.collector.models.map(({ name }) => name).sort(compare);
  if (candidates.length < 2) {
    throw invalid(`got ${candidates.length} models, expected at least two: a column for each, with the grades so far`);
  }
  checkModels(candidates.length);
  const known = await readKnown(imported, details, settings, steps);
  const wanted = settings.chosen ?? 0;
  if (wanted > n) throw invalid(`got ${wanted} prompts to choose, expected at most ${n}`);
  const open = known.filter(isOpen);
  if (wanted > 0 && open.length > 0 && !open.some(({ answers }) => Object.keys(answers).length > 1)) {
    throw invalid(
      `no ungraded prompt has answers of two models to choose by: expected columns 'answer:<model>', such as 'answer:${candidates[0]}'`,
    );
  }
  const byLot = drawn(known, n - wanted);
  const rows = [...byLot, ...chosen(known, byLot, wanted)];
  const disagreeing = known.filter((row) => isUngraded(row) && differ(row.answers)).length;
  return {
    rows,
    candidates,
    disagreeing,
    graded: known.filter((row) => !isUngraded(row)).length,
    left: open.length,
    nothingLeft: open.length === 0 ? 'all_graded' : wanted > 0 && disagreeing === 0 ? 'answers_agree' : null,
  };
}
