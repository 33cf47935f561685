/** Reads token counts in the forms that APIs report them. */
import { field, numberField } from './fields.js';
import type { Answer } from './records.js';

/** Names of the same count, by API: OpenAI's two, camel case, and the short forms of tools. */
const IN = ['input_tokens', 'prompt_tokens', 'inputTokens', 'promptTokens', 'prompt', 'input'];
const OUT = ['output_tokens', 'completion_tokens', 'outputTokens', 'completionTokens', 'completion', 'output'];
const TOTAL = ['total_tokens', 'totalTokens', 'total'];
/** Anthropic counts these apart from the input; everyone else within it. */
const APART = ['cache_read_input_tokens', 'cache_creation_input_tokens'];

function countIn(usage: unknown, names: readonly string[]): number | undefined {
  const found = names.map((name) => numberField(usage, name)).find((value) => value !== undefined);
  return found !== undefined && found >= 0 ? found : undefined;
}

/** Returns the tokens of a usage object, those from a cache included; `undefined` for what it does not say. */
export function tokensOf(usage: unknown): Pick<Answer, 'tokensIn' | 'tokensOut'> {
  const [given, tokensOut, total] = [countIn(usage, IN), countIn(usage, OUT), countIn(usage, TOTAL)];
  // Some tools take Anthropic's counts under their own names: then only the total tells that cached tokens are apart.
  const rest = total === undefined || tokensOut === undefined ? 0 : total - tokensOut;
  const apart = APART.reduce((sum, name) => sum + (numberField(usage, name) ?? 0), 0);
  const tokensIn = given === undefined ? undefined : Math.max(rest, given + apart);
  // Both are 0 where an endpoint reports nothing.
  return tokensIn || tokensOut ? { tokensIn, tokensOut } : {};
}

const LENGTH = /^(length|max_tokens|max_length|model_length|MAX_TOKENS)$/;

/** Returns whether a reason to stop is a length limit; `undefined` if none is given. */
export const isLengthLimit = (reason: unknown): boolean | undefined =>
  typeof reason === 'string' && reason !== '' ? LENGTH.test(reason) : undefined;

/** Returns the sum of counts that may be lists, possibly of lists, as tools write them for several turns. */
export function sumOf(value: unknown, depth = 0): number | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (!Array.isArray(value) || depth > 3) return undefined;
  const numbers = value.map((part) => sumOf(part, depth + 1));
  return numbers.every((part) => part !== undefined) && numbers.length > 0
    ? (numbers as number[]).reduce((sum, part) => sum + part, 0)
    : undefined;
}

/** Returns a price in US dollars; `undefined` for anything but a number of at least 0. */
export function usdField(of: unknown, ...path: (string | number)[]): number | undefined {
  const value = field(of, ...path);
  return typeof value === 'number' && value >= 0 ? value : undefined;
}
