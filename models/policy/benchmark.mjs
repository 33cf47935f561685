// Data for choosing the rule's constants: accuracies by task, cosines of samples to tasks, pools of models.
import path from 'node:path';
import { Progress } from '../../dist/cli/progress.js';
import { StaticEmbedder } from '../../dist/embedding/static-embedder.js';
import { readData } from '../../dist/evaluation/disk/read-data.js';
import { embedAll } from '../../dist/evaluation/embed.js';
import { makePools } from '../../dist/evaluation/held-out.js';

/** Size limits of the pools, in billions of parameters; a model "of 14B" may have 14.7. */
const LIMITS = [9, 15, 35, 'all'];

async function embed(prompts, progress) {
  const embedder = await StaticEmbedder.load();
  try {
    progress.begin(`embedding ${prompts.length} prompts`);
    return { vectors: await embedAll(embedder, prompts, progress), dim: embedder.dim, embedder: embedder.id };
  } finally {
    progress.end();
    embedder.dispose();
  }
}

/** Returns [rows, tasks] cosines of every sample to the unit mean of each task's unit vectors. */
function cosinesToTasks(vectors, dim, rowTasks, tasks) {
  const rows = rowTasks.length;
  const units = Float64Array.from(vectors);
  for (let r = 0; r < rows; ++r) scaleToUnit(units.subarray(r * dim, (r + 1) * dim));
  const centroids = new Float64Array(tasks * dim);
  for (let r = 0; r < rows; ++r) {
    for (let i = 0; i < dim; ++i) centroids[rowTasks[r] * dim + i] += units[r * dim + i];
  }
  for (let k = 0; k < tasks; ++k) scaleToUnit(centroids.subarray(k * dim, (k + 1) * dim));
  const out = new Float64Array(rows * tasks);
  for (let r = 0; r < rows; ++r) {
    for (let k = 0; k < tasks; ++k) {
      let sum = 0;
      for (let i = 0; i < dim; ++i) sum += units[r * dim + i] * centroids[k * dim + i];
      out[r * tasks + k] = sum;
    }
  }
  return out;
}

function scaleToUnit(vector) {
  const norm = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
  if (norm > 0) for (let i = 0; i < vector.length; ++i) vector[i] /= norm;
}

/** Returns [tasks, models] mean outcomes of the given rows of each task. */
export function meansOf({ outcomes, models }, rowsOfTasks) {
  const out = new Float64Array(rowsOfTasks.length * models);
  for (const [k, rows] of rowsOfTasks.entries()) {
    for (const row of rows) {
      for (let m = 0; m < models; ++m) out[k * models + m] += outcomes[row * models + m] / rows.length;
    }
  }
  return out;
}

/** Returns a pool with the inputs of the rule: accuracies and deviations, [tasks, models of the pool]. */
export function poolOf({ accuracy, tasks, models }, name, members) {
  const size = members.length;
  const own = Float64Array.from({ length: tasks * size }, (_, i) => {
    return accuracy[Math.floor(i / size) * models + members[i % size]];
  });
  const deviations = new Float64Array(own.length);
  const oracle = new Float64Array(tasks);
  const totals = new Float64Array(size);
  for (let k = 0; k < tasks; ++k) {
    const ofTask = own.subarray(k * size, (k + 1) * size);
    const mean = ofTask.reduce((sum, x) => sum + x, 0) / size;
    for (let j = 0; j < size; ++j) {
      deviations[k * size + j] = ofTask[j] - mean;
      totals[j] += ofTask[j];
    }
    oracle[k] = Math.max(...ofTask);
  }
  return { name, members, size, accuracy: own, deviations, oracle, totals };
}

/** Reads DIR/outcomes.csv.gz and DIR/models.json: complete models without near-duplicates, tasks with sound graders. */
export async function readBenchmark(folder) {
  const progress = new Progress(process.stderr);
  progress.begin('reading the data');
  const data = await readData({
    data: path.join(folder, 'outcomes.csv.gz'),
    models: path.join(folder, 'models.json'),
    excludeTasks: ['math_*_hard'],
    modelsWhere: 'complete and not near_duplicate_of',
  });
  if (data.outcomes.some(Number.isNaN)) throw new Error('an outcome is missing: the constants need complete models');
  const [tasks, models] = [data.taskNames.length, data.models.length];
  const rowsOfTasks = data.taskNames.map(() => []);
  for (const [row, task] of data.rowTasks.entries()) rowsOfTasks[task].push(row);
  const { vectors, dim, embedder } = await embed(data.prompts, progress);
  const benchmark = { ...data, tasks, models, modelList: data.models, rowsOfTasks, embedder, vectors, dim };
  benchmark.accuracy = meansOf(benchmark, rowsOfTasks);
  benchmark.cosines = cosinesToTasks(vectors, dim, data.rowTasks, tasks);
  benchmark.pools = makePools(LIMITS, data.models).map(({ name, models: members }) => poolOf(benchmark, name, members));
  return benchmark;
}

/** Counts the prompts that occur in more than one task: leave-one-task-out would have to drop them. */
export function promptsInSeveralTasks({ inputs, rowTasks }) {
  const taskOf = new Map();
  const shared = new Set();
  for (const [row, input] of inputs.entries()) {
    if ((taskOf.get(input) ?? rowTasks[row]) !== rowTasks[row]) shared.add(input);
    taskOf.set(input, rowTasks[row]);
  }
  return shared.size;
}
