// Splits the weights from a model's file, forms batches of texts, and pools the vectors of tokens.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import onnxProto from 'onnx-proto';
import * as ort from 'onnxruntime-web/wasm';
import { batchesOf } from '../../../dist/onnx/batches.js';
import { fromHalves, poolText } from '../../../dist/onnx/pooling.js';
import { ModelSession } from '../../../dist/onnx/runtime.js';
import { splitWeights } from '../../../dist/onnx/split-weights.js';
import { writeModelFolder } from '../../onnx/model-folder.mjs';
import { randomVectors, refused, withSeed } from '../support/fixtures.mjs';

const { ModelProto, TensorProto } = onnxProto.onnx;
const SMALL = { layers: 1, hidden: 16, heads: 2, intermediate: 16, positions: 40, maxTokens: 32, words: [] };
/** Token ids of two texts, the second one padded with 1. */
const TEXTS = [
  [0, 5, 6, 2],
  [0, 7, 2],
];
const ONE_THREAD = { threads: 1 };

let folder;
let file;

before(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'signalbox-weights-'));
  writeModelFolder(folder, { ...SMALL, precisions: ['fp32', 'fp16', 'int8'] });
  file = modelFile('model');
});
after(() => rmSync(folder, { recursive: true, force: true }));

function modelFile(name) {
  return new Uint8Array(readFileSync(path.join(folder, 'onnx', `${name}.onnx`)));
}

/** Returns the references of a split model: { name, offset, length }. */
const referencesOf = (graph) =>
  ModelProto.decode(graph).graph.initializer.flatMap(({ name, externalData, rawData, dataLocation }) => {
    if (externalData.length === 0) return [];
    const { location, offset, length } = Object.fromEntries(externalData.map(({ key, value }) => [key, value]));
    assert.deepEqual([location, rawData.length, dataLocation], ['weights', 0, TensorProto.DataLocation.EXTERNAL]);
    return [{ name, offset: Number(offset), length: Number(length) }];
  });

/** Returns the results of the runtime for the texts with the whole file. */
async function runWhole(bytes) {
  const session = await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'] });
  const tokens = TEXTS[0].length;
  const long = (values) => new ort.Tensor('int64', BigInt64Array.from(values.flat(), BigInt), [TEXTS.length, tokens]);
  const feeds = {
    input_ids: long(TEXTS.map((ids) => [...ids, ...Array(tokens - ids.length).fill(1)])),
    attention_mask: long(TEXTS.map((ids) => Array.from({ length: tokens }, (_, t) => Number(t < ids.length)))),
  };
  const { last_hidden_state: output } = await session.run(feeds);
  await session.release();
  return output;
}

async function runSplit(bytes) {
  const session = await ModelSession.open(bytes, ONE_THREAD);
  try {
    return await session.run(TEXTS, 1);
  } finally {
    await session.release();
  }
}

