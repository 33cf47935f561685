/** The worker's half of an ONNX embedder: a model behind a port. */
import { SignalboxError } from '../errors.js';
import { answerCalls, type Port } from '../workers/answers.js';
import { lockOfThread } from '../workers/life.js';
import { OnnxModel } from './model.js';
import { LateThreads } from './threads.js';
import type { OnnxQuestion } from './worker-protocol.js';

/** Serves a model at a port, one to each conversation. */
export function serveOnnx(port: Port): void {
  const models = new Map<string, OnnxModel>();
  answerCalls<OnnxQuestion>(
    port,
    'embedder',
    async (request, { signal, onProgress }) => {
      const { from } = request;
      const model = models.get(from);
      if (request.call === 'embed') {
        if (model === undefined) throw new SignalboxError('disposed', 'the embedder was disposed');
        return model.embed(request.texts, signal);
      }
      models.delete(from);
      await model?.release();
      if (request.call === 'dispose') return null;
      let loaded: OnnxModel;
      try {
        loaded = await OnnxModel.load(request.model, { ...request.options, signal, onProgress });
      } catch (cause) {
        if (cause instanceof LateThreads) return null;
        throw cause;
      }
      if (signal.aborted) await loaded.release();
      else models.set(from, loaded);
      return loaded.loaded;
    },
    lockOfThread,
  );
}
