/** The page's half of a conversation with a worker: numbered questions, and their answers. */
import { abortable, type ErrorCode, errorFrom, SignalboxError, throwIfAborted } from '../errors.js';

/** What every worker of the package understands beside its own questions. */
export type Control =
  | { id: number; call: 'dispose' }
  /** Aborts the call of this id. */
  | { id: number; call: 'abort' };

export type Answer<Progress> =
  | { id: number; value: unknown }
  | { id: number; error: { code: ErrorCode; message: string } }
  | { id: number; progress: Progress };

interface Call {
  resolve(value: never): void;
  reject(error: SignalboxError): void;
  onProgress: ((event: never) => void) | undefined;
}

export interface AskOptions {
  signal?: AbortSignal | undefined;
  onProgress?: ((event: never) => void) | undefined;
}

/** Addresses are resolved here: the worker has another base. Without one (in Node) a path stays a path. */
export function resolveAddress(address: string | URL): string {
  const base = globalThis.location?.href;
  try {
    return base === undefined ? String(address) : new URL(address, base).href;
  } catch (cause) {
    throw new SignalboxError('network', `'${String(address)}' is not an address`, { cause });
  }
}

/** A worker, or a `MessagePort`, which has nothing to end. */
type OtherEnd = Pick<Worker, 'postMessage' | 'addEventListener' | 'removeEventListener'> & { terminate?(): void };

export class Channel<Question extends { call: string }> {
  readonly #worker: OtherEnd;
  readonly #ownsWorker: boolean;
  readonly #what: string;
  readonly #calls = new Map<number, Call>();
  readonly #listen = ({ data }: MessageEvent<Answer<unknown>>) => this.#receive(data);
  readonly #break = (event: Event) => {
    const why = (event as ErrorEvent).message ?? 'its script could not be loaded';
    this.#failAll(errorFrom('network', `the worker could not be started: ${why}`));
  };
  #last = 0;
  #closed = false;

  /** `what` is at the other end; without a worker `start` starts one, which `close` ends. */
  constructor(worker: OtherEnd | undefined, what: string, start: () => Worker) {
    if (worker === undefined && typeof Worker === 'undefined') {
      throw new SignalboxError(
        'invalid_argument',
        `there are no workers here: give one for the ${what}, or do without`,
      );
    }
    this.#what = what;
    this.#ownsWorker = worker === undefined;
    this.#worker = worker ?? start();
    this.#worker.addEventListener('message', this.#listen);
    this.#worker.addEventListener('error', this.#break);
  }

  async ask<T>(question: Question, { signal, onProgress }: AskOptions): Promise<T> {
    if (this.#closed) throw this.#disposed();
    throwIfAborted(signal);
    const id = ++this.#last;
    const answer = new Promise<T>((resolve, reject) => {
      this.#calls.set(id, { resolve, reject, onProgress });
    });
    const stop = () => this.#worker.postMessage({ id, call: 'abort' });
    signal?.addEventListener('abort', stop, { once: true });
    try {
      try {
        this.#worker.postMessage({ ...question, id });
      } catch (cause) {
        throw new SignalboxError('invalid_argument', `the options cannot move to a worker: ${String(cause)}`, {
          cause,
        });
      }
      return await abortable(answer, signal);
    } finally {
      signal?.removeEventListener('abort', stop);
      this.#calls.delete(id);
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#failAll(this.#disposed());
    this.#worker.removeEventListener('message', this.#listen);
    this.#worker.removeEventListener('error', this.#break);
    if (this.#ownsWorker) this.#worker.terminate?.();
    else this.#worker.postMessage({ id: 0, call: 'dispose' });
  }

  #disposed(): SignalboxError {
    return new SignalboxError('disposed', `the ${this.#what} was disposed`);
  }

  #receive(answer: Answer<unknown>): void {
    const call = this.#calls.get(answer.id);
    if (call === undefined) return; // Given up by its caller.
    if ('progress' in answer) (call.onProgress as ((event: unknown) => void) | undefined)?.(answer.progress);
    else if ('error' in answer) call.reject(errorFrom(answer.error.code, answer.error.message));
    else call.resolve(answer.value as never);
  }

  #failAll(error: SignalboxError): void {
    for (const call of this.#calls.values()) call.reject(error);
    this.#calls.clear();
  }
}
