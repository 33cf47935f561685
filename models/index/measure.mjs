// Measures what leaving sources out costs: how the strengths and the predictions on the shipped tasks would change.
import { evidenceOf } from './evidence.mjs';
import { groupBy, mean, rankCorrelation, sigmoid } from './numbers.mjs';
import { keyOf } from './sources/published.mjs';
import { cellsOf, fitStrength } from './strength.mjs';

const LEAST_MODELS = 5;

/** Returns the tasks that were left out and have scores here, with the reason: in the form that cellsOf takes. */
function tasksLeftOut(leftOut, { frontier, published }, isCurrent) {
  const rowsOf = groupBy(frontier.rows, ({ dataset }) => dataset);
  return leftOut.flatMap(({ name, why }) => {
    const [folder, ...rest] = name.split('/');
    const key = rest.join('/');
    if (folder === 'frontier_2026') {
      const { domain, source } = frontier.datasets.get(key);
      const rows = rowsOf.get(key).map(({ outcomes }) => ({
        outcomes: new Map([...outcomes].filter(([model]) => isCurrent(model))),
      }));
      return [{ name, why, source, domain, kind: 'samples', rows }];
    }
    if (folder !== 'published_2026') return [];
    const task = published.tasks.get(key);
    const scores = task.scores
      .filter(({ model }) => isCurrent(model))
      .map(({ model, score, n }) => ({ model, score, evidence: evidenceOf(task, n) }));
    const source = keyOf(task).split('/')[0];
    return scores.length < LEAST_MODELS ? [] : [{ name, why, source, domain: task.domain, kind: 'means', scores }];
  });
}

/** Returns the mean absolute change of the predictions on the tasks, in percentage points, and its largest for a model. */
function changes(tasks, models, before, after) {
  const byModel = models.map((model) =>
    mean(tasks.map((task) => Math.abs(sigmoid(before.predict(task, model)) - sigmoid(after.predict(task, model))))),
  );
  return { mean: 100 * mean(byModel), most: 100 * Math.max(...byModel) };
}

/** Returns how well the fit without a task orders the models on it: the mean rank correlation over the tasks. */
function agreement(tasks, fit) {
  const values = tasks.map((task) => {
    const cells = cellsOf([task]).filter(({ model }) => fit.strength.has(model));
    if (cells.length < LEAST_MODELS) return Number.NaN;
    return rankCorrelation(
      cells.map(({ value }) => value),
      cells.map(({ model }) => fit.strength.get(model)),
    );
  });
  const known = values.filter((x) => !Number.isNaN(x));
  return known.length === 0 ? null : mean(known);
}

/**
 * Returns a line for each reason and source: { why, source, tasks, rankCorrelation, change, mostChange, agreement }.
 * `rankCorrelation` compares the strengths without and with the left-out tasks, `agreement` the strengths without them
 * with their own order of models.
 */
export function measureLeftOut({ tasks, leftOut, models, fit, sources }) {
  const isCurrent = (name) => models.has(name);
  const shipped = tasks.filter(({ kind }) => kind !== 'kind');
  const cells = cellsOf(shipped);
  const names = [...fit.strength.keys()];
  const out = tasksLeftOut(leftOut, sources, isCurrent);
  const lines = [];
  for (const [key, group] of groupBy(out, ({ why, source }) => `${why}\n${source}`)) {
    const inDomain = groupBy([...shipped, ...group], ({ domain }) => domain);
    for (const task of group) task.weight = 1 / Math.sqrt(inDomain.get(task.domain).length);
    const own = cellsOf(group);
    if (own.length === 0) continue;
    const after = fitStrength([...cells, ...own]);
    const change = changes(shipped, names, fit, after);
    const [why, source] = key.split('\n');
    lines.push({
      why,
      source,
      tasks: group.length,
      rankCorrelation: rankCorrelation(
        names.map((name) => fit.strength.get(name)),
        names.map((name) => after.strength.get(name)),
      ),
      change: change.mean,
      mostChange: change.most,
      agreement: agreement(group, fit),
    });
  }
  return lines.sort((a, b) => b.change - a.change);
}
