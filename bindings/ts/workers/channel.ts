/** The page's half of a conversation with a worker: numbered calls and their answers. */
import { abortable, type ErrorCode, errorFrom, SignalboxError, throwIfAborted } from '../errors.js';
import { shortAddress } from '../files/describe.js';
import { hintFor, ownAddress } from '../files/pre-bundled.js';
import { watchAnswers, watchLock } from './life.js';

/** Services that a worker may offer; each entry script offers one. */
export type Service = 'router' | 'embedder' | 'build';

/** Calls that every service answers, besides its own. */
export type Control =
  /** Asks which service answers. */
  | { call: 'hello' }
  /** Asks for a sign of life. */
  | { call: 'ping' }
  /** Ends the conversation, and aborts its open calls. */
  | { call: 'dispose' }
  /** Aborts the call with this id. */
  | { call: 'abort' };

/**
 * A question on its way. Conversations may share a port: `from` names one, and `id`, which begins with it, a call.
 */
export type Asked<Question> = Question & { from: string; id: string };

export type Answer<Progress> =
  /** The answer to `hello` also names the lock that the worker's thread holds until its end. */
  | { id: string; value: unknown; lock?: string | undefined }
  | { id: string; error: { code: ErrorCode; message: string } }
  | { id: string; progress: Progress };

// biome-ignore lint/suspicious/noExplicitAny: messages and events, which each platform declares in its own way
type Any = any;

/** The shape of a thread of `node:worker_threads`. */
export interface ThreadLike {
  postMessage(message: Any, transfer?: Any): void;
  on(event: string, listener: (value: Any) => void): unknown;
  off(event: string, listener: (value: Any) => void): unknown;
  terminate?(): unknown;
}

/** The shape of a `Worker` and of a `MessagePort`. */
export interface PortLike {
  postMessage(message: Any, transfer?: Any): void;
  addEventListener(event: string, listener: (value: Any) => void): unknown;
  removeEventListener(event: string, listener: (value: Any) => void): unknown;
  start?(): void;
  terminate?(): void;
}

/** A worker, a port (of a `SharedWorker`, for example) or a thread of Node.js that serves one of this package's entries. */
export type WorkerLike = PortLike | ThreadLike;

export interface ChannelOptions {
  /** The service expected at the other end; also its name in messages. */
  service: Service;
  /** The entry script of the service, for messages. */
  entry: string;
  /** The worker to use. */
  worker?: WorkerLike | undefined;
  /** Starts a worker if none is given. */
  start(): WorkerLike;
  /** Whether `close` terminates the worker; default: if `start` started it. */
  owns?: boolean;
  /** Milliseconds within which the worker has to answer for the first time; default 30,000. `Infinity`: no limit. */
  startTimeoutMs?: number | undefined;
  /** Whether the other end lives as long as this one: nothing watches it then. */
  sharesLife?: boolean;
}

/** Longest delay of a timer; a longer one would fire at once. */
const LONGEST_MS = 2 ** 31 - 1;

interface Call {
  resolve(value: never): void;
  reject(error: unknown): void;
  onProgress: ((event: never) => void) | undefined;
}

export interface AskOptions {
  signal?: AbortSignal | undefined;
  onProgress?: ((event: never) => void) | undefined;
  transfer?: object[];
  /** `true`: `onProgress` is also called after the answer, until the end of the conversation. */
  reportsLater?: boolean;
}

/** Resolves an address against this page, since a worker has another base. Without a base (in Node) a path stays a path. */
export function resolveAddress(address: string | URL): string {
  const base = globalThis.location?.href;
  try {
    return base === undefined ? String(address) : new URL(address, base).href;
  } catch (cause) {
    throw new SignalboxError('network', `'${shortAddress(address)}' is not an address`, { cause });
  }
}

/** Listens to a worker, port or thread; returns a function that stops listening. */
function listenTo(worker: WorkerLike, onMessage: (data: unknown) => void, onEnd: (why: unknown) => void): () => void {
  const isThread = !('addEventListener' in worker);
  // biome-ignore lint/suspicious/noExplicitAny: an event, an error, or an exit code
  const end = (event: any) => onEnd(event?.message);
  // Each kind of worker sends some of these; the reason is in the message of an `ErrorEvent` or an `Error`.
  const listeners = {
    // biome-ignore lint/suspicious/noExplicitAny: an event, or from a thread the message itself
    message: (event: any) => onMessage(isThread ? event : event.data),
    messageerror: end,
    error: end,
    close: end,
    exit: end,
  };
  const entries = Object.entries(listeners);
  for (const [name, listener] of entries)
    isThread ? worker.on(name, listener) : worker.addEventListener(name, listener);
  if ('start' in worker) worker.start?.();
  return () => {
    for (const [name, listener] of entries) {
      isThread ? worker.off(name, listener) : worker.removeEventListener(name, listener);
    }
  };
}

/** One conversation. The first answer of the worker has a time limit; a failed conversation rejects every call. */
export class Channel<Question extends { call: string }> {
  readonly #worker: WorkerLike;
  readonly #options: ChannelOptions;
  /** Unique among the conversations at the port, which may be another page's. */
  readonly #from = Math.random().toString(36).slice(2);
  readonly #calls = new Map<string, Call>();
  /** The listeners of answered calls that report later. */
  readonly #late = new Map<string, (event: never) => void>();
  readonly #stopListening: () => void;
  /** Aborted at the end of the conversation. */
  readonly #ended = new AbortController();
  #lock: string | undefined;
  #noteAnswer = () => {};
  /** The conversation failed or was closed: the error of every further call. */
  #end: SignalboxError | undefined;
  #last = 0;

