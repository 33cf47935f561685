/** The history of labels: the decisions before and after each. */
import { pickOf, TASK_POLICIES, type TaskDecisions, type TaskPolicy } from './policies.js';

const MOST_STEPS = 50;

export interface Change {
  from: { model: string; p: number };
  to: { model: string; p: number };
}

export interface Step {
  /** Serial number, used as a key in lists. */
  id: number;
  labels: number;
  changes: Partial<Record<TaskPolicy, Change>>;
}

/** Returns the history with one more step, newest first. */
export function withStep(history: readonly Step[], labels: number, from: TaskDecisions, to: TaskDecisions): Step[] {
  const changes: Step['changes'] = {};
  for (const policy of TASK_POLICIES) {
    const [before, after] = [from[policy], to[policy]];
    if (before === undefined || after === undefined) continue;
    changes[policy] = {
      from: { model: before.model, p: pickOf(before)?.p ?? 0 },
      to: { model: after.model, p: pickOf(after)?.p ?? 0 },
    };
  }
  return [{ id: (history[0]?.id ?? 0) + 1, labels, changes }, ...history].slice(0, MOST_STEPS);
}
