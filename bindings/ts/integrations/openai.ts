/** A `fetch` for clients in OpenAI's shape: it picks the model of a call whose model is `auto`. */

import { decidingText, inputOf, turnsOf } from '../conversations/turns.js';
import {
  aCallback,
  aFlag,
  anything,
  aText,
  checkOptions,
  described,
  invalid,
  isPlainObject,
  type Keys,
} from '../options.js';
import type { Conversation } from '../types.js';
import {
  CHOOSER_KEYS,
  type Choice,
  Chooser,
  type ChooserOptions,
  type RouterSource,
  type RoutingTrace,
} from './chooser.js';

/** Options of the `fetch`. All options of a decision may stand beside them, as defaults. */
export interface FetchOptions extends ChooserOptions {
  /**
   * The models to choose from: the provider's ids, or an object with the provider's id by a name that the index knows. A
   * name that is an id may be an alias, as `Routing.resolve` knows them.
   */
  models: readonly string[] | Readonly<Record<string, string>>;
  /** The `fetch` that sends the requests; default: the global one, with whatever it is at the time of a call. */
  fetch?: typeof globalThis.fetch | undefined;
  /** The name that stands for the choice; default `auto`. All other names pass through. */
  auto?: string | undefined;
  /** Lets OpenRouter go on with the next models of the ranking: fills `models`, and `provider.max_price` if `maxUsdPerMTok` is set. */
  openRouter?: boolean | undefined;
}

const FETCH_KEYS: Keys<FetchOptions> = {
  models: anything,
  fetch: aCallback,
  auto: aText,
  openRouter: aFlag,
  ...CHOOSER_KEYS,
};

const NAME = 'signalbox';

/** OpenRouter takes so many models in one request. */
const MOST_MODELS = 3;

/** Answers of a provider after which another one may do better: too many requests, a timeout, or its own failure. */
const mayPass = (status: number) => status === 408 || status === 409 || status === 429 || status >= 500;

type Body = Record<string, unknown> & { model?: unknown };

/** Returns the ids of the models by their names. Errors: `invalid_argument`. */
function idsOf(models: FetchOptions['models']): Readonly<Record<string, string>> {
  if (Array.isArray(models)) return Object.fromEntries((models as readonly string[]).map((id) => [id, id]));
  if (isPlainObject(models)) return models as Record<string, string>;
  throw invalid(`models is ${described(models)}, expected a list of the provider's ids, or an object of ids by name`);
}

/** Returns the text that a request to Chat Completions (`messages`) or Responses (`input`) is decided by. */
export function decidingTextOf(body: Readonly<Record<string, unknown>>): string {
  const { messages, input } = body;
  return typeof input === 'string' ? input : decidingText(turnsOf(messages ?? input));
}

/** Returns the conversation of such a request. */
export function inputOfBody(body: Readonly<Record<string, unknown>>): Conversation | string {
  const { messages, input, instructions, tools } = body;
  return inputOf(messages ?? input, { system: instructions, tools });
}

/** Returns the trace as the first member of an object of JSON, before the rest of it. */
const memberOf = (trace: RoutingTrace, rest: string): string =>
  `${JSON.stringify(NAME)}:${JSON.stringify(trace)}${rest.trimStart().startsWith('}') ? '' : ','}`;

/** Returns JSON with one more member, the first one; all else stays as it is. */
function withMember(json: string, trace: RoutingTrace): string {
  const opening = json.indexOf('{');
  if (opening < 0 || json.slice(0, opening).trim() !== '') return json;
  const rest = json.slice(opening + 1);
  return `${json.slice(0, opening + 1)}${memberOf(trace, rest)}${rest}`;
}

/** Bytes of a stream that are searched for its first event. */
const MOST_WAITING = 1_000_000;

/** Appends bytes to bytes. */
function joined(before: Uint8Array, more: Uint8Array): Uint8Array {
  const whole = new Uint8Array(before.length + more.length);
  whole.set(before);
  whole.set(more, before.length);
  return whole;
}

