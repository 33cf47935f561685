// Slow and obvious reference for completed means: docs/policy.md line by line, in float64.
//
// Cells are [task][model] { count, mean }, undefined without an outcome; weights are [task].

/** See docs/policy.md for their origin. */
export const CONSTANTS = { cellPrior: 30, slopePrior: 3, strengthPrior: 3, slopes: [0.1, 2.5], turns: 60, still: 1e-9 };

const sum = (values) => values.reduce((total, x) => total + x, 0);
const mean = (values) => sum(values) / values.length;
const range = (n) => Array.from({ length: n }, (_, i) => i);
const clamp = (x, [low, high]) => Math.min(high, Math.max(low, x));
const logit = (p) => Math.log(p / (1 - p));
const logistic = (x) => 1 / (1 + Math.exp(-x));
const bounded = (p) => clamp(p, [0.01, 0.99]);

const measuredModels = (cells) => range(cells[0].length).filter((m) => cells.some((ofTask) => ofTask[m] !== undefined));
const measuredTasks = (cells) => range(cells.length).filter((s) => cells[s].some((cell) => cell !== undefined));

/** Returns whether a model with outcomes lacks one on a task with outcomes. */
export const isIncomplete = (cells) =>
  measuredTasks(cells).some((s) => measuredModels(cells).some((m) => cells[s][m] === undefined));

/** Returns the weights of tasks with outcomes, scaled to a mean of 1, and 0 for the others. */
export function scaledWeights(cells, weights) {
  const tasks = measuredTasks(cells);
  const average = mean(tasks.map((s) => weights[s]));
  return weights.map((w, s) => (tasks.includes(s) ? w / average : 0));
}

/** Returns the mean logit of each task over the models with outcomes; NaN without outcomes. means: [task][model]. */
export function levelsOf(cells, means) {
  const models = measuredModels(cells);
  return means.map((ofTask, s) =>
    measuredTasks(cells).includes(s) ? mean(models.map((m) => logit(bounded(ofTask[m])))) : Number.NaN,
  );
}

/** Returns means [task][model], levels [task] and posterior; NaN for tasks and models without outcomes. */
export function complete(cells, weights) {
  const c = CONSTANTS;
  const tasks = measuredTasks(cells);
  const models = measuredModels(cells);
  const w = scaledWeights(cells, weights);
  const evidence = (s, m) => (cells[s][m] === undefined ? 0 : cells[s][m].count / (cells[s][m].count + c.cellPrior));
  const z = (s, m) => {
    const { count, mean: x } = cells[s][m];
    return logit(bounded((count * x + 0.5) / (count + 1)));
  };
  const modelsOf = (s) => models.filter((m) => cells[s][m] !== undefined);
  const tasksOf = (m) => tasks.filter((s) => cells[s][m] !== undefined);
  const weighted = (s, value) =>
    sum(modelsOf(s).map((m) => evidence(s, m) * value(m))) / sum(modelsOf(s).map((m) => evidence(s, m)));

  let t = cells[0].map(() => 0);
  const b = [];
  const a = [];
  const fitTasks = () => {
    const prior = c.slopePrior * mean(models.map((m) => t[m] ** 2));
    for (const s of tasks) {
      const middleOfZ = weighted(s, (m) => z(s, m));
      const middleOfT = weighted(s, (m) => t[m]);
      const product = (of) => sum(modelsOf(s).map((m) => evidence(s, m) * (t[m] - middleOfT) * of(m)));
      const below = product((m) => t[m] - middleOfT) + prior;
      b[s] = below > 0 ? clamp((product((m) => z(s, m) - middleOfZ) + prior) / below, c.slopes) : 1;
      a[s] = middleOfZ - b[s] * middleOfT;
    }
  };
  const precision = (m) => sum(tasksOf(m).map((s) => w[s] * evidence(s, m) * b[s] ** 2)) + c.strengthPrior;
  fitTasks();
  for (let turn = 0; turn < c.turns; ++turn) {
    const raw = t.map(
      (_, m) => sum(tasksOf(m).map((s) => w[s] * evidence(s, m) * b[s] * (z(s, m) - a[s]))) / precision(m),
    );
    const centre = mean(models.map((m) => raw[m]));
    const next = raw.map((x, m) => (models.includes(m) ? x - centre : 0));
    const moved = Math.max(...models.map((m) => Math.abs(next[m] - t[m])));
    t = next;
    fitTasks();
    if (moved < c.still) break;
  }

  const fitted = (s, m) => a[s] + b[s] * t[m];
  const measured = tasks.flatMap((s) => modelsOf(s).map((m) => ({ s, m, weight: w[s] * evidence(s, m) })));
  const residual =
    sum(measured.map(({ s, m, weight }) => weight * (z(s, m) - fitted(s, m)) ** 2)) /
    sum(measured.map(({ weight }) => weight));
  const ofCells = (value) =>
    cells.map((ofTask, s) =>
      ofTask.map((_, m) => (tasks.includes(s) && models.includes(m) ? value(s, m) : Number.NaN)),
    );
  const logits = ofCells((s, m) => {
    const e = evidence(s, m);
    return e > 0 ? fitted(s, m) + e * (z(s, m) - fitted(s, m)) : fitted(s, m);
  });
  const means = logits.map((ofTask) => ofTask.map(logistic));
  const variances = ofCells((s, m) => {
    const p = means[s][m];
    const missing = 1 - evidence(s, m);
    return (p * (1 - p)) ** 2 * (residual * missing + ((b[s] * missing) ** 2 * residual) / precision(m));
  });
  const levels = logits.map((ofTask, s) => (tasks.includes(s) ? mean(models.map((m) => ofTask[m])) : Number.NaN));
  const deviation = means.map((ofTask, s) => {
    const middle = mean(ofTask.filter((p) => !Number.isNaN(p)));
    return ofTask.map((p, m) => ({ mean: p - middle, variance: variances[s][m] }));
  });
  return { means, levels, posterior: { deviation } };
}
