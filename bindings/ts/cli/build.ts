/** The commands `signalbox build` and `signalbox merge`. */
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Choices } from '../building/choices.js';
import { choicesText } from '../building/choices-text.js';
import { findFiles } from '../building/disk/files.js';
import { buildSettings, shardSettings, wholeSettings } from '../building/disk/shard-settings.js';
import { marksOf, type Part, readShards } from '../building/disk/shards.js';
import { diskStorage } from '../building/disk/storage.js';
import {
  assembleIndex,
  type BuildSettings,
  type BuiltIndex,
  checkReport,
  dimOf,
  importFiles,
  join,
  type VectorOrigin,
  vectorise,
} from '../building/from-files.js';
import type { PerDataset } from '../building/metric-rules.js';
import { megabytes, reportText } from '../building/report-text.js';
import type { Storage } from '../building/storage.js';
import { UnitVectors } from '../building/vectors.js';
import { SignalboxError } from '../errors.js';
import { openNpy } from '../files/disk/npy.js';
import { toJson, writeWholeBy } from '../files/disk/output.js';
import { readTextFile } from '../files/disk/text.js';
import { printable } from '../files/printable.js';
import { SOURCES, type Source } from '../importing/records.js';
import { invalid } from '../options.js';
import { readPriceList } from '../routing/price-list.js';
import { CODE_TYPES, type CodeType } from '../types.js';
import { type Lab, loadLab } from '../wasm/lab-module.js';
import { parseDecimal, toCount, toList, toNumber } from './arguments.js';
import { EMBEDDER_HELP, loadEmbedder } from './embedder-option.js';
import { UsageError } from './failures.js';
import { interruptible } from './interruptible.js';
import type { Progress } from './progress.js';
import { threaded } from './thread.js';
import { withCache } from './vector-cache.js';

/** Place of temporary files without an output. */
const TEMPORARY = path.join(tmpdir(), 'signalbox');

interface BuildCommandOptions {
  output?: string;
  from?: Source;
  metric: PerDataset<string>;
  range: PerDataset<readonly [number, number]>;
  threshold: PerDataset<number>;
  datasets?: string[];
  excludeDatasets?: string[];
  models?: string[];
  excludeModels?: string[];
  embedder?: string;
  embeddings?: string;
  embedderId?: string;
  codes: CodeType;
  dims?: number;
  maxRows?: number;
  maxWork?: number;
  prices?: string;
  pricesDate?: string;
  name?: string;
  shard?: { index: number; count: number };
  partial?: true;
  /** Default: a folder in the user's cache folder. */
  cache?: string | false;
  measure: boolean;
  dropTruncated?: true;
  texts?: true;
  dryRun?: true;
  json?: true;
}

interface MergeCommandOptions {
  output: string;
  partial?: true;
  measure: boolean;
  json?: true;
}

function toShard(text: string): { index: number; count: number } {
  const [index = 0, count = 0] = /^\d+\/\d+$/.test(text) ? text.split('/').map(Number) : [];
  if (index < 1 || index > count || count > 65535) {
    throw new InvalidArgumentError('Expected i/n with 1 <= i <= n, as in 3/16.');
  }
  return { index, count };
}

/**
 * Returns a repeatable option whose argument is `value` or `dataset=value`. Names may contain `=`, so the last one
 * separates.
 */
function perDataset<T>(flags: string, description: string, toValue: (text: string) => T, fallback: string): Option {
  const parse = (text: string, before: PerDataset<T>): PerDataset<T> => {
    const at = text.lastIndexOf('=');
    const rule = { datasets: at < 0 ? '*' : text.slice(0, at), value: toValue(text.slice(at + 1)) };
    // The first matching rule applies, so a rule for all datasets goes last.
    return at < 0 ? [...before, rule] : [rule, ...before];
  };
  return new Option(flags, description).argParser(parse).default([], fallback);
}

