/** Estimates the tokens that a model reads of an input, which its price depends on. */
import type { RouteInput, RouteInputs } from '../types.js';

/** Characters of a token: of Latin text some four, of other scripts about one and a half. */
const LATIN = 4;
const OTHER = 1.5;

/** Blanks, and characters without a width. */
const BLANKS = /[\s\p{Cf}]+/gu;

/**
 * Returns the estimated tokens of a prompt; `undefined` for a vector, of which only the core's default is known. An embedding of a router has its prompt's; of others the tokens that were read count. A run of
 * blanks counts as one character, and at the ends as none: tokenizers join them.
 */
export function promptTokensOf(input: RouteInput): number | undefined {
  if (typeof input === 'string') {
    const text = input.replace(BLANKS, ' ').trim();
    let latin = 0;
    for (let i = 0; i < text.length; ++i) latin += text.charCodeAt(i) < 0x250 ? 1 : 0;
    return Math.ceil(latin / LATIN + (text.length - latin) / OTHER);
  }
  const { promptTokens, tokens } = (input ?? {}) as { promptTokens?: unknown; tokens?: unknown };
  return [promptTokens, tokens].find((count) => typeof count === 'number' && count >= 0) as number | undefined;
}

/** Returns the mean over the inputs of a task; `undefined` if none is a prompt. */
export function meanPromptTokens(inputs: RouteInputs): number | undefined {
  if (!Array.isArray(inputs)) return undefined;
  const counts = inputs.map(promptTokensOf).filter((count) => count !== undefined);
  return counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count, 0) / counts.length;
}
