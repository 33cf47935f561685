// The examples that are apps: the script, the pages and the extension in one Chromium, and the route handler of Next.js.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { transform } from 'esbuild';
import { chromium } from 'playwright-core';
import { Router, routeWithFeedback } from 'signalbox';
import { root } from '../../scripts/setup.mjs';
import { serveFolder } from '../../scripts/site.mjs';
import { OFF_IN_CHROMIUM, surfaceOf } from '../web/browsers.mjs';
import { LIMIT_MS, repeat, waitFor } from '../web/waiting.mjs';
import { answerOf, startProvider } from './fake-provider.mjs';

const PROMPT = 'Write a SQL query that returns the last order of each customer.';
const OTHER_PROMPT = 'Translate "good morning" into French.';
const MODELS = ['openai/gpt-5.5', 'openai/gpt-5-mini', 'google/gemini-3-flash'];

let folder;
let router;
let provider;
const ended = [];

before(async () => {
  // Below the checkout, whose packages the examples then find.
  mkdirSync(path.join(root, 'build/tests'), { recursive: true });
  folder = mkdtempSync(path.join(root, 'build/tests/examples-'));
  [router, provider] = await Promise.all([Router.load(), startProvider()]);
});
after(async () => {
  for (const end of ended.reverse()) await end();
  provider?.close();
  router?.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** Folders that a use of an example in the checkout leaves there. */
const MADE = new Set(['node_modules', 'dist', '.next']);

/** Copies an example once, and puts the package beside it. */
function copyOf(name) {
  const copy = path.join(folder, name);
  if (existsSync(copy)) return copy;
  const isSource = (file) => !MADE.has(path.basename(file));
  cpSync(path.join(root, 'examples', name), copy, { recursive: true, filter: isSource });
  mkdirSync(path.join(copy, 'node_modules'));
  symlinkSync(root, path.join(copy, 'node_modules/signalbox'));
  return copy;
}

/** Runs a program of an example to its end. */
function run(cwd, ...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
  return { status, stdout, stderr };
}

test('node-plan plans from the graded file, and routes by the plan', () => {
  const copy = copyOf('node-plan');
  const { status, stdout, stderr } = run(copy, 'plan.mjs');
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^Send \d+% to .* less per 1,000 answers/);
  assert.equal(stdout.match(/^-> \w+\/\S+: ./gm).length, 2);

  writeFileSync(path.join(copy, 'small.csv'), 'prompt,a,b\nhello,1,0\n');
  const wrong = run(copy, 'plan.mjs', 'small.csv');
  assert.equal(wrong.status, 1);
  assert.match(wrong.stderr, /expected at least 30.* \(invalid_argument\)\n$/);
});

describe('in Chromium,', () => {
  let context;
  let extension;

  before(async () => {
    const copy = copyOf('extension');
    const built = run(copy, 'build.mjs');
    assert.equal(built.status, 0, built.stderr);
    extension = path.join(copy, 'dist');
    context = await chromium.launchPersistentContext(path.join(folder, 'profile'), {
      executablePath: '/usr/bin/chromium',
      timeout: LIMIT_MS,
      args: [
        ...['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
        `--disable-features=${OFF_IN_CHROMIUM}`,
        ...[`--disable-extensions-except=${extension}`, `--load-extension=${extension}`],
      ],
    });
    ended.push(() => context.close());
  });

  const open = async (url) => surfaceOf(await context.newPage(), url);
  const serve = async (place) => {
    const server = await serveFolder(place, 0);
    ended.push(() => {
      server.closeAllConnections();
      server.close();
    });
    return `http://127.0.0.1:${server.address().port}/index.html`;
  };
  /** Waits until an element has the text. */
  const shows = (page, selector, text) =>
    page.until(([place, words]) => document.querySelector(place)?.textContent.includes(words), [selector, text]);

  /** Pastes a prompt, and expects the router's pick and reason, without an error. */
  async function suggests(page, selector, options = {}) {
    const { model, reason } = await router.route(PROMPT, options);
    await page.paste('textarea', PROMPT);
    await shows(page, selector, model);
    await shows(page, selector, reason);
    assert.deepEqual(page.consoleErrors, []);
  }

  test('page suggests a model', async () => {
    const copy = copyOf('page');
    // The server gives no folders beside its own.
    rmSync(path.join(copy, 'node_modules'), { recursive: true });
    cpSync(path.join(root, 'dist'), path.join(copy, 'node_modules/signalbox/dist'), { recursive: true });
    const page = await open(await serve(copy));
    await suggests(page, 'output');
    await page.type('textarea', '');
    await shows(page, 'output', 'Type a prompt.');
    await page.close();
  });

  test('vite-worker suggests a model by the dial', async () => {
    const copy = copyOf('vite-worker');
    const built = run(copy, path.join(root, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel=error');
    assert.equal(built.status, 0, built.stderr);
    const page = await open(await serve(path.join(copy, 'dist')));
    await suggests(page, '[role=status]');
    assert.equal(await page.evaluate(() => document.querySelectorAll('tbody tr').length), 5);
    await page.raw.selectOption('select', 'cheap');
    await shows(page, '[role=status]', (await router.route(PROMPT, { prefer: 'cheap' })).reason);
    await page.close();
  });

  test('extension suggests a model, also after its background script was ended', async () => {
    const background = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
    const page = await open(new URL('popup.html', background.url()).href);
    await suggests(page, 'output');
    const session = await context.newCDPSession(page.raw);
    await session.send('ServiceWorker.enable');
    await session.send('ServiceWorker.stopAllWorkers');
    await page.until(async () => (await chrome.runtime.getContexts({ contextTypes: ['BACKGROUND'] })).length === 0);
    const { reason } = await router.route(OTHER_PROMPT);
    await repeat(
      'a suggestion of the script that was started again',
      () => page.paste('textarea', OTHER_PROMPT),
      () => page.evaluate((words) => document.querySelector('output').textContent.includes(words), reason),
    );
    await page.close();
  });

  test('chat answers with the picked model, stops, and keeps ratings', async () => {
    const copy = copyOf('chat');
    const server = spawn(process.execPath, ['server.mjs'], { cwd: copy, env: { ...process.env, PORT: '0' } });
    ended.push(() => server.kill());
    server.stdout.setEncoding('utf8');
    const [said] = await Promise.race([once(server.stdout, 'data'), once(server.stderr, 'data')]);
    const address = String(said).trim();
    const page = await open(address);
    const { model } = await router.route(PROMPT, { candidates: MODELS });
    await page.paste('textarea', PROMPT);
    await page.click('form button');
    await shows(page, '.assistant .text', `This is a made-up answer of ${model} to: ${PROMPT}`);
    await shows(page, '.assistant .model', model);

    await page.click('.assistant button[value=wrong]');
    await page.until(() => document.querySelector('.assistant button[aria-pressed=true]')?.value === 'wrong');
    const [rating] = await page.evaluate(() => JSON.parse(Object.values(localStorage)[0]));
    assert.deepEqual(rating.outcomes, { [model]: false });
    assert.equal(rating.vector.length, router.info.dim);

    // The wrong answer counts in the next turn. An answer that never comes is stopped, and the prompt is there again.
    await page.raw.route('**/api/chat', () => undefined);
    const asked = page.raw.waitForRequest('**/api/chat');
    await page.paste('textarea', 'And with a window function?');
    await page.click('form button');
    const { model: next, messages } = (await asked).postDataJSON();
    assert.deepEqual(
      messages.map(({ role }) => role),
      ['user', 'assistant', 'user'],
    );
    const options = { candidates: MODELS, conversation: { model, failed: true } };
    assert.equal(next, (await routeWithFeedback(router, { messages }, [rating], options)).model);
    await page.click('#stop');
    await shows(page, '[role=status]', 'Stopped.');
    assert.equal(await page.evaluate(() => document.querySelector('textarea').value), 'And with a window function?');
    assert.deepEqual(page.consoleErrors, []);
    await page.close();

    const refused = await fetch(new URL('api/chat', address), { method: 'POST', body: '{"model":"a","messages":[]}' });
    assert.deepEqual([refused.status, /expected one of/.test(await refused.text())], [400, true]);
    assert.equal((await fetch(new URL('server.mjs', address))).status, 404);
  });
});

describe('next', () => {
  let POST;
  before(async () => {
    const copy = copyOf('next');
    const { code } = await transform(readFileSync(path.join(copy, 'app/api/chat/route.ts'), 'utf8'), { loader: 'ts' });
    const file = path.join(copy, 'route.mjs');
    writeFileSync(file, code);
    process.env.OPENAI_BASE_URL = provider.url;
    ({ POST } = await import(pathToFileURL(file).href));
  });
  after(() => {
    delete process.env.OPENAI_BASE_URL;
  });
  const ask = (body, options) => POST(new Request('http://localhost/api/chat', { method: 'POST', body, ...options }));

  test('streams the answer of the picked model', async () => {
    const candidates = ['openai/gpt-5.5', 'openai/gpt-5-mini', 'openai/gpt-5-nano'];
    const messages = [{ role: 'user', content: PROMPT }];
    const { model } = await router.route({ messages }, { candidates });
    const response = await ask(JSON.stringify({ messages }));
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('x-signalbox-model'), model);
    assert.equal(response.headers.get('content-type'), 'text/event-stream');
    const words = [...(await response.text()).matchAll(/"content":"(.*?)"/g)].map(([, word]) => word);
    assert.equal(words.join(''), answerOf(model.replace('openai/', '')));
  });

  test('says what is wrong with a request, and ends with its client', async () => {
    for (const [body, message] of [
      ['{', /not JSON/],
      ['{"messages":[]}', /messages has 0 entries, expected 1 to/],
    ]) {
      const response = await ask(body);
      assert.equal(response.status, 400);
      assert.match((await response.json()).error.message, message);
    }
    const release = provider.hold();
    const gone = new AbortController();
    const asked = provider.requests.length + 1;
    const answer = ask(JSON.stringify({ messages: [{ role: 'user', content: PROMPT }] }), { signal: gone.signal });
    await waitFor('a request to the provider', () => provider.requests.length === asked);
    gone.abort();
    assert.equal((await answer).status, 499);
    release();
  });
});

test('the examples in TypeScript have no type errors', () => {
  // React and Next.js are not installed here: of that example, only the handler is checked.
  const included = { 'vite-worker': ['src'], next: ['app/api'] };
  for (const [name, include] of Object.entries(included)) {
    const copy = copyOf(name);
    const config = { extends: './tsconfig.json', include, compilerOptions: name === 'next' ? { types: ['node'] } : {} };
    writeFileSync(path.join(copy, 'tsconfig.test.json'), JSON.stringify(config));
    const { status, stdout } = run(
      copy,
      path.join(root, 'node_modules/typescript/bin/tsc'),
      '-p',
      'tsconfig.test.json',
    );
    assert.equal(status, 0, stdout);
  }
});
