/** The command `signalbox mcp`: the router's decisions as tools of the Model Context Protocol, over standard input and output. */
import { SignalboxError } from '../errors.js';
import type { Router } from '../index.js';
import { described, invalid, isPlainObject, nearestOf } from '../options.js';
import type { Answers, Conversation, Label, Preference, RouteOptions } from '../types.js';
import type { Command } from '../vendor/commander-node.js';
import { EMBEDDER_HELP } from './embedder-option.js';
import { packageVersion } from './package-version.js';

interface McpOptions {
  index?: string;
  embedder?: string;
}

type Input = Readonly<Record<string, unknown>>;
type Output = Record<string, unknown>;

/** A tool: its description for models, and what it does. */
interface Tool {
  name: string;
  title: string;
  description: string;
  inputSchema: { type: 'object'; properties: Record<string, object>; required?: string[] };
  call: (router: Router, input: Input) => Promise<{ text: string; output: Output }>;
}

const texts = (description: string) => ({ type: 'array', items: { type: 'string' }, description });
const DIAL = {
  anyOf: [
    { type: 'string', enum: ['best', 'balanced', 'cheap'] },
    { type: 'number', minimum: 0, maximum: 100 },
  ],
  description: 'Percentage points of predicted correctness to give up for a lower price; default balanced (2)',
};

/** Most points that `modelPreferences` give up, and those for equal weights of cost and intelligence. */
const MOST_POINTS = 10;
const EVEN_POINTS = 2;

/** Returns the dial that stands for a client's preferences; they are numbers from 0 to 1. */
function dialOf({ costPriority: cost, intelligencePriority: intelligence }: Input): Preference | undefined {
  if (typeof cost !== 'number' && typeof intelligence !== 'number') return undefined;
  const [c, i] = [cost, intelligence].map((weight) => (typeof weight === 'number' ? weight : 0.5)) as [number, number];
  if (!(c >= 0 && c <= 1 && i >= 0 && i <= 1)) throw invalid('modelPreferences: expected priorities from 0 to 1');
  return i === 0 ? MOST_POINTS : Math.min(MOST_POINTS, (EVEN_POINTS * c) / i);
}

/** Returns the models whose names contain a hint, by the first hint that fits any; `undefined` if none does. */
function hinted(router: Router, hints: unknown): string[] | undefined {
  if (!Array.isArray(hints)) return undefined;
  for (const hint of hints) {
    const { name } = (hint ?? {}) as { name?: unknown };
    if (typeof name !== 'string' || name === '') continue;
    const found = router.info.models.filter((model) => model.name.toLowerCase().includes(name.toLowerCase()));
    if (found.length > 0) return found.map((model) => model.name);
  }
  return undefined;
}

/** Returns the options of a decision, of which `prefer` and `models` come before `modelPreferences`. */
function optionsOf(router: Router, input: Input): RouteOptions {
  const { models, prefer, maxUsdPerMTok, modelPreferences = {} } = input;
  if (!isPlainObject(modelPreferences)) {
    throw invalid(`modelPreferences is ${described(modelPreferences)}, expected an object`);
  }
  const wanted = {
    candidates: models ?? hinted(router, modelPreferences.hints),
    prefer: prefer ?? dialOf(modelPreferences),
    maxUsdPerMTok,
    neighbours: 0,
  };
  return JSON.parse(JSON.stringify(wanted)) as RouteOptions;
}

function promptOf({ prompt, messages }: Input): Conversation | string {
  if (typeof prompt === 'string') return prompt;
  if (prompt === undefined && messages !== undefined) return { messages } as Conversation;
  throw invalid(`prompt is ${described(prompt)}, expected a text, or messages`);
}

const SHOWN = 5;

