// Measures how much of given prompts an embedder knows, how many the router takes as unread, and how many of the others
// are out of coverage (docs/studies.md).
//   node tests/bench/coverage.mjs [--index FILE --embedder PLACE] [--typos] FILE...
// A file has one prompt per line: a text, or an object with `prompt` and `set`. Each set has a row of its own. Without an
// index it is the default one; PLACE is that of the command. --typos adds a row for each set with typos in its prompts,
// and one with other words around them.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { loadEmbedder } from '../../dist/cli/embedder-option.js';
import { paraphrase } from '../../dist/evaluation/paraphrase.js';
import { Router } from '../../dist/index.js';
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
  'out of coverage',
  ...QUANTILES.map((q) => `share ${100 * q}%`),
];

function promptsOf(file) {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => {
    const { prompt, set } = line.startsWith('{"') ? JSON.parse(line) : { prompt: line };
    return { prompt, set: set ?? path.basename(file) };
  });
}

const { values, positionals } = parseArgs({
  options: { index: { type: 'string' }, embedder: { type: 'string' }, typos: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const inner = await loadEmbedder(values.embedder);
const { id, hash, dim, details } = inner;
/** Shares of known letters of all prompts since the last reset. */
let shares = [];
const embedder = {
  ...{ id, hash, dim, details },
  async embed(texts, options) {
    const embedded = await inner.embed(texts, options);
    for (const { wordShare } of embedded) shares.push(wordShare ?? Number.NaN);
    return embedded;
  },
};
const router = await Router.load({ index: values.index, embedder });
const sets = new Map();
const add = (set, prompt) => sets.set(set, [...(sets.get(set) ?? []), prompt]);
const given = positionals.flatMap(promptsOf);
for (const { prompt, set } of given) add(set, prompt);
for (const kind of values.typos ? ['typos', 'politeness'] : []) {
  for (const [i, { prompt, set }] of given.entries()) add(`${set}, ${kind}`, paraphrase(prompt, kind, i) ?? prompt);
}
const rows = [];
for (const [set, all] of sets) {
  shares = [];
  const unread = { language: 0, gibberish: 0, marks: 0, empty: 0 };
  let outside = 0;
  for (let first = 0; first < all.length; first += BLOCK) {
    const prompts = all.slice(first, first + BLOCK);
    const judged = await router.embed(prompts);
    for (const { unread: cause } of judged) if (cause !== undefined) unread[cause] += 1;
    for (const { fallbackReason } of await router.routeMany(judged)) outside += fallbackReason === 'out_of_coverage';
  }
  shares.sort((a, b) => a - b);
  const quantiles = QUANTILES.map((q) => shares[Math.floor(q * (shares.length - 1))].toFixed(3));
  rows.push([set, all.length, ...Object.values(unread), outside, ...quantiles].map(String));
}
console.log(table(HEAD, rows));
router.dispose();
inner.dispose();
