/** Estimates the tokens that a model reads of an input, which its price depends on. */
import type { Conversation, RouteInput } from '../types.js';

/** Characters of a token: of Latin text some four, of other scripts about one and a half. */
const LATIN = 4;
const OTHER = 1.5;

/** Blanks, and characters without a width. */
const BLANKS = /[\s\p{Cf}]+/gu;

/** Returns the estimated tokens of a text. */
export function tokensOfText(given: string): number {
  const text = given.replace(BLANKS, ' ').trim();
  let latin = 0;
  for (let i = 0; i < text.length; ++i) latin += text.charCodeAt(i) < 0x250 ? 1 : 0;
  return Math.ceil(latin / LATIN + (text.length - latin) / OTHER);
}

/**
 * Returns the estimated tokens of a prompt; `undefined` for a vector, of which only the core's default is known. An embedding of a router has its prompt's; of others the tokens that were read count. A run of
 * blanks counts as one character, and at the ends as none: tokenizers join them.
 */
export function promptTokensOf(input: Exclude<RouteInput, Conversation>): number | undefined {
  if (typeof input === 'string') return tokensOfText(input);
  const { promptTokens, tokens } = (input ?? {}) as { promptTokens?: unknown; tokens?: unknown };
  return [promptTokens, tokens].find((count) => typeof count === 'number' && count >= 0) as number | undefined;
}

/** Returns the mean over the inputs of a task; `undefined` if it is known of none. */
export function meanPromptTokens(inputs: readonly { promptTokens?: number | undefined }[]): number | undefined {
  const counts = inputs.flatMap(({ promptTokens }) => promptTokens ?? []);
  return counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count, 0) / counts.length;
}

/** Margins of a context over the estimated tokens: half of them, since tokenizers differ, and an answer. */
const MARGIN = 1.5;
const ANSWER = 1000;

/** Returns the tokens of context that an input needs. */
export const contextFor = (promptTokens: number): number => Math.ceil(MARGIN * promptTokens) + ANSWER;
