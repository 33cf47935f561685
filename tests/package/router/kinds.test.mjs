// Kinds of work: told in decisions, and a guide to the tasks that measure them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildIndex } from '../../../dist/build.js';
import { Router } from '../../../dist/index.js';
import { expectNothingOpen } from '../support/fixtures.mjs';

const ROWS = 40;
/** Prompts of `maths`, `prose` and `mail` lie on an axis each; model `adder` is good at maths, `poet` at prose. */
function spec({ links, ...more } = {}) {
  const tasks = Array.from({ length: ROWS }, (_, row) => (row < 20 ? 'maths' : row < 30 ? 'prose' : 'mail'));
  const axis = { maths: 0, prose: 1, mail: 2 };
  const outcomes = tasks.flatMap((task, row) =>
    task === 'mail' ? [Number.NaN, Number.NaN] : [Number(task === 'maths' || row % 5 === 0), Number(task === 'prose')],
  );
  return {
    models: ['adder', 'poet'],
    tasks,
    dim: 3,
    codes: 'float32',
    embeddings: Float32Array.from(
      tasks.flatMap((task, row) => [0, 1, 2].map((i) => Number(axis[task] === i) + 0.01 * ((row * (i + 3)) % 7))),
    ),
    outcomes: Float32Array.from(outcomes),
    links: links ?? [{ kind: 'mail', task: 'prose', weight: 1 }],
    taskRecords: [{ name: 'mail', displayName: 'Letters' }],
    ...more,
  };
}

async function decide(index, vector, options) {
  const router = await Router.load({ index: await buildIndex(index), embedder: null });
  try {
    return await router.route(Float32Array.from(vector), { prefer: 'best', ...options });
  } finally {
    router.dispose();
  }
}

describe('a kind of work', () => {
  expectNothingOpen();

  it('is told with its label and probability', async () => {
    const { kind, kinds, ...rest } = await decide(spec(), [0, 0, 1]);
    assert.deepEqual(kinds, [{ name: 'mail', label: 'Letters', probability: 1 }]);
    assert.deepEqual(kind, kinds[0]);
    assert.ok(!('taskWeights' in rest));
  });

  it('chooses by the tasks that it links to', async () => {
    const letter = await decide(spec(), [0, 0, 1]);
    assert.equal(letter.model, 'poet');
    assert.equal(letter.tasks[0].task, 'prose');
    const sums = await decide(spec({ links: [{ kind: 'mail', task: 'maths', weight: 1 }] }), [0, 0, 1]);
    assert.equal(sums.model, 'adder');
  });

  it('may be one of several', async () => {
    const links = ['maths', 'prose'].map((task) => ({ kind: 'mail', task, weight: 1 }));
    const { tasks } = await decide(spec({ links }), [0, 0, 1]);
    const weights = Object.fromEntries(tasks.map(({ task, weight }) => [task, weight]));
    assert.ok(Math.abs(weights.maths - weights.prose) < 0.02, JSON.stringify(weights));
    assert.equal(weights.mail, 0);
  });

  it('is not told of an index without kinds, or of a prompt that cannot be read', async () => {
    const { outcomes, tasks } = spec();
    const known = outcomes.map((y) => (Number.isNaN(y) ? 0 : y));
    assert.deepEqual((await decide(spec({ links: [], outcomes: known, tasks }), [0, 0, 1])).kinds, []);
    assert.deepEqual((await decide(spec(), [0, 0, 0])).kinds, []);
  });
});

describe('offsets of rows', () => {
  const at = async (offset) => {
    const rowOffsets = spec().tasks.map((task) => (task === 'mail' ? offset : -8));
    const { ranking } = await decide(spec({ rowOffsets }), [0, 0, 1]);
    return new Map(ranking.map(({ model, pCorrect }) => [model, pCorrect]));
  };

  it('move all predictions, and those of a weak model most', async () => {
    const [hard, plain, easy] = [await at(-1), await at(0), await at(1)];
    for (const model of ['adder', 'poet']) {
      assert.ok(hard.get(model) <= plain.get(model) && plain.get(model) <= easy.get(model), model);
    }
    assert.ok(easy.get('adder') > plain.get('adder') + 0.05);
  });

  it('change nothing where none is known', async () => {
    const { ranking } = await decide(spec(), [0, 0, 1]);
    const unknown = await decide(spec({ rowOffsets: Array(ROWS).fill(-8) }), [0, 0, 1]);
    assert.deepEqual(unknown.ranking, ranking);
  });
});
