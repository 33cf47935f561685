// A conversation under way: its model stays unless another one is worth sending everything again.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { buildIndex } from '../../../dist/build.js';
import { CONVERSATION_REASONS, Router } from '../../../dist/index.js';
import { stayingWords } from '../../../dist/routing/staying.js';
import { WorkerRouter } from '../../../dist/worker.js';
import { expectNothingOpen, refused } from '../support/fixtures.mjs';

/** Right answers of the models out of twenty; an answer has 1000 tokens. */
const RIGHT = [18, 14, 8];
const MODELS = [
  { name: 'strong', usdPerMTokIn: 10, usdPerMTokOut: 30, usdPerMTokCacheRead: 1, aliases: ['the-strong-one'] },
  { name: 'middle', usdPerMTokIn: 1, usdPerMTokOut: 3, usdPerMTokCacheRead: 0.1 },
  { name: 'weak', usdPerMTokIn: 0.1, usdPerMTokOut: 0.3, usdPerMTokCacheRead: 0.01 },
];
const INPUT = [1, 0.1];
const embedder = {
  id: '',
  dim: 2,
  embed: async (texts) => texts.map(() => ({ vector: Float32Array.from(INPUT), tokens: 9, truncated: false })),
};

const spec = (models) => ({
  models,
  tasks: Array.from({ length: 40 }, (_, i) => (i < 20 ? 'a' : 'b')),
  dim: 2,
  embeddings: Float32Array.from({ length: 80 }, (_, i) => (i < 40 ? [1, 0.01 * i] : [0.01 * i, 1])[i % 2]),
  outcomes: Float32Array.from({ length: 120 }, (_, i) => Number(Math.floor(i / 3) % 20 < RIGHT[i % 3])),
});

let routers;
let unpriced;
before(async () => {
  const index = await buildIndex({ ...spec(MODELS), answerTokens: { tasks: [1000, 1000], models: [1, 1, 1] } });
  routers = [await Router.load({ index, embedder }), await WorkerRouter.load({ index, embedder })];
  unpriced = await Router.load({ index: await buildIndex(spec(MODELS.map(({ name }) => ({ name })))), embedder });
});
after(() => {
  for (const one of [...routers, unpriced]) one.dispose();
});
expectNothingOpen();

/** Routes in all routers, which must agree, and returns the decision. */
async function route(input, options) {
  const [decision, other] = await Promise.all(routers.map((router) => router.route(input, options)));
  assert.deepEqual(other, decision);
  return decision;
}
const reasonOf = ({ model, conversation: { stayed, reason } }) => [model, stayed, reason];

it('says nothing without a state', async () => {
  assert.equal((await route(INPUT)).conversation, undefined);
});

