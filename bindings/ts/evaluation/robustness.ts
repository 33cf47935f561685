/** Measures whether a router picks the same model when a prompt is reworded or embedded by another embedder. */
import { buildIndex } from '../building/build-index.js';
import { SignalboxError } from '../errors.js';
import { Router } from '../routing/router.js';
import type { Steps } from '../steps.js';
import type { Embedder } from '../types.js';
import type { EvaluationData } from './data.js';
import { embedAll } from './embed.js';
import { toNumber } from './held-out.js';
import { PARAPHRASE_KINDS, paraphrase } from './paraphrase.js';
import { Random } from './random.js';
import type { EvaluationSettings, RobustnessReport } from './report.js';
import { mean, wilson } from './statistics.js';
import type { UnitValues } from './units.js';

const PROMPTS = 500;
/** Maximum share of the prompts to change: the others form the index. */
const MOST_SHARE = 0.25;
/** Maximum number of rows in the index: the cost of a build is quadratic. */
const MOST_INDEX_ROWS = 8000;

interface Routed {
  vectors: Float32Array;
  /** Numbers of the picked models. */
  picks: number[];
  policy: string;
  shareBestSingle: number;
}

/** Makes a router from rows that share no prompt with the sampled ones. */
async function makeRouter(
  data: EvaluationData,
  vectors: Float32Array,
  dim: number,
  sampled: readonly number[],
  settings: EvaluationSettings,
): Promise<{ router: Router; rows: number }> {
  const prompts = new Set(sampled.map((row) => data.inputs[row]));
  const others = data.ids.map((_, row) => row).filter((row) => !prompts.has(data.inputs[row] as number));
  const rows = new Random(settings.seed + 1).sample(others.length, MOST_INDEX_ROWS).map((i) => others[i] as number);
  const take = (array: Float32Array, width: number) => {
    const out = new Float32Array(rows.length * width);
    for (const [i, row] of rows.entries()) out.set(array.subarray(row * width, (row + 1) * width), i * width);
    return out;
  };
  const used = [...new Set(rows.map((row) => data.rowTasks[row] as number))];
  const numbers = new Map(used.map((task, i) => [task, i]));
  const index = await buildIndex({
    models: data.models,
    taskNames: used.map((task) => data.taskNames[task] as string),
    tasks: rows.map((row) => numbers.get(data.rowTasks[row] as number) as number),
    embeddings: take(vectors, dim),
    dim,
    outcomes: take(data.outcomes, data.models.length),
    codes: settings.codes,
    routing: settings.routing,
  });
  return { router: await Router.load({ index, embedder: null }), rows: rows.length };
}

async function routeAll(
  router: Router,
  vectors: Float32Array,
  dim: number,
  models: Map<string, number>,
): Promise<Routed> {
  const picks: number[] = [];
  let keptBestSingle = 0;
  let used = '';
  for (let at = 0; at < vectors.length; at += dim) {
    const { model, bestSingleModel, policy } = await router.route(vectors.subarray(at, at + dim), {
      neighbours: 0,
    });
    picks.push(models.get(model) as number);
    keptBestSingle += Number(model === bestSingleModel);
    used = policy;
  }
  return { vectors, picks, policy: used, shareBestSingle: keptBestSingle / picks.length };
}

/** Returns the cosine distance of two vectors of unit norm. */
function distance(a: Float32Array, b: Float32Array, i: number, j: number, dim: number): number {
  let dot = 0;
  for (let d = 0; d < dim; ++d) dot += (a[i * dim + d] as number) * (b[j * dim + d] as number);
  return 1 - dot;
}

function compareKind(
  kind: string,
  at: readonly number[],
  original: Routed,
  changed: Routed,
  outcome: (i: number, model: number) => number,
  dim: number,
): { report: RobustnessReport['kinds'][number]; survived: number[] } {
  const survived = at.map((i, j) => Number(original.picks[i] === changed.picks[j]));
  const same = survived.filter((one) => one === 1).length;
  const report = {
    kind,
    prompts: at.length,
    survived: { value: at.length === 0 ? Number.NaN : same / at.length, interval: wilson(same, at.length) },
    meanShift: mean(at.map((i, j) => distance(original.vectors, changed.vectors, i, j, dim))),
    quality: {
      original: mean(at.map((i) => outcome(i, original.picks[i] as number))),
      paraphrased: mean(at.map((i, j) => outcome(i, changed.picks[j] as number))),
    },
  };
  return { report, survived };
}

/** Changes to measure: paraphrases, queries from another embedder, or both. */
export interface Changes {
  paraphrases: boolean;
  queryEmbedder: Embedder | undefined;
}

interface Change {
  kind: string;
  embedder: Embedder;
  rewrite(prompt: string, seed: number): string | undefined;
}

function changesOf({ paraphrases, queryEmbedder }: Changes, embedder: Embedder): Change[] {
  const list: Change[] = (paraphrases ? PARAPHRASE_KINDS : []).map((kind) => ({
    kind,
    embedder,
    rewrite: (prompt, seed) => paraphrase(prompt, kind, seed),
  }));
  if (queryEmbedder === undefined) return list;
  const { id, dim, details } = queryEmbedder;
  if (dim !== embedder.dim) {
    throw new SignalboxError('embedder_mismatch', `queries have ${dim} dimensions, the rows have ${embedder.dim}`);
  }
  const kind = `embedder ${id}${details === undefined ? '' : `, ${details.dtype}`}`;
  return [...list, { kind, embedder: queryEmbedder, rewrite: (prompt) => prompt }];
}

/** Compares decisions for sampled prompts with those for the changed prompts, using an index of other prompts. */
export async function measureRobustness(
  data: EvaluationData,
  vectors: Float32Array,
  embedder: Embedder,
  wanted: Changes,
  settings: EvaluationSettings,
  progress: Steps,
): Promise<{ report: RobustnessReport; units: UnitValues[] }> {
  const { dim } = embedder;
  const changes = changesOf(wanted, embedder);
  const rowCount = data.ids.length;
  const count = Math.min(PROMPTS, Math.floor(MOST_SHARE * rowCount));
  const sampled = new Random(settings.seed).sample(rowCount, count);
  progress.begin('building an index for changed prompts');
  await progress.update(0, 1);
  const { router, rows } = await makeRouter(data, vectors, dim, sampled, settings);
  try {
    const models = new Map(data.models.map(({ name }, m) => [name, m]));
    const own = Float32Array.from(sampled.flatMap((row) => [...vectors.subarray(row * dim, (row + 1) * dim)]));
    const original = await routeAll(router, own, dim, models);
    const outcome = (i: number, model: number) =>
      toNumber(data.outcomes[(sampled[i] as number) * data.models.length + model]);
    const kinds: RobustnessReport['kinds'] = [];
    const units: UnitValues[] = [];
    for (const { kind, embedder: other, rewrite } of changes) {
      progress.begin(`changed prompts: ${kind}`);
      const rewritten = sampled.map((row) => rewrite(data.prompts[row] as string, settings.seed + row));
      const at = rewritten.map((_, i) => i).filter((i) => rewritten[i] !== undefined);
      const theirs = await embedAll(
        other,
        at.map((i) => rewritten[i] as string),
        progress,
      );
      const changed = await routeAll(router, theirs, dim, models);
      const { report, survived } = compareKind(kind, at, original, changed, outcome, dim);
      kinds.push(report);
      units.push({ units: at.map((i) => sampled[i] as number), values: survived });
    }
    const { policy, shareBestSingle } = original;
    return { report: { policy, indexRows: rows, shareBestSingle, kinds }, units };
  } finally {
    router.dispose();
  }
}
