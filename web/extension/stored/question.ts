/** What a person asked about on a page, on its way to the panel: kept while the browser runs, and out of reach of pages. */
import * as v from 'valibot';
import { MOST_CHARACTERS } from '../limits.js';

const QUESTION = v.object({
  /** Empty where nothing was selected. */
  text: v.pipe(v.string(), v.maxLength(MOST_CHARACTERS)),
  /** Of the page, where the browser tells it. */
  origin: v.nullable(v.string()),
  /** A page says that its badge was clicked, and a hostile one says so as it likes; everything else a person did in the browser. */
  isOfBadge: v.boolean(),
  /** Each window has a panel of its own. */
  windowId: v.number(),
  /** Milliseconds since 1970. */
  at: v.number(),
});
export type Question = v.InferOutput<typeof QUESTION>;

/** A question that is older was for a panel that is long closed. */
export const FRESH_MS = 60_000;

const KEY = 'question';

export async function putQuestion(question: Omit<Question, 'at'>): Promise<void> {
  const text = question.text.slice(0, MOST_CHARACTERS);
  await chrome.storage.session.set({ [KEY]: { ...question, text, at: Date.now() } });
}

/** The last one. */
export async function readQuestion(): Promise<Question | undefined> {
  const { [KEY]: raw } = await chrome.storage.session.get(KEY);
  return v.is(QUESTION, raw) ? raw : undefined;
}

/** Called with every new one. Gives what ends it. */
export function onQuestion(listener: (question: Question) => void): () => void {
  const listen = (changes: Record<string, chrome.storage.StorageChange>, area: string) => {
    const raw: unknown = area === 'session' ? changes[KEY]?.newValue : undefined;
    if (v.is(QUESTION, raw)) listener(raw);
  };
  chrome.storage.onChanged.addListener(listen);
  return () => chrome.storage.onChanged.removeListener(listen);
}
