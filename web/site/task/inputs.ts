/** Decisions for the prompts of a task, routed one by one. */
import type { Decision } from 'signalbox';

/** The parts of a prompt's decision that are kept: there may be twenty thousand prompts. */
export interface InputDecision {
  model: string;
  chance: number | null;
  low: number | null;
  high: number | null;
  confidence: number;
  fallback: string | null;
  nearestTask: string | null;
  usdPerMTok: number | null;
}

export function inputDecisionOf(decision: Decision) {
  const { model, chance, ranking, confidence, fallbackReason, tasks, neighbours, price } = decision;
  const picked = chance === null ? undefined : ranking.find((entry) => entry.model === model);
  const [low, high] = picked?.interval ?? [null, null];
  const kept: InputDecision = {
    model,
    chance,
    low,
    high,
    confidence,
    fallback: fallbackReason,
    nearestTask: tasks[0]?.task ?? neighbours[0]?.task ?? null,
    usdPerMTok: price.usdPerMTok,
  };
  return kept;
}

/** Counts the prompts per model, most first. */
export function sharesOf(decisions: readonly InputDecision[]): { model: string; inputs: number; share: number }[] {
  const counts = new Map<string, number>();
  for (const { model } of decisions) counts.set(model, (counts.get(model) ?? 0) + 1);
  return [...counts]
    .map(([model, inputs]) => ({ model, inputs, share: inputs / decisions.length }))
    .sort((a, b) => b.inputs - a.inputs);
}

/** Returns the mean chance over the prompts that have one. */
export function meanChance(decisions: readonly InputDecision[]): number | undefined {
  const known = decisions.flatMap(({ chance }) => (chance === null ? [] : [chance]));
  return known.length === 0 ? undefined : known.reduce((a, b) => a + b, 0) / known.length;
}
