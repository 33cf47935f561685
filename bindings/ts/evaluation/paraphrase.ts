/** Rewrites a prompt without changing its meaning, which should not change a router's decision. */
import { Random } from './random.js';

export const PARAPHRASE_KINDS = ['typos', 'case', 'politeness', 'options'] as const;
export type ParaphraseKind = (typeof PARAPHRASE_KINDS)[number];

/** Number of words per typo. */
const WORDS_A_TYPO = 12;
const KEYS = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm'];

const BEFORE = [
  'Please help me with this. ',
  'Hello! ',
  'Could you please answer this? ',
  'Hi there, I have a question. ',
];
const AFTER = [' Thank you!', ' Thanks in advance.', ' I would appreciate your help.', ' Please take your time.'];

const pick = <T>(random: Random, values: readonly T[]): T => values[random.below(values.length)] as T;

function neighbourKey(random: Random, letter: string): string {
  const row = KEYS.find((keys) => keys.includes(letter.toLowerCase()));
  if (row === undefined) return letter;
  const at = row.indexOf(letter.toLowerCase());
  const key = row[at === 0 ? 1 : at === row.length - 1 ? at - 1 : at + (random.next() < 0.5 ? 1 : -1)] as string;
  return letter === letter.toLowerCase() ? key : key.toUpperCase();
}

/**
 * Makes a typo: swaps two letters, drops or doubles one, or replaces it with its neighbour on the keyboard. The first
 * letter stays.
 */
function slip(random: Random, word: string): string {
  const at = 1 + random.below(word.length - 2);
  const [a, b] = [word[at] as string, word[at + 1] as string];
  const rest = word.slice(at + 1);
  switch (random.below(4)) {
    case 0:
      return word.slice(0, at) + b + a + word.slice(at + 2);
    case 1:
      return word.slice(0, at) + rest;
    case 2:
      return word.slice(0, at) + a + a + rest;
    default:
      return word.slice(0, at) + neighbourKey(random, a) + rest;
  }
}

/** Makes at least one typo, if there is a word of four letters. */
function withTypos(random: Random, text: string): string | undefined {
  const words = [...text.matchAll(/[A-Za-z]{4,}/g)].map((found) => found.index);
  if (words.length === 0) return undefined;
  const chosen = new Set(random.sample(words.length, Math.ceil(words.length / WORDS_A_TYPO)).map((i) => words[i]));
  return text.replace(/[A-Za-z]{4,}/g, (word, at: number) => (chosen.has(at) ? slip(random, word) : word));
}

/** Changes the case: all lower case, all upper case, or sentences that start in lower case. */
function withOtherCase(random: Random, text: string): string | undefined {
  const variants = [
    text.toLowerCase(),
    text.toUpperCase(),
    text.replace(/(^|[.!?]\s+)\p{Lu}/gu, (s) => s.toLowerCase()),
  ];
  const changed = variants.filter((variant) => variant !== text);
  return changed.length === 0 ? undefined : pick(random, changed);
}

function withPoliteness(random: Random, text: string): string {
  const where = random.below(3);
  return `${where === 1 ? '' : pick(random, BEFORE)}${text}${where === 0 ? '' : pick(random, AFTER)}`;
}

const OPTION = /^(\s*)(\(?[A-Z][.):]\)?)(\s+)(.*)$/;

/** Finds the first run of two or more lines that look like `A. ...`, `B) ...` or `(C) ...`. */
function optionLines(lines: readonly string[]): [first: number, end: number] | undefined {
  let first = 0;
  for (let i = 0; i <= lines.length; ++i) {
    if (i < lines.length && OPTION.test(lines[i] as string)) continue;
    if (i - first >= 2) return [first, i];
    first = i + 1;
  }
  return undefined;
}

/** Reorders the options and keeps the letters in order. */
function withOtherOptionOrder(random: Random, text: string): string | undefined {
  const lines = text.split('\n');
  const bounds = optionLines(lines);
  if (bounds === undefined) return undefined;
  const parts = lines.slice(...bounds).map((line) => OPTION.exec(line) as RegExpExecArray);
  const answers = parts.map((part) => part[4] as string);
  // A rotation by 1..n-1 places always changes the order.
  const by = 1 + random.below(answers.length - 1);
  const reordered = parts.map((part, i) => `${part[1]}${part[2]}${part[3]}${answers[(i + by) % answers.length]}`);
  return [...lines.slice(0, bounds[0]), ...reordered, ...lines.slice(bounds[1])].join('\n');
}

/** Returns a paraphrase, the same for the same text and seed; `undefined` if this kind has nothing to change. */
export function paraphrase(text: string, kind: ParaphraseKind, seed: number): string | undefined {
  const random = new Random(seed);
  const rewrite = { typos: withTypos, case: withOtherCase, politeness: withPoliteness, options: withOtherOptionOrder };
  const rewritten = rewrite[kind](random, text);
  return rewritten === text ? undefined : rewritten;
}
