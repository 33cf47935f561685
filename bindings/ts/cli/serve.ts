/** The command `signalbox serve`: a gateway in OpenAI's shape on this machine. */
import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import process from 'node:process';
import { SignalboxError } from '../errors.js';
import { diskError } from '../files/disk/errors.js';
import { printable } from '../files/printable.js';
import type { Router } from '../index.js';
import { isPlainObject } from '../options.js';
import type { Preference } from '../types.js';
import type { Command } from '../vendor/commander-node.js';
import { serve } from '../vendor/http-node.js';
import { toCount, toList, toNonNegative, toPreference, toWholeWithin } from './arguments.js';
import { UsageError } from './failures.js';
import { onSignals } from './interruptible.js';
import { openLog } from './serve/decision-log.js';
import { gateway } from './serve/gateway.js';

interface ServeOptions {
  port: number;
  host: string;
  to?: string;
  index?: string;
  embedder?: string;
  models?: string[];
  modelMap?: string;
  fallback?: string;
  baseline?: string;
  failover?: true;
  openRouter?: boolean;
  prefer?: Preference;
  maxUsdPerMtok?: number;
  maxUsdPerAnswer?: number;
  shadow?: string;
  log?: string;
  logPrompts?: true;
  origin?: string[];
  maxBody: number;
  timeout: number;
  maxInFlight: number;
}

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];
const isLoopback = (host: string) => host === '::1' || LOOPBACK.includes(host);

const EXAMPLES = `
Examples:
  signalbox serve --to https://openrouter.ai/api/v1 --models openai/gpt-5.5,google/gemini-3-flash
  signalbox serve --to https://api.openai.com/v1 --index plan.sbx --shadow decisions.jsonl

Clients use the address http://127.0.0.1:4000/v1 and the model "auto". Keys pass through and are never logged.`;

/** Returns the provider's ids of the models, by names that the index knows. */
async function modelsOf({ models, modelMap }: ServeOptions, router: Router): Promise<Record<string, string>> {
  if (models !== undefined && modelMap !== undefined) {
    throw new UsageError('--models and --model-map are given, expected one of them', 'signalbox serve');
  }
  if (modelMap === undefined) {
    const names = models ?? router.info.models.map(({ name }) => name);
    return Object.fromEntries(names.map((name) => [name, name]));
  }
  const text = await readFile(modelMap, 'utf8').catch((cause) => {
    throw diskError(`${modelMap} could not be read`, cause);
  });
  let map: unknown;
  try {
    map = JSON.parse(text);
  } catch (cause) {
    throw new SignalboxError('invalid_argument', `${modelMap} is not JSON`, { cause });
  }
  const isMap = isPlainObject(map) && Object.values(map).every((id) => typeof id === 'string');
  if (isMap) return map as Record<string, string>;
  throw new SignalboxError('invalid_argument', `${modelMap}: expected an object of the provider's ids by name`);
}

/** Returns the provider's address without a slash at its end. */
function providerOf(to: string | undefined): string | undefined {
  if (to === undefined) return undefined;
  if (!/^https?:$/.test(URL.canParse(to) ? new URL(to).protocol : '')) {
    throw new UsageError(`--to is '${to}', expected an address such as https://api.openai.com/v1`, 'signalbox serve');
  }
  return to.replace(/\/+$/, '');
}

const say = (line: string) => process.stderr.write(`signalbox: ${printable(line)}\n`);

