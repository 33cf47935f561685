/** Says how far a long command is: a bar on a terminal, one line a step elsewhere. */
import type { Writable } from 'node:stream';
import { throwIfAborted } from '../errors.js';

const WIDTH = 24;
const REDRAW_MS = 80;
const SURE_AFTER_MS = 2000;

type Output = Writable & { isTTY?: boolean; columns?: number };

export class Progress {
  readonly signal: AbortSignal | undefined;
  readonly #out: Output | undefined;
  #step = '';
  #drawn = 0;
  #last = 0;
  #began = 0;

  /** Without `out` it is silent. */
  constructor(out: Output | undefined, signal?: AbortSignal) {
    this.#out = out;
    this.signal = signal;
  }

  /** Begins a step. */
  begin(step: string): void {
    this.#clear();
    this.#step = step;
    this.#last = 0;
    this.#began = Date.now();
    if (this.#out?.isTTY) this.#draw(0, 0);
    else this.#out?.write(`${step}\n`);
  }

  /** Notes how much of the step is done, lets pending signals in, and throws `aborted` where one asked to stop. */
  async update(done: number, total: number): Promise<void> {
    const now = Date.now();
    if (this.#out?.isTTY && (now - this.#last > REDRAW_MS || done === total)) {
      this.#last = now;
      this.#draw(done, total);
    }
    await new Promise((resolve) => setImmediate(resolve));
    throwIfAborted(this.signal);
  }

  end(): void {
    this.#clear();
  }

  #draw(done: number, total: number): void {
    const share = total === 0 ? 0 : done / total;
    const filled = Math.round(WIDTH * share);
    const bar = `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}`;
    const text = `${bar} ${String(Math.floor(100 * share)).padStart(3)}%  ${this.#step}${this.#remaining(share)}`;
    const line = text.slice(0, (this.#out?.columns ?? 80) - 1);
    this.#out?.write(`\r${line.padEnd(this.#drawn)}`);
    this.#drawn = line.length;
  }

  /** How long the step will go on at its speed so far; nothing where that is a guess or soon over. */
  #remaining(share: number): string {
    const elapsed = Date.now() - this.#began;
    if (elapsed < SURE_AFTER_MS || share <= 0 || share >= 1) return '';
    const seconds = Math.ceil(((elapsed / share) * (1 - share)) / 1000);
    const minutes = Math.floor(seconds / 60);
    return `, ${minutes}:${String(seconds % 60).padStart(2, '0')} left`;
  }

  #clear(): void {
    if (this.#drawn > 0) this.#out?.write(`\r${' '.repeat(this.#drawn)}\r`);
    this.#drawn = 0;
  }
}
