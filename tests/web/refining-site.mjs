// A small benchmark with two indexes, one by the page's own embedder and one by a small sentence transformer, and the
// site that refines the answers of the one by the other.
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildFromFiles, fileFromBytes } from '../../dist/build.js';
import { OnnxEmbedder } from '../../dist/onnx.js';
import { writeModelFolder } from '../onnx/model-folder.mjs';
import { filesOf, manifestOf, startModelServer } from '../package/support/model-server.mjs';

export const MODEL_FILE = 'onnx/model_quantized.onnx';

/** A prompt for which both embedders pick the same model, and one for which they do not. */
export const AGREED = 'translate this letter';
export const DISPUTED = { prompt: 'write a python function', own: 'coder', refined: 'clerk' };

const SUBJECTS = ['river', 'city', 'number', 'market', 'prime sum', 'protein', 'energy', 'history'];

function topicsCsv() {
  const lines = ['dataset,id,prompt,poet,coder,clerk'];
  for (let i = 0; i < 20; ++i) {
    const subject = SUBJECTS[i % SUBJECTS.length];
    lines.push(
      `poems,${i},write a poem about the ${subject} ${i},1,0,${i % 2}`,
      `code,${i},write a python function for the ${subject} ${i},0,1,${(i >> 1) % 2}`,
      `letters,${i},translate this ${subject} letter ${i},${Number(i % 3 === 0)},0,1`,
    );
  }
  return Buffer.from(lines.join('\n'));
}

/**
 * Writes a small model and both indexes into a folder, and serves the model from a host of its own. Returns the bytes of the
 * page's index, the option `embedders` of `buildSite`, and that host.
 */
export async function prepareRefining(folder) {
  const model = path.join(folder, 'tiny-model');
  writeModelFolder(model, { precisions: ['int8'] });
  const files = filesOf(model);
  rmSync(model, { recursive: true });
  const weights = await startModelServer(files);
  const allow = () => {
    for (const file of Object.keys(files)) weights.behave(file, { headers: { 'access-control-allow-origin': '*' } });
  };
  allow();
  const { files: listed } = manifestOf(files);
  const id = 'tiny';
  const embedder = await OnnxEmbedder.load(weights.url, { manifest: { files: listed }, id, cache: false });
  const input = [fileFromBytes('topics.csv', topicsCsv())];
  const own = await buildFromFiles(input, { name: 'topics' });
  const twin = await buildFromFiles(input, { name: 'topics', embedder });
  embedder.dispose();
  const index = path.join(folder, 'twin.sbx');
  writeFileSync(index, twin.index);
  const offer = { address: weights.url, files: listed, index, id, maxTokens: 384 };
  return {
    index: own.index,
    embedders: { minilm: offer, mpnet: offer },
    weights: { ...weights, allow, bytes: files },
  };
}

/** Waits until the card shows a decision on the prompt, read as `how` says. */
export const read = (page, prompt, how) =>
  page.until(
    ([text, kind]) =>
      document.querySelector('#prompt').value === text &&
      document.querySelector('.ask-answer').ariaBusy === 'false' &&
      document.querySelector('[data-read-by]')?.dataset.readBy === kind,
    [prompt, how],
  );

/** Waits for the stage of an offer. */
export const stage = (page, kind, key = 'minilm') =>
  page.until(
    ([offer, wanted]) => document.querySelector(`[data-offer=${offer}]`)?.dataset.stage === wanted,
    [key, kind],
  );
