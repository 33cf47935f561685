/** The user's ratings of answers, which adapt the routing to the user. They are only in the extension's IndexedDB. */
import { clear, createStore, delMany, entries, promisifyRequest, setMany, type UseStore } from 'idb-keyval';
import * as v from 'valibot';
import { MOST_CHARACTERS } from '../limits.js';

/** Maximum number; the oldest are erased. Each is embedded once per start, and users' tasks change. */
export const MOST_FEEDBACK = 500;

export const STORED_FEEDBACK = v.object({
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
  prompt: v.pipe(v.string(), v.minLength(1), v.maxLength(MOST_CHARACTERS)),
  /** By model: 1 right, 0 wrong. At least one model. */
  outcomes: v.pipe(v.record(v.pipe(v.string(), v.minLength(1), v.maxLength(300)), v.picklist([0, 1])), v.minEntries(1)),
  /** Milliseconds since 1970. */
  at: v.pipe(v.number(), v.finite()),
});
export type StoredFeedback = v.InferOutput<typeof STORED_FEEDBACK>;

let opened: UseStore | undefined;
/** The database keeps the name of the first version, which called feedback "judged". */
const store = () => (opened ??= createStore('signalbox-judged', 'judged'));

/** Notifies all pages and the router of changes. */
const CHANNEL = 'feedback';

function tell(): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(null);
  channel.close();
}

/** Calls `listener` after each change, those of this page included; returns an unsubscribe function. */
export function onFeedback(listener: () => void): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.addEventListener('message', listener);
  return () => channel.close();
}

/** Returns the feedback, newest first, without invalid entries. */
export async function listFeedback(): Promise<StoredFeedback[]> {
  const found = (await entries<string, unknown>(store())).map(([, value]) => value);
  return found.filter((value) => v.is(STORED_FEEDBACK, value)).sort((a, b) => b.at - a.at);
}

/**
 * Keeps feedback; it replaces that of the same id. It counts as newer than all other feedback, also if the computer's
 * clock was set back: the oldest is erased first.
 */
export async function keepFeedback(feedback: readonly StoredFeedback[]): Promise<void> {
  const [newest] = await listFeedback();
  const earliest = newest === undefined ? Number.NEGATIVE_INFINITY : newest.at + 1;
  await setMany(
    feedback.map((each) => [each.id, { ...each, at: Math.max(each.at, earliest) }]),
    store(),
  );
  const surplus = (await listFeedback()).slice(MOST_FEEDBACK).map(({ id }) => id);
  await delMany(surplus, store());
  tell();
}

export async function eraseFeedback(ids: readonly string[]): Promise<void> {
  await delMany([...ids], store());
  tell();
}

export async function eraseAllFeedback(): Promise<void> {
  await clear(store());
  tell();
}

/** Replaces all feedback, or nothing if that fails. */
export async function replaceFeedback(feedback: readonly StoredFeedback[]): Promise<void> {
  await store()('readwrite', (all) => {
    all.clear();
    for (const each of feedback) all.put(each, each.id);
    return promisifyRequest(all.transaction);
  });
  tell();
}
