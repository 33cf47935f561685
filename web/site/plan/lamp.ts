/** The lamp of a plan: red to keep the baseline, green if even the bad end of the interval loses little, else amber. */
import type { Bounded, PlanShare } from 'signalbox/build';

export type Lamp = 'clear' | 'caution' | 'stop';

/** Points that hardly anybody misses. */
const UNMISSED = 1;

interface Planned {
  picks: readonly PlanShare[];
  points: Bounded;
  baseline: { model: string };
}

export function lampOf({ picks, baseline, points }: Planned): Lamp {
  if (picks.length === 1 && picks[0]?.model === baseline.model) return 'stop';
  return points.low >= -UNMISSED ? 'clear' : 'caution';
}

export const LAMP_WORDS: Record<Lamp, string> = {
  clear: 'Clear: at worst, about a point is lost',
  caution: 'Caution: it may lose more than a point',
  stop: 'Stop: keep what you have',
};
