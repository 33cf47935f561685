// A small table of other languages: its words have the vectors that the shipped embedder gives to English ones.
import { StaticEmbedder } from '../../../dist/index.js';
import { jsonBytes, safetensors } from './fixtures.mjs';

/** German, Spanish and Russian words, by the English ones that they mean. */
const WORDS = {
  schreibe: 'write',
  ein: 'a',
  gedicht: 'poem',
  über: 'about',
  den: 'the',
  herbst: 'autumn',
  warum: 'why',
  läuft: 'runs',
  mein: 'my',
  programm: 'program',
  so: 'so',
  langsam: 'slowly',
  escribe: 'write',
  un: 'a',
  poema: 'poem',
  sobre: 'about',
  el: 'the',
  otoño: 'autumn',
  напиши: 'write',
  стихотворение: 'poem',
  об: 'about',
  осени: 'autumn',
};
export const SPACE = 'signalbox-static-128-v1';

const LETTERS = 'abcdefghijklmnopqrstuvwxyzäöüñабвгдеёжзийклмнопрстуфхцчшщъыьэюя.,?!0123456789';

/** Returns a Unigram tokenizer of the words and of single letters. */
function tokenizerJson(pieces) {
  const vocab = [['<unk>', 0], ...pieces.map((piece) => [piece, piece.length > 1 ? -5 : -12])];
  return {
    version: '1.0',
    added_tokens: [],
    normalizer: {
      type: 'Sequence',
      normalizers: [{ type: 'NFKC' }, { type: 'Lowercase' }],
    },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'WhitespaceSplit' },
        { type: 'Metaspace', replacement: '▁', add_prefix_space: true, prepend_scheme: 'always' },
      ],
    },
    post_processor: null,
    decoder: null,
    model: { type: 'Unigram', unk_id: 0, vocab, byte_fallback: false },
  };
}

/** Returns the three files of the table. `config` adds to its configuration, or replaces parts of it. */
export async function tableFiles(config = {}) {
  const words = Object.keys(WORDS);
  const english = await StaticEmbedder.load();
  const vectors = await english.embed(Object.values(WORDS));
  const { dim } = english;
  english.dispose();
  const pieces = ['▁', ...LETTERS, ...words.map((word) => `▁${word}`)];
  const data = new Float32Array((pieces.length + 1) * dim);
  const first = pieces.length + 1 - words.length;
  for (const [i, { vector }] of vectors.entries()) data.set(vector, (first + i) * dim);
  // Letters point somewhere, and nowhere in particular.
  for (let row = 1; row < first; ++row) data[row * dim + (row % dim)] = 1;
  return {
    tokenizer: jsonBytes(tokenizerJson(pieces)),
    model: safetensors({ embeddings: { shape: [pieces.length + 1, dim], data } }),
    config: jsonBytes({ id: 'small-languages', space: SPACE, distanceScale: 0.9, unread: ['sw'], ...config }),
  };
}

/** Returns an answer for a server of the files. */
export const answerWith = (files) => (pathname) => {
  const [name] = /[^/]+$/.exec(pathname) ?? [];
  const file = { 'tokenizer.json': 'tokenizer', 'model.safetensors': 'model', 'config.json': 'config' }[name];
  return file === undefined ? null : { body: Buffer.from(files[file]) };
};
