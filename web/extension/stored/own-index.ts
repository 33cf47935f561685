/** The bytes of the user's own index, in the extension's IndexedDB. They are validated like a file when they are used. */
import { createStore, del, get, set, type UseStore } from 'idb-keyval';
import type { OwnIndex } from './schema.js';

let opened: UseStore | undefined;
const store = () => (opened ??= createStore('signalbox-index', 'index'));

/** Keeps an index beside the others, which `eraseIndex` removes. Errors: `QuotaExceededError`. */
export async function keepIndex(
  about: Pick<OwnIndex, 'name' | 'model' | 'dtype'>,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<OwnIndex> {
  const id = crypto.randomUUID();
  await set(id, bytes, store());
  return { ...about, id, name: about.name.slice(0, 300), sizeBytes: bytes.byteLength };
}

export async function readIndex({ id }: Pick<OwnIndex, 'id'>): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await get<unknown>(id, store());
  if (!(bytes instanceof Uint8Array)) throw new Error('its file is no longer in this browser’s storage');
  return bytes as Uint8Array<ArrayBuffer>;
}

export const eraseIndex = ({ id }: Pick<OwnIndex, 'id'>) => del(id, store());
