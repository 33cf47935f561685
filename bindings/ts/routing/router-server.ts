/** The worker's half of a `WorkerRouter`: a router behind a port. */
import { SignalboxError } from '../errors.js';
import { wrongKind } from '../options.js';
import type { EmbedOptions, LoadOptions, NextLabelsOptions, RouteInput, RouteInputs, Samples } from '../types.js';
import { answerCalls, Moved, type Port } from '../workers/answers.js';
import { lockOfThread } from '../workers/life.js';
import { Router } from './router.js';
import { type LoadEvent, type RouterQuestion, WORKER_METHODS } from './router-protocol.js';

/** Moves the buffers of the samples, each of which belongs to them alone. */
function moved(samples: Samples): Moved {
  const arrays = [samples.tasks, samples.map, samples.outcomes];
  return new Moved(
    samples,
    arrays.flatMap((array) => (array === null ? [] : [array.buffer])),
  );
}

/**
 * Serves a router at a port: that of your own worker, of a `SharedWorker` connection or of a Node.js thread.
 * `WorkerRouter.load({ worker: otherPort })` at the other end loads and uses it; each load has a router of its own.
 *
 * @example
 * ```ts
 * // shared-worker.js
 * import { answerPort } from 'signalbox';
 * self.onconnect = ({ ports: [port] }) => answerPort(port);
 * ```
 */
export function answerPort(port: Port): void {
  if (typeof port?.postMessage !== 'function' || typeof port.addEventListener !== 'function') {
    throw wrongKind(port, 'the port', 'a MessagePort or a worker');
  }
  /** The router of each conversation. */
  const routers = new Map<string, Router>();
  answerCalls<RouterQuestion>(
    port,
    'router',
    async (request, { signal, onProgress }) => {
      const { from } = request;
      let router = routers.get(from);
      if (request.call === 'load' || request.call === 'dispose') {
        router?.dispose();
        routers.delete(from);
        if (request.call === 'dispose') return null;
        const onEvent: (event: LoadEvent) => void = onProgress;
        const onMultilingual: LoadOptions['onMultilingual'] = (multilingual) => onEvent({ multilingual });
        const onEarly: LoadOptions['onEarly'] = (early) => onEvent({ early });
        const { isOwnWasm, ...options } = request.options;
        const wasm = isOwnWasm ? new Response(options.wasm as Uint8Array<ArrayBuffer>) : options.wasm;
        router = await Router.load({ ...options, wasm, signal, onProgress: onEvent, onMultilingual, onEarly });
        if (signal.aborted) router.dispose();
        else routers.set(from, router);
        return router.info;
      }
      if (router === undefined) throw new SignalboxError('disposed', 'the router was disposed');
      if (!WORKER_METHODS.includes(request.call)) {
        throw new SignalboxError('internal', `the worker has no method '${String(request.call)}'`);
      }
      const { call, input } = request;
      const options = { ...(request.options as EmbedOptions), signal };
      if (call === 'samples') return moved(await router.samples(options));
      if (call === 'texts') return router.texts(input as number[], options);
      if (call === 'route') return router.route(input as RouteInput, options);
      if (call === 'cascade') return router.cascade(input as RouteInput, options);
      if (call === 'nextLabels')
        return router.nextLabels(input as number, { ...options, onProgress } as NextLabelsOptions);
      if (call === 'embed') return router.embed(input as string[], { ...options, onProgress });
      return router[call](input as RouteInputs, { ...options, onProgress });
    },
    lockOfThread,
  );
}
