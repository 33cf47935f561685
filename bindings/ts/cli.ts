#!/usr/bin/env node

import { toCount, toList, toNonNegative, toNumberWithin, toPreference, toWholeWithin } from './cli/arguments.js';
import { cascadeText, decisionText, indexText, type Shown, taskText } from './cli/decision-text.js';
import { EMBEDDER_HELP, embedderOption, loadOnnx } from './cli/embedder-option.js';
import { EXIT_CODES, reportFailure, throwUsageErrors, UsageError, watchOutput } from './cli/failures.js';
import { loadMultilingual } from './cli/multilingual-table.js';
import { indexOf, namedEmbedder } from './cli/named-embedders.js';
import { chosenCsv, chosenText } from './cli/next-labels.js';
import { packageVersion } from './cli/package-version.js';
import { readAnswers, readLabels, readPrompts, readStandardInput } from './cli/prompt-files.js';
import { writeWhole } from './files/disk/output.js';
import { printableJson, printableValues } from './files/printable.js';
import {
  type CascadeOptions,
  type Decision,
  POLICIES,
  type Policy,
  type Preference,
  Router,
  type RouteTaskOptions,
} from './index.js';
/** The command `signalbox`: the package in a shell. */
import { Command, Option } from './vendor/commander-node.js';

interface Options {
  json?: true;
  index?: string;
  embedder?: string;
  candidates?: string[];
  deny?: string[];
  policy?: Policy;
  k?: number;
  eta?: number;
  neighbours?: number;
  maxUsdPerMtok?: number;
  maxUsdPerAnswer?: number;
  releasedFrom?: string;
  releasedTo?: string;
  makers?: string[];
  openWeights?: boolean;
  prefer?: Preference;
  costWeight?: number;
  labels?: string;
  answers?: string;
  next?: number;
  seed?: number;
  output?: string;
  models?: string[];
  maxSteps?: number;
}

const candidatesOf = ({ candidates, deny }: Options) =>
  candidates === undefined && deny === undefined ? undefined : { allow: candidates, deny };

/** Returns the filters of models. */
function filtersOf({ releasedFrom: from, releasedTo: to, makers, openWeights }: Options) {
  return { released: from === undefined && to === undefined ? undefined : { from, to }, makers, openWeights };
}

/** Returns the options of a decision, without keys whose value is `undefined`. */
function routeOptions(o: Options): RouteTaskOptions {
  const given = {
    candidates: candidatesOf(o),
    ...filtersOf(o),
    policy: o.policy,
    k: o.k,
    eta: o.eta,
    neighbours: o.neighbours,
    maxUsdPerMTok: o.maxUsdPerMtok,
    maxUsdPerAnswer: o.maxUsdPerAnswer,
    prefer: o.prefer,
    costWeight: o.costWeight,
  };
  return JSON.parse(JSON.stringify(given));
}

function cascadeOptions(o: Options): CascadeOptions {
  const { models, maxSteps, maxUsdPerMtok: maxUsdPerMTok, costWeight, k } = o;
  return JSON.parse(
    JSON.stringify({ candidates: candidatesOf(o), ...filtersOf(o), models, maxSteps, maxUsdPerMTok, costWeight, k }),
  );
}

const ROUTE_TASK_EXAMPLES = `
Examples:
  signalbox route-task prompts.csv --next 20 --answers answers.csv -o to-grade.csv
  signalbox route-task prompts.csv --labels graded.csv --answers answers.csv`;

const SHARE = toNumberWithin(0, 1);

function withRouting(command: Command): Command {
  return withCandidates(command)
    .option('--max-usd-per-mtok <usd>', 'exclude models above this price or without a price', toNonNegative)
    .option('--max-usd-per-answer <usd>', 'exclude models whose answers are expected to cost more', toNonNegative)
    .option(
      '--prefer <dial>',
      'best, balanced (default), cheap, or points of accuracy to give up for price',
      toPreference,
    )
    .option('--cost-weight <w>', 'instead: accuracy to trade per US dollar per million tokens', toNonNegative)
    .addOption(new Option('--policy <name>', 'routing policy (s2, s3: tasks only)').choices(POLICIES))
    .option('--k <n>', 'number of neighbours that vote', toCount)
    .option('--eta <p>', 'minimum confidence to override the best single model (0: always override)', SHARE)
    .option('--neighbours <n>', 'number of nearest benchmark samples to show', toWholeWithin(0, 1000));
}

