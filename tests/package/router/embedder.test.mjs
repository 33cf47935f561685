// The static embedder: its vectors equal a slow reference, its limits hold, and bad files are refused.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StaticEmbedder } from '../../../dist/index.js';
import {
  embedderFiles,
  expectNothingOpen,
  jsonBytes,
  randomFrom,
  refused,
  safetensors,
  tokenizerJson,
  WORDS,
  withSeed,
} from '../support/fixtures.mjs';

expectNothingOpen();

const DIM = 6;

/** Returns the float16 bits of a number that is exact in float16. */
function toHalf(value) {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size < 2 ** -14) return sign | (size * 2 ** 24);
  const exponent = Math.floor(Math.log2(size));
  return sign | ((exponent + 15) << 10) | ((size / 2 ** exponent - 1) * 1024);
}

const pack4 = (values) => {
  const nibbles = [...values].map((value) => value & 0xf);
  return Uint8Array.from({ length: nibbles.length / 2 }, (_, i) => nibbles[2 * i] | (nibbles[2 * i + 1] << 4));
};

/** Tables by type: a draw of a number, and the tensor of such numbers. */
const TABLES = {
  float32: { draw: (random) => Math.fround(4 * random() - 2), data: (v) => Float32Array.from(v) },
  float16: { draw: (random) => Math.round(2000 * random() - 1000) / 256, data: (v) => Uint16Array.from(v, toHalf) },
  int8: { draw: (random) => Math.floor(256 * random()) - 128, data: (v) => Int8Array.from(v) },
  int4: { draw: (random) => Math.floor(16 * random()) - 8, data: pack4, config: { quantization: 'int4' } },
};

function filesOf({ values, type = 'float32', rows = WORDS.length, tensors = {} }) {
  const { data, config } = TABLES[type];
  const embeddings = { shape: [rows, type === 'int4' ? DIM / 2 : DIM], data: data(values) };
  return {
    tokenizer: jsonBytes(tokenizerJson()),
    model: safetensors({ embeddings, ...tensors }),
    config: jsonBytes({ id: 'test', ...config }),
  };
}

/** Returns the weighted sum of the rows, with unit norm, in float64. */
function slowly(values, words, { weights, mapping } = {}) {
  const sum = new Float64Array(DIM);
  for (const word of words) {
    const token = WORDS.indexOf(word);
    const row = mapping ? Number(mapping[token]) : token;
    for (let i = 0; i < DIM; ++i) sum[i] += values[row * DIM + i] * (weights?.[token] ?? 1);
  }
  const norm = Math.hypot(...sum);
  return sum.map((x) => x / norm);
}

/** 20 float32 sums and products round by 2^-24 each, relative to terms that may be ten times their sum. */
const TOLERANCE = 1e-5;

function expectVector(vector, expected) {
  assert.ok(vector instanceof Float32Array);
  assert.equal(vector.length, DIM);
  assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-6, 'unit norm, to the precision of float32');
  expected.forEach((x, i) => {
    assert.ok(Math.abs(vector[i] - x) <= TOLERANCE, `got ${vector[i]}, expected ${x}`);
  });
}

async function withEmbedder(files, use) {
  const embedder = await StaticEmbedder.load(files);
  try {
    return await use(embedder);
  } finally {
    embedder.dispose();
  }
}

const embedOne = (files, text) => withEmbedder(files, async (embedder) => (await embedder.embed([text]))[0]);

function drawTable(random, type) {
  return Array.from({ length: WORDS.length * DIM }, () => TABLES[type].draw(random));
}
const drawWords = (random) => Array.from({ length: 20 }, () => WORDS[2 + Math.floor(35 * random())]);

