/**
 * The settings, for every page of the extension and its background. In IndexedDB of the extension: `storage.local` is open
 * to content scripts, and a page that took one over could read and write it.
 */
import { createStore, get, setMany, type UseStore } from 'idb-keyval';
import { DEFAULT_STORED, type Stored } from './schema.js';
import { readStored } from './upgrade.js';

const KEY = 'stored';
/** What was found damaged, as it was: nothing of a person's is thrown away. */
const DAMAGED = 'damaged';
/** In `storage.session`, which is closed to content scripts: its changes wake the background, as IndexedDB's do not. */
const CHANGED = 'storedChanged';

let opened: UseStore | undefined;
const store = () => (opened ??= createStore('signalbox-stored', 'stored'));

/** The settings of now. Errors: `FromTheFuture`. */
export async function loadStored(): Promise<Stored> {
  return readStored(await get<unknown>(KEY, store())).stored;
}

/** The same where nobody is there to be told: without settings that can be read there are no sites. */
export const loadStoredOrNone = () => loadStored().catch(() => DEFAULT_STORED);

/**
 * Changes them, one change after the other, whichever page it comes from. What was damaged is put aside first.
 * Errors: `FromTheFuture`, and nothing is written.
 */
export function changeStored(change: (stored: Stored) => Stored): Promise<Stored> {
  return navigator.locks.request('stored', async () => {
    const raw = await get<unknown>(KEY, store());
    const { stored, isDamaged } = readStored(raw);
    const next = change(stored);
    const aside: [string, unknown][] = isDamaged ? [[DAMAGED, raw]] : [];
    await setMany([[KEY, next], ...aside], store());
    await chrome.storage.session.set({ [CHANGED]: crypto.randomUUID() });
    return next;
  });
}

/** Called after every change, also one of this page. Gives what ends it. */
export function onStored(listener: (stored: Stored) => void): () => void {
  const listen = (changes: Record<string, chrome.storage.StorageChange>, area: string) => {
    if (area === 'session' && CHANGED in changes) loadStored().then(listener, () => undefined);
  };
  chrome.storage.onChanged.addListener(listen);
  return () => chrome.storage.onChanged.removeListener(listen);
}
