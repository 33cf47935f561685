// A model on a slow processor: load, first answer and memory in Chromium, with the page's thread slowed down.
//   node tests/bench/onnx-slow.mjs FOLDER [--file onnx/model_quantized.onnx] [--rates 1,4] [--repeats 5]
// The model runs in the page itself with one thread, because Chromium slows no worker down. It is loaded from the cache,
// so that no network counts. FOLDER is in the layout of sentence-transformers. Needs dist/ (npm run setup).
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os, { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { root } from '../../scripts/setup.mjs';
import { median } from './kernels.mjs';
import { serve, withPage, withProfile } from './onnx-browser.mjs';
import { table } from './table.mjs';

const HTML = '<!doctype html><meta charset="utf-8"><title>bench</title><script type="module" src="page.js"></script>\n';

/** Script of the page; times are in ms. */
const PAGE = `
  import { OnnxEmbedder } from './dist/onnx.js';
  const timed = async (action) => {
    const start = performance.now();
    await action();
    return performance.now() - start;
  };
  let embedder;
  globalThis.bench = {
    load: (file) =>
      timed(async () => {
        embedder = await OnnxEmbedder.load('/model', { file, manifest: null, worker: false, threads: 1 });
      }),
    embed: (text) => timed(() => embedder.embed([text])),
  };`;

/** A short prompt, and one of about a hundred tokens. */
const SHORT = 'Write a function that removes the duplicates from a sorted list.';
const LONG = `${'My landlord keeps the deposit although the flat was clean when I left. '.repeat(7)}What can I do?`;

/** After a load the heap is tidied up. */
const SETTLE_MS = 3000;

/** The processor time is that of all threads of the renderer; other work on the machine disturbs it least. */
const HEAD = [
  ...['slower', 'load ms', 'first ms', 'next ms', '100 tokens ms'],
  ...['load CPU ms', 'first CPU ms', 'peak MB', 'held MB'],
];

async function makePage(folder) {
  const www = mkdtempSync(path.join(tmpdir(), 'signalbox-slow-'));
  mkdirSync(www, { recursive: true });
  symlinkSync(path.resolve(folder), path.join(www, 'model'));
  writeFileSync(path.join(www, 'index.html'), HTML);
  await build({
    stdin: { contents: PAGE, resolveDir: root },
    ...{ bundle: true, format: 'esm', target: 'es2022', platform: 'browser', minify: true, logLevel: 'error' },
    outfile: path.join(www, 'page.js'),
  });
  const wasm = 'ort-wasm-simd-threaded.wasm';
  cpSync(path.join(root, 'node_modules/onnxruntime-web/dist', wasm), path.join(www, wasm));
  return www;
}

/** Loads from the cache in a browser of its own, and embeds. */
const measureOnce = (origin, profile, file, rate) =>
  withPage(origin, profile, async (page) => {
    await page.throttle(rate);
    const load = await page.call('load', file);
    const loadCpu = page.renderer.cpuMs();
    const first = await page.call('embed', SHORT);
    const firstCpu = page.renderer.cpuMs() - loadCpu;
    const next = [];
    for (let i = 0; i < 5; ++i) next.push(await page.call('embed', SHORT));
    const long = await page.call('embed', LONG);
    const peak = page.renderer.peak();
    await pause(SETTLE_MS);
    return { load, first, next: median(next), long, loadCpu, firstCpu, peak, held: page.renderer.inUse() };
  });

async function main() {
  const options = { file: { type: 'string' }, rates: { type: 'string' }, repeats: { type: 'string' } };
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [folder] = positionals;
  if (folder === undefined) throw new Error('expected a folder with a model');
  const { file = 'onnx/model_quantized.onnx', rates = '1,4', repeats = '5' } = values;
  const www = await makePage(folder);
  const server = await serve(www);
  try {
    const rows = [];
    await withProfile(async (profile) => {
      const alone = await withPage(server.origin, profile, async (page) => page.renderer.inUse());
      console.log(`the page alone holds ${(alone / 1e6).toFixed(0)} MB`);
      // Fills the cache.
      await withPage(server.origin, profile, (page) => page.call('load', file));
      for (const rate of rates.split(',').map(Number)) {
        const runs = [];
        for (let i = 0; i < Number(repeats); ++i) runs.push(await measureOnce(server.origin, profile, file, rate));
        const of = (key) => median(runs.map((run) => run[key]));
        const ms = ['load', 'first', 'next', 'long', 'loadCpu', 'firstCpu'].map((key) => of(key).toFixed(0));
        rows.push([String(rate), ...ms, ...['peak', 'held'].map((key) => (of(key) / 1e6).toFixed(0))]);
      }
    });
    const load = os.loadavg()[0].toFixed(1);
    console.log(
      `${file} of ${path.basename(folder)}; ${os.cpus()[0]?.model.trim()}, load ${load}; medians of ${repeats}`,
    );
    console.log(table(HEAD, rows));
  } finally {
    server.close();
    rmSync(www, { recursive: true, force: true });
  }
}

try {
  await main();
} catch (error) {
  console.error(`signalbox bench: ${error.stack}`);
  process.exitCode = 1;
}
