// The estimates of src/building/added_model.h, in function space: a Gaussian process over the rows and tasks of an index
// without gaps, with dense covariances.
export const PROFILE = 1.5;
export const INTERCEPT = 0.07;
export const OFFSET = 0.02;
export const NOISE = 2;

const range = (n) => Array.from({ length: n }, (_, i) => i);
const mean = (list) => list.reduce((sum, x) => sum + x, 0) / list.length;
const dot = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);

/** Solves a linear system by elimination. */
export function solve(matrix, right) {
  const a = matrix.map((row, i) => [...row, right[i]]);
  for (let i = 0; i < a.length; ++i) {
    const pivot = a[i][i];
    a[i] = a[i].map((x) => x / pivot);
    for (let j = 0; j < a.length; ++j) {
      if (j !== i) a[j] = a[j].map((x, k) => x - a[j][i] * a[i][k]);
    }
  }
  return a.map((row) => row.at(-1));
}

/**
 * Returns mean and variance of a new model on each task. outcomes: [rows][models]; tasks: [rows]; results: [{row,
 * outcome}].
 */
export function estimateNewModel({ outcomes, tasks }, results) {
  const models = outcomes[0].length;
  const split = (values) => ({ level: mean(values), profile: values.map((y) => y - mean(values)) });
  const rows = outcomes.map(split);
  const variance = mean(rows.flatMap(({ profile }) => profile.map((x) => x * x)));
  const covariance = (a, b, isSameTask) =>
    (PROFILE / models) * dot(a.profile, b.profile) + (INTERCEPT + (isSameTask ? OFFSET : 0)) * variance;
  const k = results.map((a, i) =>
    results.map(
      (b, j) => covariance(rows[a.row], rows[b.row], tasks[a.row] === tasks[b.row]) + (i === j ? NOISE * variance : 0),
    ),
  );
  const alpha = solve(
    k,
    results.map(({ row, outcome }) => outcome - rows[row].level),
  );
  return range(Math.max(...tasks) + 1).map((task) => {
    const own = range(tasks.length).filter((row) => tasks[row] === task);
    const centre = split(range(models).map((m) => mean(own.map((row) => outcomes[row][m]))));
    const shared = results.map(({ row }) => covariance(centre, rows[row], tasks[row] === task));
    const inTask = range(results.length).filter((i) => tasks[results[i].row] === task);
    const residuals = inTask.reduce((sum, i) => sum + NOISE * variance * alpha[i], 0);
    const expected = Math.min(1, Math.max(0, centre.level + dot(shared, alpha) + residuals / own.length));
    const left = covariance(centre, centre, true) - dot(shared, solve(k, shared));
    return {
      mean: expected,
      variance: (1 - inTask.length / own.length) * left + (expected * (1 - expected)) / (own.length + 1),
    };
  });
}
