/** The commands `signalbox build` and `signalbox merge`. */
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type { Choices } from '../building/choices.js';
import { choicesText } from '../building/choices-text.js';
import { findFiles } from '../building/disk/files.js';
import { buildSettings, shardSettings, wholeSettings } from '../building/disk/shard-settings.js';
import { marksOf, type Part, readShards } from '../building/disk/shards.js';
import { diskStorage } from '../building/disk/storage.js';
import { addPassedOver } from '../building/file-accounts.js';
import { explanationText } from '../building/files-text.js';
import {
  assembleIndex,
  type BuildSettings,
  type BuiltIndex,
  checkReport,
  dimOf,
  join,
  vectorise,
} from '../building/from-files.js';
import { importFiles } from '../building/import-files.js';
import { megabytes, reportText } from '../building/report-text.js';
import type { Storage } from '../building/storage.js';
import { UnitVectors } from '../building/vectors.js';
import { SignalboxError } from '../errors.js';
import { toJson, writeWholeBy } from '../files/disk/output.js';
import { printable } from '../files/printable.js';
import type { InputFile } from '../importing/input-file.js';
import { invalid } from '../options.js';
import { type Command, InvalidArgumentError } from '../vendor/commander-node.js';
import { type Lab, loadLab } from '../wasm/lab-module.js';
import { toCount } from './arguments.js';
import {
  type DataOptions,
  dataSettings,
  openOrigin,
  type VectorOptions,
  withData,
  withVectors,
} from './data-options.js';
import { UsageError } from './failures.js';
import { interruptible } from './interruptible.js';
import type { Progress } from './progress.js';
import { threaded } from './thread.js';

/** Place of temporary files without an output. */
const TEMPORARY = path.join(tmpdir(), 'signalbox');

interface BuildCommandOptions extends DataOptions, VectorOptions {
  words: boolean;
  output?: string;
  maxRows?: number;
  maxWork?: number;
  name?: string;
  shard?: { index: number; count: number };
  partial?: true;
  measure: boolean;
  dryRun?: true;
  explain?: string;
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

/** Returns the path of the file at this place among the files. Errors: `invalid_argument` if it is not one of them. */
function pathOf(place: string, files: readonly InputFile[]): string {
  const found = files.find((file) => path.resolve(file.path) === path.resolve(place));
  if (found !== undefined) return found.path;
  throw invalid(`got the file '${place}' to explain, expected one of the ${files.length} that are read`);
}

/** Builds the shard or index of these files into `o.output`; without an output it only prints the report. */
async function buildInto(
  places: string[],
  o: BuildCommandOptions,
  storage: Storage,
  lab: Lab,
  progress: Progress,
  signal: AbortSignal,
) {
  const { maxRows, maxWork, name, words } = o;
  const settings: BuildSettings = { ...(await dataSettings(o)), maxRows, maxWork, name, words };
  const isShard = o.shard !== undefined || o.partial === true;
  const { files, passedOver } = await findFiles(places);
  const explain = o.explain === undefined ? undefined : pathOf(o.explain, files);
  const imported = await importFiles(files, { ...settings, shard: o.shard, explain }, storage, progress);
  if (imported.explanation !== undefined) {
    progress.end();
    say(o.json, imported.explanation, explanationText(imported.explanation));
    return;
  }
  addPassedOver(imported.files, passedOver);
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
  if (o.output === undefined && !o.dryRun && o.explain === undefined) {
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

const BUILD_EXAMPLES = `
Examples:
  signalbox build results/ -o mine.sbx
  signalbox build graded.csv -o mine.sbx --prices prices.json
  signalbox build results/ --explain results/log.eval`;

const MERGE_EXAMPLES = `
Examples:
  signalbox build results/ --shard 1/2 -o one.sbx
  signalbox build results/ --shard 2/2 -o two.sbx
  signalbox merge one.sbx two.sbx -o mine.sbx`;

/** Adds both commands to `program`. */
export function addBuildCommands(program: Command): void {
  withVectors(withData(program.command('build <files...>')))
    .description('build an index from benchmark results (files or folders)')
    .option('--max-rows <n>', 'keep n representative rows', toCount)
    .option('--max-work <n>', 'sample rows for the distance estimator above this many multiplications', toCount)
    .option('-o, --output <file>', 'the index to write')
    .option('--name <name>', 'name of the index')
    .option('--no-words', 'number families of prompts instead of naming them by words of prompts')
    .option('--shard <i/n>', "build the i-th of n shards for 'merge'", toShard)
    .option('--partial', "build a shard of these files for 'merge'")
    .option('--no-measure', 'do not measure alternative settings')
    .option('--dry-run', 'only report on the files')
    .option('--explain <file>', 'only say how this file, one of the files, is understood')
    .option('--json', 'print JSON')
    .addHelpText('after', BUILD_EXAMPLES)
    .action(threaded(build, (_, { output }) => [output ?? TEMPORARY]));
  program
    .command('merge <shards...>')
    .description('join shards into an index, byte for byte the same as a single build')
    .requiredOption('-o, --output <file>', 'the index to write')
    .option('--partial', 'write a shard, for a later merge, instead of an index')
    .option('--no-measure', 'do not measure alternative settings')
    .option('--json', 'print JSON')
    .addHelpText('after', MERGE_EXAMPLES)
    .action(threaded(merge, (_, { output }) => [output]));
}
