/** Reads the prompts of a benchmark's rows, in blocks. */

import type { Steps } from '../steps.js';
import type { Benchmark } from './benchmark.js';
import { NONE } from './collector.js';
import type { Imported } from './import-files.js';

const BLOCK = 1024;

/** Calls `use` with each prompt of the benchmark, and the place of its row. */
export async function eachPrompt(
  { collector, prompts }: Imported,
  { order }: Benchmark,
  steps: Steps,
  use: (place: number, text: string) => void,
): Promise<void> {
  const placeOf = new Uint32Array(prompts.count).fill(NONE);
  for (const [place, row] of order.entries()) {
    const slot = collector.promptSlots.get(row);
    if (slot !== NONE) placeOf[slot] = place;
  }
  for (let first = 0; first < prompts.count; first += BLOCK) {
    const count = Math.min(BLOCK, prompts.count - first);
    for (const [i, text] of (await prompts.read(first, count)).entries()) {
      const place = placeOf[first + i] as number;
      if (place !== NONE) use(place, text);
    }
    await steps.update(first + count, prompts.count);
  }
}
