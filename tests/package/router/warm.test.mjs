// A warm decision: how often it calls the core, and that it leaves no bytes behind.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { buildIndex } from '../../../dist/build.js';
import { Router } from '../../../dist/index.js';
import { loadCore } from '../../../dist/wasm/core-module.js';
import { expectNothingOpen, randomSpec, randomVectors, withSeed } from '../support/fixtures.mjs';

const ROUTES = 10_000;
const DIM = 8;
const TEXT = 'Prove that the square root of two is irrational.';

let core;
let shipped;
let small;

before(async () => {
  // Without a source, the module that every router shares.
  core = await loadCore(undefined, {});
  shipped = await Router.load();
  small = await Router.load({ index: await buildIndex(randomSpec({ dim: DIM })), embedder: null });
});
after(() => {
  for (const router of [shipped, small]) router?.dispose();
});
expectNothingOpen();

/** Returns the names of the core's functions in the order in which `action` calls them. */
async function callsDuring(action) {
  const { glue } = core;
  const calls = [];
  const functions = Object.entries(glue).filter(([, value]) => typeof value === 'function');
  for (const [name, call] of functions) {
    glue[name] = (...args) => {
      calls.push(name);
      return call(...args);
    };
  }
  try {
    await action();
  } finally {
    Object.assign(glue, Object.fromEntries(functions));
  }
  return calls;
}

it('a decision about a prompt calls the core twice, and one about a vector once', async () => {
  await shipped.route(TEXT);
  const [embedding] = await shipped.embed([TEXT]);
  for (const options of [{}, { neighbours: 5 }, { prefer: 'cheap' }]) {
    assert.deepEqual(await callsDuring(() => shipped.route(TEXT, options)), ['embed', 'decideInput']);
    assert.deepEqual(await callsDuring(() => shipped.route(embedding, options)), ['decideInput']);
  }
});

it('many decisions embed a block at once', async () => {
  const prompts = Array.from({ length: 40 }, (_, i) => `${TEXT} ${i}`);
  const calls = await callsDuring(() => shipped.routeMany(prompts));
  assert.equal(calls.filter((name) => name === 'embed').length, 1);
  assert.equal(calls.filter((name) => name === 'decideInput').length, prompts.length);
});

it(`${ROUTES} decisions leave the memory of the core as it was`, () =>
  withSeed(31, async (random) => {
    const vectors = Array.from({ length: 50 }, () => randomVectors(random, 1, DIM));
    const options = [{}, { neighbours: 5 }, { policy: 's1', neighbours: 60 }, { candidates: ['m1', 'm2'] }];
    const route = (i) => small.route(vectors[i % vectors.length], options[i % options.length]);
    for (let i = 0; i < 200; ++i) await route(i);
    const bytes = core.memoryBytes;
    for (let i = 0; i < ROUTES; ++i) await route(i);
    assert.equal(core.memoryBytes, bytes);
  }));

it('a decision stays as it was when others follow', async () => {
  const first = await shipped.route(TEXT, { neighbours: 5 });
  const copy = structuredClone(first);
  assert.deepEqual(copy, JSON.parse(JSON.stringify(first)), 'a decision is plain data');
  await shipped.route('Translate this letter into French.', { neighbours: 7, prefer: 'cheap' });
  assert.deepEqual(first, copy);
  assert.deepEqual(await shipped.route(TEXT, { neighbours: 5 }), copy, 'nor does a decision depend on those before');
});

it('neighbours have an outcome or null for every model, in the order of the index', async () => {
  const names = shipped.info.models.map(({ name }) => name);
  const { neighbours } = await shipped.route(TEXT, { neighbours: 5 });
  assert.equal(neighbours.length, 5);
  for (const { outcomes } of neighbours) {
    assert.deepEqual(Object.keys(outcomes), names);
    assert.ok(Object.values(outcomes).every((outcome) => outcome === null || (outcome >= 0 && outcome <= 1)));
  }
});
