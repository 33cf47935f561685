/** The plan that this tab shows, by its place in the browser's storage: a reload shows it again. */
const KEY = 'signalbox-plan';

export function lastPlan(): string | undefined {
  try {
    return sessionStorage.getItem(KEY) ?? undefined;
  } catch {
    return undefined; // Storage is turned off.
  }
}

/** Remembers a plan; `undefined` for none. */
export function rememberLast(id: string | undefined): void {
  try {
    if (id === undefined) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, id);
  } catch {
    // Storage is turned off: a reload begins anew.
  }
}
