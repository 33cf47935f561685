// What a badge is told of a decision, and with it whoever takes over a page's script.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Router, routeAdapted } from '../../dist/index.js';
import { embedderFiles } from '../package/fixtures.mjs';
import { POEM, topicsIndex } from '../package/topics.mjs';
import { importExtension } from './import-module.mjs';

const SITE = { isOn: true, adapter: 'auto', names: {}, endpoint: '' };

describe('what a badge is told', () => {
  let router;
  let suggest;
  before(async () => {
    ({ suggest } = await importExtension('engine/suggestion.ts'));
    router = await Router.load({ index: await topicsIndex(), embedder: embedderFiles() });
  });
  after(() => router.dispose());

  /** Judged so often that the pick is another one, or once. */
  async function decided(times, prompt) {
    const [{ vector }] = await router.embed([prompt]);
    const judgements = Array.from({ length: times }, () => ({ vector, outcomes: { poet: 0, generalist: 1 } }));
    return routeAdapted(router, prompt, judgements);
  }
  const told = (decision) => suggest({ decide: async () => ({ decision }) }, '', {}, SITE);

  it('is the reason, and not what the person judged', async () => {
    for (const times of [0, 1, 40]) {
      const decision = await decided(times, POEM);
      assert.equal(decision.judged, times);
      assert.equal(/judgement/.test(decision.reason), times > 0);
      const { model, why } = await told(decision);
      assert.equal(model, decision.model);
      assert.equal(why.length, 3);
      assert.ok(decision.reason.startsWith(why[0]) && why[0].endsWith('.'), why[0]);
      assert.doesNotMatch(why.join(' '), /judge|\byour?\b|was said/i);
    }
  });

  it('says no more of what nothing in the benchmark resembles', async () => {
    const decision = await decided(0, POEM);
    const coverage = { ...decision.coverage, outOfCoverage: true };
    for (const model of ['coder', 'generalist']) {
      const { why, lamp } = await told({ ...decision, coverage, challenger: 'generalist', model });
      assert.match(why[1], /^Nothing in the benchmark resembles this: using the best model on average(, or .*)?\.$/);
      assert.equal(lamp, 'stop');
    }
  });

  it('has a chance of no more digits than are shown', async () => {
    const { pCorrect } = await told(await decided(1, POEM));
    assert.equal(pCorrect, Number(pCorrect.toFixed(2)));
  });
});
