// Builds the default index from the published results of today's models, and writes its card and its texts:
//   node models/index/build.mjs --data DIR [--out DIR] [--spec FILE]
// It builds the twin of that index for a sentence transformer, here models/minilm/index-minilm.sbx, by:
//   node models/index/build.mjs --data DIR --twin minilm [--embedder PLACE | --embeddings FILE.npy]
// The same data, packages and embedder give the same bytes. DIR holds frontier_2026, published_2026, es_practical and
// openllm_v2, each with a README. The package must be built (npm run build), and models/embedder, models/everyday and
// models/prices hold what ships with it. `--spec FILE` writes the specification as JSON, and its vectors beside it, and
// stops. A twin has the same rows, tasks, models and prices. Its vectors come from PLACE (docs/onnx.md; default: the hub),
// and are kept in build/embeddings, so that an interrupted build resumes; or from a matrix with a row for each of the
// `prompts` of the specification.
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
import { centroidsOf, indexSpec, makeSpec, STATIC_VOTES } from './spec.mjs';
import { cellsOf } from './strength.mjs';
import { writeTexts } from './texts.mjs';
import { readTwinVectors, TWINS } from './twins.mjs';

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

/** Returns the vectors of the rows and of the tasks. */
function vectorsOf(spec, tasks, { vectorOf, dim, votes }) {
  const embeddings = new Float32Array(spec.rows.length * dim);
  for (const [r, row] of spec.rows.entries()) embeddings.set(vectorOf(row.of), r * dim);
  return { embeddings, dim, centroids: centroidsOf(tasks, vectorOf, dim, votes) };
}

/** Writes an index; returns what its card says about the file. */
function writeIndex(file, index) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, index);
  const built = {
    raw: index.byteLength,
    brotli: brotliCompressSync(index).byteLength,
    sha256: createHash('sha256').update(index).digest('hex'),
  };
  console.error(`${file}: ${built.raw} bytes, ${built.brotli} as brotli, sha256 ${built.sha256}`);
  return built;
}

/** Builds the twin of the default index. */
async function buildTwin(name, lab, { spec, tasks }, source, out) {
  const twin = TWINS[name];
  const { embedder, values, dim } = await readTwinVectors(
    twin,
    spec.rows.map(({ prompt }) => prompt),
    source,
  );
  const vectors = new Map(spec.rows.map((row, r) => [row.of, values.subarray(r * dim, (r + 1) * dim)]));
  const { votes, codes } = twin;
  const parts = vectorsOf(spec, tasks, { vectorOf: (row) => vectors.get(row), dim, votes });
  writeIndex(out, buildIndexWith(lab, indexSpec(spec, { ...parts, embedder, votes, codes })));
}

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    out: { type: 'string' },
    spec: { type: 'string' },
    twin: { type: 'string' },
    embedder: { type: 'string' },
    embeddings: { type: 'string' },
  },
});
const isTwin = values.twin !== undefined && Object.hasOwn(TWINS, values.twin);
if (values.data === undefined || (!isTwin && (values.twin ?? values.embedder ?? values.embeddings) !== undefined)) {
  const names = Object.keys(TWINS).join('|');
  console.error('usage: node models/index/build.mjs --data DIR [--out DIR] [--spec FILE]');
  console.error(
    `       node models/index/build.mjs --data DIR --twin ${names} [--out DIR] [--embedder PLACE | --embeddings FILE]`,
  );
  process.exit(2);
}

const gathered = await gather(values.data);
// A twin, too, has the rows that the shipped embedder can read: both indexes must have the same.
const embedder = await loadEmbedder(path.join(here, '..', 'embedder'));
const { vectors, unread } = await embedRows(embedder, gathered.tasks);
const spec = makeSpec(gathered);
const counts = `${spec.models.length} models, ${spec.taskNames.length} tasks, ${spec.rows.length} rows`;
console.error(`${counts}; ${unread} prompts that the shipped embedder cannot read are left out`);
const parts = vectorsOf(spec, gathered.tasks, {
  vectorOf: (row) => vectors.get(row),
  dim: embedder.dim,
  votes: STATIC_VOTES,
});

if (values.spec !== undefined) {
  writeSpec(values.spec, spec, parts.embeddings, parts.centroids);
} else if (isTwin) {
  const out = path.join(values.out ?? path.join(here, '..', values.twin), `index-${values.twin}.sbx`);
  await buildTwin(values.twin, await loadLab(), { spec, tasks: gathered.tasks }, values, out);
} else {
  const lab = await loadLab();
  const out = values.out ?? here;
  const index = buildIndexWith(lab, indexSpec(spec, { ...parts, embedder, votes: STATIC_VOTES, codes: 'int4' }));
  const texts = spec.taskNames.map((name, t) => ({
    name,
    prompts: spec.rows.filter(({ task }) => task === t).map(({ prompt, shown }) => (shown ? prompt : null)),
  }));
  const built = {
    ...writeIndex(path.join(out, 'index.sbx'), index),
    textBytes: writeTexts(path.join(out, 'texts'), texts),
    measuredCells: cellsOf(gathered.tasks.filter(({ kind }) => kind !== 'kind')).length,
    dim: embedder.dim,
    embedder,
    unread,
  };
  writeCard(path.join(out, 'README.md'), { gathered, built, costs: measureLeftOut(gathered) });
}
embedder.dispose();
