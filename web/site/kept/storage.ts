/** Benchmarks that the user chose to keep, in this browser's IndexedDB. Their bytes are validated like a file's. */
import { createStore, delMany, getMany, keys, setMany, type UseStore } from 'idb-keyval';
import { bytes } from '../../shared/format.js';
import { forgetAll, remember } from './remembered.js';

/** An entry of the list; the bytes are stored under a key of their own. */
export interface Kept {
  id: string;
  name: string;
  keptAt: number;
  sizeBytes: number;
  rows: number;
  models: number;
}

const ABOUT = 'about:';
const INDEX = 'index:';

const DATABASE = 'signalbox-demo';

let opened: UseStore | undefined;
/** Opens the database on first use, so that none is created for a visitor who keeps nothing. */
export const store = () => (opened ??= createStore(DATABASE, 'benchmarks'));

/** Says whether anything was ever kept, without creating the database. */
export async function hasStore(): Promise<boolean> {
  try {
    return (await indexedDB.databases()).some(({ name }) => name === DATABASE);
  } catch {
    return false; // Storage is turned off.
  }
}

const NUMBERS = ['sizeBytes', 'rows', 'models'] as const;

/** Validates an entry: other pages of this host may write to the same storage. */
function isKept(value: unknown): value is Kept {
  const about = (value ?? {}) as Partial<Record<keyof Kept, unknown>>;
  const hasNumbers = NUMBERS.every((key) => Number.isFinite(about[key]));
  const hasDate = typeof about.keptAt === 'number' && !Number.isNaN(new Date(about.keptAt).getTime());
  return typeof about.id === 'string' && typeof about.name === 'string' && hasNumbers && hasDate;
}

/** Lists what is kept, newest first. */
export async function listKept(): Promise<Kept[]> {
  const found = (await keys(store())).filter((key) => String(key).startsWith(ABOUT));
  return (await getMany<unknown>(found, store())).filter(isKept).sort((a, b) => b.keptAt - a.keptAt);
}

/** Keeps an index. Errors: `QuotaExceededError`, or any other error of the browser's storage. */
export async function keep(
  index: Uint8Array<ArrayBuffer>,
  about: Pick<Kept, 'name' | 'rows' | 'models'>,
): Promise<Kept> {
  const id = crypto.randomUUID?.() ?? String(Date.now() + Math.random());
  const kept: Kept = { ...about, id, keptAt: Date.now(), sizeBytes: index.byteLength };
  // In one transaction: both or neither.
  await setMany(
    [
      [INDEX + id, index],
      [ABOUT + id, kept],
    ],
    store(),
  );
  remember(id);
  return kept;
}

/** The kept index no longer exists. */
export class NotKept extends Error {}

export async function readKept(id: string): Promise<{ name: string; index: Uint8Array<ArrayBuffer> }> {
  const [about, index] = await getMany<unknown>([ABOUT + id, INDEX + id], store());
  if (!(index instanceof Uint8Array)) throw new NotKept('it is no longer in this browser’s storage');
  return { name: isKept(about) ? about.name : 'a kept benchmark', index: index as Uint8Array<ArrayBuffer> };
}

export async function removeKept(id: string): Promise<void> {
  await delMany([ABOUT + id, INDEX + id], store());
  if ((await listKept()).length === 0) forgetAll();
}

/** Asks the browser never to evict the storage. Resolves to `undefined` if it cannot be asked. */
export async function persist(): Promise<boolean | undefined> {
  return navigator.storage?.persist?.().catch(() => undefined);
}

async function roomWords(): Promise<string> {
  const room = await navigator.storage?.estimate?.().catch(() => undefined);
  if (room?.quota === undefined) return '';
  return `: ${bytes(room.usage ?? 0)} of ${bytes(room.quota)} are in use`;
}

/** Describes a failure, and what the user can do about it. */
export async function storageWords(error: unknown): Promise<string> {
  if (error instanceof NotKept) return `This benchmark cannot be used: ${error.message}.`;
  if ((error as Error | undefined)?.name === 'QuotaExceededError') {
    return `This browser's storage has no room for it${await roomWords()}. Remove something, or download the index instead.`;
  }
  return `This browser does not allow the page to store anything (${String(error)}). Download the index instead.`;
}
