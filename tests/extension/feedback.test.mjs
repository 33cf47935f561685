// What a person says of a decision, as it is kept.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { importExtension } from './import-module.mjs';

describe('a judgement', () => {
  let judging;
  before(async () => {
    judging = await importExtension('judging.ts');
  });
  const outcomesOf = async (pick, verdict) => (await judging.judgedOf('Why?', pick, verdict)).outcomes;

  it('is of the pick, or of the model that was used instead', async () => {
    assert.deepEqual(await outcomesOf('a', { kind: 'right' }), { a: 1 });
    assert.deepEqual(await outcomesOf('a', { kind: 'wrong' }), { a: 0 });
    assert.deepEqual(await outcomesOf('a', { kind: 'other', model: 'b' }), { b: 1 });
    assert.deepEqual(Object.entries(await outcomesOf('__proto__', { kind: 'right' })), [['__proto__', 1]]);
  });

  it('takes the place of the last one of the same prompt and pick, and of no other', async () => {
    const idOf = async (prompt, pick, kind) => (await judging.judgedOf(prompt, pick, { kind })).id;
    const first = await idOf('Why?', 'a', 'right');
    assert.equal(await idOf('Why?', 'a', 'wrong'), first);
    assert.notEqual(await idOf('Why?', 'b', 'right'), first);
    assert.notEqual(await idOf('Why not?', 'a', 'right'), first);
  });

  it('keeps the beginning of a long prompt', async () => {
    const { prompt } = await judging.judgedOf('x'.repeat(20_000), 'a', { kind: 'right' });
    assert.equal(prompt.length, 8000);
    assert.equal(judging.keptPrompt('x'.repeat(20_000)), prompt);
  });

  it('is said in words', () => {
    assert.deepEqual(judging.verdictsOf({ outcomes: { a: 1, b: 0 } }), [
      { model: 'a', words: 'was right' },
      { model: 'b', words: 'was wrong' },
    ]);
  });
});