function withCandidates(command: Command): Command {
  return withFiles(command)
    .option('--candidates <names>', "only these models, comma-separated; patterns such as 'anthropic/*' work", toList)
    .option('--deny <names>', 'exclude these models, comma-separated', toList)
    .option('--makers <names>', 'only models of these makers, comma-separated', toList)
    .option('--released-from <date>', 'only models released on this day or later: YYYY-MM-DD, YYYY-MM or YYYY')
    .option('--released-to <date>', 'only models released on this day or before')
    .option('--open-weights', 'only models with open weights')
    .option('--no-open-weights', 'only models without open weights');
}

function withFiles(command: Command): Command {
  return command
    .option('--json', 'print JSON')
    .option('--index <file>', 'use this index instead of the built-in one')
    .option('--embedder <place>', EMBEDDER_HELP);
}

async function show(router: Router, use: () => Promise<string> | string): Promise<void> {
  try {
    process.stdout.write(`${await use()}\n`);
  } finally {
    router.dispose();
  }
}

/**
 * Loads the index that is named, else that of an embedder with a name, else the built-in one. The built-in embedder reads
 * English; for a prompt in another language, a table of them is loaded.
 */
async function load({ index, embedder }: Options): Promise<Router> {
  const named = embedder === undefined ? undefined : namedEmbedder(embedder);
  const place = index ?? (named && (await indexOf(named)));
  const multilingual = embedder === undefined ? loadMultilingual : undefined;
  return Router.load({ index: place, embedder: embedderOption(embedder), multilingual });
}

/** Returns the value as JSON, or as text: names in it may hold anything, and a terminal must not obey them. */
const print = <T>(options: Options, value: T, text: (printable: T) => string) =>
  options.json ? printableJson(JSON.stringify(value, null, 2)) : text(printableValues(value));

/** Adds the texts that lie beside the index. The decision is worth showing without them. */
async function withTexts<D extends Decision>(router: Router, decision: D): Promise<D> {
  const rows = decision.neighbours.map(({ row }) => row);
  const texts = await router.texts(rows).catch(() => []);
  return { ...decision, neighbours: decision.neighbours.map((each, i) => ({ ...each, text: texts[i] ?? each.text })) };
}

const printDecision = <D extends Decision>(
  options: Options,
  { info }: Router,
  decision: D,
  text: (shown: Shown<D>) => string,
) =>
  options.json ? print(options, decision, String) : print(options, { decision, info: { tasks: info.tasks } }, text);

/** Loads the evaluation's modules only if the command line names `eval`, so that the other commands start fast. */
async function evaluation(): Promise<Command> {
  const isAskedFor = process.argv.includes('eval');
  const command = isAskedFor ? (await import('./cli/eval.js')).evaluationCommand() : new Command('eval');
  return command.description('measure routing policies on benchmark results, holding out each task in turn');
}

/** Loads the builder's modules only if the command line names one of its commands. */
async function addBuilding(program: Command): Promise<void> {
  const isAskedFor = process.argv.includes('build') || process.argv.includes('merge');
  if (isAskedFor) {
    (await import('./cli/build.js')).addBuildCommands(program);
    return;
  }
  program.command('build').description('build an index from benchmark results (files or folders)');
  program.command('merge').description('join shards into an index, byte for byte the same as a single build');
}

/** Loads the planner's modules only if the command line names its command. */
async function addPlanning(program: Command): Promise<void> {
  if (process.argv.includes('plan')) {
    (await import('./cli/plan.js')).addPlanCommand(program);
    return;
  }
  const description = 'plan from graded prompts what to send to which model, what it saves, and what it risks';
  program.command('plan').description(description);
}

/** Loads the modules for new models only if the command line names one of their commands. */
async function addNewModels(program: Command): Promise<void> {
  if (process.argv.includes('anchors') || process.argv.includes('add-model')) {
    (await import('./cli/new-model.js')).addNewModelCommands(program);
    return;
  }
  program.command('anchors').description('choose the rows of an index to run a new model on');
  program.command('add-model').description('add a model to an index from its results on a few rows, without a rebuild');
}

/** Loads the modules of the servers only if the command line names one of their commands. */
async function addServers(program: Command): Promise<void> {
  if (process.argv.includes('serve')) (await import('./cli/serve.js')).addServeCommand(program, load);
  else
    program.command('serve').description('serve OpenAI\'s interface on this machine, and choose the model for "auto"');
  if (process.argv.includes('mcp')) (await import('./cli/mcp.js')).addMcpCommand(program, load);
  else program.command('mcp').description('serve the decisions as tools of the Model Context Protocol');
}

