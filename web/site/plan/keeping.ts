/** Keeps plans in this browser, and shows them again. */
import { signal } from '@preact/signals';
import { placeOf } from '../building/rules.js';
import { type KeptPlan, keepPlan, keepRows, listPlans, readPlan, removePlans, removeRows } from '../kept/plans.js';
import { storageWords } from '../kept/storage.js';
import { rememberLast } from './last.js';
import { chosen, isExample, type Shown, showKept } from './run.js';

/** All that is kept of plans, newest first. */
export const kept = signal<readonly KeptPlan[]>([]);
/** The last message about the storage. */
export const said = signal('');

const place = () => placeOf(chosen.peek());

/** Returns the place of the plan that is shown; `undefined` for the example, and for a plan without its files. */
export const currentPlace = () => (chosen.value.length === 0 || isExample.value ? undefined : placeOf(chosen.value));

async function attempt(action: () => Promise<unknown>): Promise<void> {
  try {
    await action();
    kept.value = await listPlans();
  } catch (error) {
    said.value = await storageWords(error);
  }
}

export const refresh = (): Promise<void> => attempt(async () => undefined);

/** Keeps the plan that was just made; the example is not kept. */
export function keepShown({ name, plan, index, reading }: Shown): Promise<void> {
  if (isExample.peek()) {
    rememberLast(undefined);
    return Promise.resolve();
  }
  return attempt(async () => {
    await keepPlan(place(), name, { plan, index, reading });
    rememberLast(place());
  });
}

/** Keeps the rows of the chosen files, or removes them. */
export function setRows(areKept: boolean): Promise<void> {
  return attempt(async () => {
    await (areKept ? keepRows(place(), chosen.peek()) : removeRows(place()));
    said.value = areKept ? 'The rows are kept, too.' : 'The rows are deleted.';
  });
}

/** Shows a plan that was kept: because the user asked for it, or after a reload. */
export function showAgain(id: string, isAsked: boolean): Promise<void> {
  return attempt(async () => {
    const found = await readPlan(id);
    const about = kept.peek().find((one) => one.id === id) ?? (await listPlans()).find((one) => one.id === id);
    if (found === undefined || about === undefined) {
      rememberLast(undefined);
      said.value = 'This plan can no longer be shown.';
      return;
    }
    rememberLast(id);
    showKept(about.name, found, isAsked);
  });
}

/** Deletes all that is kept of some plans. What the page shows stays until it is closed. */
export function remove(ids: readonly string[]): Promise<void> {
  return attempt(async () => {
    await removePlans(ids);
    rememberLast(undefined);
    said.value = 'Deleted.';
  });
}
