/** Says in plain English whether prompts have changed. */

import { printable } from '../files/printable.js';
import { counted, percentWords } from './amounts.js';
import type { ChangeTest, PlanChange } from './change.js';

const chanceWords = (p: number) => `p ${p < 0.001 ? 'below .001' : p.toFixed(3).replace(/^0/, '')}`;
const verdict = ({ changed, p }: ChangeTest) => `${changed ? 'changed' : 'no change found'}, ${chanceWords(p)}`;

/** Says which family's share has changed most. */
function movedWords({ families, before, now }: PlanChange): string {
  const [moved] = families
    .map((family) => ({ ...family, by: Math.abs(family.now / now - family.before / before) }))
    .sort((a, b) => b.by - a.by);
  if (moved === undefined) return '';
  return `, most of all ${printable(moved.name)}: ${percentWords(moved.before / before)} before, ${percentWords(moved.now / now)} now`;
}

/**
 * Says what was compared, what was found, and what could not be seen: lines of one or more sentences. The first is
 * "Changed." or "No change found."
 *
 * @example
 * ```js
 * const change = await checkPlan('plan.sbx', prompts);
 * console.log(changeSentences(change)[0]);
 * ```
 */
export function changeSentences(change: PlanChange): string[] {
  const { changed, before, now, unread, uncovered, tests } = change;
  const { coverage, families, meaning } = tests;
  const more = unread > 0 ? `; ${counted(unread, 'more prompt')} cannot be read` : '';
  return [
    changed ? 'Changed.' : 'No change found.',
    `Coverage: ${percentWords(uncovered.now)} of the new prompts are unlike all families of the plan, and ${percentWords(uncovered.before)} of its own: ${verdict(coverage)}.`,
    `Families: ${verdict(families)}${families.changed ? movedWords(change) : ''}.`,
    `Meaning: ${verdict(meaning)}.`,
    `Compared: ${counted(now, 'new prompt')} with ${counted(before, 'prompt')} of the plan${more}.`,
    `With a chance of 80% these tests would see ${percentWords(coverage.smallest)} more prompts unlike all families, a family of mean size that grows or shrinks by ${percentWords(families.smallest)} of all prompts, or ${percentWords(meaning.smallest)} new prompts of one unknown kind. Smaller changes may be there.`,
    'Outcomes were not compared: a model that has become worse at the same prompts shows only in new grades.',
  ];
}
