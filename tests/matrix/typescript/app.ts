import { type Decision, type RouteOptions, Router, type Routing, SignalboxError } from 'signalbox';
import { buildIndex } from 'signalbox/build';
import { OnnxEmbedder } from 'signalbox/onnx';
import { WorkerRouter } from 'signalbox/worker';

export async function pick(prompt: string, max?: number): Promise<string> {
  const router: Routing = await Router.load();
  const options: RouteOptions = { maxUsdPerMTok: max };
  const decision: Decision = await router.route(prompt, options);
  router.dispose();
  return decision.model;
}

export const refined = async () => WorkerRouter.load({ embedder: () => OnnxEmbedder.load('./model') });
export const build = () => buildIndex({ models: ['a'], tasks: ['t'], embeddings: [1, 0], dim: 2, outcomes: [1] });
export const isNetwork = (error: unknown) => error instanceof SignalboxError && error.code === 'network';
// @ts-expect-error: the policy does not exist
export const wrong = (router: Router) => router.route('a', { policy: 's4' });
