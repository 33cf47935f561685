// Reads the files of a folder with one of the readers, in a process of its own, and prints the outcome and the peak of
// memory: hostile-reader.mjs READER FOLDER
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { buildFromFiles } from '../../../dist/build.js';
import { findFiles } from '../../../dist/building/disk/files.js';
import { readShards } from '../../../dist/building/disk/shards.js';
import { StaticEmbedder } from '../../../dist/embedding/static-embedder.js';
import { openNpy } from '../../../dist/files/disk/npy.js';
import { matchPrices, Router, readPriceList, SignalboxError } from '../../../dist/index.js';

const [reader, folder] = process.argv.slice(2);
const file = () => path.join(folder, readdirSync(folder)[0]);

const embedder = {
  id: 'stub',
  dim: 4,
  embed: async (texts) => texts.map((text) => ({ vector: Float32Array.of(text.length, 1, 0, 0), tokens: 1 })),
};
const build = async () => buildFromFiles((await findFiles([folder])).files, { embedder, maxWork: 1e6 });

const READERS = {
  index: async () => {
    const router = await Router.load({ index: file(), embedder: null });
    await router.route(new Float32Array(router.info.dim).fill(1), { neighbours: 5 });
    router.dispose();
  },
  shard: async () => (await readShards([file()])).close(),
  npy: async () => {
    const matrix = await openNpy(file());
    await matrix.read(0, 1);
    await matrix.close();
  },
  safetensors: async () => (await StaticEmbedder.load(`${folder}/`)).dispose(),
  tokenizer: async () => (await StaticEmbedder.load(`${folder}/`)).dispose(),
  'price list': () => matchPrices(['m1'], readPriceList(readFileSync(file(), 'utf8'))),
};

const outcome = { code: undefined, message: undefined };
try {
  await (READERS[reader] ?? build)();
} catch (error) {
  if (!(error instanceof SignalboxError)) throw error;
  Object.assign(outcome, { code: error.code, message: error.message });
}
process.stdout.write(JSON.stringify({ ...outcome, peakMB: process.resourceUsage().maxRSS / 1024 }));
