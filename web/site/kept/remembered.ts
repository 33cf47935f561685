/**
 * Which kept benchmark the page opens with: an id in localStorage, which is read at once. A visitor who keeps nothing
 * waits for nothing: whether there is anything in IndexedDB is known without opening it.
 */
const KEY = 'signalbox-demo-benchmark';

/** `undefined`: nothing was ever kept. Empty: something is, and the shipped benchmark is used. */
function read(): string | undefined {
  try {
    return localStorage.getItem(KEY) ?? undefined;
  } catch {
    return undefined; // Storage is turned off.
  }
}

export const isAnythingKept = () => read() !== undefined;

export const rememberedId = () => read() || undefined;

/** Opens with this one from the next visit on; without an id with the shipped one. */
export function remember(id: string | undefined): void {
  if (id === undefined && !isAnythingKept()) return;
  try {
    localStorage.setItem(KEY, id ?? '');
  } catch {
    // The page opens with the shipped one then.
  }
}

/** Nothing is kept any more. */
export function forgetAll(): void {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // There is nothing to forget.
  }
}
