/**
 * A router as a model and a provider of the AI SDK. The SDK's types are not imported: the models of whatever version a
 * project has go in, and a model of the same version comes out.
 */

import { inputOf } from '../conversations/turns.js';
import { checkOptions, described, invalid, isPlainObject, type Keys, nearestOf, oneOf } from '../options.js';
import { PREFERENCES, type Preference } from '../types.js';
import { CHOOSER_KEYS, Chooser, type ChooserOptions, type RouterSource, type RoutingTrace } from './chooser.js';

/** The used parts of a `LanguageModelV3` or `LanguageModelV4`. */
export interface SdkModel {
  readonly specificationVersion: 'v3' | 'v4';
  readonly provider: string;
  readonly modelId: string;
  supportedUrls: PromiseLike<Record<string, RegExp[]>> | Record<string, RegExp[]>;
  doGenerate(options: never): PromiseLike<object>;
  doStream(options: never): PromiseLike<{ stream: ReadableStream<object> }>;
}

/** A model of the version of the models that it routes to. */
export type RoutedModel<Model extends SdkModel> = Pick<Model, keyof SdkModel>;

/** Options of a routed model. All options of a decision may stand beside them, as defaults. */
export interface ModelOptions<Model extends SdkModel = SdkModel> extends ChooserOptions {
  router: RouterSource;
  /** The models to choose from, by a name that the index knows: its own, an alias, or the provider's id. */
  models: Readonly<Record<string, Model>>;
  /** The version of the models, if it shall be checked. */
  specification?: Model['specificationVersion'] | undefined;
}

/** The options of a call that are read. */
interface CallOptions {
  prompt: unknown;
  tools?: unknown;
  abortSignal?: AbortSignal | undefined;
  providerOptions?: Record<string, unknown> | undefined;
}

type StreamPart = { type: string; delta?: string; error?: unknown; providerMetadata?: object };
type Generate = (options: object) => PromiseLike<{ providerMetadata?: object }>;
type Stream = (options: object) => PromiseLike<{ stream: ReadableStream<StreamPart> }>;

const NAME = 'signalbox';

const isModel = (value: unknown): value is SdkModel => {
  const { doGenerate, doStream } = (value ?? {}) as Partial<SdkModel>;
  return typeof doGenerate === 'function' && typeof doStream === 'function';
};

/** Returns the one version that all models have. Errors: `invalid_argument`. */
function versionOf(models: Readonly<Record<string, unknown>>, wanted: unknown): SdkModel['specificationVersion'] {
  const versions = new Map<string, string>();
  for (const [name, model] of Object.entries(models)) {
    if (!isModel(model))
      throw invalid(`models: '${name}' is ${described(model)}, expected a language model of the AI SDK`);
    versions.set(String(model.specificationVersion), name);
  }
  const [version, other] = versions.keys();
  if (other !== undefined) {
    const both = [...versions].map(([found, name]) => `'${name}' ${found}`);
    throw invalid(`models: got ${both.join(' and ')}, expected models of one version of the AI SDK`);
  }
  if (version !== undefined && version !== 'v3' && version !== 'v4') {
    throw invalid(`models: got specification ${version}, expected v3 (AI SDK 6) or v4 (AI SDK 7)`);
  }
  if (wanted !== undefined && wanted !== version) {
    throw invalid(`specification is ${described(wanted)}, but the models have ${version}`);
  }
  return version as SdkModel['specificationVersion'];
}

/** Returns the addresses that every model reads by itself: the SDK downloads all others before it asks. */
async function commonUrls(models: readonly SdkModel[]): Promise<Record<string, RegExp[]>> {
  const [first = {}, ...others] = await Promise.all(models.map(async (model) => model.supportedUrls));
  const isCommon = (type: string, pattern: RegExp) =>
    others.every((urls) => urls[type]?.some((other) => String(other) === String(pattern)));
  const common = Object.entries(first).map(
    ([type, patterns]) => [type, patterns.filter((pattern) => isCommon(type, pattern))] as const,
  );
  return Object.fromEntries(common.filter(([, patterns]) => patterns.length > 0));
}

