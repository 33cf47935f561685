// The page in a real browser: routed in a worker and in the page itself, under a strict policy, with no other request.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, it } from 'node:test';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { Router } from '../../dist/index.js';
import { buildSite, serveFolder } from '../../scripts/site.mjs';
import { expectNothingOpen, root } from '../package/fixtures.mjs';

const PROMPT = 'Prove that the square root of 2 is irrational.';
const QUIET = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
const CHROMIUM_ARGS = ['--headless=new', '--no-sandbox', ...QUIET, '--disable-component-update', '--disable-sync'];

/** A page of our own for what the site does not do: routing in the page, beside a worker. */
const BOTH = `
  import { Router, liveHandles } from 'signalbox';
  import { WorkerRouter } from 'signalbox/worker';
  let routers;
  globalThis.load = async () => {
    routers = [await Router.load(), await WorkerRouter.load()];
  };
  globalThis.decide = () => Promise.all(routers.map((router) => router.route(${JSON.stringify(PROMPT)})));
  globalThis.dispose = () => {
    for (const router of routers) router.dispose();
    return liveHandles();
  };`;
const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";

/** Bundled by hand, with the package's own files beside the script that asks for them. */
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
/** What the server was asked for, by workers, too. */
const served = [];
let browser;
let origin;

before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'signalbox-site-'));
  // Below a folder of the host: the page's addresses are relative.
  await buildSite(path.join(folder, 'site'));
  await buildBoth(path.join(folder, 'both'));
  server = await serveFolder(folder, 0);
  server.prependListener('request', ({ url }, response) => {
    served.push(url);
    // As a header the policy holds for workers, too. The site's page brings its own.
    if (url !== '/site/') response.setHeader('Content-Security-Policy', POLICY);
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

/** Opens a page and notes what it asks for and what it complains about. */
async function open(name) {
  const page = await browser.newPage();
  const seen = { requests: [], complaints: [] };
  page.on('request', (request) => seen.requests.push(request.url()));
  page.on('console', (message) => seen.complaints.push(message.text()));
  page.on('pageerror', (error) => seen.complaints.push(String(error)));
  await page.goto(`${origin}/${name}`);
  return { page, ...seen };
}

it('a page and its worker decide like Node under script-src self, with no request after the load', async () => {
  const { page, requests, complaints } = await open('both/');
  await page.evaluate(() => globalThis.load());
  const loaded = [requests.length, served.length];
  assert.equal(served.filter((url) => url.endsWith('.wasm')).length, 2, 'one for the page, one for the worker');
  const [inPage, inWorker] = await page.evaluate(() => globalThis.decide());
  assert.deepEqual(inWorker, inPage);
  assert.equal(await page.evaluate(() => globalThis.dispose()), 0, 'nothing is left open in the page');
  const router = await Router.load();
  assert.deepEqual(inPage, await router.route(PROMPT));
  router.dispose();
  assert.deepEqual(complaints, []);
  assert.ok(requests.every((url) => url.startsWith(origin)));
  assert.deepEqual([requests.length, served.length], loaded, 'routing sends nothing');
  await page.close();
});

it('the site shows a decision at once, routes what is typed, and asks nobody else', async () => {
  const { page, requests, complaints } = await open('site/');
  await page.waitForSelector('#decision:not([hidden])');
  const loaded = requests.length;
  await page.fill('#prompt', PROMPT);
  await page.waitForFunction(() => document.querySelector('#neighbours')?.textContent?.includes('mmlu_pro_math'));
  assert.equal(await page.locator('#ranking tr').count(), 5);
  await page.fill('#prompt', '');
  await page.waitForFunction(() => document.querySelector('#reason')?.textContent?.includes('no word'));
  await page.click('#samples button:nth-of-type(2)');
  await page.waitForFunction(() => document.querySelector('#neighbours')?.textContent?.includes('biology'));
  assert.equal(requests.length, loaded, 'routing sends nothing');
  assert.ok(requests.every((url) => url.startsWith(origin)));
  assert.deepEqual(complaints, []);
  await page.close();
});

/** Two datasets of made-up prompts, each the other model's. */
function benchmarkCsv() {
  const lines = ['dataset,id,prompt,counts-well,knows-animals'];
  for (let i = 0; i < 40; ++i) {
    lines.push(`sums,${i},What is ${i} plus ${3 * i}?,1,0`, `animals,${i},Which sea animal has ${i} arms?,0,1`);
  }
  return lines.join('\n');
}

it('a CSV that is chosen becomes an index that the page routes on, and that can be kept', async () => {
  const { page, requests, complaints } = await open('site/');
  await page.waitForSelector('#decision:not([hidden])');
  const results = { name: 'results.csv', mimeType: 'text/csv', buffer: Buffer.from(benchmarkCsv()) };
  await page.setInputFiles('#files', results);
  await page.click('#build button[type=submit]');
  await page.waitForSelector('#built:not([hidden])');
  assert.match(await page.textContent('#report'), /80 rows x 2 models, 2 datasets/);
  await page.fill('#prompt', 'What is 12 plus 30?');
  await page.waitForFunction(() => document.querySelector('#model')?.textContent === 'counts-well');
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('#download')]);
  const file = path.join(folder, 'downloaded.sbx');
  await download.saveAs(file);
  const router = await Router.load({ index: file });
  assert.equal((await router.route('Which sea animal has 9 arms?')).model, 'knows-animals');
  router.dispose();
  await page.click('#shipped');
  await page.waitForFunction(() => document.querySelectorAll('#ranking tr').length === 5);
  assert.ok(requests.every((url) => url.startsWith(origin) || url.startsWith('blob:')));
  assert.deepEqual(complaints, []);
  await page.close();
});

