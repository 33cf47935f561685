/** The settings in `storage.local`, for every page of the extension and its background. */
import { DEFAULT_STORED, type Stored } from './schema.js';
import { readStored } from './upgrade.js';

const KEY = 'stored';
/** What was found damaged, as it was: nothing of a person's is thrown away. */
const DAMAGED = 'damaged';

/** The settings of now. Errors: `FromTheFuture`. */
export async function loadStored(): Promise<Stored> {
  const { [KEY]: raw } = await chrome.storage.local.get(KEY);
  return readStored(raw).stored;
}

/** The same where nobody is there to be told: without settings that can be read there are no sites. */
export const loadStoredOrNone = () => loadStored().catch(() => DEFAULT_STORED);

/**
 * Changes them, one change after the other, whichever page it comes from. What was damaged is put aside first.
 * Errors: `FromTheFuture`, and nothing is written.
 */
export function changeStored(change: (stored: Stored) => Stored): Promise<Stored> {
  return navigator.locks.request('stored', async () => {
    const { [KEY]: raw } = await chrome.storage.local.get(KEY);
    const { stored, isDamaged } = readStored(raw);
    const next = change(stored);
    await chrome.storage.local.set({ [KEY]: next, ...(isDamaged ? { [DAMAGED]: raw } : {}) });
    return next;
  });
}

/** Called after every change, also one of this page. Gives what ends it. */
export function onStored(listener: (stored: Stored) => void): () => void {
  const listen = (changes: Record<string, chrome.storage.StorageChange>, area: string) => {
    if (area === 'local' && KEY in changes) loadStored().then(listener, () => undefined);
  };
  chrome.storage.onChanged.addListener(listen);
  return () => chrome.storage.onChanged.removeListener(listen);
}
