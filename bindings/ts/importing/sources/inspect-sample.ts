/** Reads one sample of an inspect_ai log: its prompt, its scores, its figures. */
import {
  type Fields,
  field,
  isObject,
  kindOf,
  numberField,
  requiredObject,
  requiredText,
  textField,
} from '../fields.js';
import { badInput } from '../input-file.js';
import { promptText } from '../messages.js';
import type { Place } from '../records.js';

/** The parts of a sample that are used; its transcript may be thousands of times longer. */
export const SAMPLE_PARTS = [
  'id',
  'epoch',
  'input',
  'output',
  'scores',
  'score',
  'error',
  'limit',
  'invalidation',
  'attachments',
  'model_usage',
];
const ATTACHMENT = /attachment:\/\/([0-9a-f]+)/gi;

/** Numbers for scorers' values, as inspect_ai converts them. */
const GRADES = new Map([
  ['C', 1],
  ['I', 0],
  ['P', 0.5],
  ['N', 0],
  ['yes', 1],
  ['true', 1],
  ['no', 0],
  ['false', 0],
]);

/** Reasons why a model stops that are limits; older versions write `length`. */
const CUT_OFF = ['max_tokens', 'model_length', 'length'];
/** Limits of a sample that the user reaches by hand, or by a rule of the task. */
const OTHER_LIMITS = ['operator', 'custom'];

/** A score of one epoch: a number, null, or other text. */
export type Score = number | string | null;

/** One epoch of a sample. */
export interface ReadSample {
  id: string;
  prompt: string | undefined;
  scores: { scorer: string; key: string | undefined; score: Score }[];
  /** The reason why the sample does not count; `undefined` if it does. */
  drop: 'failed' | 'invalidated' | 'unscored' | 'no_score' | undefined;
  isCutOff: boolean | undefined;
  usage: unknown;
}

function scoreOf(value: unknown): Score | undefined {
  if (typeof value === 'number' || value === null) return value;
  if (typeof value === 'boolean') return Number(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  const grade = GRADES.get(text) ?? GRADES.get(text.toLowerCase());
  return grade ?? numberField([text], 0) ?? text;
}

/** Returns the scores of each scorer, with a key if the scorer has several. Lists are not scores. */
function scoresOf(scores: Fields, place: Place): ReadSample['scores'] {
  const all: ReadSample['scores'] = [];
  const add = (scorer: string, key: string | undefined, value: unknown) => {
    const score = scoreOf(value);
    if (score !== undefined) all.push({ scorer, key, score });
  };
  for (const [scorer, entry] of Object.entries(scores)) {
    const value = field(requiredObject(entry, place, `'scores.${scorer}'`), 'value');
    if (value === undefined)
      add(scorer, undefined, null); // inspect_ai omits null.
    else if (!isObject(value)) add(scorer, undefined, value);
    else for (const [key, part] of Object.entries(value)) add(scorer, key, part);
  }
  return all;
}

/** Returns the question of a sample, with its attachments. */
function promptOf(sample: Fields, place: Place): string | undefined {
  const input = field(sample, 'input');
  if (input === undefined || input === null) return undefined;
  if (typeof input !== 'string' && !Array.isArray(input)) {
    throw badInput(place, `expected text or a list at 'input', got ${kindOf(input)}`);
  }
  const text = promptText(input);
  return text?.replace(ATTACHMENT, (whole, id) => textField(sample, 'attachments', id) ?? whole) || undefined;
}

/** Returns whether the answer ended at a limit; `undefined` if the log does not say how it ended. */
function isCutOff(sample: Fields): boolean | undefined {
  const limit = textField(sample, 'limit', 'type');
  if (limit !== undefined && !OTHER_LIMITS.includes(limit)) return true;
  const choices = field(sample, 'output', 'choices');
  if (!Array.isArray(choices) || choices.length === 0) return undefined;
  return choices.some((choice) => CUT_OFF.includes(textField(choice, 'stop_reason') ?? ''));
}

/** Returns the scores by scorer; the first version of the format has one, without the scorer's name. */
function givenScores(sample: Fields, firstScorer: string, place: Place): Fields {
  const single = field(sample, 'score') ?? undefined;
  const scores = field(sample, 'scores') ?? (single === undefined ? {} : { [firstScorer]: single });
  return requiredObject(scores, place, "'scores'");
}

/** Reads a sample. Errors: `invalid_argument` for a field of another type. */
export function readSample(value: unknown, firstScorer: string, place: Place): ReadSample {
  const sample = requiredObject(value, place, 'the sample');
  const id = requiredText(sample, place, 'id');
  const prompt = promptOf(sample, place);
  const given = givenScores(sample, firstScorer, place);
  const scores = scoresOf(given, place);
  const isPresent = (name: string) => (field(sample, name) ?? null) !== null;
  const dropOf = () => {
    if (isPresent('invalidation')) return 'invalidated';
    if (isPresent('error')) return 'failed';
    if (Object.keys(given).length === 0) return 'unscored';
    return scores.length === 0 ? 'no_score' : undefined;
  };
  return { id, prompt, scores, drop: dropOf(), isCutOff: isCutOff(sample), usage: field(sample, 'model_usage') };
}

/**
 * Returns the tokens of the input with those from and to a cache. `input_tokens` contains cached ones only in older
 * logs, as the total shows.
 */
export function tokensIn(usage: unknown): number | undefined {
  const number = (name: string) => numberField(usage, name);
  const input = number('input_tokens');
  if (input === undefined) return undefined;
  if (number('total_tokens') === input + (number('output_tokens') ?? 0)) return input;
  return input + (number('input_tokens_cache_read') ?? 0) + (number('input_tokens_cache_write') ?? 0);
}
