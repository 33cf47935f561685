// Files for the tests of the evaluation: a small benchmark in which one kind of prompt needs another model than the
// rest.
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import { gzipSync } from 'node:zlib';
import { randomFrom } from '../support/fixtures.mjs';

/** Creates a folder and removes it after the tests of the file. Must be called outside of tests. */
export function temporaryFolder() {
  const folder = mkdtempSync(path.join(tmpdir(), 'signalbox-eval-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const TOPICS = {
  sums: ['add the numbers', 'what is the sum of two integers', 'multiply and subtract', 'solve the equation for x'],
  integrals: ['compute the integral', 'the derivative of a polynomial', 'solve this equation', 'a limit of numbers'],
  poems: [
    'write a poem about the sea',
    'a short story about a lonely king',
    'describe the sunset in verse',
    'a song of love',
  ],
  letters: [
    'write a letter to a friend',
    'a story about the moon',
    'a poem for my mother',
    'describe a garden in spring',
  ],
};
export const TASKS = Object.keys(TOPICS);
export const MODELS = [
  { name: 'calculator-7b', params_b: 7, complete: true },
  { name: 'poet-13b', params_b: 13, complete: true },
  { name: 'generalist-70b', params_b: 70, complete: true, price_in: 1, price_out: 1 },
  { name: 'copy-70b', params_b: 70, complete: true, near_duplicate_of: 'generalist-70b' },
];
/** Accuracy of each model on the first two tasks, and on the last two. */
const RIGHT = [
  [0.95, 0.1],
  [0.1, 0.95],
  [0.6, 0.6],
  [0.6, 0.6],
];

export const cell = (value) => (/[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
export const csv = (rows) => `${rows.map((row) => row.map((value) => cell(String(value))).join(',')).join('\n')}\n`;

/** Returns the rows of a data file, header first. */
export function dataRows({ rows = 20, seed = 3, models = MODELS } = {}) {
  const random = randomFrom(seed);
  const out = [['dataset', 'id', 'prompt', 'answer', ...models.map(({ name }) => name)]];
  for (const [t, task] of TASKS.entries()) {
    for (let i = 0; i < rows; ++i) {
      const topics = TOPICS[task];
      const prompt = `${topics[i % topics.length]} ${['', 'now', 'again', 'and', 'or'][Math.floor(i / topics.length)]}`;
      out.push([task, `${task}-${i}`, prompt.trim(), '', ...RIGHT.map((r) => Number(random() < r[t < 2 ? 0 : 1]))]);
    }
  }
  return out;
}

/** Writes a benchmark and returns the paths. */
export async function writeBenchmark(folder, { rows = dataRows(), models = MODELS } = {}) {
  const data = path.join(folder, 'outcomes.csv.gz');
  const listed = path.join(folder, 'models.json');
  await writeFile(data, gzipSync(csv(rows)));
  await writeFile(listed, JSON.stringify(models));
  return { data, models: listed };
}

/** Returns a float32 .npy file. */
export function npy(rows, dim, values, { version = 1, descr = '<f4', fortran = 'False', shape } = {}) {
  const text = `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape ?? `(${rows}, ${dim})`}, }`;
  const prefix = version === 1 ? 10 : 12;
  const header = `${text.padEnd(64 * Math.ceil((prefix + text.length + 1) / 64) - prefix - 1)}\n`;
  const file = Buffer.alloc(prefix + header.length + values.length * 4);
  file.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]);
  if (version === 1) file.writeUInt16LE(header.length, 8);
  else file.writeUInt32LE(header.length, 8);
  file.write(header, prefix, 'latin1');
  for (const [i, value] of values.entries()) file.writeFloatLE(value, prefix + header.length + 4 * i);
  return file;
}

/** The command's default options. */
export const DEFAULTS = {
  policy: ['s1', 's2', 's3', 's3_true_p', 'best_single', 'oracle'],
  k: 10,
  kappa: 5,
  threshold: 0.5,
  sigma: 0.09,
  eta: 0.6,
  codes: 'int8',
  pairAlphas: [0],
  pairRepeats: 1,
  pools: ['all'],
  embedder: [],
  embeddings: [],
  cache: false,
  baseline: [],
  labels: [],
  alphas: [],
  repeats: 3,
  seed: 1,
};
