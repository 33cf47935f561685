/** The worker's half of a conversation with a page. */
import { ownPort } from '#platform';
import { SignalboxError } from '../errors.js';
import type { Answer, Service } from './channel.js';

/** One end of a conversation: a worker's global scope, or a `MessagePort` of a page or of Node.js. */
export interface Port {
  postMessage(message: unknown, transfer?: Transferable[]): void;
  // biome-ignore lint/suspicious/noExplicitAny: the platforms declare their events each in their own way
  addEventListener(type: 'message', listener: (event: any) => void): void;
  start?(): void;
}

/** A value whose buffers move to the page without a copy; this side loses them. */
export class Moved {
  constructor(
    readonly value: unknown,
    readonly buffers: Transferable[],
  ) {}
}

/** The context of one call. */
export interface CallContext {
  signal: AbortSignal;
  onProgress(progress: unknown): void;
}

type Request = { id: number; call: string };

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
 * Answers every call that arrives at the port, in order of arrival; anything that `answer` throws is sent back as an error. Calls may
 * overlap. A call that was aborted before its turn is not computed.
 */
export function answerCalls<R extends Request>(
  port: Port,
  service: Service,
  answer: (request: Exclude<R, { call: 'abort' | 'hello' }>, context: CallContext) => Promise<unknown>,
): void {
  const open = new Map<number, AbortController>();
  const post = (message: Answer<unknown>, transfer?: Transferable[]) => port.postMessage(message, transfer ?? []);
  let turn = Promise.resolve();

  async function compute(request: R, { signal }: AbortController): Promise<void> {
    const { id } = request;
    // Nobody waits for the answer to an aborted call.
    if (!signal.aborted) {
      try {
        const onProgress = (progress: unknown) => post({ id, progress });
        const value = await answer(request as Exclude<R, { call: 'abort' | 'hello' }>, { signal, onProgress });
        if (value instanceof Moved) post({ id, value: value.value }, value.buffers);
        else post({ id, value });
      } catch (cause) {
        const code = cause instanceof SignalboxError ? cause.code : 'internal';
        const message = cause instanceof Error ? cause.message : String(cause);
        post({ id, error: { code, message } });
      }
    }
    open.delete(id);
  }

  port.addEventListener('message', ({ data: request }: { data: R }) => {
    const { id, call } = request;
    if (call === 'hello') post({ id, value: service });
    else if (call === 'abort') open.get(id)?.abort();
    else {
      const controller = new AbortController();
      open.set(id, controller);
      // An abort that is already on its way arrives before the turn; the next call need not wait for this one's answer.
      turn = turn.then(() => new Promise<void>(soon)).then(() => void compute(request, controller));
    }
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
