// A plain page in a real browser: routes in a worker and in the page itself, under a strict policy, without other requests.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, it } from 'node:test';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { Router } from '../../dist/index.js';
import { serveFolder } from '../../scripts/site.mjs';
import { expectNothingOpen, root } from '../package/support/fixtures.mjs';

const PROMPT = 'Prove that the square root of 2 is irrational.';
const QUIET = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
const CHROMIUM_ARGS = ['--headless=new', '--no-sandbox', ...QUIET, '--disable-component-update', '--disable-sync'];

/** A test page for what the site does not do: routing in the page, beside a worker. */
const BOTH = `
  import { Router, liveHandles } from 'signalbox';
  import { buildFromFiles } from 'signalbox/build';
  import { WorkerRouter } from 'signalbox/worker';
  let routers;
  globalThis.load = async () => {
    const { port } = new SharedWorker('./worker-entry.js', { type: 'module' });
    routers = [await Router.load(), await WorkerRouter.load(), await WorkerRouter.load({ worker: port })];
  };
  globalThis.decide = () => Promise.all(routers.map((router) => router.route(${JSON.stringify(PROMPT)})));
  globalThis.dispose = () => {
    for (const router of routers) router.dispose();
    return liveHandles();
  };
  const code = (call) => call().then(() => 'done', ({ code, message }) => code + ': ' + message);
  globalThis.tryAll = () => Promise.all([
    code(() => Router.load()),
    code(() => WorkerRouter.load()),
    code(() => buildFromFiles([new File(['dataset,id,prompt,a\\nd,1,p,1\\n'], 'x.csv')])),
  ]);
  // Ends the worker of a router as the system would: without a word to the router.
  globalThis.lose = async (call) => {
    const started = [];
    const Own = globalThis.Worker;
    globalThis.Worker = class extends Own {
      constructor(...args) {
        super(...args);
        started.push(this);
      }
    };
    const router = await WorkerRouter.load();
    globalThis.Worker = Own;
    const { model } = await router.route('What is two plus two?');
    const pending = code(() => router.routeTask(Array.from({ length: 4000 }, (_, i) => 'What is ' + i + ' plus two?')));
    started[0].terminate();
    return [typeof model, await pending, await code(() => router.route('later'))];
  };
  globalThis.isReady = true;`;
const WASM = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";
/** The policy of each folder of the server. */
const policyOf = (url) => (url.startsWith('/strict/') ? WASM.replace(" 'wasm-unsafe-eval'", '') : WASM);

/** Bundles the page, with the package's files beside the script that loads them. */
async function buildBoth(target) {
  await build({
    stdin: { contents: BOTH, resolveDir: root },
    outfile: path.join(target, 'both.js'),
    bundle: true,
    format: 'esm',
    logLevel: 'error',
  });
  await build({
    entryPoints: [path.join(root, 'dist/worker-entry.js')],
    outdir: target,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    logLevel: 'error',
  });
  for (const name of ['signalbox.wasm', 'signalbox-lab.wasm', 'models']) {
    cpSync(path.join(root, 'dist', name), path.join(target, name), { recursive: true });
  }
  writeFileSync(
    path.join(target, 'index.html'),
    `<!doctype html><html lang="en"><head><title>Both</title><link rel="icon" href="both.js">` +
      '<script type="module" src="both.js"></script></head><body></body></html>',
  );
}

let folder;
let server;
/** Addresses requested from the server, including those of workers. */
const served = [];
let browser;
let origin;

before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'signalbox-page-'));
  await buildBoth(path.join(folder, 'both'));
  cpSync(path.join(folder, 'both'), path.join(folder, 'strict'), { recursive: true });
  server = await serveFolder(folder, 0);
  server.prependListener('request', ({ url }, response) => {
    served.push(url);
    // As a header, the policy applies to workers, too.
    response.setHeader('Content-Security-Policy', policyOf(url));
  });
  origin = `http://127.0.0.1:${server.address().port}`;
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: CHROMIUM_ARGS });
});
after(async () => {
  await browser?.close();
  server?.closeAllConnections();
  server?.close();
  rmSync(folder, { recursive: true });
});
expectNothingOpen();

/** Opens a page, and records its requests and console messages. */
async function open(name) {
  const page = await browser.newPage();
  const seen = { requests: [], complaints: [] };
  page.on('request', (request) => seen.requests.push(request.url()));
  page.on('console', (message) => seen.complaints.push(message.text()));
  page.on('pageerror', (error) => seen.complaints.push(String(error)));
  await page.goto(`${origin}/${name}`);
  return { page, ...seen };
}

it('a page, its worker and a shared worker decide like Node under script-src self, with no request after the load', async () => {
  const { page, requests, complaints } = await open('both/');
  await page.evaluate(() => globalThis.load());
  const loaded = [requests.length, served.length];
  assert.equal(served.filter((url) => url.endsWith('.wasm')).length, 3, 'one for the page, one for each worker');
  const [inPage, inWorker, inSharedWorker] = await page.evaluate(() => globalThis.decide());
  assert.deepEqual(inWorker, inPage);
  assert.deepEqual(inSharedWorker, inPage);
  assert.equal(await page.evaluate(() => globalThis.dispose()), 0, 'nothing is left open in the page');
  const router = await Router.load();
  assert.deepEqual(inPage, await router.route(PROMPT));
  router.dispose();
  assert.deepEqual(complaints, []);
  assert.ok(requests.every((url) => url.startsWith(origin)));
  assert.deepEqual([requests.length, served.length], loaded, 'routing sends nothing');
  await page.close();
});

it('a router whose worker was ended fails what it is asked, at once and later', async () => {
  const { page, complaints } = await open('both/');
  await page.waitForFunction(() => globalThis.isReady);
  const [before, pending, later] = await page.evaluate(() => globalThis.lose());
  assert.equal(before, 'string');
  for (const said of [pending, later]) assert.match(said, /^network: the worker of the router is gone/);
  assert.deepEqual(complaints, []);
  await page.close();
});

it('a page whose policy forbids WebAssembly can import everything, and is told what to allow', async () => {
  const { page } = await open('strict/');
  await page.waitForFunction(() => globalThis.isReady);
  for (const said of await page.evaluate(() => globalThis.tryAll())) {
    assert.match(said, /^bad_wasm: .*Content-Security-Policy.*'wasm-unsafe-eval'/);
  }
  await page.close();
});

it('a browser without WebAssembly is told so', async () => {
  const { page } = await open('both/');
  await page.waitForFunction(() => globalThis.isReady);
  const [here, inWorker, building] = await page.evaluate(() => {
    delete globalThis.WebAssembly;
    return globalThis.tryAll();
  });
  for (const said of [here, building]) assert.match(said, /^bad_wasm: there is no WebAssembly here/);
  assert.equal(inWorker, 'done', 'the worker has its own');
  await page.close();
});