describe('a model with its weights split off', () => {
  it('refers to exactly the bytes of the file, and keeps everything else', () => {
    const whole = ModelProto.decode(file);
    const { graph, weightsName } = splitWeights(file);
    assert.equal(weightsName, 'weights');
    const references = new Map(referencesOf(graph).map((reference) => [reference.name, reference]));
    const split = ModelProto.decode(graph);
    for (const [i, tensor] of whole.graph.initializer.entries()) {
      const { name, dims, dataType, rawData } = tensor;
      const copy = split.graph.initializer[i];
      assert.deepEqual([copy.name, copy.dims, copy.dataType], [name, dims, dataType]);
      const reference = references.get(name);
      const isLarge = rawData.length >= 1024;
      assert.equal(reference !== undefined, isLarge, `${name} of ${rawData.length} bytes`);
      const data = isLarge ? file.subarray(reference.offset, reference.offset + reference.length) : copy.rawData;
      assert.deepEqual(Buffer.from(data), Buffer.from(rawData), name);
    }
    assert.ok(references.size > 4);
    for (const model of [whole, split]) model.graph.initializer = [];
    assert.deepEqual(split.toJSON(), whole.toJSON());
  });

  it('may be inside a larger buffer', () => {
    const larger = new Uint8Array(file.length + 100);
    larger.set(file, 37);
    const { graph } = splitWeights(larger.subarray(37, 37 + file.length));
    assert.deepEqual(graph, splitWeights(file).graph);
  });

  for (const name of ['model', 'model_fp16', 'model_quantized']) {
    it(`returns the same vectors bit for bit: ${name}`, async () => {
      const bytes = modelFile(name);
      assert.ok(referencesOf(splitWeights(bytes).graph).length > 0);
      const split = await runSplit(bytes); // This sets up the runtime, so it must come first.
      const whole = await runWhole(bytes);
      assert.deepEqual([TEXTS.length, split.tokens, split.dim], whole.dims);
      const values = whole.type === 'float16' ? fromHalves(whole.data) : whole.data;
      assert.deepEqual(Float32Array.from(split.values), Float32Array.from(values));
    });
  }

  const remade = (change) => {
    const model = ModelProto.decode(file);
    change(model);
    return new Uint8Array(ModelProto.encode(model).finish());
  };

  it('is refused if they are already in another file', async () => {
    const external = remade(({ graph }) => {
      const tensor = graph.initializer[0];
      tensor.rawData = new Uint8Array(0);
      tensor.externalData = [{ key: 'location', value: 'model.onnx_data' }];
      tensor.dataLocation = TensorProto.DataLocation.EXTERNAL;
    });
    await refused(() => splitWeights(external), 'bad_embedder', /a separate file, expected one file/);
    await refused(ModelSession.open(external, ONE_THREAD), 'bad_embedder');
  });

  it('is refused if it is not a model', async () => {
    const text = (value) => new TextEncoder().encode(value);
    const strangers = [
      new Uint8Array(0),
      text('{"model": 1}'),
      text('<!doctype html><html></html>'),
      new Uint8Array(99),
    ];
    // Nested groups deeper than a stack: field 1 opened again and again.
    const deep = new Uint8Array(1 << 20).fill((1 << 3) | 3);
    for (const stranger of [...strangers, deep]) {
      await refused(() => splitWeights(stranger), 'bad_embedder', /not an ONNX file/);
      await refused(ModelSession.open(stranger, ONE_THREAD), 'bad_embedder');
    }
  });

  it('is refused if the runtime rejects it', async () => {
    const withoutNodes = remade(({ graph }) => {
      graph.node = [];
    });
    await refused(
      ModelSession.open(withoutNodes, ONE_THREAD),
      'bad_embedder',
      /ONNX Runtime does not accept the model/,
    );
    const withOtherInput = remade(({ graph }) => {
      graph.input.push({ ...graph.input[0], name: 'position_ids' });
    });
    await refused(ModelSession.open(withOtherInput, ONE_THREAD), 'bad_embedder', /has the input position_ids/);
  });

  it('is refused if its file is truncated anywhere', async () => {
    for (let length = 0; length < file.length; ++length) {
      await refused(() => splitWeights(file.subarray(0, length)), 'bad_embedder');
    }
  });

  it('returns vectors or is refused if any byte of its graph is changed', async () => {
    const isWeight = new Uint8Array(file.length);
    for (const { offset, length } of referencesOf(splitWeights(file).graph)) isWeight.fill(1, offset, offset + length);
    const places = [...isWeight.keys()].filter((i) => isWeight[i] === 0);
    const seen = { vectors: 0, refused: 0 };
    for (let seed = 1; seed <= 300; ++seed) {
      await withSeed(seed, async (random) => {
        const bytes = file.slice();
        bytes[places[Math.floor(random() * places.length)]] ^= 1 + Math.floor(255 * random());
        const running = runSplit(bytes);
        const states = await running.catch(() => undefined);
        if (states === undefined) await refused(running, 'bad_embedder');
        else assert.equal(states.values.length, TEXTS.length * states.tokens * states.dim);
        ++seen[states === undefined ? 'refused' : 'vectors'];
      });
    }
    assert.ok(seen.vectors > 0 && seen.refused > 0, JSON.stringify(seen));
    assert.deepEqual((await runSplit(file)).dim, SMALL.hidden, 'the runtime still works');
  });
});

describe('texts', () => {
  it('run through the model once each, shortest first, in batches that fit', async () => {
    for (let seed = 1; seed <= 200; ++seed) {
      await withSeed(seed, (random) => {
        const mostTexts = 1 + Math.floor(9 * random());
        const longest = seed % 2 === 0 ? 40 : 3000;
        const lengths = Array.from({ length: Math.floor(60 * random()) }, () => 3 + Math.floor(longest * random()));
        const batches = batchesOf(lengths, mostTexts);
        const order = batches.flat();
        assert.deepEqual(
          order.toSorted((a, b) => a - b),
          [...lengths.keys()],
        );
        for (const [k, i] of order.slice(1).entries()) {
          const before = order[k];
          assert.ok(lengths[before] < lengths[i] || (lengths[before] === lengths[i] && before < i));
        }
        for (const [k, batch] of batches.entries()) {
          const tokens = (count, last) => count * lengths[last];
          assert.ok(batch.length >= 1 && batch.length <= mostTexts);
          assert.ok(batch.length === 1 || tokens(batch.length, batch.at(-1)) <= 2048);
          const next = batches[k + 1]?.[0];
          const isFull = batch.length === mostTexts || tokens(batch.length + 1, next) > 2048;
          assert.ok(next === undefined || isFull, 'no batch leaves a text that fits');
        }
      });
    }
  });

  it('make no batch if the list is empty', () => assert.deepEqual(batchesOf([], 8), []));
});

