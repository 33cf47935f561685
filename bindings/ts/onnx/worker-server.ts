/** The worker's half of an ONNX embedder: a model behind a port. */
import { SignalboxError } from '../errors.js';
import { answerCalls, type Port } from '../workers/answers.js';
import { OnnxModel } from './model.js';
import type { OnnxRequest } from './worker-protocol.js';

/** Serves a model at a port. */
export function serveOnnx(port: Port): void {
  let model: OnnxModel | undefined;
  const release = async () => {
    const old = model;
    model = undefined;
    await old?.release();
  };
  answerCalls<OnnxRequest>(port, 'embedder', async (request, { signal, onProgress }) => {
    switch (request.call) {
      case 'load':
        await release();
        model = await OnnxModel.load(request.model, { ...request.options, signal, onProgress });
        return model.loaded;
      case 'dispose':
        await release();
        return null;
      default:
        if (model === undefined) throw new SignalboxError('disposed', 'the embedder was disposed');
        return model.embed(request.texts, signal);
    }
  });
}
