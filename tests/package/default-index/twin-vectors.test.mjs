// The vectors of a twin's rows, read from a matrix (models/index/twins.mjs).
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { readTwinVectors, TWINS } from '../../../models/index/twins.mjs';
import { npy, temporaryFolder } from '../evaluation/fixtures.mjs';

const folder = temporaryFolder();

describe('a matrix for a twin of the default index', () => {
  it('has the vectors of the rows, under the identity of the model', async () => {
    const file = path.join(folder, 'two.npy');
    await writeFile(file, npy(2, 3, [1, 2, 3, 4, 5, 6]));
    const read = await readTwinVectors(TWINS.minilm, ['a', 'b'], { embeddings: file });
    assert.equal(read.dim, 3);
    assert.deepEqual([...read.values], [1, 2, 3, 4, 5, 6]);
    assert.deepEqual(read.embedder, { id: TWINS.minilm.id, details: TWINS.minilm.details });
  });

  it('is refused with another number of rows', async () => {
    const file = path.join(folder, 'one.npy');
    await writeFile(file, npy(1, 3, [1, 2, 3]));
    await assert.rejects(readTwinVectors(TWINS.minilm, ['a', 'b'], { embeddings: file }), /has 1 rows, expected 2/);
  });
});