describe('vectors', () => {
  for (const type of Object.keys(TABLES)) {
    for (const seed of [1, 2, 3]) {
      it(`of a ${type} table are the mean of its rows (seed ${seed})`, () =>
        withSeed(seed, async (random) => {
          const values = drawTable(random, type);
          const words = drawWords(random);
          const { vector, tokens, truncated } = await embedOne(filesOf({ values, type }), words.join(' '));
          expectVector(vector, slowly(values, words));
          assert.equal(tokens, 20);
          assert.equal(truncated, false);
        }));
    }
  }

  for (const [kind, make] of [
    ['float32', (weights) => ({ data: Float32Array.from(weights) })],
    ['float64', (weights) => ({ data: Float64Array.from(weights) })],
    ['float16', (weights) => ({ data: Uint16Array.from(weights, toHalf) })],
  ]) {
    it(`weigh each token (${kind} weights)`, () =>
      withSeed(4, async (random) => {
        const values = drawTable(random, 'int8');
        const weights = WORDS.map(() => Math.round(256 * random()) / 64);
        const words = drawWords(random);
        const tensors = { weights: { shape: [WORDS.length], ...make(weights) } };
        const { vector } = await embedOne(filesOf({ values, type: 'int8', tensors }), words.join(' '));
        expectVector(vector, slowly(values, words, { weights }));
      }));
  }

  for (const [kind, make] of [
    ['int32', (mapping) => Int32Array.from(mapping)],
    ['int64', (mapping) => BigInt64Array.from(mapping, BigInt)],
  ]) {
    it(`find a token's row through the mapping (${kind})`, () =>
      withSeed(5, async (random) => {
        const values = drawTable(random, 'int4').slice(0, 10 * DIM);
        const mapping = WORDS.map((_, token) => (token * 7) % 10);
        const weights = WORDS.map(() => 1 + random());
        const words = drawWords(random);
        const tensors = {
          mapping: { shape: [WORDS.length], data: make(mapping) },
          weights: { shape: [WORDS.length], data: Float64Array.from(weights) },
        };
        const files = filesOf({ values, type: 'int4', rows: 10, tensors });
        const { vector } = await embedOne(files, words.join(' '));
        expectVector(vector, slowly(values, words, { mapping, weights }));
      }));
  }

  it('hold very small and very large halves', async () => {
    const row = [2 ** -24, -(2 ** -15), 2 ** -14, 65504, -0, 1];
    const values = WORDS.flatMap(() => row);
    const { vector } = await embedOne(filesOf({ values, type: 'float16' }), 'poem');
    expectVector(vector, slowly(values, ['poem']));
  });

  it('do not depend on the number of texts embedded together', () =>
    withEmbedder(embedderFiles(), async (embedder) => {
      const texts = ['a poem', '', 'python code', 'zzz', 'the sea'];
      const together = await embedder.embed(texts);
      assert.equal(together.length, 5);
      for (const [i, text] of texts.entries()) assert.deepEqual((await embedder.embed([text]))[0], together[i]);
      assert.deepEqual(await embedder.embed([]), []);
    }));

  it('belong to the caller: later calls do not change them, and they do not share memory', () =>
    withEmbedder(embedderFiles(), async (embedder) => {
      const [{ vector }, other] = await embedder.embed(['a poem', 'python code']);
      const copy = vector.slice();
      other.vector.fill(7);
      await embedder.embed(['sort the list']);
      assert.deepEqual(vector, copy);
      assert.equal(vector.buffer.byteLength, vector.byteLength);
    }));
});

describe('words', () => {
  const values = drawTable(randomFrom(6), 'float32');
  const files = filesOf({ values });

  for (const [text, words] of [
    ['Write A POEM', ['write', 'a', 'poem']],
    ['poems', ['poem', '##s']],
    ['sorted, sorting?', ['sort', '##ed', ',', 'sort', '##ing', '?']],
    ['  what\n\tis ', ['what', 'is']],
    ['poem zzz sea', ['poem', 'sea']],
  ]) {
    it(`of ${JSON.stringify(text)} are ${words.join(' ')}`, async () => {
      const { vector, tokens } = await embedOne(files, text);
      assert.equal(tokens, words.length);
      expectVector(vector, slowly(values, words));
    });
  }

  it('without a known one leave a vector of zeros', async () => {
    for (const text of ['', 'zzz', '\ud800', '日本']) {
      const { vector, tokens, truncated } = await embedOne(files, text);
      assert.deepEqual([...vector], Array(DIM).fill(0));
      assert.equal(tokens, 0);
      assert.equal(truncated, false);
    }
  });
});

describe('long texts', () => {
  const files = embedderFiles();

  it('are cut at 512 tokens, and reported as truncated', () =>
    withEmbedder(files, async (embedder) => {
      const poems = (count) => Array(count).fill('poem').join(' ');
      const [whole, cut, mixed] = await embedder.embed([poems(512), poems(513), `${poems(512)} python`]);
      assert.deepEqual([whole.tokens, whole.truncated], [512, false]);
      assert.deepEqual([cut.tokens, cut.truncated], [512, true]);
      assert.deepEqual(mixed.vector, whole.vector);
    }));

  it('are cut at 8192 characters, and never within one', () =>
    withEmbedder(files, async (embedder) => {
      const [whole, cut, pair] = await embedder.embed([
        `poem${'…'.repeat(8188)}`,
        `poem${'…'.repeat(8188)}python`,
        `poem${'…'.repeat(8187)}😀`,
      ]);
      assert.equal(whole.truncated, false);
      for (const long of [cut, pair]) {
        assert.equal(long.truncated, true);
        assert.deepEqual(long.vector, whole.vector);
      }
    }));
});

