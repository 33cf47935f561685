/** A person's word on a decision, as it is kept. */
import { MOST_CHARACTERS } from './limits.js';
import type { StoredFeedback } from './stored/feedback.js';

export type Rating = { kind: 'right' } | { kind: 'wrong' } | { kind: 'other'; model: string };

/** The same prompt and pick give the same id: what is said later takes the place of what was said before. */
async function idOf(prompt: string, pick: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${pick}\n${prompt}`));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** What is kept of a prompt. */
export const keptPrompt = (prompt: string) => prompt.slice(0, MOST_CHARACTERS);

export async function storedFeedbackOf(prompt: string, pick: string, rating: Rating): Promise<StoredFeedback> {
  const kept = keptPrompt(prompt);
  const [model, outcome] =
    rating.kind === 'other'
      ? [rating.model, 1 as const]
      : [pick, rating.kind === 'right' ? (1 as const) : (0 as const)];
  // fromEntries takes any name for its own.
  return { id: await idOf(kept, pick), prompt: kept, outcomes: Object.fromEntries([[model, outcome]]), at: Date.now() };
}

/** Of each model: "x was right". */
export const ratingWords = ({ outcomes }: StoredFeedback) =>
  Object.entries(outcomes).map(([model, outcome]) => ({ model, words: outcome === 1 ? 'was right' : 'was wrong' }));
