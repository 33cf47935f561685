/** The options of `signalbox eval`: what may be written, and what it means. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ModelSpec } from '../building/build-index.js';
import { SignalboxError } from '../errors.js';
import type { EvaluationSettings } from '../evaluation/report.js';
import { CODE_TYPES, type CodeType } from '../types.js';
import { EVALUATED_POLICIES } from '../wasm/lab-module.js';
import { toList, toListOf, toNumber, toNumberWithin, toWholeWithin } from './arguments.js';
import { EMBEDDER_HELP } from './embedder-option.js';

export interface EvaluationOptions {
  data: string;
  models: string;
  costs?: string;
  embedder?: string;
  embeddings?: string;
  policy: string[];
  k: number;
  kappa: number;
  threshold: number;
  sigma: number;
  eta: number;
  codes: CodeType;
  pairAlphas: number[];
  pairRepeats: number;
  tasks?: string[];
  excludeTasks?: string[];
  modelsWhere?: string;
  pools?: (number | 'all')[];
  baseline: string[];
  labels: number[];
  alphas: number[];
  repeats: number;
  seed: number;
  json?: string;
  html?: string;
  instances?: true;
  queryEmbedder?: string;
  robustness?: true;
}

const DEFAULT_POLICIES = ['signalbox', 's1', 's2', 's3', 's3_true_p', 'best_single', 'oracle'];

function toPool(text: string): number | 'all' {
  if (text === 'all') return 'all';
  const value = toNumber(text);
  if (value > 0) return value;
  throw new InvalidArgumentError('Expected sizes in billions of parameters, or all.');
}

function toPolicy(name: string): string {
  if ((EVALUATED_POLICIES as readonly string[]).includes(name)) return name;
  throw new InvalidArgumentError(`'${name}' is not a policy, expected some of ${EVALUATED_POLICIES.join(', ')}.`);
}

const collect = (text: string, before: string[]) => [...before, text];
const COUNT = toWholeWithin(1, 1e6);
const SHARE = toNumberWithin(0, 1);

function withData(command: Command): Command {
  return command
    .requiredOption('--data <file>', 'outcomes: CSV or .csv.gz with dataset, id, prompt, answer, and a column a model')
    .requiredOption('--models <file>', 'models.json: name, params_b, prices and flags of each model')
    .option('--costs <file>', 'US dollars of every call: CSV with dataset, id, and a column a model')
    .option('--embedder <place>', EMBEDDER_HELP)
    .option('--embeddings <file>', '.npy of the rows of the data, instead of an embedder')
    .option('--tasks <globs>', 'only these tasks', toList)
    .option('--exclude-tasks <globs>', 'not these tasks', toList)
    .option(
      '--models-where <condition>',
      "only these models, as in 'complete and params_b<=14 and not near_duplicate_of'",
    )
    .option(
      '--baseline <name=file>',
      'a row from outside scores: CSV with dataset, id, models; repeatable',
      collect,
      [],
    );
}

function withPolicies(command: Command): Command {
  return command
    .option('--policy <names>', `some of ${EVALUATED_POLICIES.join(', ')}`, toListOf(toPolicy), DEFAULT_POLICIES)
    .option('--k <n>', 'neighbours that vote', COUNT, 100)
    .option('--kappa <n>', 'neighbours of the distance u', COUNT, 19)
    .option('--threshold <t>', 'share of votes past which an input counts as right', SHARE, 0.5)
    .option('--sigma <x>', "width of the distance estimator's kernel", toNumberWithin(1e-6, 10), 0.09)
    .option('--eta <p>', 'confidence needed to leave the best single model', SHARE, 0.6)
    .addOption(new Option('--codes <type>', 'how rows are stored').choices([...CODE_TYPES]).default('int8'))
    .option(
      '--pair-alphas <list>',
      "shares of a task in the pool for the distance estimator's pairs",
      toListOf(SHARE),
      [0],
    )
    .option('--pair-repeats <n>', 'draws of each of them', COUNT, 1);
}

/** The options of the command, for a person to read and a program to parse. */
export function describeOptions(command: Command): Command {
  return withPolicies(withData(command))
    .option(
      '--pools <sizes>',
      'pools by parameters in billions (default: 9,15,35,all where sizes are known)',
      toListOf(toPool),
    )
    .option('--labels <counts>', 'labelled samples a task, as in 0,10,20,50', toListOf(toWholeWithin(0, 1e6)), [])
    .option(
      '--alphas <shares>',
      'labelled shares of a task (at most 50 samples), as in .04,.1,.28',
      toListOf(SHARE),
      [],
    )
    .option('--repeats <n>', 'draws of the labels', COUNT, 10)
    .option('--seed <n>', 'of every draw', toWholeWithin(0, 2 ** 31), 1)
    .option('--instances', 'also route single samples: quality, calibration, cost')
    .option('--robustness', 'also measure which decisions survive a paraphrase')
    .option('--query-embedder <place>', 'also measure which decisions survive queries by this embedder')
    .option('--json <file>', 'write everything that was measured')
    .option('--html <file>', 'write a report with charts, in one file');
}

/** Errors: `invalid_argument` for options that do not go together. */
export function checkOptions(options: EvaluationOptions): void {
  const embedding = options.robustness ? '--robustness' : options.queryEmbedder && '--query-embedder';
  if (embedding && options.embeddings !== undefined) {
    throw new SignalboxError('invalid_argument', `${embedding} embeds prompts: it needs an embedder, not --embeddings`);
  }
}

/** By size where most sizes are known: a pool of the few that are would say little. */
function defaultPools(models: readonly ModelSpec[]): (number | 'all')[] {
  const known = models.filter(({ paramsB }) => paramsB != null).length;
  return 2 * known > models.length ? [9, 15, 35, 'all'] : ['all'];
}

/** The settings of an evaluation; the two bounds are always among its policies. */
export function settingsOf(options: EvaluationOptions, models: readonly ModelSpec[]): EvaluationSettings {
  const { k, kappa, threshold, sigma, eta, codes, pools, labels, alphas, repeats, seed } = options;
  const wanted = new Set([...options.policy, 'best_single', 'oracle']);
  return {
    policies: EVALUATED_POLICIES.filter((policy) => wanted.has(policy)),
    routing: { k, kappa, threshold, sigma, eta },
    codes,
    pairs: { alphas: options.pairAlphas, repeats: options.pairRepeats, seed },
    pools: [...new Set(pools ?? defaultPools(models))],
    labels: [...new Set(labels)],
    alphas: [...new Set(alphas)],
    repeats,
    seed,
    instances: options.instances === true,
    robustness: options.robustness === true,
  };
}
