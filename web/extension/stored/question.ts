/** A question from a page to the panel. It is kept until the browser closes, out of reach of pages. */
import * as v from 'valibot';
import { MOST_CHARACTERS } from '../limits.js';
import { PAGE } from '../messages.js';

const QUESTION = v.object({
  /** Empty if nothing was selected. */
  text: v.pipe(v.string(), v.maxLength(MOST_CHARACTERS)),
  /** Origin of the page, if the browser reveals it. */
  origin: v.nullable(v.string()),
  /**
   * Whether it comes from a badge. A hostile page can fake that; all other questions come from the user's actions in
   * the browser.
   */
  isOfBadge: v.boolean(),
  /** Facts about the page, if its chat was recognised. Told by the page. */
  page: v.optional(v.nullable(PAGE), null),
  /** Each window has its own panel. */
  windowId: v.number(),
  /** Milliseconds since 1970. */
  at: v.number(),
});
export type Question = v.InferInput<typeof QUESTION>;

/** An older question was meant for a panel that was closed long ago. */
const FRESH_MS = 60_000;

/** Whether a question is for a panel that opens now; not if the computer's clock was changed since. */
export const isFresh = ({ at }: Pick<Question, 'at'>) => Math.abs(Date.now() - at) < FRESH_MS;

const KEY = 'question';

export async function putQuestion(question: Omit<Question, 'at'>): Promise<void> {
  const text = question.text.slice(0, MOST_CHARACTERS);
  await chrome.storage.session.set({ [KEY]: { ...question, text, at: Date.now() } });
}

/** Returns the last question. */
export async function readQuestion(): Promise<Question | undefined> {
  const { [KEY]: raw } = await chrome.storage.session.get(KEY);
  return v.is(QUESTION, raw) ? raw : undefined;
}

/** Calls `listener` for each new question; returns an unsubscribe function. */
export function onQuestion(listener: (question: Question) => void): () => void {
  const listen = (changes: Record<string, chrome.storage.StorageChange>, area: string) => {
    const raw: unknown = area === 'session' ? changes[KEY]?.newValue : undefined;
    if (v.is(QUESTION, raw)) listener(raw);
  };
  chrome.storage.onChanged.addListener(listen);
  return () => chrome.storage.onChanged.removeListener(listen);
}
