/** An index of one's own: looked at before it is kept, and kept before the last one goes. */
import { type IndexInfo, SignalboxError } from 'signalbox';
import { WorkerRouter } from 'signalbox/worker';
import { eraseIndex, keepIndex } from '../stored/own-index.js';
import type { OwnIndex } from '../stored/schema.js';
import { rewrite, stored } from '../stored/stored-signals.js';

/** More would not fit into the memory that a router may use. */
const MOST_BYTES = 1_000_000_000;

/** It is sound, but made by an embedder that is not at hand. */
export class OtherEmbedder extends Error {
  constructor(readonly info: IndexInfo) {
    super(
      `it was built with the embedder ${info.embedder.id || 'without a name'}, and prompts can only be compared with it by ` +
        'the same one, which is not on this device',
    );
  }
}

/** The shipped index, or bytes and what is said of them: `model` as in `OwnIndex`. */
type Inspected = { bytes: Uint8Array<ArrayBuffer>; model: string | null } | undefined;

/** Of a sentence transformer only the name is compared: whether it is at hand is another question. */
async function inspectFor(model: string, index: Uint8Array<ArrayBuffer>): Promise<IndexInfo> {
  const router = await WorkerRouter.load({ index, embedder: null });
  router.dispose();
  const { id } = router.info.embedder;
  if (id !== model) throw new Error(`got an index of the embedder ${id}, expected one of ${model}`);
  return router.info;
}

/** What an index holds, if prompts can be routed on it. Errors: those of `WorkerRouter.load`, and `OtherEmbedder`. */
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

/** Keeps the bytes, and routes on them from now on. */
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

/** Errors: those of `inspect`. */
export async function routeOnFile(file: File): Promise<void> {
  const bytes = await readFile(file);
  await inspect({ bytes, model: null });
  await routeOn({ name: nameOf(file), model: null, dtype: 'q8' }, bytes);
}

export async function routeOnShipped(index: OwnIndex): Promise<void> {
  await rewrite((now) => ({ ...now, index: null }));
  await eraseIndex(index);
}
