/**
 * The id of the kept benchmark that the page opens with. It is in localStorage, which can be read synchronously: for a
 * visitor who keeps nothing, IndexedDB need not be opened.
 */
const KEY = 'signalbox-demo-benchmark';

/** Returns `undefined` if nothing is kept, or '' if something is kept but the shipped benchmark is in use. */
function read(): string | undefined {
  try {
    return localStorage.getItem(KEY) ?? undefined;
  } catch {
    return undefined; // Storage is turned off.
  }
}

export const isAnythingKept = () => read() !== undefined;

export const rememberedId = () => read() || undefined;

/** Makes the next visit open with this benchmark, or with the shipped one if `id` is `undefined`. */
export function remember(id: string | undefined): void {
  if (id === undefined && !isAnythingKept()) return;
  try {
    localStorage.setItem(KEY, id ?? '');
  } catch {
    // The next visit then opens with the shipped one.
  }
}

/** Records that nothing is kept any more. */
export function forgetAll(): void {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // Storage is turned off: nothing was recorded.
  }
}
