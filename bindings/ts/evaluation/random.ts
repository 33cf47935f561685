/** Seeded random numbers, the same for the same seed on every machine. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** Returns a number in [0, 1) (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** Returns a whole number in [0, count). */
  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  /** Draws `count` of the numbers 0..total - 1, ascending; all of them if there are fewer. */
  sample(total: number, count: number): number[] {
    const numbers = Array.from({ length: total }, (_, i) => i);
    const drawn = Math.min(count, total);
    for (let i = 0; i < drawn; ++i) {
      const j = i + this.below(total - i);
      const swapped = numbers[i] as number;
      numbers[i] = numbers[j] as number;
      numbers[j] = swapped;
    }
    return numbers.slice(0, drawn).sort((a, b) => a - b);
  }
}
