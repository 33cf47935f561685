/** Builds an index from files: imports, joins, embeds and assembles. The same in a page and in Node.js. */
import { abortable, SignalboxError, throwIfAborted } from '../errors.js';
import type { InputFile } from '../importing/input-file.js';
import type { Source } from '../importing/records.js';
import { embeddingsFor } from '../routing/inputs.js';
import type { PriceList } from '../routing/price-list.js';
import { type MatchedPrices, matchPrices } from '../routing/price-match.js';
import type { Steps } from '../steps.js';
import type { CodeType, Embedder, EmbedderIdentity, RoutingConstants } from '../types.js';
import type { Lab } from '../wasm/lab-module.js';
import { type Assembled, assemble, type ShardMarks } from './assemble.js';
import { type Benchmark, faultsOf, metricConflicts, putInOrder } from './benchmark.js';
import { type Choices, drawSample, measureChoices } from './choices.js';
import { type Collector, NONE } from './collector.js';
import { chooseCoreset, withRows } from './coreset.js';
import { eachPrompt } from './each-prompt.js';
import { firstCharacters } from './extras.js';
import { findFamilies, type InFamilies, type NameFamilies } from './families.js';
import { namesOfFamilies } from './family-words.js';
import { type Imported, importFiles } from './import-files.js';
import type { DatasetMetric, MetricOptions } from './metric-rules.js';
import { type BuildReport, reportOf } from './report.js';
import { memoryStorage, type Storage, type VectorFile, type VectorSource } from './storage.js';
import { UnitVectors } from './vectors.js';

const BLOCK = 256;

/** Settings of a build from files: what is read, and what the index contains. */
export interface BuildSettings extends MetricOptions {
  /** Default: detected. */
  from?: Source | undefined;
  datasets?: readonly string[] | undefined;
  models?: readonly string[] | undefined;
  excludeDatasets?: readonly string[] | undefined;
  excludeModels?: readonly string[] | undefined;
  /** Default `int8`. */
  codes?: CodeType | undefined;
  /** Keep the first components of the embeddings. Default: all. */
  dims?: number | undefined;
  /** Keep this many representative rows. Default: all. */
  maxRows?: number | undefined;
  /** Name of the index. */
  name?: string | undefined;
  routing?: Partial<RoutingConstants> | undefined;
  /** Prices by the list's names of models; see `readPriceList`. */
  prices?: PriceList | undefined;
  maxWork?: number | undefined;
  /** Leave out answers that ended at a length limit. Default: they count as the tool scored them. */
  dropCutOff?: boolean | undefined;
  /**
   * Keep the first 160 characters of each prompt in the index, so that a decision can show what resembles its input. Default:
   * `false`, as prompts may be private.
   */
  texts?: boolean | undefined;
  /**
   * Name families by words that many of their prompts have. Only data of one dataset is divided into families. Default:
   * `true`; with `false` they have numbers.
   */
  words?: boolean | undefined;
}

/**
 * The origin of vectors: an embedder, or a matrix with one row per table row or per sample; without either, the files.
 */
export interface VectorOrigin {
  embedder?: Embedder | undefined;
  matrix?: VectorSource | undefined;
  /** The embedder that made a matrix, or vectors in the files. */
  embedderId?: string | undefined;
  embedderHash?: string | undefined;
}

export interface BuiltIndex {
  report: BuildReport;
  index: Assembled;
  prices: MatchedPrices;
  /** Measures alternatives; `undefined` if there is only one dataset. The index may already be closed. */
  measureChoices(): Promise<Choices | undefined>;
}

/** Returns the slot of a row's vector in a matrix. */
function matrixSlots(collector: Collector, matrix: VectorSource): (row: number) => number {
  if (matrix.count === collector.tableRows) return (row) => collector.sourceRows.get(row);
  if (matrix.count === collector.rows) return (row) => row;
  throw new SignalboxError(
    'dimension_mismatch',
    `the matrix of embeddings has ${matrix.count} rows, the data has ${collector.tableRows || collector.rows}`,
  );
}

