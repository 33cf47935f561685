/** The files of a model: the cut that ships, and the whole table beside it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeModel, firstDimensions, quantise } from './tables.mjs';

/** 128 dimensions keep the default index under 2 MB; 160 would score slightly better. */
const SHIPPED = { dim: 128, bits: 4 };
const FULL = { bits: 8 };
const LICENCE = 'CC-BY-SA-4.0';

/** Returns config.json: Model2Vec's fields, plus the id and quantization that the package reads. */
function config(dim, bits) {
  return {
    id: `signalbox-static-${dim}-v1`,
    model_type: 'model2vec',
    dim,
    normalize: true,
    quantization: `int${bits}`,
    license: LICENCE,
  };
}

function writeModel(folder, table, bits, extra = {}) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'model.safetensors'), encodeModel(quantise(table, bits)));
  writeFileSync(join(folder, 'config.json'), `${JSON.stringify({ ...config(table.dim, bits), ...extra })}\n`);
  return [join(folder, 'model.safetensors'), join(folder, 'config.json')];
}

/** Writes both models and returns the files. */
export function exportModels(folder, table, tokenizer) {
  mkdirSync(folder, { recursive: true });
  const tokenizerFile = join(folder, 'tokenizer.json');
  writeFileSync(tokenizerFile, JSON.stringify(tokenizer));
  return [
    tokenizerFile,
    ...writeModel(folder, firstDimensions(table, SHIPPED.dim), SHIPPED.bits),
    ...writeModel(join(folder, 'full'), table, FULL.bits, { tokenizer: '../tokenizer.json' }),
  ];
}
