// The storage of prompts and vectors, and the cache of embeddings: only whole records, regardless of damage on the
// disk.
import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { CachedEmbedder } from '../../../dist/building/disk/embedding-cache.js';
import { diskStorage } from '../../../dist/building/disk/storage.js';
import { memoryStorage, readSlots } from '../../../dist/building/storage.js';
import { cutToUnit, UnitVectors } from '../../../dist/building/vectors.js';
import { randomFrom, randomVectors } from '../support/fixtures.mjs';

let folder;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'signalbox-storage-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

for (const [name, open] of [
  ['in memory', async () => memoryStorage()],
  ['on the disk', () => diskStorage(path.join(folder, 'index'))],
]) {
  describe(`storage ${name}`, () => {
    it('returns every prompt unchanged, in blocks, and again from the start', async () => {
      const storage = await open();
      const prompts = storage.prompts();
      const texts = Array.from({ length: 700 }, (_, i) => `\ufeff${'ä€😀\0\n'.repeat(i % 17)}${i}`);
      for (const [i, text] of texts.entries()) assert.equal(prompts.add(text), i);
      const read = [];
      for (let first = 0; first < texts.length; first += 64) {
        read.push(...(await prompts.read(first, Math.min(64, texts.length - first))));
      }
      assert.deepEqual(read, texts);
      assert.deepEqual(await prompts.read(3, 2), texts.slice(3, 5));
      await storage.dispose();
    });

    it('holds prompts and vectors larger than its buffer', async () => {
      const storage = await open();
      const prompts = storage.prompts();
      const texts = ['short', 'x'.repeat(5 << 20), 'after'];
      for (const text of texts) prompts.add(text);
      assert.deepEqual(await prompts.read(0, 3), texts);
      const vectors = storage.vectors();
      const all = randomVectors(randomFrom(1), 3000, 512);
      for (let row = 0; row < 3000; ++row) vectors.add(all.subarray(row * 512, (row + 1) * 512));
      assert.deepEqual(await vectors.read(0, 3000), all);
      await storage.dispose();
    });

    it('reads slots in any order', async () => {
      const storage = await open();
      const vectors = storage.vectors();
      for (let i = 0; i < 10; ++i) vectors.add([i, -i]);
      assert.deepEqual([...(await readSlots(vectors, [7, 2, 3, 4, 0]))], [7, -7, 2, -2, 3, -3, 4, -4, 0, -0]);
      await storage.dispose();
    });

    it('refuses vectors of another length, and those that are not finite', async () => {
      const storage = await open();
      const vectors = storage.vectors();
      vectors.add([1, 2]);
      assert.throws(() => vectors.add([1]), { code: 'dimension_mismatch' });
      assert.throws(() => vectors.add([1, Number.NaN]), { code: 'non_finite' });
      assert.throws(() => storage.vectors().add([]), { code: 'dimension_mismatch' });
      await storage.dispose();
    });
  });
}

describe('storage on the disk', () => {
  it('leaves no files behind', async () => {
    const storage = await diskStorage(path.join(folder, 'index'));
    storage.prompts().add('text');
    storage.vectors().add([1]);
    assert.equal(readdirSync(folder).length, 1);
    await storage.dispose();
    assert.deepEqual(readdirSync(folder), []);
  });

  it('names a folder that cannot be written', async () => {
    await assert.rejects(diskStorage(path.join(folder, 'no', 'such', 'index')), { code: 'network' });
  });
});

describe('vectors of an index', () => {
  it('are cut to their first dimensions and have unit norm; zeros stay zeros', () => {
    const unit = cutToUnit(Float32Array.of(3, 4, 100, 0, 0, 7), 3, 2);
    assert.deepEqual([...unit], [Math.fround(0.6), Math.fround(0.8), 0, 0]);
  });

  it('cannot have more dimensions than the source', () => {
    const source = { dim: 4, count: 1, read: async () => new Float32Array(4) };
    for (const dims of [0, 5, 1.5]) assert.throws(() => new UnitVectors(source, dims), { code: 'invalid_argument' });
    assert.equal(new UnitVectors(source, 2).dim, 2);
  });
});

describe('the cache of embeddings', () => {
  /** Returns an embedder that records the texts it embeds. */
  function embedder(overrides = {}) {
    const asked = [];
    const of = (text) => ({ vector: Float32Array.of(text.length, 1), tokens: text.length, truncated: text === 'cut' });
    return {
      id: 'test',
      hash: 'h',
      dim: 2,
      asked,
      embed: async (texts) => {
        asked.push(...texts);
        return texts.map(of);
      },
      ...overrides,
    };
  }
  const root = () => path.join(folder, 'cache');
  const use = async (inner, texts) => {
    const cached = new CachedEmbedder(inner, root());
    const answer = await cached.embed(texts);
    cached.dispose();
    return answer;
  };
  const files = () =>
    readdirSync(root()).flatMap((name) => readdirSync(path.join(root(), name)).map((f) => path.join(root(), name, f)));

  it('embeds a text once, even across processes, and returns the same vectors', async () => {
    const first = await use(embedder(), ['a', 'bb', 'cut']);
    const second = embedder();
    assert.deepEqual(await use(second, ['bb', 'new', 'cut', 'a']), [
      first[1],
      { vector: Float32Array.of(3, 1), tokens: 3, truncated: false },
      first[2],
      first[0],
    ]);
    assert.deepEqual(second.asked, ['new']);
    assert.equal(first[2].truncated, true);
  });

  it('is not shared between embedders that differ in id, hash or length', async () => {
    await use(embedder(), ['a']);
    for (const other of [{ id: 'other' }, { hash: 'other' }, { hash: undefined }]) {
      const inner = embedder(other);
      await use(inner, ['a']);
      assert.deepEqual(inner.asked, ['a']);
    }
  });

  it('recovers from a truncated or damaged record', async () => {
    await use(embedder(), ['a', 'bb', 'ccc']);
    const [file] = files();
    const bytes = readFileSync(file);
    const record = bytes.length / 3;
    bytes[record + 20] ^= 1; // A bit in the vector of 'bb' is flipped,
    writeFileSync(file, bytes.subarray(0, bytes.length - 1)); // and 'ccc' is truncated.
    const inner = embedder();
    await use(inner, ['a', 'bb', 'ccc']);
    assert.deepEqual(inner.asked, ['bb', 'ccc']);
  });

  it('ignores files of other origin', async () => {
    await use(embedder(), ['a']);
    const [file] = files();
    writeFileSync(path.join(path.dirname(file), 'note.txt'), 'x');
    appendFileSync(file, Buffer.alloc(1000, 0xff));
    const inner = embedder();
    await use(inner, ['a']);
    assert.deepEqual(inner.asked, []);
  });

  it('reports a folder that cannot be used', () => {
    writeFileSync(root(), 'a file');
    assert.throws(() => new CachedEmbedder(embedder(), root()), { code: 'network' });
    assert.ok(existsSync(root()));
  });
});
