/** The options of `signalbox plan`. */
import path from 'node:path';
import { type Command, InvalidArgumentError, Option } from '../vendor/commander-node.js';
import { parseDecimal, toWholeWithin } from './arguments.js';
import { type DataOptions, type VectorOptions, withData, withVectors } from './data-options.js';
import { UsageError } from './failures.js';

export interface PlanCommandOptions extends DataOptions, VectorOptions {
  atMost?: number;
  save?: number;
  budget?: number;
  maxLoss?: number;
  lossKind?: 'net' | 'worse';
  delta?: number;
  volume?: number;
  baseline?: string;
  seed: number;
  /** New prompts to compare with those of a plan. */
  check?: string;
  log?: string;
  /** Number of prompts to grade next. */
  next?: number;
  /** File of ungraded prompts. */
  prompts?: string;
  chosen?: number;
  /** Default: the shipped one. */
  index?: string | false;
  words: boolean;
  name?: string;
  output?: string;
  html?: string;
  /** `true`: on the standard output. */
  json?: string | true;
  table?: true;
  code?: true;
}

const AMOUNT = /^\$?\s*([\d.e+-]+)$/i;
const POINTS = /^([\d.e+-]+)\s*(pt|pts|point|points)?$/i;
const PERCENT = /^([\d.e+-]+)\s*%$/;

/** Returns the number in a text that has this form; NaN for any other text. */
const numberIn = (text: string, form: RegExp) => parseDecimal(form.exec(text.trim())?.[1] ?? '');

/** Parses percentage points: `1`, `1pt`, `1.5 points`. */
export function toPoints(text: string): number {
  const points = numberIn(text, POINTS);
  if (points >= 0 && points <= 100) return points;
  throw new InvalidArgumentError('Expected percentage points from 0 to 100, as in 1, 1pt or 1.5 points.');
}

/** Parses the chance that a promise is false. */
export function toChance(text: string): number {
  const chance = parseDecimal(text);
  if (chance >= 1e-6 && chance <= 0.5) return chance;
  throw new InvalidArgumentError('Expected a chance from 0.000001 to 0.5, as in .05.');
}

/** Parses a share: `30%` or `.3`. A number from 1 on needs the sign, because 1 may mean all or 1%. */
export function toShare(text: string): number {
  const percent = numberIn(text, PERCENT);
  const share = Number.isNaN(percent) ? parseDecimal(text) : percent / 100;
  if (share >= 0 && (share < 1 || (percent >= 0 && share <= 1))) return share;
  throw new InvalidArgumentError('Expected a share, as in 30% or .3.');
}

/** Parses US dollars: `500`, `$500`. */
export function toDollars(text: string): number {
  const usd = numberIn(text, AMOUNT);
  if (usd > 0) return usd;
  throw new InvalidArgumentError('Expected US dollars above 0, as in 500 or $500.');
}

const toNext = toWholeWithin(1, 10_000);

/** Parses a number of answers, at least 1. */
export function toVolume(text: string): number {
  const volume = parseDecimal(text);
  if (volume >= 1 && volume <= 1e12) return volume;
  throw new InvalidArgumentError('Expected a number of answers from 1 to 1e12, as in 100000.');
}

function withTarget(command: Command): Command {
  const conflicts = (option: Option, others: string[]) => command.addOption(option.conflicts(others));
  conflicts(new Option('--at-most <points>', 'points of correctness that may be lost, as in 1pt').argParser(toPoints), [
    'save',
    'budget',
    'maxLoss',
  ]);
  conflicts(new Option('--save <share>', "share of the baseline's cost to save, as in 30%").argParser(toShare), [
    'atMost',
    'budget',
    'maxLoss',
  ]);
  conflicts(new Option('--budget <usd>', 'US dollars a month for the volume, as in 500').argParser(toDollars), [
    'atMost',
    'save',
    'maxLoss',
  ]);
  command
    .option(
      '--max-loss <points>',
      'promise that at most so many points are lost, as in 3pt (docs/promises.md)',
      toPoints,
    )
    .addOption(
      new Option(
        '--loss-kind <kind>',
        'with --max-loss: loss of the mean (net, the default), or share of the answers that get worse',
      ).choices(['net', 'worse']),
    )
    .option('--delta <chance>', 'with --max-loss: chance that the promise is false (default: 0.05)', toChance);
  return command
    .option('--volume <n>', 'answers a month: also show dollars a month', toVolume)
    .option('--baseline <model>', "compare with this model (default: the file's best single model)")
    .option(
      '--index <file>',
      'index that knows some of the models: a prior, and prices that the files lack (default: the built-in one)',
    )
    .option('--no-index', 'plan from the files only')
    .option('--seed <n>', 'seed of folds and bootstrap', toWholeWithin(1, 2 ** 31), 1);
}

