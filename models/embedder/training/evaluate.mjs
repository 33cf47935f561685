#!/usr/bin/env node
/**
 * Measures the files of a model folder, and cuts of the whole table in `full/`:
 *
 *   node models/embedder/training/evaluate.mjs --eval DIR [--model DIR]
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { brotliCompressSync, constants } from 'node:zlib';
import { measure, readSets } from './quality.mjs';
import { decodeModel, dequantise, firstDimensions, quantise } from './tables.mjs';
import { loadTokenizer } from './tokenizer.mjs';

const SHIPPED_FILES = ['tokenizer.json', 'model.safetensors', 'config.json'];

function printSizes(folder) {
  console.log('\n| file | bytes | brotli -q 11 |\n|---|---:|---:|');
  const sizes = SHIPPED_FILES.map((name) => {
    const bytes = readFileSync(join(folder, name));
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
    return { name, raw: bytes.length, packed: brotliCompressSync(bytes, { params }).length };
  });
  const total = (key) => sizes.reduce((sum, size) => sum + size[key], 0);
  for (const { name, raw, packed } of [...sizes, { name: 'total', raw: total('raw'), packed: total('packed') }]) {
    console.log(`| ${name} | ${raw} | ${packed} |`);
  }
}

/** Yields [name, table] for the shipped table, the whole table, and cuts of the whole table. */
function* variants(folder, float) {
  const full = decodeModel(readFileSync(join(folder, 'full', 'model.safetensors')));
  const shipped = decodeModel(readFileSync(join(folder, 'model.safetensors')));
  const source = float ?? full;
  if (float) yield ['256 float', float];
  yield ['256 int8 (full/)', full];
  for (const dim of [256, 192, 160, 128, 64]) {
    const cut = firstDimensions(source, dim);
    if (dim < source.dim) yield [`${dim} float`, cut];
    const isShipped = dim === shipped.dim;
    yield isShipped ? [`${dim} int4 (shipped)`, shipped] : [`${dim} int4`, dequantise(quantise(cut, 4))];
  }
}

/** Prints the table of quality and the sizes. `float` is the table before quantisation, if available. */
export function evaluateFolder(folder, evalFolder, { float } = {}) {
  const tokenizer = loadTokenizer(JSON.parse(readFileSync(join(folder, 'tokenizer.json'), 'utf8')));
  const sets = readSets(evalFolder, tokenizer);
  const names = sets.map(({ name }) => name);
  console.log(`\n| table | cls | sts | ret | ${names.join(' | ')} |\n|---|${'---|'.repeat(names.length + 3)}`);
  const cell = (value) => value.toFixed(3).replace(/^0/, '');
  for (const [name, table] of variants(folder, float)) {
    const { values, means } = measure(table, sets);
    const cells = [means.cls, means.sts, means.ret, ...names.map((set) => values[set])];
    console.log(`| ${name} | ${cells.map(cell).join(' | ')} |`);
  }
  printSizes(folder);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values: options } = parseArgs({
    options: {
      eval: { type: 'string' },
      model: { type: 'string', default: dirname(dirname(fileURLToPath(import.meta.url))) },
    },
  });
  if (options.eval === undefined) throw new Error('--eval DIR is missing: the folder of cls-, sts- and ret-*.tsv.gz');
  evaluateFolder(options.model, options.eval);
}
