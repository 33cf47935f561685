import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { after, before, beforeEach, describe, test } from 'node:test';
import { Router } from 'signalbox';
import { Metrics } from '../../dist/cli/serve/metrics.js';
import { statusPage } from '../../dist/cli/serve/status-page.js';
import { root } from '../../scripts/setup.mjs';
import { answerOf, startProvider } from './fake-provider.mjs';
import { startGateway } from './gateway.mjs';

const MODELS = ['openai/gpt-5.5', 'google/gemini-3-flash', 'anthropic/claude-haiku-4.5'];
const PROMPT = 'Write a SQL query that returns the last order of each customer.';
const messages = [{ role: 'user', content: PROMPT }];

test('the status page shows hostile names as text', () => {
  const metrics = new Metrics();
  const name = '<script>alert(1)</script>';
  metrics.decisions.set(name, 3);
  const page = statusPage(metrics, { to: name, models: [name], shadow: false, baseline: name });
  assert.ok(!page.includes('<script'));
  assert.match(page, /<td>&lt;script&gt;alert\(1\)&lt;\/script&gt;<\/td><td>3<\/td>/);
});

describe('signalbox serve', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'signalbox-serve-'));
  const logOf = (name) => {
    const text = readFileSync(path.join(folder, name), 'utf8');
    return text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  };
  let router;
  let provider;

  before(async () => {
    [router, provider] = await Promise.all([Router.load(), startProvider()]);
  });
  beforeEach(() => {
    provider.requests.length = 0;
    provider.headers.length = 0;
    provider.failing.clear();
  });
  after(() => {
    router.dispose();
    provider.close();
    rmSync(folder, { recursive: true });
  });
  const pickOf = async (prompt, options = {}) => (await router.route(prompt, { candidates: MODELS, ...options })).model;

  test('chooses for auto, passes keys and other models on, and logs neither keys nor prompts', async () => {
    const log = path.join(folder, 'log.jsonl');
    const gateway = await startGateway(MODELS, '--to', provider.url, '--log', log);
    const headers = { authorization: 'Bearer sk-secret', cookie: 'private', 'x-custom': 'kept' };
    const response = await gateway.ask('/v1/chat/completions', { model: 'auto', messages }, headers);
    const picked = await pickOf(PROMPT);
    const body = await response.json();
    assert.equal(body.choices[0].message.content, answerOf(picked));
    assert.equal(body.signalbox.picked, picked);
    assert.equal(response.headers.get('x-signalbox-model'), picked);
    const [sent] = provider.headers;
    assert.deepEqual([sent.authorization, sent.cookie, sent['x-custom']], ['Bearer sk-secret', undefined, 'kept']);

    const other = await (await gateway.ask('/v1/chat/completions', { model: 'someone/else', messages })).json();
    assert.equal(other.choices[0].message.content, answerOf('someone/else'));
    const stream = await gateway.ask('/v1/responses', { model: 'auto', input: PROMPT, stream: true });
    assert.match(await stream.text(), /response\.completed/);
    assert.equal(JSON.parse(await gateway.text('/v1/models')).data[0].id, 'auto');

    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    const file = await fetch(`${gateway.url}/v1/files`, { method: 'POST', body: bytes });
    assert.deepEqual(new Uint8Array(await file.arrayBuffer()), bytes);

    const metrics = await gateway.text('/metrics');
    assert.ok(metrics.includes(`signalbox_decisions_total{model="${picked}"} 2`), metrics);
    assert.match(metrics, /signalbox_requests_total\{path="\/v1\/chat\/completions",status="200"\} 2/);
    assert.match(metrics, /signalbox_decision_seconds_count 2/);
    assert.match(metrics, /signalbox_in_flight 0/);
    assert.match(await gateway.text('/'), new RegExp(`<td>${picked}</td><td>2</td>`));

    assert.equal(await gateway.stop(), 0);
    assert.equal(statSync(log).mode & 0o777, 0o600);
    const entries = logOf('log.jsonl');
    assert.deepEqual(
      entries.map((entry) => entry.picked),
      [picked, picked],
    );
    assert.equal(entries[0].id, response.headers.get('x-signalbox-id'));
    const everything = readFileSync(log, 'utf8') + gateway.said();
    assert.ok(!everything.includes('sk-secret') && !everything.includes('last order'), everything);
  });

  test('shadow mode changes nothing, and logs what would have been', async () => {
    const gateway = await startGateway(
      MODELS,
      '--to',
      provider.url,
      '--shadow',
      path.join(folder, 'shadow.jsonl'),
      '--log-prompts',
    );
    const body = { model: 'my/model', messages, seed: 1 };
    const answer = await (await gateway.ask('/v1/chat/completions', body)).json();
    assert.deepEqual(provider.requests, [body]);
    assert.ok(!('signalbox' in answer));
    await gateway.ask('/v1/chat/completions', { ...body, model: 'auto' });
    assert.equal(provider.requests[1].model, MODELS[0]);
    await gateway.stop();
    const [entry] = logOf('shadow.jsonl');
    assert.equal(entry.asked, 'my/model');
    assert.equal(entry.picked, await pickOf(PROMPT));
    assert.equal(entry.prompt, PROMPT);
    assert.equal(entry.shadow, true);
  });

  test('decides without a provider, and says what is wrong with a request', async () => {
    const gateway = await startGateway(MODELS, '--prefer', 'cheap');
    const decide = async (body) => {
      const response = await gateway.ask('/v1/route', body);
      const { error, ...decision } = await response.json();
      return { status: response.status, code: error?.code, model: decision.model };
    };
    const model = await pickOf(PROMPT, { prefer: 'cheap' });
    assert.deepEqual(await decide({ prompt: PROMPT }), { status: 200, code: undefined, model });
    assert.equal((await decide({ messages })).model, model);
    const best = await decide({ prompt: PROMPT, options: { prefer: 'best' } });
    assert.equal(best.model, await pickOf(PROMPT, { prefer: 'best' }));
    assert.equal((await decide({})).status, 400);
    assert.equal((await decide([])).code, 'invalid_argument');
    assert.equal((await decide({ prompt: PROMPT, options: { prefer: 'bset' } })).code, 'invalid_argument');
    assert.equal((await decide({ prompt: PROMPT, options: { maxUsdPerMTok: 0 } })).code, 'no_candidate');
    for (const [body, message] of [
      [{ prompt: 5 }, /prompt is 5, expected a text/],
      [{ messages: 'hello' }, /messages is the text 'hello', expected a list/],
      [{ messages: [] }, /messages has 0 entries/],
      [{ input: [5] }, /message 0 is 5/],
    ]) {
      const refused = await gateway.ask('/v1/route', body);
      const { error } = await refused.json();
      assert.deepEqual([refused.status, error.code], [400, 'invalid_argument']);
      assert.match(error.message, message);
    }
    const gzip = await gateway.ask('/v1/route', { prompt: PROMPT }, { 'content-encoding': 'gzip' });
    assert.deepEqual([gzip.status, (await gzip.json()).error.code], [415, 'unsupported_encoding']);
    assert.equal((await fetch(`${gateway.url}/v1/route`)).status, 405);
    assert.equal((await gateway.ask('/v1/chat/completions', { model: 'auto', messages })).status, 501);
    assert.equal((await fetch(`${gateway.url}/nowhere`)).status, 404);
    await gateway.stop();
  });

  test('limits bodies, time and requests at once', async () => {
    const limits = ['--max-body', '1000', '--timeout', '1', '--max-in-flight', '2'];
    const gateway = await startGateway(MODELS, '--to', provider.url, ...limits);
    const large = await gateway.ask('/v1/chat/completions', { model: 'auto', messages, padding: 'x'.repeat(2000) });
    assert.equal(large.status, 413);
    provider.failing.set('slow', 'hang');
    const slow = [1, 2].map(() => gateway.ask('/v1/chat/completions', { model: 'slow', messages }));
    while (provider.requests.length < 2) await new Promise((resolve) => setImmediate(resolve));
    const refused = await gateway.ask('/v1/chat/completions', { model: 'auto', messages });
    assert.deepEqual([refused.status, refused.headers.get('retry-after')], [503, '1']);
    assert.deepEqual(
      (await Promise.all(slow)).map(({ status }) => status),
      [504, 504],
    );
    assert.equal((await gateway.ask('/v1/chat/completions', { model: 'auto', messages })).status, 200);
    // A body that was refused does not end the connection for the next request.
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const post = async (body) => {
      const asked = request(`${gateway.url}/v1/chat/completions`, { method: 'POST', agent });
      asked.end(body);
      const [{ statusCode }] = await once(asked, 'response').then(([response]) => [response.resume()]);
      return [statusCode, asked.socket.localPort];
    };
    const [status, port] = await post('x'.repeat(200_000));
    assert.equal(status, 413);
    assert.deepEqual(await post(JSON.stringify({ model: 'slow', messages })), [504, port]);
    agent.destroy();
    await gateway.stop();
  });

  test('a page may not ask unless its origin is allowed, and no other name is answered', async () => {
    const gateway = await startGateway(MODELS, '--to', provider.url, '--origin', 'https://mine.example');
    const from = async (origin) => {
      const response = await fetch(`${gateway.url}/v1/models`, { headers: { origin } });
      return [response.status, response.headers.get('access-control-allow-origin')];
    };
    assert.deepEqual(await from('https://mine.example'), [200, 'https://mine.example']);
    assert.deepEqual(await from('https://other.example'), [403, null]);
    const { hostname, port } = new URL(gateway.url);
    const renamed = request({ hostname, port, path: '/metrics', headers: { host: `evil.example:${port}` } });
    renamed.end();
    const [response] = await once(renamed, 'response');
    assert.equal(response.statusCode, 403);
    response.resume();
    await gateway.stop();
  });

  test('a provider that cannot be reached is a 502, and answers in progress are finished before it stops', async () => {
    const nobody = await startGateway(MODELS, '--to', 'http://127.0.0.1:9/v1');
    const unreachable = await nobody.ask('/v1/chat/completions', { model: 'auto', messages });
    assert.equal(unreachable.status, 502);
    assert.equal((await unreachable.json()).error.code, 'provider_unreachable');
    await nobody.stop();

    const gateway = await startGateway(MODELS, '--to', provider.url);
    const release = provider.hold();
    const answer = gateway.ask('/v1/chat/completions', { model: 'auto', messages });
    while (provider.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const stopped = gateway.stop();
    while (!gateway.said().includes('stops once')) await new Promise((resolve) => setImmediate(resolve));
    release();
    assert.equal((await answer).status, 200);
    assert.equal(await stopped, 0);
  });

  test('loses no request while models fail', async () => {
    const gateway = await startGateway(MODELS, '--to', provider.url, '--failover');
    const [first, second] = (await router.route(PROMPT, { candidates: MODELS })).ranking.map(({ model }) => model);
    provider.failing.set(first, 503);
    const asked = Array.from({ length: 200 }, async (_, i) => {
      if (i === 100) provider.failing = new Map([[second, 429]]);
      const response = await gateway.ask('/v1/chat/completions', { model: 'auto', messages, user: `${i}` });
      const { signalbox, choices } = await response.json();
      return response.status === 200 && choices[0].message.content === answerOf(signalbox.model);
    });
    assert.ok((await Promise.all(asked)).every(Boolean));
    const answered = new Set(provider.requests.map(({ user }) => user));
    assert.equal(answered.size, 200);
    assert.match(await gateway.text('/metrics'), /signalbox_failovers_total [1-9]/);
    await gateway.stop();
  });

  test('reads models from a map, and refuses wrong command lines', async () => {
    const map = path.join(folder, 'models.json');
    const run = async (...options) => {
      const child = spawn(process.execPath, [path.join(root, 'dist/cli.js'), 'serve', '--port', '0', ...options]);
      let said = '';
      child.stderr.setEncoding('utf8').on('data', (text) => {
        if (!said.includes('chooses among') && `${said}${text}`.includes('chooses among')) child.kill();
        said += text;
      });
      const [code] = await once(child, 'exit');
      return { code, said };
    };
    writeFileSync(map, JSON.stringify({ 'openai/gpt-5.5': 'gpt', 'in-house': 'own' }));
    const started = await run('--model-map', map);
    assert.equal(started.code, 0, started.said);
    assert.match(started.said, /chooses among 1 models/);
    const wrong = [
      [['--to', 'ftp://x'], 2, /--to is 'ftp:\/\/x'/],
      [['--shadow', 'a', '--log', 'b'], 2, /expected one of them/],
      [['--log-prompts'], 2, /without --log/],
      [['--fallback', 'openai/gpt-5'], 1, /fallback is 'openai\/gpt-5'/],
      [['--log', path.join(folder, 'no/where')], 1, /could not be opened/],
    ];
    for (const [options, code, message] of wrong) {
      const result = await run('--models', MODELS.join(), ...options);
      assert.equal(result.code, code, result.said);
      assert.match(result.said, message);
    }
  });
});
