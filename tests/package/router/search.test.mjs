// Fast searches: they find nearly all of the neighbours that exact ones find, and the default index decides alike.
import assert from 'node:assert/strict';
import { before, it } from 'node:test';
import { buildIndex } from '../../../dist/build.js';
import { Router } from '../../../dist/index.js';
import { WorkerRouter } from '../../../dist/worker.js';
import { everydayPrompts } from '../support/everyday.mjs';
import { expectNothingOpen, randomFrom, randomSpec, randomVectors, refused } from '../support/fixtures.mjs';

const ROWS = 3000;
const DIM = 64;
const COUNT = 40;
let index;
let vectors;

before(async () => {
  index = await buildIndex(randomSpec({ seed: 5, rows: ROWS, dim: DIM }));
  vectors = randomVectors(randomFrom(6), COUNT, DIM);
});
expectNothingOpen();

const rowsOf = ({ neighbours }) => neighbours.map(({ row }) => row);

async function neighboursBy(Kind, options) {
  const router = await Kind.load({ index, embedder: null, ...options });
  try {
    const inputs = Array.from({ length: COUNT }, (_, i) => vectors.subarray(i * DIM, (i + 1) * DIM));
    return (await router.routeMany(inputs, { neighbours: 10 })).map(rowsOf);
  } finally {
    router.dispose();
  }
}

it('finds 99 of 100 neighbours, in a worker as in this thread', async () => {
  const exact = await neighboursBy(Router);
  const fast = await neighboursBy(Router, { search: 'fast' });
  const hits = exact.flatMap((rows, i) => rows.filter((row) => fast[i].includes(row))).length;
  assert.ok(hits >= 0.99 * COUNT * 10, `${hits} of ${COUNT * 10}`);
  assert.deepEqual(await neighboursBy(WorkerRouter, { search: 'fast' }), fast);
  assert.deepEqual(await neighboursBy(Router, { search: 'exact' }), exact);
});

it('decides on everyday prompts as exact search does', async () => {
  const [exact, fast] = await Promise.all([Router.load(), Router.load({ search: 'fast' })]);
  try {
    const prompts = everydayPrompts().map(({ prompt }) => prompt);
    const [of, by] = await Promise.all([exact, fast].map((router) => router.routeMany(prompts, { neighbours: 10 })));
    let hits = 0;
    let total = 0;
    for (const [i, decision] of of.entries()) {
      assert.equal(by[i].model, decision.model, prompts[i]);
      assert.equal(by[i].coverage?.outOfCoverage, decision.coverage?.outOfCoverage, prompts[i]);
      total += decision.neighbours.length;
      hits += rowsOf(decision).filter((row) => rowsOf(by[i]).includes(row)).length;
    }
    assert.ok(hits >= 0.99 * total, `${hits} of ${total}`);
  } finally {
    exact.dispose();
    fast.dispose();
  }
});

it('is exact or fast', () =>
  refused(
    Router.load({ index, embedder: null, search: 'quick' }),
    'invalid_argument',
    /search is the text 'quick', expected exact, fast/,
  ));
