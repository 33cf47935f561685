/** Says a plan in plain English. The command, the report and the page show these sentences, so that they agree. */

import { printable } from '../files/printable.js';
import {
  aboutWords,
  counted,
  countWords,
  givenUsdWords,
  percentWords,
  pointInterval,
  pointWords,
  rightWords,
  savedInterval,
  signedInterval,
  signedPoints,
  usdWords,
} from './amounts.js';
import { chosenWords, lossWords, promiseRisk, promiseWords, testWords } from './promise-words.js';
import type { Bounded, Plan, PlanFamily, PlanNote, PlanShare } from './types.js';

/** Models that a sentence names before it counts the rest. */
const MOST_NAMED = 4;
/** Parts that the core divides a file into (src/planning/plan.cpp). */
const MOST_FOLDS = 10;

/** A plan in plain English. Each text is one or more whole sentences on one line. */
export interface PlanSentences {
  /**
   * `split`: prompts go to two or more models; `switch`: all go to one model that is not the baseline; `keep`: all go to
   * the baseline.
   */
  verdict: 'split' | 'switch' | 'keep';
  /** Says where to send what, the saving, and the loss of correctness; first, if so, that the target is not reached. */
  headline: string;
  /** The worst family; `null` if no family is estimated to lose, or if there is one family only. */
  worst: string | null;
  /** The same for a month's answers; `null` without a volume. */
  month: string | null;
  /** The baseline, the target, the rule and the way of the estimates. */
  why: string[];
  /** The risks, and how to get sharper estimates. */
  risk: string[];
  /** A sentence for each family, in the order of the plan. */
  families: string[];
  /** The plan's notes; the models that are left out come first. */
  notes: string[];
}

/** Words for a difference in outcomes. */
const directionsOf = ({ graded }: Plan) =>
  graded ? { down: 'lower', up: 'higher', of: 'in score' } : { down: 'fewer', up: 'more', of: 'right' };

/** Names the models that prompts go to, the baseline last. */
function sendWords(picks: readonly PlanShare[], baseline: string): string {
  const [first, ...others] = [
    ...picks.filter(({ model }) => model !== baseline),
    ...picks.filter(({ model }) => model === baseline),
  ] as [PlanShare, ...PlanShare[]];
  if (others.length === 0) return `Send everything to ${printable(first.model)}`;
  const named = others.length < MOST_NAMED ? others.slice(0, -1) : others.slice(0, MOST_NAMED - 2);
  const to = ({ model, share }: PlanShare) => `${percentWords(share)} to ${printable(model)}`;
  const left = others.slice(named.length);
  const last = printable((left.at(-1) as PlanShare).model);
  const rest = left.length === 1 ? last : `${last} and ${counted(left.length - 1, 'other')}`;
  return `Send ${[first, ...named].map(to).join(', ')}, the rest to ${rest}`;
}

/** Says a difference in points with its interval, such as "1.1 points fewer right (0.2 to 2.0)". */
function pointsWords(plan: Plan, points: Bounded, before = ''): string {
  const { down, up, of } = directionsOf(plan);
  const range = `(${before}${pointInterval(points, { down, up })})`;
  if (points.value === 0) return `${plan.graded ? 'the same score' : 'as many right'} ${range}`;
  return `${pointWords(Math.abs(points.value))} ${points.value < 0 ? down : up} ${of} ${range}`;
}

/** Says what the proposed setting does to costs and correctness. */
function effectWords(plan: Plan, than: string): string {
  const { points, usdPer1000, saved } = plan.proposed;
  const before = plan.baseline.usdPer1000;
  if (usdPer1000 === null || saved === null || before === null) {
    return `${pointsWords(plan, points, '95% interval ')}${than}`;
  }
  const less = before - usdPer1000.value;
  const share = `(${percentWords(Math.abs(saved.value))}, 95% interval ${savedInterval(saved)})`;
  const money = less === 0 ? 'the same cost' : `${usdWords(Math.abs(less))} ${less < 0 ? 'more' : 'less'}`;
  return `${money} per 1,000 answers${than} ${share}, ${pointsWords(plan, points)}`;
}

/** Says what the target asks for, as the end of "No setting ..."; `undefined` without a target. */
function unreachedWords({ target: { kind, value }, volume }: Plan): string | undefined {
  if (value === null) return undefined;
  if (kind === 'at-most') return `No setting loses at most ${pointWords(value)}`;
  if (kind === 'save') return `No setting saves ${percentWords(value)}`;
  if (kind === 'budget')
    return `No setting costs at most ${givenUsdWords(value)} a month for ${countWords(volume ?? 0)} answers`;
  return undefined;
}

