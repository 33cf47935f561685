// node models/embedder/early-rows.mjs: writes early-rows.txt, the rows of the table that come first in the embedder's one file
// (models/FORMAT.md): those of the tokens in most texts of the default index (models/index/texts), and all of the site's samples.
// Needs the built package. The order changes when a prompt can be read, never what is decided about it.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { openTokenizer } from '../../dist/embedding/tokenizer.js';

/** A quarter of the table. */
const ROWS = 8000;

const here = (name) => new URL(name, import.meta.url);
const json = JSON.parse(readFileSync(here('tokenizer.json'), 'utf8'));
const tokenizer = openTokenizer(json);
const idsOf = (text) => new Set(tokenizer.encode(text, { add_special_tokens: false }).ids);

const folder = here('../index/texts/');
const texts = readdirSync(folder).flatMap((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')).texts);
const counts = new Map();
for (const text of texts) {
  for (const id of idsOf(text ?? '')) counts.set(id, (counts.get(id) ?? 0) + 1);
}
const common = [...counts].sort(([a, m], [b, n]) => n - m || a - b).map(([id]) => id);
const samples = readFileSync(here('../../web/site/samples.ts'), 'utf8').matchAll(/prompt: '([^']*)'/g);
const early = new Set([...[...samples].flatMap(([, prompt]) => [...idsOf(prompt)]), ...common.slice(0, ROWS)]);

const bits = Buffer.alloc(Math.ceil(Object.keys(json.model.vocab).length / 8));
for (const id of early) bits[id >> 3] |= 1 << (id & 7);
writeFileSync(here('early-rows.txt'), `${bits.toString('base64')}\n`);
console.log(`${early.size} rows`);
