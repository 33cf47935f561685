/** Writes the notes of a plan: what was odd in the files, and what limits the plan. */

import type { Finding } from '../building/collector.js';
import type { DatedPrice } from '../types.js';
import type { PlanNumbers } from '../wasm/lab-plan.js';
import { counted, countWords, percentWords } from './amounts.js';
import type { CostOrigin, PlanNote } from './types.js';

/** Groups below which the intervals are wide, and outcomes below which a model's mean is vague. */
const FEW_GROUPS = 100;
const FEW_OUTCOMES = 30;
/** Share of missing outcomes that is worth a note. */
const MISSING = 0.02;

/** Facts for the notes, beside the lab's numbers. */
export interface NoteFacts {
  /** Models of the plan. */
  models: readonly string[];
  origins: readonly CostOrigin[];
  /** Models of the files that have no cost, although others have. */
  withoutCost: readonly string[];
  /** By model: all its answers cost nothing. */
  free: readonly boolean[];
  prices: readonly (DatedPrice | undefined)[];
  oddFigures: Finding;
  /** Rows with different outcomes for the same prompt. */
  contradictory: number;
  /** Rows, chosen ones included. */
  rows: number;
  /** Rows that share their group with another one. */
  shared: number;
  isTemplated: boolean;
  /** [rows, models], NaN missing. */
  outcomes: Float32Array;
  similarNames: readonly (readonly string[])[];
}

const list = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

const verb = (names: readonly unknown[], one: string, more: string) => (names.length === 1 ? one : more);

/** Returns the range of the known outcomes, the share of missing ones, and whether models differ. */
function spreadOf(outcomes: Float32Array, models: number) {
  const all = { low: 1, high: 0, missing: 0, hasDifferences: false };
  for (let start = 0; start < outcomes.length; start += models) {
    let [low, high] = [1, 0];
    for (let m = 0; m < models; ++m) {
      const outcome = outcomes[start + m] as number;
      if (Number.isNaN(outcome)) {
        all.missing += 1;
        continue;
      }
      low = Math.min(low, outcome);
      high = Math.max(high, outcome);
    }
    if (high > low) all.hasDifferences = true;
    all.low = Math.min(all.low, low);
    all.high = Math.max(all.high, high);
  }
  return all;
}

function outcomeNotes({ outcomes, models }: NoteFacts, { graded }: PlanNumbers): PlanNote[] {
  const { low, high, missing, hasDifferences } = spreadOf(outcomes, models.length);
  const notes: PlanNote[] = [];
  const answers = graded ? 'score' : 'answer';
  if (low === 1) {
    notes.push({
      code: 'all_right',
      message: `Every ${answers} is right: prompts on which a model fails would tell the models apart.`,
    });
  } else if (high === 0) {
    notes.push({
      code: 'all_wrong',
      message: `Every ${answers} is wrong: check the range of the scores, or add prompts that a model can answer.`,
    });
  } else if (!hasDifferences) {
    notes.push({
      code: 'no_differences',
      message: 'On every prompt all models have the same outcome: only costs tell them apart.',
    });
  }
  if (missing > MISSING * outcomes.length) {
    notes.push({
      code: 'missing_outcomes',
      message: `${percentWords(missing / outcomes.length)} of the outcomes are missing: they are filled in by the mean of similar prompts.`,
    });
  }
  return notes;
}