describe('a conversation', () => {
  it('goes on if the router picks its model, by any of its names', async () => {
    const decision = await route(INPUT, { conversation: { model: 'the-strong-one', id: 'talk 7' } });
    assert.deepEqual(reasonOf(decision), ['strong', true, 'same']);
    assert.equal(decision.conversation.id, 'talk 7');
    assert.deepEqual(decision.ranking, (await route(INPUT)).ranking);
  });

  it('goes up if the gain is worth sending it again', async () => {
    const short = await route(INPUT, { conversation: { model: 'weak', tokens: 100 } });
    assert.deepEqual(reasonOf(short), ['strong', false, 'worth_it']);
    const long = await route(INPUT, { conversation: { model: 'weak', tokens: 1_000_000 } });
    assert.deepEqual(reasonOf(long), ['weak', true, 'not_worth_it']);
    // A million tokens at $10, against the same from the cache at 1 cent, and answers of 3 cents.
    assert.ok(Math.abs(long.conversation.extraUsd - 10 + 0.01 - 0.03) < 0.01, `${long.conversation.extraUsd}`);
    const dear = await route(INPUT, { conversation: { model: 'weak', tokens: 1_000_000, answerUsd: 100 } });
    assert.deepEqual(reasonOf(dear), ['strong', false, 'worth_it']);
    const best = await route(INPUT, { prefer: 'best', conversation: { model: 'weak', tokens: 1_000_000 } });
    assert.deepEqual(reasonOf(best), ['strong', false, 'worth_it']);
  });

  it('knows prices of the caller, and that of the cache', async () => {
    const state = { model: 'strong', tokens: 10_000, answerUsd: 0 };
    const options = { prefer: 100, conversation: state };
    assert.deepEqual(reasonOf(await route(INPUT, options)), ['weak', false, 'worth_it']);
    const prices = { strong: { in: 0.1, out: 0.3, cacheRead: 0 } };
    const cheap = await route(INPUT, { ...options, prices });
    assert.equal(cheap.conversation.alone, 'strong');
    const cached = { strong: { in: 0.11, out: 0.31, cacheRead: 0.01 } };
    assert.deepEqual(reasonOf(await route(INPUT, { ...options, prices: cached })), ['strong', true, 'not_worth_it']);
    const cold = { ...options, prices: cached, conversation: { ...state, cachedTokens: 0 } };
    assert.deepEqual(reasonOf(await route(INPUT, cold)), ['weak', false, 'worth_it']);
  });

  it('never goes down while a task is under way', async () => {
    const options = { prefer: 100, conversation: { model: 'strong', tokens: 0 } };
    assert.deepEqual(reasonOf(await route(INPUT, options)), ['weak', false, 'worth_it']);
    const midTask = { ...options, conversation: { ...options.conversation, midTask: true } };
    assert.deepEqual(reasonOf(await route(INPUT, midTask)), ['strong', true, 'mid_task']);
    const up = { conversation: { model: 'weak', tokens: 0, midTask: true } };
    assert.deepEqual(reasonOf(await route(INPUT, up)), ['strong', false, 'worth_it']);
  });

  it('reads from the messages that a task is under way, and what it has cost', async () => {
    const asked = { role: 'user', content: 'Prove that the square root of two is irrational, please.' };
    const answered = { role: 'assistant', content: 'Shall I use infinite descent?' };
    const yes = { messages: [asked, answered, { role: 'user', content: 'Yes, do that.' }] };
    const options = { prefer: 100, conversation: { model: 'strong', answerUsd: 0 } };
    assert.deepEqual(reasonOf(await route(yes, options)), ['strong', true, 'mid_task']);
    const called = {
      messages: [asked, { role: 'assistant', content: '', tool_calls: [{}] }, { role: 'tool', content: 'x' }],
    };
    assert.deepEqual(reasonOf(await route(called, options)), ['strong', true, 'mid_task']);
    const next = {
      messages: [asked, answered, { role: 'user', content: 'Now write a poem about the sea in spring instead.' }],
    };
    assert.deepEqual(reasonOf(await route(next, options)), ['weak', false, 'worth_it']);
    const long = { messages: [{ ...asked, content: 'word '.repeat(400_000) }, ...next.messages.slice(1)] };
    const up = await route(long, { conversation: { model: 'weak' } });
    assert.deepEqual(reasonOf(up), ['weak', true, 'not_worth_it']);
    assert.ok(up.conversation.extraUsd > 4 && up.conversation.extraUsd < 6);
  });

  it('goes up after a failure, whatever it costs', async () => {
    const conversation = { model: 'weak', tokens: 1_000_000, failed: true };
    assert.deepEqual(reasonOf(await route(INPUT, { conversation })), ['strong', false, 'failed']);
    const cheap = await route(INPUT, { prefer: 100, conversation });
    assert.deepEqual(reasonOf(cheap), ['strong', false, 'failed']);
    const top = await route(INPUT, { conversation: { ...conversation, model: 'strong' } });
    assert.deepEqual(reasonOf(top), ['strong', true, 'no_better']);
  });

  it('is left if its model may not be picked, or is not known', async () => {
    const conversation = { model: 'strong', tokens: 1_000_000 };
    const denied = await route(INPUT, { candidates: { deny: ['strong'] }, conversation });
    assert.deepEqual(reasonOf(denied), ['middle', false, 'not_available']);
    const other = await route(INPUT, { conversation: { model: 'gpt-17' } });
    assert.deepEqual(reasonOf(other), ['strong', false, 'not_available']);
  });

  it('stays where prices are not known, unless they do not count', async () => {
    const conversation = { model: 'weak', tokens: 10 };
    assert.deepEqual(reasonOf(await unpriced.route(INPUT, { conversation })), ['weak', true, 'unknown_price']);
    const best = await unpriced.route(INPUT, { prefer: 'best', conversation });
    assert.deepEqual(reasonOf(best), ['strong', false, 'worth_it']);
  });

  it('has a decision about the model that goes on, with its price and the reason', async () => {
    const { model, price, reason, reasons, ranking } = await route(INPUT, {
      conversation: { model: 'weak', tokens: 1_000_000 },
    });
    assert.equal(price.usdPerAnswer, ranking.find((ranked) => ranked.model === model).usdPerAnswer);
    assert.match(reason, /^Stays in the conversation: strong is not worth sending it again\./);
    assert.ok(reasons.choice.endsWith('is not worth sending it again.'));
  });

  it('has words for every reason', () => {
    for (const reason of CONVERSATION_REASONS) {
      const words = stayingWords({ id: null, stayed: true, reason, alone: 'm', extraUsd: null });
      assert.equal(words === '', reason === 'same', reason);
    }
  });
});

it('is refused in other forms, and for many inputs', async () => {
  for (const [conversation, message] of [
    ['weak', /conversation is the text 'weak', expected an object with id, model, tokens/],
    [{}, /conversation\.model is undefined, expected a text/],
    [{ model: 7 }, /model is 7, expected a text/],
    [{ model: 'weak', tokens: -1 }, /tokens is -1, expected a whole number from 0/],
    [{ model: 'weak', cachedTokens: 1.5 }, /cachedTokens is 1\.5/],
    [{ model: 'weak', failed: 'yes' }, /failed is the text 'yes'/],
    [{ model: 'weak', answerUsd: Number.NaN }, /answerUsd is NaN/],
    [{ model: 'weak', messages: [] }, /'messages' is not known/],
  ]) {
    for (const router of routers) await refused(router.route(INPUT, { conversation }), 'invalid_argument', message);
  }
  for (const router of routers) {
    const options = { conversation: { model: 'weak' } };
    await refused(router.routeMany([INPUT], options), 'invalid_argument', /expected it in a call of route/);
    await refused(router.routeTask([INPUT], options), 'invalid_argument', /expected it in a call of route/);
  }
});
