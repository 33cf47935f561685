// The strength of models by a logistic model of rank 1: logit(score) = a + b strength, for cells that may be missing.
// The index's own policy fits this anew; here it levels kinds and rows, and measures what leaving tasks out costs.
import { groupBy, logit, mean, median, sum } from './numbers.mjs';

const ROUNDS = 60;
/** The prior of a task's slope is 1, worth this many models; that of a strength is the mean, worth this much evidence. */
const SLOPE_WORTH = 3;
const STRENGTH_WORTH = 0.5;
/** A cell's weight grows with its evidence up to that of its task. */
const HALF = 30;

/** Returns { task, model, value, weight } for each measured task and model. */
export function cellsOf(tasks) {
  return tasks.flatMap((task) => {
    const scores = task.kind === 'samples' ? meansOf(task) : task.scores;
    return scores.map(({ model, score, evidence }) => ({
      task,
      model,
      value: logit(score, 0.01),
      weight: (task.weight * evidence) / (evidence + HALF),
    }));
  });
}

/** Returns the mean outcomes of a task with results per sample: { model, score, evidence }. */
export function meansOf({ rows }) {
  const byModel = new Map();
  for (const { outcomes } of rows) {
    for (const [model, value] of outcomes) byModel.set(model, [...(byModel.get(model) ?? []), value]);
  }
  return [...byModel].map(([model, values]) => ({ model, score: mean(values), evidence: values.length }));
}

/** Fits the strengths; their weighted mean is 0 and their spread 1. */
export function fitStrength(cells) {
  const byTask = groupBy(cells, ({ task }) => task);
  const byModel = groupBy(cells, ({ model }) => model);
  const strength = new Map([...byModel.keys()].map((model) => [model, 0]));
  const lines = new Map([...byTask].map(([task, own]) => [task, { a: mean(own.map(({ value }) => value)), b: 1 }]));
  for (let round = 0; round < ROUNDS; ++round) {
    for (const [model, own] of byModel) {
      const top = sum(own.map(({ task, value, weight }) => weight * lines.get(task).b * (value - lines.get(task).a)));
      strength.set(model, top / (sum(own.map(({ task, weight }) => weight * lines.get(task).b ** 2)) + STRENGTH_WORTH));
    }
    const all = [...strength.values()];
    const middle = mean(all);
    const spread = Math.sqrt(mean(all.map((x) => (x - middle) ** 2))) || 1;
    for (const [model, x] of strength) strength.set(model, (x - middle) / spread);
    for (const [task, own] of byTask) {
      const x = own.map(({ model }) => strength.get(model));
      const [mx, my] = [mean(x), mean(own.map(({ value }) => value))];
      const b =
        (sum(x.map((v, i) => (v - mx) * (own[i].value - my))) + SLOPE_WORTH) /
        (sum(x.map((v) => (v - mx) ** 2)) + SLOPE_WORTH);
      lines.set(task, { a: my - b * mx, b });
    }
  }
  const middle = median([...strength.values()]);
  return {
    strength,
    predict: (task, model) => lines.get(task).a + lines.get(task).b * (strength.get(model) ?? 0),
    medianOf: (task) => lines.get(task).a + lines.get(task).b * middle,
  };
}
