/** Tells random letters, such as those of a cat on a keyboard or of Base64, from words of any language (docs/policy.md). */
import { wordStarts } from './scripts.js';

/**
 * Costs of letter pairs: a row per first letter, a column per second one. A cost is -log2 of the probability of the second
 * letter after the first in words of English and 30 other languages, in half bits from 4 ('a') to 20 ('q'). Made by
 * models/embedder/training/letter-pairs.mjs.
 */
const PAIRS = [
  'khefnjglgjhcfcmgpcdchhmnhj',
  'cjklanonciocllcmodgjdoopgp',
  'coimcmobcmfgmkbnogjdfkookl',
  'cknhamklbkojmicmqfgleknpik',
  'fkfehjhlhkiefblhlbcekhkhkj',
  'dmlmcelnammfmlbnndkfennnin',
  'cnnmanhecjofkgdmpcgidnopjo',
  'ammkanoncllikjbnngkefjmoio',
  'fjegeiglljhefaeingddlgqmpi',
  'bllkalllfkjklkblllgjblmmml',
  'dlkgakkibljgjfelmhehfkjmhm',
  'bmlgallobkkdjkdlqnggfkoqfq',
  'agonanoocnokgkceqmhlfpoqjq',
  'dnfdcjcldkjlnhenqoebgjpqim',
  'jhgfkihlhjheebhfqcefeggnlk',
  'collbmogeoodlmcfqbhffoqqjp',
  'hiiihiiihiifiiiiihihaiiiii',
  'bkigalincnijghdmqhffgjnqhl',
  'enfmblofcngijkefmneaeklqjk',
  'cmkpaopebonilldlqdfgfmkqhn',
  'fhfgekgmfjidecjfqccdlknnlj',
  'bnnmaonpbmnkojdopjkminopjn',
  'bkjjbkkdblkikddklggjkkikkk',
  'djfidijicjjiiihbjiibhijhgj',
  'ehfhcjikfkifffcelfcehjilji',
  'bjiiakjjckjhihdkkjjifjjkhf',
].join('');

const LETTERS = 26;
const CODE_A = 0x61;
const LOWEST_COST = 4;
/** Cost of a pair of random letters, log2(26), in bits. */
const RANDOM_COST = 4.7;
/** Bits of evidence for random letters that a text needs: odds of 1,000 to 1. */
const LEAST_EVIDENCE = 10;
/** Letters of the shortest word that counts: shorter ones are often abbreviations. */
const SHORTEST_WORD = 4;
/** Letters of the longest word in capitals that is an acronym. */
const LONGEST_ACRONYM = 6;
/** Letters of the shortest known words, and of those of which a text with two is read. */
const KNOWN_LETTERS = 3;
const LONG_KNOWN_LETTERS = 4;
/** Largest number of letters of known words, as a share of the letters that count. */
const MOST_KNOWN = 0.25;

/** Matches the bases of DNA and RNA, which may be all of a prompt. */
const BASES = /^[acgtun]+$/;

/** Returns the evidence that the words of a text are random letters, in bits, and the number of letters that count. */
function evidenceOf(text: string): { bits: number; letters: number } {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '');
  let bits = 0;
  let letters = 0;
  for (const [word] of plain.matchAll(/[A-Za-z]+/g)) {
    if (word.length < SHORTEST_WORD) continue;
    if (word.length <= LONGEST_ACRONYM && word === word.toUpperCase()) continue;
    const lower = word.toLowerCase();
    if (BASES.test(lower)) continue;
    letters += lower.length;
    for (let i = 1; i < lower.length; ++i) {
      const at = (lower.charCodeAt(i - 1) - CODE_A) * LETTERS + lower.charCodeAt(i) - CODE_A;
      bits += (PAIRS.charCodeAt(at) - CODE_A + LOWEST_COST) / 2 - RANDOM_COST;
    }
  }
  return { bits, letters };
}

/** Returns the lengths of the words that are a single token, from their tokens in a row. */
function knownLengths(tokens: readonly string[]): number[] {
  const isStart = wordStarts(tokens);
  const lengths = [];
  for (const [i, token] of tokens.entries()) {
    const next = tokens[i + 1];
    if (!isStart(token) || (next !== undefined && !isStart(next))) continue;
    const letters = token.match(/\p{L}/gu)?.length ?? 0;
    if (letters >= KNOWN_LETTERS) lengths.push(letters);
  }
  return lengths;
}

/**
 * Returns whether a text consists of random letters. Two longer known words are enough for a text to be read. Made-up words
 * that can be pronounced look like a language.
 */
export function isGibberish(text: string, known: readonly string[]): boolean {
  const lengths = knownLengths(known);
  if (lengths.filter((length) => length >= LONG_KNOWN_LETTERS).length > 1) return false;
  const { bits, letters } = evidenceOf(text);
  return bits >= LEAST_EVIDENCE && lengths.reduce((sum, length) => sum + length, 0) <= MOST_KNOWN * letters;
}

/** Letters of alphabets other than Latin. Of other scripts a letter may be a word. */
const OTHER_ALPHABETS = new RegExp(
  `[${'Cyrillic Greek Arabic Hebrew Armenian Georgian Devanagari Bengali Gurmukhi Gujarati Tamil Telugu Kannada Malayalam Sinhala'
    .split(' ')
    .map((script) => `\\p{Script=${script}}`)
    .join('')}]`,
  'gu',
);
/** Fewest such letters that say something, and the cost of each, in nats, of a text of random ones. */
const FEWEST_LETTERS = 8;
const RANDOM_LETTER = 6.6;

/**
 * Returns whether a text in another alphabet than Latin is too improbable for a table of many languages: random letters, or a
 * language that it does not know. `tokens` are the text's, and `costs` their -ln of the probability.
 */
export function isImprobable(tokens: readonly string[], costs: readonly number[]): boolean {
  let letters = 0;
  let nats = 0;
  for (const [i, token] of tokens.entries()) {
    const count = token.match(OTHER_ALPHABETS)?.length ?? 0;
    letters += count;
    nats += count > 0 ? (costs[i] ?? 0) : 0;
  }
  return letters >= FEWEST_LETTERS && nats > RANDOM_LETTER * letters;
}
