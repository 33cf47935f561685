import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { Router } from 'signalbox';
import { signalboxFetch } from 'signalbox/openai';
import { waitFor } from '../web/waiting.mjs';
import { answerOf, startProvider } from './fake-provider.mjs';
import { startGateway } from './gateway.mjs';
import { installedProject } from './project.mjs';

const MODELS = ['openai/gpt-5.5', 'google/gemini-3-flash', 'anthropic/claude-haiku-4.5'];
const PROMPT = 'Write a SQL query that returns the last order of each customer.';
const messages = [
  { role: 'system', content: 'You are terse.' },
  { role: 'user', content: PROMPT },
];

describe('signalboxFetch in the client of OpenAI', async () => {
  const project = await installedProject('openai');
  const skip = project === undefined && 'skipped: no registry';
  let router;
  let provider;

  before(async () => {
    [router, provider] = await Promise.all([Router.load(), startProvider()]);
  });
  beforeEach(() => {
    provider.requests.length = 0;
    provider.failing.clear();
  });
  after(() => {
    router.dispose();
    provider.close();
  });

  const client = (options = {}, from = router) =>
    new project.OpenAI({
      baseURL: provider.url,
      apiKey: 'none',
      maxRetries: 0,
      fetch: signalboxFetch(from, { models: MODELS, ...options }),
    });
  const pickOf = async (prompt, options = {}) => (await router.route(prompt, { candidates: MODELS, ...options })).model;

  test('asks the model that the router picks, and says so in a header and a member', { skip }, async () => {
    const { data, response } = await client().chat.completions.create({ model: 'auto', messages }).withResponse();
    const picked = await pickOf(PROMPT);
    assert.equal(data.choices[0].message.content, answerOf(picked));
    assert.equal(provider.requests[0].model, picked);
    assert.equal(response.headers.get('x-signalbox-model'), picked);
    assert.equal(data.signalbox.picked, picked);
    assert.deepEqual(new Set(data.signalbox.ranking), new Set(MODELS));
    assert.deepEqual(data.signalbox.failed, []);
    assert.deepEqual(provider.requests[0].messages, messages);
  });

  test('decides with the options of a request, which the provider does not get', { skip }, async () => {
    for (const prefer of ['best', 'cheap']) {
      const { signalbox } = await client().chat.completions.create({ model: 'auto', messages, signalbox: { prefer } });
      assert.equal(signalbox.picked, await pickOf(PROMPT, { prefer }));
    }
    assert.notEqual(provider.requests[0].model, provider.requests[1].model);
    assert.ok(provider.requests.every((body) => !('signalbox' in body)));
  });

  test('leaves every other model alone', { skip }, async () => {
    const answer = await client().chat.completions.create({ model: 'someone/else', messages });
    assert.equal(answer.choices[0].message.content, answerOf('someone/else'));
    assert.ok(!('signalbox' in answer));
  });

  test('streams Chat Completions, with the trace in the first event', { skip }, async () => {
    const picked = await pickOf(PROMPT);
    const chunks = [];
    for await (const chunk of await client().chat.completions.create({ model: 'auto', messages, stream: true })) {
      chunks.push(chunk);
    }
    assert.equal(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join(''), answerOf(picked));
    assert.deepEqual(chunks.map((chunk) => 'signalbox' in chunk).indexOf(true), 0);
    assert.equal(chunks.filter((chunk) => 'signalbox' in chunk).length, 1);
  });

  test('changes no byte of a stream but for the trace, wherever its chunks end', async () => {
    const bytes = new TextEncoder().encode(': wait\n\ndata: {"text":"Où, 你好?"}\n\ndata: {"text":"Là 🙂"}\n\n');
    const original = new TextDecoder().decode(bytes);
    let at = 0;
    const chunks = () =>
      new ReadableStream({
        start: (controller) => {
          for (const chunk of [bytes.slice(0, at), bytes.slice(at)]) controller.enqueue(chunk);
          controller.close();
        },
      });
    const headers = { 'content-type': 'text/event-stream' };
    const fetch = signalboxFetch(router, { models: MODELS, fetch: async () => new Response(chunks(), { headers }) });
    const request = { method: 'POST', body: JSON.stringify({ model: 'auto', stream: true, messages }) };
    for (; at <= bytes.length; at += 1) {
      const text = await (await fetch(`${provider.url}/chat/completions`, request)).text();
      const [, trace] = /^: wait\n\ndata: \{"signalbox":(.*),"text":"Où, 你好\?"\}\n/.exec(text);
      assert.equal(text.replace(`"signalbox":${trace},`, ''), original, `cut at ${at}`);
      assert.ok(MODELS.includes(JSON.parse(trace).picked));
    }
  });

  test('answers Responses, whole and as a stream', { skip }, async () => {
    const picked = await pickOf(PROMPT);
    const whole = await client().responses.create({ model: 'auto', input: PROMPT });
    assert.equal(whole.output_text, answerOf(picked));
    assert.equal(whole.signalbox.picked, picked);
    const types = [];
    const input = [{ role: 'user', content: [{ type: 'input_text', text: PROMPT }] }];
    const stream = await client().responses.create({ model: 'auto', input, stream: true });
    for await (const event of stream) types.push([event.type, event.signalbox?.picked]);
    assert.deepEqual(types[0], ['response.created', picked]);
    assert.equal(types.at(-1)[0], 'response.completed');
  });

  test('reads a short turn together with the answer before it', { skip }, async () => {
    const plan =
      'Prove by induction that the sum of the first n odd numbers is n squared. Shall I write out the proof?';
    const turns = [
      { role: 'user', content: 'I need help with a proof' },
      { role: 'assistant', content: plan },
      { role: 'user', content: 'yes please' },
    ];
    const { signalbox } = await client().chat.completions.create({ model: 'auto', messages: turns });
    assert.equal(signalbox.reason, (await router.route(`${plan}\nyes please`, { candidates: MODELS })).reason);
  });

  test('lists auto first', { skip }, async () => {
    const { data } = await client().models.list();
    assert.deepEqual(
      data.map(({ id }) => id),
      ['auto', 'openai/gpt-5.5'],
    );
  });

  test('asks the fallback if the router fails, and says why', { skip }, async () => {
    const options = { fallback: 'anthropic/claude-haiku-4.5' };
    const broken = () => Promise.reject(new Error('no index today'));
    const { signalbox } = await client(options, broken).chat.completions.create({ model: 'auto', messages });
    assert.equal(signalbox.model, options.fallback);
    assert.equal(signalbox.picked, null);
    assert.deepEqual(signalbox.error, { code: 'internal', message: 'no index today' });
    const bad = await client(options).chat.completions.create({
      model: 'auto',
      messages,
      signalbox: { prefer: 'bset' },
    });
    assert.equal(bad.signalbox.error.code, 'invalid_argument');
    assert.equal(bad.signalbox.model, options.fallback);
  });

  test('goes on to the next model where failover is set, and only there', { skip }, async () => {
    const picked = await pickOf(PROMPT);
    provider.failing.set(picked, 503);
    const { signalbox } = await client({ failover: true }).chat.completions.create({ model: 'auto', messages });
    assert.deepEqual(signalbox.failed, [{ model: picked, message: 'the provider answered 503' }]);
    assert.equal(
      signalbox.model,
      signalbox.ranking.find((name) => name !== picked),
    );
    const { ranking, bestSingleModel, reason } = await router.route({ messages }, { candidates: MODELS });
    const priceOf = (name) => ranking.find(({ model }) => model === name).usdPerAnswer;
    assert.notEqual(priceOf(signalbox.model), priceOf(picked));
    assert.equal(signalbox.usdPerAnswer, priceOf(signalbox.model));
    assert.equal(signalbox.savedUsd, priceOf(bestSingleModel) - priceOf(signalbox.model));
    assert.equal(
      signalbox.reason,
      `${picked} failed, so ${signalbox.model} answers: prices and saving are its own. ${reason}`,
    );
    await assert.rejects(client().chat.completions.create({ model: 'auto', messages }), { status: 503 });
    for (const name of MODELS) provider.failing.set(name, 500);
    await assert.rejects(client({ failover: true }).chat.completions.create({ model: 'auto', messages }), {
      status: 500,
    });
    provider.failing.clear();
    provider.failing.set(picked, 401);
    await assert.rejects(client({ failover: true }).chat.completions.create({ model: 'auto', messages }), {
      status: 401,
    });
  });

  test('gives OpenRouter the ranking and the limits', { skip }, async () => {
    const options = { openRouter: true, maxUsdPerMTok: 3 };
    await client(options).chat.completions.create({ model: 'auto', messages });
    const [{ model, models, provider: preferences }] = provider.requests;
    assert.equal(models[0], model);
    assert.ok(models.length > 1);
    assert.deepEqual(preferences, { max_price: { prompt: 4, completion: 12 } });
  });

  test('an abort ends the call before and during the request', { skip }, async () => {
    const aborted = AbortSignal.abort();
    await assert.rejects(client().chat.completions.create({ model: 'auto', messages }, { signal: aborted }), /abort/i);
    for (const name of MODELS) provider.failing.set(name, 'hang');
    const later = new AbortController();
    const call = client({ failover: true }).chat.completions.create(
      { model: 'auto', messages },
      { signal: later.signal },
    );
    const rejected = assert.rejects(call, /abort/i);
    while (provider.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    later.abort();
    await rejected;
    assert.equal(provider.requests.length, 1);
  });

  test('takes ids under other names, and a Request', async () => {
    const models = { 'openai/gpt-5.5': 'my-gpt', 'google/gemini-3-flash': 'my-gemini', 'in-house': 'my-own' };
    const fetch = signalboxFetch(router, { models });
    const body = JSON.stringify({ model: 'auto', messages });
    const headers = { 'content-type': 'application/json', authorization: 'Bearer secret' };
    const request = new Request(`${provider.url}/chat/completions`, { method: 'POST', body, headers });
    const { signalbox, model } = await (await fetch(request)).json();
    assert.equal(model, models[signalbox.model]);
    assert.deepEqual(signalbox.unknown, ['in-house']);
    assert.equal(provider.headers.at(-1).authorization, 'Bearer secret');
  });

  test('takes bytes and a Blob, whose length changes', async () => {
    const fetch = signalboxFetch(router, { models: MODELS });
    const text = JSON.stringify({ model: 'auto', messages });
    const bytes = new TextEncoder().encode(text);
    const headers = { 'content-type': 'application/json', 'content-length': `${bytes.length}` };
    for (const body of [text, bytes, bytes.buffer, new Blob([text])]) {
      const answer = await fetch(`${provider.url}/chat/completions`, { method: 'POST', headers, body });
      const { signalbox, model } = await answer.json();
      assert.equal(model, signalbox.model);
    }
    assert.deepEqual(provider.requests[0].messages, messages);
  });

  test('refuses wrong options at once', () => {
    const refuses = (options, message, from = router) =>
      assert.throws(() => signalboxFetch(from, options), { code: 'invalid_argument', message });
    refuses({ models: [] }, /models is empty/);
    refuses(
      { models: MODELS, fallback: 'openai/gpt-5' },
      /fallback is 'openai\/gpt-5', did you mean 'openai\/gpt-5.5'/,
    );
    refuses({ models: MODELS, prefr: 'cheap' }, /'prefr' is not known, did you mean 'prefer'/);
    refuses({ models: MODELS }, /router is null/, null);
  });

  test('asks `signalbox serve`, in streams and with tools; errors and aborts are those of the client', {
    skip,
  }, async () => {
    const gateway = await startGateway(MODELS, '--to', provider.url);
    const through = new project.OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'none', maxRetries: 0 });
    const request = { model: 'auto', messages };
    const picked = await pickOf(PROMPT);
    const { data, response } = await through.chat.completions.create(request).withResponse();
    assert.equal(data.choices[0].message.content, answerOf(picked));
    assert.equal(response.headers.get('x-signalbox-model'), picked);

    const chat = await through.chat.completions.stream(request).finalChatCompletion();
    assert.equal(chat.choices[0].message.content, answerOf(picked));
    let text = '';
    for await (const event of await through.responses.create({ model: 'auto', input: PROMPT, stream: true })) {
      if (event.type === 'response.output_text.delta') text += event.delta;
    }
    assert.equal(text, answerOf(picked));
    const tools = [{ type: 'function', function: { name: 'weather', parameters: { type: 'object', properties: {} } } }];
    const called = await through.chat.completions.create({ ...request, tools });
    assert.equal(called.choices[0].message.tool_calls[0].function.name, 'weather');

    for (const model of MODELS) provider.failing.set(model, 429);
    await assert.rejects(through.chat.completions.create(request), { status: 429, message: /out of order/ });
    provider.failing.clear();
    const asked = provider.requests.length + 1;
    const release = provider.hold();
    const stop = new AbortController();
    const answer = through.chat.completions.create({ ...request, stream: true }, { signal: stop.signal });
    await waitFor('a request to the provider', () => provider.requests.length === asked);
    stop.abort();
    await assert.rejects(answer, project.OpenAI.APIUserAbortError);
    release();
    assert.equal(await gateway.stop(), 0);
  });
});
