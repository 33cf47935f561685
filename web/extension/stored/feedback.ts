/** What a person said of answers: labels that adapt the routing to this person. In IndexedDB of the extension, and nowhere else. */
import { clear, createStore, delMany, entries, promisifyRequest, setMany, type UseStore } from 'idb-keyval';
import * as v from 'valibot';
import { MOST_CHARACTERS } from '../limits.js';

/** The oldest give way: a person's tasks change, and each is embedded once per start. */
export const MOST_FEEDBACK = 500;

export const STORED_FEEDBACK = v.object({
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
  prompt: v.pipe(v.string(), v.minLength(1), v.maxLength(MOST_CHARACTERS)),
  /** By model: 1 right, 0 wrong. At least one. */
  outcomes: v.pipe(v.record(v.pipe(v.string(), v.minLength(1), v.maxLength(300)), v.picklist([0, 1])), v.minEntries(1)),
  /** Milliseconds since 1970. */
  at: v.pipe(v.number(), v.finite()),
});
export type StoredFeedback = v.InferOutput<typeof STORED_FEEDBACK>;

/** The first version named the database after its word for feedback, "judged". */
let opened: UseStore | undefined;
const store = () => (opened ??= createStore('signalbox-judged', 'judged'));

/** Every page, and what routes, hears of a change. */
const CHANNEL = 'feedback';

function tell(): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(null);
  channel.close();
}

/** Called after every change, also one of this page. Gives what ends it. */
export function onFeedback(listener: () => void): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.addEventListener('message', listener);
  return () => channel.close();
}

/** The newest first. What is not sound is left out. */
export async function listFeedback(): Promise<StoredFeedback[]> {
  const found = (await entries<string, unknown>(store())).map(([, value]) => value);
  return found.filter((value) => v.is(STORED_FEEDBACK, value)).sort((a, b) => b.at - a.at);
}

/** Keeps these; another one of the same id gives way. */
export async function keepFeedback(feedback: readonly StoredFeedback[]): Promise<void> {
  await setMany(
    feedback.map((each) => [each.id, each]),
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

/** These in place of all that were kept: all of it, or nothing. */
export async function replaceFeedback(feedback: readonly StoredFeedback[]): Promise<void> {
  await store()('readwrite', (all) => {
    all.clear();
    for (const each of feedback) all.put(each, each.id);
    return promisifyRequest(all.transaction);
  });
  tell();
}
