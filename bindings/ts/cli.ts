#!/usr/bin/env node
/** The command `signalbox`: the package in a shell. */
import { toCount, toList, toNonNegative, toNumberWithin, toPreference, toWholeWithin } from './cli/arguments.js';
import { completionFor, SHELLS, type Shell } from './cli/completion.js';
import { FIELD_NAMES, type FieldName, fieldsOf, toFields } from './cli/decision-fields.js';
import { cascadeText, decisionText, indexText, type Shown, taskText } from './cli/decision-text.js';
import { EMBEDDER_HELP, embedderOption, loadOnnx } from './cli/embedder-option.js';
import {
  CASCADE_EXAMPLES,
  COMPLETION_EXAMPLES,
  INSPECT_EXAMPLES,
  MANIFEST_EXAMPLES,
  ROUTE_EXAMPLES,
  ROUTE_TASK_EXAMPLES,
} from './cli/examples.js';
import { EXIT_CODES, reportFailure, throwUsageErrors, UsageError, watchOutput } from './cli/failures.js';
import { indexSummary } from './cli/index-summary.js';
import { interruptible } from './cli/interruptible.js';
import { addLazyCommands } from './cli/lazy-commands.js';
import { loadMultilingual } from './cli/multilingual-table.js';
import { indexOf, namedEmbedder } from './cli/named-embedders.js';
import { refuseUnknownModel, toConversationState, toNeeds } from './cli/needs.js';
import { chosenCsv, chosenText } from './cli/next-labels.js';
import { packageVersion } from './cli/package-version.js';
import { readAnswers, readLabels, readPrompts, readStandardInput } from './cli/prompt-files.js';
import { routeFile } from './cli/route-file.js';
import { inputOf } from './cli/route-input.js';
import { START_PAGE } from './cli/start-page.js';
import { writeNew } from './files/disk/output.js';
import { printable, printableJson, printableValues } from './files/printable.js';
import {
  type CascadeOptions,
  type ConversationState,
  type Decision,
  type LoadOptions,
  type Needs,
  POLICIES,
  type Policy,
  type Preference,
  Router,
  type RouteTaskOptions,
} from './index.js';
import { Argument, Command, Option } from './vendor/commander-node.js';

interface Options {
  json?: true;
  index?: string;
  embedder?: string;
  search?: LoadOptions['search'];
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
  needs?: Needs;
  messages?: string;
  conversation?: ConversationState;
  budgetUsd?: number;
  prefer?: Preference;
  costWeight?: number;
  labels?: string;
  answers?: string;
  next?: number;
  seed?: number;
  output?: string;
  quiet?: true;
  fields?: FieldName[];
  file?: string;
  resume?: true;
  all?: true;
  models?: string[];
  maxSteps?: number;
}

const candidatesOf = ({ candidates, deny }: Options) =>
  candidates === undefined && deny === undefined ? undefined : { allow: candidates, deny };

/** Returns the filters of models. */
function filtersOf({ releasedFrom: from, releasedTo: to, makers, openWeights, needs }: Options) {
  return { released: from === undefined && to === undefined ? undefined : { from, to }, makers, openWeights, needs };
}

/** Number of nearest samples in a decision unless `--neighbours` says otherwise. */
const SHOWN_NEIGHBOURS = 5;

/** Returns the options of a decision, without keys whose value is `undefined`. */
function routeOptions(o: Options): RouteTaskOptions {
  const given = {
    candidates: candidatesOf(o),
    ...filtersOf(o),
    policy: o.policy,
    k: o.k,
    eta: o.eta,
    neighbours: o.neighbours ?? SHOWN_NEIGHBOURS,
    maxUsdPerMTok: o.maxUsdPerMtok,
    maxUsdPerAnswer: o.maxUsdPerAnswer,
    prefer: o.prefer,
    costWeight: o.costWeight,
    conversation: o.conversation,
  };
  return JSON.parse(JSON.stringify(given));
}

function cascadeOptions(o: Options): CascadeOptions {
  const { models, maxSteps, maxUsdPerMtok: maxUsdPerMTok, costWeight, k } = o;
  return JSON.parse(
    JSON.stringify({ candidates: candidatesOf(o), ...filtersOf(o), models, maxSteps, maxUsdPerMTok, costWeight, k }),
  );
}

const SHARE = toNumberWithin(0, 1);

