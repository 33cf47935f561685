// Measures how much of given prompts the shipped embedder knows, and how many the router takes as unread (docs/policy.md).
//   node tests/bench/coverage.mjs FILE...
// A file has one prompt per line: a text, or an object with `prompt` and `set`. Each set has a row of its own.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { Router, StaticEmbedder } from '../../dist/index.js';
import { table } from './table.mjs';

const BLOCK = 256;
const QUANTILES = [0, 0.05, 0.5, 0.95, 1];
const HEAD = [
  'set',
  'prompts',
  'language',
  'gibberish',
  'marks',
  'empty',
  ...QUANTILES.map((q) => `share ${100 * q}%`),
];

function promptsOf(file) {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => {
    const { prompt, set } = line.startsWith('{"') ? JSON.parse(line) : { prompt: line };
    return { prompt, set: set ?? path.basename(file) };
  });
}

const [embedder, router] = await Promise.all([StaticEmbedder.load(), Router.load()]);
const sets = new Map();
for (const { prompt, set } of process.argv.slice(2).flatMap(promptsOf)) {
  sets.set(set, [...(sets.get(set) ?? []), prompt]);
}
const rows = [];
for (const [set, all] of sets) {
  const shares = [];
  const unread = { language: 0, gibberish: 0, marks: 0, empty: 0 };
  for (let first = 0; first < all.length; first += BLOCK) {
    const prompts = all.slice(first, first + BLOCK);
    for (const { wordShare } of await embedder.embed(prompts)) shares.push(wordShare);
    for (const { unread: cause } of await router.embed(prompts)) if (cause !== undefined) unread[cause] += 1;
  }
  shares.sort((a, b) => a - b);
  const quantiles = QUANTILES.map((q) => shares[Math.floor(q * (shares.length - 1))].toFixed(3));
  rows.push([set, all.length, ...Object.values(unread), ...quantiles].map(String));
}
console.log(table(HEAD, rows));
embedder.dispose();
router.dispose();
