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
  };`;
const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";

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
  for (const name of ['signalbox.wasm', 'models']) {
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
  server = await serveFolder(folder, 0);
  server.prependListener('request', ({ url }, response) => {
    served.push(url);
    // As a header, the policy applies to workers, too.
    response.setHeader('Content-Security-Policy', POLICY);
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