async function makeProgram(): Promise<Command> {
  const program = new Command('signalbox')
    .description('Routes each prompt to the language model that benchmark results predict will answer it correctly.')
    .version(await packageVersion())
    .addHelpText('after', EXIT_CODES);
  withRouting(program.command('route <prompt>'))
    .description('route one prompt (-: read it from standard input)')
    .action(async (prompt: string, options: Options) => {
      const text = prompt === '-' ? await readStandardInput() : prompt;
      const router = await load(options);
      await show(router, async () => {
        const decision = await withTexts(router, await router.route(text, routeOptions(options)));
        return printDecision(options, router, decision, decisionText);
      });
    });
  withRouting(program.command('route-task <file>'))
    .description(
      'route all prompts of a file together: text (one prompt per line), JSON, JSONL or CSV (column "prompt")',
    )
    .option(
      '--labels <file>',
      'known outcomes: CSV or JSONL with the number of the prompt, "index" (from 0), and one column per model',
    )
    .option(
      '--answers <file>',
      'answers of the models: a row for each prompt, in their order, and a column for each model',
    )
    .option('--next <n>', 'instead of a decision, choose n prompts to grade next', toCount)
    .option('--seed <n>', 'with --next: choose others', toWholeWithin(0, Number.MAX_SAFE_INTEGER))
    .option('-o, --output <file>', 'with --next: write the prompts to grade as CSV')
    .addHelpText('after', ROUTE_TASK_EXAMPLES)
    .action(async (file: string, options: Options) => {
      const { next, seed, output } = options;
      if (next === undefined && (seed !== undefined || output !== undefined)) {
        throw new UsageError(
          `${seed === undefined ? '--output' : '--seed'} is given without --next`,
          'signalbox route-task',
        );
      }
      const prompts = await readPrompts(file);
      const labels = options.labels === undefined ? [] : await readLabels(options.labels);
      const answers = options.answers === undefined ? undefined : await readAnswers(options.answers);
      const router = await load(options);
      await show(router, async () => {
        if (next !== undefined) {
          const { candidates } = routeOptions(options);
          const chosen = await router.nextLabels(next, { prompts, labels, answers, candidates, seed });
          if (output !== undefined) await writeWhole(output, chosenCsv(chosen, prompts));
          return print(options, chosen, (shown) => chosenText(shown, prompts));
        }
        const task = await router.routeTask(prompts, { ...routeOptions(options), labels, answers });
        return printDecision(options, router, await withTexts(router, task), taskText);
      });
    });
  withCandidates(program.command('cascade <prompt>'))
    .description('plan which models to ask in turn (-: read the prompt from standard input)')
    .option('--models <names>', 'ask these models, in this order', toList)
    .option('--max-steps <n>', 'maximum number of steps, 1 to 4', toWholeWithin(1, 4))
    .option('--max-usd-per-mtok <usd>', 'maximum total price of all steps', toNonNegative)
    .option('--cost-weight <w>', 'accuracy to trade per US dollar per million tokens', toNonNegative)
    .option('--k <n>', 'number of neighbours that count', toCount)
    .action(async (prompt: string, options: Options) => {
      const text = prompt === '-' ? await readStandardInput() : prompt;
      const router = await load(options);
      await show(router, async () => {
        const plan = await router.cascade(text, cascadeOptions(options));
        return print(options, plan, cascadeText);
      });
    });
  program
    .command('inspect [index]')
    .option('--json', 'print JSON')
    .description('show the contents of an index')
    .action(async (file: string | undefined, options: Options) => {
      const router = await Router.load({ index: file, embedder: null });
      await show(router, () => print(options, router.info, (info) => indexText(info, router.info.metadata)));
    });
  program
    .command('manifest <model>')
    .description('print the SHA-256 of each file of an ONNX embedder (a folder or a hub id), to pin its files')
    .action(async (model: string) => {
      const embedder = await loadOnnx(model);
      embedder.dispose();
      process.stdout.write(`${printableJson(JSON.stringify(embedder.manifest, null, 2))}\n`);
    });
  await addServers(program);
  await addPlanning(program);
  await addBuilding(program);
  await addNewModels(program);
  program.addCommand(await evaluation());
  throwUsageErrors(program);
  return program;
}

watchOutput();
try {
  await (await makeProgram()).parseAsync();
} catch (error) {
  reportFailure(error);
}
