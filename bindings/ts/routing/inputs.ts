/** Turns the inputs of a call (prompts, vectors or embeddings) into vectors of the index. */
import { isConversation, readConversation, type Said } from '../conversations/reading.js';
import { isDistanceScale } from '../embedding/language-table.js';
import { abortable, SignalboxError, throwIfAborted } from '../errors.js';
import { described, isPlainObject } from '../options.js';
import { turn } from '../steps.js';
import {
  type Conversation,
  type ConversationFacts,
  type Embedder,
  type EmbedderDetails,
  type Embedding,
  type EmbedOptions,
  type IndexInfo,
  type RouteInput,
  type RouteInputs,
  type Routing,
  UNREAD_CAUSES,
} from '../types.js';
import { checkNeeds } from './option-keys.js';
import { promptTokensOf, tokensOfText } from './prompt-tokens.js';
import { unreadCauseOf } from './unread.js';

/** Prompts embedded at a time; an abort is noticed between two blocks. */
const BLOCK = 256;

/** Settings that must match besides the files; dtypes may differ. */
const COMPARED = ['pooling', 'maxTokens', 'prefix', 'tokenizerHash'] as const;

/** Returns whether the value is an embedder, as opposed to a place to load one from. */
export function isEmbedder(value: unknown): value is Embedder {
  return typeof (value as Embedder | undefined)?.embed === 'function';
}

/** Waits for a function that makes an embedder; disposes of one that comes after an abort. */
export async function makeEmbedder(
  make: () => Embedder | Promise<Embedder>,
  signal: AbortSignal | undefined,
): Promise<Embedder> {
  const making = Promise.resolve(make());
  try {
    const embedder = await abortable(making, signal);
    if (isEmbedder(embedder)) return embedder;
  } catch (cause) {
    making.then((late) => late?.dispose?.()).catch(() => undefined);
    throw cause;
  }
  throw new SignalboxError('invalid_argument', 'the function given as embedder returned no embedder');
}

function refuse(got: string, expected: string): never {
  throw new SignalboxError('embedder_mismatch', `the embedder has ${got}, the index was built with ${expected}`);
}

function checkDetails(got: EmbedderDetails, expected: EmbedderDetails): void {
  for (const key of COMPARED) {
    const isUnknown = key === 'tokenizerHash' && (got[key] === undefined || expected[key] === undefined);
    if (!isUnknown && got[key] !== expected[key]) {
      refuse(`the ${key} ${JSON.stringify(got[key] ?? '')}`, JSON.stringify(expected[key] ?? ''));
    }
  }
}

/** Errors: `embedder_mismatch`. */
function checkEmbedder(embedder: Embedder, index: IndexInfo): void {
  const { id, hash, details } = index.embedder;
  const isOtherDtype =
    details !== undefined && embedder.details !== undefined && details.dtype !== embedder.details.dtype;
  const isSameHash = hash === '' || isOtherDtype || (embedder.hash ?? hash) === hash;
  // An index may hold the first dimensions only; for an embedder that it does not name, that cannot be verified.
  const isCut = id !== '' && id === embedder.id && isSameHash && embedder.dim > index.dim;
  if (id !== '' && embedder.id !== id) refuse(`the id '${embedder.id}'`, `'${id}'`);
  if (embedder.dim !== index.dim && !isCut) refuse(`${embedder.dim} dimensions`, `${index.dim}`);
  if (details !== undefined && embedder.details !== undefined) checkDetails(embedder.details, details);
  if (!isSameHash) refuse(`other files than expected (${embedder.hash}: another version, or a damaged download)`, hash);
}

/**
 * Validates an embedder's answer: one embedding per text, of the embedder's dimensions. If the index has fewer
 * dimensions, takes the first ones (Matryoshka); the core does not need unit norm.
 * Errors: `dimension_mismatch`.
 */
export function embeddingsFor(embeddings: Embedding[], texts: number, embedderDim: number, dim: number): Embedding[] {
  if (!Array.isArray(embeddings) || embeddings.length !== texts || !embeddings.every(Boolean)) {
    const got = Array.isArray(embeddings) ? embeddings.filter(Boolean).length : typeof embeddings;
    throw new SignalboxError('dimension_mismatch', `the embedder returned ${got} embeddings for ${texts} texts`);
  }
  return embeddings.map(({ vector, ...read }) => {
    if (vector?.length !== embedderDim) {
      const got = vector?.length ?? 'no';
      throw new SignalboxError(
        'dimension_mismatch',
        `the embedder returned a vector of ${got} dimensions, but declares ${embedderDim}`,
      );
    }
    return { ...read, vector: embedderDim > dim ? vector.slice(0, dim) : vector };
  });
}

