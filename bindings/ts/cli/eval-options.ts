/** The options of `signalbox eval`. */

import type { ModelSpec } from '../building/build-index.js';
import type { EvaluationSettings } from '../evaluation/report.js';
import { policiesFor } from '../policies.js';
import { CODE_TYPES, type CodeType } from '../types.js';
import { type Command, InvalidArgumentError, Option } from '../vendor/commander-node.js';
import { toList, toListOf, toNumber, toNumberWithin, toWholeWithin } from './arguments.js';
import { EMBEDDER_HELP } from './embedder-option.js';
import { type Source, sourcesOf } from './eval-sources.js';
import { UsageError } from './failures.js';
import { withCacheOptions } from './vector-cache.js';

export interface EvaluationOptions {
  data: string;
  models: string;
  costs?: string;
  /** `place` or `name=place` */
  embedder: string[];
  /** `file` or `name=file` */
  embeddings: string[];
  /** Default: a folder in the user's cache folder. */
  cache?: string | false;
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

const POLICIES: readonly string[] = policiesFor('evaluation');

function toPool(text: string): number | 'all' {
  if (text === 'all') return 'all';
  const value = toNumber(text);
  if (value > 0) return value;
  throw new InvalidArgumentError('Expected sizes in billions of parameters, or all.');
}

function toPolicy(name: string): string {
  if (POLICIES.includes(name)) return name;
  throw new InvalidArgumentError(`'${name}' is not a policy, expected one or more of ${POLICIES.join(', ')}.`);
}

const collect = (text: string, before: string[]) => [...before, text];
const COUNT = toWholeWithin(1, 1e6);
const SHARE = toNumberWithin(0, 1);

function withData(command: Command): Command {
  return command
    .requiredOption(
      '--data <file>',
      'outcomes: CSV or .csv.gz with dataset, id, prompt, answer and one column per model',
    )
    .requiredOption('--models <file>', 'models.json: name, params_b, prices and flags of each model')
    .option('--costs <file>', 'cost of each call in US dollars: CSV with dataset, id and one column per model')
    .option('--embedder <[name=]place>', `${EMBEDDER_HELP}; repeatable, to compare`, collect, [])
    .option(
      '--embeddings <[name=]file>',
      'matrix (.npy, float32) with one row per data row, as an embedder; repeatable',
      collect,
      [],
    )
    .option('--tasks <globs>', 'only these tasks, comma-separated', toList)
    .option('--exclude-tasks <globs>', 'exclude these tasks', toList)
    .option(
      '--models-where <condition>',
      "only these models, as in 'complete and params_b<=14 and not near_duplicate_of'",
    )
    .option(
      '--baseline <name=file>',
      'add a row of external scores: CSV with dataset, id and models; repeatable',
      collect,
      [],
    );
}

function withPolicies(command: Command): Command {
  return command
    .option('--policy <names>', `one or more of ${POLICIES.join(', ')}`, toListOf(toPolicy), [...POLICIES])
    .option('--k <n>', 'number of neighbours that vote', COUNT, 100)
    .option('--kappa <n>', 'number of neighbours that make up the distance u', COUNT, 19)
    .option('--threshold <t>', 'share of votes above which an input counts as correct', SHARE, 0.5)
    .option('--sigma <x>', 'kernel width of the distance estimator', toNumberWithin(1e-6, 10), 0.09)
    .option('--eta <p>', 'minimum confidence to override the best single model', SHARE, 0.6)
    .addOption(new Option('--codes <type>', 'storage type of the rows').choices([...CODE_TYPES]).default('int8'))
    .option(
      '--pair-alphas <list>',
      "shares of a task in the pool for the distance estimator's training pairs",
      toListOf(SHARE),
      [0],
    )
    .option('--pair-repeats <n>', 'draws per share', COUNT, 1);
}

/** Adds the options to the command. */
export function describeOptions(command: Command): Command {
  return withCacheOptions(withPolicies(withData(command)))
    .option(
      '--pools <sizes>',
      'model pools by parameters in billions (default: 9,15,35,all if sizes are known)',
      toListOf(toPool),
    )
    .option('--labels <counts>', 'labelled samples per task, as in 0,10,20,50', toListOf(toWholeWithin(0, 1e6)), [])
    .option(
      '--alphas <shares>',
      'labelled shares of each task (at most 50 samples), as in .04,.1,.28',
      toListOf(SHARE),
      [],
    )
    .option('--repeats <n>', 'draws of the labels', COUNT, 10)
    .option('--seed <n>', 'random seed', toWholeWithin(0, 2 ** 31), 1)
    .option('--instances', 'also route single samples: quality, calibration and cost')
    .option('--robustness', 'also measure which decisions survive paraphrasing')
    .option('--query-embedder <place>', 'also measure which decisions survive queries from this embedder')
    .option('--json <file>', 'write all measurements as JSON')
    .option('--html <file>', 'write a report with charts as one HTML file');
}

/** Returns the embedders. Errors: options that cannot be combined; `invalid_argument` for names. */
export function checkOptions(options: EvaluationOptions): Source[] {
  const sources = sourcesOf(options);
  const embedding = options.robustness ? '--robustness' : options.queryEmbedder && '--query-embedder';
  if (embedding && options.embeddings.length > 0) {
    throw new UsageError(`${embedding} embeds prompts: it needs an embedder, not --embeddings`, 'signalbox eval');
  }
  if (options.queryEmbedder !== undefined && sources.length > 1) {
    throw new UsageError('--query-embedder belongs to one embedder, got several', 'signalbox eval');
  }
  return sources;
}

/** Returns pools by size if most sizes are known: a pool of a few models says little. */
function defaultPools(models: readonly ModelSpec[]): (number | 'all')[] {
  const known = models.filter(({ paramsB }) => paramsB != null).length;
  return 2 * known > models.length ? [9, 15, 35, 'all'] : ['all'];
}

/** Returns the settings of an evaluation. Both bounds are always among its policies. */
export function settingsOf(options: EvaluationOptions, models: readonly ModelSpec[]): EvaluationSettings {
  const { k, kappa, threshold, sigma, eta, codes, pools, labels, alphas, repeats, seed } = options;
  const wanted = new Set([...options.policy, 'best_single', 'oracle']);
  // The package's own policy is reported last, after the policies that it is compared with.
  const inOrder = [...POLICIES.filter((policy) => policy !== 'signalbox'), 'signalbox'];
  return {
    policies: inOrder.filter((policy) => wanted.has(policy)),
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
