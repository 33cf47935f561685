/** The user's rating of an answer, and how it is stored. */
import { MOST_CHARACTERS } from './limits.js';
import type { StoredFeedback } from './stored/feedback.js';

export type Rating = { kind: 'right' } | { kind: 'wrong' } | { kind: 'other'; model: string };

/** Returns the same id for the same prompt and pick, so that a later rating replaces an earlier one. */
async function idOf(prompt: string, pick: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${pick}\n${prompt}`));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Returns the part of a prompt that is stored. */
export const keptPrompt = (prompt: string) => prompt.slice(0, MOST_CHARACTERS);

export async function storedFeedbackOf(prompt: string, pick: string, rating: Rating): Promise<StoredFeedback> {
  const kept = keptPrompt(prompt);
  const [model, outcome] =
    rating.kind === 'other'
      ? [rating.model, 1 as const]
      : [pick, rating.kind === 'right' ? (1 as const) : (0 as const)];
  // Unlike an assignment, fromEntries also accepts "__proto__" as a name.
  return { id: await idOf(kept, pick), prompt: kept, outcomes: Object.fromEntries([[model, outcome]]), at: Date.now() };
}

/** Returns the words for each model, "was right" for example. */
export const ratingWords = ({ outcomes }: StoredFeedback) =>
  Object.entries(outcomes).map(([model, outcome]) => ({ model, words: outcome === 1 ? 'was right' : 'was wrong' }));
