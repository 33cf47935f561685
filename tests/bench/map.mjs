// Measures how well the map of an index shows its tasks, compared with the space of its rows and with two principal
// components:
//   node tests/bench/map.mjs [INDEX] [--svg FILE]
// For a sample of rows, prints the share of the 10 nearest rows that belong to the same task, and the share that are
// among the 15 nearest in the space of the rows. Includes maps drawn with a sample of the rows as landmarks, as for
// very large indexes.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { flatten } from '../../dist/building/build-index.js';
import { Router } from '../../dist/index.js';
import { loadLab } from '../../dist/wasm/lab-module.js';
import { vectorsOf } from './rows.mjs';
import { table } from './table.mjs';

const NEAREST = 10;
const GRAPH = 15;
/** Step between the rows to examine. */
const STRIDE = 8;
const LANDMARKS = [1000, 5000];

const { values, positionals } = parseArgs({ options: { svg: { type: 'string' } }, allowPositionals: true });
const openllm = fileURLToPath(new URL('../../models/openllm-v2/index.sbx', import.meta.url));
const file = readFileSync(positionals[0] ?? openllm);

/** Returns the rows nearest to a row: `far(row, other)` is smaller for nearer rows. */
function nearest(row, rows, count, far) {
  const best = [];
  for (let other = 0; other < rows; ++other) {
    if (other === row) continue;
    const distance = far(row, other);
    if (best.length === count && distance >= best[count - 1].distance) continue;
    let i = best.length;
    while (i > 0 && best[i - 1].distance > distance) --i;
    best.splice(i, 0, { other, distance });
    if (best.length > count) best.pop();
  }
  return best.map(({ other }) => other);
}

const inSpace = (vectors, dim) => (a, b) => {
  let dot = 0;
  for (let i = 0; i < dim; ++i) dot += vectors[a * dim + i] * vectors[b * dim + i];
  return -dot;
};
const inPlane = (places) => (a, b) =>
  (places[2 * a] - places[2 * b]) ** 2 + (places[2 * a + 1] - places[2 * b + 1]) ** 2;

/**
 * Returns places by the two principal components, [rows, 2]: power iteration, the second axis orthogonal to the first.
 */
function principalPlaces(vectors, rows, dim) {
  const centred = vectors.slice();
  for (let i = 0; i < dim; ++i) {
    let mean = 0;
    for (let row = 0; row < rows; ++row) mean += vectors[row * dim + i] / rows;
    for (let row = 0; row < rows; ++row) centred[row * dim + i] -= mean;
  }
  const along = (row, axis) => axis.reduce((sum, x, i) => sum + x * centred[row * dim + i], 0);
  const axes = [];
  for (let a = 0; a < 2; ++a) {
    let axis = Float64Array.from({ length: dim }, (_, i) => Math.cos(i * (a + 1)));
    for (let round = 0; round < 60; ++round) {
      const next = new Float64Array(dim);
      for (let row = 0; row < rows; ++row) {
        const share = along(row, axis);
        for (let i = 0; i < dim; ++i) next[i] += share * centred[row * dim + i];
      }
      for (const other of axes) {
        const share = next.reduce((sum, x, i) => sum + x * other[i], 0);
        for (let i = 0; i < dim; ++i) next[i] -= share * other[i];
      }
      const norm = Math.hypot(...next);
      axis = next.map((x) => x / norm);
    }
    axes.push(axis);
  }
  return Float64Array.from({ length: 2 * rows }, (_, i) => along(i >> 1, axes[i % 2]));
}

async function samplesOf(index) {
  const router = await Router.load({ index, embedder: null });
  const { info } = router;
  const samples = await router.samples({ ids: false, outcomes: false });
  router.dispose();
  return { info, samples };
}

/** Draws the map of the same rows with about this number of landmarks. */
async function landmarkMap(lab, info, tasks, vectors, landmarks) {
  const { dim, rows, codes } = info;
  const spec = {
    models: ['m'],
    tasks: [...tasks].map(String),
    embeddings: vectors,
    outcomes: new Float32Array(rows),
    dim,
  };
  const { specJson, rowTasks, embeddings, outcomes } = flatten({ ...spec, codes });
  const pairSampling = { maxWork: 2 * landmarks * rows * dim, seed: 1 };
  const build = lab.openBuild(JSON.stringify({ ...JSON.parse(specJson), pairSampling }), rowTasks);
  build.put(
    Uint32Array.from({ length: rows }, (_, row) => row),
    embeddings,
    outcomes,
  );
  while (build.step(1000).done < build.step(0).total);
  const bytes = Buffer.concat(build.finish().pieces);
  build.close();
  return (await samplesOf(bytes)).samples.map;
}

/** Draws one dot per row in the colour of its task. */
function svg(map, tasks) {
  const dots = Array.from(tasks, (task, row) => {
    const [x, y] = [1000 * map[2 * row], 1000 * (1 - map[2 * row + 1])].map((place) => place.toFixed(1));
    return `<circle cx="${x}" cy="${y}" r="1.2" fill="hsl(${(task * 137.5) % 360} 70% ${35 + 12 * (task % 3)}%)"/>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-5 -5 1010 1010">${dots.join('')}</svg>`;
}

const { info, samples } = await samplesOf(file);
const { rows, dim } = info;
const { tasks, map } = samples;
const vectors = vectorsOf(file, info);
const looked = Array.from({ length: Math.ceil(rows / STRIDE) }, (_, i) => STRIDE * i);
const graph = looked.map((row) => nearest(row, rows, GRAPH, inSpace(vectors, dim)));
const mean = (values) => (values.reduce((sum, x) => sum + x, 0) / values.length).toFixed(3);

function judge(name, found) {
  const ofTask = looked.map((row, i) => found[i].filter((other) => tasks[other] === tasks[row]).length / NEAREST);
  const kept = looked.map((_, i) => found[i].filter((other) => graph[i].includes(other)).length / NEAREST);
  return [name, mean(ofTask), mean(kept)];
}
const judgePlaces = (name, places) =>
  judge(
    name,
    looked.map((row) => nearest(row, rows, NEAREST, inPlane(places))),
  );

const lines = [
  judge(
    'the space of the rows',
    graph.map((near) => near.slice(0, NEAREST)),
  ),
  judgePlaces('map', map),
];
const lab = await loadLab();
for (const landmarks of LANDMARKS.filter((count) => 2 * count < rows)) {
  const places = await landmarkMap(lab, info, tasks, vectors, landmarks);
  lines.push(judgePlaces(`map of ${landmarks} landmarks`, places));
}
lines.push(judgePlaces('two principal components', principalPlaces(vectors, rows, dim)));
console.log(`${rows} rows, ${info.tasks.length} tasks, ${looked.length} rows looked at`);
console.log(table(['', 'of its task', 'kept'], lines));
if (values.svg !== undefined) writeFileSync(values.svg, svg(map, tasks));
