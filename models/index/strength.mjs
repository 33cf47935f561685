// Completes the scores by a logistic model of rank 1, as the policy does (docs/policy.md): logit(score) = a + b strength.
// Here the completed scores level kinds and rows, and measure what leaving tasks out costs.
import { clamp, groupBy, logit, mean, sum } from './numbers.mjs';

/** Evidence of a cell that counts as half. */
const HALF = 30;
/** Shrinking of strengths toward the mean model, and of slopes toward 1. */
const STRENGTH_WORTH = 3;
const SLOPE_WORTH = 3;
const SLOPES = [0.1, 2.5];
const TURNS = 60;
const STILL = 1e-9;

/** Returns the mean outcomes of a task with results per sample: { model, score, evidence }. */
export function meansOf({ rows }) {
  const byModel = groupBy(
    rows.flatMap(({ outcomes }) => [...outcomes]),
    ([model]) => model,
  );
  return [...byModel].map(([model, cells]) => ({
    model,
    score: mean(cells.map(([, value]) => value)),
    evidence: cells.length,
  }));
}

/** Returns { task, model, value, share } for each measured task and model: the score in logits, and its weight. */
export function cellsOf(tasks) {
  return tasks.flatMap((task) => {
    const scores = task.kind === 'samples' ? meansOf(task) : task.scores;
    return scores.map(({ model, score, evidence }) => ({
      task,
      model,
      value: logit((evidence * score + 0.5) / (evidence + 1), 0.01),
      share: evidence / (evidence + HALF),
    }));
  });
}

const weighted = (cells, of) => sum(cells.map((cell) => cell.share * of(cell))) / sum(cells.map(({ share }) => share));

/** Fits the line of a task to the strengths of its models; `spread` is their variance over all models. */
function lineOf(cells, strength, spread) {
  const x = ({ model }) => strength.get(model);
  const [mx, mz] = [weighted(cells, x), weighted(cells, ({ value }) => value)];
  const xx = sum(cells.map((cell) => cell.share * (x(cell) - mx) ** 2)) + SLOPE_WORTH * spread;
  const xz = sum(cells.map((cell) => cell.share * (x(cell) - mx) * (cell.value - mz))) + SLOPE_WORTH * spread;
  const b = xx === 0 ? 1 : clamp(xz / xx, ...SLOPES);
  return { a: mz - b * mx, b };
}

/**
 * Fits strengths and lines. `predict` gives the fitted logit of a task and model, `completed` the one that a measured
 * score pulls toward itself, `levelOf` its mean over all models.
 */
export function fitStrength(cells) {
  const byTask = groupBy(cells, ({ task }) => task);
  const byModel = groupBy(cells, ({ model }) => model);
  const scale = mean([...byTask.keys()].map(({ weight }) => weight));
  let strength = new Map([...byModel.keys()].map((model) => [model, 0]));
  let lines = new Map([...byTask].map(([task, own]) => [task, { a: weighted(own, ({ value }) => value), b: 1 }]));
  for (let turn = 0; turn < TURNS; ++turn) {
    const raw = [...byModel].map(([model, own]) => {
      const parts = own.map(({ task, value, share }) => ({
        ...lines.get(task),
        w: (task.weight / scale) * share,
        value,
      }));
      const top = sum(parts.map(({ a, b, w, value }) => w * b * (value - a)));
      return [model, top / (sum(parts.map(({ b, w }) => w * b * b)) + STRENGTH_WORTH)];
    });
    const middle = mean(raw.map(([, x]) => x));
    const next = new Map(raw.map(([model, x]) => [model, x - middle]));
    const moved = Math.max(...raw.map(([model]) => Math.abs(next.get(model) - strength.get(model))));
    strength = next;
    const spread = mean([...strength.values()].map((x) => x * x));
    lines = new Map([...byTask].map(([task, own]) => [task, lineOf(own, strength, spread)]));
    if (moved < STILL) break;
  }
  const predict = (task, model) => lines.get(task).a + lines.get(task).b * (strength.get(model) ?? 0);
  const measured = new Map([...byTask].map(([task, own]) => [task, new Map(own.map((cell) => [cell.model, cell]))]));
  const completed = (task, model) => {
    const fitted = predict(task, model);
    const cell = measured.get(task)?.get(model);
    return cell === undefined ? fitted : fitted + cell.share * (cell.value - fitted);
  };
  const names = [...strength.keys()];
  return { strength, predict, completed, levelOf: (task) => mean(names.map((model) => completed(task, model))) };
}