async function run(options: ServeOptions, load: (options: ServeOptions) => Promise<Router>): Promise<void> {
  const { port, host, shadow, log: logFile, logPrompts } = options;
  if (shadow !== undefined && logFile !== undefined) {
    throw new UsageError('--shadow and --log are given, expected one of them', 'signalbox serve');
  }
  const place = shadow ?? logFile;
  if (logPrompts && place === undefined) {
    throw new UsageError('--log-prompts is given without --log or --shadow', 'signalbox serve');
  }
  const to = providerOf(options.to);
  if (shadow !== undefined && to === undefined) {
    throw new UsageError('--shadow is given without --to', 'signalbox serve');
  }
  const router = await load(options);
  const models = await modelsOf(options, router);
  const log =
    place === undefined
      ? undefined
      : await openLog(place, (error) => {
          served.metrics.logErrors += 1;
          say(`${place} could not be written: ${error.message}`);
        });
  const { fallback, baseline, failover, prefer, maxUsdPerMtok: maxUsdPerMTok, maxUsdPerAnswer } = options;
  const choosing = { fallback, baseline, failover, prefer, maxUsdPerMTok, maxUsdPerAnswer };
  const served = gateway({
    router,
    models,
    to,
    choosing: JSON.parse(JSON.stringify(choosing)),
    openRouter: options.openRouter ?? to?.startsWith('https://openrouter.ai/'),
    shadow: shadow !== undefined,
    log: log?.add,
    logPrompts,
    maxBodyBytes: options.maxBody,
    timeoutMs: options.timeout * 1000,
    maxInFlight: options.maxInFlight,
    hosts: isLoopback(host) ? LOOPBACK : undefined,
    origins: options.origin,
  });

  await new Promise<void>((resolve, reject) => {
    const server = serve({ fetch: served.fetch, hostname: host, port }, (address) => {
      const known = Object.keys(models).filter((name) => router.resolve(name) !== null).length;
      say(`http://${host.includes(':') ? `[${host}]` : host}:${address.port}/v1 chooses among ${known} models`);
      if (!isLoopback(host)) say('everyone who reaches this machine can use it');
    });
    server.on('error', (cause) =>
      reject(new SignalboxError('network', `port ${port} of ${host}: ${cause.message}`, { cause })),
    );
    let isStopping = false;
    const closeIdle = () => {
      if ('closeIdleConnections' in server) server.closeIdleConnections();
    };
    const stopListening = onSignals(() => {
      if (isStopping) process.exit(1);
      isStopping = true;
      say('stops once all answers are complete; a second signal stops at once');
      server.close(() => {
        stopListening();
        resolve();
      });
      closeIdle();
    });
    // A connection that its client keeps open would hold the end up.
    server.on('request', (_request: unknown, response: ServerResponse) => {
      response.on('close', () => {
        if (isStopping) setImmediate(closeIdle);
      });
    });
  }).finally(async () => {
    await log?.close();
    router.dispose();
  });
}

const MOST_PORT = 65_535;
const MEBIBYTE = 2 ** 20;

/** Adds the command to the program. `load` loads the router that `--index` and `--embedder` name. */
export function addServeCommand(program: Command, load: (options: ServeOptions) => Promise<Router>): void {
  program
    .command('serve')
    .description('serve OpenAI\'s interface on this machine, and choose the model of each request for "auto"')
    .option('--port <n>', 'port to listen on; 0: any free one', toWholeWithin(0, MOST_PORT), 4000)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--to <url>', "the provider's address, with its /v1; without it only /v1/route answers")
    .option('--index <file>', 'use this index, or this plan, instead of the built-in one')
    .option('--embedder <place>', "the index's embedder, if it is not the built-in one")
    .option(
      '--models <names>',
      "the models to choose from, by the provider's ids, comma-separated; default: all of the index",
      toList,
    )
    .option('--model-map <file>', "the same as JSON: the provider's ids by names that the index knows")
    .option('--fallback <name>', 'the model to ask if the router fails; default: the first one')
    .option('--baseline <name>', 'the model to count savings against; default: the best one on average')
    .option('--failover', 'ask the next best model if one fails before its first token')
    .option('--open-router', 'fill in what OpenRouter understands; default: if --to is OpenRouter')
    .option(
      '--prefer <dial>',
      'best, balanced, cheap, or points of predicted correctness to give up for a lower price',
      toPreference,
    )
    .option('--max-usd-per-mtok <usd>', 'exclude models above this price or without a price', toNonNegative)
    .option('--max-usd-per-answer <usd>', 'exclude models whose answers are expected to cost more', toNonNegative)
    .option('--shadow <file>', 'act on nothing: append to this log what would have been decided')
    .option('--log <file>', 'append each decision to this log')
    .option('--log-prompts', 'write prompts into the log, too')
    .option('--origin <origins>', 'let pages of these origins ask, comma-separated', toList)
    .option('--max-body <bytes>', 'largest body of a request', toCount, 32 * MEBIBYTE)
    .option('--timeout <seconds>', 'time until an answer is complete', toCount, 600)
    .option('--max-in-flight <n>', 'refuse requests (503) beyond this number at once', toCount, 256)
    .addHelpText('after', EXAMPLES)
    .action((options: ServeOptions) => run(options, load));
}
