/** The worker's half of a conversation with a page. */
import { ownPort } from '#platform';
import { SignalboxError } from '../errors.js';
import type { Answer, Asked, Control, Service } from './channel.js';

/** One end of a conversation: a worker's global scope, or a `MessagePort` of a page or of Node.js. */
export interface Port {
  // biome-ignore lint/suspicious/noExplicitAny: the same, of what may be moved
  postMessage(message: unknown, transfer?: any): void;
  // biome-ignore lint/suspicious/noExplicitAny: the platforms declare their events each in their own way
  addEventListener(type: 'message' | 'close', listener: (event: any) => void): void;
  start?(): void;
}

/** A value whose buffers move to the page without a copy; this side loses them. */
export class Moved {
  constructor(
    readonly value: unknown,
    readonly buffers: ArrayBufferLike[],
  ) {}
}

/** The context of one call. */
export interface CallContext {
  signal: AbortSignal;
  onProgress(progress: unknown): void;
}

/** Questions of a service, besides `hello`, `ping` and `abort`, which `answerCalls` answers itself. */
type Request<Question> = Asked<Question | Extract<Control, { call: 'dispose' }>>;

/** Returns the message of whatever was thrown. */
function messageOf(cause: unknown): string {
  try {
    return String((cause as Error | undefined)?.message ?? cause);
  } catch {
    return 'an error without a message';
  }
}

/** Calls back after the messages that are already at the ports of this thread; a timer would be clamped to 4 ms. */
const soon: (resolve: () => void) => void =
  globalThis.setImmediate ??
  ((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });

/**
 * Answers every call that arrives at the port, in order of arrival; anything that `answer` throws is sent back as an error.
 * Calls may overlap, and conversations may share the port: `from` tells them apart. A call that was aborted before its turn
 * is not computed. The end of a conversation, or of the port, aborts its open calls and is answered as `dispose`.
 * `ownLock` returns the lock by which the other end notices that this worker is gone.
 */
export function answerCalls<Question extends { call: string }>(
  port: Port,
  service: Service,
  answer: (request: Request<Question>, context: CallContext) => Promise<unknown>,
  ownLock: () => Promise<string | undefined> = async () => undefined,
): void {
  const open = new Map<string, { from: string; controller: AbortController }>();
  const conversations = new Set<string>();
  const post = (message: Answer<unknown>, transfer: ArrayBufferLike[] = []) => port.postMessage(message, transfer);
  let turn = Promise.resolve();

  async function compute(request: Request<Question>, { signal }: AbortController): Promise<void> {
    const { id } = request;
    // Nobody waits for the answer to an aborted call.
    if (!signal.aborted) {
      try {
        const value = await answer(request, { signal, onProgress: (progress) => post({ id, progress }) });
        if (value instanceof Moved) post({ id, value: value.value }, value.buffers);
        else post({ id, value });
      } catch (cause) {
        const code = cause instanceof SignalboxError ? cause.code : 'internal';
        post({ id, error: { code, message: messageOf(cause) } });
      }
    }
    open.delete(id);
  }

  function end(from: string): void {
    conversations.delete(from);
    for (const call of open.values()) if (call.from === from) call.controller.abort();
  }

  function receive(request: Asked<Question | Control>): void {
    const { id, from, call } = request;
    if (call === 'hello') void ownLock().then((lock) => post({ id, value: service, lock }));
    else if (call === 'ping') post({ id, value: null });
    else if (call === 'abort') open.get(id)?.controller.abort();
    else {
      if (call === 'dispose') end(from);
      else conversations.add(from);
      const controller = new AbortController();
      open.set(id, { from, controller });
      // An abort that is already on its way arrives before the turn; the next call need not wait for this one's answer.
      turn = turn
        .then(() => new Promise<void>(soon))
        .then(() => void compute(request as Request<Question>, controller));
    }
  }

  // Other code may send messages, too.
  port.addEventListener('message', ({ data }) => typeof data?.from === 'string' && receive(data));
  port.addEventListener('close', () => {
    for (const from of conversations) receive({ call: 'dispose', from, id: `${from}:close` } as Asked<Control>);
  });
  port.start?.();
}

/** Serves the worker that this script runs in: a page's worker, every page of a shared worker, or a thread of Node.js. */
export function serveWorker(serve: (port: Port) => void): void {
  if ('onconnect' in globalThis) {
    globalThis.addEventListener('connect', (event) => {
      for (const port of (event as MessageEvent).ports) serve(port);
    });
  } else {
    serve(ownPort());
  }
}
