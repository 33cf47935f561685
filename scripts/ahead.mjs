// What the page shows of its samples before its router is loaded: the cards of the decisions that the same router makes here.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { constants, gunzipSync } from 'node:zlib';
import { root } from './setup.mjs';

const dist = path.join(root, 'dist');

/** Imports modules of the page, which are TypeScript, in Node. They find the package by its name, so the bundle lies inside it. */
async function importPage(lines) {
  const { build } = await import('esbuild');
  mkdirSync(path.join(root, 'build'), { recursive: true });
  const folder = mkdtempSync(path.join(root, 'build/page-'));
  const outfile = path.join(folder, 'page.mjs');
  await build({
    stdin: { contents: lines.join('\n'), resolveDir: path.join(root, 'web') },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    external: ['signalbox'],
    logLevel: 'error',
  });
  try {
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Returns the card of each sample that the router can read, by its prompt, as the page shows it with the settings of a first
 * visit. The page reads more with its table of other languages.
 */
export async function cardsAhead() {
  const page = await importPage([
    "export { cardOf } from './shared/card.ts';",
    "export { DEFAULT_SETTINGS, routeOptionsOf } from './shared/settings.ts';",
    "export { SAMPLES } from './site/samples.ts';",
  ]);
  const { Router } = await import('signalbox');
  const router = await Router.load();
  try {
    const records = new Map(router.info.models.map(({ name, record }) => [name, record]));
    const options = page.routeOptionsOf(page.DEFAULT_SETTINGS, router.info);
    const prompts = page.SAMPLES.map(({ prompt }) => prompt);
    const decisions = await router.routeMany(prompts, options);
    const cards = decisions.map((decision) => page.cardOf(decision, (name) => records.get(name)));
    return Object.fromEntries(cards.flatMap((card, i) => (card.verdict === '' ? [[prompts[i], card]] : [])));
  } finally {
    router.dispose();
  }
}

/** Returns how much of the embedder's file has to come until the first rows of its table are there. */
export async function earlyBytes() {
  const [{ readHeader }, { orderIn }] = await Promise.all(
    ['embedder-files.js', 'row-order.js'].map((name) => import(pathToFileURL(path.join(dist, 'embedding', name)).href)),
  );
  const file = readFileSync(path.join(dist, 'models/embedder/embedder.bin'));
  const header = readHeader(gunzipSync(file));
  const needed = header.dataAt + orderIn(header).beginningBytes;
  let [few, enough] = [0, file.length];
  while (enough - few > 1) {
    const bytes = (few + enough) >> 1;
    const { length } = gunzipSync(file.subarray(0, bytes), { finishFlush: constants.Z_SYNC_FLUSH });
    if (length < needed) few = bytes;
    else enough = bytes;
  }
  return enough;
}

/** Returns the number of bytes that the page's router loads before its first decision. */
export const loadBytes = async () =>
  ['models/index/index.sbx', 'signalbox.wasm']
    .map((name) => statSync(path.join(dist, name)).size)
    .reduce((sum, size) => sum + size, await earlyBytes());
