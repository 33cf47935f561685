/**
 * Parses conditions on the fields of models: `complete and params_b<=14 and not near_duplicate_of`. Nothing is
 * evaluated as code.
 */
import { SignalboxError } from '../errors.js';
import type { Fields } from '../files/fields.js';

export type ModelFilter = (fields: Fields) => boolean;

type Operand = string | number | boolean;

const OPERATORS = ['<=', '>=', '!=', '==', '<', '>', '='] as const;
type Operator = (typeof OPERATORS)[number];

/** An operator, a quoted text, or a bare word: a field, keyword, number or text. */
const TOKEN = /\s*(?:(<=|>=|!=|==|<|>|=)|'([^']*)'|"([^"]*)"|([\w./:+-]+))/y;

interface Token {
  kind: 'operator' | 'text' | 'word';
  value: string;
}

function refuse(text: string, expected: string): never {
  throw new SignalboxError('invalid_argument', `--models-where '${text}': expected ${expected}`);
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const at = TOKEN.lastIndex;
    const found = TOKEN.exec(text);
    if (found === null) refuse(text, `a field, a comparison or a value at '${text.slice(at, at + 20).trim()}'`);
    const [, operator, single, double, word] = found;
    if (operator !== undefined) tokens.push({ kind: 'operator', value: operator });
    else if (word !== undefined) tokens.push({ kind: 'word', value: word });
    else tokens.push({ kind: 'text', value: single ?? double ?? '' });
  }
  return tokens;
}

function operandOf(token: Token): Operand {
  if (token.kind === 'text') return token.value;
  if (token.value === 'true' || token.value === 'false') return token.value === 'true';
  const number = Number(token.value);
  return Number.isFinite(number) ? number : token.value;
}

/** Compares a field with a value. A missing field is unequal to everything, and neither smaller nor larger. */
function compare(value: unknown, operator: Operator, operand: Operand): boolean {
  const isEqual = value === operand;
  if (operator === '=' || operator === '==') return isEqual;
  if (operator === '!=') return !isEqual;
  if (typeof value === 'number' && typeof operand === 'number') return isOrdered(value, operator, operand);
  if (typeof value === 'string' && typeof operand === 'string') return isOrdered(value, operator, operand);
  return false;
}

function isOrdered<T extends number | string>(a: T, operator: '<' | '<=' | '>' | '>=', b: T): boolean {
  if (operator === '<') return a < b;
  if (operator === '<=') return a <= b;
  return operator === '>' ? a > b : a >= b;
}

/** Returns a field; inherited properties (`constructor`) are not fields. */
const fieldOf = (fields: Fields, name: string) => (Object.hasOwn(fields, name) ? fields[name] : undefined);

/** Takes `[not] field [operator value]` off the front of the tokens. */
function takeTerm(text: string, tokens: Token[]): ModelFilter {
  let isNegated = false;
  while (tokens[0]?.kind === 'word' && tokens[0].value === 'not') {
    isNegated = !isNegated;
    tokens.shift();
  }
  const field = tokens.shift();
  if (field?.kind !== 'word' || field.value === 'and' || !/^[A-Za-z_]\w*$/.test(field.value)) {
    refuse(text, `the name of a field, got ${field === undefined ? 'the end' : `'${field.value}'`}`);
  }
  if (tokens[0]?.kind !== 'operator') return (fields) => Boolean(fieldOf(fields, field.value)) !== isNegated;
  const operator = (tokens.shift() as Token).value as Operator;
  const value = tokens.shift();
  if (value === undefined || value.kind === 'operator') refuse(text, `a value after '${field.value}${operator}'`);
  const operand = operandOf(value);
  return (fields) => compare(fieldOf(fields, field.value), operator, operand) !== isNegated;
}

/** Parses terms joined by `and`. Errors: `invalid_argument`. */
export function parseModelFilter(text: string): ModelFilter {
  const tokens = tokensOf(text);
  if (tokens.length === 0) refuse(text, 'a condition');
  const terms = [takeTerm(text, tokens)];
  while (tokens.length > 0) {
    const joint = tokens.shift() as Token;
    if (joint.kind !== 'word' || joint.value !== 'and') refuse(text, `'and', got '${joint.value}'`);
    terms.push(takeTerm(text, tokens));
  }
  return (fields) => terms.every((term) => term(fields));
}
