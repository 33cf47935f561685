/** Export and import of everything that the extension keeps. */

import { revokeUnneeded } from '../mine/changing-sites.js';
import { inspect } from '../mine/own-benchmark.js';
import { listFeedback, replaceFeedback } from '../stored/feedback.js';
import { eraseIndex, keepIndex, readIndex } from '../stored/own-index.js';
import { rewrite, stored } from '../stored/stored-signals.js';
import { type Everything, packAll, unpackAll } from '../stored/transfer.js';

export async function exportAll(): Promise<Uint8Array<ArrayBuffer>> {
  const now = stored.peek();
  const index = now.index === null ? null : await readIndex(now.index);
  return packAll({ stored: now, feedback: await listFeedback(), index });
}

/** Returns the content of an exported file after checking it. Changes nothing. */
export async function readExported(file: Blob): Promise<Everything> {
  const found = await unpackAll(file);
  const { stored: settings, index: bytes } = found;
  if (bytes !== null) {
    await inspect({ bytes, model: settings.index?.model ?? null }).catch((error: Error) => {
      throw new Error(`index.sbx: ${error.message}`);
    });
  }
  return found;
}

/** Replaces everything that is kept, or nothing if that fails. */
export async function importAll({ stored: next, feedback, index: bytes }: Everything): Promise<void> {
  const last = stored.peek();
  const index = bytes === null || next.index === null ? null : await keepIndex(next.index, bytes);
  try {
    await rewrite(() => ({ ...next, index }));
    try {
      await replaceFeedback(feedback);
    } catch (error) {
      await rewrite(() => last);
      throw error;
    }
  } catch (error) {
    if (index !== null) await eraseIndex(index);
    throw error;
  }
  if (last.index !== null) await eraseIndex(last.index);
  // The settings would no longer show these permissions.
  await revokeUnneeded(Object.keys(last.sites));
}
