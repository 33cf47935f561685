import { constants } from 'node:os';
import process from 'node:process';
import { Progress } from './progress.js';

/** Ctrl-C, a polite end, and a closed terminal. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

let interruptedBy: (typeof SIGNALS)[number] | undefined;

/** Returns the exit code of a command that a signal ended, as shells count it: 130 after Ctrl-C. */
export const interruptCode = () => (interruptedBy === undefined ? undefined : 128 + constants.signals[interruptedBy]);

/**
 * Aborts on the first signal; the second one exits at once. Either way temporary files are removed: by the command that
 * aborts, or as the process exits.
 */
export async function interruptible<T>(use: (progress: Progress, signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const onSignal = (signal: (typeof SIGNALS)[number]) => {
    if (interruptedBy !== undefined) process.exit(128 + constants.signals[signal]);
    interruptedBy = signal;
    stop.abort(new Error(`interrupted by ${signal}`));
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  const progress = new Progress(process.stderr, stop.signal);
  try {
    return await use(progress, stop.signal);
  } finally {
    progress.end();
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
}
