/** A gateway in OpenAI's shape: requests in, responses out, without a socket. */
import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { SignalboxError } from '../../errors.js';
import { Chooser, type ChooserOptions, type Deciding, type RoutingTrace } from '../../integrations/chooser.js';
import { decidingTextOf, inputOfBody, routedFetch } from '../../integrations/openai.js';
import { described, invalid, isPlainObject } from '../../options.js';
import type { Conversation, RouteInput, RouteOptions, Routing } from '../../types.js';
import { bodyLimit, type Context, Hono } from '../../vendor/http-node.js';
import { Metrics } from './metrics.js';
import { PAGE_POLICY, statusPage } from './status-page.js';

export interface GatewayOptions {
  router: Routing;
  /** The provider's ids of the models, by names that the index knows. */
  models: Readonly<Record<string, string>>;
  /** Address of the provider, up to and with its `/v1`; without one only decisions are answered. */
  to?: string | undefined;
  choosing?: ChooserOptions | undefined;
  openRouter?: boolean | undefined;
  /** Decides about every request, and changes none. */
  shadow?: boolean | undefined;
  /** Takes the log's entries, in the order of the answers. */
  log?: ((entry: LogEntry) => void) | undefined;
  /** Adds prompts to the log's entries. */
  logPrompts?: boolean | undefined;
  maxBodyBytes: number;
  /** Time until a response is complete. */
  timeoutMs: number;
  maxInFlight: number;
  /** Values of the header `Host` that are answered; default: all. Against pages that rename themselves to this machine. */
  hosts?: readonly string[] | undefined;
  /** Origins whose pages may ask; default: none. */
  origins?: readonly string[] | undefined;
  fetch?: typeof globalThis.fetch | undefined;
}

/** A line of the log. */
export interface LogEntry extends RoutingTrace {
  /** The same as in the response's header `x-signalbox-id`. */
  id: string;
  time: string;
  path: string;
  /** The model of the request. */
  asked: string;
  status: number;
  shadow: boolean;
  prompt?: string;
}

/** Headers that belong to one connection, or that `fetch` sets. */
const NOT_PASSED = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'host',
  'content-length',
  'accept-encoding',
  'origin',
  'referer',
  'cookie',
];

const passedHeaders = (headers: Headers): Headers => {
  const passed = new Headers(headers);
  for (const name of NOT_PASSED) passed.delete(name);
  return passed;
};

/** Returns an error in OpenAI's shape. */
function failure(status: number, code: string, message: string, headers: Record<string, string> = {}): Response {
  const type = status < 500 ? 'invalid_request_error' : 'server_error';
  return Response.json({ error: { message, type, param: null, code } }, { status, headers });
}

/** Calls `done` once, when the body of the response has ended, failed or been given up. */
function whenDone(response: Response, done: () => void): Response {
  if (response.body === null) {
    done();
    return response;
  }
  const reader = response.body.getReader();
  const body = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      try {
        const { done: isEnd, value } = await reader.read();
        if (!isEnd) return controller.enqueue(value);
        controller.close();
      } catch (error) {
        done();
        throw error;
      }
      done();
    },
    cancel: async (reason) => {
      done();
      await reader.cancel(reason);
    },
  });
  return new Response(body, response);
}

/** Returns the JSON object of a body, or `undefined`. */
function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isPlainObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const ASKED = ['/v1/chat/completions', '/v1/responses'];

/** Paths whose bodies are read. */
const READ = [...ASKED, '/v1/route'];

/** Returns what a body asks to decide about; messages are the router's to check. Errors: `invalid_argument`. */
function routeInputOf(body: Readonly<Record<string, unknown>>): RouteInput {
  const { prompt, messages, input, instructions: system, tools } = body;
  const text = prompt ?? (typeof input === 'string' ? input : undefined);
  if (typeof text === 'string') return text;
  if (text !== undefined) throw invalid(`prompt is ${described(text)}, expected a text`);
  const said = messages ?? input;
  if (said == null) throw invalid('got neither prompt nor messages nor input, expected one of them');
  return { messages: said, system, tools } as Conversation;
}

/** Codes of errors that are the caller's. */
const CALLERS = ['invalid_argument', 'unknown_model', 'no_candidate', 'dimension_mismatch', 'non_finite'];

export interface Gateway {
  /** Answers a request. */
  fetch: (request: Request) => Response | Promise<Response>;
  metrics: Metrics;
}