function withRouting(command: Command): Command {
  return withCandidates(command)
    .option('--max-usd-per-mtok <usd>', 'exclude models above this price or without a price', toNonNegative)
    .option('--max-usd-per-answer <usd>', 'exclude models whose answers are expected to cost more', toNonNegative)
    .option(
      '--prefer <dial>',
      'best, balanced (default), cheap, or points of predicted correctness to give up for a lower price',
      toPreference,
    )
    .option(
      '--cost-weight <w>',
      'instead: predicted correctness to trade per US dollar per million tokens',
      toNonNegative,
    )
    .addOption(new Option('--policy <name>', 'routing policy (s2, s3: tasks only)').choices(POLICIES))
    .option('--k <n>', 'number of neighbours that vote', toCount)
    .option('--eta <p>', 'minimum confidence to override the best single model (0: always override)', SHARE)
    .option(
      '--neighbours <n>',
      `number of nearest benchmark samples to show (default: ${SHOWN_NEIGHBOURS})`,
      toWholeWithin(0, 1000),
    );
}

function withCandidates(command: Command): Command {
  return withFiles(command)
    .option('--candidates <names>', "only these models, comma-separated; patterns such as 'anthropic/*' work", toList)
    .option('--deny <names>', 'exclude these models, comma-separated', toList)
    .option('--makers <names>', 'only models of these makers, comma-separated', toList)
    .option('--released-from <date>', 'only models released on this day or later: YYYY-MM-DD, YYYY-MM or YYYY')
    .option('--released-to <date>', 'only models released on this day or before')
    .option(
      '--needs <abilities>',
      `only models with these, comma-separated: tools, vision, audio, video, pdf, structured-output, context=<tokens>`,
      toNeeds,
    )
    .option('--open-weights', 'only models with open weights')
    .option('--no-open-weights', 'only models without open weights');
}