function withOutputs(command: Command): Command {
  return command
    .option('-o, --output <file>', 'write the policy, an index for --index or Router.load')
    .option('--name <name>', 'name of the index')
    .option(
      '--check <file>',
      'compare new prompts (text, JSON, JSONL or CSV) with those of plan.sbx, which is then the only file',
    )
    .option('--log <file>', "take the graded rows' prompts from this log of signalbox serve, by their ids")
    .option('--next <n>', 'say which n prompts to grade next; -o next.csv writes a new sheet for the grades', toNext)
    .option('--prompts <file>', 'with --next: more prompts without grades (text, JSON, JSONL or CSV)')
    .option('--chosen <n>', 'with --next: choose n of them because the answers differ (default: none)', toNext)
    .option('--html <file>', 'write a report to send on, one HTML file')
    .option('--json [file.json]', 'print the plan as JSON, or write it to a file')
    .option('--table', 'print only the policy as a table of at most ten lines')
    .option('--code', 'print only the code that routes by the plan')
    .option('--no-words', 'keep all words of prompts out of everything that is printed or written');
}

/** Adds the options to the command. */
export function describePlanOptions(command: Command): Command {
  return withVectors(withData(withOutputs(withTarget(command))));
}

const NAME = 'signalbox plan';

const isSameFile = (a: string, b: string) => path.resolve(a) === path.resolve(b);

const CHECKED_ALONE = [
  ...(['output', 'html', 'table', 'code', 'texts', 'name'] as const),
  ...(['atMost', 'save', 'budget', 'maxLoss', 'volume', 'baseline'] as const),
];

/** Refuses options that say nothing about a comparison. */
function checkComparison(places: readonly string[], o: PlanCommandOptions): void {
  const [place = ''] = places;
  if (places.length !== 1 || !place.endsWith('.sbx')) {
    throw new UsageError('--check compares prompts with a plan: expected one file, an index such as plan.sbx', NAME);
  }
  const other = CHECKED_ALONE.find((name) => o[name] !== undefined);
  if (other !== undefined) {
    throw new UsageError(`--check only compares: it cannot be combined with --${optionName(other)}`, NAME);
  }
}

const optionName = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const NEXT_ALONE = [
  ...(['check', 'html', 'table', 'code', 'texts', 'name', 'embedder', 'embeddings', 'embedderId', 'dims'] as const),
  ...(['atMost', 'save', 'budget', 'maxLoss', 'volume', 'baseline'] as const),
];

/** Refuses options that say nothing about what to grade next, and a sheet that would be read as something else. */
function checkNext(o: PlanCommandOptions): void {
  const other = NEXT_ALONE.find((name) => o[name] !== undefined);
  if (other !== undefined) {
    throw new UsageError(`--next only chooses prompts: it cannot be combined with --${optionName(other)}`, NAME);
  }
  if (o.output !== undefined && !o.output.endsWith('.csv')) {
    throw new UsageError(`-o ${o.output}: expected a name that ends in .csv, as --next writes a table`, NAME);
  }
  if (o.output !== undefined && !o.words) {
    throw new UsageError('-o writes prompts to grade: it cannot be combined with --no-words', NAME);
  }
  if (o.chosen !== undefined && o.chosen > (o.next as number)) {
    throw new UsageError(`--chosen ${o.chosen} is more than --next ${o.next}`, NAME);
  }
}

/** Refuses options that cannot be combined, and outputs that would replace an input or one another. */
export function checkPlanOptions(places: readonly string[], o: PlanCommandOptions): void {
  if (o.check !== undefined) checkComparison(places, o);
  if (o.log !== undefined && (places.length !== 1 || o.check !== undefined || o.next !== undefined)) {
    throw new UsageError(
      '--log has the prompts of one file of grades: expected one file, without --check and --next',
      NAME,
    );
  }
  if (o.next !== undefined) checkNext(o);
  else if (o.prompts !== undefined || o.chosen !== undefined) {
    throw new UsageError('--prompts and --chosen are about what to grade next: expected --next with a number', NAME);
  }
  if (o.budget !== undefined && o.volume === undefined) {
    throw new UsageError('--budget is a sum for a month: expected --volume with the answers a month', NAME);
  }
  if (o.maxLoss === undefined && (o.lossKind !== undefined || o.delta !== undefined)) {
    throw new UsageError('--loss-kind and --delta are about a promise: expected --max-loss with the points', NAME);
  }
  if (o.texts && !o.words) throw new UsageError('--texts stores prompts: it cannot be combined with --no-words', NAME);
  if (o.json === true && (o.table || o.code)) {
    throw new UsageError('--json prints JSON only: use --json=FILE with --table and --code', NAME);
  }
  // The value is optional, so that a file of data that follows would be taken for it, and be replaced.
  if (typeof o.json === 'string' && !o.json.endsWith('.json')) {
    throw new UsageError(`--json ${o.json}: expected a name that ends in .json, or --json after the files`, NAME);
  }
  const outputs = [o.output, o.html, o.json].filter((file) => typeof file === 'string');
  for (const [i, output] of outputs.entries()) {
    if (outputs.slice(0, i).some((other) => isSameFile(other, output))) {
      throw new UsageError(`${output} is the name of two outputs`, NAME);
    }
    if ([...places, ...(o.prompts === undefined ? [] : [o.prompts])].some((place) => isSameFile(place, output))) {
      throw new UsageError(`${output} is both data and output`, NAME);
    }
  }
}
