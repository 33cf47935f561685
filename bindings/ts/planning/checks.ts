/** Checks that joined files suffice for a plan. */

import type { Benchmark } from '../building/benchmark.js';
import { SignalboxError } from '../errors.js';
import { printable } from '../files/printable.js';
import { invalid, nearestOf } from '../options.js';

/** Limits, those of the lab (src/planning/plan_data.h). */
export const MOST_ROWS = 100_000;
const LEAST_ROWS = 30;
const LEAST_GROUPS = 10;
const MOST_MODELS = 64;
const MOST_VALUES = 2 ** 26;
/** The lab finds families by itself in files with more datasets. */
export const MOST_DATASETS = 128;

const count = (n: number): string => n.toLocaleString('en');

/**
 * Checks the number of models and rows. `dim` is the length of the embeddings; `which` says which prompts these are. Errors: `invalid_argument`,
 * `size_overflow`.
 */
export function checkEnough({ models, order }: Benchmark, dim: number, which = ''): void {
  if (models.length < 2) {
    const [model] = models;
    const got = model === undefined ? 'got no model' : `got one model, '${printable(model.name)}'`;
    throw invalid(
      `${got}, expected at least two: a plan chooses between models, so add a column of scores for another`,
    );
  }
  if (order.length < LEAST_ROWS) {
    throw invalid(
      `got ${order.length} graded prompts${which}, expected at least ${LEAST_ROWS}, and better 100 or more`,
    );
  }
  if (models.length > MOST_MODELS) {
    throw new SignalboxError(
      'size_overflow',
      `got ${models.length} models, expected at most ${MOST_MODELS}: choose some of them with models`,
    );
  }
  if (order.length * dim > MOST_VALUES) {
    throw new SignalboxError(
      'size_overflow',
      `got ${count(order.length)} prompts with embeddings of length ${dim}, expected at most ${count(Math.floor(MOST_VALUES / dim))} prompts`,
    );
  }
}

/** Checks that enough rows may be told apart. Errors: `invalid_argument`. */
export function checkGroups(groups: number, rows: number): void {
  if (groups >= LEAST_GROUPS) return;
  throw invalid(
    `the ${count(rows)} prompts are in ${groups} ${groups === 1 ? 'group' : 'groups'} that must stay together, expected at least ${LEAST_GROUPS}: if new prompts will be of the same groups, leave out the columns conversation, session, group and template`,
  );
}

/**
 * Returns the number of the given baseline; `undefined` without one. Errors: `unknown_model`; `invalid_argument` if
 * models are compared by cost and its cost is not known.
 */
export function baselineOf(
  given: string | undefined,
  all: readonly string[],
  planned: readonly string[],
): number | undefined {
  if (given === undefined) return undefined;
  const name = printable(given);
  if (!all.includes(given)) {
    throw new SignalboxError(
      'unknown_model',
      `the baseline '${name}' is not a model of the files${nearestOf(given, all)}, expected ${all.map(printable).join(', ')}`,
    );
  }
  const number = planned.indexOf(given);
  if (number >= 0) return number;
  throw invalid(
    `the cost of the baseline '${name}' is not known, but that of other models is: add the column '${name}|cost_usd', its tokens and a price, or prices`,
  );
}