/** Embeds the prompts of the index's rows, in the order in which they were read. */
async function embedPrompts(
  embedder: Embedder,
  { collector, prompts }: Imported,
  benchmark: Benchmark,
  out: VectorFile,
  steps: Steps,
): Promise<(row: number) => number> {
  const rowOf = new Uint32Array(prompts.count).fill(NONE);
  for (const row of benchmark.order) rowOf[collector.promptSlots.get(row)] = row;
  const slots = new Uint32Array(collector.rows).fill(NONE);
  steps.begin(`embedding ${benchmark.order.length} prompts`);
  for (let first = 0; first < prompts.count; first += BLOCK) {
    const count = Math.min(BLOCK, prompts.count - first);
    const wanted = Array.from({ length: count }, (_, i) => i).filter((i) => rowOf[first + i] !== NONE);
    const texts = await prompts.read(first, count);
    const block = wanted.map((i) => texts[i] as string);
    const embedded = await abortable(embedder.embed(block, { signal: steps.signal }), steps.signal);
    for (const [i, { vector }] of embeddingsFor(embedded, block.length, embedder.dim, embedder.dim).entries()) {
      slots[rowOf[first + (wanted[i] as number)] as number] = out.add(vector);
    }
    await steps.update(first + count, prompts.count);
  }
  return (row) => slots[row] as number;
}

/**
 * Refuses to mix metrics, and to build an index if too many scores cannot be used. Errors: `invalid_argument` with the
 * metrics or faults of each dataset.
 */
export function checkReport({ mixedMetrics, faults }: BuildReport): void {
  const refuse = (what: string, lines: readonly string[]) => {
    if (lines.length > 0) throw new SignalboxError('invalid_argument', `${what}:\n  ${lines.join('\n  ')}`);
  };
  refuse('there are scores of several metrics, choose one with metric ([dataset=]name)', mixedMetrics);
  refuse('too many scores cannot be used', faults);
}

/** The result of joining: the rows in order, and the report on them. */
export interface Joined {
  imported: Imported;
  benchmark: Benchmark;
  report: BuildReport;
}

export interface JoinOptions {
  /** Descriptions of datasets from shards. */
  described?: ReadonlyMap<string, DatasetMetric> | undefined;
  /** The result is a shard, too. */
  isShard?: boolean | undefined;
  /** Length of the vectors, for the sizes in the report. */
  dim: number;
}

/** Orders the imported rows. Errors: `invalid_argument` if no row is usable. */
export function join(imported: Imported, hasMatrix: boolean, options: JoinOptions): Joined {
  const { collector } = imported;
  const hasVector = (row: number) => hasMatrix || collector.vectorSlots.get(row) !== NONE;
  const benchmark = putInOrder(collector, { hasVector, ...options });
  const report = reportOf({
    source: imported.source,
    files: imported.files,
    collector,
    benchmark,
    mixedMetrics: metricConflicts(collector.datasets),
    faults: faultsOf(collector.datasets),
    dim: options.dim,
  });
  return { imported, benchmark, report };
}

/** Returns the length of the vectors from this origin. */
export function dimOf({ matrix, embedder }: VectorOrigin, { fileVectors }: Imported, dims: number | undefined): number {
  return dims ?? matrix?.dim ?? (fileVectors.count > 0 ? fileVectors.dim : (embedder?.dim ?? 0));
}

interface RowVectors {
  source: VectorSource;
  slotOf: (row: number) => number;
  embedder: EmbedderIdentity;
}

async function vectorsOf(joined: Joined, origin: VectorOrigin, storage: Storage, steps: Steps): Promise<RowVectors> {
  const { imported, benchmark } = joined;
  const named = { id: origin.embedderId ?? '', hash: origin.embedderHash };
  if (origin.matrix !== undefined) {
    return { source: origin.matrix, slotOf: matrixSlots(imported.collector, origin.matrix), embedder: named };
  }
  if (imported.fileVectors.count > 0) {
    const slotOf = (row: number) => imported.collector.vectorSlots.get(row);
    const without = benchmark.order.find((row) => slotOf(row) === NONE);
    if (without !== undefined) {
      throw new SignalboxError(
        'invalid_argument',
        `some rows have an embedding, but ${imported.collector.ids[without]} has none`,
      );
    }
    return { source: imported.fileVectors, slotOf, embedder: named };
  }
  const { embedder } = origin;
  if (embedder === undefined)
    throw new SignalboxError('invalid_argument', 'there are neither embeddings nor an embedder');
  const source = storage.vectors();
  const slotOf = await embedPrompts(embedder, imported, benchmark, source, steps);
  return { source, slotOf, embedder };
}

/** Returns the benchmark with at most `maxRows` rows. */
async function thinned(
  lab: Lab,
  { imported, benchmark }: Joined,
  slotOf: (row: number) => number,
  vectors: UnitVectors,
  maxRows: number | undefined,
  steps: Steps,
): Promise<Benchmark> {
  if (maxRows === undefined || maxRows >= benchmark.order.length) return benchmark;
  steps.begin(`choosing ${maxRows} of ${benchmark.order.length} rows`);
  const kept = await chooseCoreset(lab, benchmark, slotOf, vectors, maxRows, steps);
  const finding = imported.collector.dropped.get('over_max_rows');
  if (finding !== undefined) finding.count = benchmark.order.length - kept.length;
  return withRows(benchmark, kept);
}

