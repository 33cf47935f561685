/** Finds the options of a call that had no effect, or not all of it, for the notes of a decision. */
import type { Decision, Embedding, IndexInfo, Note, RouteTaskOptions } from '../types.js';

type Constant = 'k' | 'kappa' | 'threshold' | 'sigma' | 'neighbours';

/** Returns the constants on which the choice and its confidence do not depend. */
function unusedBy({ policy, inputs }: NotedFacts): readonly Constant[] {
  if (policy === 'signalbox' || policy === 'families') return ['k', 'threshold', 'sigma'];
  // For a task, the paper's scores count predictions, and weigh them by the accuracy of the predictor.
  return inputs === undefined ? ['threshold', 'sigma'] : [];
}

/** The constants that count rows of the index. */
const COUNTS: readonly Constant[] = ['k', 'kappa', 'neighbours'];

export interface NotedFacts
  extends Pick<Decision, 'model' | 'policy' | 'ranking' | 'fallbackReason' | 'bestSingleModel' | 'challenger'> {
  /** Prompts of a task. */
  inputs?: number;
  multilingualError?: Embedding['multilingualError'];
  /** Needs of the input of which it is not known whether the pick meets them, as words: see `uncheckedNeeds`. */
  unchecked?: readonly string[];
}

/** Notes a dial that has no effect. The default needs no note: nobody asked for it. */
function priceNotes({ prefer, costWeight }: RouteTaskOptions, facts: NotedFacts): Note[] {
  const given = costWeight ? 'costWeight' : prefer && prefer !== 'best' ? 'prefer' : undefined;
  if (given === undefined) return [];
  // A cost weight is for prices per token; points also count for costs of answers, which families know.
  const isKnown = ({ usdPerMTok, usdPerAnswer }: NotedFacts['ranking'][number]) =>
    usdPerMTok !== null || (given === 'prefer' && usdPerAnswer !== null);
  if (!facts.ranking.some(isKnown)) {
    return [{ code: 'no_prices', message: `${given} has no effect: no candidate has a known price` }];
  }
  const wanted = facts.fallbackReason === 'low_confidence' ? facts.bestSingleModel : facts.challenger;
  const isPriced = facts.ranking.some(({ model, usdPerMTok }) => model === wanted && usdPerMTok !== null);
  if (isPriced || given !== 'costWeight') return [];
  return [{ code: 'pick_without_price', message: `costWeight has no effect: the price of ${wanted} is not known` }];
}

/** Returns the notes of a decision, in the order of `NOTE_CODES`. */
export function notesOf(options: RouteTaskOptions, { tasks, rows, models }: IndexInfo, facts: NotedFacts): Note[] {
  const { policy, unchecked = [] } = facts;
  const notes = priceNotes(options, facts);
  if (policy === 'signalbox' && tasks.length === 1) {
    const message =
      'the policy signalbox compares tasks, but the index has only one: without labels it picks one model';
    notes.push({ code: 'one_task', message });
  }
  const unused = [
    ...unusedBy(facts),
    ...(policy === 'families' ? (['labels'] as const) : []),
    ...(policy === 'signalbox' ? [] : (['answers'] as const)),
  ];
  for (const key of unused) {
    if (options[key] == null) continue;
    notes.push({ code: 'unused_by_policy', message: `${key} does not affect the choice of the policy ${policy}` });
  }
  for (const key of COUNTS) {
    const value = options[key];
    if (value == null || value <= rows) continue;
    notes.push({ code: 'more_than_rows', message: `${key} is ${value}, but the index has ${rows} rows` });
  }
  if (facts.multilingualError !== undefined) {
    const { code, message } = facts.multilingualError;
    const text = `the table of other languages could not be loaded (${code}: ${message})`;
    notes.push({ code: 'multilingual_unavailable', message: text });
  }
  for (const used of unchecked) {
    const message = `the conversation has ${used}, but it is not known whether ${facts.model} can use them`;
    notes.push({ code: 'needs_unchecked', message });
  }
  const added = models.find(({ name }) => name === facts.model)?.addedFromRows;
  if (added !== undefined) {
    const message = `${facts.model} was added from results on ${added} ${added === 1 ? 'row' : 'rows'}: its numbers are estimates`;
    notes.push({ code: 'added_model', message });
  }
  return notes;
}