/** Adds the tokens of the prompt, and replaces what an embedder says of the words by the verdict; an unread text has a vector of zeros. */
function judged(text: string, { vector, tokens, truncated, wordShare, gibberish, ...more }: Embedding): Embedding {
  const unread = unreadCauseOf(text, wordShare, gibberish);
  const { multilingualError, language, distanceScale } = more;
  const read: Embedding = { vector, tokens, truncated, promptTokens: promptTokensOf(text) };
  if (multilingualError !== undefined) read.multilingualError = multilingualError;
  if (unread !== undefined) return { ...read, vector: new Float32Array(vector.length), unread };
  return language === undefined ? read : { ...read, language, distanceScale };
}

/** How much of a text was read, and with which table; `tokens` is `null` for a vector. */
export interface Read extends Pick<Embedding, 'unread' | 'language' | 'distanceScale' | 'multilingualError'> {
  tokens: number | null;
  truncated: boolean;
}

/** An input as a vector, how much of its text was read, and what it needs of a model. */
export interface ReadInput extends Read, Pick<Embedding, 'promptTokens' | 'conversation'> {
  vector: ArrayLike<number>;
}

/** A conversation as a `WorkerRouter` sends it: read, so that it can be cloned. */
export interface SaidInput {
  said: Said;
}

/** A text to embed, and what is known beside it. */
type Text = Pick<Said, 'text'> & Partial<Said>;

/** Errors: `invalid_argument` for other needs than the format has. */
function isFacts(facts: ConversationFacts | undefined): boolean {
  const { needs, midTask, tokensBefore } = facts ?? ({} as Partial<ConversationFacts>);
  if (needs === undefined) return false;
  checkNeeds(needs, 'needs');
  return typeof midTask === 'boolean' && Number.isSafeInteger(tokensBefore);
}

/** Returns the text of a prompt or a conversation; `undefined` for other inputs. Errors: `invalid_argument`. */
function textOf(input: RouteInput | SaidInput, where: string): Text | undefined {
  if (typeof input === 'string') return { text: input };
  if (isConversation(input)) return readConversation(input, where, tokensOfText);
  const { said } = (isPlainObject(input) ? input : {}) as Partial<SaidInput>;
  if (said === undefined) return undefined;
  const { text, promptTokens } = said ?? {};
  if (typeof text !== 'string' || !Number.isSafeInteger(promptTokens) || !isFacts(said.conversation)) {
    throw new SignalboxError('invalid_argument', `${where} is not a conversation that was read`);
  }
  return said;
}

/** Returns an input with its text embedded by a router. Errors: `invalid_argument`, and those of `embed`. */
export async function embeddedBy(
  router: Pick<Routing, 'embed'>,
  input: RouteInput,
  signal: AbortSignal | undefined,
): Promise<ArrayLike<number> | Embedding> {
  const text = textOf(input, 'the input');
  if (text === undefined) return input as ArrayLike<number> | Embedding;
  const [embedding] = await router.embed([text.text], { signal });
  return withFacts(embedding as Embedding, text);
}

/** Returns an input that can be cloned. Errors: `invalid_argument` for a malformed conversation. */
export function cloneableInput(input: RouteInput, where = 'the input'): RouteInput | SaidInput {
  return isConversation(input) ? { said: readConversation(input, where, tokensOfText) } : input;
}

/** Adds to the embedding of a text what is known beside it. */
function withFacts(embedding: Embedding, { promptTokens, conversation }: Text): Embedding {
  return conversation === undefined ? embedding : { ...embedding, promptTokens, conversation };
}

/** An input before it is embedded, with what is already known of it. */
export type Given = Text | ReadInput;

/** Describes a list that is not a vector by its first item. */
function listWords(first: unknown): string {
  if (typeof first === 'string') return 'a list of texts';
  const isMessage = typeof first === 'object' && first !== null && 'role' in first;
  return isMessage ? 'a list of messages (pass { messages })' : `a list that begins with ${described(first)}`;
}