const ROUTE: Tool = {
  name: 'route_prompt',
  title: 'Pick a model for a prompt',
  description:
    'Predicts which language model will answer a prompt correctly, from benchmark results, and picks one by quality and price. Runs on this device; the prompt is not sent anywhere.',
  inputSchema: {
    type: 'object',
    properties: {
      prompt: { type: 'string', description: 'The prompt, or give messages' },
      messages: {
        type: 'array',
        items: { type: 'object' },
        description: "A conversation; the user's last turn decides",
      },
      models: texts("Only these models; patterns such as 'anthropic/*' work"),
      prefer: DIAL,
      maxUsdPerMTok: { type: 'number', minimum: 0, description: 'Highest price in US dollars per million tokens' },
      modelPreferences: {
        type: 'object',
        description:
          "A client's preferences, as in sampling: hints, costPriority, intelligencePriority; speed is not known",
      },
    },
  },
  call: async (router, input) => {
    const decision = await router.route(promptOf(input), optionsOf(router, input));
    const { model, reason, confidence, chance, strength, fallbackReason, price, ranking } = decision;
    const alternatives = ranking
      .filter((ranked) => ranked.model !== model)
      .slice(0, SHOWN)
      .map(({ model: name, pCorrect, usdPerMTok, usdPerAnswer }) => ({
        model: name,
        pCorrect,
        usdPerMTok,
        usdPerAnswer,
      }));
    const { usdPerMTok, usdPerAnswer, date } = price;
    const output = {
      model,
      reason,
      confidence,
      chance,
      strength,
      fallbackReason,
      usdPerMTok,
      usdPerAnswer,
      priceDate: date,
      alternatives,
    };
    return { text: `${model}. ${reason}`, output };
  },
};

const COMPARE: Tool = {
  name: 'compare_models',
  title: 'Compare models',
  description:
    'Compares language models by their benchmark results and prices, on average, or for one prompt if it is given.',
  inputSchema: {
    type: 'object',
    properties: {
      models: texts('At least two models'),
      prompt: { type: 'string', description: 'Compare for this prompt' },
    },
    required: ['models'],
  },
  call: async (router, { models, prompt }) => {
    if (!Array.isArray(models) || models.length < 2) throw invalid('models: expected at least two names');
    if (prompt !== undefined && typeof prompt !== 'string') {
      throw invalid(`prompt is ${described(prompt)}, expected a text`);
    }
    const options = { candidates: models as string[], prefer: 'best', neighbours: 0 } as const;
    const decision = typeof prompt === 'string' ? await router.route(prompt, options) : undefined;
    const names = (models as unknown[]).map((name) => {
      const known = router.resolve(String(name));
      if (known === null) throw new SignalboxError('unknown_model', `the index does not know ${described(name)}`);
      return known;
    });
    const compared = [...new Set(names)].map((name) => {
      const info = router.info.models.find((model) => model.name === name);
      const ranked = decision?.ranking.find(({ model }) => model === name);
      return {
        model: name,
        maker: info?.record?.maker,
        released: info?.record?.released,
        meanOutcome: info?.meanOutcome ?? null,
        usdPerMTokIn: info?.usdPerMTokIn ?? null,
        usdPerMTokOut: info?.usdPerMTokOut ?? null,
        ...(ranked && { pCorrect: ranked.pCorrect, interval: ranked.interval, usdPerAnswer: ranked.usdPerAnswer }),
      };
    });
    const outOfCoverage = decision?.coverage.outOfCoverage;
    const notice = outOfCoverage ? ' Nothing in the benchmark is like this prompt: the numbers are means.' : '';
    const lines = compared.map(({ model, meanOutcome, pCorrect = meanOutcome, usdPerMTokIn, usdPerMTokOut }) => {
      const share = pCorrect === null ? 'not measured' : `${Math.round(pCorrect * 100)} of 100 right`;
      const costs =
        usdPerMTokIn === null ? 'price not known' : `$${usdPerMTokIn} in, $${usdPerMTokOut} out per million tokens`;
      return `${model}: ${share}, ${costs}`;
    });
    return { text: `${lines.join('\n')}${notice}`, output: { models: compared, outOfCoverage: outOfCoverage ?? null } };
  },
};

const NEXT: Tool = {
  name: 'next_to_label',
  title: 'Choose prompts to grade next',
  description:
    'Chooses which prompts of a task to grade next, so that few grades tell which model is best for the whole task.',
  inputSchema: {
    type: 'object',
    properties: {
      prompts: texts('All prompts of the task'),
      n: { type: 'integer', minimum: 1, description: 'How many to choose' },
      answers: {
        type: 'array',
        items: { type: 'object' },
        description: "For each prompt the models' answers by model",
      },
      labels: {
        type: 'array',
        items: { type: 'object' },
        description: 'The grades so far: { index, outcomes by model }',
      },
      models: texts('Only these models'),
    },
    required: ['prompts', 'n'],
  },
  call: async (router, { prompts, n, answers, labels, models }) => {
    const chosen = await router.nextLabels(n as number, {
      prompts: prompts as string[],
      answers: answers as Answers | undefined,
      labels: labels as Label[] | undefined,
      ...(models === undefined ? {} : { candidates: models as string[] }),
    });
    const rows = chosen.rows.map((row) => ({ ...row, prompt: (prompts as string[])[row.index] }));
    const text =
      rows.length === 0
        ? `Nothing is left to grade: ${chosen.nothingLeft}.`
        : `Grade prompts ${rows.map(({ index }) => index).join(', ')} for ${chosen.candidates.join(', ')}.`;
    return { text, output: { ...chosen, rows } };
  },
};

