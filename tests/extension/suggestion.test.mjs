// The part of a decision that a badge receives: anyone who takes over a page's script can read it.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Router, routeWithFeedback } from '../../dist/index.js';
import { embedderFiles } from '../package/support/fixtures.mjs';
import { POEM, topicsIndex } from '../package/support/topics.mjs';
import { importExtension } from './import-module.mjs';

const SITE = { isOn: true, adapter: 'auto', names: {}, endpoint: '', pays: 'use', usual: null };

describe('the suggestion for a badge', () => {
  let router;
  let suggest;
  before(async () => {
    ({ suggest } = await importExtension('engine/suggestion.ts'));
    router = await Router.load({ index: await topicsIndex(), embedder: embedderFiles() });
  });
  after(() => router.dispose());

  /** Returns a decision after `times` ratings of the prompt. */
  async function decided(times, prompt, { outcomes = { poet: 0, generalist: 1 }, ...options } = {}) {
    const [{ vector }] = await router.embed([prompt]);
    const ratings = Array.from({ length: times }, () => ({ vector, outcomes }));
    return routeWithFeedback(router, prompt, ratings, options);
  }
  const told = (decision) => suggest({ decide: async () => ({ decision }) }, '', {}, SITE);

  it('has every part of the reason except feedback', async () => {
    for (const times of [0, 1, 40]) {
      for (const prompt of [POEM, 'law court']) {
        const decision = await decided(times, prompt);
        assert.equal(decision.feedbackUsed, times);
        const { choice, resemblance, price, feedback } = decision.reasons;
        assert.equal(/rating/.test(feedback), times > 0);
        const { model, why } = await told(decision);
        assert.equal(model, decision.model);
        assert.equal(decision.reason, [...why, feedback].join(' ').trim());
        assert.deepEqual(
          why,
          [choice, resemblance, price].filter((part) => part !== ''),
        );
        assert.doesNotMatch(why.join(' '), /rating|feedback|correct|\byour?\b/i);
      }
    }
  });

  it('does not reveal whether the dial or feedback led to a model, if nothing resembles the prompt', async () => {
    const options = { prices: { coder: 0.1 }, outcomes: { coder: 1 } };
    const byDial = await decided(0, 'law court', { ...options, prefer: 100 });
    const byFeedback = await decided(40, 'law court', options);
    for (const { model, challenger, feedbackUsed } of [byDial, byFeedback]) {
      assert.equal(model, 'coder');
      assert.equal(challenger === 'coder', feedbackUsed > 0);
    }
    const [dial, feedback] = await Promise.all([told(byDial), told(byFeedback)]);
    assert.deepEqual(feedback, dial);
    assert.equal(dial.lamp, 'stop');
    assert.equal(dial.why.length, 2);
  });

  it('has a dark lamp, and says so, if the prompt cannot be read or is empty', async () => {
    for (const [prompt, words] of [
      ['日本，日本？', "The embedder can't read this language."],
      ['…', 'There are no words in this prompt.'],
      [' ', 'The prompt is empty.'],
    ]) {
      const { lamp, why } = await told(await decided(1, prompt));
      assert.equal(lamp, 'dark');
      assert.ok(why.includes(words), why.join(' '));
    }
    assert.equal((await told(await decided(0, POEM))).lamp, 'clear');
  });

  it('has a chance as it is shown, or a strength where there is none', async () => {
    const { quality } = await told(await decided(1, POEM));
    assert.match(quality.value, /^\d+%$/);
    assert.deepEqual([quality.label, quality.note], ['chance of being right', '']);
    const outside = await told(await decided(0, 'law court'));
    assert.deepEqual(outside.quality, { value: 'Strong', label: 'on average among 4 models', note: '' });
  });
});
