// The default index ranks prompts by difficulty: pairs of an easy and a hard prompt.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Router } from '../../../dist/index.js';
import { difficultyPairs, easeOf, everydayPrompts } from '../support/everyday.mjs';
import { expectNothingOpen } from '../support/fixtures.mjs';

const ENOUGH = 36;

describe('difficulty', () => {
  let router;
  before(async () => {
    router = await Router.load();
  });
  after(() => {
    router?.dispose();
    expectNothingOpen();
  });

  const easeBy = async (prompt) => easeOf(await router.route(prompt, { neighbours: 0 }));

  it('ranks the easy prompt of a pair above the hard one', async () => {
    const pairs = difficultyPairs();
    const swapped = [];
    for (const { easy, hard } of pairs) {
      const [above, below] = [await easeBy(easy), await easeBy(hard)];
      if (!(above > below)) swapped.push(`${above.toFixed(3)} ${easy} / ${below.toFixed(3)} ${hard}`);
    }
    assert.ok(pairs.length - swapped.length >= ENOUGH, swapped.join('\n'));
  });

  it('puts a greeting, a capital and a percentage above an olympiad problem', async () => {
    const asked = everydayPrompts().map(({ prompt }) => prompt);
    const hard = await easeBy(asked.find((prompt) => prompt.startsWith('Let a and b be positive integers')));
    for (const easy of ['hi', 'capital of Mongolia?', 'what is 17.5% of 2340']) {
      assert.ok(asked.includes(easy));
      const ease = await easeBy(easy);
      assert.ok(ease > hard, `${easy}: ${ease}, the problem ${hard}`);
    }
  });
});
