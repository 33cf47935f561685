// Shared by several of these tests: seeded benchmarks, a tiny Model2Vec embedder, and refusals by code.
import assert from 'node:assert/strict';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ERROR_CODES, liveHandles, Router, SignalboxError } from '../../../dist/index.js';

export const root = fileURLToPath(new URL('../../..', import.meta.url));
export const dist = new URL('../../../dist/', import.meta.url);
/** The index of 2024, which has a fixed content: 56 models on 42 tasks, 19,090 samples. */
export const OPENLLM = fileURLToPath(new URL('../../../models/openllm-v2/index.sbx', import.meta.url));

/** Returns a generator of numbers in [0, 1) from a seed (mulberry32). */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Returns vectors [count, dim] of normal numbers, row by row. */
export function randomVectors(random, count, dim) {
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Float32Array.from({ length: count * dim }, normal);
}

/**
 * Returns a benchmark of random vectors and outcomes. Models `m<i>` with higher numbers are better; row r belongs to
 * task r % tasks. `missing` is the share of missing outcomes.
 */
export function randomSpec({
  seed = 1,
  rows = 60,
  dim = 8,
  models = 4,
  tasks = 3,
  missing = 0,
  graded = false,
  ...rest
} = {}) {
  const random = randomFrom(seed);
  const outcome = (model) => {
    const right = random() < 0.2 + (0.6 * (model + 1)) / (models + 1);
    const grade = Math.round(8 * random()) / 8;
    if (random() < missing) return Number.NaN;
    return graded ? grade : Number(right);
  };
  return {
    models: Array.from({ length: models }, (_, m) => `m${m}`),
    tasks: Array.from({ length: rows }, (_, r) => `task ${r % tasks}`),
    embeddings: randomVectors(random, rows, dim),
    outcomes: Float32Array.from({ length: rows * models }, (_, i) => outcome(i % models)),
    dim,
    ...rest,
  };
}

/** Returns the core's description of an index. */
export async function infoOf(index) {
  const router = await Router.load({ index, embedder: null });
  router.dispose();
  return router.info;
}

/** Words of the tiny embedder: the unknown token is number 1, `a` number 2. */
export const WORDS = [
  ...['[PAD]', '[UNK]', 'a', 'the', 'of', 'is', 'what', 'how', 'many', 'write', 'poem', 'about', 'sea', 'prove'],
  ...['that', 'square', 'root', 'two', 'plus', 'sum', 'number', 'integral', 'python', 'code', 'sort', 'list', 'bug'],
  ...['law', 'court', 'history', 'king', 'france', 'capital', 'cell', 'atom', 'energy', 'sun', '##s', '##ed', '##ing'],
  ...['?', '.', ','],
];

/** Returns a WordPiece tokenizer in the layout of the `tokenizers` library. */
export function tokenizerJson(words = WORDS) {
  return {
    version: '1.0',
    added_tokens: [],
    normalizer: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, lowercase: true },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: null,
    decoder: null,
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(words.map((word, i) => [word, i])),
    },
  };
}

export const jsonBytes = (value) => new TextEncoder().encode(JSON.stringify(value));

const DTYPES = new Map([
  [Float32Array, 'F32'],
  [Float64Array, 'F64'],
  [Uint16Array, 'F16'],
  [Int8Array, 'I8'],
  [Uint8Array, 'U8'],
  [Int32Array, 'I32'],
  [BigInt64Array, 'I64'],
]);

/** Returns a safetensors file of tensors { name: { shape, data, dtype? } }. */
export function safetensors(tensors) {
  const header = {};
  let end = 0;
  for (const [name, { shape, data, dtype }] of Object.entries(tensors)) {
    header[name] = { dtype: dtype ?? DTYPES.get(data.constructor), shape, data_offsets: [end, end + data.byteLength] };
    end += data.byteLength;
  }
  const text = jsonBytes(header);
  const file = new Uint8Array(8 + text.byteLength + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.byteLength), true);
  file.set(text, 8);
  let offset = 8 + text.byteLength;
  for (const { data } of Object.values(tensors)) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  return file;
}

/** Returns the three files of an embedder of 8 dimensions over WORDS. */
export function embedderFiles({ seed = 7, dim = 8, id = 'tiny' } = {}) {
  const data = randomVectors(randomFrom(seed), WORDS.length, dim);
  return {
    tokenizer: jsonBytes(tokenizerJson()),
    model: safetensors({ embeddings: { shape: [WORDS.length, dim], data } }),
    config: jsonBytes({ id }),
  };
}

/** Returns prompts of known words. */
export function randomPrompts(random, count) {
  const words = WORDS.slice(2, 37);
  const prompt = () => Array.from({ length: 3 + Math.floor(9 * random()) }, () => words[Math.floor(35 * random())]);
  return Array.from({ length: count }, () => prompt().join(' '));
}

/** Asserts a refusal with this code and a message that matches the pattern; returns the error. */
export async function refused(action, code, pattern) {
  assert.ok(ERROR_CODES.includes(code), `'${code}' is not a code`);
  let error;
  try {
    const value = await (typeof action === 'function' ? action() : action);
    assert.fail(`expected ${code}, got ${typeof value}`);
  } catch (caught) {
    error = caught;
  }
  if (!(error instanceof SignalboxError)) throw error;
  assert.equal(error.code, code, error.message);
  assert.match(error.message, pattern ?? /./);
  return error;
}

/** Adds the seed to the error if a check of random data fails. */
export async function withSeed(seed, check) {
  try {
    await check(randomFrom(seed));
  } catch (cause) {
    throw new Error(`with seed ${seed}: ${cause.message}`, { cause });
  }
}

/** Asserts at the end of the file that nothing is open. */
export function expectNothingOpen() {
  after(() => assert.equal(liveHandles(), 0, 'something was left open'));
}
