/** Tells the language of a text that is not English: by its letters, or by its frequent words (docs/languages.md). */
import { beginningOf } from './cut-text.js';
import { ENGLISH, FOREIGN, GREETINGS, LOANS, SCRIPTS } from './language-words.js';

/** UTF-16 units that are looked at: as many as an embedder reads. */
const MOST_READ = 8192;

/** Words of a text in which a single one may decide. */
const FEW_WORDS = 8;
/** Least evidence for a language in Latin letters: different words, and their share of all words. */
const LEAST_WORDS = 2;
const LEAST_SHARE = 0.12;
/** English words that one foreign word is compared with, in a text that begins in English. */
const ENGLISH_START = 3;
/** Weight of a word that English shares with another language. */
const SHARED = 0.5;
/** Times that a repeated word counts, at least, and one more for so many words. */
const REPEATS = 2;
const WORDS_PER_REPEAT = 40;
/** Share of the letters from which other letters than Latin ones decide. */
const MOST_LETTERS = 0.5;
/** Words of an instruction in other letters that decide about the rest of the text. */
const INSTRUCTION_WORDS = 1.5;
/** Least share of kana, of the words, for Han characters to be Japanese. */
const JAPANESE = 0.15;

/** Parts of a text in no language: code between fences or ticks, addresses, commands of TeX, templates. */
const FENCES = /```[\s\S]*?(?:```|$)/g;
const INSERTS = /`[^`\n]{1,400}`|\b(?:https?:\/\/|www\.)\S+|[^\s@]{1,64}@\S+|\\[a-zA-Z]+|\{[^{}\n]{1,80}\}/g;
/** A line of code, of a table or of a formula. */
const CODE = /[;{}|]\s*$|^\s*[#@<|*/]|[=<>(){}[\]]{2}|\w\(|\s=\s|[-=]>|::|\$[^$]{1,400}\$/;
/** A line, such as a comment, that says something in another script. */
const WRITTEN = /[\u0400-\u1cff\u2c00-\ud7a3\uf900-\uffdc]{2}/;
/** Quotations. */
const QUOTES = /"[^"\n]{1,400}"|“[^”\n]{1,400}”|„[^“”\n]{1,400}[“”]|«[^»\n]{1,400}»/g;
/** Words in Latin letters; parts of identifiers, paths and numbers do not count. */
const WORD = /[\p{Script=Latin}\p{M}]+(?:['’-]\p{Script=Latin}+)*/gu;
const BEFORE_CODE = /[\p{N}_$@#/\\=<&.-]/u;
const AFTER_CODE = /[\p{N}_([/\\<]/u;
/** French and Italian words that lose their last letter before a vowel. */
const ELIDED = /^(?:[ldjcnstm]|qu|dell|all|nell|sull|dall|un|quest)'(?!(?:s|t|d|m|re|ve|ll)$)/;
const ELIDING = ['fr', 'it', 'ca'];
/** Marks after which a word may have a capital letter. */
const STARTS = /[.!?:;\n"“”„«»(¿¡*—–-]/;
const OUTSIDE_ASCII = /[^\0-\x7f]/;
/** Letters that one language of a script has, by the language that the script stands for. */
const OWN_LETTERS: readonly (readonly [of: string, letters: RegExp, language: string])[] = [
  ['ru', /[іїєґ]/i, 'uk'],
  ['ru', /[јљњћђџ]/i, 'sr'],
  ['ar', /[پچژگ]/, 'fa'],
];

interface Lists {
  english: ReadonlySet<string>;
  /** Words that English and another language have. */
  shared: ReadonlySet<string>;
  /** Languages of a word. */
  foreign: ReadonlyMap<string, readonly string[]>;
  greetings: ReadonlyMap<string, readonly string[]>;
  loans: ReadonlySet<string>;
}

/** Returns the languages of each word that is not English, and adds the others to `shared`. */
function byWord(
  lists: Readonly<Record<string, string>>,
  english: ReadonlySet<string>,
  shared: Set<string>,
): Map<string, string[]> {
  const words = new Map<string, string[]>();
  for (const [language, list] of Object.entries(lists)) {
    for (const word of list.split(' ')) {
      const languages = words.get(word) ?? [];
      if (english.has(word)) shared.add(word);
      else if (!languages.includes(language)) words.set(word, [...languages, language]);
    }
  }
  return words;
}

function readLists(): Lists {
  const english = new Set(ENGLISH.split(' '));
  const shared = new Set<string>();
  const greetings = byWord(GREETINGS, english, shared);
  const foreign = byWord(FOREIGN, english, shared);
  return { english, shared, foreign, greetings, loans: new Set(LOANS.split(' ')) };
}

let known: Lists | undefined;

/** Evidence in a text for its language, in words. */
interface Evidence {
  /** Words in Latin letters. */
  words: number;
  english: number;
  /** Words of other languages in Latin letters: frequent ones, and those with letters that English does not have. */
  foreign: number;
  /** The same without repetitions. */
  distinct: number;
  greetings: number;
  /** Words in other letters. */
  written: number;
  /** `true` if the first word is one that only English has. */
  startsInEnglish: boolean;
  /** Evidence by language. */
  languages: Map<string, number>;
}

function count(languages: Map<string, number>, names: readonly string[], words: number): void {
  for (const name of names) languages.set(name, (languages.get(name) ?? 0) + words);
}

const scriptOf = (code: number) =>
  code < 0x370 ? undefined : SCRIPTS.find(([first, last]) => code >= first && code <= last);

/** Counts words in other letters than Latin ones. A single Greek letter is a symbol. */
function readLetters(text: string, evidence: Evidence): void {
  for (let i = 0; i < text.length; ++i) {
    const script = scriptOf(text.charCodeAt(i));
    if (script === undefined) continue;
    const [, , language, perWord] = script;
    const isAlone = scriptOf(text.charCodeAt(i - 1)) === undefined && scriptOf(text.charCodeAt(i + 1)) === undefined;
    if (language === 'el' && isAlone) continue;
    evidence.written += 1 / perWord;
    count(evidence.languages, [language], 1 / perWord);
  }
}

/** Returns the words of a text in lower case; those with capitals that no sentence asks for are names or units, and empty. */
function* wordsOf(text: string): Generator<string> {
  const isLoud = text === text.toUpperCase();
  let end = 0;
  for (const { 0: word, index } of text.matchAll(WORD)) {
    const isStart = end === 0 || STARTS.test(text.slice(end, index));
    end = index + word.length;
    const isCode = BEFORE_CODE.test(text.charAt(index - 1)) || AFTER_CODE.test(text.charAt(end));
    if (isCode || (word.length === 1 && !OUTSIDE_ASCII.test(word)) || /^\.\w/.test(text.slice(end, end + 2))) continue;
    const lower = word.toLowerCase();
    const isName = word !== lower && !isLoud && !(isStart && word.slice(1) === lower.slice(1));
    yield isName ? '' : lower.replaceAll('’', "'");
  }
}

const isForeignSpelling = (word: string, loans: ReadonlySet<string>) => OUTSIDE_ASCII.test(word) && !loans.has(word);

function readWords(text: string, { english, shared, foreign, greetings, loans }: Lists, evidence: Evidence): void {
  const { languages } = evidence;
  const found = new Map<string, number>();
  for (const word of wordsOf(text)) {
    evidence.words += 1;
    if (english.has(word)) {
      evidence.english += shared.has(word) ? SHARED : 1;
      if (evidence.words === 1) evidence.startsInEnglish = !shared.has(word);
    } else if (foreign.has(word) || greetings.has(word) || ELIDED.test(word) || isForeignSpelling(word, loans)) {
      found.set(word, (found.get(word) ?? 0) + 1);
    }
  }
  const most = REPEATS + evidence.words / WORDS_PER_REPEAT;
  for (const [word, times] of found) {
    const counted = Math.min(times, most);
    const greets = greetings.get(word);
    evidence.foreign += counted;
    if (greets !== undefined) evidence.greetings += 1;
    count(languages, foreign.get(word) ?? (ELIDED.test(word) ? ELIDING : []), counted);
    count(languages, greets ?? [], 2);
  }
  evidence.distinct = found.size;
  // Only Spanish begins a sentence with such a mark.
  if (/[¿¡]/.test(text)) {
    evidence.foreign += 1;
    evidence.distinct += 1;
    count(languages, ['es'], 1);
  }
}

function evidenceOf(text: string): Evidence {
  known ??= readLists();
  const none = { words: 0, english: 0, foreign: 0, distinct: 0, greetings: 0, written: 0, startsInEnglish: false };
  const evidence: Evidence = { ...none, languages: new Map() };
  readWords(text, known, evidence);
  readLetters(text, evidence);
  return evidence;
}

const saysNothing = ({ english, foreign, written }: Evidence) => english + foreign + written < 1;

/** Returns the share of letters that are not Latin ones, of those in ASCII and in the scripts that are told apart. */
function otherShare(text: string): number {
  let latin = 0;
  let other = 0;
  for (let i = 0; i < text.length; ++i) {
    const code = text.charCodeAt(i);
    const lower = code | 0x20;
    if (lower >= 0x61 && lower <= 0x7a) latin += 1;
    else if (scriptOf(code) !== undefined) other += 1;
  }
  return other > 0 ? other / (latin + other) : 0;
}

/** Returns what the instruction says: the first line, or the last one if the first is in no language. */
function instructionOf(text: string): Evidence {
  const [first = '', ...others] = text.split('\n').filter((line) => /\p{L}/u.test(line));
  const opening = evidenceOf(first);
  return saysNothing(opening) ? evidenceOf(others.at(-1) ?? '') : opening;
}

/** Returns whether a text of Latin words is in another language than English. */
function isForeignLatin({ words, english, foreign, distinct, greetings, startsInEnglish }: Evidence): boolean {
  if (words <= FEW_WORDS && english < 1 && greetings > 0) return true;
  const opposed = (startsInEnglish ? ENGLISH_START : 1) * english;
  return distinct >= LEAST_WORDS && foreign > opposed && foreign >= LEAST_SHARE * words;
}

/** Returns the language with the most evidence. */
function likeliest({ languages }: Evidence, text: string): string {
  let best = 'und';
  for (const [language, words] of languages) if (words > (languages.get(best) ?? 0)) best = language;
  const kana = languages.get('ja') ?? 0;
  if (best === 'zh' && kana > JAPANESE * ((languages.get('zh') ?? 0) + kana)) return 'ja';
  return OWN_LETTERS.find(([of, letters]) => of === best && letters.test(text))?.[2] ?? best;
}

/** Returns the text without code, unless nothing else is there. Between fences only other scripts say something. */
function withoutCode(text: string): string {
  const plain = text.replace(FENCES, ' ').replace(INSERTS, ' ');
  const lines = plain.split('\n').filter((line) => !CODE.test(line) || WRITTEN.test(line));
  const fenced = WRITTEN.test(text) ? text : '';
  return [lines.join('\n'), plain].find((rest) => /\p{L}{2}/u.test(rest)) ?? fenced;
}

/**
 * Returns the language of a text that is not English, as a code such as 'de': the likeliest one, which may be a relative of
 * the right one, or 'und'. Returns `undefined` for English, and for a text in no language, such as code.
 */
export function languageOf(text: string): string | undefined {
  const { beginning } = beginningOf(text, MOST_READ);
  const said = withoutCode(beginning);
  const all = evidenceOf(said);
  if (all.foreign + all.written === 0) return undefined;
  const language = likeliest(all, said);
  if (all.written > 0) {
    if (otherShare(beginning) >= MOST_LETTERS && all.written >= all.foreign) return language;
    const { written, english } = instructionOf(said);
    if (written >= INSTRUCTION_WORDS && written > english) return language;
  }
  const unquoted = said.replace(QUOTES, ' ');
  const spoken = unquoted === said ? all : evidenceOf(unquoted);
  return isForeignLatin(saysNothing(spoken) ? all : spoken) ? language : undefined;
}
