// Makes the npm package of an embedder: its index, and the weights, which are not in the repository.
//   node models/npm/pack.mjs minilm|mpnet FOLDER [--out DIR]
// FOLDER has the model's tokenizer.json and its ONNX file, by the names and SHA-256 in models/<name>/npm/weights.json. DIR
// (default: build/npm/signalbox-<name>) is then ready for `npm pack`.
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = path.dirname(fileURLToPath(import.meta.url));
const models = path.dirname(here);
const NAMES = ['minilm', 'mpnet'];
const sha256Of = (bytes) => createHash('sha256').update(bytes).digest('hex');

function fail(message) {
  console.error(message);
  process.exit(1);
}

function readChecked(file, expected) {
  let bytes;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    fail(`${file} could not be read (${cause.code}): the package needs the model's files`);
  }
  const got = sha256Of(bytes);
  if (!expected.includes(got)) fail(`${file} has the SHA-256 ${got}, expected ${expected.join(' or ')}`);
  return bytes;
}

const { values, positionals } = parseArgs({ options: { out: { type: 'string' } }, allowPositionals: true });
const [name, folder] = positionals;
if (!NAMES.includes(name) || folder === undefined || positionals.length > 2) {
  fail(`usage: node models/npm/pack.mjs ${NAMES.join('|')} FOLDER [--out DIR]`);
}
const own = path.join(models, name, 'npm');
const { settings, files } = JSON.parse(readFileSync(path.join(own, 'weights.json'), 'utf8'));
const index = readFileSync(path.join(models, name, `index-${name}.sbx`));
if (!readFileSync(path.join(models, name, 'README.md'), 'utf8').includes(sha256Of(index))) {
  fail(`the card of index-${name}.sbx has another SHA-256 than ${sha256Of(index)}`);
}
const found = Object.entries(files).map(([file, expected]) => ({
  part: file === 'tokenizer.json' ? 'tokenizer' : 'weights',
  file,
  bytes: readChecked(path.join(folder, file), expected),
}));
const parts = [{ part: 'config', file: 'config.json', bytes: readFileSync(path.join(own, 'config.json')) }, ...found];

const out = values.out ?? path.join(models, '..', 'build/npm', `signalbox-${name}`);
rmSync(out, { recursive: true, force: true });
mkdirSync(path.join(out, 'model'), { recursive: true });
for (const file of ['package.json', 'README.md']) cpSync(path.join(own, file), path.join(out, file));
for (const file of ['index.js', 'index.d.ts']) cpSync(path.join(here, file), path.join(out, file));
cpSync(path.join(models, '..', 'LICENSE'), path.join(out, 'LICENSE'));
writeFileSync(path.join(out, 'index.sbx'), index);
for (const { part, bytes } of parts) {
  writeFileSync(path.join(out, 'model', part === 'weights' ? 'weights.onnx' : `${part}.json`), bytes);
}
const claims = parts.map(({ part, file, bytes }) => ({ part, file, sha256: sha256Of(bytes), sizeBytes: bytes.length }));
const json = (value) => JSON.stringify(value, null, 2);
writeFileSync(
  path.join(out, 'files.js'),
  `/** Which files the model has, and how it is read. Written when the package was packed. */
export const CLAIMS = ${json(claims)};

export const SETTINGS = ${json(settings)};
`,
);
console.log(out);
