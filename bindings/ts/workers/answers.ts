/** The worker's half of a conversation with a page. */
import { SignalboxError } from '../errors.js';
import type { Answer } from './channel.js';

/** A worker's global scope, a `MessagePort`, or anything else that is one end of a conversation. */
export interface Port<Request> {
  postMessage(message: Answer<unknown>, transfer?: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: { data: Request }) => void): void;
}

/** An answer whose buffers move to the page: they are gone here, and nothing is copied. */
export class Moved {
  constructor(
    readonly value: unknown,
    readonly buffers: Transferable[],
  ) {}
}

/** What a call may use while it is answered. */
export interface CallContext {
  signal: AbortSignal;
  onProgress(progress: unknown): void;
}

/** Answers every question of the port until the page ends the worker; what `answer` throws goes back as an error. */
export function answerCalls<Request extends { id: number; call: string }>(
  port: Port<Request>,
  answer: (request: Exclude<Request, { call: 'abort' }>, context: CallContext) => Promise<unknown>,
): void {
  const running = new Map<number, AbortController>();
  port.addEventListener('message', async ({ data: request }) => {
    const { id } = request;
    if (request.call === 'abort') {
      running.get(id)?.abort();
      return;
    }
    const controller = new AbortController();
    running.set(id, controller);
    const onProgress = (progress: unknown) => port.postMessage({ id, progress });
    try {
      const value = await answer(request as Exclude<Request, { call: 'abort' }>, {
        signal: controller.signal,
        onProgress,
      });
      if (value instanceof Moved) port.postMessage({ id, value: value.value }, value.buffers);
      else port.postMessage({ id, value });
    } catch (cause) {
      const code = cause instanceof SignalboxError ? cause.code : 'internal';
      const message = cause instanceof Error ? cause.message : String(cause);
      port.postMessage({ id, error: { code, message } });
    } finally {
      running.delete(id);
    }
  });
}
