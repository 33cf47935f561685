/** Names families of prompts by the words that tell them apart. */

import type { Steps } from '../steps.js';
import type { Benchmark } from './benchmark.js';
import { eachPrompt } from './each-prompt.js';
import type { Imported } from './import-files.js';
import { STOP_WORDS } from './stop-words.js';

/** Prompts that words are taken from, spread over all rows, and characters of each. */
const MOST_PROMPTS = 2000;
const MOST_CHARACTERS = 800;
const MOST_WORDS_IN_NAME = 3;
/** A word of a name occurs in this share of the family's prompts, and in this many, so that it cannot be private to one prompt. */
const LEAST_SHARE = 0.08;
const LEAST_PROMPTS = 3;
/** A further word needs this share of the best one's score. */
const LEAST_SCORE = 0.25;
/** Prompts that a family has beside its own when the share of a word is estimated. */
const PRIOR_PROMPTS = 2;

/** Letters only, marks and inner apostrophes and hyphens included. */
const WORD = /^\p{L}[\p{L}\p{M}]*(?:['’-]\p{L}[\p{L}\p{M}]*)*$/u;
/** Scripts that write words without blanks, where one character may be a word. */
const DENSE = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]+$/u;
const MOST_LETTERS = 24;

const isName = (word: string): boolean =>
  WORD.test(word) && word.length <= MOST_LETTERS && word.length >= (DENSE.test(word) ? 2 : 3);

/** Ends of sentences, after which a capital letter says nothing about the word. */
const END = /[.!?:。！？\n]/u;
const CAPITAL = /^\p{Lu}[^\p{Lu}]*$/u;

/** A word of a text. `isFirst`: of a sentence. */
interface Word {
  spelling: string;
  isFirst: boolean;
}

/** Splits a text into words. Old browsers without `Intl.Segmenter` split at all that is not a letter. */
function wordSplitter(): (text: string) => Iterable<Word> {
  if (typeof Intl.Segmenter === 'undefined') {
    return (text) => (text.match(/[\p{L}\p{M}'’-]+/gu) ?? []).map((spelling, i) => ({ spelling, isFirst: i === 0 }));
  }
  const segmenter = new Intl.Segmenter('en', { granularity: 'word' });
  return function* words(text) {
    let isFirst = true;
    for (const { segment, isWordLike } of segmenter.segment(text)) {
      if (isWordLike) {
        yield { spelling: segment, isFirst };
        isFirst = false;
      } else if (END.test(segment)) isFirst = true;
    }
  };
}

/** Occurrences of a word in prompts, by family, and its spellings. */
interface Entry {
  /** Prompts with the word, by family. */
  prompts: Map<number, number>;
  /** Without capitals that only begin a sentence. */
  spellings: Map<string, number>;
}

const addTo = <Key>(counts: Map<Key, number>, key: Key, count = 1): void => {
  counts.set(key, (counts.get(key) ?? 0) + count);
};

const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b));

/** Counts the words of prompts by family, then names the families. Memory grows with the words of MOST_PROMPTS prompts. */
export class FamilyWords {
  readonly #families: number;
  readonly #entries = new Map<string, Entry>();
  readonly #prompts: number[];
  readonly #split = wordSplitter();

  constructor(families: number) {
    this.#families = families;
    this.#prompts = new Array<number>(families).fill(0);
  }

  /** Counts the words of one more prompt, each word once. */
  add(family: number, prompt: string): void {
    this.#prompts[family] = (this.#prompts[family] as number) + 1;
    const seen = new Set<string>();
    for (const { spelling, isFirst } of this.#split(prompt.slice(0, MOST_CHARACTERS).normalize('NFC'))) {
      const word = spelling.toLowerCase();
      if (seen.has(word) || STOP_WORDS.has(word) || !isName(word)) continue;
      seen.add(word);
      const entry = this.#entries.get(word) ?? { prompts: new Map(), spellings: new Map() };
      this.#entries.set(word, entry);
      addTo(entry.prompts, family);
      if (!isFirst || !CAPITAL.test(spelling)) addTo(entry.spellings, spelling);
    }
  }

  /**
   * Returns the names of the families, all different: up to three words that are common in the family and rare in the
   * others (class-based TF-IDF, Grootendorst 2022, on the share of prompts with a word). A family without such words has
   * its number from 1 after `noun`, such as `family 3`.
   */
  names(noun = 'family'): string[] {
    const candidates = this.#candidates();
    const names: string[] = [];
    for (let family = 0; family < this.#families; ++family) {
      const words = firstDistinct(candidates[family] ?? []);
      const name = words.length === 0 ? `${noun} ${family + 1}` : words.join(' / ');
      names.push(names.includes(name) ? `${name} (${family + 1})` : name);
    }
    return names;
  }

  /** Returns the words of each family with their scores, best first. */
  #candidates(): { word: string; score: number }[][] {
    const all = this.#prompts.reduce((sum, count) => sum + count, 0);
    const found = this.#prompts.map((): { word: string; score: number }[] => []);
    for (const [lowerCase, { prompts, spellings }] of this.#entries) {
      const total = [...prompts.values()].reduce((sum, count) => sum + count, 0);
      const word = usual(spellings) ?? lowerCase;
      for (const [family, count] of prompts) {
        const own = this.#prompts[family] as number;
        if (count < LEAST_PROMPTS || count < LEAST_SHARE * own) continue;
        const elsewhere = (total - count + PRIOR_PROMPTS / 2) / (all - own + PRIOR_PROMPTS);
        const here = count / (own + PRIOR_PROMPTS);
        const score = here * Math.log((here + 0.01) / (elsewhere + 0.01));
        if (score > 0 || this.#families === 1) found[family]?.push({ word, score: score > 0 ? score : here });
      }
    }
    for (const words of found) words.sort((a, b) => b.score - a.score || compare(a.word, b.word));
    return found;
  }
}

/** Returns the most frequent spelling; `undefined` without one. */
function usual(spellings: ReadonlyMap<string, number>): string | undefined {
  const [first] = [...spellings].sort(([a, m], [b, n]) => n - m || compare(a, b));
  return first?.[0];
}

/** Returns the first words that are not forms of one another. */
function firstDistinct(words: readonly { word: string; score: number }[]): string[] {
  const chosen: string[] = [];
  const least = LEAST_SCORE * (words[0]?.score ?? 0);
  for (const { word, score } of words) {
    if (chosen.length === MOST_WORDS_IN_NAME || score < least) break;
    const stem = (text: string) => text.toLowerCase().slice(0, DENSE.test(text) ? 2 : Math.max(4, text.length - 3));
    const isForm = chosen.some((one) => stem(one).startsWith(stem(word)) || stem(word).startsWith(stem(one)));
    if (!isForm) chosen.push(word);
  }
  return chosen;
}

/** Names `count` families of rows by words of their prompts, or by numbers after `noun` if `words` is not set. */
export async function namesOfFamilies(
  imported: Imported,
  benchmark: Benchmark,
  rowFamilies: Uint16Array,
  { count, words, noun }: { count: number; words: boolean; noun?: string },
  steps: Steps,
): Promise<string[]> {
  const counted = new FamilyWords(count);
  if (!words) return counted.names(noun);
  const rows = benchmark.order.length;
  const wanted = Math.min(1, MOST_PROMPTS / rows);
  steps.begin('naming families');
  await eachPrompt(imported, benchmark, steps, (place, text) => {
    if (Math.floor((place + 1) * wanted) > Math.floor(place * wanted)) counted.add(rowFamilies[place] as number, text);
  });
  return counted.names(noun);
}
