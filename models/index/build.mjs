// Builds the default index from the published results of today's models, and writes its card and its texts:
//   node models/index/build.mjs --data DIR [--out DIR] [--spec FILE]
// The same data, packages and embedder give the same bytes. DIR holds frontier_2026, published_2026, es_practical and
// openllm_v2, each with a README. The package must be built (npm run build), and models/embedder, models/everyday and
// models/prices hold what ships with it. `--spec FILE` writes the specification as JSON, and its vectors beside it, and
// stops.
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { brotliCompressSync } from 'node:zlib';
import { buildIndexWith } from '../../dist/building/build-index.js';
import { loadEmbedder } from '../../dist/cli/embedder-option.js';
import { loadLab } from '../../dist/wasm/lab-module.js';
import { writeCard } from './card.mjs';
import { gather } from './gather.mjs';
import { measureLeftOut } from './measure.mjs';
import { groupBy } from './numbers.mjs';
import { centroidsOf, indexSpec, makeSpec } from './spec.mjs';
import { cellsOf } from './strength.mjs';
import { writeTexts } from './texts.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));

const BLOCK = 256;
/** Least share of known words in a row: vectors of a few known marks would be near to anything. */
const LEAST_SHARE = 0.9;

/**
 * Embeds every row, and removes those of which the embedder cannot read enough, and whole sets of which it cannot read
 * half of the rows. Rows with outcomes stay: they are in English or code. Returns the vectors by row, and how many rows
 * were removed.
 */
async function embedRows(embedder, tasks) {
  const rows = tasks.flatMap((task) => task.rows);
  const vectors = new Map();
  const unread = new Set();
  for (let first = 0; first < rows.length; first += BLOCK) {
    const block = rows.slice(first, first + BLOCK);
    const embedded = await embedder.embed(block.map(({ prompt }) => prompt));
    for (const [i, { vector, wordShare = 1 }] of embedded.entries()) {
      vectors.set(block[i], vector);
      if (wordShare < LEAST_SHARE) unread.add(block[i]);
    }
  }
  const isUnreadSet = new Map(
    [...groupBy(rows, ({ set }) => set)].map(([set, own]) => [set, shareOf(own, unread) > 0.5]),
  );
  let removed = 0;
  for (const task of tasks) {
    if (task.kind === 'samples') continue;
    const read = task.rows.filter((row) => !unread.has(row) && !isUnreadSet.get(row.set));
    removed += task.rows.length - read.length;
    task.rows = read;
    task.textsMayBeShown = task.rows.some(({ shown }) => shown);
  }
  return { vectors, unread: removed };
}

/** Returns the share of the rows that a set has. */
const shareOf = (rows, some) => rows.filter((row) => some.has(row)).length / rows.length;

/** Writes the specification as JSON, with the outcomes of measured pairs only, and vectors as float32 beside it. */
function writeSpec(file, { rows, outcomes, rowTasks, ...rest }, embeddings, centroids) {
  const models = rest.models.length;
  const measured = rows.map((_, r) =>
    [...outcomes.subarray(r * models, (r + 1) * models).entries()].filter(([, value]) => !Number.isNaN(value)),
  );
  const json = {
    ...rest,
    dim: embeddings.length / rows.length,
    rowTasks: [...rowTasks],
    prompts: rows.map(({ prompt }) => prompt),
    levels: rows.map(({ level = null }) => level),
    outcomes: measured,
    centroidBiases: [...centroids.biases],
  };
  writeFileSync(file, JSON.stringify(json));
  writeFileSync(`${file}.embeddings.f32`, new Uint8Array(embeddings.buffer));
  writeFileSync(`${file}.centroids.f32`, new Uint8Array(centroids.values.buffer));
}

const { values } = parseArgs({
  options: { data: { type: 'string' }, out: { type: 'string', default: here }, spec: { type: 'string' } },
});
if (values.data === undefined) {
  console.error('usage: node models/index/build.mjs --data DIR [--out DIR] [--spec FILE]');
  process.exit(2);
}

const gathered = await gather(values.data);
const embedder = await loadEmbedder(path.join(here, '..', 'embedder'));
const { dim } = embedder;
const { vectors, unread } = await embedRows(embedder, gathered.tasks);
const spec = makeSpec(gathered);
const counts = `${spec.models.length} models, ${spec.taskNames.length} tasks, ${spec.rows.length} rows`;
console.error(`${counts}; ${unread} prompts that the embedder cannot read are left out`);
const embeddings = new Float32Array(spec.rows.length * dim);
for (const [r, row] of spec.rows.entries()) embeddings.set(vectors.get(row.of), r * dim);
const centroids = centroidsOf(gathered.tasks, (row) => vectors.get(row), dim);

if (values.spec !== undefined) {
  writeSpec(values.spec, spec, embeddings, centroids);
} else {
  const lab = await loadLab();
  const file = buildIndexWith(lab, indexSpec(spec, { embeddings, dim, centroids, embedder }));
  mkdirSync(values.out, { recursive: true });
  writeFileSync(path.join(values.out, 'index.sbx'), file);
  const texts = spec.taskNames.map((name, t) => ({
    name,
    prompts: spec.rows.filter(({ task }) => task === t).map(({ prompt, shown }) => (shown ? prompt : null)),
  }));
  const built = {
    raw: file.byteLength,
    brotli: brotliCompressSync(file).byteLength,
    sha256: createHash('sha256').update(file).digest('hex'),
    textBytes: writeTexts(path.join(values.out, 'texts'), texts),
    measuredCells: cellsOf(gathered.tasks.filter(({ kind }) => kind !== 'kind')).length,
    dim,
    embedder,
    unread,
  };
  writeCard(path.join(values.out, 'README.md'), { gathered, built, costs: measureLeftOut(gathered) });
  console.error(`${built.raw} bytes, ${built.brotli} as brotli, sha256 ${built.sha256}`);
}
embedder.dispose();