function withFiles(command: Command): Command {
  return command
    .option('--json', 'print JSON')
    .option('--index <file>', 'use this index instead of the built-in one')
    .option('--embedder <place>', EMBEDDER_HELP)
    .addOption(
      new Option('--search <how>', 'exact, or fast, which may miss one neighbour in a hundred').choices([
        'exact',
        'fast',
      ]),
    );
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
async function load({ index, embedder, search }: Options): Promise<Router> {
  const named = embedder === undefined ? undefined : namedEmbedder(embedder);
  const place = index ?? (named && (await indexOf(named)));
  const multilingual = embedder === undefined ? loadMultilingual : undefined;
  return Router.load({ index: place, embedder: embedderOption(embedder), multilingual, search });
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

async function routePrompt(prompt: string | undefined, options: Options): Promise<void> {
  const { output, resume, budgetUsd, quiet, fields = quiet ? (['model'] as const) : undefined } = options;
  if (output !== undefined || resume || budgetUsd !== undefined) {
    const given = resume ? 'resume' : output !== undefined ? 'output' : 'budget-usd';
    throw new UsageError(`--${given} is given without --file`, 'signalbox route');
  }
  if (quiet && (options.fields !== undefined || options.json)) {
    throw new UsageError('--quiet prints the name only: expected no --fields and no --json', 'signalbox route');
  }
  const input = await inputOf(prompt, options.messages);
  const router = await load(options);
  await show(router, async () => {
    if (options.conversation !== undefined) refuseUnknownModel(router, options.conversation);
    const decision = await router.route(input, routeOptions(options));
    if (fields === undefined) return printDecision(options, router, await withTexts(router, decision), decisionText);
    const chosen = fieldsOf(decision, fields);
    return print(options, chosen, (printable) => Object.values(printable).join('\t'));
  });
}

async function routeAll(prompt: string | undefined, options: Options): Promise<void> {
  const { file, output, fields, resume, budgetUsd, prefer, costWeight } = options;
  const dial = prefer !== undefined ? '--prefer' : '--cost-weight';
  const wrong = [
    [prompt !== undefined, 'a prompt and --file are given, expected one of them'],
    [options.messages !== undefined, '--messages and --file are given, expected one of them'],
    [options.conversation !== undefined, '--conversation is the state of one conversation: expected no --file'],
    [
      budgetUsd !== undefined && (prefer ?? costWeight) !== undefined,
      `--budget-usd and ${dial} are given, expected one of them`,
    ],
    [output === undefined, '--file is given without -o, the table to write'],
    [options.quiet || options.json, '--file writes a table: expected no --quiet and no --json'],
  ].find(([isWrong]) => isWrong);
  if (wrong !== undefined) throw new UsageError(String(wrong[1]), 'signalbox route');
  const prompts = await readPrompts(file as string);
  const router = await load(options);
  try {
    await interruptible(async (progress, signal) => {
      const routing = { prompts, output: output as string, fields, resume };
      const { before, usd } = await routeFile(
        router,
        routing,
        { ...routeOptions(options), budgetUsd, signal },
        progress,
      );
      progress.end();
      const continued = before > 0 ? `, ${before} of them before` : '';
      const cost = usd === undefined ? '' : `, expected to cost $${usd.toFixed(4)} of $${budgetUsd}`;
      process.stderr.write(`${printable(`wrote ${output}: ${prompts.length} decisions${continued}${cost}`)}\n`);
    });
  } finally {
    router.dispose();
  }
}

async function makeProgram(): Promise<Command> {
  const program = new Command('signalbox')
    .description('Routes each prompt to the language model that benchmark results predict will answer it correctly.')
    .version(await packageVersion())
    .addHelpText('after', EXIT_CODES);
  withRouting(program.command('route [prompt]'))
    .description('route one prompt, which may come from standard input, or with --file each prompt of a file')
    .option('-q, --quiet', "print the model's name only")
    .option('--fields <names>', `print only these, tab-separated: ${FIELD_NAMES.join(', ')}`, toFields)
    .option(
      '--file <file>',
      'route each prompt of this file: text (one per line), JSON, JSONL or CSV (column "prompt")',
    )
    .option('-o, --output <file>', 'with --file: the table to write, CSV or JSONL')
    .option('--resume', 'with --file: continue the table of an earlier run')
    .option(
      '--budget-usd <usd>',
      'with --file, instead of --prefer: US dollars that all answers together may cost, as expected',
      toNonNegative,
    )
    .option(
      '--messages <file>',
      "route a conversation: JSON, messages in OpenAI's shape or { messages, system, tools } (-: standard input)",
    )
    .option(
      '--conversation <state>',
      'it stays with its model unless a change pays: model=<name>, and failed, mid-task, tokens=<n>, cached-tokens=<n>, answer-usd=<usd>, id=<text>',
      toConversationState,
    )
    .addHelpText('after', ROUTE_EXAMPLES)
    .action((prompt: string | undefined, options: Options) =>
      options.file === undefined ? routePrompt(prompt, options) : routeAll(prompt, options),
    );
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
    .option('-o, --output <file>', 'with --next: write the prompts to grade to a new file, as CSV')
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
          if (output !== undefined) await writeNew(output, chosenCsv(chosen, prompts));
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
    .option('--cost-weight <w>', 'predicted correctness to trade per US dollar per million tokens', toNonNegative)
    .option('--k <n>', 'number of neighbours that count', toCount)
    .addHelpText('after', CASCADE_EXAMPLES)
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
    .option('--all', 'show all models and tasks, the sections of the file and its metadata')
    .description('show the contents of an index')
    .addHelpText('after', INSPECT_EXAMPLES)
    .action(async (file: string | undefined, options: Options) => {
      const router = await Router.load({ index: file, embedder: null });
      await show(router, () =>
        print(options, router.info, (info) =>
          options.all ? indexText(info, router.info.metadata) : indexSummary(info),
        ),
      );
    });
  program
    .command('manifest <model>')
    .description('print the SHA-256 of each file of an ONNX embedder (a folder or a hub id), to pin its files')
    .addHelpText('after', MANIFEST_EXAMPLES)
    .action(async (model: string) => {
      const embedder = await loadOnnx(model);
      embedder.dispose();
      process.stdout.write(`${printableJson(JSON.stringify(embedder.manifest, null, 2))}\n`);
    });
  await addLazyCommands(program, load);
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .description('print a script that lets a shell complete commands and options')
    .addHelpText('after', COMPLETION_EXAMPLES)
    .action((shell: Shell) => {
      process.stdout.write(completionFor(program, shell));
    });
  throwUsageErrors(program);
  return program;
}

watchOutput();
try {
  if (process.argv.length === 2) process.stdout.write(START_PAGE);
  else await (await makeProgram()).parseAsync();
} catch (error) {
  reportFailure(error);
}
