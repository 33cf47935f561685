// The twins of the default index for sentence transformers: the same benchmark, so that a router can refine another.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import { Router } from '../../../dist/index.js';
import { root } from '../support/fixtures.mjs';

const MOST_BYTES = 8e6;
const TWINS = [
  { name: 'minilm', id: 'Xenova/all-MiniLM-L6-v2', dim: 384, maxTokens: 256 },
  { name: 'mpnet', id: 'Xenova/all-mpnet-base-v2', dim: 768, maxTokens: 384 },
];

async function read(file) {
  const router = await Router.load({ index: path.join(root, 'models', file), embedder: null });
  const [{ info }, samples] = [router, await router.samples()];
  router.dispose();
  return { info, samples };
}

describe('the twin of the default index', () => {
  let original;
  before(async () => {
    original = await read('index/index.sbx');
  });

  for (const { name, id, dim, maxTokens } of TWINS) {
    describe(`for ${name}`, () => {
      const file = `${name}/index-${name}.sbx`;
      let twin;
      before(async () => {
        twin = await read(file);
      });

      it('has the same models, tasks and rows, and results', () => {
        const facts = ({ info: { models, tasks, rows } }) => ({ models, tasks, rows });
        assert.deepEqual(facts(twin), facts(original));
        for (const key of ['tasks', 'outcomes', 'ids']) assert.deepEqual(twin.samples[key], original.samples[key], key);
      });

      it('names the vectors, and no file', () => {
        const { dtype, ...details } = twin.info.embedder.details;
        assert.deepEqual(twin.info.embedder, { id, hash: '', details: { dtype, ...details } });
        assert.deepEqual(details, { pooling: 'mean', maxTokens });
        assert.equal(twin.info.dim, dim);
      });

      it('is small enough, and has a card with its hash and its size', () => {
        const bytes = readFileSync(path.join(root, 'models', file));
        assert.ok(bytes.length <= MOST_BYTES, `${bytes.length} bytes`);
        const card = readFileSync(path.join(root, 'models', name, 'README.md'), 'utf8');
        assert.ok(card.includes(createHash('sha256').update(bytes).digest('hex')));
        assert.ok(card.includes(`${bytes.length.toLocaleString('en')} bytes`));
      });
    });
  }
});
