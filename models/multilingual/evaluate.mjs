#!/usr/bin/env node
/**
 * Measures a table of other languages, as packed and through the package, on prompts that exist in English too:
 *
 *   node models/multilingual/evaluate.mjs [--prompts FILE] [--model FOLDER] [--vectors FILE]
 *
 * FILE has one object per line with `id`, `topic`, `lang` and `prompt`; the prompts with one `id` are translations of one another. Prints, per language:
 * the share of the prompts whose English twin is the nearest English prompt, is among the nearest five, and whose nearest English prompt has the
 * right topic (also with the twin left out), with the table and with the built-in English embedder. Of equally near ones the earlier one counts.
 * `--vectors` writes the table's vectors, as JSON lists in the order of the prompts.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { StaticEmbedder } from '../../dist/index.js';

const HERE = dirname(fileURLToPath(import.meta.url));

const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Returns the vectors of the texts, of unit length. */
async function embed(embedder, texts) {
  const embedded = await embedder.embed(texts);
  return embedded.map(({ vector }) => vector);
}

/** Returns the four shares for the prompts of one language. */
function shares(prompts, vectors, english, twins) {
  const hits = prompts.map(({ id, topic }, i) => {
    const near = english.map((vector, j) => [dot(vectors[i], vector), j]).sort((a, b) => b[0] - a[0] || a[1] - b[1]);
    const order = near.map(([, j]) => twins[j]);
    return [
      order[0].id === id,
      order.slice(0, 5).some((twin) => twin.id === id),
      order[0].topic === topic,
      order.find((twin) => twin.id !== id).topic === topic,
    ];
  });
  return [0, 1, 2, 3].map((column) => mean(hits.map((row) => Number(row[column]))));
}

const { values: options } = parseArgs({
  options: {
    prompts: { type: 'string', default: join(HERE, 'prompts.jsonl') },
    model: { type: 'string', default: HERE },
    vectors: { type: 'string' },
  },
});
const prompts = readFileSync(options.prompts, 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line));
const english = await StaticEmbedder.load();
const table = await StaticEmbedder.load(options.model);
const twins = prompts.filter(({ lang }) => lang === 'en');
const twinVectors = await embed(
  english,
  twins.map(({ prompt }) => prompt),
);
const own = await embed(
  table,
  prompts.map(({ prompt }) => prompt),
);
if (options.vectors) writeFileSync(options.vectors, JSON.stringify(own.map((vector) => [...vector])));

console.log(`${prompts.length} prompts, ${twins.length} of them English; ${table.id}, ${table.hash}`);
console.log(
  '| language | twin first | among five | topic | topic, no twin | twin first, English embedder | topic, English embedder |',
);
console.log('|---|---|---|---|---|---|---|');
const cell = (value) => value.toFixed(2).replace(/^0/, '');
const rows = [];
for (const lang of new Set(prompts.map((prompt) => prompt.lang))) {
  if (lang === 'en') continue;
  const at = prompts.flatMap((prompt, i) => (prompt.lang === lang ? [i] : []));
  const some = at.map((i) => prompts[i]);
  const plain = await embed(
    english,
    some.map(({ prompt }) => prompt),
  );
  const before = shares(some, plain, twinVectors, twins);
  rows.push([
    ...shares(
      some,
      at.map((i) => own[i]),
      twinVectors,
      twins,
    ),
    before[0],
    before[2],
  ]);
  console.log(`| ${lang} | ${rows.at(-1).map(cell).join(' | ')} |`);
}
console.log(`| mean | ${rows[0].map((_, column) => cell(mean(rows.map((row) => row[column])))).join(' | ')} |`);
english.dispose();
table.dispose();
