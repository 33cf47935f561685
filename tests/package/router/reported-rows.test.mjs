// The benchmark samples that a decision reports: the nearest ones; with kinds of work, those of the tasks voted for first.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildIndex } from '../../../dist/build.js';
import { Router } from '../../../dist/index.js';
import { expectNothingOpen } from '../support/fixtures.mjs';

const DIM = 16;
/** Returns a unit vector at this cosine to the query, which is the first axis; `axis` is the other one. */
const at = (cosine, axis) => {
  const vector = new Float32Array(DIM);
  vector[0] = cosine;
  vector[axis] = Math.sqrt(1 - cosine * cosine);
  return vector;
};
/** Rows by name: `stray` is nearest, but its task is far from the query. */
const ROWS = [
  ['stray', 'far', 0.95],
  ['near', 'talk', 0.9],
  ['nearer than far', 'talk', 0.6],
  ['remote', 'talk', 0.3],
  ['measured', 'close', 0.2],
];

/** Returns the index of these rows: `talk` is a kind with the whole vote, or a task like the others. */
async function indexWith({ kinds }) {
  const centroids = new Float32Array(3 * DIM);
  for (let task = 0; task < 3; ++task) centroids[task * DIM] = 1;
  return buildIndex({
    dim: DIM,
    models: ['a', 'b'],
    taskNames: ['far', 'talk', 'close'],
    tasks: ROWS.map(([, task]) => task),
    sampleIds: ROWS.map(([id]) => id),
    embeddings: Float32Array.from(ROWS.flatMap(([, , cosine], i) => [...at(cosine, i + 1)])),
    outcomes: Float32Array.from(
      ROWS.flatMap(([, task]) => (kinds && task === 'talk' ? [Number.NaN, Number.NaN] : [1, 0])),
    ),
    centroids: { vectors: centroids, bias: [-30, 0, -30] },
    codes: 'float32',
    ...(kinds && { links: [{ kind: 'talk', task: 'close', weight: 1 }] }),
  });
}

async function reported(index, neighbours) {
  const router = await Router.load({ index, embedder: null });
  try {
    const decision = await router.route(at(1, 1), { neighbours });
    return decision.neighbours.map(({ id, similarity }) => `${id} ${similarity.toFixed(2)}`);
  } finally {
    router.dispose();
  }
}

describe('reported rows', () => {
  it('are the nearest ones without kinds', async () => {
    const index = await indexWith({ kinds: false });
    assert.deepEqual(await reported(index, 3), ['stray 0.95', 'near 0.90', 'nearer than far 0.60']);
    expectNothingOpen();
  });

  it('of tasks without a vote come later with kinds, but before remote ones', async () => {
    const index = await indexWith({ kinds: true });
    const order = ['near 0.90', 'nearer than far 0.60', 'stray 0.95', 'remote 0.30', 'measured 0.20'];
    assert.deepEqual(await reported(index, 5), order);
    assert.deepEqual(await reported(index, 2), order.slice(0, 2));
    assert.deepEqual(await reported(index, 0), []);
    expectNothingOpen();
  });
});