function toRange(text: string): [number, number] {
  const [worst = Number.NaN, best = Number.NaN, ...more] = text.split(',').map(parseDecimal);
  if (!(worst < best || worst > best) || more.length > 0) {
    throw new InvalidArgumentError('Expected worst,best, as in 0,10, or 1,0 if less is better.');
  }
  return [worst, best];
}

async function readPrices(file: string | undefined, asOf: string | undefined): Promise<BuildSettings['prices']> {
  if (file === undefined) return undefined;
  const list = await readTextFile(file);
  try {
    return readPriceList(list, { asOf });
  } catch (cause) {
    throw invalid(`${file}: ${(cause as Error).message}`, cause);
  }
}

async function settingsOf(o: BuildCommandOptions): Promise<BuildSettings> {
  return {
    from: o.from,
    metrics: o.metric,
    ranges: o.range,
    thresholds: o.threshold,
    datasets: o.datasets,
    excludeDatasets: o.excludeDatasets,
    models: o.models,
    excludeModels: o.excludeModels,
    codes: o.codes,
    dims: o.dims,
    maxRows: o.maxRows,
    maxWork: o.maxWork,
    dropCutOff: o.dropTruncated,
    texts: o.texts,
    name: o.name,
    prices: await readPrices(o.prices, o.pricesDate),
  };
}

