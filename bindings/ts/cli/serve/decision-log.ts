/** The log of a gateway's decisions: JSON Lines, appended to a file that only its owner can read. */

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { diskError } from '../../files/disk/errors.js';
import type { LogEntry } from './gateway.js';

export interface DecisionLog {
  add(entry: LogEntry): void;
  /** Resolves once everything is written. */
  close(): Promise<void>;
}

/**
 * Opens a log. `onError` is called with each failure to write; the gateway goes on. Errors: `network` for a file that
 * cannot be opened.
 */
export async function openLog(file: string, onError: (error: Error) => void): Promise<DecisionLog> {
  const stream = createWriteStream(file, { flags: 'a', mode: 0o600 });
  try {
    await once(stream, 'open');
  } catch (cause) {
    throw diskError(`${file} could not be opened`, cause);
  }
  stream.on('error', onError);
  return {
    add: (entry) => {
      stream.write(`${JSON.stringify(entry)}\n`);
    },
    close: async () => {
      if (stream.errored !== null) return;
      stream.end();
      await once(stream, 'close').catch(() => undefined);
    },
  };
}
