// How much easier a row is than its task, in logits, from the outcomes of its models net of their strength.
import { clamp, logit, mean, sigmoid, sum } from './numbers.mjs';
import { meansOf } from './strength.mjs';

/** Spread of the offsets of a task's rows before any outcome is seen, in logits. */
const SPREAD = 1;
const STEPS = 12;
const MOST_STEP = 1;

/** Sets `offset` on every row of a task with results per sample. */
export function setOffsets(task) {
  const level = new Map(meansOf(task).map(({ model, score }) => [model, logit(score, 0.02)]));
  for (const row of task.rows) {
    const cells = [...row.outcomes].map(([model, y]) => [level.get(model), y]);
    let x = 0;
    for (let i = 0; i < STEPS; ++i) {
      const p = cells.map(([base]) => sigmoid(base + x));
      const slope = sum(cells.map(([, y], j) => y - p[j])) - x / SPREAD ** 2;
      x += clamp(slope / (sum(p.map((q) => q * (1 - q))) + 1 / SPREAD ** 2), -MOST_STEP, MOST_STEP);
    }
    row.offset = x;
  }
  const middle = mean(task.rows.map(({ offset }) => offset));
  for (const row of task.rows) row.offset -= middle;
}
