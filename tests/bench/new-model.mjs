// Measures what `signalbox add-model` knows of a new model from a few rows: hides one model after the other, and adds it
// from its results on 20, 50 or 100 rows.
//   npm run bench -- new-model --data DIR [--pools openllm_v2,now_18,routerbench] [--sizes 20,50,100] [--draws 4]
//                              [--every 1] [--seed 1] [--json]
// DIR has the folders of tests/bench/plan-data.mjs; rows and models with gaps are left out, and near duplicates of other
// models as well: with one in the index, a hidden model would be known. `--every 4` hides every fourth model only.
// Prints, by pool, rows and how they were chosen: the mean absolute error of the task means, in points; how often the
// pick for the centre of a task is that of an index with all results; and the correctness that is lost against it, in
// points. Intervals are for other models like these (Student's t). `--draws` counts random choices of rows per model.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { readData } from '../../dist/evaluation/disk/read-data.js';
import { Random } from '../../dist/evaluation/random.js';
import { mean, studentQuantile } from '../../dist/evaluation/statistics.js';
import { StaticEmbedder } from '../../dist/index.js';
import { loadLab } from '../../dist/wasm/lab-module.js';
import { embed, readSets, UNRELIABLE } from './plan-data.mjs';
import { table } from './table.mjs';

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    pools: { type: 'string', default: 'openllm_v2,now_18,routerbench' },
    sizes: { type: 'string', default: '20,50,100' },
    draws: { type: 'string', default: '4' },
    every: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});

const METHODS = ['anchors', 'even', 'random', 'plain means', 'not added', 'all rows'];
const range = (n) => Array.from({ length: n }, (_, i) => i);

/** Returns columns of a matrix [rows, width]. */
function columnsOf(values, width, columns) {
  return Float32Array.from({ length: (values.length / width) * columns.length }, (_, i) => {
    return values[Math.floor(i / columns.length) * width + columns[i % columns.length]];
  });
}

/** Returns all rows of openllm_v2 with the models that were measured on all of them, without near duplicates. */
async function openLlm(folder, embedder) {
  const file = (name) => path.join(folder, 'openllm_v2', name);
  const described = JSON.parse(readFileSync(file('models.json'), 'utf8'));
  const wanted = new Set(described.filter((m) => m.complete && !m.near_duplicate_of).map(({ name }) => name));
  const data = await readData({
    data: file('outcomes.csv.gz'),
    models: file('models.json'),
    excludeTasks: UNRELIABLE,
  });
  const columns = range(data.models.length).filter((m) => wanted.has(data.models[m].name));
  return {
    name: 'openllm_v2',
    rows: data.ids.length,
    models: columns.map((m) => data.models[m].name),
    vectors: await embed(embedder, data.prompts),
    outcomes: columnsOf(data.outcomes, data.models.length, columns),
    tasks: data.rowTasks,
  };
}

/** Yields the sets that the folder has. */
async function* setsOf(folder, embedder) {
  const wanted = options.pools.split(',');
  const isThere = existsSync(path.join(folder, 'openllm_v2', 'outcomes.csv.gz'));
  if (wanted.includes('openllm_v2') && isThere) yield await openLlm(folder, embedder);
  const others = wanted.filter((name) => name !== 'openllm_v2');
  if (others.length > 0) yield* readSets(folder, embedder, { only: others });
}

/** Returns the rows of a set on which all of its models were measured. */
function poolOf({ name, models, rows, vectors, outcomes, tasks }) {
  const width = models.length;
  const isComplete = (row) => outcomes.subarray(row * width, (row + 1) * width).every((y) => !Number.isNaN(y));
  const kept = range(rows).filter(isComplete);
  const dim = vectors.length / rows;
  const take = (values, each) =>
    Float32Array.from({ length: kept.length * each }, (_, i) => values[kept[Math.floor(i / each)] * each + (i % each)]);
  const numbers = [...new Set(kept.map((row) => tasks[row]))].sort((a, b) => a - b);
  return {
    name,
    dim,
    models,
    vectors: take(vectors, dim),
    outcomes: take(outcomes, width),
    tasks: kept.map((row) => numbers.indexOf(tasks[row])),
    taskCount: numbers.length,
  };
}

