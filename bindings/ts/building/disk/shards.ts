/**
 * Reads and joins parts of a build. A shard is an index of unchanged float32 vectors, whose metadata names its build.
 * Joining shards is associative and commutative; all shards together make the same bytes as a build in one piece.
 */
import { open } from 'node:fs/promises';
import { SignalboxError } from '../../errors.js';
import { field, isObject } from '../../files/fields.js';
import {
  decodeFloat32Rows,
  decodeOutcomes,
  decodeRowTasks,
  decodeStrings,
  findSection,
  float32Stride,
  outcomeSections,
  type SectionName,
} from '../../files/index-file.js';
import type { ListedPrice, PriceList } from '../../routing/price-list.js';
import { Router } from '../../routing/router.js';
import type { EmbedderIdentity, IndexInfo } from '../../types.js';
import type { ShardMarks } from '../assemble.js';
import type { Benchmark } from '../benchmark.js';
import { type CollectedModel, Collector } from '../collector.js';
import { type ModelFigures, NO_FIGURES } from '../figures.js';
import type { Imported } from '../import-files.js';
import type { DatasetMetric } from '../metric-rules.js';
import { memoryStorage, type VectorSource } from '../storage.js';
import { areSettings, isMetric, isPart } from './shard-checks.js';
import type { WholeSettings } from './shard-settings.js';

const VERSION = 1;
/** More would not fit in the metadata. */
const MOST_CONFLICTS = 20000;

/** Part `index` of `count`; `open` for a part of an unknown number, of files that the user divided. */
export type Part = { index: number; count: number } | 'open';

interface ShardHeader {
  version: number;
  parts: Part[];
  settings: WholeSettings;
  /** Outcomes on which the files disagree: [row, model]. */
  conflicts: [number, number][];
  /** Figures by model. */
  figures: ModelFigures[];
  datasets: (DatasetMetric & { name: string })[];
}

const hex = (half: number) => half.toString(16).padStart(8, '0');

/** Returns the metadata and ids that make an index a shard. */
export function marksOf(
  collector: Collector,
  benchmark: Benchmark,
  parts: readonly Part[],
  settings: WholeSettings,
): ShardMarks {
  const conflicts: [number, number][] = [];
  for (const [i, row] of benchmark.order.entries()) {
    for (const [m, model] of benchmark.models.entries()) if (collector.isConflict(row, model)) conflicts.push([i, m]);
  }
  if (conflicts.length > MOST_CONFLICTS) {
    throw new SignalboxError(
      'size_overflow',
      `${conflicts.length} scores contradict each other, a shard holds at most ${MOST_CONFLICTS}: fix the files first`,
    );
  }
  const shard: ShardHeader = {
    version: VERSION,
    parts: [...parts],
    settings,
    conflicts,
    figures: benchmark.models.map(({ figures }) => figures),
    datasets: benchmark.datasets.map(({ name, described }) => ({ name, ...described })),
  };
  const idOf = (row: number) =>
    JSON.stringify([collector.keys[row], collector.ids[row], collector.promptHash(row).map(hex).join('')]);
  return { metadata: { shard }, sampleIds: Array.from(benchmark.order, idOf) };
}

function headerOf(file: string, info: IndexInfo): ShardHeader {
  const shard = field(info.metadata, 'shard');
  const refuse = (what: string) => new SignalboxError('bad_metadata', `${file}: ${what}`);
  if (!isObject(shard)) {
    throw new SignalboxError(
      'invalid_argument',
      `${file} is an index, not a shard: build it with --shard or --partial`,
    );
  }
  const { version, parts, settings, conflicts, figures, datasets } = shard;
  if (version !== VERSION) throw refuse(`got a shard of version ${String(version)}, expected ${VERSION}`);
  if (info.codes !== 'float32' || !areSettings(settings)) throw refuse('the rows are not those of a shard');
  if (!Array.isArray(parts) || parts.length === 0 || !parts.every(isPart))
    throw refuse('the shard names no valid parts');
  const isConflict = (pair: unknown) =>
    Array.isArray(pair) && isBelow(pair[0], info.rows) && isBelow(pair[1], info.models.length);
  if (!Array.isArray(conflicts) || !conflicts.every(isConflict)) throw refuse('the conflicts of the shard are invalid');
  if (!Array.isArray(figures) || figures.length !== info.models.length || !figures.every(areFigures)) {
    throw refuse('the figures of the shard do not fit its models');
  }
  const isDescribed = (dataset: unknown, i: number) =>
    isMetric(dataset) && field(dataset, 'name') === info.tasks[i]?.name;
  if (!Array.isArray(datasets) || datasets.length !== info.tasks.length || !datasets.every(isDescribed)) {
    throw refuse('the shard does not describe its datasets');
  }
  return shard as unknown as ShardHeader;
}

