/** When to ask: after a pause in typing, one question at a time, and the newest text next. */
import type { FromContent, NoSuggestion, Suggestion, ToContent } from '../messages.js';
import { isQuestion } from './text.js';

const PAUSE_MS = 100;
/** Another question of this page is on its way: the wait doubles up to this. */
const LONGEST_MS = 3200;

export type Shown = Suggestion | NoSuggestion;
export type Send = (message: FromContent) => Promise<ToContent | undefined>;

interface Parts {
  send: Send;
  /** What stands in the box now; undefined where there is no box. */
  read(): string | undefined;
  /** Somebody types, and will be asking. Not with every key. */
  expect(): void;
  /** Undefined: there is nothing to show. */
  show(shown: Shown | undefined): void;
}

export class Asking {
  readonly #parts: Parts;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastKey = Number.NEGATIVE_INFINITY;
  /** The text that is shown, or on its way. */
  #asked = '';
  #isAsking = false;
  #pause = PAUSE_MS;
  /** Answers to what was asked before `forget` come too late. */
  #round = 0;
  #isStopped = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Something may have changed. Only keys put the question off: a page cannot do so for ever by events of its own. */
  touch(isKey: boolean): void {
    if (isKey) this.#lastKey = performance.now();
    if (!this.#isStopped) this.#timer ??= setTimeout(this.#look, this.#pause);
  }

  /** The box is another one, or gone: whatever is asked next is new. */
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
    } else if (text !== this.#asked && !this.#isAsking) {
      this.#ask(text);
    }
  };

  async #ask(text: string): Promise<void> {
    this.#isAsking = true;
    this.#asked = text;
    const round = this.#round;
    const answer = await this.#parts.send({ kind: 'ask', text }).catch(() => undefined);
    this.#isAsking = false;
    const isBusy = answer?.kind === 'busy';
    this.#pause = isBusy ? Math.min(2 * this.#pause, LONGEST_MS) : PAUSE_MS;
    if (answer?.kind === 'off') return;
    if (isBusy) this.#asked = '';
    else if (round === this.#round) this.#parts.show(isShown(answer) ? answer : undefined);
    // What was typed meanwhile is next.
    this.touch(false);
  }
}

const isShown = (answer: ToContent | undefined): answer is Shown =>
  answer?.kind === 'suggestion' || answer?.kind === 'none';
