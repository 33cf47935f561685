/** Notices threads of ONNX Runtime that never start; the runtime would wait for them forever. */
import { SignalboxError } from '../errors.js';

/** Milliseconds within which a thread has to answer for the first time. */
const LIMIT_MS = 10_000;

/** The beginning of the names of the runtime's threads. */
const THREAD = 'em-pthread';

/** The threads of ONNX Runtime did not start, and cannot be started again in this realm. */
export class LateThreads extends SignalboxError {
  constructor() {
    super(
      'network',
      `the threads of ONNX Runtime did not start within ${LIMIT_MS / 1000} s: set threads to 1, in another worker or page`,
    );
  }
}

/**
 * Returns what `start` returns, which may start threads in this realm. Errors: `LateThreads` if a thread does not answer
 * its first message in time. In Node.js, nothing is watched.
 */
export async function withThreadLimit<T>(start: () => Promise<T>): Promise<T> {
  const { Worker } = globalThis;
  if (Worker === undefined) return start();
  let fail = (_: LateThreads) => {};
  const late = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const timers: ReturnType<typeof setTimeout>[] = [];
  const watch = (thread: Worker) => {
    const timer = setTimeout(() => fail(new LateThreads()), LIMIT_MS);
    timers.push(timer);
    thread.addEventListener('message', () => clearTimeout(timer), { once: true });
  };
  class Watched extends Worker {
    #isUnasked: boolean;

    constructor(script: string | URL, options?: WorkerOptions) {
      super(script, options);
      this.#isUnasked = options?.name?.startsWith(THREAD) ?? false;
    }

    override postMessage(message: unknown, options?: StructuredSerializeOptions | Transferable[]): void {
      super.postMessage(message, options as StructuredSerializeOptions);
      if (!this.#isUnasked) return;
      this.#isUnasked = false;
      watch(this);
    }
  }
  globalThis.Worker = Watched;
  try {
    return await Promise.race([start(), late]);
  } finally {
    if (globalThis.Worker === Watched) globalThis.Worker = Worker;
    for (const timer of timers) clearTimeout(timer);
  }
}
