// Slow and obvious reference for cascades: every plan of every row, every chance by counting rows. See held-out.mjs for
// the definition of a benchmark.
import * as reference from './held-out.mjs';
import { expect, voteOfInput } from './task-mixture.mjs';

const { isKnown, isZero, mean, sum } = reference;

/** Pseudo-counts: the weight of independence in rows of the benchmark, and of the benchmark in neighbours. */
const [PRIOR_ROWS, PRIOR_NEIGHBOURS] = [20, 50];

const blended = ({ usdPerMTokIn, usdPerMTokOut }) => (3 * (usdPerMTokIn ?? NaN) + (usdPerMTokOut ?? NaN)) / 4;

/** Returns every list of 1 to `most` of the items, in their order. */
function plansOf(items, most) {
  if (items.length === 0) return [];
  const [first, ...rest] = items;
  const without = plansOf(rest, most);
  const longer = without.filter((plan) => plan.length < most).map((plan) => [first, ...plan]);
  return [[first], ...longer, ...without];
}

/** Returns [wrong, right, squares] of a model over weighted rows where all of `before` are wrong. */
function failures(outcomes, rows, weight, before, m) {
  let [wrong, right, squares] = [0, 0, 0];
  for (const row of rows) {
    const y = outcomes[row][m];
    const failed = before.reduce((product, other) => product * (1 - outcomes[row][other]), 1);
    if (!isKnown(y) || !isKnown(failed)) continue;
    wrong += weight(row) * failed;
    right += weight(row) * failed * y;
    squares += weight(row) ** 2 * failed;
  }
  return [wrong, right, squares];
}

/** Returns P(m is right | all of `before` are wrong) for one input. */
function chanceOf({ outcomes, known, weight, near, predicted }, before, m) {
  let prior = predicted[m];
  if (before.length > 0) {
    const [all, allRight] = failures(outcomes, known, weight, [], m);
    const [wrong, right, squares] = failures(outcomes, known, weight, before, m);
    const p = all > 0 ? allRight / all : 0;
    const n = squares > 0 ? wrong ** 2 / squares : 0;
    if (n > 0 && p > 0) prior *= (n * (right / wrong) + PRIOR_ROWS * p) / ((n + PRIOR_ROWS) * p);
  }
  const [votes, hits] = failures(outcomes, near, () => 1, before, m);
  return (PRIOR_NEIGHBOURS * Math.min(1, prior) + hits) / (PRIOR_NEIGHBOURS + votes);
}

/** Returns a plan with its chances, its worth and its thresholds. */
function evaluatePlan(input, models, prices, costWeight) {
  const chances = models.map((m, i) => chanceOf(input, models.slice(0, i), m));
  const reach = chances.map((_, i) => chances.slice(0, i).reduce((product, c) => product * (1 - c), 1));
  const quality = sum(chances.map((c, i) => reach[i] * c));
  const cost = sum(models.map((m, i) => reach[i] * prices[m]));
  const threshold = (i) => {
    let [left, gain, spent, best] = [1, 0, 0, 0];
    for (let j = i + 1; j < models.length; ++j) {
      spent += left * prices[models[j]];
      gain += left * chances[j];
      left *= 1 - chances[j];
      if (gain > 0) best = Math.max(best, 1 - (costWeight * spent) / gain);
    }
    return best;
  };
  const steps = models.map((m, i) => ({
    m,
    chance: chances[i],
    marginal: chanceOf(input, [], m),
    reach: reach[i],
    threshold: threshold(i),
  }));
  return { steps, quality, cost, worth: quality - costWeight * cost };
}

/** Asks the models of a plan, guided by the judge's verdicts. */
function follow(steps, hear, { sensitivity, specificity }) {
  let allWrong = 1;
  let kept = null;
  const asked = [];
  for (const step of steps) {
    const { m, chance, marginal, reach } = step;
    asked.push(m);
    const after = reach < 1 ? Math.min(1, Math.max(0, (marginal - reach * chance) / (1 - reach))) : marginal;
    const prior = allWrong * chance + (1 - allWrong) * after;
    const accepted = hear(m);
    const right = prior * (accepted ? sensitivity : 1 - sensitivity);
    const wrong = (1 - prior) * (accepted ? 1 - specificity : specificity);
    const confidence = right + wrong > 0 ? right / (right + wrong) : Number(accepted);
    const isTie = kept !== null && confidence === kept.confidence;
    if (kept === null || confidence > kept.confidence || (isTie && marginal > kept.marginal)) {
      kept = { m, confidence, marginal };
    }
    const both = allWrong * (1 - chance);
    const thisWrong = both + (1 - allWrong) * (1 - after);
    allWrong = (thisWrong > 0 ? both / thisWrong : allWrong) * (1 - confidence);
    if (!(1 - allWrong < step.threshold)) break;
  }
  return { asked, kept: kept.m };
}