/** Returns the beginnings of the rows' prompts; empty for a row without one. */
export async function textsOf(imported: Imported, benchmark: Benchmark, steps: Steps): Promise<string[]> {
  const out = new Array<string>(benchmark.order.length).fill('');
  steps.begin('storing texts');
  await eachPrompt(imported, benchmark, steps, (place, text) => {
    out[place] = firstCharacters(text);
  });
  return out;
}

/** Joined rows with their vectors: all that an index is made from. */
export interface Vectorised {
  joined: Joined;
  slotOf: (row: number) => number;
  vectors: UnitVectors;
  embedder: EmbedderIdentity;
}

export async function vectorise(
  joined: Joined,
  origin: VectorOrigin,
  dims: number | undefined,
  storage: Storage,
  steps: Steps,
): Promise<Vectorised> {
  const { source, slotOf, embedder } = await vectorsOf(joined, origin, storage, steps);
  return { joined, slotOf, vectors: new UnitVectors(source, dims), embedder };
}

const NO_PRICES: PriceList = { kind: 'plain', date: null, prices: [], ignored: 0 };

/** Assembles the index. Errors: those of `buildIndex`, `aborted`. */
export async function assembleIndex(
  lab: Lab,
  { joined, slotOf, vectors, embedder }: Vectorised,
  settings: BuildSettings,
  steps: Steps,
  marksOf?: (benchmark: Benchmark) => ShardMarks,
): Promise<BuiltIndex> {
  const { collector } = joined.imported;
  const benchmark = await thinned(lab, joined, slotOf, vectors, settings.maxRows, steps);
  const prices = matchPrices(
    benchmark.models.map(({ name }) => name),
    settings.prices ?? NO_PRICES,
  );
  const codes = settings.codes ?? 'int8';
  const texts = settings.texts ? await textsOf(joined.imported, benchmark, steps) : undefined;
  // A shard may hold the rows without a prompt, so it has no say in this.
  if (marksOf === undefined && texts?.every((text) => text === '')) {
    throw new SignalboxError('invalid_argument', 'the index cannot keep texts: the data has no prompts');
  }
  const hashOf = (row: number) => collector.promptHash(row);
  const nameFamilies: NameFamilies = (rowFamilies, count) => {
    const noun = benchmark.datasets[0]?.name;
    const how = { count, words: settings.words ?? true, ...(noun === undefined ? {} : { noun }) };
    return namesOfFamilies(joined.imported, benchmark, rowFamilies, how, steps);
  };
  const found =
    marksOf === undefined
      ? await findFamilies(lab, benchmark, slotOf, vectors, hashOf, nameFamilies, steps)
      : undefined;
  const index = await assemble(
    lab,
    found?.benchmark ?? benchmark,
    collector.ids,
    slotOf,
    vectors,
    {
      codes,
      name: settings.name,
      embedder,
      routing: settings.routing,
      prices: prices.prices,
      maxWork: settings.maxWork,
      texts,
      families: found?.predictor,
    },
    steps,
    marksOf?.(benchmark),
  );
  const measure = async () => {
    const { order } = joined.benchmark;
    const sample = await drawSample(joined.benchmark, slotOf, vectors, hashOf);
    const keptShare = benchmark.order.length < order.length ? benchmark.order.length / order.length : undefined;
    const request = { codes, keptShare, benchmark: joined.benchmark };
    return sample === undefined ? undefined : measureChoices(lab, sample, request, steps);
  };
  const families = marksOf === undefined ? familiesOf(found) : null;
  const report = { ...joined.report, families, dropped: droppedOf(collector) };
  return { report, index, prices, measureChoices: measure };
}

const familiesOf = (found: InFamilies | undefined): BuildReport['families'] =>
  found?.benchmark.datasets.map(({ name, rows }) => ({ name, rows })) ?? [];

const droppedOf = (collector: Collector): BuildReport['dropped'] =>
  Object.fromEntries([...collector.dropped].filter(([, { count }]) => count > 0));

/** Runs all steps from files to an index. */
export async function buildFrom(
  lab: Lab,
  files: readonly InputFile[],
  origin: VectorOrigin,
  settings: BuildSettings,
  steps: Steps,
  storage: Storage = memoryStorage(),
): Promise<BuiltIndex> {
  const imported = await importFiles(files, settings, storage, steps);
  throwIfAborted(steps.signal);
  const joined = join(imported, origin.matrix !== undefined, { dim: dimOf(origin, imported, settings.dims) });
  checkReport(joined.report);
  return assembleIndex(lab, await vectorise(joined, origin, settings.dims, storage, steps), settings, steps);
}
