// A rating of the user, as it is stored.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { importExtension } from './import-module.mjs';

describe('a rating', () => {
  let module;
  before(async () => {
    module = await importExtension('rating.ts');
  });
  const outcomesOf = async (pick, rating) => (await module.storedFeedbackOf('Why?', pick, rating)).outcomes;

  it('is about the pick, or the model that was used instead', async () => {
    assert.deepEqual(await outcomesOf('a', { kind: 'right' }), { a: 1 });
    assert.deepEqual(await outcomesOf('a', { kind: 'wrong' }), { a: 0 });
    assert.deepEqual(await outcomesOf('a', { kind: 'other', model: 'b' }), { b: 1 });
    assert.deepEqual(Object.entries(await outcomesOf('__proto__', { kind: 'right' })), [['__proto__', 1]]);
  });

  it('replaces the last rating of the same prompt and pick, and no other', async () => {
    const idOf = async (prompt, pick, kind) => (await module.storedFeedbackOf(prompt, pick, { kind })).id;
    const first = await idOf('Why?', 'a', 'right');
    assert.equal(await idOf('Why?', 'a', 'wrong'), first);
    assert.notEqual(await idOf('Why?', 'b', 'right'), first);
    assert.notEqual(await idOf('Why not?', 'a', 'right'), first);
  });

  it('keeps the beginning of a long prompt', async () => {
    const { prompt } = await module.storedFeedbackOf('x'.repeat(20_000), 'a', { kind: 'right' });
    assert.equal(prompt.length, 8000);
    assert.equal(module.keptPrompt('x'.repeat(20_000)), prompt);
  });

  it('is described in words', () => {
    assert.deepEqual(module.ratingWords({ outcomes: { a: 1, b: 0 } }), [
      { model: 'a', words: 'was right' },
      { model: 'b', words: 'was wrong' },
    ]);
  });
});