const isBelow = (value: unknown, limit: number) =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) < limit;
const areFigures = (value: unknown) =>
  isObject(value) && Object.keys(NO_FIGURES).every((key) => Number.isSafeInteger(value[key] ?? 0)); // Older shards lack some.

type FileHandle = Awaited<ReturnType<typeof open>>;

async function readAt(file: FileHandle, name: string, out: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < out.length; ) {
    const { bytesRead } = await file.read(out, done, out.length - done, at + done);
    if (bytesRead === 0) throw new SignalboxError('truncated', `${name} shrank while it was read`);
    done += bytesRead;
  }
}

/** A shard's file, which the core has checked. */
class ShardFile {
  readonly info: IndexInfo;
  readonly header: ShardHeader;
  readonly #name: string;
  readonly #file: FileHandle;

  private constructor(name: string, info: IndexInfo, file: FileHandle) {
    this.#name = name;
    this.info = info;
    this.#file = file;
    this.header = headerOf(name, info);
  }

  static async open(name: string): Promise<ShardFile> {
    const router = await Router.load({ index: name, embedder: null }).catch((cause: unknown) => {
      if (!(cause instanceof SignalboxError)) throw cause;
      throw new SignalboxError(cause.code, `${name}: ${cause.message}`, { cause });
    });
    const { info } = router;
    router.dispose();
    const file = await open(name);
    try {
      return new ShardFile(name, info, file);
    } catch (cause) {
      await file.close();
      throw cause;
    }
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async #section(name: SectionName): Promise<Uint8Array> {
    const extent = this.#extent(name);
    const out = new Uint8Array(extent.sizeBytes);
    await readAt(this.#file, this.#name, out, extent.offsetBytes);
    return out;
  }

  #extent(name: SectionName) {
    const extent = findSection(this.info, name);
    if (extent === undefined) throw new SignalboxError('bad_section', `${this.#name} has no section ${name}`);
    return extent;
  }

