// Conversations as inputs: which text decides, in the shapes of OpenAI, the AI SDK and LangChain, in routers and workers.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { buildIndex } from '../../../dist/build.js';
import { Router, routeWithFeedback } from '../../../dist/index.js';
import { WorkerRouter } from '../../../dist/worker.js';
import { expectNothingOpen, randomSpec, refused } from '../support/fixtures.mjs';

const DIM = 8;
const read = [];
const embedder = {
  id: '',
  dim: DIM,
  embed: async (texts) => {
    read.push(...texts);
    return texts.map((text) => ({
      vector: Float32Array.from({ length: DIM }, (_, i) => (text.charCodeAt(i % text.length) || 1) - 60),
      tokens: 1,
      truncated: false,
    }));
  },
};

let router;
let worker;
before(async () => {
  const index = await buildIndex(randomSpec({ dim: DIM }));
  router = await Router.load({ index, embedder });
  worker = await WorkerRouter.load({ index, embedder });
});
after(() => {
  router.dispose();
  worker.dispose();
});
expectNothingOpen();

/** Returns what the embedder was asked to read for an input. */
async function textRead(one, input) {
  read.length = 0;
  await one.route(input);
  assert.equal(read.length, 1);
  return read[0];
}

const LONG = 'Please explain to me how the borrow checker of Rust works';
const PLAN = 'Here is my plan: prove the lemma by induction, then the theorem. Shall I?';

/** A message of LangChain, whose type is a getter of its class. */
class HumanMessage {
  constructor(content) {
    this.content = content;
    this.hooks = () => undefined;
  }
  get type() {
    return 'human';
  }
}

describe('the text that decides', () => {
  it("is the user's last turn", async () => {
    for (const messages of [
      [
        { role: 'system', content: 'Answer in verse, whatever the question is, and never mention the weather at all' },
        { role: 'user', content: 'How many primes lie between ten and fifty, do you think?' },
        { role: 'assistant', content: 'Eleven.' },
        { role: 'user', content: LONG },
      ],
      [{ role: 'user', content: [{ type: 'text', text: LONG }] }],
      [{ role: 'user', parts: [{ type: 'text', text: LONG }] }],
      [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: LONG }] }],
      [{ type: 'human', content: LONG }],
      [new HumanMessage(LONG)],
      [
        { role: 'user', content: LONG },
        { role: 'assistant', content: '', tool_calls: [{}] },
        { role: 'tool', content: 'x' },
      ],
    ]) {
      for (const one of [router, worker]) assert.equal(await textRead(one, { messages }), LONG);
    }
  });

  it('has the end of the answer before it if it is short', async () => {
    const messages = [
      { role: 'user', content: LONG },
      { role: 'assistant', content: `${'x'.repeat(5000)} ${PLAN}` },
      { role: 'user', content: 'Yes, do that.' },
    ];
    for (const one of [router, worker]) {
      const text = await textRead(one, { messages });
      assert.ok(text.endsWith(`${PLAN}\nYes, do that.`));
      assert.equal(text.length, 2000 + 1 + 'Yes, do that.'.length);
    }
    const first = { messages: [{ role: 'user', content: 'Yes, do that.' }] };
    assert.equal(await textRead(router, first), 'Yes, do that.');
  });

  it('may be empty, as a prompt may', async () => {
    const { fallbackReason } = await router.route({ messages: [{ role: 'assistant', content: 'Hello!' }] });
    assert.equal(fallbackReason, 'empty_prompt');
  });
});

it('decides as the text alone does, in every call', async () => {
  const input = { messages: [{ role: 'user', content: LONG }] };
  const alone = await router.route(LONG);
  for (const one of [router, worker]) {
    assert.deepEqual((await one.route(input)).ranking, alone.ranking);
    const [first, second] = await one.routeMany([input, LONG]);
    assert.deepEqual(first, second);
    assert.deepEqual((await one.routeTask([input, LONG])).ranking, (await one.routeTask([LONG, LONG])).ranking);
    assert.equal((await one.nextLabels(1, { prompts: [input, LONG] })).rows.length, 1);
  }
  const feedback = [{ vector: (await router.embed([LONG]))[0].vector, outcomes: { m0: true } }];
  const rated = await routeWithFeedback(router, input, feedback);
  assert.equal(rated.feedbackUsed, 1);
});

const said = (conversation) => ({ said: { text: 'x', promptTokens: 1, conversation } });

it('refuses what is not a conversation', async () => {
  const circular = { role: 'user', content: LONG, tool_calls: [] };
  circular.tool_calls.push(circular);
  assert.ok((await router.route({ messages: [circular] })).model);
  for (const [input, message] of [
    [{ messages: 'hello' }, /messages is the text 'hello', expected a list/],
    [{ messages: [] }, /messages has 0 entries, expected 1 to/],
    [{ messages: [null] }, /message 0 is null, expected an object with role and content/],
    [{ messages: ['hello'] }, /message 0 is the text 'hello'/],
    [{ messages: [{ content: 'hello' }] }, /no message has a role/],
    [{ messages: [{ role: 'user', content: 'x' }], system: 7 }, /system is 7, expected a text/],
    [{ messages: [{ role: 'user', content: 'x' }], tools: 'search' }, /tools is the text 'search'/],
    [{ messages: [{ role: 'user', content: 'x' }], model: 'm0' }, /'model' is not known, expected messages, system/],
    [[{ role: 'user', content: 'x' }], /a list of messages \(pass \{ messages \}\)/],
    [{ said: { text: 'x' } }, /is not a conversation that was read/],
    [{ said: 7 }, /is not a conversation that was read/],
    [said({ midTask: true, tokensBefore: 0, needs: { a: 1 } }), /'a' is not known/],
    [said({ midTask: 1, tokensBefore: 0, needs: {} }), /is not a conversation that was read/],
  ]) {
    for (const one of [router, worker]) await refused(one.route(input), 'invalid_argument', message);
  }
  await refused(worker.routeMany([LONG, { messages: [] }]), 'invalid_argument', /input 1: messages has 0 entries/);
});
