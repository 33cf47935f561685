// The source of the transformers.js worker in the embedders' benchmark: it answers one question at a time.
import { env, pipeline } from '@huggingface/transformers';
import { MODEL } from './onnx-names.mjs';

let extractor;

const CALLS = {
  async load({ dtype, threads }) {
    env.allowLocalModels = false;
    env.remoteHost = `${location.origin}/`;
    const runtime = new URL('./ort-wasm-simd-threaded.asyncify', import.meta.url).href;
    env.backends.onnx.wasm.wasmPaths = { mjs: `${runtime}.mjs`, wasm: `${runtime}.wasm` };
    env.backends.onnx.wasm.numThreads = threads;
    extractor = await pipeline('feature-extraction', MODEL, { dtype, device: 'wasm' });
  },
  async embed({ texts }) {
    const output = await extractor(texts, { pooling: 'mean', normalize: true });
    const [, dim] = output.dims;
    return texts.map((_, i) => output.data.slice(i * dim, (i + 1) * dim));
  },
  count: async ({ text }) => extractor.tokenizer(text).input_ids.dims[1],
};

self.addEventListener('message', async ({ data }) => {
  if (!Object.hasOwn(CALLS, data?.call)) return;
  try {
    self.postMessage({ value: await CALLS[data.call](data) });
  } catch (error) {
    self.postMessage({ error });
  }
});