/** Parts that come before a model has said anything. */
const BEFORE_CONTENT = ['stream-start', 'response-metadata', 'raw', 'text-start', 'reasoning-start'];

/** Reads a stream up to its first content. Throws the error that comes in place of it. */
async function opened(stream: ReadableStream<StreamPart>) {
  const reader = stream.getReader();
  const read: StreamPart[] = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { reader, read };
    if (value.type === 'error') {
      void reader.cancel(value.error).catch(() => undefined);
      throw value.error;
    }
    read.push(value);
    if (!BEFORE_CONTENT.includes(value.type) && value.delta !== '') return { reader, read };
  }
}

/** Returns the stream of a reader and what was read from it, with the trace in the part that ends it. */
function traced(
  { reader, read }: { reader: ReadableStreamDefaultReader<StreamPart>; read: StreamPart[] },
  trace: RoutingTrace,
): ReadableStream<StreamPart> {
  const marked = (part: StreamPart): StreamPart =>
    part.type === 'finish' ? { ...part, providerMetadata: { ...part.providerMetadata, [NAME]: trace } } : part;
  return new ReadableStream<StreamPart>({
    pull: async (controller) => {
      const early = read.shift();
      if (early !== undefined) return controller.enqueue(marked(early));
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(marked(value));
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

/** Takes the options of this package out of those of a call. */
function splitOptions<Options extends CallOptions>(options: Options) {
  const { [NAME]: own, ...others } = options.providerOptions ?? {};
  return {
    own: own as object | undefined,
    passed: options.providerOptions === undefined ? options : { ...options, providerOptions: others },
  };
}

const MODEL_KEYS = {
  router: () => undefined,
  models: (value: unknown) => {
    if (!isPlainObject(value)) throw invalid(`models is ${described(value)}, expected an object of models by name`);
  },
  specification: oneOf(['v3', 'v4']),
  ...CHOOSER_KEYS,
} satisfies Keys<ModelOptions>;

function chooserOf<Model extends SdkModel>(options: ModelOptions<Model>) {
  checkOptions(options, MODEL_KEYS as Keys<ModelOptions<Model>>);
  const { router, models, specification, ...more } = options;
  const version = versionOf(models, specification);
  return { chooser: new Chooser(router, Object.keys(models), more), models, version };
}

/**
 * Returns a language model that asks, for each call, the one of `models` that the router picks: a `LanguageModelV3` if
 * the models are (AI SDK 6), a `LanguageModelV4` if they are (AI SDK 7). Everything passes through: tools, files, headers,
 * aborts, warnings. `providerMetadata.signalbox` of a result, or of a stream's `finish`, has the `RoutingTrace`;
 * `providerOptions.signalbox` of a call has options of its decision.
 *
 * The user's last turn decides; see docs/integrations.md. A router that fails costs no answer: `fallback` is asked, and the
 * trace has the error. Errors: `invalid_argument` at once for models of several versions, and wrong options.
 *
 * @example
 * ```ts
 * const model = signalbox({ router, models: { 'openai/gpt-5.5': openai('gpt-5.5'), 'google/gemini-3-flash': google('gemini-3-flash') } });
 * const { text, providerMetadata } = await generateText({ model, prompt: 'Prove that sqrt(2) is irrational' });
 * ```
 */
export function signalbox<Model extends SdkModel>(options: ModelOptions<Model>): RoutedModel<Model> {
  const { chooser, models, version } = chooserOf(options);

  const choose = async (call: CallOptions) => {
    const { own, passed } = splitOptions(call);
    const choice = await chooser.choose(inputOf(call.prompt, call), own, call.abortSignal);
    return { choice, passed };
  };
  const modelOf = (name: string) => models[name] as SdkModel;

  const routed: SdkModel = {
    specificationVersion: version,
    provider: NAME,
    modelId: 'auto',
    get supportedUrls() {
      return commonUrls(Object.values(models));
    },
    doGenerate: async (call: CallOptions) => {
      const { choice, passed } = await choose(call);
      const generate = (name: string) => (modelOf(name).doGenerate as Generate).call(modelOf(name), passed);
      const { answer, trace } = await chooser.ask(choice, generate, call.abortSignal);
      return { ...answer, providerMetadata: { ...answer.providerMetadata, [NAME]: trace } };
    },
    doStream: async (call: CallOptions) => {
      const { choice, passed } = await choose(call);
      const start = async (name: string) => {
        const result = await (modelOf(name).doStream as Stream).call(modelOf(name), passed);
        return { result, begun: await opened(result.stream) };
      };
      const { answer, trace } = await chooser.ask(choice, start, call.abortSignal);
      return { ...answer.result, stream: traced(answer.begun, trace) };
    },
  };
  return routed as RoutedModel<Model>;
}

/**
 * Returns a `prepareStep` for `generateText`, `streamText` and agents, which sets the model of each step. Within one turn of
 * the user all steps get the same model, unless the options say otherwise.
 *
 * @example
 * ```ts
 * const prepareStep = signalboxPrepareStep({ router, models });
 * await generateText({ model: models['openai/gpt-5.5'], tools, prompt, prepareStep });
 * ```
 */
export function signalboxPrepareStep<Model extends SdkModel>(
  options: ModelOptions<Model>,
): (step: { messages: readonly unknown[] }) => Promise<{ model: Model }> {
  const { chooser, models } = chooserOf(options);
  return async ({ messages }) => {
    const choice = await chooser.choose(inputOf(messages));
    const { answer } = await chooser.ask(choice, async (name) => models[name] as Model);
    return { model: answer };
  };
}

/** A provider with routed models: see `signalboxProvider`. */
export interface RoutedProvider<Model extends SdkModel> {
  readonly specificationVersion: Model['specificationVersion'];
  /** `auto`, `best`, `balanced`, `cheap`, or the name of one of the models. */
  languageModel(modelId: string): RoutedModel<Model>;
  /** These throw the SDK's `NoSuchModelError`: the provider has language models only. */
  embeddingModel(modelId: string): never;
  textEmbeddingModel(modelId: string): never;
  imageModel(modelId: string): never;
}

/** Returns the SDK's `NoSuchModelError`, which it knows by marks on the object. */
function noSuchModel(modelId: string, modelType: string, question = ''): Error {
  const error = new Error(`No such ${modelType}: ${modelId}${question}`);
  const marks = { 'vercel.ai.error': true, 'vercel.ai.error.AI_NoSuchModelError': true };
  for (const [mark, value] of Object.entries(marks)) Object.defineProperty(error, Symbol.for(mark), { value });
  return Object.assign(error, { name: 'AI_NoSuchModelError', modelId, modelType });
}

/**
 * Returns a provider for `customProvider`, `createProviderRegistry` and `globalThis.AI_SDK_DEFAULT_PROVIDER`.
 *
 * @example
 * ```ts
 * const registry = createProviderRegistry({ signalbox: signalboxProvider({ router, models }) });
 * await generateText({ model: registry.languageModel('signalbox:cheap'), prompt });
 * ```
 */
export function signalboxProvider<Model extends SdkModel>(options: ModelOptions<Model>): RoutedProvider<Model> {
  const auto = signalbox(options);
  const { models } = options;
  const names = ['auto', ...PREFERENCES, ...Object.keys(models)];
  const refuse = (modelType: string) => (modelId: string) => {
    throw noSuchModel(modelId, modelType);
  };
  return {
    specificationVersion: auto.specificationVersion,
    languageModel: (modelId) => {
      if (modelId === 'auto') return auto;
      if (Object.hasOwn(models, modelId)) return models[modelId] as Model;
      const prefer = PREFERENCES.find((name) => name === modelId) as Preference | undefined;
      if (prefer === undefined) throw noSuchModel(modelId, 'languageModel', nearestOf(modelId, names));
      const { costWeight: _, ...others } = options;
      return signalbox({ ...others, prefer } as ModelOptions<Model>);
    },
    embeddingModel: refuse('embeddingModel'),
    textEmbeddingModel: refuse('embeddingModel'),
    imageModel: refuse('imageModel'),
  };
}
