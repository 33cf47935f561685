/**
 * Storage of the settings, for all pages of the extension and its background. They are in the extension's IndexedDB:
 * content scripts have access to `storage.local`, and so has a page that takes one over.
 */
import { createStore, get, setMany, type UseStore } from 'idb-keyval';
import { DEFAULT_STORED, type Stored } from './schema.js';
import { readStored } from './upgrade.js';

const KEY = 'stored';
/** A copy of damaged settings: the user's data is never thrown away. */
const DAMAGED = 'damaged';
/** In `storage.session`, which content scripts cannot access. Unlike IndexedDB, its changes wake the background. */
const CHANGED = 'storedChanged';

let opened: UseStore | undefined;
const store = () => (opened ??= createStore('signalbox-stored', 'stored'));

/** Returns the current settings. Errors: `FromTheFuture`. */
export async function loadStored(): Promise<Stored> {
  return readStored(await get<unknown>(KEY, store())).stored;
}

/**
 * Returns the current settings, or the defaults (without sites) if they cannot be read: the background cannot show
 * errors.
 */
export const loadStoredOrNone = () => loadStored().catch(() => DEFAULT_STORED);

/** Returns whether settings were ever written; browsers may keep them when the extension is removed. */
export const isStored = async () => (await get<unknown>(KEY, store())) !== undefined;

/**
 * Changes the settings. Changes run one at a time, across all pages, and damaged settings are copied first. Errors:
 * `FromTheFuture`, and then nothing is written.
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

/** Calls `listener` after each change, those of this page included; returns an unsubscribe function. */
export function onStored(listener: (stored: Stored) => void): () => void {
  const listen = (changes: Record<string, chrome.storage.StorageChange>, area: string) => {
    if (area === 'session' && CHANGED in changes) loadStored().then(listener, () => undefined);
  };
  chrome.storage.onChanged.addListener(listen);
  return () => chrome.storage.onChanged.removeListener(listen);
}
