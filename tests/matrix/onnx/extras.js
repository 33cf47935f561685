import { OnnxEmbedder } from 'signalbox/onnx';
import { PROMPT } from './uses.js';

/** Embeds the prompt by a model beside the page. */
async function embed() {
  const embedder = await OnnxEmbedder.load('./model', { dtype: 'fp32', manifest: null });
  try {
    const [{ vector }] = await embedder.embed([PROMPT]);
    return Array.from(vector);
  } finally {
    embedder.dispose();
  }
}

export const extras = { ONNX: embed };
