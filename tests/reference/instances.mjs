// Slow and obvious reference for routing each row; see held-out.mjs for the definition of a benchmark.
import * as reference from './held-out.mjs';
import { expect, shifted, voteOfInput } from './task-mixture.mjs';

const { argmax, isKnown, isZero, mean, sum } = reference;
const BINS = 20;

const blended = ({ usdPerMTokIn, usdPerMTokOut }) => (3 * (usdPerMTokIn ?? NaN) + (usdPerMTokOut ?? NaN)) / 4;

/** Returns the calibration over every (prediction, outcome): 20 equal bins, Brier score, expected calibration error. */
function calibrate(cells) {
  const bins = Array.from({ length: BINS }, (_, i) => {
    const inside = cells.filter(({ predicted }) => Math.min(BINS - 1, Math.floor(predicted * BINS)) === i);
    const [predicted, outcome] = ['predicted', 'outcome'].map((key) => mean(inside.map((cell) => cell[key])));
    return { count: inside.length, predicted, outcome };
  });
  const gaps = bins.filter((bin) => bin.count > 0).map((bin) => bin.count * Math.abs(bin.predicted - bin.outcome));
  return {
    bins,
    brier: mean(cells.map(({ predicted, outcome }) => (predicted - outcome) ** 2)),
    ece: sum(gaps) / cells.length,
  };
}

/**
 * Evaluates every held-out row on its own: heldOut, k, policy ('s1', 'signalbox' or 'best_single'), pool, costWeights.
 */
export function instances(benchmark, { heldOut, k, policy, pool, costWeights }) {
  const { outcomes, costs, models, vectors } = benchmark;
  const scored = [];
  const groups = reference.heldOutGroups(benchmark, heldOut);
  for (const { rows, known, task } of groups) {
    const means = reference.poolMeans(benchmark, known, task);
    const profile = reference.profileOf(benchmark, known, task);
    const overTasks = reference.meansOverTasks(profile);
    const expected = models.map((model, m) =>
      costs === undefined ? blended(model) : mean(known.map((row) => costs[row][m]).filter(isKnown)),
    );
    for (const row of rows) {
      const candidates = [...pool].sort((a, b) => a - b).filter((m) => isKnown(outcomes[row][m]));
      const best = argmax(overTasks, candidates);
      if (best === null) continue;
      const near = isZero(vectors[row])
        ? []
        : reference.nearest(benchmark, row, known, Math.max(k, benchmark.routing.kappa));
      const predict = {
        s1: () => reference.predict(benchmark, near, k, means),
        signalbox: () => {
          const measured = candidates.filter((m) => isKnown(overTasks[m]));
          const offset = reference.offsetOf(benchmark, profile, known, row);
          const moved = offset === 0 ? profile : shifted(profile, offset);
          const { correctness } = expect(moved, voteOfInput(profile, vectors[row]), [], measured);
          return overTasks.map((_, m) => correctness[m] ?? NaN);
        },
        best_single: () => overTasks,
      };
      const predicted = isZero(vectors[row]) ? overTasks : predict[policy]();
      const pick = argmax(predicted, candidates);
      const meanDistance = reference.meanDistance(benchmark, near);
      scored.push({ row, candidates, best, predicted, pick, meanDistance, expected });
    }
  }
  scored.sort((a, b) => a.row - b.row);
  const pickAt = ({ candidates, predicted, expected, pick }, costWeight) => {
    const worth = predicted.map((x, m) => (costWeight > 0 ? x - costWeight * expected[m] : x));
    return argmax(worth, candidates) ?? pick;
  };
  const frontier = costWeights.map((costWeight) => {
    const picks = scored.map((one) => {
      const { row } = one;
      const m = pickAt(one, costWeight);
      return { outcome: outcomes[row][m], cost: costs?.[row][m] ?? blended(models[m]), params: models[m].paramsB };
    });
    return {
      costWeight,
      quality: mean(picks.map(({ outcome }) => outcome)),
      cost: mean(picks.map(({ cost }) => cost).filter(isKnown)),
      meanParamsB: mean(picks.map(({ params }) => params ?? NaN).filter(isKnown)),
    };
  });
  return {
    duplicatesDropped: sum(groups.map(({ duplicates }) => duplicates)),
    rows: scored.map(({ row }) => row),
    pick: scored.map(({ pick }) => pick),
    picked: scored.map(({ row, pick }) => outcomes[row][pick]),
    bestSingle: scored.map(({ row, best }) => outcomes[row][best]),
    oracle: scored.map(({ row, candidates }) => Math.max(...candidates.map((m) => outcomes[row][m]))),
    meanDistance: scored.map((row) => row.meanDistance),
    predicted: scored.map(({ predicted, pick }) => predicted[pick]),
    calibration: calibrate(
      scored.flatMap(({ row, candidates, predicted }) =>
        candidates.map((m) => ({ predicted: predicted[m], outcome: outcomes[row][m] })),
      ),
    ),
    frontier,
    frontierPicks: costWeights.length === 0 ? [] : scored.map((one) => costWeights.map((w) => pickAt(one, w))),
  };
}
