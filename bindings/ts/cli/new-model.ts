/** The commands `signalbox anchors` and `signalbox add-model`: rows to run a new model on, and the index with the model. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { type AddedModel, type AddModelOptions, addModel } from '../building/added-model.js';
import { anchors, anchorsCsv } from '../building/anchors.js';
import { findFiles } from '../building/disk/files.js';
import { megabytes } from '../building/report-text.js';
import { toJson, writeNew, writeWholeBy } from '../files/disk/output.js';
import { printable, printableValues } from '../files/printable.js';
import { SOURCES, type Source } from '../importing/records.js';
import { type Command, Option } from '../vendor/commander-node.js';
import { toNonNegative, toWholeWithin } from './arguments.js';
import { type DataOptions, withMetrics } from './data-options.js';
import { table } from './decision-text.js';
import { UsageError } from './failures.js';
import { interruptible } from './interruptible.js';
import { threaded } from './thread.js';

interface AnchorsOptions {
  n: number;
  output?: string;
  json?: true;
}

async function chooseAnchors(index: string, { n, output, json }: AnchorsOptions): Promise<void> {
  refuseSame('anchors', output, [index]);
  await interruptible(async (progress, signal) => {
    progress.begin(`choosing ${n} rows`);
    const rows = await anchors(index, { n, signal });
    progress.end();
    if (rows.some(({ text }) => text === '')) {
      process.stderr.write(
        'the index does not have all prompts: find them by dataset and id in the files it was built from\n',
      );
    }
    const text = json ? toJson(rows) : anchorsCsv(rows);
    if (output === undefined) {
      process.stdout.write(text);
      return;
    }
    await writeNew(output, text, signal);
    process.stderr.write(`${printable(`wrote ${output}: ${rows.length} rows`)}\n`);
  });
}

interface AddModelCommandOptions extends Pick<DataOptions, 'metric' | 'range' | 'threshold'> {
  output: string;
  model?: string;
  from?: Source;
  inputPrice?: number;
  outputPrice?: number;
  cachePrice?: number;
  params?: number;
  maker?: string;
  released?: string;
  openWeights?: boolean;
  json?: true;
}

function refuseSame(command: string, output: string | undefined, inputs: readonly string[]): void {
  if (output === undefined || !inputs.some((input) => path.resolve(input) === path.resolve(output))) return;
  throw new UsageError(`${output} is both data and output`, `signalbox ${command}`);
}

/** Returns the facts that were given, or nothing. */
function recordOf({ maker, released, openWeights }: AddModelCommandOptions): AddModelOptions['record'] {
  const record = JSON.parse(JSON.stringify({ maker, released, openWeights }));
  return Object.keys(record).length === 0 ? undefined : record;
}

const percent = (x: number) => `${(100 * x).toFixed(1)}%`;

function addedText(added: Omit<AddedModel, 'index'>): string {
  const { model, rows, unmatched, tasks } = printableValues(added);
  const lines = tasks.map(({ task, results, mean, error }) => [
    ...[task, String(results), percent(mean)],
    `± ${(100 * error).toFixed(1)} points`,
  ]);
  const missed = `${unmatched.count} results are on rows that the index does not have: ${unmatched.examples.join(', ')}`;
  return [
    `Added ${model} from results on ${rows} ${rows === 1 ? 'row' : 'rows'}.`,
    ...(unmatched.count > 0 ? [missed] : []),
    ...['', ...table(['task', 'results', 'expected', 'standard error'], lines)],
  ].join('\n');
}

async function add(places: string[], o: AddModelCommandOptions): Promise<void> {
  const [index, ...results] = places as [string, ...string[]];
  if (results.length === 0) throw new UsageError("missing required argument 'results'", 'signalbox add-model');
  refuseSame('add-model', o.output, places);
  await interruptible(async (progress, signal) => {
    const { files } = await findFiles(results);
    const { index: bytes, ...added } = await addModel(index, files, {
      ...{ model: o.model, from: o.from, metrics: o.metric, signal },
      ranges: o.range.length === 0 ? undefined : o.range,
      thresholds: o.threshold.length === 0 ? undefined : o.threshold,
      ...{ usdPerMTokIn: o.inputPrice, usdPerMTokOut: o.outputPrice, usdPerMTokCacheRead: o.cachePrice },
      ...{ paramsB: o.params, record: recordOf(o) },
      onProgress: ({ step }) => progress.begin(step),
    });
    await writeWholeBy(o.output, (temporary) => writeFile(temporary, bytes, { flag: 'wx', signal }), signal);
    progress.end();
    process.stdout.write(o.json ? toJson(added) : `${addedText(added)}\n`);
    process.stderr.write(`${printable(`wrote ${o.output}: ${megabytes(bytes.byteLength)}`)}\n`);
  });
}

const ANCHORS_EXAMPLE = `
Example:
  signalbox anchors mine.sbx -n 50 -o anchors.csv

Run the new model on these rows, write its scores into the column "score", and add it:
  signalbox add-model mine.sbx anchors.csv --model acme/new-1 -o new.sbx`;

const ADD_EXAMPLE = `
Example:
  signalbox add-model mine.sbx anchors.csv --model acme/new-1 --input-price 1 --output-price 4 -o new.sbx

Results are files of any form that 'build' reads. Rows are matched by dataset and id,
or by an id that only one row of the index has (docs/new-models.md).`;

/** Adds the commands to `program`. */
export function addNewModelCommands(program: Command): void {
  program
    .command('anchors <index>')
    .description('choose the rows of an index to run a new model on')
    .option('-n <rows>', 'number of rows', toWholeWithin(1, 1000), 50)
    .option('-o, --output <file>', 'write the rows to a new file')
    .option('--json', 'print JSON')
    .addHelpText('after', ANCHORS_EXAMPLE)
    .action(threaded(chooseAnchors, (_, { output }) => (output === undefined ? [] : [output])));
  withMetrics(program.command('add-model <index> <results...>'))
    .description('add a model to an index from its results on a few rows, without a rebuild')
    .requiredOption('-o, --output <file>', 'the index to write')
    .option('--model <name>', 'name of the new model (default: the one in the results)')
    .addOption(new Option('--from <source>', 'source format (default: auto-detect)').choices(SOURCES))
    .option('--input-price <usd>', 'US dollars per million input tokens', toNonNegative)
    .option('--output-price <usd>', 'US dollars per million output tokens', toNonNegative)
    .option('--cache-price <usd>', 'US dollars per million input tokens that are read from a cache', toNonNegative)
    .option('--params <billions>', 'parameters, in billions', toNonNegative)
    .option('--maker <name>', 'maker of the model')
    .option('--released <day>', 'day of the release: YYYY-MM-DD or YYYY-MM')
    .option('--open-weights', 'its weights are open')
    .option('--no-open-weights', 'its weights are not open')
    .option('--json', 'print JSON')
    .addHelpText('after', ADD_EXAMPLE)
    .action(
      threaded(
        (index: string, results: string[], o: AddModelCommandOptions) => add([index, ...results], o),
        (_index, _results, { output }) => [output],
      ),
    );
}
