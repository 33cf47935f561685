/** What a person said of answers: labels that adapt the routing to this person. In IndexedDB of the extension, and nowhere else. */
import { clear, createStore, delMany, entries, promisifyRequest, setMany, type UseStore } from 'idb-keyval';
import * as v from 'valibot';
import { MOST_CHARACTERS } from '../limits.js';

/** The oldest give way: a person's tasks change, and each is embedded once per start. */
export const MOST_JUDGED = 500;

export const JUDGED = v.object({
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
  prompt: v.pipe(v.string(), v.minLength(1), v.maxLength(MOST_CHARACTERS)),
  /** By model: 1 right, 0 wrong. At least one. */
  outcomes: v.pipe(v.record(v.pipe(v.string(), v.minLength(1), v.maxLength(300)), v.picklist([0, 1])), v.minEntries(1)),
  /** Milliseconds since 1970. */
  at: v.pipe(v.number(), v.finite()),
});
export type Judged = v.InferOutput<typeof JUDGED>;

let opened: UseStore | undefined;
const store = () => (opened ??= createStore('signalbox-judged', 'judged'));

/** Every page, and what routes, hears of a change. */
const CHANNEL = 'judged';

function tell(): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(null);
  channel.close();
}

/** Called after every change, also one of this page. Gives what ends it. */
export function onJudged(listener: () => void): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.addEventListener('message', listener);
  return () => channel.close();
}

/** The newest first. What is not sound is left out. */
export async function listJudged(): Promise<Judged[]> {
  const found = (await entries<string, unknown>(store())).map(([, value]) => value);
  return found.filter((value) => v.is(JUDGED, value)).sort((a, b) => b.at - a.at);
}

/** Keeps these; another one of the same id gives way. */
export async function keepJudged(judged: readonly Judged[]): Promise<void> {
  await setMany(
    judged.map((each) => [each.id, each]),
    store(),
  );
  const surplus = (await listJudged()).slice(MOST_JUDGED).map(({ id }) => id);
  await delMany(surplus, store());
  tell();
}

export async function eraseJudged(ids: readonly string[]): Promise<void> {
  await delMany([...ids], store());
  tell();
}

export async function eraseAllJudged(): Promise<void> {
  await clear(store());
  tell();
}

/** These in place of all that were kept: all of it, or nothing. */
export async function replaceJudged(judged: readonly Judged[]): Promise<void> {
  await store()('readwrite', (all) => {
    all.clear();
    for (const each of judged) all.put(each, each.id);
    return promisifyRequest(all.transaction);
  });
  tell();
}