function costNotes(facts: NoteFacts, { hasCosts }: PlanNumbers): PlanNote[] {
  const { models, origins, withoutCost, free, prices, oddFigures } = facts;
  const notes: PlanNote[] = [];
  if (!hasCosts) {
    const why = free.some((isFree) => isFree)
      ? 'All costs are zero, which counts as not known'
      : 'No two models have a cost';
    notes.push({
      code: 'no_costs',
      message: `${why}: the plan is about correctness only. Add a column 'model|cost_usd', tokens with prices, or prices.`,
    });
  }
  if (withoutCost.length > 0) {
    notes.push({
      code: 'model_without_cost',
      message: `${list(withoutCost)} ${verb(withoutCost, 'is', 'are')} left out, because the cost is not known: add it to the files, or a price.`,
    });
  }
  const nothing = models.filter((_, m) => hasCosts && free[m]);
  if (nothing.length > 0) {
    notes.push({
      code: 'free_model',
      message: `${list(nothing)} ${verb(nothing, 'costs', 'cost')} nothing, as the files say.`,
    });
  }
  for (const [origin, code, basis] of [
    ['tokens', 'costs_from_tokens', 'the tokens in the files and prices'],
    ['prices', 'costs_from_prices', 'prices and typical lengths of answers, not on the files'],
  ] as const) {
    const of = models.flatMap((name, m) => (origins[m] === origin ? [{ name, price: prices[m] }] : []));
    if (of.length === 0) continue;
    const dates = [...new Set(of.flatMap(({ price }) => price?.date ?? []))].sort();
    const day = dates.length === 0 ? '' : ` of ${dates.length === 1 ? dates[0] : `${dates[0]} to ${dates.at(-1)}`}`;
    const names = of.map(({ name }) => name);
    notes.push({
      code,
      message: `The ${verb(names, 'cost', 'costs')} of ${list(names)} ${verb(names, 'rests', 'rest')} on ${basis.replace('prices', `prices${day}`)}.`,
    });
  }
  if (oddFigures.count > 0) {
    notes.push({
      code: 'odd_costs',
      message: `${counted(oddFigures.count, 'cost or token count', 'costs or token counts')} below zero or absurdly large ${oddFigures.count === 1 ? 'counts' : 'count'} as not known, such as ${oddFigures.examples[0]}.`,
    });
  }
  return notes;
}

function rowNotes(facts: NoteFacts, { rows, groups, models }: PlanNumbers): PlanNote[] {
  const notes: PlanNote[] = [];
  if (groups < FEW_GROUPS) {
    const of = groups < rows ? `${countWords(groups)} groups of prompts` : `${countWords(rows)} prompts`;
    notes.push({
      code: 'few_rows',
      message: `The file has only ${of}, so that the intervals are wide: 300 or more are better.`,
    });
  }
  if (facts.contradictory > 0) {
    notes.push({
      code: 'contradictory_rows',
      message: `${counted(facts.contradictory, 'row')} ${facts.contradictory === 1 ? 'has' : 'have'} another outcome than a row with the same prompt: all of them count.`,
    });
  }
  if (facts.shared > 0) {
    notes.push({
      code: 'repeated_prompts',
      message: `${countWords(facts.shared)} of ${counted(facts.rows, 'row')} share a prompt, conversation or template with another row: they stay together in the estimates.`,
    });
  }
  if (facts.isTemplated) {
    notes.push({
      code: 'templated_prompts',
      message:
        'Many prompts are nearly equal, as from templates. The estimates are for new prompts of the same templates.',
    });
  }
  const few = facts.models.filter((_, m) => (models[m]?.measured ?? 0) < FEW_OUTCOMES);
  if (few.length > 0) {
    notes.push({
      code: 'few_outcomes',
      message: `${list(few)} ${verb(few, 'has', 'have')} fewer than ${FEW_OUTCOMES} outcomes, which says little.`,
    });
  }
  for (const names of facts.similarNames) {
    notes.push({
      code: 'similar_models',
      message: `${list(names)} differ only by case or separators, and count as different models.`,
    });
  }
  return notes;
}

/** Returns the notes of a plan; see `PlanNote` for the codes. */
export function notesOf(facts: NoteFacts, numbers: PlanNumbers): PlanNote[] {
  const notes = [...rowNotes(facts, numbers), ...outcomeNotes(facts, numbers), ...costNotes(facts, numbers)];
  if (!numbers.isReached)
    notes.push({ code: 'target_not_reached', message: 'No setting reaches the target: the nearest one is proposed.' });
  if (!numbers.hasGain)
    notes.push({
      code: 'nothing_to_gain',
      message: 'No rule is estimated to be better than the baseline for this target, so the plan is to use one model.',
    });
  return notes;
}