/** Errors: `invalid_argument` for anything but a vector or an embedding. */
function readGiven(input: Exclude<RouteInput, string | Conversation>, where: string): ReadInput {
  const isObject = typeof input === 'object' && input !== null;
  if (isObject && 'vector' in input) {
    const { vector, tokens = null, truncated = false, unread } = input as Partial<ReadInput> & { vector: Float32Array };
    const {
      promptTokens = null,
      language,
      distanceScale,
      multilingualError,
      conversation,
    } = input as Partial<Embedding>;
    const isCount = [tokens, promptTokens].every((count) => count === null || (Number.isInteger(count) && count >= 0));
    const isCause = unread === undefined || UNREAD_CAUSES.includes(unread);
    const isLanguage = language === undefined || typeof language === 'string';
    const isScale = distanceScale === undefined || isDistanceScale(distanceScale);
    const isError = multilingualError === undefined || typeof multilingualError?.message === 'string';
    const isSaid = conversation === undefined || isFacts(conversation);
    if (isCount && isCause && isLanguage && isScale && isError && isSaid && typeof truncated === 'boolean') {
      const read = { vector, tokens, truncated, unread, language, distanceScale, multilingualError, conversation };
      return { ...read, promptTokens: promptTokensOf(input) };
    }
    throw new SignalboxError(
      'invalid_argument',
      `${where} is not an embedding: see tokens, truncated, promptTokens, unread, language, distanceScale, multilingualError and conversation`,
    );
  }
  const isListOfOthers = Array.isArray(input) && input.length > 0 && typeof input[0] !== 'number';
  const isVector = isObject && typeof (input as ArrayLike<number>).length === 'number' && !(input instanceof String);
  if (isVector && !isListOfOthers) return { vector: input as ArrayLike<number>, tokens: null, truncated: false };
  const got = isListOfOthers ? listWords(input[0]) : described(input);
  throw new SignalboxError(
    'invalid_argument',
    `${where} is ${got}, expected a prompt, { messages }, a vector or an embedding`,
  );
}

/** Errors: `invalid_argument` for anything but a list or a matrix, `dimension_mismatch` for a matrix whose length is not a multiple of dim. */
function listOf(inputs: RouteInputs, dim: number): readonly RouteInput[] {
  if (inputs instanceof Float32Array) {
    if (inputs.length === 0 || inputs.length % dim !== 0) {
      throw new SignalboxError(
        'dimension_mismatch',
        `got ${inputs.length} values, the index needs vectors of ${dim} dimensions`,
      );
    }
    return Array.from({ length: inputs.length / dim }, (_, i) => inputs.subarray(i * dim, (i + 1) * dim));
  }
  if (Array.isArray(inputs)) return inputs;
  throw new SignalboxError('invalid_argument', 'expected a list of inputs or a Float32Array [n * dim]');
}

/** Errors: `invalid_argument` for an empty list. */
export function checkNotEmpty(inputs: { readonly length: number } | undefined): void {
  if (inputs === null || typeof inputs !== 'object' || inputs.length === 0) {
    throw new SignalboxError('invalid_argument', 'expected a list of at least one prompt');
  }
}

/** Errors: `invalid_argument` for anything but a list of at least one prompt. */
export function checkPrompts(prompts: readonly string[]): void {
  if (!Array.isArray(prompts)) {
    throw new SignalboxError('invalid_argument', 'expected a list of at least one prompt');
  }
  checkNotEmpty(prompts);
}

/** Inputs of one index, read with its embedder. */
export class Inputs {
  readonly #embedder: Embedder | undefined;
  readonly #index: IndexInfo;
  /** Rejects each call that waits for the embedder. */
  readonly #waiting = new Set<(error: SignalboxError) => void>();

  /** Without an embedder every prompt is refused. Errors: `embedder_mismatch`. */
  constructor(embedder: Embedder | undefined, index: IndexInfo) {
    if (embedder !== undefined) checkEmbedder(embedder, index);
    this.#embedder = embedder;
    this.#index = index;
  }

