/** Says what to grade next in plain English; the command and the page show these sentences. */

import { counted, countWords } from './amounts.js';
import type { PlanNextLabels } from './next-types.js';

/** Random rows below which the intervals of a plan are wide. */
const ENOUGH_RANDOM = 100;

const list = (parts: readonly string[]): string => parts.join(', and ');

/**
 * Returns whole sentences: what to grade and why, and what remains.
 *
 * @example
 * ```js
 * const next = await nextLabels(20, { files });
 * console.log(nextSentences(next).join(' '));
 * ```
 */
export function nextSentences({ rows, graded, left, nothingLeft }: PlanNextLabels): string[] {
  if (nothingLeft === 'all_graded') return ['Nothing is left to grade: every prompt has a grade for every model.'];
  const todo = rows.filter(({ models }) => models.length > 0);
  const isChosen = ({ selectedBy }: { selectedBy: string }) => selectedBy !== 'random';
  const random = todo.filter((row) => !isChosen(row)).length;
  const chosen = todo.length - random;
  const parts = [
    ...(random > 0 ? [`${countWords(random)} drawn at random`] : []),
    ...(chosen > 0 ? [`${countWords(chosen)} on which the answers differ`] : []),
  ];
  const lines = [`Grade ${counted(todo.length, 'prompt')} of ${countWords(left)} next: ${list(parts)}.`];
  if (todo.length < rows.length) {
    lines.push(
      `${counted(rows.length - todo.length, 'more prompt')} had been chosen and graded before, and now count as drawn at random.`,
    );
  }
  if (nothingLeft === 'answers_agree') {
    lines.push('No prompt could be chosen: the answers of the models agree on all that are left.');
  }
  if (chosen > 0) {
    lines.push(
      'Chosen prompts only train the rule; what a plan saves and loses is estimated from those drawn at random.',
    );
  }
  if (graded + random < ENOUGH_RANDOM) {
    lines.push(`A plan takes 30 prompts drawn at random; with ${ENOUGH_RANDOM} or more it is sharper.`);
  }
  return lines;
}
