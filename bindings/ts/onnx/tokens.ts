/** Tokenises texts with the truncation and special tokens of sentence-transformers. */
import type { Tokenizer } from '@huggingface/tokenizers';
import { beginningOf } from '../embedding/cut-text.js';
import { isGibberish } from '../embedding/gibberish.js';
import { Scripts } from '../embedding/scripts.js';
import { knownTokens, openTokenizer, readsBytes, wordShareOf } from '../embedding/tokenizer.js';
import { errorFrom } from '../errors.js';
import type { Fields } from '../files/fields.js';
import type { Configuration } from './configuration.js';

/** Longer texts are cut before they are tokenised, so that a megabyte costs no more than a page. */
const MOST_CHARACTERS_A_TOKEN = 32;

export interface TokenisedText {
  /** Ids of the tokens, special ones included. */
  ids: number[];
  /** Number of the text's tokens in the vocabulary. */
  known: number;
  /** The text was cut. */
  truncated: boolean;
  /** See `Embedding`. */
  wordShare: number | undefined;
  gibberish?: true;
}

/** The special tokens around a text. */
interface Frame {
  before: number[];
  after: number[];
}

const startsWith = (whole: number[], part: number[], at: number) => part.every((id, i) => whole[at + i] === id);

function frameOf(tokenizer: Tokenizer): Frame {
  const content = tokenizer.encode('a b', { add_special_tokens: false }).ids;
  const whole = tokenizer.encode('a b').ids;
  for (let at = 0; at + content.length <= whole.length; ++at) {
    if (content.length > 0 && startsWith(whole, content, at)) {
      return { before: whole.slice(0, at), after: whole.slice(at + content.length) };
    }
  }
  throw errorFrom('bad_embedder', 'the tokenizer does not put its special tokens around a text');
}

function tokenIdOf(tokenizer: Tokenizer, token: unknown): number | undefined {
  const content = typeof token === 'object' && token !== null ? (token as { content?: unknown }).content : token;
  return typeof content === 'string' ? tokenizer.token_to_id(content) : undefined;
}

export class TextTokenizer {
  /** Token that pads the shorter texts of a batch. */
  readonly padId: number;
  readonly #tokenizer: Tokenizer;
  readonly #configuration: Configuration;
  readonly #frame: Frame;
  readonly #isKnown: (id: number) => boolean;
  readonly #readsBytes: boolean;
  readonly #scripts: Scripts;
  readonly #prefixTokens: number;

  /** Errors: `bad_embedder`. */
  constructor(json: Fields, config: Fields | undefined, modelConfig: Fields, configuration: Configuration) {
    this.#tokenizer = openTokenizer(json, config);
    try {
      this.#frame = frameOf(this.#tokenizer);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw Object.assign(errorFrom('bad_embedder', `tokenizer.json is not supported: ${why}`), { cause });
    }
    const padding = json.padding as { pad_id?: unknown } | null | undefined;
    const ids = [tokenIdOf(this.#tokenizer, config?.pad_token), modelConfig.pad_token_id, padding?.pad_id];
    this.padId = ids.find((id): id is number => typeof id === 'number') ?? 0;
    this.#isKnown = knownTokens(this.#tokenizer, json);
    this.#readsBytes = readsBytes(json);
    this.#scripts = new Scripts(json);
    this.#configuration = configuration;
    this.#prefixTokens = this.#contentOf(configuration.prefix).length;
    const special = this.#frame.before.length + this.#frame.after.length;
    if (configuration.maxTokens <= special + this.#prefixTokens) {
      throw errorFrom('bad_embedder', `maxTokens is ${configuration.maxTokens}, which leaves no room for a text`);
    }
  }

  encode(text: string): TokenisedText {
    const { maxTokens, prefix, lowerCase } = this.#configuration;
    const { before, after } = this.#frame;
    const { beginning, isCut } = beginningOf(text, MOST_CHARACTERS_A_TOKEN * maxTokens);
    const content = this.#contentOf(prefix + (lowerCase ? beginning.toLowerCase() : beginning));
    const read = content.slice(0, maxTokens - before.length - after.length);
    const known = content.slice(this.#prefixTokens).filter(this.#isKnown);
    const words = this.#readsBytes ? undefined : this.#wordsOf(known);
    return {
      ids: [...before, ...read, ...after],
      known: read.slice(this.#prefixTokens).filter(this.#isKnown).length,
      truncated: isCut || read.length < content.length,
      wordShare: words && wordShareOf(beginning, this.#scripts.meant(words)),
      ...(words !== undefined && isGibberish(beginning, words) && { gibberish: true }),
    };
  }

  #wordsOf(ids: readonly number[]): string[] {
    return ids.map((id) => this.#tokenizer.id_to_token(id) ?? '');
  }

  #contentOf(text: string): number[] {
    if (text === '') return [];
    const { ids } = this.#tokenizer.encode(text, { add_special_tokens: false });
    return ids.filter((id: number) => Number.isInteger(id)); // A word that the library finds nowhere has no id.
  }
}
