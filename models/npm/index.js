/**
 * An index of signalbox for a sentence transformer, and that model: beside the shipped router, a second one that knows
 * better what kind of work a prompt is. Nothing is loaded at import.
 *
 *     const router = new RefiningRouter(await WorkerRouter.load(), refine());
 */
import { OnnxEmbedder } from 'signalbox/onnx';
import { WorkerRouter } from 'signalbox/worker';
import { CLAIMS, SETTINGS } from './files.js';

export const index = () => new URL('./index.sbx', import.meta.url);

/** Returns literal addresses, which bundlers find and replace. */
const addresses = () => ({
  config: new URL('./model/config.json', import.meta.url),
  tokenizer: new URL('./model/tokenizer.json', import.meta.url),
  weights: new URL('./model/weights.onnx', import.meta.url),
});

export async function embedder(options = {}) {
  const places = addresses();
  const files = CLAIMS.map(({ file, part, ...claim }) => [file, { ...claim, address: places[part].href }]);
  const manifest = { files: Object.fromEntries(files) };
  return OnnxEmbedder.load(new URL('.', places.weights), { ...options, ...SETTINGS, manifest });
}

export async function refine(options = {}) {
  const { signal, onProgress } = options;
  return WorkerRouter.load({ index: index(), embedder: () => embedder(options), signal, onProgress });
}
