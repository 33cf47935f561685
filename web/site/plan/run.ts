/** Plans in a worker: from the user's files, and again with each change of the wishes. */
import { batch, signal } from '@preact/signals';
import { SignalboxError } from 'signalbox';
import { type BenchmarkFile, planInWorker, reportText } from 'signalbox/build';
import INDEX from 'signalbox/models/index/index.sbx?url';
import { nameOf } from '../building/rules.js';
import type { PlanData } from '../kept/plans.js';
import { explained } from '../offline/version.js';
import { select } from './selected.js';
import { missingWords, NO_WISHES, planOptionsOf, type Wishes, wishesOf } from './wishes.js';

/** Address of the example, inserted by the build. */
declare const PLAN_EXAMPLE: string;
const EXAMPLE_NAME = 'support.csv';

export type Planning =
  | { kind: 'idle' }
  /** `share` is the progress, 0..1, or `undefined` if it is unknown. */
  | { kind: 'busy'; step: string; share: number | undefined }
  | { kind: 'stopped' }
  | { kind: 'incomplete'; text: string }
  | { kind: 'done' }
  | { kind: 'failed'; error: unknown };

export interface Shown extends PlanData {
  /** Name of the files. */
  name: string;
  /** Prompts of the files without any grade. */
  ungraded: number;
}

export const chosen = signal<readonly BenchmarkFile[]>([]);
/** The grades that were given in this page, as a file beside the chosen ones. */
export const sheet = signal<File | undefined>(undefined);
export const wishes = signal<Wishes>(NO_WISHES);
export const planning = signal<Planning>({ kind: 'idle' });
/** Whether the chosen file is the example. */
export const isExample = signal(false);
/** The last plan of the chosen files. */
export const shown = signal<Shown | undefined>(undefined);

/** Counts plans for newly taken files: the page goes to each of them. */
export const arrived = signal(0);
let isNew = false;

let current: AbortController | undefined;

export const stop = () => current?.abort();

/** Reports an error that occurred before anything was started. */
export function failed(error: unknown): void {
  stop();
  planning.value = { kind: 'failed', error };
}

/** Runs an action and aborts the one before it. */
async function run(action: (signal: AbortSignal) => Promise<Shown>): Promise<Shown | undefined> {
  stop();
  const mine = new AbortController();
  current = mine;
  planning.value = { kind: 'busy', step: 'starting', share: undefined };
  try {
    const next = await action(mine.signal);
    if (current !== mine) return undefined;
    batch(() => {
      shown.value = next;
      planning.value = { kind: 'done' };
      if (isNew) arrived.value += 1;
      isNew = false;
    });
    return next;
  } catch (cause) {
    const error = await explained(cause);
    if (current !== mine) return undefined;
    const isStopped = mine.signal.aborted || (error instanceof SignalboxError && error.code === 'aborted');
    planning.value = isStopped ? { kind: 'stopped' } : { kind: 'failed', error };
    return undefined;
  }
}

/** Called with each new plan of the user's own. */
let onPlan: (made: Shown) => unknown = () => undefined;

/** Says what to do with each new plan. */
export function whenPlanned(action: typeof onPlan): void {
  onPlan = action;
}

/** Plans for the chosen files and wishes. */
export async function plan(): Promise<void> {
  const files = chosen.peek();
  const grades = sheet.peek();
  const done = await run(async (mine) => {
    const made = await planInWorker(grades === undefined ? files : [...files, grades], {
      ...planOptionsOf(wishes.peek()),
      // Has prices for models whose costs are not in the files.
      index: new URL(INDEX, document.baseURI),
      name: `plan for ${nameOf(files)}`,
      signal: mine,
      onProgress: ({ step, done, total }) => {
        if (!mine.aborted) planning.value = { kind: 'busy', step, share: total > 0 ? done / total : undefined };
      },
    });
    const { plan: next, index, report } = made;
    return {
      name: nameOf(files),
      plan: next,
      index,
      reading: reportText(report),
      ungraded: report.dropped.no_score?.count ?? 0,
    };
  });
  if (done !== undefined) onPlan(done);
}

/** Changes wishes, and plans again if there is something to plan for. */
export function wish(part: Partial<Wishes>): void {
  wishes.value = { ...wishes.peek(), ...part };
  if (chosen.peek().length === 0) return;
  const missing = missingWords(wishes.peek());
  if (missing === undefined) {
    plan();
    return;
  }
  stop();
  current = undefined;
  planning.value = { kind: 'incomplete', text: missing };
}

/** Takes files that were dropped or chosen. */
export function take(files: readonly BenchmarkFile[], areExample = false): void {
  if (files.length === 0) return;
  batch(() => {
    chosen.value = files;
    isExample.value = areExample;
    isNew = true;
    sheet.value = undefined;
    shown.value = undefined;
    select(undefined);
    // The new files may have other models, and a target may be incomplete.
    const { target } = wishes.peek();
    const isIncomplete = missingWords(wishes.peek()) !== undefined;
    wishes.value = { ...wishes.peek(), baseline: '', target: isIncomplete ? 'knee' : target };
  });
  plan();
}

/** Plans for the example, whose file is fetched only now. */
export async function takeExample(): Promise<void> {
  batch(() => {
    chosen.value = [];
    shown.value = undefined;
    wishes.value = NO_WISHES;
  });
  stop();
  const mine = new AbortController();
  current = mine;
  planning.value = { kind: 'busy', step: 'reading the example', share: undefined };
  try {
    const response = await fetch(new URL(PLAN_EXAMPLE, document.baseURI), { signal: mine.signal });
    if (!response.ok) throw new SignalboxError('network', `${response.url} answered ${response.status}`);
    const content = await response.blob();
    if (current === mine) take([new File([content], EXAMPLE_NAME, { type: 'text/csv' })], true);
  } catch (cause) {
    const error = await explained(cause);
    if (current === mine) planning.value = mine.signal.aborted ? { kind: 'stopped' } : { kind: 'failed', error };
  }
}

interface KeptData extends PlanData {
  files: readonly BenchmarkFile[];
}

/** Shows a plan that was kept, with its files if they were, too. `isAsked`: the page goes to it. */
export function showKept(name: string, { files, ...data }: KeptData, isAsked: boolean): void {
  stop();
  current = undefined;
  batch(() => {
    chosen.value = files;
    isExample.value = false;
    sheet.value = undefined;
    select(undefined);
    wishes.value = wishesOf(data.plan);
    shown.value = { name, ungraded: 0, ...data };
    planning.value = { kind: 'done' };
    if (isAsked) arrived.value += 1;
  });
}