function verdictOf({ proposed: { picks }, baseline }: Plan): PlanSentences['verdict'] {
  if (picks.length > 1) return 'split';
  return picks[0]?.model === baseline.model ? 'keep' : 'switch';
}

function headlineOf(plan: Plan): string {
  const { picks } = plan.proposed;
  const baseline = plan.baseline.model;
  const send = sendWords(picks, baseline);
  const unreached = plan.target.reached ? undefined : unreachedWords(plan);
  if (plan.promise?.made === false) return `${promiseWords(plan, plan.promise)}${send}, as before.`;
  const nearest = unreached === undefined ? '' : `${unreached}. The nearest: `;
  const start = plan.promise === null ? nearest : promiseWords(plan, plan.promise);
  if (verdictOf(plan) === 'keep') {
    const { kind } = plan.target;
    const what = kind === 'knee' || !plan.target.reached ? '' : ' at this target';
    return `${start}${send}: no other choice among these models is estimated to be better${what}.`;
  }
  const than = picks.some(({ model }) => model === baseline) ? '' : ` than ${printable(baseline)} alone`;
  return `${start}${send}: ${effectWords(plan, than)}.`;
}

function worstOf(plan: Plan): string | null {
  if (plan.worst === null) return null;
  const { name, points } = plan.worst;
  return `Worst family: ${printable(name)}, ${signedPoints(points.value)} (shrunk, ${signedInterval(points)}).`;
}

function monthOf(plan: Plan): string | null {
  const { volume, proposed, baseline } = plan;
  if (volume === null) return null;
  const answers = `At ${countWords(volume)} answers a month`;
  const thousands = volume / 1000;
  const { points } = proposed;
  const right = (Math.abs(points.value) / 100) * volume;
  const { down, up } = directionsOf(plan);
  const change =
    plan.graded || right < 0.5 ? '' : `about ${aboutWords(right)} ${points.value < 0 ? down : up} right answers`;
  if (proposed.usdPer1000 === null || baseline.usdPer1000 === null) {
    return change === '' ? null : `${answers}: ${change}.`;
  }
  const [now, before] = [proposed.usdPer1000.value * thousands, baseline.usdPer1000 * thousands];
  const money = `${usdWords(now)} instead of ${usdWords(before)}`;
  return `${answers}: ${money}${change === '' ? '' : `, and ${change}`}.`;
}

function baselineWords({ baseline, graded }: Plan): string {
  const name = printable(baseline.model);
  const origin = baseline.given ? `${name}, as given` : `${name}, the best single model of the file`;
  const right = `${graded ? 'mean score' : 'right answers'} ${rightWords(baseline.right)}`;
  const cost = baseline.usdPer1000 === null ? '' : `, ${usdWords(baseline.usdPer1000)} per 1,000 answers`;
  return `Compared with ${origin}: ${right}${cost}.`;
}

function targetWords(plan: Plan): string | null {
  const { kind, value } = plan.target;
  const { promise, volume, graded } = plan;
  if (promise !== null) return `The target is a promise: at most ${lossWords(promise, promise.points, graded)}.`;
  if (kind === 'at-most') {
    return `The target: at most ${pointWords(value ?? 0)} ${graded ? 'lower in score' : 'fewer right'}.`;
  }
  if (kind === 'save') return `The target: save at least ${percentWords(value ?? 0)} of the cost.`;
  if (kind === 'budget') {
    return `The target: at most ${givenUsdWords(value ?? 0)} a month for ${countWords(volume ?? 0)} answers.`;
  }
  // With one model there is nothing to trade.
  if (verdictOf(plan) !== 'split') return null;
  const lost = graded ? 'clearly more of the score' : 'clearly more right answers';
  return `No target was given, so the plan takes the best trade: beyond it, each further dollar saved costs ${lost}.`;
}