describe('a model', () => {
  const good = embedderFiles();
  const rows = WORDS.length;
  const table = { shape: [rows, 8], data: new Float32Array(rows * 8) };
  const header = (text, data = new Uint8Array(0)) => {
    const file = new Uint8Array(8 + text.length + data.byteLength);
    new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
    file.set(new TextEncoder().encode(text), 8);
    return file;
  };
  const tensors = (more) => ({ model: safetensors({ embeddings: table, ...more }) });

  it('has an id, a width and a hash of its files', () =>
    withEmbedder(good, async (embedder) => {
      assert.equal(embedder.id, 'tiny');
      assert.equal(embedder.dim, 8);
      const digest = await crypto.subtle.digest('SHA-256', Buffer.concat([good.model, good.tokenizer]));
      assert.equal(embedder.hash, `sha256:${Buffer.from(digest).toString('hex')}`);
    }));

  for (const [what, changes, message] of [
    ['without its tokenizer', { tokenizer: jsonBytes([]) }, /tokenizer.json is not a JSON object/],
    ['with a tokenizer that is not JSON', { tokenizer: good.model }, /tokenizer.json is not JSON/],
    ['with a tokenizer without a model', { tokenizer: jsonBytes({ version: '1.0' }) }, /not supported/],
    ['with a configuration that is not JSON', { config: new Uint8Array(3) }, /config.json is not JSON/],
    ['with a configuration that is a list', { config: jsonBytes([1]) }, /config.json is not a JSON object/],
    ['without bytes', { model: new Uint8Array(0) }, /truncated/],
    ['with half a length', { model: new Uint8Array(7) }, /truncated/],
    ['with half a header', { model: good.model.slice(0, 20) }, /header does not fit/],
    ['with half a table', { model: good.model.slice(0, -1) }, /'embeddings' does not fit into the file/],
    ['with a header that is not JSON', { model: header('{{{{') }, /header is not a JSON object/],
    ['without a table', { model: header('{}') }, /no tensor 'embeddings'/],
    ['with a table without a shape', { model: header('{"embeddings":{"dtype":"F32"}}') }, /no dtype, shape or/],
    ['with a flat table', { model: safetensors({ embeddings: { ...table, shape: [rows * 8] } }) }, /not a matrix/],
    [
      'with a table without rows',
      { model: safetensors({ embeddings: { shape: [0, 8], data: Int8Array.of() } }) },
      /bad/,
    ],
    ['with a table of integers', tensors({ embeddings: { ...table, dtype: 'I32' } }), /type I32, expected F32/],
    ['with a table of a new type', tensors({ embeddings: { ...table, dtype: 'F8' } }), /unknown type F8/],
    ['with a shape that overflows', tensors({ embeddings: { ...table, shape: [2 ** 24, 2 ** 24] } }), /does not fit/],
    ['of int4 without packed bytes', { config: jsonBytes({ quantization: 'int4' }) }, /of int4 has the type F32/],
    ['with too few weights', tensors({ weights: { shape: [3], data: new Float32Array(3) } }), /one number a token/],
    ['with NaN weights', tensors({ weights: { shape: [rows], data: new Float32Array(rows).fill(NaN) } }), /NaN/],
    [
      'with a mapping outside the table',
      tensors({ mapping: { shape: [2], data: Int32Array.of(0, rows) } }),
      /points outside/,
    ],
    ['with a negative mapping', tensors({ mapping: { shape: [1], data: BigInt64Array.of(-1n) } }), /points outside/],
    ['with a mapping of floats', tensors({ mapping: { shape: [1], data: Float32Array.of(0) } }), /row number a token/],
  ]) {
    it(`${what} is refused`, () => refused(StaticEmbedder.load({ ...good, ...changes }), 'bad_embedder', message));
  }

  it('with a missing file is refused', async () => {
    await refused(
      StaticEmbedder.load({ ...good, model: undefined }),
      'invalid_argument',
      /has no model, expected tokenizer, model and config/,
    );
    await refused(StaticEmbedder.load('/nowhere'), 'network', /could not be read/);
  });

  it('refuses inputs that are not texts', () =>
    withEmbedder(good, async (embedder) => {
      for (const text of [7, null, undefined, {}]) {
        await refused(embedder.embed(['a poem', text]), 'invalid_argument', /expected a text/);
      }
    }));
});
