/** Decides when to ask: after a pause in typing, one question at a time, and always with the newest text. */
import type { FromContent, NoSuggestion, PageFacts, Suggestion, ToContent } from '../messages.js';
import { isQuestion } from './text.js';

const PAUSE_MS = 100;
/** While the router is busy with a question of this page, the pause doubles up to this. */
const LONGEST_MS = 3200;

export type Shown = Suggestion | NoSuggestion;
export type Send = (message: FromContent) => Promise<ToContent | undefined>;

interface Parts {
  send: Send;
  /** Returns the text of the box; `undefined` if there is no box. */
  read(): string | undefined;
  /** Returns what is known of the page; called after `read`. */
  page(): PageFacts | undefined;
  /** Called while the user types, before a question; not for every key. */
  expect(): void;
  /** `undefined`: nothing to show. */
  show(shown: Shown | undefined): void;
}

export class Asking {
  readonly #parts: Parts;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastKey = Number.NEGATIVE_INFINITY;
  /** The text of the last question, and what the model picker showed. */
  #asked = '';
  #picked: string | null | undefined;
  #isAsking = false;
  #pause = PAUSE_MS;
  /** Number of the round, which `forget` ends: answers from earlier rounds are dropped. */
  #round = 0;
  #isStopped = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The text may have changed. Only keys postpone the question: a page must not postpone it forever by its own events. */
  touch(isKey: boolean): void {
    if (isKey) this.#lastKey = performance.now();
    if (!this.#isStopped) this.#timer ??= setTimeout(this.#look, this.#pause);
  }

  /** Starts a new round: the box is gone, or a different one. */
  forget(): void {
    this.#round += 1;
    this.#asked = '';
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.forget();
  }

  readonly #look = () => {
    this.#timer = undefined;
    const left = this.#lastKey + PAUSE_MS - performance.now();
    if (left > 0) {
      this.#parts.expect();
      this.#timer = setTimeout(this.#look, left);
      return;
    }
    const text = this.#parts.read();
    if (text === undefined || !isQuestion(text)) {
      this.forget();
      this.#parts.show(undefined);
    } else if (!this.#isAsking) {
      const page = this.#parts.page();
      if (text !== this.#asked || page?.picked !== this.#picked) this.#ask(text, page);
    }
  };

  async #ask(text: string, page: PageFacts | undefined): Promise<void> {
    this.#isAsking = true;
    this.#asked = text;
    this.#picked = page?.picked;
    const round = this.#round;
    const answer = await this.#parts.send({ kind: 'ask', text, ...(page && { page }) }).catch(() => undefined);
    this.#isAsking = false;
    const isBusy = answer?.kind === 'busy';
    this.#pause = isBusy ? Math.min(2 * this.#pause, LONGEST_MS) : PAUSE_MS;
    if (answer?.kind === 'off') return;
    if (isBusy) this.#asked = '';
    else if (round === this.#round) this.#parts.show(isShown(answer) ? answer : undefined);
    // The text may have changed meanwhile.
    this.touch(false);
  }
}

const isShown = (answer: ToContent | undefined): answer is Shown =>
  answer?.kind === 'suggestion' || answer?.kind === 'none';
