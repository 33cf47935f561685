// The data of tests/bench/plan.mjs: folders of results with prompts, read as `signalbox eval` reads them.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readEmbeddings } from '../../dist/evaluation/disk/embeddings.js';
import { readData } from '../../dist/evaluation/disk/read-data.js';

const BLOCK = 500;
/** The graders of these tasks looked at the form of the answer only. */
export const UNRELIABLE = ['math_*_hard'];

const json = (file) => JSON.parse(readFileSync(file, 'utf8'));

/** A block of frontier_2026: the rows that all its models have. */
const block = (name) => ({
  name,
  folder: 'frontier_2026',
  sizes: [100, 300],
  isComplete: true,
  only: (folder) => json(path.join(folder, 'blocks.json'))[name].models,
  suspect: (folder) =>
    json(path.join(folder, 'datasets.json'))
      .filter(({ suspect }) => suspect)
      .map(({ dataset }) => dataset),
});

/** Sets of rows and models, by name. `only` lists models, `suspect` the tasks to leave out. */
const SETS = [
  { name: 'routerbench', folder: 'routerbench_subset', sizes: [100, 300, 1000], costs: 'cost_usd.csv.gz' },
  block('now_18'),
  // Its complete rows are all among those of now_18.
  { ...block('now_26'), isByNameOnly: true },
  { name: 'openllm_v2', folder: 'openllm_v2', sizes: [100, 300, 1000], suspect: () => UNRELIABLE },
];

/** Returns US dollars per million tokens, three of input to one of output; NaN if unknown. */
const blended = ({ usdPerMTokIn, usdPerMTokOut }) =>
  (3 * (usdPerMTokIn ?? Number.NaN) + (usdPerMTokOut ?? Number.NaN)) / 4;

/** Embeds prompts: float32 [rows, dim]. */
export async function embed(embedder, prompts) {
  const vectors = new Float32Array(prompts.length * embedder.dim);
  for (let first = 0; first < prompts.length; first += BLOCK) {
    const block = await embedder.embed(prompts.slice(first, first + BLOCK));
    for (const [i, { vector }] of block.entries()) vectors.set(vector, (first + i) * embedder.dim);
  }
  return vectors;
}

/** Returns the vectors of rows from a matrix with one row per row of the file. */
async function fromMatrix(place, data, rows) {
  const { vectors, dim } = await readEmbeddings(place, data);
  const out = new Float32Array(rows.length * dim);
  for (const [i, row] of rows.entries()) out.set(vectors.subarray(row * dim, (row + 1) * dim), i * dim);
  return out;
}

async function readSet(root, { name, folder: inner, sizes, costs: file, isComplete, only, suspect }, embedder, from) {
  const folder = path.join(root, inner);
  const data = await readData({
    data: path.join(folder, 'outcomes.csv.gz'),
    models: path.join(folder, 'models.json'),
    costs: file && path.join(folder, file),
    excludeTasks: suspect?.(folder),
  });
  const wanted = only?.(folder);
  const columns = data.models
    .map((model, column) => ({ name: model.name, column, price: blended(model) }))
    .filter((model) => wanted?.includes(model.name) ?? (file !== undefined || !Number.isNaN(model.price)));
  const width = data.models.length;
  const outcome = (row, { column }) => data.outcomes[row * width + column];
  const rows = [...data.ids.keys()].filter((row) => {
    const missing = columns.filter((model) => Number.isNaN(outcome(row, model))).length;
    return isComplete ? missing === 0 : missing < columns.length;
  });
  const others = from === undefined ? [] : matricesOf(from.folder, inner, from.names);
  const values = (of) => Float32Array.from(rows.flatMap((row) => columns.map((model) => of(row, model))));
  return {
    name,
    sizes,
    models: columns.map((model) => model.name),
    rows: rows.length,
    vectors: await embed(
      embedder,
      rows.map((row) => data.prompts[row]),
    ),
    others: await Promise.all(
      others.map(async ({ name: by, place }) => ({ name: by, vectors: await fromMatrix(place, data, rows) })),
    ),
    outcomes: values(outcome),
    costs: values((row, { column, price }) => (data.costs === undefined ? price : data.costs[row * width + column])),
    tasks: Uint16Array.from(rows, (row) => data.rowTasks[row]),
    inputs: Uint32Array.from(rows, (row) => data.inputs[row]),
  };
}

/** Returns the matrices FOLDER.NAME.npy of a set that exist. */
function matricesOf(from, folder, names) {
  return names
    .map((name) => ({ name, place: path.join(from, `${folder}.${name}.npy`) }))
    .filter(({ place }) => existsSync(place));
}

/**
 * Yields the sets that a folder has, with the vectors of the shipped embedder. `from` ({ folder, names }) adds those of
 * others, from matrices FOLDER.NAME.npy with one row per row of the set's file. `only` lists names of sets (default: all but
 * now_26).
 */
export async function* readSets(root, embedder, { from, only } = {}) {
  for (const set of SETS) {
    if (only === undefined ? set.isByNameOnly : !only.includes(set.name)) continue;
    if (existsSync(path.join(root, set.folder, 'outcomes.csv.gz'))) yield await readSet(root, set, embedder, from);
  }
}
