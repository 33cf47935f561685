// Times of the kNN kernels as ratios to reading the codes once. All measurements of a data set, on both sides, take
// turns in one loop, so that a busy machine slows them equally; medians are compared.
import { NEIGHBOURS, QUERIES, SHAPES } from './sides.mjs';

/** Shortest sample; faster measurements are repeated. */
const SAMPLE_MS = 4;
const WARM_UP_MS = 150;

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

async function searchFast(side, count, times) {
  await side.makeFast(true);
  const result = await side.search(count, times);
  await side.makeFast(false);
  return result;
}

export function quartiles(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share) => sorted[Math.round((sorted.length - 1) * share)];
  return { low: at(0.25), median: median(sorted), high: at(0.75) };
}

const VERBS = {
  read: (side, times) => side.read(times),
  one: (side, times) => side.search(1, times),
  many: (side, times) => side.search(QUERIES, times),
  fastOne: (side, times) => searchFast(side, 1, times),
  fastMany: (side, times) => searchFast(side, QUERIES, times),
};
const OF_MANY = ['many', 'fastMany'];

/** Lets the engine compile, and returns the number of repetitions for one sample. */
async function warmUp(run) {
  let times = 1;
  for (let spent = 0; spent < WARM_UP_MS; ) {
    const { ms } = await run(times);
    spent += ms * times;
    times = Math.max(1, Math.ceil(SAMPLE_MS / Math.max(ms, 1e-6)));
  }
  return times;
}

/**
 * Returns medians in ms by side and verb, where a search of many queries counts per query, and `ratios` to the read of the same
 * turn: median and quartiles.
 */
async function takeTurns(sides, repeats) {
  const tasks = [];
  for (const [verb, act] of Object.entries(VERBS)) {
    for (const side of sides) {
      const run = (times) => act(side, times);
      tasks.push({ side: side.name, verb, run, times: await warmUp(run), samples: [] });
    }
  }
  for (let i = 0; i < repeats; ++i) {
    for (const task of tasks) {
      const { ms, value } = await task.run(task.times);
      task.samples.push(OF_MANY.includes(task.verb) ? ms / QUERIES : ms);
      task.value = value;
    }
  }
  for (const verb of Object.keys(VERBS)) {
    const values = new Set(tasks.filter((task) => task.verb === verb).map((task) => task.value));
    if (values.size > 1) throw new Error(`native and wasm disagree on "${verb}": ${[...values].join(', ')}`);
  }
  const out = {};
  for (const { side, verb, samples } of tasks) {
    out[side] ??= { ratios: {} };
    out[side][verb] = median(samples);
    if (verb === 'read') continue;
    const reads = tasks.find((task) => task.side === side && task.verb === 'read').samples;
    out[side].ratios[verb] = quartiles(samples.map((ms, turn) => ms / reads[turn]));
  }
  return out;
}

/** Returns the share of the exact neighbours that were found. */
function recall(found, exact) {
  let hits = 0;
  for (let i = 0; i < exact.length; i += NEIGHBOURS) {
    const wanted = new Set(exact.slice(i, i + NEIGHBOURS));
    hits += found.slice(i, i + NEIGHBOURS).filter((row) => wanted.has(row)).length;
  }
  return hits / exact.length;
}

/** Yields one entry per data set and code type, float32 first, as the truth for the recall of the others. */
export async function* measureSynthetic(sides, { rows, dims, repeats }) {
  for (const count of rows) {
    for (const dim of dims) {
      let exact;
      for (const type of ['float32', 'int8', 'int4']) {
        // The native side is another process, so both can generate at once.
        await Promise.all(sides.map((side) => side.generate(count, dim, type)));
        const times = await takeTurns(sides, repeats);
        const found = await sides[0].neighbours();
        exact ??= found;
        yield { rows: count, dim, type, recall: recall(found, exact), times };
      }
    }
  }
}

/** Measures the rows of an index file, whose original vectors are unknown: no recall. */
export async function measureFile(sides, file, repeats) {
  let shape;
  for (const side of sides) shape = await side.open(file);
  const [rows, dim, code] = shape;
  const type = ['', 'float32', 'int8', 'int4'][code];
  return { rows, dim, type, recall: null, times: await takeTurns(sides, repeats) };
}

/**
 * Yields recall of fast searches beside exact ones, and the bytes that both read per query, as ratios to all codes, for data
 * of every shape. These are counts: every run has the same.
 */
export async function* measureShapes(sides, { rows: count, dims }) {
  for (const shape of Object.keys(SHAPES)) {
    for (const dim of dims) {
      for (const type of ['int8', 'int4']) {
        await Promise.all(sides.map((side) => side.generate(count, dim, type, shape)));
        const found = [];
        for (const side of sides) {
          const bytes = (count * dim * QUERIES) / (type === 'int4' ? 2 : 1);
          await side.search(QUERIES, 1);
          const exact = { neighbours: await side.neighbours(), reads: (await side.bytes()) / bytes };
          await searchFast(side, QUERIES, 1);
          const near = await side.neighbours();
          const fast = { recall: recall(near, exact.neighbours), reads: (await side.bytes()) / bytes };
          found.push({
            rows: count,
            dim,
            type,
            shape,
            exactReads: exact.reads,
            fastReads: fast.reads,
            recall: fast.recall,
          });
        }
        const [first, ...others] = found.map((each) => JSON.stringify(each));
        if (others.some((other) => other !== first))
          throw new Error(`the sides disagree: ${[first, ...others].join(', ')}`);
        yield found[0];
      }
    }
  }
}