  /**
   * Errors: `network` if the worker cannot be started, `invalid_argument` if there are no workers here, or for a worker or
   * a limit that is not one.
   */
  constructor(options: ChannelOptions) {
    const { service, entry, worker, start, startTimeoutMs = 30_000 } = options;
    this.#options = options;
    if (!(startTimeoutMs >= 0)) {
      throw new SignalboxError('invalid_argument', `startTimeoutMs is ${startTimeoutMs}, expected 0 or more`);
    }
    if (worker != null && typeof worker.postMessage !== 'function') {
      throw new SignalboxError('invalid_argument', `worker is ${typeof worker}, expected a worker or a port`);
    }
    try {
      this.#worker = worker ?? start();
    } catch (cause) {
      if (cause instanceof SignalboxError) throw cause;
      throw new SignalboxError('network', `the worker of the ${service} could not be started: ${cause}`, { cause });
    }
    this.#stopListening = listenTo(
      this.#worker,
      (data) => this.#receive(data as Answer<unknown>),
      (why) => this.#fail(`failed: ${why ?? `it ended, or ${entry} could not be loaded${hintFor(ownAddress())}`}`),
    );
    this.#greet(startTimeoutMs);
  }

  /** Asks the worker; `transfer` moves buffers and ports to it. Errors: those of the answer, `aborted`, `disposed`. */
  async ask<T>(question: Question | Control, options: AskOptions = {}): Promise<T> {
    const { signal, onProgress, transfer, reportsLater } = options;
    if (this.#end !== undefined) throw this.#end;
    throwIfAborted(signal);
    const id = `${this.#from}:${++this.#last}`;
    const answer = new Promise<T>((resolve, reject) => {
      this.#calls.set(id, { resolve, reject, onProgress });
    });
    const stop = () => this.#post({ id, call: 'abort' });
    signal?.addEventListener('abort', stop, { once: true });
    try {
      this.#post({ ...question, id }, transfer);
      const value = await abortable(answer, signal);
      if (reportsLater && onProgress !== undefined) this.#late.set(id, onProgress);
      return value;
    } finally {
      signal?.removeEventListener('abort', stop);
      this.#calls.delete(id);
    }
  }

  /** Ends the conversation, and the worker if this channel owns it. Calls that are under way reject with `disposed`. */
  close(): void {
    const { service, worker, owns = worker == null } = this.#options;
    const disposed = new SignalboxError('disposed', `the ${service} was disposed`);
    this.#finish(disposed);
    this.#end = disposed;
    if (!owns) {
      try {
        this.#post({ call: 'dispose' });
      } catch {
        // The worker is gone.
      }
      return;
    }
    // A thread may still fail, which would end the process if nothing listened.
    if ('on' in this.#worker) this.#worker.on('error', () => undefined);
    (this.#worker as Partial<Worker>).terminate?.();
  }

  /** Finds out whether the worker provides the expected service, and fails if it does not answer in time. */
  #greet(limitMs: number): void {
    const { service, entry } = this.#options;
    const late = () => this.#fail(`did not answer within ${limitMs} ms: is its script ${entry}?`);
    const timer = limitMs === Number.POSITIVE_INFINITY ? undefined : setTimeout(late, Math.min(limitMs, LONGEST_MS));
    this.ask({ call: 'hello' })
      .then((got) => (got === service ? this.#watch() : this.#fail(`serves '${got}', expected ${entry}`)))
      .catch((cause) => this.#fail(`failed: ${cause.message}`))
      .finally(() => clearTimeout(timer));
  }

  /** Notices the end of a worker that sends no event of it. */
  async #watch(): Promise<void> {
    const { signal } = this.#ended;
    const isThread = !('addEventListener' in this.#worker);
    if (isThread || this.#options.sharesLife) return;
    const onGone = () => this.#fail('is gone: it was terminated, or the system ended it');
    if ((await watchLock(this.#lock, onGone, signal)) || signal.aborted) return;
    const ping = () => this.#post({ id: `${this.#from}:ping`, call: 'ping' });
    this.#noteAnswer = watchAnswers({ isWaiting: () => this.#calls.size > 0, ping, onGone }, signal);
  }

  #post(message: object, transfer: object[] = []): void {
    try {
      this.#worker.postMessage({ ...message, from: this.#from }, transfer);
    } catch (cause) {
      throw new SignalboxError('invalid_argument', `the options cannot be sent to a worker: ${cause}`, { cause });
    }
  }

  #fail(what: string): void {
    this.#finish(new SignalboxError('network', `the worker of the ${this.#options.service} ${what}`));
  }

  #finish(end: SignalboxError): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#ended.abort();
    this.#stopListening();
    for (const call of this.#calls.values()) call.reject(end);
    this.#calls.clear();
    this.#late.clear();
  }

  #receive(answer: Answer<unknown>): void {
    this.#noteAnswer();
    const call = this.#calls.get(answer?.id);
    if (call === undefined) {
      // Without a listener its caller gave up.
      const listener = this.#late.get(answer?.id) as ((event: unknown) => void) | undefined;
      if (listener !== undefined && 'progress' in answer) listener(answer.progress);
      return;
    }
    if ('progress' in answer) {
      try {
        (call.onProgress as ((event: unknown) => void) | undefined)?.(answer.progress);
      } catch (cause) {
        call.reject(cause);
        this.#post({ id: answer.id, call: 'abort' });
      }
    } else if ('error' in answer) call.reject(errorFrom(answer.error?.code, answer.error?.message));
    else {
      this.#lock = answer.lock ?? this.#lock;
      call.resolve(answer.value as never);
    }
  }
}
