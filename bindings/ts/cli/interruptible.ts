import { constants } from 'node:os';
import process from 'node:process';
import { Progress } from './progress.js';

/** Ctrl-C, a polite end, and a closed terminal. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
export type EndSignal = (typeof SIGNALS)[number];

/** Passes the signals to `onSignal` until the returned function is called. */
export function onSignals(onSignal: (signal: EndSignal) => void): () => void {
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return () => {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
}

/** Returns the exit code of a command that a signal ended, as shells count it: 130 after Ctrl-C. */
export const codeOf = (signal: EndSignal) => 128 + constants.signals[signal];

let interruptedBy: EndSignal | undefined;

/** Returns the exit code of an interrupted command; `undefined` if there was no signal. */
export const interruptCode = () => (interruptedBy === undefined ? undefined : codeOf(interruptedBy));

/**
 * Aborts on the first signal; the second one exits at once. Either way temporary files are removed: by the command that
 * aborts, or as the process exits.
 */
export async function interruptible<T>(use: (progress: Progress, signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const stopListening = onSignals((signal) => {
    if (interruptedBy !== undefined) process.exit(codeOf(signal));
    interruptedBy = signal;
    stop.abort(new Error(`interrupted by ${signal}`));
  });
  const progress = new Progress(process.stderr, stop.signal);
  try {
    return await use(progress, stop.signal);
  } finally {
    progress.end();
    stopListening();
  }
}
