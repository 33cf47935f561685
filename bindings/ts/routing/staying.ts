/** Decides whether a conversation stays with its model: what another one gains, against sending everything again. */
import type { ConversationOutcome, ConversationState, Decision, IndexInfo, RouteOptions } from '../types.js';
import type { Ranked } from './budgets.js';
import { type InputFacts, namesOf } from './request.js';

/** US dollars that one more right answer is worth unless the caller says otherwise. */
const ANSWER_USD = 0.1;
const PER_MILLION = 1e6;

/** The part of an index that knows prices, and what an answer is worth. */
type Prices = Pick<IndexInfo, 'models' | 'families'>;

/** A model as it stands in a ranking. */
type Standing = Ranked['ranking'][number];

/** Prices of input tokens, from a cache and not, in US dollars per million; `undefined` if not known. */
interface InputPrices {
  full: number | undefined;
  cached: number | undefined;
}

function inputPricesOf(model: string, prices: RouteOptions['prices'], info: Prices): InputPrices {
  const names = namesOf(info);
  const [, given] = Object.entries(prices ?? {}).find(([name]) => names.resolve(name) === model) ?? [];
  if (given !== undefined) {
    const full = typeof given === 'number' ? given : given.in;
    return { full, cached: typeof given === 'number' ? undefined : given.cacheRead };
  }
  const { usdPerMTokIn, usdPerMTokCacheRead } = info.models.find(({ name }) => name === model) ?? {};
  return { full: usdPerMTokIn ?? undefined, cached: usdPerMTokCacheRead ?? undefined };
}

/** Returns what a turn costs with a model; `cachedTokens` of the conversation are in its cache. */
function turnUsd(
  { usdPerAnswer }: Standing,
  { full, cached }: InputPrices,
  tokens: { again: number; cached: number },
): number | undefined {
  if (usdPerAnswer === null || full === undefined) return undefined;
  const saved = Math.max(0, full - (cached ?? full)) * tokens.cached;
  return usdPerAnswer + (full * tokens.again - saved) / PER_MILLION;
}

/** Returns the US dollars that one more right answer is worth: as given, by the dial, or by the index's own setting. */
function answerValue(
  { prefer, costWeight }: RouteOptions,
  { answerUsd }: ConversationState,
  { families }: Prices,
): number {
  if (answerUsd != null) return answerUsd;
  if ((prefer === 'best' || prefer === 0) && costWeight == null) return Number.POSITIVE_INFINITY;
  const isOwn = costWeight == null && (prefer == null || prefer === 'balanced');
  return (isOwn ? families?.answerValue : null) ?? ANSWER_USD;
}

/** Returns the model of this turn, and why. `ranked`: the decision for the turn alone. */
export function stayOrSwitch(
  ranked: Ranked,
  state: ConversationState,
  { conversation }: InputFacts,
  options: RouteOptions,
  info: Prices,
): { model: string; outcome: ConversationOutcome } {
  const { model: alone, ranking } = ranked;
  const decided = (model: string, reason: ConversationOutcome['reason'], extraUsd: number | null = null) => {
    const stayed = reason !== 'not_available' && model === now?.model;
    return { model, outcome: { id: state.id ?? null, stayed, reason, alone, extraUsd } };
  };
  const known = namesOf(info).resolve(state.model);
  const now = ranking.find(({ model }) => model === known);
  const other = ranking.find(({ model }) => model === alone);
  if (now === undefined || other === undefined) return decided(alone, 'not_available');
  if (state.failed) {
    const better = ranking.filter(({ model, pCorrect }) => model !== now.model && pCorrect > now.pCorrect);
    const next = better.find(({ model }) => model === alone) ?? better[0];
    return next === undefined ? decided(now.model, 'no_better') : decided(next.model, 'failed');
  }
  if (alone === now.model) return decided(alone, 'same');

  const tokens = state.tokens ?? conversation?.tokensBefore ?? 0;
  // The price of an answer has the tokens of messages already.
  const again = conversation === undefined ? tokens : 0;
  const cached = Math.min(state.cachedTokens ?? tokens, tokens);
  const [stays, leaves] = [
    turnUsd(now, inputPricesOf(now.model, options.prices, info), { again, cached }),
    turnUsd(other, inputPricesOf(other.model, options.prices, info), { again, cached: 0 }),
  ];
  const extraUsd = stays === undefined || leaves === undefined ? null : leaves - stays;
  const gain = other.pCorrect - now.pCorrect;
  const midTask = state.midTask ?? conversation?.midTask ?? false;
  if (midTask && gain < 0) return decided(now.model, 'mid_task', extraUsd);
  const value = answerValue(options, state, info);
  if (value === Number.POSITIVE_INFINITY) {
    return gain > 0 ? decided(alone, 'worth_it', extraUsd) : decided(now.model, 'not_worth_it', extraUsd);
  }
  if (extraUsd === null) return decided(now.model, 'unknown_price');
  // The dial has already weighed a loss of quality against the price, so only a gain has a value here.
  const isWorthIt = Math.max(0, gain) * value > extraUsd;
  return isWorthIt ? decided(alone, 'worth_it', extraUsd) : decided(now.model, 'not_worth_it', extraUsd);
}

/** Says what a conversation did to the choice, for the reasons of a decision. */
export function stayingWords({ reason, alone }: ConversationOutcome): string {
  const words: Readonly<Record<ConversationOutcome['reason'], string>> = {
    same: '',
    failed: 'The last answer failed, so a better model goes on.',
    no_better: 'The last answer failed, but no model is predicted to be better.',
    mid_task: `A task is under way, so ${alone}, which is predicted to be worse, does not take over.`,
    worth_it: 'Worth sending the conversation again.',
    not_worth_it: `Stays in the conversation: ${alone} is not worth sending it again.`,
    unknown_price: `Stays in the conversation: what a change to ${alone} costs is not known.`,
    not_available: 'The model of this conversation cannot be picked any more.',
  };
  return words[reason];
}

/** Adds to a decision what its conversation did. */
export function withConversation<D extends Decision>(decision: D, outcome: ConversationOutcome | undefined): D {
  if (outcome === undefined) return decision;
  const words = stayingWords(outcome);
  const choice = [decision.reasons.choice, words].filter((text) => text !== '').join(' ');
  const reason = [words, decision.reason].filter((text) => text !== '').join(' ');
  return { ...decision, reason, reasons: { ...decision.reasons, choice }, conversation: outcome };
}
