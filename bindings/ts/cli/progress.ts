/** Shows the progress of a long command: a bar on a terminal, elsewhere one line per step. */
import type { Writable } from 'node:stream';
import { throwIfAborted } from '../errors.js';
import { printable } from '../files/printable.js';

const WIDTH = 24;
const REDRAW_MS = 80;
const SURE_AFTER_MS = 2000;

type Output = Writable & { isTTY?: boolean; columns?: number };

export class Progress {
  readonly signal: AbortSignal | undefined;
  readonly #out: Output | undefined;
  #step = '';
  #drawn = 0;
  #last = Number.NEGATIVE_INFINITY;
  #began = 0;

  /** Silent without `out`. */
  constructor(out: Output | undefined, signal?: AbortSignal) {
    this.#out = out;
    this.signal = signal;
  }

  /** Begins a step. */
  begin(step: string): void {
    this.#clear();
    this.#step = printable(step);
    this.#last = Number.NEGATIVE_INFINITY;
    this.#began = performance.now();
    if (this.#out?.isTTY) this.#draw(0, 0);
    else this.#out?.write(`${this.#step}\n`);
  }

  /** Records how much of the step is done, lets pending signals in, and throws `aborted` if one arrived. */
  async update(done: number, total: number): Promise<void> {
    const now = performance.now();
    if (this.#out?.isTTY && (now - this.#last > REDRAW_MS || done === total)) {
      this.#last = now;
      this.#draw(done, total);
    }
    await new Promise((resolve) => setImmediate(resolve));
    throwIfAborted(this.signal);
  }

  /** Writes a line that stays. */
  note(text: string): void {
    this.#clear();
    this.#out?.write(`${text}\n`);
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

  /** Estimates the remaining time from the speed so far; empty if that is a guess or the step ends soon. */
  #remaining(share: number): string {
    const elapsed = performance.now() - this.#began;
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
