/** The person's judgements with their vectors, for one router: read anew when they change, embedded once. */
import type { Feedback } from 'signalbox';
import type { LiveRouter } from '../../shared/live-router.js';
import { listFeedback, type StoredFeedback } from '../stored/feedback.js';

export class EmbeddedFeedback {
  /** By id and time: what is all anew is another one. */
  #known = new Map<string, Feedback>();
  #list: Promise<readonly Feedback[]> | undefined;

  /** They have changed. */
  forget(): void {
    this.#list = undefined;
  }

  /** Storage that cannot be read is no reason not to decide: the settings page says so. */
  of(live: LiveRouter): Promise<readonly Feedback[]> {
    this.#list ??= this.#read(live).catch(() => {
      this.forget();
      return [];
    });
    return this.#list;
  }

  async #read(live: LiveRouter): Promise<readonly Feedback[]> {
    const all = await listFeedback();
    const keyOf = ({ id, at }: StoredFeedback) => `${id} ${at}`;
    const fresh = all.filter((each) => !this.#known.has(keyOf(each)));
    const prompts = fresh.map(({ prompt }) => prompt);
    const embeddings = prompts.length === 0 ? [] : await live.askAtLength((router) => router.embed(prompts));
    const vectors = new Map(fresh.map((each, i) => [each, embeddings[i]?.vector]));
    const next = new Map<string, Feedback>();
    for (const each of all) {
      const key = keyOf(each);
      const vector = vectors.get(each);
      const feedback = vector === undefined ? this.#known.get(key) : { vector, outcomes: each.outcomes };
      if (feedback !== undefined) next.set(key, feedback);
    }
    this.#known = next;
    return [...next.values()];
  }
}
