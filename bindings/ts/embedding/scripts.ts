/** Tells scripts of which a vocabulary has words from those of which it has only letters (docs/policy.md). */
import { type Fields, isObject } from '../files/fields.js';

/** First letter that is not Latin, apart from LATIN_ADDITIONS. Accents are separate characters in NFKD. */
const FIRST_OTHER = 0x370;
/** Letters with accents of Vietnamese, for example, that have no decomposition. */
const LATIN_ADDITIONS: readonly [number, number] = [0x1e00, 0x1eff];
/** Han characters: of this block, and beyond the basic plane. */
const HAN: readonly [number, number] = [0x3400, 0x9fff];
const HAN_PLANES = 0x20000;
const HAN_SCRIPT = -1;
/** No two scripts in use share 128 characters in a row. */
const SCRIPT_BITS = 7;
/** Tokens of two letters or more that a vocabulary has of a script of which it has words. English ones have up to 8. */
const LEAST_WORDS = 50;
/** Han characters of a vocabulary that reads Chinese, where a word is a token for each character. English ones have 490. */
const LEAST_HAN = 1000;

const isIn = (code: number, [first, last]: readonly [number, number]) => code >= first && code <= last;

/** Returns the number of a letter's script; `undefined` for Latin letters. */
function scriptOf(letter: string): number | undefined {
  const code = letter.codePointAt(0) as number;
  if (code < FIRST_OTHER || isIn(code, LATIN_ADDITIONS)) return undefined;
  return isIn(code, HAN) || code >= HAN_PLANES ? HAN_SCRIPT : code >> SCRIPT_BITS;
}

/** Returns the script of a token's first letter that is not Latin, and the number of the token's letters. */
function lettersOf(token: string): { script: number | undefined; count: number } {
  const letters = token.normalize('NFKD').match(/\p{L}/gu) ?? [];
  const script = letters.map(scriptOf).find((found) => found !== undefined);
  return { script, count: letters.length };
}

/** Returns a test for tokens that begin a word, from the tokens of a text. */
export function wordStarts(tokens: readonly string[]): (token: string) => boolean {
  const marksStarts = tokens.some((token) => token.startsWith('▁'));
  return (token) => (marksStarts ? token.startsWith('▁') : !token.startsWith('##'));
}

/** Returns the tokens of a tokenizer.json. */
function vocabularyOf({ model }: Fields): string[] {
  const vocabulary = isObject(model) ? model.vocab : undefined;
  if (!Array.isArray(vocabulary)) return isObject(vocabulary) ? Object.keys(vocabulary) : [];
  return vocabulary.map((entry: unknown) => (Array.isArray(entry) ? String(entry[0]) : ''));
}

/** The scripts of a vocabulary. */
export class Scripts {
  /** Scripts of which the vocabulary has words. */
  readonly #read = new Set<number>();

  /** Takes a tokenizer.json. */
  constructor(json: Fields) {
    const words = new Map<number, number>();
    let han = 0;
    for (const token of vocabularyOf(json)) {
      if (/^[ -~▁]*$/.test(token)) continue; // Most tokens are ASCII.
      const { script, count } = lettersOf(token);
      if (script === undefined) continue;
      if (script === HAN_SCRIPT) han += 1;
      if (count > 1) words.set(script, (words.get(script) ?? 0) + 1);
    }
    for (const [script, count] of words) if (count >= LEAST_WORDS) this.#read.add(script);
    if (han >= LEAST_HAN) this.#read.add(HAN_SCRIPT);
  }

  /**
   * Returns the tokens of a text, in its order, that say something. Of a script without words in the vocabulary these are
   * the tokens with all letters of their word, as in a formula, but no Han characters.
   */
  meant(tokens: readonly string[]): string[] {
    const isStart = wordStarts(tokens);
    const read = tokens.map(lettersOf);
    const hasAllLetters = (i: number) => {
      if (!isStart(tokens[i] as string)) return false;
      const end = tokens.findIndex((token, at) => at > i && (isStart(token) || (read[at]?.count ?? 0) > 0));
      return end < 0 || isStart(tokens[end] as string);
    };
    return tokens.filter((_, i) => {
      const script = read[i]?.script;
      return script === undefined || this.#read.has(script) || (script !== HAN_SCRIPT && hasAllLetters(i));
    });
  }
}
