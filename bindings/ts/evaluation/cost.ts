/** Measures quality against cost as RouterBench does (arXiv 2403.12031). */
import type { InstanceEvaluation } from '../wasm/lab-module.js';
import type { EvaluationData } from './data.js';
import { toNumber } from './held-out.js';
import type { HeldOutMode } from './instances.js';
import { type CostPoint, type CostReport, LOSSES } from './report.js';
import { mean } from './statistics.js';

export interface Operating {
  cost: number;
  quality: number;
}

const WEIGHTS = 40;
/** From a hundredth of a percentage point for the dearest model to ten points for the cheapest. */
const [LEAST_LOSS, MOST_LOSS] = [0.0001, 0.1 * 100];

/**
 * Returns the non-decreasing convex hull, which random mixtures of operating points can reach: ascending in cost and
 * quality, without points whose cost or quality is unknown.
 */
export function nonDecreasingHull(points: readonly Operating[]): Operating[] {
  const sorted = points
    .filter(({ cost, quality }) => !Number.isNaN(cost) && !Number.isNaN(quality))
    .sort((a, b) => a.cost - b.cost || b.quality - a.quality);
  const hull: Operating[] = [];
  for (const point of sorted) {
    const last = hull.at(-1);
    if (last !== undefined && point.quality <= last.quality) continue;
    while (hull.length >= 2 && !isAbove(hull.at(-2) as Operating, hull.at(-1) as Operating, point)) hull.pop();
    hull.push(point);
  }
  return hull;
}

/** Returns whether b lies above the line from a to c. */
function isAbove(a: Operating, b: Operating, c: Operating): boolean {
  return (b.quality - a.quality) * (c.cost - a.cost) > (c.quality - a.quality) * (b.cost - a.cost);
}

/** Returns the quality of a hull at a cost: constant beyond the dearest point, NaN below the cheapest. */
export function qualityAt(hull: readonly Operating[], cost: number): number {
  const next = hull.findIndex((point) => point.cost >= cost);
  if (next < 0) return hull.at(-1)?.quality ?? Number.NaN;
  const b = hull[next] as Operating;
  if (b.cost === cost) return b.quality;
  const a = hull[next - 1];
  return a === undefined ? Number.NaN : a.quality + ((cost - a.cost) / (b.cost - a.cost)) * (b.quality - a.quality);
}

/** Returns the lowest cost at which a hull has this quality; NaN if it never has. */
export function costAt(hull: readonly Operating[], quality: number): number {
  const next = hull.findIndex((point) => point.quality >= quality);
  if (next < 0) return Number.NaN;
  const [a, b] = [hull[next - 1], hull[next] as Operating];
  if (a === undefined) return b.cost;
  return a.cost + ((quality - a.quality) / (b.quality - a.quality)) * (b.cost - a.cost);
}

/** Returns the shares of an operating point's cost that a hull saves at each of `LOSSES` below its quality. */
export function costSaved(hull: readonly Operating[], { cost, quality }: Operating): number[] {
  return LOSSES.map((points) => 1 - costAt(hull, quality - points / 100) / cost);
}

/** Returns the area below a hull between two costs, divided by their difference (AIQ). */
export function averageQuality(hull: readonly Operating[], from: number, to: number): number {
  if (!(to > from)) return Number.NaN;
  const inside = hull.map(({ cost }) => cost).filter((cost) => cost > from && cost < to);
  const costs = [from, ...inside, to];
  let area = 0;
  for (let i = 1; i < costs.length; ++i) {
    const [a, b] = [costs[i - 1] as number, costs[i] as number];
    area += ((qualityAt(hull, a) + qualityAt(hull, b)) / 2) * (b - a);
  }
  return area / (to - from);
}

/** Returns the price of a model per million tokens, input and output blended 3 : 1 as in the core; NaN if unknown. */
export const blendedPrice = ({ usdPerMTokIn, usdPerMTokOut }: EvaluationData['models'][number]) =>
  Number(((3 * toNumber(usdPerMTokIn) + toNumber(usdPerMTokOut)) / 4).toPrecision(15));

/** Returns the mean cost of each model over rows, NaN if unknown. */
export function modelCosts(data: EvaluationData, rows: readonly number[]): number[] {
  const { costs, models } = data;
  if (costs === undefined) return models.map(blendedPrice);
  return models.map((_, m) => mean(rows.map((row) => costs[row * models.length + m] as number)));
}

/** Returns cost weights (correctness to trade per US dollar): 0, then a geometric series that fits these costs. */
export function costWeights(costs: readonly number[]): number[] {
  const known = costs.filter((cost) => cost > 0);
  if (known.length === 0) return [0];
  const [first, last] = [LEAST_LOSS / Math.max(...known), MOST_LOSS / Math.min(...known)];
  return [0, ...Array.from({ length: WEIGHTS }, (_, i) => first * (last / first) ** (i / (WEIGHTS - 1)))];
}

function costOfPicks({ rows, pick }: InstanceEvaluation, data: EvaluationData): number {
  const { costs, models } = data;
  const costOf = (row: number, m: number) =>
    costs === undefined
      ? blendedPrice(models[m] as (typeof models)[number])
      : (costs[row * models.length + m] as number);
  return mean(rows.map((row, i) => costOf(row, pick[i] as number)));
}

/** Makes the report; `bestSingle` is the evaluation of the best single model on the same rows and pool. */
export function costReport(
  heldOut: HeldOutMode,
  policy: string,
  pool: readonly number[],
  evaluation: InstanceEvaluation,
  bestSingle: InstanceEvaluation,
  data: EvaluationData,
): CostReport {
  const models = data.models.length;
  const costs = modelCosts(data, evaluation.rows);
  const singles = pool.map((m) => ({
    model: data.models[m]?.name ?? '',
    cost: toNumber(costs[m]),
    quality: mean(evaluation.rows.map((row) => data.outcomes[row * models + m] as number)),
  }));
  const points = evaluation.frontier.map(
    (point): CostPoint => ({
      costWeight: point.costWeight,
      cost: toNumber(point.cost),
      quality: toNumber(point.quality),
      meanParamsB: toNumber(point.meanParamsB),
    }),
  );
  const cheapest = singles.reduce((a, b) => (b.cost < a.cost ? b : a));
  const [from, to] = [cheapest.cost, Math.max(...singles.map(({ cost }) => cost))];
  const [router, alone] = [nonDecreasingHull([...points, cheapest]), nonDecreasingHull(singles)];
  const best = { cost: costOfPicks(bestSingle, data), quality: mean(bestSingle.picked) };
  return {
    heldOut,
    policy,
    unit: data.costs === undefined ? 'usd_per_mtok' : 'usd_per_call',
    models: pool.length,
    points: points.filter((p, i) => i === 0 || p.cost !== points[i - 1]?.cost || p.quality !== points[i - 1]?.quality),
    singles,
    bestSingle: best,
    aiq: { router: averageQuality(router, from, to), singles: averageQuality(alone, from, to) },
    costSaved: { router: costSaved(router, best), singles: costSaved(alone, best) },
    qualityGained: qualityAt(router, best.cost) - best.quality,
  };
}