/** Returns the mean of a model on each task over rows, or NaN. */
function taskMeans({ outcomes, models, tasks, taskCount }, model, rows) {
  const sums = new Float64Array(taskCount);
  const counts = new Float64Array(taskCount);
  for (const row of rows) {
    sums[tasks[row]] += outcomes[row * models.length + model];
    counts[tasks[row]] += 1;
  }
  return sums.map((sum, t) => sum / counts[t]);
}

/** Builds an index of some models. Pairs and coverage do not matter here, and get little work. */
function build(lab, pool, columns) {
  const outcomes = columnsOf(pool.outcomes, pool.models.length, columns);
  const spec = {
    dim: pool.dim,
    codes: 'int8',
    models: columns.map((m) => ({ name: pool.models[m] })),
    tasks: range(pool.taskCount).map((t) => `task${t}`),
    graded: outcomes.some((y) => y !== 0 && y !== 1),
    missing: false,
    pairSampling: { maxWork: 1, seed: 1 },
  };
  const builder = lab.openBuild(JSON.stringify(spec), Uint16Array.from(pool.tasks));
  try {
    builder.put(Uint32Array.from(pool.tasks.keys()), pool.vectors, outcomes);
    for (let done = 0, total = 1; done < total; ) ({ done, total } = builder.step(10_000));
    return new Uint8Array(Buffer.concat(builder.finish().pieces));
  } finally {
    builder.close();
  }
}

/** Returns the name of the pick at the centre of each task. */
function picksOf(lab, index, tasks, names) {
  const study = lab.openStudy(index);
  try {
    const { ofCentroids } = study.forecast({ centroids: range(tasks) });
    return ofCentroids.map((forecast) => names[forecast.indexOf(Math.max(...forecast.filter((p) => p !== null)))]);
  } finally {
    study.close();
  }
}

/** Draws rows, as many of each task as of the others, or one more. */
function evenRows({ tasks, taskCount }, size, random) {
  const by = range(taskCount).map(() => []);
  for (const [row, task] of tasks.entries()) by[task].push(row);
  const more = new Set(random.sample(taskCount, size % taskCount));
  return by.flatMap((rows, task) => {
    const count = Math.floor(size / taskCount) + (more.has(task) ? 1 : 0);
    return random.sample(rows.length, count).map((i) => rows[i]);
  });
}

/** Estimates of the hidden model in the added index, by the bytes of section added_means. */
function estimatesOf(bytes, tasks) {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  for (let i = 0; i < view.getUint32(24, true); ++i) {
    const at = 64 + 24 * i;
    if (view.getUint32(at, true) !== 33) continue;
    const offset = Number(view.getBigUint64(at + 8, true));
    return range(tasks).map((t) => view.getFloat32(offset + 4 * t, true));
  }
  throw new Error('no added_means');
}

const errorOf = (estimates, truth) => 100 * mean(range(truth.length).map((t) => Math.abs(estimates[t] - truth[t])));