describe('the vector of a text', () => {
  /** Pools by the definition, one number after the other. */
  function slowly({ values, tokens, dim }, row, length, pooling) {
    const column = (i) => Array.from({ length }, (_, t) => values[(row * tokens + t) * dim + i]);
    const pool = {
      mean: (numbers) => numbers.reduce((sum, x) => sum + x, 0) / numbers.length,
      max: (numbers) => Math.max(...numbers),
      cls: ([first]) => first,
    };
    const pooled = Array.from({ length: dim }, (_, i) => pool[pooling](column(i)));
    const norm = Math.hypot(...pooled);
    return pooled.map((x) => x / norm);
  }

  for (const pooling of ['mean', 'max', 'cls']) {
    it(`is the ${pooling} of its tokens without the padding, of unit norm`, async () => {
      for (let seed = 1; seed <= 50; ++seed) {
        await withSeed(seed, (random) => {
          const [rows, tokens, dim] = [3, 9, 7].map((most) => 1 + Math.floor(most * random()));
          const values = randomVectors(random, rows * tokens, dim);
          const lengths = Array.from({ length: rows }, () => 1 + Math.floor(tokens * random()));
          // NaN in the padding shows if padding is counted.
          for (const [row, length] of lengths.entries()) {
            values.fill(Number.NaN, (row * tokens + length) * dim, (row + 1) * tokens * dim);
          }
          for (const [row, length] of lengths.entries()) {
            const vector = poolText({ values, tokens, dim }, row, length, pooling);
            const expected = slowly({ values, tokens, dim }, row, length, pooling);
            // Rounding to float32 changes a number of at most 1 by 2^-25; the sums in float64 by far less.
            for (const [i, x] of expected.entries())
              assert.ok(Math.abs(vector[i] - x) <= 2 ** -24, `${vector[i]} ${x}`);
          }
        });
      }
    });

    it(`is zero if the ${pooling} is`, () => {
      const states = { values: new Float32Array(12), tokens: 3, dim: 4 };
      assert.deepEqual(poolText(states, 0, 3, pooling), new Float32Array(4));
    });

    it(`is refused if the ${pooling} is not finite`, async () => {
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
        const values = new Float32Array(12).fill(1);
        values[1] = bad;
        await refused(() => poolText({ values, tokens: 3, dim: 4 }, 0, 3, pooling), 'non_finite', /NaN or infinity/);
      }
    });
  }

  it('of the largest float32 numbers still has unit norm', () => {
    const values = new Float32Array(8).fill(3.4e38);
    const vector = poolText({ values, tokens: 2, dim: 4 }, 0, 2, 'mean');
    assert.deepEqual(vector, new Float32Array(4).fill(0.5));
  });
});

describe('numbers of 16 bits', () => {
  /** Decodes by the text of IEEE 754, digit by digit of the fraction. */
  function slowly(half) {
    const bits = half.toString(2).padStart(16, '0');
    const [sign, exponent] = [bits[0] === '1' ? -1 : 1, Number.parseInt(bits.slice(1, 6), 2)];
    const fraction = [...bits.slice(6)].reduce((sum, bit, i) => sum + Number(bit) * 2 ** -(i + 1), 0);
    if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    return exponent === 0 ? sign * fraction * 2 ** -14 : sign * (1 + fraction) * 2 ** (exponent - 15);
  }

  it('are read exactly, all 65,536', () => {
    const halves = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const numbers = fromHalves(halves);
    const view = new DataView(halves.buffer);
    for (const half of halves) {
      // Object.is distinguishes the signs of zero, and equates NaN with NaN.
      assert.ok(Object.is(numbers[half], slowly(half)), `${half}: ${numbers[half]}`);
      const exact = view.getFloat16?.(2 * half, true);
      assert.ok(exact === undefined || Object.is(numbers[half], exact), `${half}: ${exact}`);
    }
    assert.deepEqual([numbers[0x3c00], numbers[0x7bff], numbers[1]], [1, 65504, 2 ** -24]);
  });
});
