/**
 * Reports on cascades next to routing: the cost and gain of asking several models, with a perfect and a noisy judge.
 */
import type { CascadeEvaluation } from '../wasm/lab-module.js';
import { averageQuality, costSaved, nonDecreasingHull, qualityAt } from './cost.js';
import { toNumber } from './held-out.js';
import type { CascadeReport, CostReport } from './report.js';

/** The noisy judge is right four times out of five, for correct answers and for wrong ones. */
export const JUDGES = [
  { name: 'perfect judge', sensitivity: 1, specificity: 1 },
  { name: 'noisy judge', sensitivity: 0.8, specificity: 0.8 },
] as const;

/** Makes the report; `routing` is the report on the same rows and pool. */
export function cascadeReport({ rows, curves }: CascadeEvaluation, routing: CostReport): CascadeReport {
  const { heldOut, unit, models, points, singles, bestSingle, aiq } = routing;
  const cheapest = singles.reduce((a, b) => (b.cost < a.cost ? b : a));
  const to = Math.max(...singles.map(({ cost }) => cost));
  const judges = JUDGES.map((judge, i) => {
    const curve = (curves[i] ?? []).map((point) => ({
      costWeight: point.costWeight,
      cost: toNumber(point.cost),
      quality: toNumber(point.quality),
      asked: toNumber(point.asked),
      expectedCost: toNumber(point.expectedCost),
      expectedQuality: toNumber(point.expectedQuality),
    }));
    const hull = nonDecreasingHull([...curve, cheapest]);
    return {
      ...judge,
      points: curve.filter(
        (p, at) => at === 0 || p.cost !== curve[at - 1]?.cost || p.quality !== curve[at - 1]?.quality,
      ),
      aiq: averageQuality(hull, cheapest.cost, to),
      costSaved: costSaved(hull, bestSingle),
      qualityGained: qualityAt(hull, bestSingle.cost) - bestSingle.quality,
    };
  });
  return { heldOut, unit, models, rows, judges, bestSingle, routing: { policy: routing.policy, points, aiq }, singles };
}