/** Hides a model; returns what each way of choosing rows knows of it, by size. */
function hide(lab, pool, full, hidden, random) {
  const { models, taskCount, outcomes } = pool;
  const all = range(pool.tasks.length);
  const truth = taskMeans(pool, hidden, all);
  const accuracy = new Map(models.map((name, m) => [name, taskMeans(pool, m, all)]));
  const columns = range(models.length).filter((m) => m !== hidden);
  const base = build(lab, pool, columns);
  const names = [...columns.map((m) => models[m]), models[hidden]];
  const compare = (picks) => ({
    same: mean(picks.map((pick, t) => Number(pick === full[t]))),
    lost: 100 * mean(picks.map((pick, t) => accuracy.get(full[t])[t] - accuracy.get(pick)[t])),
  });
  const study = lab.openStudy(base);
  const add = (rows) => {
    const values = Float32Array.from(rows, (row) => outcomes[row * models.length + hidden]);
    const bytes = study.addModel(JSON.stringify({ name: models[hidden] }), Uint32Array.from(rows), values);
    return { error: errorOf(estimatesOf(bytes, taskCount), truth), ...compare(picksOf(lab, bytes, taskCount, names)) };
  };
  try {
    const sizes = options.sizes.split(',').map(Number);
    const ranked = study.anchors(Math.max(...sizes));
    const draws = range(Number(options.draws));
    const average = (results) =>
      Object.fromEntries(['error', 'same', 'lost'].map((key) => [key, mean(results.map((r) => r[key]))]));
    const notAdded = { error: Number.NaN, ...compare(picksOf(lab, base, taskCount, names)) };
    const allRows = add(all);
    return sizes.map((size) => {
      const drawn = draws.map(() => random.sample(pool.tasks.length, size));
      const plain = drawn.map((rows) => {
        const means = taskMeans(pool, hidden, rows);
        const overall = mean(rows.map((row) => outcomes[row * models.length + hidden]));
        return {
          error: errorOf(
            means.map((x) => (Number.isNaN(x) ? overall : x)),
            truth,
          ),
          same: Number.NaN,
          lost: Number.NaN,
        };
      });
      return {
        size,
        anchors: add(ranked.slice(0, size)),
        even: average(draws.map(() => add(evenRows(pool, size, random)))),
        random: average(drawn.map(add)),
        'plain means': average(plain),
        'not added': notAdded,
        'all rows': allRows,
      };
    });
  } finally {
    study.close();
  }
}

/** Returns the mean and half of its 95% interval. */
function interval(values) {
  const centre = mean(values);
  const variance = values.reduce((sum, x) => sum + (x - centre) ** 2, 0) / (values.length - 1);
  return { mean: centre, half: studentQuantile(values.length - 1) * Math.sqrt(variance / values.length) };
}

function summarize(pool, results) {
  return results[0].flatMap(({ size }, s) =>
    METHODS.map((method) => {
      const of = (key) => interval(results.map((result) => result[s][method][key]));
      const against = results.map((result) => result[s][method].error - result[s].anchors.error);
      return {
        pool,
        size,
        method,
        hidden: results.length,
        error: of('error'),
        more: interval(against),
        same: of('same'),
        lost: of('lost'),
      };
    }),
  );
}

const shown = ({ mean: centre, half }, digits, scale = 1) =>
  Number.isNaN(centre) ? '-' : `${(scale * centre).toFixed(digits)} ± ${(scale * half).toFixed(digits)}`;

async function main(folder) {
  const [embedder, lab] = await Promise.all([StaticEmbedder.load(), loadLab()]);
  const rows = [];
  for await (const set of setsOf(folder, embedder)) {
    const pool = poolOf(set);
    const full = picksOf(lab, build(lab, pool, range(pool.models.length)), pool.taskCount, pool.models);
    const random = new Random(Number(options.seed));
    const results = [];
    for (let hidden = 0; hidden < pool.models.length; hidden += Number(options.every)) {
      results.push(hide(lab, pool, full, hidden, random));
      process.stderr.write(`\r${pool.name}: ${results.length} models hidden`);
    }
    process.stderr.write('\n');
    rows.push(...summarize(pool.name, results));
  }
  embedder.dispose();
  if (rows.length === 0) console.log(`skipped: no benchmark data (${folder})`);
  else if (options.json) console.log(JSON.stringify(rows, null, 2));
  else {
    const lines = rows.map((r) => [
      ...[r.pool, String(r.size), r.method, shown(r.error, 1), r.method === 'anchors' ? '' : shown(r.more, 1)],
      ...[shown(r.same, 0, 100), shown(r.lost, 2)],
    ]);
    console.log(table(['pool', 'rows', 'chosen', 'error', 'more than anchors', 'same pick %', 'points lost'], lines));
  }
}

if (options.data === undefined) console.log('skipped: no benchmark data (--data DIR)');
else await main(options.data);
