/** Assembles an index from a benchmark and its vectors. */
import { splitIdentity } from '../embedding/embedder-details.js';
import type { Steps } from '../steps.js';
import type { CodeType, DatedPrice, EmbedderIdentity, RoutingConstants } from '../types.js';
import { exactJson } from '../wasm/exact-json.js';
import type { Lab, LabBuild, PairSummary } from '../wasm/lab-module.js';
import type { Benchmark } from './benchmark.js';
import type { ModelFigures } from './figures.js';
import type { UnitVectors } from './vectors.js';

const BLOCK = 2048;
/** Queries per step: the caller gets a turn after each. */
const QUERIES = 64;

export interface IndexSettings {
  codes: CodeType;
  name?: string | undefined;
  embedder: EmbedderIdentity;
  routing?: Partial<RoutingConstants> | undefined;
  prices?: Readonly<Record<string, DatedPrice>> | undefined;
  /** Multiplications above which pairs and coverage come from a sample of the rows. */
  maxWork?: number | undefined;
  /** Beginnings of the prompts, in the order of the benchmark's rows. */
  texts?: readonly string[] | undefined;
  /** Bytes of a predictor by families, which are the benchmark's datasets, and the plan that it belongs to. */
  families?: Uint8Array | undefined;
  plan?: object | undefined;
}

export interface Assembled {
  sizeBytes: number;
  /** Returns the file in order, piece by piece: views into the module's memory, valid until its next call. */
  pieces(): readonly Uint8Array[];
  pairs: PairSummary;
  close(): void;
}

/** Metadata and ids that make an index a shard. */
export interface ShardMarks {
  metadata: unknown;
  sampleIds: string[];
}

function figuresJson({ nanoUsd, costs, tokensIn, tokensInCount, tokensOut, tokensOutCount }: ModelFigures) {
  const mean = (sum: number, count: number) => (count === 0 ? undefined : sum / count);
  return {
    meanCostUsd: mean(nanoUsd / 1e9, costs),
    meanTokensIn: mean(tokensIn, tokensInCount),
    meanTokensOut: mean(tokensOut, tokensOutCount),
  };
}

/** Returns the index's metadata, which must not depend on when, where or in how many pieces it is built. */
function metadataOf(benchmark: Benchmark, name: string | undefined): Record<string, unknown> {
  const figures = benchmark.models
    .filter(({ figures: f }) => f.costs + f.tokensInCount + f.tokensOutCount > 0)
    .map(({ name: model, figures: f }) => [model, figuresJson(f)] as const);
  return {
    ...(name === undefined ? {} : { name }),
    datasets: benchmark.datasets.map(({ name: dataset, described }) => ({ name: dataset, ...described })),
    ...(figures.length === 0 ? {} : { answers: figures.map(([model, f]) => ({ model, ...f })) }),
  };
}

const priceOf = (prices: IndexSettings['prices'], name: string) =>
  prices !== undefined && Object.hasOwn(prices, name) ? prices[name] : undefined;

/** Returns a model's prices under the names of the specification. */
function pricesIn(prices: IndexSettings['prices'], name: string) {
  const price = priceOf(prices, name);
  if (price === undefined) return {};
  return { usdPerMTokIn: price.in, usdPerMTokOut: price.out, usdPerMTokCacheRead: price.cacheRead };
}

/** Returns the records of the models, with the origin of each price; `undefined` if no price has a date. */
function recordsIn(prices: IndexSettings['prices'], models: readonly { name: string }[]) {
  const records = models.map(({ name }) => {
    const { date, source = 'a price list' } = priceOf(prices, name) ?? {};
    return date === undefined ? { name } : { name, price: { currency: 'USD', date, source } };
  });
  return records.some((record) => 'price' in record) ? records : undefined;
}

function specOf(benchmark: Benchmark, dim: number, ids: readonly string[], s: IndexSettings, marks?: ShardMarks) {
  const extras = {
    texts: s.texts,
    modelRecords: recordsIn(s.prices, benchmark.models),
    families: s.families === undefined ? undefined : Array.from(s.families),
    plan: s.plan,
  };
  const hasExtras = Object.values(extras).some((extra) => extra !== undefined);
  return exactJson({
    dim,
    codes: s.codes,
    models: benchmark.models.map(({ name }) => ({ name, ...pricesIn(s.prices, name) })),
    tasks: benchmark.datasets.map(({ name }) => name),
    sampleIds: marks?.sampleIds ?? Array.from(benchmark.order, (row) => ids[row]),
    ...splitIdentity(s.embedder, marks?.metadata ?? metadataOf(benchmark, s.name)),
    routing: s.routing,
    ...(hasExtras ? { extras } : {}),
    graded: benchmark.isGraded,
    missing: benchmark.hasMissing,
    ...(marks === undefined ? {} : { shard: true }),
    ...(s.maxWork === undefined ? {} : { pairSampling: { maxWork: s.maxWork, seed: 1 } }),
  });
}

async function putRows(
  build: LabBuild,
  benchmark: Benchmark,
  slotOf: (row: number) => number,
  vectors: UnitVectors,
  steps: Steps,
): Promise<void> {
  const { order } = benchmark;
  // In the order of the slots, which is the order on the disk.
  const positions = Uint32Array.from(order, (_, i) => i).sort(
    (a, b) => slotOf(order[a] as number) - slotOf(order[b] as number),
  );
  for (let first = 0; first < positions.length; first += BLOCK) {
    const at = positions.slice(first, first + BLOCK);
    const rows = at.map((position) => order[position] as number);
    build.put(at, await vectors.at(rows.map(slotOf)), benchmark.outcomes(rows));
    await steps.update(Math.min(first + BLOCK, positions.length), positions.length);
  }
}

/**
 * Builds the index in the module's memory; the caller writes it, then closes it. Errors: those of `buildIndex`,
 * `aborted`.
 */
export async function assemble(
  lab: Lab,
  benchmark: Benchmark,
  ids: readonly string[],
  slotOf: (row: number) => number,
  vectors: UnitVectors,
  settings: IndexSettings,
  steps: Steps,
  marks?: ShardMarks,
): Promise<Assembled> {
  const build = lab.openBuild(specOf(benchmark, vectors.dim, ids, settings, marks), benchmark.rowTasks);
  try {
    steps.begin('storing rows');
    await putRows(build, benchmark, slotOf, vectors, steps);
    steps.begin('searching neighbours');
    for (;;) {
      const { done, total } = build.step(QUERIES);
      await steps.update(done, total);
      if (done >= total) break;
    }
    const { sizeBytes, pairs } = build.finish();
    return { sizeBytes, pairs, pieces: () => build.finish().pieces, close: () => build.close() };
  } catch (cause) {
    build.close();
    throw cause;
  }
}