const TOOLS: readonly Tool[] = [ROUTE, COMPARE, NEXT];

/** The used parts of the SDK. */
interface Sdk {
  Server: new (
    info: object,
    options: object,
  ) => {
    setRequestHandler(
      schema: unknown,
      handler: (request: { params: { name: string; arguments?: Input } }) => unknown,
    ): void;
    connect(transport: object): Promise<void>;
    onclose?: () => void;
  };
  StdioServerTransport: new () => object;
  ListToolsRequestSchema: unknown;
  CallToolRequestSchema: unknown;
}

const SDK = '@modelcontextprotocol/sdk';

/** Imports the SDK, which is not part of the package. Errors: `network` if it is not installed. */
async function loadSdk(): Promise<Sdk> {
  const modules = ['server/index.js', 'server/stdio.js', 'types.js'];
  try {
    const loaded = await Promise.all(modules.map((name) => import(`${SDK}/${name}`) as Promise<object>));
    return Object.assign({}, ...loaded) as Sdk;
  } catch (cause) {
    const how = `npx -p signalbox -p ${SDK} signalbox mcp`;
    throw new SignalboxError('network', `this command needs the package ${SDK}: start it as ${how}`, { cause });
  }
}

/** Errors: `invalid_argument` for an argument that the tool does not have. */
function checkArguments({ inputSchema }: Tool, input: Input): void {
  const known = Object.keys(inputSchema.properties);
  const other = Object.keys(input).find((key) => !known.includes(key));
  if (other === undefined) return;
  throw invalid(`'${other}' is not known${nearestOf(other, known) || ','} expected ${known.join(', ')}`);
}

const failure = (error: unknown) => {
  const { code, message } = error instanceof SignalboxError ? error : { code: 'internal', message: String(error) };
  return { isError: true, content: [{ type: 'text', text: `${message} (${code})` }] };
};

async function run(options: McpOptions, load: (options: McpOptions) => Promise<Router>): Promise<void> {
  const sdk = await loadSdk();
  const router = await load(options);
  const info = { name: 'signalbox', title: 'signalbox', version: await packageVersion() };
  const server = new sdk.Server(info, { capabilities: { tools: {} } });
  const annotations = { readOnlyHint: true, openWorldHint: false };
  server.setRequestHandler(sdk.ListToolsRequestSchema, () => ({
    tools: TOOLS.map(({ call: _, inputSchema, ...tool }) => ({
      ...tool,
      inputSchema: { ...inputSchema, additionalProperties: false },
      annotations,
    })),
  }));
  server.setRequestHandler(sdk.CallToolRequestSchema, async ({ params }) => {
    try {
      const tool = TOOLS.find(({ name }) => name === params.name);
      if (tool === undefined) {
        throw invalid(`the tool '${params.name}' is not known, expected ${TOOLS.map(({ name }) => name).join(', ')}`);
      }
      const input = params.arguments ?? {};
      checkArguments(tool, input);
      const { text, output } = await tool.call(router, input);
      return { content: [{ type: 'text', text }], structuredContent: output };
    } catch (error) {
      return failure(error);
    }
  });
  const closed = new Promise<void>((resolve) => {
    server.onclose = resolve;
    process.stdin.once('end', resolve);
  });
  await server.connect(new sdk.StdioServerTransport());
  await closed;
  router.dispose();
}

const EXAMPLE = `
Example, in the settings of a client:
  { "mcpServers": { "signalbox": { "command": "npx", "args": ["-y", "-p", "signalbox", "-p", "${SDK}", "signalbox", "mcp"] } } }`;

/** Adds the command to the program. `load` loads the router that `--index` and `--embedder` name. */
export function addMcpCommand(program: Command, load: (options: McpOptions) => Promise<Router>): void {
  program
    .command('mcp')
    .description('serve the decisions as tools of the Model Context Protocol, over standard input and output')
    .option('--index <file>', 'use this index, or this plan, instead of the built-in one')
    .option('--embedder <place>', EMBEDDER_HELP)
    .addHelpText('after', EXAMPLE)
    .action((options: McpOptions) => run(options, load));
}
