// Builds the default index from the published results of today's models, and writes its card and its texts:
//   node models/index/build.mjs --data DIR [--out DIR] [--spec FILE]
// The same data, packages and embedder give the same bytes. DIR holds frontier_2026, published_2026, es_practical and
// openllm_v2, each with a README. The package must be built (npm run build), and models/embedder, models/everyday and
// models/prices hold what ships with it. `--spec FILE` writes the specification as JSON, and its vectors beside it, and
// stops. Vectors are kept in build/embeddings, so that an interrupted build resumes.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CachedEmbedder } from '../../dist/building/disk/embedding-cache.js';
import { loadEmbedder } from '../../dist/cli/embedder-option.js';
import { Progress } from '../../dist/cli/progress.js';
import { embedAll } from '../../dist/evaluation/embed.js';
import { gather } from './gather.mjs';
import { centroidsOf, makeSpec } from './spec.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));

const { values } = parseArgs({
  options: { data: { type: 'string' }, out: { type: 'string', default: here }, spec: { type: 'string' } },
});
if (values.data === undefined) {
  console.error('usage: node models/index/build.mjs --data DIR [--out DIR] [--spec FILE]');
  process.exit(2);
}

const gathered = await gather(values.data);
const spec = makeSpec(gathered);
console.error(`${spec.models.length} models, ${spec.taskNames.length} tasks, ${spec.rows.length} rows`);

const progress = new Progress(process.stderr);
const embedder = new CachedEmbedder(
  await loadEmbedder(path.join(here, '..', 'embedder')),
  path.join(here, '../../build/embeddings'),
);
progress.begin('embedding');
const embeddings = await embedAll(
  embedder,
  spec.rows.map(({ prompt }) => prompt),
  progress,
);
progress.end();
const { dim } = embedder;
const numbers = new Map(spec.rows.map((row, r) => [row.of, r]));
const vectorOf = (row) => embeddings.subarray(numbers.get(row) * dim, (numbers.get(row) + 1) * dim);
const centroids = centroidsOf(gathered.tasks, vectorOf, dim);

if (values.spec !== undefined) {
  const { rows, outcomes, rowTasks, ...rest } = spec;
  const models = rest.models.length;
  const measured = rows.map((_, r) =>
    [...outcomes.subarray(r * models, (r + 1) * models).entries()].filter(([, value]) => !Number.isNaN(value)),
  );
  const { values: centroidValues, biases } = centroids;
  const file = {
    ...rest,
    dim,
    rowTasks: [...rowTasks],
    prompts: rows.map(({ prompt }) => prompt),
    levels: rows.map(({ level = null }) => level),
    outcomes: measured,
    centroidBiases: [...biases],
  };
  writeFileSync(values.spec, JSON.stringify(file));
  writeFileSync(`${values.spec}.embeddings.f32`, new Uint8Array(embeddings.buffer));
  writeFileSync(`${values.spec}.centroids.f32`, new Uint8Array(centroidValues.buffer));
}
embedder.dispose();
