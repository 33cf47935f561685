/**
 * The grades that the user gives at the desk: the batch of prompts, the grades so far, and their copy in this browser's
 * storage. They are more rows of the chosen files, as a sheet.
 */
import { batch, computed, signal } from '@preact/signals';
import { SignalboxError } from 'signalbox';
import { gradingSheet, type NextRow, nextLabelsInWorker, type PlanNextLabels } from 'signalbox/build';
import { placeOf } from '../../building/rules.js';
import { keepGrades, keptGrades, removeGrades } from '../../kept/grades.js';
import { storageWords } from '../../kept/storage.js';
import { explained } from '../../offline/version.js';
import { chosen, plan, planning, sheet, wishes } from '../run.js';
import { planOptionsOf } from '../wishes.js';

/** Prompts of a batch. */
const BATCH = 20;

export type Grade = 'right' | 'wrong';
export type Marks = Readonly<Record<string, Grade>>;

/** A prompt with the grades that were given to it. */
export interface GradedPrompt {
  row: NextRow;
  marks: Marks;
}

export type Desk =
  | { kind: 'choosing' }
  | { kind: 'failed'; error: unknown }
  /** `at` is the prompt on the desk; the number of rows once all are done. */
  | { kind: 'open'; next: PlanNextLabels; at: number };

export const desk = signal<Desk>({ kind: 'choosing' });
/** By key, in the order in which they were graded. */
export const graded = signal<ReadonlyMap<string, GradedPrompt>>(new Map());
/** The last message about the storage. */
export const said = signal('');
/** Other prompts that nobody has graded. */
const prompts = signal<readonly string[]>([]);
/** Places of the batch in the order in which they were left, with what was there before, for undo. */
const left = signal<readonly { at: number; key: string; before: GradedPrompt | undefined }[]>([]);
/** Names of the models that the files have. */
let candidates: readonly string[] = [];
let current = 0;

export const canUndo = computed(() => left.value.length > 0);
/** Prompts with at least one grade. */
export const count = computed(() => [...graded.value.values()].filter(({ marks }) => hasMarks(marks)).length);

const hasMarks = (marks: Marks) => Object.keys(marks).length > 0;
const keyOf = ({ dataset, id, prompt }: NextRow) => JSON.stringify([dataset, id, prompt]);
const place = () => placeOf(chosen.peek());

/** Returns the grades as a file: right and wrong are the best and the worst score. */
export function sheetText(): string {
  const { low, high } = wishes.peek();
  const scores = { right: high === '' ? 1 : Number(high), wrong: low === '' ? 0 : Number(low) };
  const all = [...graded.peek().values()];
  const grades = all.map(({ marks }) =>
    Object.fromEntries(Object.entries(marks).map(([model, grade]) => [model, scores[grade]])),
  );
  return gradingSheet({ rows: all.map(({ row }) => row), candidates: [...candidates] }, grades);
}

const sheetFile = () => new File([sheetText()], 'grades.csv', { type: 'text/csv' });

async function attempt(action: () => Promise<unknown>): Promise<void> {
  try {
    await action();
  } catch (error) {
    said.value = await storageWords(error);
  }
}

/** Puts the next batch on the desk, and takes up the grades that were kept for these files. */
export async function offer(): Promise<void> {
  const mine = ++current;
  batch(() => {
    desk.value = { kind: 'choosing' };
    left.value = [];
  });
  try {
    if (graded.peek().size === 0) {
      const kept = await keptGrades(place()).catch(() => undefined);
      if (mine !== current) return;
      if (kept !== undefined) {
        candidates = kept.candidates;
        graded.value = new Map(kept.rows.map((one) => [keyOf(one.row), one]));
      }
    }
    const { ranges } = planOptionsOf(wishes.peek());
    const next = await nextLabelsInWorker(BATCH, {
      files: [...chosen.peek(), ...(graded.peek().size > 0 ? [sheetFile()] : [])],
      prompts: prompts.peek(),
      ranges,
    });
    if (mine !== current) return;
    candidates = next.candidates;
    // Prompts that were chosen and graded before need no grade: they count as drawn at random from now on.
    const settled = next.rows.filter(({ models }) => models.length === 0);
    const rows = next.rows.filter(({ models }) => models.length > 0);
    batch(() => {
      for (const row of settled) put(row, graded.peek().get(keyOf(row))?.marks ?? {});
      desk.value = { kind: 'open', next: { ...next, rows }, at: 0 };
    });
  } catch (cause) {
    const error = await explained(cause);
    if (mine === current && !(error instanceof SignalboxError && error.code === 'aborted'))
      desk.value = { kind: 'failed', error };
  }
}

/** Forgets the desk of other files. */
export function start(): Promise<void> {
  batch(() => {
    graded.value = new Map();
    prompts.value = [];
    said.value = '';
  });
  return offer();
}

export function addPrompts(more: readonly string[]): Promise<void> {
  prompts.value = [...prompts.peek(), ...more];
  return offer();
}

function put(row: NextRow, marks: Marks): void {
  const before = graded.peek().get(keyOf(row));
  graded.value = new Map(graded.peek()).set(keyOf(row), { row, marks: { ...before?.marks, ...marks } });
}

/** Leaves the prompt on the desk with these grades; without any, it is skipped. */
export function leave(marks: Marks): void {
  const now = desk.peek();
  if (now.kind !== 'open') return;
  const row = now.next.rows[now.at];
  if (row === undefined) return;
  const key = keyOf(row);
  batch(() => {
    left.value = [...left.peek(), { at: now.at, key, before: graded.peek().get(key) }];
    if (hasMarks(marks)) put(row, marks);
    desk.value = { ...now, at: now.at + 1 };
  });
  if (hasMarks(marks)) attempt(() => keepGrades(place(), { candidates, rows: [...graded.peek().values()] }));
}

/** Goes back to the prompt before, and returns the grades that it had got. */
export function undo(): Marks {
  const now = desk.peek();
  const last = left.peek().at(-1);
  if (now.kind !== 'open' || last === undefined) return {};
  const marks = graded.peek().get(last.key)?.marks ?? {};
  batch(() => {
    const next = new Map(graded.peek());
    if (last.before === undefined) next.delete(last.key);
    else next.set(last.key, last.before);
    graded.value = next;
    left.value = left.peek().slice(0, -1);
    desk.value = { ...now, at: last.at };
  });
  attempt(() => keepGrades(place(), { candidates, rows: [...graded.peek().values()] }));
  return marks;
}

/** Plans with the grades; the next batch follows. */
export async function planAgain(): Promise<void> {
  sheet.value = sheetFile();
  await plan();
  if (planning.peek().kind === 'done') await offer();
}

/** Removes the grades, here and in the browser's storage. */
export async function removeAll(): Promise<void> {
  await attempt(() => removeGrades(place()));
  const wasUsed = sheet.peek() !== undefined;
  batch(() => {
    graded.value = new Map();
    sheet.value = undefined;
    said.value = 'The grades are deleted.';
  });
  if (wasUsed) plan();
  await offer();
}
