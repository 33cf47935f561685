// How much easier a row is than its task, in logits, from the outcomes of its models net of their strength.
import { clamp, mean, sigmoid, sum } from './numbers.mjs';

/** Newton steps, each at most a logit; before any outcome is seen, offsets have a spread of 1. */
const STEPS = 12;
const MOST_STEP = 1;

/** Sets `offset` on every row of a task with results per sample; `logitOf` is the completed logit of a model on it. */
export function setOffsets(task, logitOf) {
  for (const row of task.rows) {
    const cells = [...row.outcomes].map(([model, y]) => [logitOf(task, model), y]);
    let x = 0;
    for (let i = 0; i < STEPS; ++i) {
      const p = cells.map(([level]) => sigmoid(level + x));
      const slope = sum(cells.map(([, y], j) => y - p[j])) - x;
      x += clamp(slope / (sum(p.map((q) => q * (1 - q))) + 1), -MOST_STEP, MOST_STEP);
    }
    row.offset = x;
  }
  const middle = mean(task.rows.map(({ offset }) => offset));
  for (const row of task.rows) row.offset -= middle;
}