function ruleWords({ predictor, proposed, families, familiesFrom }: Plan): string {
  if (predictor === 'constant') return 'Nothing in these prompts tells the models apart, so one model answers all.';
  const kinds = familiesFrom === 'one' ? 'the prompt' : `${counted(families.length, 'family', 'families')} of prompts`;
  const basis = predictor === 'families' ? `from ${kinds}` : `from ${kinds} and a linear model of the embedding`;
  const value = proposed.answerValue;
  const rule =
    value === null
      ? 'picks the model most likely to be right'
      : `picks the model that is worth most after its cost, if a right answer is worth ${usdWords(value)}`;
  return `The rule predicts each model ${basis}, and ${rule}.`;
}

function estimateWords(plan: Plan): string {
  const { rows, groups, selection, promise } = plan;
  if (promise !== null) return testWords(plan, promise);
  const prompts = counted(rows, 'prompt');
  const chosen = selection.chosen === 0 ? '' : ` ${chosenWords(selection.chosen)}`;
  const kept = groups < rows ? ` in ${counted(groups, 'group')} that stay together` : '';
  const folds = Math.min(MOST_FOLDS, groups);
  return `Estimated for plans of this kind: ${folds} more rules, each made without a part of the ${prompts}${kept}, show how much better a rule does on prompts that it was made from. That is taken off what the plan does on the file.${chosen}`;
}

function riskOf(plan: Plan): string[] {
  const { proposed, groups, families, promise } = plan;
  if (promise !== null) return promiseRisk(plan, promise);
  const lines: string[] = [];
  const worst = proposed.points.low;
  if (verdictOf(plan) !== 'keep' && worst < 0) {
    const unit = plan.graded
      ? `${pointWords(-worst)} lower in score`
      : `${countWords(Math.max(1, -10 * worst))} more wrong ${worst > -0.15 ? 'answer' : 'answers'} per 1,000`;
    lines.push(`At the bad end of the 95% interval: ${unit}.`);
  }
  if (plan.worst === null && families.length > 1 && verdictOf(plan) !== 'keep') {
    lines.push('No family is estimated to lose.');
  }
  const { low, high } = proposed.points;
  if (high - low > 2) {
    lines.push(
      `The interval is ${pointWords(high - low)} wide. With ${countWords(4 * groups)} prompts it would be about half as wide.`,
    );
  }
  return lines;
}

function notesOf({ notes }: Plan): string[] {
  const isFirst = ({ code }: PlanNote) => code === 'model_without_cost';
  return [...notes.filter(isFirst), ...notes.filter((note) => !isFirst(note))].map(({ message }) => printable(message));
}

function picksWords({ pick, picks }: PlanFamily): string {
  const [first] = picks;
  if (picks.length < 2 || first === undefined) return `to ${printable(pick)}`;
  const others = picks.filter(({ model }) => model !== pick);
  const share = picks.find(({ model }) => model === pick)?.share ?? first.share;
  const rest = others.length === 1 ? printable((others[0] as PlanShare).model) : counted(others.length, 'other model');
  return `${percentWords(share)} to ${printable(pick)}, the rest to ${rest}`;
}

function familyWords(plan: Plan, family: PlanFamily): string {
  const { name, rows, share, points, usdPer1000, baselineUsdPer1000 } = family;
  const costs =
    usdPer1000 === null || baselineUsdPer1000 === null
      ? ''
      : `; ${usdWords(usdPer1000)} per 1,000 answers instead of ${usdWords(baselineUsdPer1000)}`;
  const onlyBaseline = family.picks.length === 1 && family.pick === plan.baseline.model;
  const change = onlyBaseline
    ? '; as before'
    : `${costs}; ${signedPoints(points.value)} points (${signedInterval(points)})`;
  return `${printable(name)}, ${counted(rows, 'prompt')} (${percentWords(share)}): ${picksWords(family)}${change}.`;
}

/**
 * Says a plan in plain English: what to send where, what that saves and risks, and why.
 *
 * @example
 * ```js
 * const { plan: made } = await plan(files);
 * console.log(planSentences(made).headline);
 * // Send 48% to gemini-3.5-flash, the rest to claude-opus-4.8: $0.92 less per 1,000 answers ...
 * ```
 */
export function planSentences(plan: Plan): PlanSentences {
  return {
    verdict: verdictOf(plan),
    headline: headlineOf(plan),
    worst: worstOf(plan),
    month: monthOf(plan),
    why: [baselineWords(plan), targetWords(plan), ruleWords(plan), estimateWords(plan)].filter((line) => line !== null),
    risk: riskOf(plan),
    families: plan.families.map((family) => familyWords(plan, family)),
    notes: notesOf(plan),
  };
}
