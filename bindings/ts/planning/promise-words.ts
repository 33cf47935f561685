/** Says what a plan promises, or why it cannot promise it. */

import { printable } from '../files/printable.js';
import { counted, countWords, percentWords, pointWords } from './amounts.js';
import type { Plan, PlanPromise } from './types.js';

/** Confidence as people say it: 95%, 99.9%. */
const confidenceWords = (delta: number) => `${Number((100 * (1 - delta)).toPrecision(6))}%`;

/** Returns the rows of the file. */
export const rowsOf = ({ rows }: Plan, { ruleRows, leftOut }: PlanPromise): number => rows + ruleRows + leftOut;

/** Says what became of rows that were chosen. */
export const chosenWords = (chosen: number): string =>
  `${counted(chosen, 'more prompt')} ${chosen === 1 ? 'was' : 'were'} chosen, not drawn at random: ${chosen === 1 ? 'it helps' : 'they help'} to make the rules, and no number is of ${chosen === 1 ? 'it' : 'them'}.`;

/** Says a loss in the words of its kind, as in "2 points fewer right". */
export function lossWords({ kind, tolerance }: PlanPromise, points: number, graded: boolean): string {
  if (kind === 'net') return `${pointWords(points)} ${graded ? 'lower in score' : 'fewer right'}`;
  const beyond = tolerance > 0 ? ` by more than ${tolerance}` : '';
  return `${percentWords(points / 100)} of the answers worse${beyond}`;
}

/** Says the promise, or that it cannot be made, in one or two sentences that end before the plan's own. */
export function promiseWords(plan: Plan, promise: PlanPromise): string {
  const wanted = `at most ${lossWords(promise, promise.points, plan.graded)}`;
  const than = `${printable(plan.baseline.model)} alone`;
  if (promise.made) return `Promised with ${confidenceWords(promise.delta)} confidence: ${wanted} than ${than}. `;
  const rows = countWords(rowsOf(plan, promise));
  return `Cannot promise ${wanted} than ${than} with ${rows} prompts. `;
}

/** Says what would be possible instead; empty if everything was promised. */
function insteadOf(plan: Plan, promise: PlanPromise): string[] {
  const lines: string[] = [];
  const { made, smallest, neededRows, passed, settings } = promise;
  if (!made) {
    lines.push(
      `The smallest loss that these prompts can promise for the safest setting is ${lossWords(promise, smallest, plan.graded)}.`,
    );
  }
  if (passed === settings) return lines;
  const what = made ? 'the next cheaper setting' : 'the safest setting';
  lines.push(
    neededRows === null
      ? `No number of prompts would do for ${what}: on the prompts that tested it, it loses as much as may be lost, or more.`
      : `About ${countWords(neededRows)} prompts would promise it for ${what} with a chance of 80%, if it loses as much as here.`,
  );
  return lines;
}

/** Says what the promise does not cover. */
export function promiseRisk(plan: Plan, promise: PlanPromise): string[] {
  const instead = insteadOf(plan, promise);
  if (!promise.made) return instead;
  const chance = percentWords(promise.delta);
  return [
    `The promise is false with a chance of at most ${chance}. It is about this index as it is, and prompts, models and grades like those of the file; a new plan, other prompts or a changed model end it.`,
    ...(promise.kind === 'net'
      ? ['It is about the mean: some answers get worse, and others get better.']
      : ['It counts answers that get worse, whatever else gets better.']),
    ...instead,
  ];
}

/** Says how the promise was tested. */
export function testWords(plan: Plan, promise: PlanPromise): string {
  const { kind, delta, ruleRows, leftOut, settings, passed, made, loss, bound } = promise;
  const kept = plan.groups < plan.rows ? ` in ${counted(plan.groups, 'group')}, each of which counts as one` : '';
  const gaps = leftOut === 0 ? '' : ` (${countWords(leftOut)} more lack an outcome)`;
  const level = percentWords(delta);
  const method = kind === 'worse' && plan.groups === plan.rows ? 'of Clopper and Pearson' : 'from bets';
  const which = made ? 'the proposed setting' : 'the first setting';
  const measured = loss < 0 ? `gains ${pointWords(-loss)}` : `loses ${pointWords(loss)}`;
  return [
    `The rule was made from ${countWords(ruleRows)} of the ${countWords(rowsOf(plan, promise))} prompts, drawn by lot, and tested on ${countWords(plan.rows)} others${kept}${gaps}, which had no part in it.`,
    `Its ${counted(settings, 'setting')} were tested from quality first to cheapest, each at a level of ${level}, up to the first that failed: ${countWords(passed)} passed.`,
    `On these prompts ${which} ${measured}; by the bound ${method}, at most ${pointWords(bound)} with ${confidenceWords(delta)} confidence.`,
    'All numbers are measured on the prompts that tested the rule.',
    ...(plan.selection.chosen === 0 ? [] : [chosenWords(plan.selection.chosen)]),
  ].join(' ');
}