  /** Vectors [count, dim] of the rows from `first` on. */
  async vectors(first: number, count: number): Promise<Float32Array> {
    const { dim } = this.info;
    const stride = float32Stride(dim);
    const codes = new Uint8Array(count * stride);
    await readAt(this.#file, this.#name, codes, this.#extent('codes').offsetBytes + first * stride);
    return decodeFloat32Rows(codes, dim);
  }

  /** Key, id and prompt hash of every row. */
  async ids(): Promise<[key: string, id: string, hash: string][]> {
    const ids = decodeStrings(await this.#section('sample_ids'), this.info.rows);
    return ids.map((text, row) => {
      try {
        const parts: unknown = JSON.parse(text);
        const isId = Array.isArray(parts) && parts.length === 3 && parts.every((part) => typeof part === 'string');
        if (isId && /^[0-9a-f]{16}$/.test(String(parts[2]))) return parts as [string, string, string];
      } catch {
        // The error below covers this case, too.
      }
      throw new SignalboxError('bad_metadata', `${this.#name}: the id of row ${row} is not a shard's`);
    });
  }

  /** Beginnings of the prompts; `undefined` if the shard has none. */
  async texts(): Promise<string[] | undefined> {
    const isThere = findSection(this.info, 'texts') !== undefined;
    return isThere ? decodeStrings(await this.#section('texts'), this.info.rows) : undefined;
  }

  async rowTasks(): Promise<Uint16Array> {
    return decodeRowTasks(await this.#section('row_tasks'));
  }

  /** Outcomes [rows, models], NaN if missing. */
  async outcomes(): Promise<Float32Array> {
    const { outcomes, measured } = outcomeSections(this.info);
    const mask = measured && (await this.#section(measured));
    return decodeOutcomes(this.info, await this.#section(outcomes), mask);
  }
}

/** The rows of all shards in sequence. */
class ShardVectors implements VectorSource {
  readonly dim: number;
  readonly count: number;
  readonly #shards: readonly ShardFile[];

  constructor(shards: readonly ShardFile[]) {
    this.#shards = shards;
    this.dim = shards[0]?.info.dim ?? 0;
    this.count = shards.reduce((sum, { info }) => sum + info.rows, 0);
  }

  async read(first: number, count: number): Promise<Float32Array> {
    const { dim } = this;
    const out = new Float32Array(count * dim);
    let start = 0;
    for (const shard of this.#shards) {
      const from = Math.max(first, start);
      const until = Math.min(first + count, start + shard.info.rows);
      if (from < until) out.set(await shard.vectors(from - start, until - from), (from - first) * dim);
      start += shard.info.rows;
    }
    return out;
  }
}

export interface MergedShards {
  imported: Imported;
  described: Map<string, DatasetMetric>;
  vectors: VectorSource;
  embedder: EmbedderIdentity;
  settings: WholeSettings;
  parts: Part[];
  /** Numbers of the parts that are missing. */
  missing: number[];
  prices: PriceList;
  close(): Promise<void>;
}

function agree<T>(shards: readonly ShardFile[], names: readonly string[], what: string, of: (s: ShardFile) => T): T {
  const [first, ...others] = shards.map((shard) => JSON.stringify(of(shard)));
  const other = others.findIndex((value) => value !== first);
  if (other >= 0) {
    throw new SignalboxError(
      'invalid_argument',
      `${names[other + 1]} is of another build than ${names[0]}: ${what} ${others[other]}, expected ${first}`,
    );
  }
  return of(shards[0] as ShardFile);
}

/** Returns the union of the parts, and the missing numbers. */
function unite(shards: readonly ShardFile[]): { parts: Part[]; missing: number[] } {
  const all = shards.flatMap(({ header }) => header.parts);
  const numbered = all.filter((part): part is { index: number; count: number } => part !== 'open');
  if (numbered.length === 0) return { parts: ['open'], missing: [] };
  const counts = new Set(numbered.map(({ count }) => count));
  if (numbered.length < all.length || counts.size > 1) {
    throw new SignalboxError('invalid_argument', `shards of different builds: of ${[...counts].join(', ')} parts`);
  }
  const [count = 1] = counts;
  const have = new Set(numbered.map(({ index }) => index));
  const indexes = [...have].sort((a, b) => a - b);
  const missing = Array.from({ length: count }, (_, i) => i + 1).filter((index) => !have.has(index));
  return { parts: indexes.map((index) => ({ index, count })), missing };
}

function mergePrices(shards: readonly ShardFile[]): PriceList {
  const prices = new Map<string, ListedPrice>();
  for (const { info } of shards) {
    for (const { name, usdPerMTokIn, usdPerMTokOut, usdPerMTokCacheRead, record } of info.models) {
      if (usdPerMTokIn === null || usdPerMTokOut === null) continue;
      const before = prices.get(name);
      if (before !== undefined && (before.in !== usdPerMTokIn || before.out !== usdPerMTokOut)) {
        throw new SignalboxError('invalid_argument', `shards have different prices of ${name}`);
      }
      const { date, source } = record?.price ?? {};
      prices.set(name, {
        name,
        in: usdPerMTokIn,
        out: usdPerMTokOut,
        ...(usdPerMTokCacheRead !== null && { cacheRead: usdPerMTokCacheRead }),
        ...(date !== undefined && { date }),
        ...(source !== undefined && { source }),
      });
    }
  }
  return { kind: 'plain', date: null, prices: [...prices.values()], ignored: 0 };
}

function mergeDescriptions(shards: readonly ShardFile[], names: readonly string[]): Map<string, DatasetMetric> {
  const described = new Map<string, DatasetMetric>();
  for (const [i, { header }] of shards.entries()) {
    for (const { name, ...metric } of header.datasets) {
      const before = described.get(name);
      if (before !== undefined && JSON.stringify(before) !== JSON.stringify(metric)) {
        const [a, b] = [JSON.stringify(before), JSON.stringify(metric)];
        throw new SignalboxError(
          'invalid_argument',
          `${names[i]}: ${name} was scored by ${b}, in other shards by ${a}`,
        );
      }
      described.set(name, metric);
    }
  }
  return described;
}

function addFigures(to: ModelFigures, more: ModelFigures): void {
  for (const key of Object.keys(NO_FIGURES) as (keyof ModelFigures)[]) to[key] += more[key] ?? 0;
}

async function addShard(
  { collector, prompts }: Pick<Imported, 'collector' | 'prompts'>,
  shard: ShardFile,
  file: string,
  firstSlot: number,
): Promise<void> {
  const { info, header } = shard;
  const ids = await shard.ids();
  const outcomes = await shard.outcomes();
  const tasks = await shard.rowTasks();
  const texts = await shard.texts();
  const models = info.models.map(({ name }) => collector.modelNamed(name, { file }) as CollectedModel);
  for (const [m, figures] of header.figures.entries()) addFigures((models[m] as CollectedModel).figures, figures);
  const rows: number[] = [];
  for (const [i, [key, id, hash]] of ids.entries()) {
    const place = { file, line: i + 1 };
    const halves = [Number.parseInt(hash.slice(0, 8), 16), Number.parseInt(hash.slice(8), 16)] as const;
    const dataset = info.tasks[tasks[i] as number]?.name ?? '';
    const row = collector.sample({ dataset, key, id, prompt: undefined, place });
    const isTaken = collector.takeShardRow(row, halves, firstSlot + i, place);
    if (isTaken && texts !== undefined && texts[i] !== '')
      collector.promptSlots.set(row, prompts.add(texts[i] as string));
    rows.push(row);
    for (const [m, model] of models.entries()) {
      const outcome = outcomes[i * models.length + m] as number;
      if (!Number.isNaN(outcome)) collector.setOutcome(row, model, outcome, place);
    }
  }
  for (const [i, m] of header.conflicts) collector.setConflict(rows[i] as number, models[m] as CollectedModel);
}

/** Reads and joins shards. Errors: those of an index; `invalid_argument` if they are of different builds. */
export async function readShards(names: readonly string[]): Promise<MergedShards> {
  const shards: ShardFile[] = [];
  const close = async () => {
    for (const shard of shards) await shard.close();
  };
  try {
    for (const name of names) shards.push(await ShardFile.open(name));
    agree(shards, names, 'dimensions', ({ info }) => info.dim);
    const embedder = agree(shards, names, 'the embedder', ({ info }) => info.embedder);
    const settings = agree(shards, names, 'settings', ({ header }) => header.settings);
    const storage = memoryStorage();
    const [prompts, fileVectors] = [storage.prompts(), storage.vectors()];
    const collector = new Collector({ prompts, vectors: fileVectors });
    let slot = 0;
    for (const [i, shard] of shards.entries()) {
      await addShard({ collector, prompts }, shard, names[i] as string, slot);
      slot += shard.info.rows;
    }
    return {
      imported: {
        collector,
        source: 'shards',
        files: { read: names.length, ignored: [], list: [], lines: [] },
        prompts,
        fileVectors,
        explanation: undefined,
      },
      described: mergeDescriptions(shards, names),
      vectors: new ShardVectors(shards),
      embedder,
      settings,
      ...unite(shards),
      prices: mergePrices(shards),
      close,
    };
  } catch (cause) {
    await close();
    throw cause;
  }
}
