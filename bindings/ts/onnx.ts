/** `signalbox/onnx`: sentence transformers in ONNX, all-mpnet-base-v2 among them, through ONNX Runtime Web. */
export { OnnxEmbedder } from './onnx/embedder.js';
export { DEFAULT_MODEL } from './onnx/known-models.js';
export * from './onnx/options.js';
