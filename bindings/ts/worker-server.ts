/** The worker's half: one router behind a message port. */
import { SignalboxError } from './errors.js';
import { Router } from './router.js';
import type { RouteTaskOptions, Vectors } from './types.js';
import type { WorkerAnswer, WorkerProgress, WorkerRequest } from './worker-protocol.js';

/** A worker's global scope, a `MessagePort`, or anything else that is one end of a conversation. */
export interface Port {
  postMessage(message: WorkerAnswer): void;
  addEventListener(type: 'message', listener: (event: { data: WorkerRequest }) => void): void;
}

function opened(router: Router | undefined): Router {
  if (router === undefined) throw new SignalboxError('disposed', 'the router was disposed');
  return router;
}

/** Answers every request of the port until the page ends the worker. */
export function serve(port: Port): void {
  let router: Router | undefined;
  const running = new Map<number, AbortController>();

  async function answer(request: Exclude<WorkerRequest, { call: 'abort' }>, signal: AbortSignal): Promise<unknown> {
    const onProgress = (progress: WorkerProgress) => port.postMessage({ id: request.id, progress });
    switch (request.call) {
      case 'load':
        router?.dispose();
        router = await Router.load({ ...request.options, signal, onProgress });
        return router.info;
      case 'dispose':
        router?.dispose();
        router = undefined;
        return null;
      default: {
        const options = { ...(request.options as RouteTaskOptions), signal };
        const { input } = request;
        if (request.call === 'route') return opened(router).route(input as string, options);
        if (request.call === 'routeVector') return opened(router).routeVector(input as Float32Array, options);
        if (request.call === 'routeVectors') return opened(router).routeVectors(input as Vectors, options);
        if (request.call === 'cascade') return opened(router).cascade(input as string, options);
        if (request.call === 'cascadeVector') return opened(router).cascadeVector(input as Float32Array, options);
        return opened(router).routeTask(input as string[], { ...options, onProgress });
      }
    }
  }

  port.addEventListener('message', async ({ data: request }) => {
    const { id } = request;
    if (request.call === 'abort') {
      running.get(id)?.abort();
      return;
    }
    const controller = new AbortController();
    running.set(id, controller);
    try {
      port.postMessage({ id, value: await answer(request, controller.signal) });
    } catch (cause) {
      const code = cause instanceof SignalboxError ? cause.code : 'internal';
      const message = cause instanceof Error ? cause.message : String(cause);
      port.postMessage({ id, error: { code, message } });
    } finally {
      running.delete(id);
    }
  });
}