/** Returns the data for one held-out row. */
function inputOf(benchmark, { known }, row, pool, k, shared) {
  const { outcomes, vectors, tasks } = benchmark;
  const isBlank = isZero(vectors[row]);
  const measured = pool.filter((m) => isKnown(outcomes[row][m]) && isKnown(shared.overTasks[m]));
  const votes = isBlank ? null : voteOfInput(shared.profile, vectors[row]);
  const names = [...new Set(tasks)].sort((a, b) => a - b);
  const rowsOf = new Map(names.map((task) => [task, known.filter((other) => tasks[other] === task).length]));
  const weight = (other) => (votes === null ? 1 : votes[names.indexOf(tasks[other])]) / rowsOf.get(tasks[other]);
  const predicted = isBlank ? shared.overTasks : expect(shared.profile, votes, [], measured).correctness;
  const near = isBlank ? [] : reference.nearest(benchmark, row, known, k).map((n) => n.row);
  return { outcomes, known, weight, near, predicted };
}

/** Evaluates every held-out row on its own: heldOut, k, pool (at most 12), costWeights, maxSteps, judges, judgeSeed. */
export function cascades(benchmark, { heldOut, k, pool, costWeights, maxSteps, judges, judgeSeed }) {
  const { outcomes, costs, models, routing } = benchmark;
  const groups = reference.heldOutGroups(benchmark, heldOut);
  const walks = judges.map(() => costWeights.map(() => []));
  let judged = 0;
  for (const group of groups) {
    const profile = reference.profileOf(benchmark, group.known, group.task);
    const overTasks = reference.meansOverTasks(profile);
    const shared = { overTasks, profile };
    const prices = models.map((model, m) =>
      costs === undefined ? blended(model) : mean(group.known.map((row) => costs[row][m]).filter(isKnown)),
    );
    const field = pool
      .filter((m) => isKnown(prices[m]) && isKnown(overTasks[m]))
      .sort((a, b) => prices[a] - prices[b] || overTasks[b] - overTasks[a] || a - b);
    for (const row of group.rows) {
      const candidates = field.filter((m) => isKnown(outcomes[row][m]));
      if (candidates.length === 0) continue;
      judged += 1;
      const input = inputOf(benchmark, group, row, pool, k, shared);
      for (const [w, costWeight] of costWeights.entries()) {
        const plans = plansOf(candidates, maxSteps).map((plan) => evaluatePlan(input, plan, prices, costWeight));
        const best = plans.reduce((a, b) => (b.worth > a.worth || (b.worth === a.worth && b.cost < a.cost) ? b : a));
        for (const [j, judge] of judges.entries()) {
          const hear = (m) => {
            const random = reference.randomFrom(judgeSeed + row * models.length + m);
            const isRight = outcomes[row][m] > routing.threshold;
            return Number(random() >> 11n) / 2 ** 53 < (isRight ? judge.sensitivity : 1 - judge.specificity);
          };
          const { asked, kept } = follow(best.steps, hear, judge);
          walks[j][w].push({
            quality: outcomes[row][kept],
            cost: sum(asked.map((m) => costs?.[row][m] ?? prices[m])),
            asked: asked.length,
            expectedQuality: best.quality,
            expectedCost: best.cost,
          });
        }
      }
    }
  }
  const average = (of, key) => mean(of.map((walk) => walk[key]).filter(isKnown));
  const keys = ['quality', 'cost', 'asked', 'expectedQuality', 'expectedCost'];
  return {
    duplicatesDropped: sum(groups.map(({ duplicates }) => duplicates)),
    rows: judged,
    curves: walks.map((of) =>
      of.map((walk, w) => ({
        costWeight: costWeights[w],
        ...Object.fromEntries(keys.map((key) => [key, average(walk, key)])),
      })),
    ),
  };
}
