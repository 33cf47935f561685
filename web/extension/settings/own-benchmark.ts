/** An index of one's own: looked at before it is kept, and kept before the last one goes. */
import { type IndexInfo, SignalboxError } from 'signalbox';
import { WorkerRouter } from 'signalbox/worker';
import { rewrite, stored } from '../stored/live.js';
import { eraseIndex, keepIndex } from '../stored/own-index.js';
import type { OwnIndex } from '../stored/schema.js';

/** More would not fit into the memory that a router may use. */
const MOST_BYTES = 1_000_000_000;

/** It is sound, but made by an embedder that is not at hand. */
export class OtherEmbedder extends Error {
  constructor(readonly info: IndexInfo) {
    super(
      `this index was built with the embedder ${info.embedder.id}, and prompts can only be compared with it by the same one; ` +
        'the extension has the shipped embedder alone',
    );
  }
}

/**
 * What an index holds, if prompts can be routed on it. `undefined`: the shipped one. Errors: those of `WorkerRouter.load`,
 * and `OtherEmbedder`.
 */
export async function inspect(index: Uint8Array<ArrayBuffer> | undefined): Promise<IndexInfo> {
  const router = await WorkerRouter.load({ index });
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
export async function routeOn(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const last = stored.peek().index;
  const index = await keepIndex(name, bytes);
  try {
    await rewrite((now) => ({ ...now, index }));
  } catch (error) {
    await eraseIndex(index);
    throw error;
  }
  if (last !== null) await eraseIndex(last);
}

export async function routeOnFile(file: File): Promise<void> {
  if (file.size > MOST_BYTES) {
    throw new Error(`${file.name}: got ${file.size} bytes, expected at most ${MOST_BYTES}`);
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  await inspect(bytes);
  await routeOn(file.name.replace(/\.sbx$/i, ''), bytes);
}

export async function routeOnShipped(index: OwnIndex): Promise<void> {
  await rewrite((now) => ({ ...now, index: null }));
  await eraseIndex(index);
}
