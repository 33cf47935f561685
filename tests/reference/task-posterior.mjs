// Slow and obvious reference for the posterior of the task means: docs/policy.md line by line, in float64.
//
// Rows are [row][model] outcomes (NaN if missing), by task: [task][row][model].
import { split } from './task-mixture.mjs';

/** See docs/policy.md for their origin. */
export const CONSTANTS = {
  guessWeight: 2,
  leastShare: 0.05,
  outcomeVariance: 0.25,
  deviation: { betweenTasks: 0.005, betweenModels: 0.01 },
  correctness: { betweenTasks: 0.04, betweenModels: 0.01 },
};

const sum = (values) => values.reduce((total, x) => total + x, 0);
const mean = (values) => sum(values) / values.length;
const range = (n) => Array.from({ length: n }, (_, i) => i);
const isKnown = (x) => !Number.isNaN(x);
const squaresAround = (values, centre) => sum(values.map((x) => (x - centre) ** 2));

/** Returns a variance: a guess and an estimate, weighted by their precisions; never far below the guess. */
function blend(guess, estimate, freedom, noise) {
  const { guessWeight, leastShare } = CONSTANTS;
  const ofGuess = guessWeight / guess ** 2;
  const ofEstimate = freedom / (guess + noise) ** 2;
  return Math.max(leastShare * guess, (ofGuess * guess + ofEstimate * estimate) / (ofGuess + ofEstimate));
}

/**
 * Returns [task][model] { mean, variance } of true means, from cells [task][model] { count, mean, squares, variance } (undefined
 * without an outcome).
 */
function shrink(cells, models, { centre, centreVariance, guess, lost }) {
  const noise = (cell) => cell.variance / cell.count;
  const weighted = (values, weights) => sum(values.map((x, i) => x * weights[i])) / sum(weights);
  const cellsOf = (m) => cells.map((ofTask) => ofTask[m]).filter((cell) => cell !== undefined);

  // The variance between tasks, within models.
  const within = { squares: 0, noise: 0, weight: 0, freedom: 0 };
  for (const m of range(models)) {
    const own = cellsOf(m);
    if (own.length < 2) continue;
    const weights = own.map((cell) => 1 / (guess.betweenTasks + noise(cell)));
    const middle = weighted(
      own.map((cell) => cell.mean),
      weights,
    );
    for (const [i, cell] of own.entries()) {
      const weight = weights[i] * (1 - weights[i] / sum(weights));
      within.squares += lost * weights[i] * (cell.mean - middle) ** 2;
      within.noise += weight * noise(cell);
      within.weight += weight;
    }
    within.freedom += (own.length - 1) / lost;
  }
  const betweenTasks =
    within.freedom > 0
      ? blend(
          guess.betweenTasks,
          (within.squares - within.noise) / within.weight,
          within.freedom,
          within.noise / within.weight,
        )
      : guess.betweenTasks;

  // The variance between models.
  const overall = range(models).map((m) => {
    const own = cellsOf(m);
    const weights = own.map((cell) => 1 / (betweenTasks + noise(cell)));
    return own.length > 0
      ? {
          mean: weighted(
            own.map((cell) => cell.mean),
            weights,
          ),
          error: 1 / sum(weights),
        }
      : undefined;
  });
  const known = overall.filter((x) => x !== undefined);
  const weights = known.map((x) => 1 / (guess.betweenModels + x.error));
  const error = weighted(
    known.map((x) => x.error),
    weights,
  );
  const spread =
    lost *
    weighted(
      known.map((x) => (x.mean - centre) ** 2),
      weights,
    );
  const betweenModels =
    known.length > 1 ? blend(guess.betweenModels, spread - error, known.length - 1, error) : guess.betweenModels;

  return cells.map((ofTask) =>
    range(models).map((m) => {
      const pull = overall[m] === undefined ? 0 : betweenModels / (betweenModels + overall[m].error);
      const prior = centre + pull * ((overall[m]?.mean ?? centre) - centre);
      const priorVariance = (1 - pull) * betweenModels + (1 - pull) ** 2 * centreVariance;
      const cell = ofTask[m];
      if (cell === undefined) return { mean: prior, variance: betweenTasks + priorVariance };
      const strength = cell.variance / betweenTasks;
      const total = strength + cell.count;
      const share = strength / total;
      const off = cell.mean - prior;
      const ofOutcome = (strength * cell.variance + cell.squares + share * cell.count * off ** 2) / total;
      return { mean: cell.mean - share * off, variance: ofOutcome / (total + 1) + share ** 2 * priorVariance };
    }),
  );
}

