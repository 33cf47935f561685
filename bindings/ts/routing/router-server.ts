/** The worker's half: one router behind a message port. */
import { SignalboxError } from '../errors.js';
import type { RouteTaskOptions, Samples, SamplesOptions, Vectors } from '../types.js';
import { answerCalls, Moved, type Port } from '../workers/answers.js';
import { Router } from './router.js';
import type { WorkerRequest } from './router-protocol.js';

function opened(router: Router | undefined): Router {
  if (router === undefined) throw new SignalboxError('disposed', 'the router was disposed');
  return router;
}

/** The samples with all their buffers, each of which is theirs alone. */
function moved(samples: Samples): Moved {
  const arrays = [samples.tasks, samples.map, samples.outcomes];
  return new Moved(
    samples,
    arrays.flatMap((array) => (array === null ? [] : [array.buffer])),
  );
}

/** Answers every request of the port until the page ends the worker. */
export function serve(port: Port<WorkerRequest>): void {
  let router: Router | undefined;
  answerCalls(port, async (request, { signal, onProgress }) => {
    switch (request.call) {
      case 'load':
        router?.dispose();
        router = await Router.load({ ...request.options, signal, onProgress });
        return router.info;
      case 'dispose':
        router?.dispose();
        router = undefined;
        return null;
      case 'samples':
        return moved(await opened(router).samples({ ...(request.options as SamplesOptions), signal }));
      default: {
        const options = { ...(request.options as RouteTaskOptions), signal };
        const { input } = request;
        if (request.call === 'embed') return opened(router).embed(input as string[], { ...options, onProgress });
        if (request.call === 'route') return opened(router).route(input as string, options);
        if (request.call === 'routeVector') return opened(router).routeVector(input as Float32Array, options);
        if (request.call === 'routeVectors') return opened(router).routeVectors(input as Vectors, options);
        if (request.call === 'cascade') return opened(router).cascade(input as string, options);
        if (request.call === 'cascadeVector') return opened(router).cascadeVector(input as Float32Array, options);
        return opened(router).routeTask(input as string[], { ...options, onProgress });
      }
    }
  });
}