/** Puts the trace into the first event of a stream that is a JSON object, and passes every other byte on. */
function tracedEvents(trace: RoutingTrace): TransformStream<Uint8Array, Uint8Array> {
  // One character a byte: a chunk may end inside a character.
  const decoder = new TextDecoder('latin1');
  const encoder = new TextEncoder();
  let waiting: Uint8Array | undefined = new Uint8Array();
  return new TransformStream({
    transform: (chunk, controller) => {
      if (waiting === undefined) return controller.enqueue(chunk);
      waiting = joined(waiting, chunk);
      const line = /^data: ?(\{[^\n]*)\n/m.exec(decoder.decode(waiting));
      if (line === null && waiting.length < MOST_WAITING) return;
      if (line === null) {
        controller.enqueue(waiting);
      } else {
        const inside = line.index + line[0].indexOf('{') + 1;
        controller.enqueue(waiting.slice(0, inside));
        controller.enqueue(encoder.encode(memberOf(trace, line[1]?.slice(1) ?? '')));
        controller.enqueue(waiting.slice(inside));
      }
      waiting = undefined;
    },
    flush: (controller) => {
      if (waiting?.length) controller.enqueue(waiting);
    },
  });
}

/** Returns a copy of the response's headers for a changed body. */
function headersFor(response: Response, model?: string): Headers {
  const headers = new Headers(response.headers);
  for (const name of ['content-length', 'content-encoding']) headers.delete(name);
  // Header values are Latin-1.
  if (model !== undefined) headers.set(`x-${NAME}-model`, encodeURI(model));
  return headers;
}

/** Returns the provider's response with the model in a header and the trace in its body. */
async function traced(response: Response, trace: RoutingTrace, id: string): Promise<Response> {
  const { status, statusText } = response;
  const headers = headersFor(response, id);
  const type = response.headers.get('content-type') ?? '';
  if (response.body !== null && type.includes('text/event-stream')) {
    return new Response(response.body.pipeThrough(tracedEvents(trace)), { status, statusText, headers });
  }
  if (!type.includes('json')) return new Response(response.body, { status, statusText, headers });
  return new Response(withMember(await response.text(), trace), { status, statusText, headers });
}

/** Puts the name that stands for the choice first into the provider's list of models. */
async function withAuto(response: Response, auto: string): Promise<Response> {
  if (!response.ok) return response;
  const text = await response.text();
  const { status, statusText } = response;
  const answer = (body: string) => new Response(body, { status, statusText, headers: headersFor(response) });
  try {
    const list = JSON.parse(text) as { data?: unknown };
    if (!Array.isArray(list.data)) return answer(text);
    const entry = { id: auto, object: 'model', created: 0, owned_by: NAME };
    return answer(JSON.stringify({ ...list, data: [entry, ...(list.data as unknown[])] }));
  } catch {
    return answer(text);
  }
}

/** A provider's answer that is a failure, for the next model of the ranking. */
class ProviderFailure extends Error {
  readonly response: Response;

  constructor(response: Response) {
    super(`the provider answered ${response.status}`);
    this.response = response;
  }
}

/** A response, and if the router decided about it how. */
export interface RoutedResponse {
  response: Response;
  trace?: RoutingTrace;
}

/** Returns a `fetch` whose responses have their traces beside them. */
export function routedFetch(
  router: RouterSource,
  options: FetchOptions,
): (...call: Parameters<typeof globalThis.fetch>) => Promise<RoutedResponse> {
  checkOptions(options, FETCH_KEYS);
  const { models, fetch: given, auto = 'auto', openRouter = false, ...more } = options;
  const send: typeof globalThis.fetch = given ?? ((...call) => globalThis.fetch(...call));
  const ids = idsOf(models);
  const chooser = new Chooser(router, Object.keys(ids), more);
  const idOf = (name: string) => ids[name] as string;
  const passed = async (...call: Parameters<typeof globalThis.fetch>) => ({ response: await send(...call) });

  const bodyFor = (body: Body, model: string, { trace }: Choice) => {
    const { [NAME]: own, ...sent } = body;
    if (!openRouter) return JSON.stringify({ ...sent, model: idOf(model) });
    const ranked = [...new Set([model, ...trace.ranking])].slice(0, MOST_MODELS).map(idOf);
    const limit = (own as ChooserOptions | undefined)?.maxUsdPerMTok ?? more.maxUsdPerMTok;
    // The limit is on three parts of input and one of output, so that either alone may cost more.
    const price = typeof limit === 'number' ? { max_price: { prompt: (limit * 4) / 3, completion: limit * 4 } } : {};
    const provider = { ...price, ...(sent.provider as object | undefined) };
    return JSON.stringify({ ...sent, model: idOf(model), models: ranked, provider });
  };

  return async (input, init) => {
    const request = isRequest(input) ? input : undefined;
    const method = (init?.method ?? request?.method ?? 'GET').toUpperCase();
    const { pathname } = new URL(request?.url ?? String(input), 'http://localhost');
    if (method === 'GET' && pathname.endsWith('/models'))
      return { response: await withAuto(await send(input, init), auto) };
    if (method !== 'POST' || !/\/(chat\/completions|responses)$/.test(pathname)) return passed(input, init);
    const body = parsed(init?.body == null ? await request?.clone().text() : await textOf(init.body));
    if (body?.model !== auto) return passed(input, init);

    const signal = init?.signal ?? request?.signal;
    const { [NAME]: own } = body;
    const choice = await chooser.choose(inputOfBody(body), own as object | undefined, signal);
    const failures: Response[] = [];
    const ask = async (model: string) => {
      const headers = new Headers(init?.headers ?? request?.headers);
      headers.delete('content-length');
      const response = await send(input, { ...init, headers, body: bodyFor(body, model, choice) });
      if (!mayPass(response.status) || choice.order.length === 1) return response;
      failures.push(response);
      throw new ProviderFailure(response);
    };
    const dropAllBut = (kept?: Response) => {
      for (const one of failures) if (one !== kept) void one.body?.cancel().catch(() => undefined);
    };
    try {
      const { answer, trace } = await chooser.ask(choice, ask, signal);
      dropAllBut();
      return { response: await traced(answer, trace, idOf(trace.model)), trace };
    } catch (error) {
      const response = error instanceof ProviderFailure ? error.response : undefined;
      dropAllBut(response);
      if (response !== undefined) return { response };
      throw error;
    }
  };
}

/**
 * Returns a `fetch` for `new OpenAI({ fetch })` and every client of that shape. A call of Chat Completions or Responses with
 * the model `auto` goes to the model that the router picks; all other calls pass through unchanged. The response has the
 * header `x-signalbox-model` and the member `signalbox`, a `RoutingTrace`; in a stream the first event has it. A member
 * `signalbox` of the request has options of its decision, and is not sent. `GET /models` lists `auto` first.
 *
 * The user's last turn decides; see docs/integrations.md. A router that fails costs no answer: `fallback` is asked, and the
 * trace has the error. With `failover`, a provider that answers 408, 409, 429 or 5xx, or not at all, is followed by the next
 * model. Errors: `invalid_argument` at once for wrong options; calls reject as those of `fetch`.
 *
 * @example
 * ```ts
 * const fetch = signalboxFetch(router, { models: ['openai/gpt-5.5', 'google/gemini-3-flash'] });
 * const client = new OpenAI({ baseURL: 'https://openrouter.ai/api/v1', apiKey, fetch });
 * await client.chat.completions.create({ model: 'auto', messages });
 * ```
 */
export function signalboxFetch(router: RouterSource, options: FetchOptions): typeof globalThis.fetch {
  const send = routedFetch(router, options);
  return async (...call) => (await send(...call)).response;
}

const tagOf = (value: unknown): string => Object.prototype.toString.call(value);

const isRequest = (value: unknown): value is Request =>
  tagOf(value) === '[object Request]' && typeof (value as Request).url === 'string';

/** Returns the text of a body. A stream of the caller's is not read, because it could not be sent any more. */
async function textOf(body: unknown): Promise<string | undefined> {
  if (typeof body === 'string') return body;
  const isBytes = ArrayBuffer.isView(body) || /^\[object (?:ArrayBuffer|Blob|File)\]$/.test(tagOf(body));
  return isBytes ? new Response(body as BodyInit).text() : undefined;
}

/** Returns the JSON object of a request, or nothing for everything else. */
function parsed(text: unknown): Body | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    const body: unknown = JSON.parse(text);
    return isPlainObject(body) ? body : undefined;
  } catch {
    return undefined;
  }
}
