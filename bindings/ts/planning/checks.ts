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

/** Checks that models are not too many. Errors: `size_overflow`. */
export function checkModels(models: number): void {
  if (models <= MOST_MODELS) return;
  throw new SignalboxError(
    'size_overflow',
    `got ${models} models, expected at most ${MOST_MODELS}: choose some of them with models`,
  );
}

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
  checkModels(models.length);
  if (order.length * dim > MOST_VALUES) {
    throw new SignalboxError(
      'size_overflow',
      `got ${count(order.length)} prompts with embeddings of length ${dim}, expected at most ${count(Math.floor(MOST_VALUES / dim))} prompts`,
    );
  }
}

/**
 * Checks that enough rows were drawn at random: estimates are made from these alone. `which` says which prompts these are.
 * Errors: `invalid_argument`.
 */
export function checkRandom(random: number, all: number, which = ''): void {
  if (random >= LEAST_ROWS || random === all) return;
  throw invalid(
    `got ${count(random)} prompts drawn at random among ${count(all)} graded ones${which}, expected at least ${LEAST_ROWS}: rows that 'selected_by' says were chosen train the rule, but what it saves or loses can only be estimated from random ones`,
  );
}

/** Checks that every model has an outcome, [rows, models], on a random row. Errors: `invalid_argument`. */
export function checkMeasured(models: readonly string[], outcomes: Float32Array): void {
  const isMeasured = models.map(() => false);
  for (const [i, outcome] of outcomes.entries()) if (!Number.isNaN(outcome)) isMeasured[i % models.length] = true;
  const missing = models.filter((_, m) => !isMeasured[m]);
  if (missing.length === 0) return;
  throw invalid(
    `${missing.map(printable).join(', ')}: no grade on a prompt drawn at random, expected some: chosen prompts do not tell how good a model is`,
  );
}

/** Checks that enough rows may be told apart; `what` names them. Errors: `invalid_argument`. */
export function checkGroups(groups: number, rows: number, what = 'prompts'): void {
  if (groups >= LEAST_GROUPS) return;
  throw invalid(
    `the ${count(rows)} ${what} are in ${groups} ${groups === 1 ? 'group' : 'groups'} that must stay together, expected at least ${LEAST_GROUPS}: if new prompts will be of the same groups, leave out the columns conversation, session, group and template`,
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
