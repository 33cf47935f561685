/**
 * Runs commands that read files in a thread of their own: a parser that never returns, or that takes all memory, ends with
 * the thread, and signals still arrive.
 */
import { once } from 'node:events';
import path from 'node:path';
import process from 'node:process';
import { getHeapStatistics } from 'node:v8';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { SignalboxError } from '../errors.js';
import { removeOwn } from '../files/disk/temporary.js';
import { codeOf, type EndSignal, onSignals } from './interruptible.js';

/** Milliseconds for a command to stop by itself after the first signal. */
const GRACE_MS = 3000;

/** The terminal behind a stream, of which a thread knows nothing. */
interface Terminal {
  isTTY: boolean;
  columns: number;
}

type Terminals = Record<'stdout' | 'stderr', Terminal>;

const terminalOf = ({ isTTY = false, columns }: NodeJS.WriteStream): Terminal => ({ isTTY, columns });

/** Removes this process's temporary files beside the outputs: the thread no longer can. */
async function removeTemporary(outputs: readonly string[]): Promise<void> {
  for (const folder of new Set(outputs.map((output) => path.dirname(path.resolve(output))))) await removeOwn(folder);
}

/**
 * Runs this command line once more, in a thread. Errors: `out_of_memory`, `aborted` if the thread did not stop by itself
 * after a signal.
 */
async function runInThread(outputs: readonly string[]): Promise<void> {
  const heapMb = Math.floor(getHeapStatistics().heap_size_limit / 2 ** 20);
  const thread = new Worker(new URL('../cli.js', import.meta.url), {
    argv: process.argv.slice(2),
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
    workerData: { stdout: terminalOf(process.stdout), stderr: terminalOf(process.stderr) } satisfies Terminals,
  });
  let by: EndSignal | undefined;
  let isEnded = false;
  let timer: NodeJS.Timeout | undefined;
  const end = () => {
    isEnded = true;
    thread.terminate();
  };
  const stopListening = onSignals((signal) => {
    if (by !== undefined) end();
    else {
      by = signal;
      thread.postMessage(signal);
      timer = setTimeout(end, GRACE_MS);
    }
  });
  try {
    const [code] = await once(thread, 'exit');
    process.exitCode = code;
    if (!isEnded) return;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_WORKER_OUT_OF_MEMORY') throw cause;
    await removeTemporary(outputs);
    throw new SignalboxError(
      'out_of_memory',
      `more than ${heapMb} MB are needed: node --max-old-space-size allows more`,
      { cause },
    );
  } finally {
    clearTimeout(timer);
    stopListening();
  }
  await removeTemporary(outputs);
  process.once('exit', () => {
    process.exitCode = codeOf(by as EndSignal);
  });
  throw new SignalboxError('aborted', 'the operation was aborted');
}

/** Makes this thread look like the process to the command: its signals and its terminals. */
function adopt(): void {
  const { stdout, stderr } = workerData as Terminals;
  Object.assign(process.stdout, stdout);
  Object.assign(process.stderr, stderr);
  parentPort?.on('message', (signal: EndSignal) => process.emit(signal, signal));
  // Waiting for a signal must not keep the thread alive.
  parentPort?.unref();
}

/** Returns an action that runs in a thread; `outputsOf` returns the files that it writes. */
export function threaded<Args extends unknown[]>(
  act: (...args: Args) => Promise<void>,
  outputsOf: (...args: Args) => (string | undefined)[],
): (...args: Args) => Promise<void> {
  return async (...args) => {
    if (isMainThread) {
      await runInThread(outputsOf(...args).filter((output) => output !== undefined));
      return;
    }
    adopt();
    await act(...args);
  };
}
