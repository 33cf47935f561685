/** The policies and where each applies, as in the core's table (src/routing/policy.cpp). */

/** The order is that of lists for users. */
const TABLE = [
  { name: 'signalbox', input: true, task: true, evaluation: true, singleRows: true },
  { name: 'paper', input: true, task: true, evaluation: false, singleRows: false },
  { name: 's1', input: true, task: true, evaluation: true, singleRows: true },
  { name: 's2', input: false, task: true, evaluation: true, singleRows: false },
  { name: 's3', input: false, task: true, evaluation: true, singleRows: false },
  { name: 'families', input: true, task: true, evaluation: false, singleRows: false },
  { name: 's3_true_p', input: false, task: false, evaluation: true, singleRows: false },
  { name: 'best_single', input: false, task: false, evaluation: true, singleRows: true },
  { name: 'oracle', input: false, task: false, evaluation: true, singleRows: false },
] as const;

/** Routing one input or a task, and evaluating held-out tasks or single held-out rows. */
export type PolicyScope = 'input' | 'task' | 'evaluation' | 'singleRows';

/** The names of the policies that apply. */
export type PolicyFor<Scope extends PolicyScope> = Extract<(typeof TABLE)[number], Record<Scope, true>>['name'];

/** Returns the names of the policies that apply. */
export function policiesFor<Scope extends PolicyScope>(scope: Scope): readonly PolicyFor<Scope>[] {
  return TABLE.filter((policy) => policy[scope]).map(({ name }) => name as PolicyFor<Scope>);
}

/** A row of the table, as the core reports it. */
export type PolicyEntry = { name: string } & Record<PolicyScope, boolean>;

/** @internal For the test that compares it with the core's. */
export const POLICY_TABLE: readonly PolicyEntry[] = TABLE;
