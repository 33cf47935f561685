/** Opens tokenizers, and measures how much of a text their known tokens cover. */
import { Tokenizer } from '@huggingface/tokenizers';
import { SignalboxError } from '../errors.js';
import { type Fields, isObject } from '../files/fields.js';
import { faultOf } from './tokenizer-faults.js';
import { addVocabulary, type Vocabulary } from './vocabulary.js';

/** The library's own Whitespace splits words at letters outside ASCII. */
const WHITESPACE = { type: 'Split', pattern: { Regex: '\\w+|[^\\w\\s]+' }, behavior: 'Removed', invert: true };

function withWhitespace(part: unknown): unknown {
  if (!isObject(part)) return part;
  if (part.type === 'Whitespace') return WHITESPACE;
  return Array.isArray(part.pretokenizers) ? { ...part, pretokenizers: part.pretokenizers.map(withWhitespace) } : part;
}

/**
 * Opens a tokenizer.json that the library applies as the file says; a vocabulary that was read apart is added. Errors:
 * `bad_embedder`.
 */
export function openTokenizer(json: Fields, config: Fields = {}, vocabulary?: Vocabulary): Tokenizer {
  const unsupported = (why: string, cause?: unknown) =>
    new SignalboxError('bad_embedder', `tokenizer.json is not supported: ${why}`, { cause });
  const supported = { ...json, pre_tokenizer: withWhitespace(json.pre_tokenizer) };
  const fault = faultOf(supported);
  if (fault !== undefined) throw unsupported(fault);
  try {
    const tokenizer = new Tokenizer(supported, config);
    if (vocabulary !== undefined) addVocabulary(tokenizer, vocabulary);
    return tokenizer;
  } catch (cause) {
    throw unsupported(cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/** Returns a test for known tokens. A word that the library finds nowhere has no id. */
export function knownTokens(tokenizer: Tokenizer, { model }: Fields): (id: number) => boolean {
  const { unk_token: token, unk_id: number } = isObject(model) ? model : {};
  const unknown = typeof token === 'string' ? tokenizer.token_to_id(token) : number;
  return (id) => Number.isInteger(id) && id !== unknown;
}

/** Returns whether the tokenizer has a token for each byte, so that no text is unknown. */
export const readsBytes = ({ model, normalizer, pre_tokenizer: splitter }: Fields) =>
  (isObject(model) && model.byte_fallback === true) || JSON.stringify([normalizer, splitter]).includes('"ByteLevel"');

/** Returns -ln of the probability of each token of a Unigram model, by id; `undefined` for other models. */
export function pieceCosts({ model }: Fields): ((id: number) => number) | undefined {
  const vocab = isObject(model) ? model.vocab : undefined;
  if (!Array.isArray(vocab)) return undefined;
  const costs = Float64Array.from(vocab, (entry: unknown) => (Array.isArray(entry) ? -Number(entry[1]) : 0));
  return (id) => costs[id] ?? 0;
}

/** Signs of an operation, as opposed to punctuation. */
const OPERATOR = /[\p{Sm}*/^-]/u;

/** Length of the longest word. Longer runs of Latin letters are genes or encoded data, which a WordPiece model does not read. */
const LONGEST_WORD = 100;
const LETTER = /\p{L}/u;

/** Counts the letters of words. Ligatures, syllables and other compatibility forms count as what they consist of. */
function countLetters(text: string): number {
  const plain = text.normalize('NFKD');
  let letters = 0;
  let run = 0;
  // A loop over code units: a regular expression takes several times as long.
  for (let i = 0; i < plain.length; ++i) {
    const lower = plain.charCodeAt(i) | 0x20;
    if (lower >= 0x61 && lower <= 0x7a) {
      run += 1;
      continue;
    }
    letters += run > LONGEST_WORD ? 0 : run;
    run = 0;
    // The second half of a pair is not a letter.
    if (lower > 0x7f && LETTER.test(String.fromCodePoint(plain.codePointAt(i) as number))) letters += 1;
  }
  return letters + (run > LONGEST_WORD ? 0 : run);
}

/**
 * Returns the share of a text's letters that its known tokens have, 0..1. Without letters it is 1 for a formula (digits and
 * an operator) and 0 for everything else: marks and numbers alone say nothing about a subject.
 */
export function wordShareOf(text: string, known: readonly string[]): number {
  const letters = countLetters(text);
  const tokens = known.join(' ');
  if (letters > 0) return Math.min(1, countLetters(tokens) / letters);
  return /\p{N}/u.test(tokens) && OPERATOR.test(text) ? 1 : 0;
}
