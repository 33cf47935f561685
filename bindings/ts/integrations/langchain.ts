/** A router as a chat model and as middleware of LangChain. */
import { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { ChatGenerationChunk } from '@langchain/core/outputs';
import { inputOf, textOf } from '../conversations/turns.js';
import { anything, checkOptions, described, invalid, isPlainObject, type Keys } from '../options.js';
import { CHOOSER_KEYS, Chooser, type ChooserOptions, type RouterSource, type RoutingTrace } from './chooser.js';
import { opened, replayed } from './opened.js';

/** The used parts of a chat model, or of one with tools bound. */
export interface ChatModelLike {
  invoke(messages: never, options?: never): Promise<unknown>;
  stream(messages: never, options?: never): Promise<AsyncIterable<unknown>>;
  bindTools?(tools: never, options?: never): unknown;
}

/** Options of the chat model and the middleware. All options of a decision may stand beside them, as defaults. */
export interface LangChainOptions<Model> extends ChooserOptions {
  router: RouterSource;
  /** The models to choose from, by a name that the index knows. */
  models: Readonly<Record<string, Model>>;
}

const KEYS: Keys<LangChainOptions<object>> = { router: anything, models: anything, ...CHOOSER_KEYS };

const NAME = 'signalbox';

function chooserOf<Model extends object>(options: LangChainOptions<Model>) {
  checkOptions(options, KEYS as Keys<LangChainOptions<Model>>);
  const { router, models, ...more } = options;
  if (!isPlainObject(models)) throw invalid(`models is ${described(models)}, expected an object of models by name`);
  for (const [name, model] of Object.entries(models as Record<string, unknown>)) {
    const { invoke } = (model ?? {}) as { invoke?: unknown };
    if (typeof invoke !== 'function') throw invalid(`models: '${name}' is ${described(model)}, expected a chat model`);
  }
  return new Chooser(router, Object.keys(models), more);
}

interface Message {
  content?: unknown;
  tool_call_chunks?: readonly unknown[];
  additional_kwargs?: object;
  response_metadata?: Record<string, unknown>;
}

/** Puts the trace into a message's `response_metadata`. */
function mark<Answer>(answer: Answer, trace: RoutingTrace): Answer {
  const message = answer as Message;
  message.response_metadata = { ...message.response_metadata, [NAME]: trace };
  return answer;
}

/**
 * Returns what `createMiddleware` takes: it sets the model of each call of an agent. The trace is in the answer's
 * `response_metadata.signalbox`.
 *
 * @example
 * ```ts
 * const middleware = [createMiddleware(signalboxMiddleware({ router, models }))];
 * const agent = createAgent({ model: models['openai/gpt-5.5'], tools, middleware });
 * ```
 */
export function signalboxMiddleware<Model extends object>(options: LangChainOptions<Model>) {
  const chooser = chooserOf(options);
  const { models } = options;
  return {
    name: NAME,
    wrapModelCall: async <Request extends { messages: readonly unknown[]; tools?: unknown }, Answer>(
      request: Request,
      handler: (request: Request) => Answer | Promise<Answer>,
    ): Promise<Answer> => {
      const choice = await chooser.choose(inputOf(request.messages, request));
      const ask = async (name: string) => handler({ ...request, model: models[name] as Model });
      const { answer, trace } = await chooser.ask(choice, ask);
      return mark(answer, trace);
    },
  };
}

interface CallOptions {
  signal?: AbortSignal | undefined;
}
type Invoke = (messages: unknown, options: object) => Promise<Message>;
type Stream = (messages: unknown, options: object) => Promise<AsyncIterable<Message>>;

/** Returns whether a chunk says more than that an answer begins. */
const isContent = ({ content, tool_call_chunks = [], additional_kwargs = {} }: Message): boolean =>
  (Array.isArray(content) ? content.length > 0 : content !== '') ||
  tool_call_chunks.length > 0 ||
  Object.keys(additional_kwargs).length > 0;

/** Passes a call's options on, and traces the inner model as a part of this one. */
function passed(options: object, manager: object | undefined): object {
  const { getChild } = (manager ?? {}) as { getChild?: () => unknown };
  return { ...options, callbacks: getChild?.call(manager) };
}

/**
 * A chat model that asks, for each call, the one of `models` that the router picks. The trace is in the answer's
 * `response_metadata.signalbox`, in a stream in that of the first chunk. Tools are bound to each model.
 *
 * @example
 * ```ts
 * const model = new SignalboxChatModel({ router, models: { 'openai/gpt-5.5': new ChatOpenAI({ model: 'gpt-5.5' }) } });
 * const { content } = await model.invoke('Prove that sqrt(2) is irrational');
 * ```
 */
export class SignalboxChatModel extends BaseChatModel {
  readonly #chooser: Chooser;
  readonly #options: LangChainOptions<ChatModelLike>;

  constructor(options: LangChainOptions<ChatModelLike>) {
    super({});
    this.#chooser = chooserOf(options);
    this.#options = options;
  }

  override _llmType(): string {
    return NAME;
  }

  /**
   * Called by `invoke`.
   *
   * @hidden
   */
  async _generate(messages: readonly unknown[], options: CallOptions, manager?: object) {
    const choice = await this.#chooser.choose(inputOf(messages), {}, options.signal);
    const ask = (name: string) => {
      const model = this.#options.models[name] as ChatModelLike;
      return (model.invoke as unknown as Invoke).call(model, messages, passed(options, manager));
    };
    const { answer, trace } = await this.#chooser.ask(choice, ask, options.signal);
    return { generations: [{ text: textOf(answer.content), message: mark(answer, trace) as never }] };
  }

  /**
   * Called by `stream`.
   *
   * @hidden
   */
  async *_streamResponseChunks(messages: readonly unknown[], options: CallOptions, manager?: object) {
    const choice = await this.#chooser.choose(inputOf(messages), {}, options.signal);
    const start = async (name: string) => {
      const model = this.#options.models[name] as ChatModelLike;
      const chunks = await (model.stream as unknown as Stream).call(model, messages, passed(options, manager));
      return opened(chunks, isContent);
    };
    const { answer, trace } = await this.#chooser.ask(choice, start, options.signal);
    let isFirst = true;
    for await (const chunk of replayed(answer)) {
      const message = isFirst ? mark(chunk, trace) : chunk;
      isFirst = false;
      yield new ChatGenerationChunk({ message: message as never, text: textOf(message.content) });
    }
  }

  /**
   * Returns the same model with tools bound to each of its models.
   *
   * @example
   * ```ts
   * const model = new SignalboxChatModel({ router, models: { 'openai/gpt-5.5': new ChatOpenAI({ model: 'gpt-5.5' }) } });
   * const { tool_calls } = await model.bindTools(tools).invoke('What time is it?');
   * ```
   */
  bindTools(tools: readonly unknown[], options?: object): SignalboxChatModel {
    const bound = Object.entries(this.#options.models).map(([name, model]) => {
      if (model.bindTools === undefined) throw invalid(`models: '${name}' takes no tools`);
      return [name, model.bindTools(tools as never, options as never) as ChatModelLike] as const;
    });
    return new SignalboxChatModel({ ...this.#options, models: Object.fromEntries(bound) });
  }
}