  /** Embeds prompts. Errors: `aborted`, `embedder_mismatch`, `dimension_mismatch`, and those of the embedder. */
  async embed(prompts: readonly string[], options: EmbedOptions): Promise<Embedding[]> {
    const embedder = this.#embedder;
    if (embedder === undefined) {
      const { id } = this.#index.embedder;
      throw new SignalboxError(
        'embedder_mismatch',
        id === ''
          ? 'the index names no embedder: load it with one, or route vectors'
          : `the index was built with the embedder '${id}': load it with that embedder, or route vectors`,
      );
    }
    const { signal, onProgress } = options;
    const out: Embedding[] = [];
    for (let first = 0; first < prompts.length; first += BLOCK) {
      if (first > 0) await turn();
      throwIfAborted(signal);
      const block = prompts.slice(first, first + BLOCK);
      const embeddings = await this.#whileOpen(abortable(embedder.embed(block, { signal }), signal));
      for (const [i, read] of embeddingsFor(embeddings, block.length, embedder.dim, this.#index.dim).entries()) {
        out.push(judged(block[i] as string, read));
      }
      onProgress?.({ done: out.length, total: prompts.length });
    }
    throwIfAborted(signal);
    return out;
  }

  /** Rejects the calls that wait for the embedder. */
  dispose(): void {
    for (const reject of this.#waiting) reject(new SignalboxError('disposed', 'the router was disposed'));
  }

  #whileOpen<T>(answer: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject);
      answer.then(resolve, reject).finally(() => this.#waiting.delete(reject));
    });
  }

  /** Reads one input. Errors: those of `embed`, `invalid_argument`. */
  async read(input: RouteInput, signal: AbortSignal | undefined): Promise<ReadInput> {
    throwIfAborted(signal);
    const text = textOf(input, 'the input');
    if (text === undefined) return readGiven(input as Exclude<RouteInput, string | Conversation>, 'the input');
    const [embedding] = await this.embed([text.text], { signal });
    if (embedding === undefined) throw new SignalboxError('internal', 'the embedder returned no vector');
    return withFacts(embedding, text);
  }

  /**
   * Reads many inputs: returns their number, and their blocks, which embed prompts as they are asked for. Errors: those of
   * `read`; a defect of the list at once.
   */
  inBlocks(
    inputs: RouteInputs,
    signal: AbortSignal | undefined,
  ): { count: number; given: Given[]; blocks: AsyncGenerator<ReadInput[]> } {
    throwIfAborted(signal);
    // A copy, which visits holes, too: the caller may change the list while prompts are embedded.
    const given = Array.from(listOf(inputs, this.#index.dim), (input, i): Given => {
      const text = textOf(input, `input ${i}`);
      if (text === undefined) return readGiven(input as Exclude<RouteInput, string | Conversation>, `input ${i}`);
      return text.promptTokens === undefined ? { ...text, promptTokens: tokensOfText(text.text) } : text;
    });
    return { count: given.length, given, blocks: this.#read(given, signal) };
  }

  async *#read(list: readonly Given[], signal: AbortSignal | undefined): AsyncGenerator<ReadInput[]> {
    const prompts = list.flatMap((input) => ('text' in input ? input.text : []));
    let embeddings: Embedding[] = [];
    let next = 0;
    for (let first = 0; first < list.length; first += BLOCK) {
      const block: ReadInput[] = [];
      for (const input of list.slice(first, first + BLOCK)) {
        if ('text' in input && next % BLOCK === 0) {
          embeddings = await this.embed(prompts.slice(next, next + BLOCK), { signal });
        }
        block.push('text' in input ? withFacts(embeddings[next++ % BLOCK] as Embedding, input) : input);
      }
      yield block;
    }
  }

  /** Reads all inputs. Errors: those of `inBlocks`. */
  async readAll(inputs: RouteInputs, { signal, onProgress }: EmbedOptions): Promise<ReadInput[]> {
    const out: ReadInput[] = [];
    const { count, blocks } = this.inBlocks(inputs, signal);
    for await (const block of blocks) {
      out.push(...block);
      onProgress?.({ done: out.length, total: count });
      if (out.length < count) await turn();
      throwIfAborted(signal);
    }
    return out;
  }
}

/** Returns the commonest of some names; ties go to the first. */
function commonest(names: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return [...counts].find(([, count]) => count === most)?.[0];
}

/** Totals how much of a task's inputs was read. `unread` is the most serious cause, and concerns a task that was not read. */
export function readOf(inputs: readonly Read[]): Read {
  const counts = inputs.flatMap(({ tokens }) => (tokens === null ? [] : [tokens]));
  return {
    tokens: counts.length === 0 ? null : counts.reduce((sum, count) => sum + count, 0),
    truncated: inputs.some(({ truncated }) => truncated),
    unread: UNREAD_CAUSES.find((cause) => inputs.some(({ unread }) => unread === cause)),
    language: commonest(inputs.flatMap(({ language }) => language ?? [])),
    distanceScale: inputs.reduce((sum, { distanceScale = 1 }) => sum + distanceScale, 0) / inputs.length,
    multilingualError: inputs.find(({ multilingualError }) => multilingualError !== undefined)?.multilingualError,
  };
}