async function openOrigin(
  o: BuildCommandOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<VectorOrigin & { close(): Promise<void> }> {
  if (o.embeddings !== undefined) {
    const matrix = await openNpy(o.embeddings);
    return { matrix, embedderId: o.embedderId, close: matrix.close };
  }
  const inner = await loadEmbedder(o.embedder, signal);
  const embedder = withCache(inner, o.cache, progress);
  return { embedder, embedderId: o.embedderId, close: async () => embedder.dispose?.() };
}

/** Writes the index piece by piece, so that memory never holds it twice. */
async function writeIndex(file: string, { index }: BuiltIndex, signal: AbortSignal): Promise<void> {
  const write = async (temporary: string) => {
    const out = await open(temporary, 'wx');
    try {
      for (const piece of index.pieces()) {
        for (let done = 0; done < piece.byteLength; ) {
          done += (await out.write(piece, done, piece.byteLength - done)).bytesWritten;
        }
      }
      await out.sync();
    } finally {
      await out.close();
    }
  };
  await writeWholeBy(file, write, signal);
}

function builtText(file: string, { report, index, prices }: BuiltIndex, choices: Choices | undefined): string {
  const { pairs } = index;
  const lines: string[] = [];
  const priced = report.models.length - prices.unmatched.length;
  if (priced > 0) {
    const without = prices.unmatched.length === 0 ? '' : `; none for ${prices.unmatched.join(', ')}`;
    lines.push(`prices: ${priced} of ${report.models.length} models${without}`);
  }
  if (!pairs.exact) {
    lines.push(
      `distance estimator: from ${pairs.rowsATask} rows per dataset; standard error of u at most ${pairs.maxStandardErrorU.toFixed(4)}, of p at most ${pairs.maxStandardErrorP.toFixed(3)}`,
    );
  }
  const ending = `wrote ${file}: ${megabytes(index.sizeBytes)} (${index.sizeBytes} bytes)`;
  const measured = choices === undefined ? [] : [choicesText(choices)];
  return [reportText(report), ...lines.map(printable), ...measured, printable(ending)].join('\n');
}

function say(json: true | undefined, value: unknown, text: string): void {
  process.stdout.write(json ? toJson(value) : `${text}\n`);
}

const builtJson = (file: string, { report, index, prices }: BuiltIndex, choices: Choices | undefined) => ({
  ...report,
  output: { file, sizeBytes: index.sizeBytes },
  pairs: index.pairs,
  unpriced: prices.unmatched,
  choices: choices ?? null,
});

/** Builds the shard or index of these files into `o.output`; without an output it only prints the report. */
async function buildInto(
  places: string[],
  o: BuildCommandOptions,
  storage: Storage,
  lab: Lab,
  progress: Progress,
  signal: AbortSignal,
) {
  const settings = await settingsOf(o);
  const isShard = o.shard !== undefined || o.partial === true;
  const { files, passedOver } = await findFiles(places);
  const imported = await importFiles(files, { ...settings, shard: o.shard }, storage, progress);
  imported.files.ignored.push(...passedOver);
  const origin = await openOrigin(o, progress, signal);
  try {
    const dim = dimOf(origin, imported, o.dims);
    const joined = join(imported, origin.matrix !== undefined, { dim, isShard });
    const file = o.output;
    if (o.dryRun || file === undefined) {
      progress.end();
      say(o.json, joined.report, reportText(joined.report));
      return;
    }
    checkReport(joined.report);
    const vectorised = await vectorise(joined, origin, o.dims, storage, progress);
    const parts: Part[] = [o.shard ?? 'open'];
    const built = isShard
      ? await assembleIndex(lab, vectorised, shardSettings(settings), progress, (benchmark) =>
          marksOf(imported.collector, benchmark, parts, wholeSettings(settings)),
        )
      : await assembleIndex(lab, vectorised, settings, progress);
    await finish(built, { file, json: o.json, measure: o.measure && !isShard }, progress, signal);
  } finally {
    await origin.close();
  }
}

interface Finish {
  file: string;
  json?: true | undefined;
  /** Also measure the alternatives to the chosen settings. */
  measure: boolean;
}

/** Returns `undefined` if the measurement is aborted: the index that was already written stays. */
async function unlessAborted<T>(result: Promise<T>): Promise<T | undefined> {
  try {
    return await result;
  } catch (cause) {
    if (cause instanceof SignalboxError && cause.code === 'aborted') return undefined;
    throw cause;
  }
}

/** Writes the index before it measures, so that an abort during the measurement keeps the index. */
async function finish(built: BuiltIndex, { file, json, measure }: Finish, progress: Progress, signal: AbortSignal) {
  try {
    progress.begin('writing');
    await writeIndex(file, built, signal);
  } finally {
    built.index.close();
  }
  const choices = measure ? await unlessAborted(built.measureChoices()) : undefined;
  progress.end();
  say(json, builtJson(file, built, choices), builtText(file, built, choices));
}

async function build(places: string[], o: BuildCommandOptions): Promise<void> {
  if (o.output === undefined && !o.dryRun) {
    throw new UsageError('expected --output FILE for the index, or --dry-run', 'signalbox build');
  }
  if (o.shard !== undefined && o.partial) {
    throw new UsageError('--shard and --partial cannot be combined', 'signalbox build');
  }
  await interruptible(async (progress, signal) => {
    const storage = await diskStorage(o.output ?? TEMPORARY);
    try {
      await buildInto(places, o, storage, await loadLab(undefined, { signal }), progress, signal);
    } finally {
      await storage.dispose();
    }
  });
}

async function merge(names: string[], o: MergeCommandOptions): Promise<void> {
  await interruptible(async (progress, signal) => {
    progress.begin(`reading ${names.length} shards`);
    const shards = await readShards(names);
    try {
      const { imported, settings, missing, parts, prices } = shards;
      if (missing.length > 0 && !o.partial) {
        throw new SignalboxError(
          'invalid_argument',
          `missing shards: ${missing.slice(0, 10).join(', ')}${missing.length > 10 ? ' and more' : ''}. Name all of them, or use --partial and merge the result later`,
        );
      }
      const isShard = o.partial === true;
      const joined = join(imported, false, { described: shards.described, isShard, dim: shards.vectors.dim });
      const vectorised = {
        joined,
        slotOf: (row: number) => imported.collector.vectorSlots.get(row),
        vectors: new UnitVectors(shards.vectors, undefined, true),
        embedder: shards.embedder,
      };
      const lab = await loadLab(undefined, { signal });
      const whole: BuildSettings = { ...buildSettings(settings), prices };
      const built = isShard
        ? await assembleIndex(lab, vectorised, shardSettings(whole), progress, (benchmark) =>
            marksOf(imported.collector, benchmark, parts, settings),
          )
        : await assembleIndex(lab, vectorised, whole, progress);
      await finish(built, { file: o.output, json: o.json, measure: o.measure && !isShard }, progress, signal);
    } finally {
      await shards.close();
    }
  });
}

function withData(command: Command): Command {
  return command
    .addOption(new Option('--from <source>', 'source format (default: auto-detect)').choices(SOURCES))
    .addOption(perDataset('--metric <[dataset=]name>', 'the score to use; repeatable', String, 'the only one'))
    .addOption(
      perDataset(
        '--range <[dataset=]worst,best>',
        'range of the metric, 1,0 if less is better; repeatable',
        toRange,
        '0,1',
      ),
    )
    .addOption(
      perDataset(
        '--threshold <[dataset=]x>',
        'count scores better than x as correct; repeatable',
        toNumber,
        'keep graded scores',
      ),
    )
    .option('--datasets <globs>', 'only these datasets, comma-separated', toList)
    .option('--exclude-datasets <globs>', 'exclude these datasets', toList)
    .option('--models <globs>', 'only these models, comma-separated', toList)
    .option('--exclude-models <globs>', 'exclude these models', toList)
    .option('--drop-truncated', 'leave out answers that ended at a length limit')
    .option('--texts', 'keep the first 160 characters of each prompt in the index')
    .option(
      '--prices <file>',
      "prices: OpenRouter's /api/v1/models, models.dev's api.json, LiteLLM's map, genai-prices, or CSV (model, in, out)",
    )
    .option('--prices-date <day>', 'day of the prices (YYYY-MM-DD), for a list that does not state it');
}

function withVectors(command: Command): Command {
  return command
    .option('--embedder <place>', EMBEDDER_HELP)
    .option('--embeddings <file>', 'matrix (.npy, float32) with one row per table row or per sample')
    .option('--embedder-id <id>', 'id of the embedder that made the embeddings in the data or the matrix')
    .option('--cache <folder>', "folder that keeps vectors between builds (default: in the user's cache folder)")
    .option('--no-cache', 'do not reuse or keep vectors')
    .addOption(new Option('--codes <type>', 'storage type of the rows').choices(CODE_TYPES).default('int8'))
    .option('--dims <n>', 'keep the first n dimensions (Matryoshka)', toCount)
    .option('--max-rows <n>', 'keep n representative rows', toCount)
    .option('--max-work <n>', 'sample rows for the distance estimator above this many multiplications', toCount);
}

/** Adds both commands to `program`. */
export function addBuildCommands(program: Command): void {
  withVectors(withData(program.command('build <files...>')))
    .description('build an index from benchmark results (files or folders)')
    .option('-o, --output <file>', 'the index to write')
    .option('--name <name>', 'name of the index')
    .option('--shard <i/n>', "build the i-th of n shards for 'merge'", toShard)
    .option('--partial', "build a shard of these files for 'merge'")
    .option('--no-measure', 'do not measure alternative settings')
    .option('--dry-run', 'only report on the files')
    .option('--json', 'print JSON')
    .action(threaded(build, (_, { output }) => [output ?? TEMPORARY]));
  program
    .command('merge <shards...>')
    .description('join shards into an index, byte for byte the same as a single build')
    .requiredOption('-o, --output <file>', 'the index to write')
    .option('--partial', 'write a shard, for a later merge, instead of an index')
    .option('--no-measure', 'do not measure alternative settings')
    .option('--json', 'print JSON')
    .action(threaded(merge, (_, { output }) => [output]));
}