it('files that are dropped are built at once; a defect is named with its line, and the page goes on routing', async () => {
  const { page, complaints } = await open('site/');
  await page.waitForSelector('#decision:not([hidden])');
  const drop = (text) =>
    page.evaluate((content) => {
      const data = new DataTransfer();
      data.items.add(new File([content], 'rows.jsonl'));
      document.querySelector('#drop').dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true }));
    }, text);
  const row = (model, score) => JSON.stringify({ dataset: 'd', id: '1', prompt: 'a question', model, score });
  await drop(`${row('a', 1)}\n{"dataset":`);
  await page.waitForFunction(() => document.querySelector('#build-status')?.textContent?.includes('line 2'));
  assert.match(await page.textContent('#build-status'), /rows\.jsonl, line 2: not JSON/);
  await page.fill('#prompt', PROMPT);
  await page.waitForFunction(() => document.querySelector('#neighbours')?.textContent?.includes('mmlu_pro_math'));
  await drop(`${row('a', 1)}\n${row('b', 0)}`);
  await page.waitForFunction(() => document.querySelector('#model')?.textContent === 'a');
  assert.deepEqual(complaints, []);
  await page.close();
});

it('a folder that is chosen keeps its paths, which name the models', async () => {
  const { page, complaints } = await open('site/');
  await page.waitForSelector('#decision:not([hidden])');
  const runs = path.join(folder, 'runs');
  for (const [model, score] of [
    ['org__first', 1],
    ['org__second', 0],
  ]) {
    mkdirSync(path.join(runs, model), { recursive: true });
    const lines = [0, 1].map((i) =>
      JSON.stringify({
        doc_id: i,
        doc_hash: `h${i}`,
        doc: { question: `question ${i}` },
        metrics: ['acc'],
        acc: score,
      }),
    );
    writeFileSync(path.join(runs, model, 'samples_made_up_2025-01-01T00-00-00.000000.jsonl'), lines.join('\n'));
  }
  await page.setInputFiles('#folder', runs);
  await page.click('#build button[type=submit]');
  await page.waitForFunction(() => document.querySelector('#model')?.textContent === 'org/first');
  assert.match(await page.textContent('#report'), /lm-eval: 2 files, 2 rows x 2 models, 1 dataset/);
  assert.deepEqual(complaints, []);
  await page.close();
});
