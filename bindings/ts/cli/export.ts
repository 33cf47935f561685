/** The command `signalbox export`: the outcomes of an index in forms that other tools read. */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { megabytes } from '../building/report-text.js';
import { SignalboxError } from '../errors.js';
import { diskError } from '../files/disk/errors.js';
import { writeWholeBy } from '../files/disk/output.js';
import { removeAtExit, removeLeftovers, temporaryFile } from '../files/disk/temporary.js';
import { printable } from '../files/printable.js';
import { type Command, Option } from '../vendor/commander-node.js';
import { type ReadOutcomes, readOutcomes } from './export-rows.js';
import { writeSharedForm } from './export-shared-form.js';
import { type TableForm, writeTable } from './export-table.js';
import { UsageError } from './failures.js';
import { interruptible } from './interruptible.js';
import type { Progress } from './progress.js';
import { threaded } from './thread.js';

const SHARED_FORM = 'every-eval-ever';
const FORMATS = ['csv', 'jsonl', 'parquet', SHARED_FORM] as const;
type Format = (typeof FORMATS)[number];

interface ExportOptions {
  output: string;
  format?: Format;
}

/** Returns the format that was named, or that the ending of the output names. */
function formatOf({ output, format }: ExportOptions): Format {
  if (format !== undefined) return format;
  const ending = path.extname(output).slice(1).toLowerCase();
  const found = FORMATS.find((name) => name === ending);
  if (found !== undefined) return found;
  throw new UsageError(`expected --format, or an output that ends in .csv, .jsonl or .parquet`, 'signalbox export');
}

/** Fills a temporary folder, and gives it its name at the end. */
async function writeFolder(folder: string, write: (temporary: string) => Promise<void>): Promise<void> {
  if (existsSync(folder))
    throw new UsageError(`${folder} exists: expected the name of a new folder`, 'signalbox export');
  const temporary = temporaryFile(folder);
  await removeLeftovers(path.dirname(path.resolve(folder)));
  const forget = removeAtExit(temporary);
  try {
    await mkdir(temporary, { recursive: true });
    await write(temporary);
    await rename(temporary, folder);
  } catch (cause) {
    await rm(temporary, { recursive: true, force: true });
    throw cause instanceof SignalboxError ? cause : diskError(`${folder} could not be written`, cause);
  } finally {
    forget();
  }
}

async function writeExport(
  read: ReadOutcomes,
  o: ExportOptions,
  format: Format,
  progress: Progress,
  signal: AbortSignal,
): Promise<string> {
  if (format !== SHARED_FORM) {
    await writeWholeBy(
      o.output,
      (temporary) => writeTable(temporary, read, format satisfies TableForm, signal),
      signal,
    );
    return megabytes((await stat(o.output)).size);
  }
  let models = 0;
  await writeFolder(o.output, async (temporary) => {
    models = await writeSharedForm(temporary, read, signal, (done, total) => progress.update(done, total));
  });
  return `${models} models`;
}

async function exportIndex(index: string, o: ExportOptions): Promise<void> {
  const format = formatOf(o);
  if (path.resolve(index) === path.resolve(o.output)) {
    throw new UsageError(`${o.output} is both data and output`, 'signalbox export');
  }
  await interruptible(async (progress, signal) => {
    progress.begin(`reading ${index}`);
    const read = await readOutcomes(index, signal);
    progress.begin(`writing ${format}`);
    const size = await writeExport(read, o, format, progress, signal);
    progress.end();
    const { rows, models } = read.info;
    const texts = read.hasTexts ? '' : '; the index has no texts of prompts';
    process.stdout.write(
      `${printable(`wrote ${o.output}: ${rows} rows x ${models.length} models, ${size}${texts}`)}\n`,
    );
  });
}

const EXAMPLES = `
Examples:
  signalbox export mine.sbx -o mine.csv
  signalbox export mine.sbx -o shared --format every-eval-ever

A table has a row for each sample and a column for each model, with outcomes from 0 to 1.
'signalbox build' reads it again if the index has the texts of prompts.`;

/** Adds the command to `program`. */
export function addExportCommand(program: Command): void {
  program
    .command('export <index>')
    .description('write the outcomes of an index as CSV, JSONL, Parquet, or in the form of Every Eval Ever')
    .requiredOption('-o, --output <place>', 'the file to write, or the new folder')
    .addOption(new Option('--format <name>', 'default: by the ending of the output').choices(FORMATS))
    .addHelpText('after', EXAMPLES)
    .action(threaded(exportIndex, (_, { output }) => [output]));
}
