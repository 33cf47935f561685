/** A router as the model provider of the OpenAI Agents SDK. The SDK's types are not imported: its models go in and come out. */

import { inputOf } from '../conversations/turns.js';
import { anything, checkOptions, described, invalid, isPlainObject, type Keys, nearestOf } from '../options.js';
import { CHOOSER_KEYS, Chooser, type ChooserOptions, type RouterSource, type RoutingTrace } from './chooser.js';
import { opened, replayed } from './opened.js';

/** The used parts of a `Model` of the SDK. */
export interface AgentModel {
  getResponse(request: never): Promise<object>;
  getStreamedResponse(request: never): AsyncIterable<object>;
}

/** Options of the provider. All options of a decision may stand beside them, as defaults. */
export interface AgentsOptions<Model extends AgentModel> extends ChooserOptions {
  router: RouterSource;
  /** The models to choose from, by a name that the index knows. */
  models: Readonly<Record<string, Model>>;
}

/** The provider that `signalboxModelProvider` returns. */
export interface AgentsProvider<Model extends AgentModel> {
  /** Returns the routed model for `auto` or no name, else the model of that name. */
  getModel(modelName?: string): Pick<Model, keyof AgentModel>;
}

interface Request {
  input: unknown;
  systemInstructions?: unknown;
  tools?: unknown;
  signal?: AbortSignal | undefined;
}
interface Answer {
  providerData?: object;
}
type Respond = (request: Request) => Promise<Answer>;
interface StreamEvent {
  type?: string;
  response?: Answer;
  /** The provider's own event, in one of the type `model`. */
  event?: { type?: string; choices?: readonly { delta?: object }[] };
}
type Stream = (request: Request) => AsyncIterable<StreamEvent>;

const NAME = 'signalbox';
const KEYS: Keys<AgentsOptions<AgentModel>> = { router: anything, models: anything, ...CHOOSER_KEYS };

const askedOf = ({ input, systemInstructions, tools }: Request) =>
  inputOf(input, { system: systemInstructions, tools });

const marked = (answer: Answer, trace: RoutingTrace): Answer => ({
  ...answer,
  providerData: { ...answer.providerData, [NAME]: trace },
});

const BEFORE_CONTENT = /^(?:response_started|response\.(?:created|queued|in_progress|failed)|error)$/;

/** Returns whether a chunk of Chat Completions says more than a role. */
const saysSomething = ({ delta = {} }: { delta?: object }): boolean =>
  Object.entries(delta).some(([key, value]) => key !== 'role' && value !== '' && value != null);

/** Returns whether an event says more than that a response begins, or fails. */
function isContent({ type, event }: StreamEvent): boolean {
  if (type !== 'model') return !BEFORE_CONTENT.test(String(type));
  return event?.choices?.some(saysSomething) ?? !BEFORE_CONTENT.test(String(event?.type));
}

function isModel(value: unknown): value is AgentModel {
  const { getResponse, getStreamedResponse } = (value ?? {}) as Partial<AgentModel>;
  return typeof getResponse === 'function' && typeof getStreamedResponse === 'function';
}

/**
 * Returns a `ModelProvider` whose model `auto` asks, for each call, the one of `models` that the router picks. The trace is
 * in `providerData.signalbox` of the response, in a stream of that in the event `response_done`.
 *
 * @example
 * ```ts
 * const modelProvider = signalboxModelProvider({ router, models });
 * const { finalOutput } = await new Runner({ modelProvider }).run(new Agent({ name: 'Helper', model: 'auto' }), prompt);
 * ```
 */
export function signalboxModelProvider<Model extends AgentModel>(options: AgentsOptions<Model>): AgentsProvider<Model> {
  checkOptions(options, KEYS as Keys<AgentsOptions<Model>>);
  const { router, models, ...more } = options;
  if (!isPlainObject(models)) throw invalid(`models is ${described(models)}, expected an object of models by name`);
  const names = Object.keys(models);
  for (const name of names) {
    if (!isModel(models[name]))
      throw invalid(`models: '${name}' is ${described(models[name])}, expected a model of the SDK`);
  }
  const chooser = new Chooser(router, names, more);

  const auto = {
    getResponse: async (request: Request) => {
      const choice = await chooser.choose(askedOf(request), {}, request.signal);
      const ask = (name: string) => {
        const model = models[name] as Model;
        return (model.getResponse as unknown as Respond).call(model, request);
      };
      const { answer, trace } = await chooser.ask(choice, ask, request.signal);
      return marked(answer, trace);
    },
    getStreamedResponse: async function* (request: Request) {
      const choice = await chooser.choose(askedOf(request), {}, request.signal);
      const start = async (name: string) => {
        const model = models[name] as Model;
        return opened((model.getStreamedResponse as unknown as Stream).call(model, request), isContent);
      };
      const { answer, trace } = await chooser.ask(choice, start, request.signal);
      for await (const event of replayed(answer)) {
        const { type, response } = event;
        yield type === 'response_done' && response ? { ...event, response: marked(response, trace) } : event;
      }
    },
  };
  return {
    getModel: (modelName = 'auto') => {
      if (modelName === 'auto') return auto as unknown as Pick<Model, keyof AgentModel>;
      if (Object.hasOwn(models, modelName)) return models[modelName] as Model;
      const known = ['auto', ...names];
      throw invalid(
        `the model '${modelName}' is not known${nearestOf(modelName, known) || ','} expected one of ${known.join(', ')}`,
      );
    },
  };
}
