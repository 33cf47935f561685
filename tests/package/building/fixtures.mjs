// Shared by the tests of `signalbox build` and `merge`: a folder for each test, the command, and a made-up benchmark.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, beforeEach } from 'node:test';
import { fileURLToPath } from 'node:url';
import { dist, expectNothingOpen } from '../support/fixtures.mjs';

const CLI = fileURLToPath(new URL('cli.js', dist));
const TOPICS = {
  sums: (i) => `What is ${i} plus ${7 * i}, as a number?`,
  words: (i) => `Which animal of the sea has a name of ${i} letters?`,
  code: (i) => `Write a function that sorts ${i} records by date.`,
};
export const MODELS = ['large', 'middle', 'small'];
/** Returns whether a model is right: the small one on sums, the large one on words, the middle one on code. */
export const isRight = (topic, model, i) =>
  Number({ sums: 'small', words: 'large', code: 'middle' }[topic] === model || i % 5 === 0);

let root;
/** Folder of the running test. */
export let folder;

/** Runs every test of the file in its own folder, and checks that no half-written file is left there. */
export function inOwnFolders() {
  expectNothingOpen();
  before(() => {
    root = mkdtempSync(path.join(tmpdir(), 'signalbox-build-'));
  });
  after(() => rmSync(root, { recursive: true }));
  beforeEach(() => {
    folder = mkdtempSync(path.join(root, 'test-'));
  });
  afterEach(() => {
    assert.deepEqual(
      readdirSync(folder).filter((name) => /building-|\.tmp$/.test(name)),
      [],
    );
  });
}

export function run(args, { onStderr = () => {} } = {}) {
  return new Promise((resolve) => {
    const env = { ...process.env, XDG_CACHE_HOME: path.join(root, 'cache') };
    const child = spawn(process.execPath, [CLI, ...args], { cwd: folder, env });
    const out = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => (out.stdout += chunk));
    child.stderr.on('data', (chunk) => {
      out.stderr += chunk;
      onStderr(child, String(chunk));
    });
    child.on('close', (code) => resolve({ code, ...out }));
  });
}

export async function runs(...args) {
  const { code, stdout, stderr } = await run(args);
  assert.equal(code, 0, stderr);
  return stdout;
}
export const runsJson = async (...args) => JSON.parse(await runs(...args, '--json'));
export async function fails(code, pattern, ...args) {
  const result = await run(args);
  assert.equal(result.code, 1, result.stdout);
  assert.match(result.stderr, new RegExp(`\\(${code}\\)\\n$`));
  assert.match(result.stderr, pattern);
}

export const read = (name) => readFileSync(path.join(folder, name));
export function write(name, text) {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), text);
  return name;
}

export const rows = (count = 30) =>
  Object.entries(TOPICS).flatMap(([topic, ask]) =>
    Array.from({ length: count }, (_, i) => ({ dataset: topic, id: String(i), prompt: ask(i), i })),
  );
export const csv = (models, count) =>
  [
    ['dataset', 'id', 'prompt', ...models].join(),
    ...rows(count).map(({ dataset, id, prompt, i }) =>
      [dataset, id, `"${prompt}"`, ...models.map((m) => isRight(dataset, m, i))].join(),
    ),
  ].join('\n');
export const QUICK = ['--no-measure', '--no-cache'];
