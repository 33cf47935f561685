/** Compares models' answers: which of them are the same answer, by a normal form of choices, numbers and texts. */
import { described, invalid, isPlainObject } from '../options.js';
import type { Answers, IndexInfo } from '../types.js';
import { modelOf, namesOf } from './request.js';

/** Answers as the core takes them: [prompts, models of the index], equal numbers in a row for equal answers, -1 unknown. */
export const UNKNOWN_ANSWER = -1;

/** Texts beyond this many characters are compared as they are: looking for a final answer in them is not worth the time. */
const MOST_SEARCHED = 100_000;

/** Characters of the longest answer whose form is remembered during a call, and number of such answers. */
const MOST_REMEMBERED = 40;
const MOST_FORMS = 100_000;

/** Returns the value of a decimal digit of any script. Unicode has the ten digits of a script in a row. */
function digitOf(character: string): string {
  const code = character.codePointAt(0) as number;
  let value = 0;
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - value - 1))) ++value;
  return String(value);
}

/** Digits of every script as 0..9, letters in one width, one kind of minus, and single blanks. */
const plain = (text: string) =>
  text
    .normalize('NFKC')
    .replace(/(?![0-9])\p{Nd}/gu, digitOf)
    .replace(/[\u2212\u2010-\u2013]/g, '-')
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/[\u201c\u201d]/g, '"')
    .replace(/[^\S\n]+/g, ' ')
    .trim();

/** Returns the content of the last \boxed{...}, which may hold braces itself. */
function boxed(text: string): string | undefined {
  const start = text.lastIndexOf('\\boxed{');
  if (start < 0) return undefined;
  let depth = 1;
  for (let at = start + 7; at < text.length; ++at) {
    if (text[at] === '{') ++depth;
    if (text[at] === '}') --depth;
    if (depth === 0) return text.slice(start + 7, at);
  }
  return undefined;
}

const last = (text: string, pattern: RegExp): string | undefined => [...text.matchAll(pattern)].at(-1)?.[1];

/** Returns the part of a text that it says is its answer: what follows "####" or "the answer is", or is in a box. */
function stated(text: string): string | undefined {
  if (text.length > MOST_SEARCHED) return undefined;
  const found =
    boxed(text) ??
    last(text, /^#{4} *([^\n]+)$/gm) ??
    last(
      text,
      /\b(?:the|final|my|correct)\s+(?:final |correct )?(?:answer|choice|option)\**(?: is|:)\**:? *([^\n]+)/gi,
    ) ??
    last(text, /^\**answer\**: *\**([^\n]+)/gim);
  return found?.trim() || undefined;
}

/** Removes marks around an answer that do not belong to it. */
const bare = (text: string) =>
  text
    .replace(/^[\s*_`"'$]+|[\s*_`"'$]+$/g, '')
    .replace(/[.,;:!]+$/, '')
    .replace(/^[\s*_`"'$]+|[\s*_`"'$]+$/g, '');

/** Returns the letter of a choice: B, (B), [b], "B." or "B) Paris". */
function choice(text: string): string | undefined {
  const alone = /^[([{]? ?([a-z]) ?[)\]}]?[.:]?$/i.exec(text)?.[1];
  const marked = /^(?:[([]([a-z])[)\]]|([a-z])[).:])[\s*]/i.exec(text);
  return (alone ?? marked?.[1] ?? marked?.[2])?.toUpperCase();
}

/** Returns a decimal number in one way: 42.0, +42 and 042 as 42, 1,234 as 1234; 1e3 as 1000. */
function decimal(text: string): string | undefined {
  const compact = text.replace(/^([-+]?)[$€£¥] ?/, '$1');
  const grouped = /^([-+]?)(\d{1,3}(?:[, ]\d{3})+|\d*)(?:\.(\d*))?(%?)$/.exec(compact);
  if (grouped === null) {
    const exponential = /^[-+]?(?:\d+\.?\d*|\.\d+)e[-+]?\d{1,3}$/i.test(compact) ? Number(compact) : Number.NaN;
    return Number.isFinite(exponential) ? `${exponential === 0 ? 0 : exponential}` : undefined;
  }
  const [, sign, whole = '', fraction = '', percent = ''] = grouped;
  if (whole === '' && fraction === '') return undefined;
  const integer = whole.replace(/[, ]/g, '').replace(/^0+(?=\d)/, '') || '0';
  const rest = fraction.replace(/0+$/, '');
  const isZero = integer === '0' && rest === '';
  return `${sign === '-' && !isZero ? '-' : ''}${integer}${rest === '' ? '' : `.${rest}`}${percent}`;
}

/**
 * Returns a text that is the same for answers that are the same; `null` without an answer. Choices ("B", "(B)",
 * "The answer is B") and numbers ("42.0", "42", "1,234") have one form each, other texts only lose case, blanks and the
 * marks around them. In doubt, two answers are different: a prompt too many is graded then, and none is passed over.
 */
export function normalAnswer(answer: string | number | null | undefined): string | null {
  if (answer === null || answer === undefined) return null;
  if (typeof answer === 'number') return decimal(String(answer)) ?? String(answer);
  const text = plain(answer);
  const core = bare(stated(text) ?? text);
  if (core === '') return bare(text) === '' ? null : text.toLowerCase();
  return choice(core) ?? decimal(core) ?? core.toLowerCase().replace(/\s+/g, ' ');
}

/**
 * Returns the answers as groups, [prompts, models of the index]. Errors: `invalid_argument` for anything but one plain
 * object for each prompt with texts, numbers or `null`; `unknown_model`.
 */
export function answerGroups(answers: Answers, prompts: number, info: Pick<IndexInfo, 'models'>): Int32Array {
  if (!Array.isArray(answers)) throw invalid(`answers is ${described(answers)}, expected a list`);
  if (answers.length !== prompts) {
    throw invalid(`answers has ${answers.length} entries, expected ${prompts}, one for each prompt`);
  }
  const names = namesOf(info);
  const columns = new Map<string, number>();
  const places = new Map(info.models.map(({ name }, m) => [name, m]));
  const columnOf = (name: string): number => {
    let column = columns.get(name);
    if (column === undefined) {
      column = places.get(modelOf(name, names)) as number;
      columns.set(name, column);
    }
    return column;
  };
  // Choices and numbers come again and again.
  const forms = new Map<string, string | null>();
  const formOf = (answer: string | number | null): string | null => {
    if (typeof answer !== 'string' || answer.length > MOST_REMEMBERED) return normalAnswer(answer);
    let form = forms.get(answer);
    if (form === undefined) {
      form = normalAnswer(answer);
      if (forms.size < MOST_FORMS) forms.set(answer, form);
    }
    return form;
  };
  const groups = new Int32Array(prompts * info.models.length).fill(UNKNOWN_ANSWER);
  for (const [row, ofPrompt] of answers.entries()) {
    if (!isPlainObject(ofPrompt))
      throw invalid(`answers of prompt ${row} are ${described(ofPrompt)}, expected an object`);
    const known = new Map<string, number>();
    for (const [name, answer] of Object.entries(ofPrompt)) {
      if (answer !== null && typeof answer !== 'string' && !Number.isFinite(answer)) {
        throw invalid(
          `the answer of ${name} to prompt ${row} is ${described(answer)}, expected a text, a number or null`,
        );
      }
      const column = columnOf(name);
      const normal = formOf(answer as string | number | null);
      if (normal === null) continue;
      if (!known.has(normal)) known.set(normal, known.size);
      groups[row * info.models.length + column] = known.get(normal) as number;
    }
  }
  return groups;
}
