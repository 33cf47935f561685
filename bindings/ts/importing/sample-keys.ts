/** Keys of samples in tools whose ids may be mere numbers. */
import { textKey } from './text-hash.js';

/** Ids that count the samples of a run, rather than name them. */
const COUNTER = /^(?:[a-z]{1,8}[ _.:#-]?)?\d+$/i;

/** Returns whether an id only counts the samples of a run. */
export const isCounter = (id: string): boolean => COUNTER.test(id);

/**
 * Finds the keys of samples. Ids that only count may stand for other samples in other runs (shuffled, or of another part
 * of the dataset): where the prompts under one id differ, the prompt identifies the sample. All other keys are the ids.
 */
export class SampleKeys {
  /** The prompt under each id, and the key of each prompt, by dataset. */
  readonly #prompts = new Map<string, string>();
  readonly #keys = new Map<string, string>();
  readonly #isSame: ((one: string, other: string) => boolean) | undefined;

  /** `isSame` compares prompts that are not equal, apart from blanks. Without it, memory holds no prompts. */
  constructor(isSame?: (one: string, other: string) => boolean) {
    this.#isSame = isSame;
  }

  keyOf(dataset: string, id: string, prompt: string | undefined): string {
    if (prompt === undefined || !isCounter(id)) return id;
    const text = prompt.replace(/\s+/g, ' ').trim();
    const identity = this.#isSame === undefined ? textKey(text) : text;
    const [byId, byPrompt] = [JSON.stringify([dataset, id]), JSON.stringify([dataset, identity])];
    const first = this.#prompts.get(byId) ?? identity;
    this.#prompts.set(byId, first);
    const isKnown = first === identity || this.#isSame?.(first, identity) === true;
    const key = isKnown ? id : (this.#keys.get(byPrompt) ?? `${id} ${textKey(text)}`);
    if (!this.#keys.has(byPrompt)) this.#keys.set(byPrompt, key);
    return key;
  }
}
