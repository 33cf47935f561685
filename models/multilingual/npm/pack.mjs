// Makes the npm package of the table of other languages, ready for `npm pack`.
//   node models/multilingual/npm/pack.mjs [--table FOLDER] [--out DIR]
// FOLDER (default: models/multilingual) has the table's files and its card; the files must have the hash that config.json
// states; the package has them in one file. DIR is build/npm/signalbox-multilingual by default.
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { packEmbedder } from '../../../scripts/embedder-file.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.join(here, '../../..');
const { values } = parseArgs({ options: { table: { type: 'string' }, out: { type: 'string' } } });
const table = values.table ?? path.dirname(here);
const out = values.out ?? path.join(root, 'build/npm/signalbox-multilingual');

function fail(message) {
  console.error(message);
  process.exit(1);
}

const FILES = ['model.safetensors', 'tokenizer.json', 'config.json'];
const missing = [...FILES, 'README.md'].find((name) => !existsSync(path.join(table, name)));
if (missing !== undefined) fail(`${path.join(table, missing)} is missing: the package needs the table and its card`);
const hash = createHash('sha256');
for (const name of FILES.slice(0, 2)) hash.update(readFileSync(path.join(table, name)));
const got = `sha256:${hash.digest('hex')}`;
const { hash: expected } = JSON.parse(readFileSync(path.join(table, 'config.json'), 'utf8'));
if (got !== expected) fail(`the table has the hash ${got}, expected ${expected} (config.json)`);

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
writeFileSync(path.join(out, 'table.bin'), packEmbedder(table));
cpSync(path.join(table, 'README.md'), path.join(out, 'CARD.md'));
for (const name of ['package.json', 'README.md', 'index.js', 'index.d.ts']) {
  cpSync(path.join(here, name), path.join(out, name));
}
console.log(out);
