/** The user's feedback with vectors, for one router: read again when it changes, and embedded only once. */
import type { Feedback, Routing } from 'signalbox';
import { listFeedback, type StoredFeedback } from '../stored/feedback.js';

export class EmbeddedFeedback {
  /** By id and time, since a prompt can be rated again. */
  #known = new Map<string, Feedback>();
  #list: Promise<readonly Feedback[]> | undefined;

  /** Reads the feedback again at the next question. */
  forget(): void {
    this.#list = undefined;
  }

  /** Returns the feedback; none if storage cannot be read, which the settings page reports. */
  with(router: Routing): Promise<readonly Feedback[]> {
    this.#list ??= this.#read(router).catch(() => {
      this.forget();
      return [];
    });
    return this.#list;
  }

  async #read(router: Routing): Promise<readonly Feedback[]> {
    const all = await listFeedback();
    const keyOf = ({ id, at }: StoredFeedback) => `${id} ${at}`;
    const fresh = all.filter((each) => !this.#known.has(keyOf(each)));
    const prompts = fresh.map(({ prompt }) => prompt);
    const embeddings = prompts.length === 0 ? [] : await router.embed(prompts);
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
