/** The user's own index: checked before it is kept, and kept before the last one is erased. */
import { type IndexInfo, SignalboxError } from 'signalbox';
import { WorkerRouter } from 'signalbox/worker';
import { eraseIndex, keepIndex } from '../stored/own-index.js';
import type { OwnIndex } from '../stored/schema.js';
import { rewrite, stored } from '../stored/stored-signals.js';

/** A larger index would not fit into the memory that a router may use. */
const MOST_BYTES = 1_000_000_000;

/** The index is valid, but its embedder is not available. */
export class OtherEmbedder extends Error {
  constructor(readonly info: IndexInfo) {
    super(
      `it was built with ${info.embedder.id ? `the embedder ${info.embedder.id}` : 'an unnamed embedder'}, which is not on ` +
        'this device',
    );
  }
}

/** Bytes of an index, with `model` as in `OwnIndex`; `undefined` is the built-in index. */
type Inspected = { bytes: Uint8Array<ArrayBuffer>; model: string | null } | undefined;

/** Compares only the name of the sentence transformer, which may not be on this device. */
async function inspectFor(model: string, index: Uint8Array<ArrayBuffer>): Promise<IndexInfo> {
  const router = await WorkerRouter.load({ index, embedder: null });
  router.dispose();
  const { id } = router.info.embedder;
  if (id !== model) throw new Error(`got an index of the embedder ${id}, expected one of ${model}`);
  return router.info;
}

/**
 * Returns what an index holds after routing a prompt with it. Errors: those of `WorkerRouter.load`, and
 * `OtherEmbedder`.
 */
export async function inspect(index: Inspected): Promise<IndexInfo> {
  if (index !== undefined && index.model !== null) return inspectFor(index.model, index.bytes);
  const router = await WorkerRouter.load({ index: index?.bytes });
  try {
    await router.route('Can it answer?', { neighbours: 0 });
    return router.info;
  } catch (error) {
    const isOther = error instanceof SignalboxError && error.code === 'embedder_mismatch';
    throw isOther ? new OtherEmbedder(router.info) : error;
  } finally {
    router.dispose();
  }
}

/** Keeps an index and uses it from now on. */
export async function routeOn(
  about: Pick<OwnIndex, 'name' | 'model' | 'dtype'>,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const last = stored.peek().index;
  const index = await keepIndex(about, bytes);
  try {
    await rewrite((now) => ({ ...now, index }));
  } catch (error) {
    await eraseIndex(index);
    throw error;
  }
  if (last !== null) await eraseIndex(last);
}

export async function readFile(file: File): Promise<Uint8Array<ArrayBuffer>> {
  if (file.size > MOST_BYTES) {
    throw new Error(`${file.name}: got ${file.size} bytes, expected at most ${MOST_BYTES}`);
  }
  return new Uint8Array(await file.arrayBuffer());
}

export const nameOf = (file: File) => file.name.replace(/\.sbx$/i, '');

/** Checks, keeps and uses the index in a file. Errors: those of `inspect`. */
export async function routeOnFile(file: File): Promise<void> {
  const bytes = await readFile(file);
  await inspect({ bytes, model: null });
  await routeOn({ name: nameOf(file), model: null, dtype: 'q8' }, bytes);
}

export async function routeOnShipped(index: OwnIndex): Promise<void> {
  await rewrite((now) => ({ ...now, index: null }));
  await eraseIndex(index);
}