/** Returns a gateway. The caller owns the router. */
export function gateway(options: GatewayOptions): Gateway {
  const { router, models, to, choosing = {}, shadow = false, log, logPrompts = false } = options;
  const metrics = new Metrics();
  const deciding: Deciding = {
    resolve: (name) => router.resolve(name),
    route: async (...call) => {
      const start = performance.now();
      try {
        return await router.route(...call);
      } finally {
        metrics.countTime((performance.now() - start) / 1000);
      }
    },
  };
  const send = options.fetch ?? globalThis.fetch;
  const routed = routedFetch(deciding, { ...choosing, models, fetch: send, openRouter: options.openRouter });
  const chooser = new Chooser(deciding, Object.keys(models), choosing);
  const fallback = models[choosing.fallback ?? (Object.keys(models)[0] as string)] as string;
  const app = new Hono();

  const record = (trace: RoutingTrace, entry: Pick<LogEntry, 'id' | 'path' | 'asked' | 'status'>, prompt: string) => {
    metrics.countDecision(trace);
    const more = logPrompts ? { prompt } : {};
    log?.({ ...entry, time: new Date().toISOString(), shadow, ...trace, ...more });
  };

  /** Sends a request on, as it is but for the place. */
  const request = (context: Context, body: string | ArrayBuffer | undefined, signal: AbortSignal) => {
    const { method, headers, url } = context.req.raw;
    const { pathname, search } = new URL(url);
    const address = `${to}${pathname.replace(/^\/v1/, '')}${search}`;
    const sent = { method, headers: passedHeaders(headers), signal, redirect: 'manual' as const };
    return [address, body === undefined ? sent : { ...sent, body }] as const;
  };

  /** Decides as the gateway would, and lets the request pass. */
  const shadowed = async (
    [address, init]: ReturnType<typeof request>,
    body: Record<string, unknown>,
    signal: AbortSignal,
  ) => {
    const { signalbox: own, ...others } = body;
    const asked = others.model === 'auto' ? { ...others, model: fallback } : others;
    const isSame = own === undefined && asked === others;
    const sent = isSame ? init : { ...init, body: JSON.stringify(asked) };
    const [{ trace }, response] = await Promise.all([
      chooser.choose(inputOfBody(body), own as object | undefined, signal),
      send(address, sent),
    ]);
    return { trace, response };
  };

  const answer = async (context: Context, signal: AbortSignal): Promise<Response> => {
    const { path, method } = context.req;
    const text = method === 'POST' && ASKED.includes(path) ? await context.req.text() : undefined;
    const body = text === undefined ? undefined : objectOf(text);
    // Bodies of other paths may be files.
    const hasBody = method !== 'GET' && method !== 'HEAD';
    const call = request(context, text ?? (hasBody ? await context.req.arrayBuffer() : undefined), signal);
    const isShadowed = shadow && body !== undefined;
    const { response, trace } = await (isShadowed ? shadowed(call, body, signal) : routed(...call));
    const copy = new Response(response.body, { status: response.status, headers: passedHeaders(response.headers) });
    // The body is decompressed by now.
    copy.headers.delete('content-encoding');
    if (trace === undefined || body === undefined) return copy;
    const id = randomUUID();
    copy.headers.set('x-signalbox-id', id);
    record(trace, { id, path, asked: String(body.model), status: response.status }, decidingTextOf(body));
    return copy;
  };

  /** Returns the response, or the error that stands for it. */
  const guarded = async (context: Context): Promise<Response> => {
    const client = context.req.raw.signal;
    const signal = AbortSignal.any([client, AbortSignal.timeout(options.timeoutMs)]);
    try {
      return await answer(context, signal);
    } catch (error) {
      if (client.aborted) return failure(499, 'aborted', 'the client closed the connection');
      if (error instanceof RangeError) return failure(400, 'invalid_argument', `the body: ${error.message}`);
      if (signal.aborted) return failure(504, 'timeout', `no answer within ${options.timeoutMs / 1000} s`);
      const cause = error instanceof Error ? (error.cause ?? error) : error;
      return failure(502, 'provider_unreachable', `the provider could not be reached: ${String(cause)}`);
    }
  };

  app.use(async (context, next) => {
    const { hosts, origins = [] } = options;
    const host = (context.req.header('host') ?? '').replace(/:\d+$/, '').toLowerCase();
    const origin = context.req.header('origin');
    if (hosts !== undefined && !hosts.includes(host)) return failure(403, 'wrong_host', `this is not '${host}'`);
    if (origin !== undefined && !origins.includes(origin)) {
      return failure(403, 'wrong_origin', `pages of ${origin} may not ask; start with --origin to allow it`);
    }
    if (origin === undefined) return next();
    const allowed = { 'access-control-allow-origin': origin, vary: 'origin', 'access-control-expose-headers': '*' };
    if (context.req.method === 'OPTIONS') {
      const asked = context.req.header('access-control-request-headers') ?? '';
      const headers = {
        ...allowed,
        'access-control-allow-headers': asked,
        'access-control-allow-methods': 'GET, POST',
      };
      return new Response(null, { status: 204, headers });
    }
    await next();
    for (const [name, value] of Object.entries(allowed)) context.res.headers.set(name, value);
  });

  app.get('/', (context) => {
    context.header('content-security-policy', PAGE_POLICY);
    const names = Object.keys(models);
    return context.html(statusPage(metrics, { to, models: names, shadow, baseline: choosing.baseline }));
  });
  app.get('/metrics', (context) => context.text(metrics.text(), 200, { 'content-type': 'text/plain; version=0.0.4' }));

  app.use('/v1/*', async (context, next) => {
    const known = [...ASKED, '/v1/models', '/v1/route'].includes(context.req.path) ? context.req.path : 'other';
    if (metrics.inFlight >= options.maxInFlight) {
      metrics.refused += 1;
      metrics.countRequest(known, 503);
      const message = `${metrics.inFlight} requests are in flight, expected fewer than ${options.maxInFlight}`;
      return failure(503, 'overloaded', message, { 'retry-after': '1' });
    }
    metrics.inFlight += 1;
    let isDone = false;
    const done = () => {
      if (!isDone) metrics.inFlight -= 1;
      isDone = true;
    };
    try {
      await next();
    } catch (error) {
      done();
      throw error;
    }
    metrics.countRequest(known, context.res.status);
    context.res = whenDone(context.res, done);
  });
  const tooLarge = (headers?: Record<string, string>) =>
    failure(413, 'too_large', `the body is too large, expected at most ${options.maxBodyBytes} bytes`, headers);
  app.use('/v1/*', async (context, next) => {
    // Before anything reads from the body: the server can then skip it, and the connection lives on.
    if (Number(context.req.header('content-length') ?? 0) > options.maxBodyBytes) return tooLarge();
    const encoding = context.req.header('content-encoding') ?? 'identity';
    if (READ.includes(context.req.path) && encoding !== 'identity') {
      return failure(415, 'unsupported_encoding', `the body has the encoding '${encoding}', expected none`);
    }
    return next();
  });
  app.use('/v1/*', bodyLimit({ maxSize: options.maxBodyBytes, onError: () => tooLarge({ connection: 'close' }) }));

  app.post('/v1/route', async (context) => {
    const body = objectOf(await context.req.text());
    if (body === undefined) return failure(400, 'invalid_argument', 'the body is not a JSON object');
    const { options: given = {} } = body;
    if (!isPlainObject(given)) return failure(400, 'invalid_argument', 'options is not an object');
    const candidates = Object.keys(models).filter((name) => router.resolve(name) !== null);
    const { fallback: _f, baseline: _b, failover: _o, onDecision: _d, ...defaults } = choosing;
    try {
      const wanted = { candidates, neighbours: 0, ...defaults, ...given } as RouteOptions;
      return context.json(await deciding.route(routeInputOf(body), wanted));
    } catch (error) {
      const { code, message } = error instanceof SignalboxError ? error : { code: 'internal', message: String(error) };
      return failure(CALLERS.includes(code) ? 400 : 500, code, message);
    }
  });
  app.all('/v1/route', () => failure(405, 'wrong_method', '/v1/route answers POST only', { allow: 'POST' }));
  if (to === undefined) {
    app.get('/v1/models', (context) => {
      const data = ['auto', ...Object.values(models)].map((id) => ({
        id,
        object: 'model',
        created: 0,
        owned_by: 'signalbox',
      }));
      return context.json({ object: 'list', data });
    });
    app.all('/v1/*', () =>
      failure(501, 'no_provider', 'there is no provider to ask: start with --to, or ask /v1/route'),
    );
  } else {
    app.all('/v1/*', (context) => guarded(context));
  }
  app.notFound((context) => failure(404, 'not_found', `nothing is at ${context.req.path}`));
  app.onError((error) => failure(500, 'internal', error.message));
  return { fetch: (incoming) => app.fetch(incoming), metrics };
}
