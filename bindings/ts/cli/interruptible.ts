import process from 'node:process';
import { Progress } from './progress.js';

/** Aborts on the first Ctrl-C or SIGTERM; the second one kills the process. */
export async function interruptible<T>(use: (progress: Progress, signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const onSignal = () => stop.abort(new Error('interrupted'));
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  const progress = new Progress(process.stderr, stop.signal);
  try {
    return await use(progress, stop.signal);
  } finally {
    progress.end();
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}
