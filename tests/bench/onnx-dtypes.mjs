// Measures load, time and peak memory for each type of an ONNX model's weights, in ONNX Runtime Web (wasm, one thread).
//   node tests/bench/onnx-dtypes.mjs FOLDER FILE...
// FOLDER is in the layout of sentence-transformers, each FILE a model in it, for example onnx/model_fp16.onnx. Each runs in a
// process of its own, from the disk. tests/bench/onnx-answers.mjs says what the vectors are worth. Needs dist/ (npm run
// setup).
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { OnnxEmbedder } from '../../dist/onnx.js';
import { table } from './table.mjs';

/** A short prompt, and one of about a hundred tokens. */
const SHORT = 'Write a function that removes the duplicates from a sorted list.';
const LONG = `${'My landlord keeps the deposit although the flat was clean when I left. '.repeat(7)}What can I do?`;
/** Least of so many: other work on the machine only adds. */
const REPEATS = 6;

const self = fileURLToPath(import.meta.url);

function cpuMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Loads one model, and returns milliseconds of the processor and peak memory in bytes. */
async function measureHere({ folder, file }) {
  const before = cpuMs();
  const embedder = await OnnxEmbedder.load(folder, { file, manifest: null, threads: 1, cache: false });
  const load = cpuMs() - before;
  const time = async (text) => {
    const start = cpuMs();
    await embedder.embed([text]);
    return cpuMs() - start;
  };
  const leastOf = async (text) => {
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < REPEATS; ++i) least = Math.min(least, await time(text));
    return least;
  };
  const first = await time(SHORT);
  const [short, long] = [await leastOf(SHORT), await leastOf(LONG)];
  embedder.dispose();
  return { load, first, short, long, peak: process.resourceUsage().maxRSS * 1024 };
}

async function measureApart(request) {
  const child = fork(self, ['--child']);
  child.send(request);
  const [answer] = await once(child, 'message');
  return answer;
}

async function main() {
  const [folder, ...files] = process.argv.slice(2);
  if (files.length === 0) throw new Error('expected a folder and files in it');
  const rows = [];
  for (const file of files) {
    const made = await measureApart({ folder, file });
    const ms = ['load', 'first', 'short', 'long'].map((key) => made[key].toFixed(0));
    const size = statSync(path.join(folder, file)).size;
    rows.push([file, ...[size, made.peak].map((bytes) => (bytes / 1e6).toFixed(1)), ...ms]);
  }
  console.log('milliseconds of the processor');
  console.log(table(['file', 'MB', 'peak MB', 'load', 'first', 'short', 'long'], rows));
}

if (process.argv[2] === '--child') {
  process.once('message', async (request) => {
    const answer = await measureHere(request);
    process.send(answer, () => process.exit());
  });
} else await main();
