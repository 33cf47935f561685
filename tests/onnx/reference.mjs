// Reads the reference vectors of the real sentence transformers (tests/fixtures/transformers).
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { sha256Of } from '../package/support/model-server.mjs';
import { MINILM, MPNET } from './real-models.mjs';

const FIXTURES = new URL('../fixtures/transformers/', import.meta.url);
const readJson = (name) => JSON.parse(readFileSync(new URL(name, FIXTURES), 'utf8'));

/** The token of what is not in the vocabulary. */
const UNKNOWN = { [MINILM]: 100, [MPNET]: 104 };

/** Largest distance of a coordinate from its reference. */
export const TOLERANCE = 1e-3;

/** The same for files whose activations have outliers, so that a difference in rounding between runtimes grows. */
const TOLERANCES = { 'onnx/model_signalbox.onnx': 1e-2 };

function unpack(base64) {
  const bytes = Buffer.from(base64, 'base64');
  return Array.from({ length: bytes.length / 2 }, (_, i) => bytes.readInt16LE(2 * i) / 32767);
}

/** The texts, as `{ name, text }`. */
export const TEXTS = readJson('texts.json').map(({ name, text, times = 1, end = '' }) => ({
  name,
  text: text.repeat(times) + end,
}));

/** Texts about the limit of one model only. */
const ABOUT = { 'fits 384': MPNET, 'cut at 384': MPNET, 'fits 256': MINILM, 'cut at 256': MINILM };

/** Returns the texts for a model: all but those about the limit of another. */
export const textsFor = (model) => TEXTS.filter(({ name }) => (ABOUT[name] ?? model) === model);

/** Whether a text is a plausible one, and not a word that is repeated up to a limit. */
export const isPlausible = (name) => !Object.hasOwn(ABOUT, name);

/** Returns the number of a text in the references. */
export const positionOf = (wanted) => TEXTS.findIndex(({ name }) => name === wanted);

/** Returns the texts with these names. */
export const textsNamed = (...names) => TEXTS.filter(({ name }) => names.includes(name));

/**
 * Returns the reference of a model: `tokens` are the ids of each text and whether it is cut, `files` the vectors of each
 * ONNX file, in which a text without a known token has a vector of zeros.
 */
export function referenceOf(model) {
  const { tokens, files } = readJson(`${model}.json`);
  return {
    unknownId: UNKNOWN[model],
    tokens,
    files: files.map(({ vectors, cls, max, ...file }) => {
      const all = vectors.map((packed) => packed && unpack(packed));
      const zeros = all[0].map(() => 0);
      return { ...file, vectors: all.map((vector) => vector ?? zeros), cls: unpack(cls), max: unpack(max) };
    }),
  };
}

/**
 * Returns the ONNX files of a folder that have a reference, with a reason to `skip` one that is another file than that of
 * the reference.
 */
export function filesWithReference(folder, { files }) {
  const here = files.filter(({ file }) => existsSync(path.join(folder, file)));
  if (here.length === 0) throw new Error(`${folder} has no ${files.map(({ file }) => file).join(' or ')}`);
  return here.map((known) => {
    // The vectors of float32 are the same for every export.
    const isIt = known.sha256 === null || sha256Of(readFileSync(path.join(folder, known.file))) === known.sha256;
    return isIt ? known : { ...known, skip: `skipped: ${known.file} in ${folder} is not the file with a reference` };
  });
}

/** Asserts that embeddings of these texts are those of the reference: vectors, known tokens, cuts. */
export function expectReference(embeddings, texts, { tokens, unknownId }, { file, vectors }) {
  assert.equal(embeddings.length, texts.length);
  for (const [i, { name }] of texts.entries()) {
    const at = positionOf(name);
    const { vector, tokens: known, truncated } = embeddings[i];
    assert.equal(vector.length, vectors[at].length);
    const worst = Math.max(...vectors[at].map((x, j) => Math.abs(x - vector[j])));
    assert.ok(worst <= (TOLERANCES[file] ?? TOLERANCE), `${name} is off by ${worst}`);
    const { ids, truncated: isCut } = tokens[at];
    const counted = ids.slice(1, -1).filter((id) => id !== unknownId).length;
    assert.deepEqual({ known, truncated }, { known: counted, truncated: isCut }, name);
  }
}