/** Returns { deviation, correctness }, each [task][model] { mean, variance }, of [task][row][model] outcomes. */
export function posteriorOf(rows, models) {
  const measured = (row) => row.filter(isKnown);
  const outcomes = (task, m) => rows[task].map((row) => row[m]).filter(isKnown);
  const all = rows.flat().filter((row) => measured(row).length > 0);
  const cells = rows.map((_, task) =>
    range(models).map((m) => {
      const own = outcomes(task, m);
      return own.length > 0
        ? { count: own.length, mean: mean(own), squares: squaresAround(own, mean(own)) }
        : undefined;
    }),
  );

  // Two more rows join: one right, one wrong.
  const first = (sum(all.map((row) => mean(measured(row)))) + 1) / (all.length + 2);
  const second = (sum(all.map((row) => mean(measured(row).map((y) => y ** 2)))) + 1) / (all.length + 2);
  const withVariance = (of, varianceOf) =>
    of.map((ofTask) => ofTask.map((cell) => cell && { ...cell, variance: varianceOf(cell) }));
  const correctness = shrink(
    withVariance(cells, () => second - first ** 2),
    models,
    {
      centre: first,
      centreVariance: (second - first ** 2) / (all.length + 3),
      guess: CONSTANTS.correctness,
      lost: 1,
    },
  );

  // Models are compared on the same rows: what all models have in common on a row is not an error.
  const { deviation } = split(
    { means: cells.map((ofTask) => ofTask.map((cell) => cell?.mean ?? Number.NaN)) },
    range(models),
  );
  const compared = cells.map((ofTask, task) =>
    ofTask.map((cell, m) => {
      if (cell === undefined) return undefined;
      const isPaired = rows[task].every((row) => isKnown(row[m]) && measured(row).length > 1);
      const scale = (row) => Math.sqrt(measured(row).length / (measured(row).length - 1));
      const off = rows[task].map((row) => scale(row) * (row[m] - mean(measured(row))));
      const squares = isPaired ? squaresAround(off, mean(off)) : cell.squares;
      return { count: cell.count, mean: deviation(task, m), squares, isPaired };
    }),
  );
  const flat = compared.flat().filter((cell) => cell !== undefined);
  const pooled = 2 * CONSTANTS.outcomeVariance + sum(flat.map((cell) => cell.squares));
  const variance = pooled / (2 + sum(flat.map((cell) => cell.count - 1)));
  // The pool does not speak for the few outcomes of a model that is not compared.
  const own = ({ count, squares }) => (2 * CONSTANTS.outcomeVariance + squares) / (count + 1);
  const varianceOf = (cell) => (cell.isPaired ? variance : Math.max(variance, own(cell)));
  const deviations = shrink(withVariance(compared, varianceOf), models, {
    centre: 0,
    centreVariance: 0,
    guess: CONSTANTS.deviation,
    lost: models > 1 ? models / (models - 1) : 1,
  });
  for (const [task, ofTask] of correctness.entries()) {
    for (const m of range(models).filter((i) => cells[task][i] === undefined)) {
      ofTask[m].variance = deviations[task][m].variance + (second - first ** 2) / (rows[task].length + 1);
    }
  }
  return { deviation: deviations, correctness };
}
