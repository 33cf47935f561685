/** Passes over the prompts of a plan's rows: their hashes and lengths, and rows that contradict each other. */

import type { Benchmark } from '../building/benchmark.js';
import { eachPrompt } from '../building/each-prompt.js';
import type { Imported } from '../building/import-files.js';
import type { RowDetails } from '../building/row-details.js';
import { promptTokensOf } from '../routing/prompt-tokens.js';
import type { Steps } from '../steps.js';
import { plainHash } from './row-groups.js';

/** Facts about the prompts that are needed before they are embedded. */
export interface PromptFacts {
  /** [rows] '' without a prompt. */
  hashes: string[];
  /** [rows] NaN without a prompt. */
  tokens: Float64Array;
}

export async function factsOf(imported: Imported, benchmark: Benchmark, steps: Steps): Promise<PromptFacts> {
  const rows = benchmark.order.length;
  const facts = { hashes: new Array<string>(rows).fill(''), tokens: new Float64Array(rows).fill(Number.NaN) };
  steps.begin('comparing prompts');
  await eachPrompt(imported, benchmark, steps, (place, text) => {
    facts.hashes[place] = plainHash(text);
    facts.tokens[place] = promptTokensOf(text) ?? Number.NaN;
  });
  return facts;
}

/** Counts rows whose outcomes differ from those of an earlier row with the same prompt, or that contradict themselves. */
export function contradictions(
  order: Uint32Array,
  outcomes: Float32Array,
  hashes: readonly string[],
  details: RowDetails,
) {
  const models = outcomes.length / order.length;
  const firsts = new Map<string, number>();
  let count = 0;
  for (const [row, collected] of order.entries()) {
    const first = firsts.get(hashes[row] as string) ?? row;
    if (hashes[row] !== '') firsts.set(hashes[row] as string, first);
    let differs = details.contradictory.has(collected);
    for (let m = 0; m < models; ++m) {
      const [own, other] = [outcomes[row * models + m] as number, outcomes[first * models + m] as number];
      if (own !== other && !Number.isNaN(own) && !Number.isNaN(other)) differs = true;
    }
    count += Number(differs);
  }
  return count;
}
