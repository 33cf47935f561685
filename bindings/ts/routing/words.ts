/**
 * The sentences that say why a model was picked, made from the facts of a decision. Each part stands alone, so that a
 * page, a badge or a command shows the parts that it needs. No sentence names the pick: every interface shows it next to them.
 */
import type { Coverage, Decision, FallbackReason, RankedModel, Reasons, UnreadCause } from '../types.js';

/** The user's feedback that entered a decision. */
export interface FeedbackFacts {
  /** How many ratings of similar prompts counted. */
  ratings: number;
  /** The pick without them. */
  without: string;
}

/** Facts that are not in a decision. */
export interface FurtherFacts {
  feedback?: FeedbackFacts | undefined;
  /** The reason why the input could not be read; unknown for a vector. */
  unread?: UnreadCause | undefined;
}

type RankedFacts = Pick<RankedModel, 'model' | 'pCorrect' | 'ownMean' | 'meanOutcome' | 'usdPerMTok'>;

/** The facts that the sentences depend on, besides feedback: a part of every `Decision` and `TaskDecision`. */
export interface DecisionFacts
  extends Pick<
    Decision,
    'model' | 'policy' | 'confidence' | 'challengerConfidence' | 'fallbackReason' | 'bestSingleModel' | 'challenger'
  > {
  coverage: Pick<Coverage, 'percentile' | 'outOfCoverage'>;
  tasks: Decision['tasks'];
  ranking: readonly RankedFacts[];
  /** Prompts of a task. */
  inputs?: number;
}

/** The facts, and what follows from them. */
interface Situation extends DecisionFacts, FurtherFacts {
  /** "this prompt" or "these prompts". */
  prompts: string;
  /** Only the models' means are left to go by. */
  isOutside: boolean;
  /** The pick if prices did not count. Outside the benchmark's coverage this ignores corrections. */
  wanted: string;
}

const isUnread = (reason: FallbackReason | null) => reason === 'unread' || reason === 'empty_prompt';

function situationOf(facts: DecisionFacts, further: FurtherFacts): Situation {
  const { fallbackReason, bestSingleModel, challenger, coverage, inputs = 1 } = facts;
  const isOutside = coverage.outOfCoverage || isUnread(fallbackReason);
  return {
    ...facts,
    prompts: inputs === 1 ? 'this prompt' : 'these prompts',
    isOutside,
    wanted: isOutside || fallbackReason === 'low_confidence' ? bestSingleModel : challenger,
    ...further,
  };
}

const join = (...sentences: readonly string[]) => sentences.filter((sentence) => sentence !== '').join(' ');

/** Formats a share; never rounds it to 0% or 100%. */
function percentWords(share: number): string {
  const percent = Math.round(100 * share);
  if (percent >= 100) return 'more than 99%';
  return percent <= 0 ? 'less than 1%' : `${percent}%`;
}

function sureWords(probability: number, what: string): string {
  const likely = `${percentWords(probability)} likely to ${what}.`;
  if (probability < 0.4) return likely.startsWith('less') ? `Doubtful: ${likely}` : `Doubtful: only ${likely}`;
  if (probability < 0.6) return `About even: ${likely}`;
  return probability < 0.8 ? `Fairly sure: ${likely}` : `Sure: ${likely}`;
}

const rankedAs = ({ ranking }: DecisionFacts, model: string) => ranking.find((ranked) => ranked.model === model);

/** For a pick that is not the model that would be picked if prices did not count. */
function tradeWords(facts: Situation): string {
  const { model, bestSingleModel, confidence } = facts;
  const why = tradedFor(facts);
  if (model === bestSingleModel) return `Best model overall, chosen ${why}.`;
  // If the dial allows any loss, this is certain and needs no sentence.
  const isCertain = Math.round(100 * confidence) >= 100;
  return join(`Chosen ${why}.`, isCertain ? '' : sureWords(confidence, 'be good enough'));
}

function tradedFor(facts: Situation): string {
  const usd = rankedAs(facts, facts.wanted)?.usdPerMTok ?? null;
  if (usd === null) return 'because its price is known';
  return rankedAs(facts, facts.model)?.usdPerMTok === usd ? 'for its quality at the same price' : 'for its price';
}

function choiceWords(facts: Situation): string {
  const { model, policy, challengerConfidence, bestSingleModel, ranking } = facts;
  const { fallbackReason, prompts, isOutside, wanted } = facts;
  if (ranking.length === 1) return 'The only model that may be picked.';
  // A cheaper model, or a corrected one: distinguishing them here would reveal the feedback.
  if (isOutside) return model === bestSingleModel ? 'Best model overall.' : '';
  if (model !== wanted) return tradeWords(facts);
  if (fallbackReason === 'low_confidence') return 'Best model overall: the evidence for another one is too weak.';
  if (model !== bestSingleModel) {
    return sureWords(challengerConfidence, `beat ${bestSingleModel}, the best model overall, on ${prompts}`);
  }
  // The paper's scores have no confidence for this case.
  const sure = policy === 'signalbox' ? sureWords(challengerConfidence, 'beat the runner-up') : '';
  return join(`Best model overall and for ${prompts}.`, sure);
}

/** Describes the difference between two shares in percentage points, rounded as displayed. */
function differenceWords(share: number, other: number): string {
  const points = Math.round(100 * share) - Math.round(100 * other);
  const count = `${Math.abs(points)} ${Math.abs(points) === 1 ? 'point' : 'points'}`;
  if (points === 0) return 'the same';
  return points < 0 ? `${count} lower` : `${count} higher`;
}

function savingWords(usd: number, other: number): string {
  if (usd === other) return 'Costs as much as';
  if (usd === 0) return 'Costs nothing, unlike';
  const saved = 1 - usd / other;
  return saved < 0.005 ? 'Costs slightly less than' : `Costs ${percentWords(saved)} less than`;
}

/** Compares the pick with the model that would be picked if prices did not count. */
function priceWords(facts: Situation): string {
  const { model, wanted, challenger, isOutside, prompts } = facts;
  const [picked, other] = [rankedAs(facts, model), rankedAs(facts, wanted)];
  if (model === wanted || picked === undefined || other === undefined) return '';
  const [usd, otherUsd] = [picked.usdPerMTok, other.usdPerMTok];
  if (usd === null || (otherUsd !== null && usd > otherUsd)) return '';
  const isBestHere = !isOutside && wanted === challenger;
  const name = `${wanted}, the best model ${isBestHere ? `for ${prompts}` : 'overall'}`;
  // Means are the same with feedback and without.
  const difference = isOutside
    ? differenceWords(picked.meanOutcome ?? 0, other.meanOutcome ?? 0)
    : differenceWords(picked.pCorrect, other.pCorrect);
  if (otherUsd !== null) {
    const quality = isOutside ? `scores ${difference} on average` : `is predicted to score ${difference}`;
    return `${savingWords(usd, otherUsd)} ${name}, and ${quality}.`;
  }
  const quality = isOutside ? `Scores ${difference} on average` : `Predicted to score ${difference}`;
  return `${quality} ${difference === 'the same' ? 'as' : 'than'} ${name}, whose price is not known.`;
}

const UNREAD_WORDS: Readonly<Record<UnreadCause, (prompts: string) => string>> = {
  language: () => "The embedder can't read this language.",
  marks: (prompts) => `There are no words in ${prompts}.`,
  empty: (prompts) => (prompts === 'this prompt' ? 'The prompt is empty.' : 'The prompts are empty.'),
};

function unlikeWords(prompts: string, reason: FallbackReason | null, cause?: UnreadCause): string {
  if (!isUnread(reason)) return `Nothing in the benchmark is like ${prompts}.`;
  const known = reason === 'empty_prompt' ? 'empty' : cause;
  return known === undefined ? `The embedder can't read ${prompts}.` : UNREAD_WORDS[known](prompts);
}

function resemblanceWords(facts: Situation): string {
  const { model, fallbackReason, coverage, tasks, prompts, isOutside, unread } = facts;
  if (isOutside) return unlikeWords(prompts, fallbackReason, unread);
  if (rankedAs(facts, model)?.ownMean) {
    return 'No similar question has a result for this model, so its average over the benchmark counts.';
  }
  const many = coverage.percentile <= 50 ? 'many ' : coverage.percentile <= 90 ? '' : 'only a few ';
  const [first] = tasks;
  if (first === undefined) return `Based on ${many}similar benchmark questions.`;
  const relation = first.weight >= 0.5 ? 'mostly in' : 'such as those in';
  return `Based on ${many}similar questions, ${relation} the benchmark task ${first.task}.`;
}

function feedbackWords({ model, challenger, bestSingleModel, isOutside, feedback }: Situation): string {
  if (feedback !== undefined && feedback.ratings > 0) {
    const { ratings, without } = feedback;
    const which = ratings === 1 ? 'Your rating of a similar prompt' : `Your ${ratings} ratings of similar prompts`;
    if (model !== without) return `${which} changed the pick from ${without}.`;
    return `${which} ${ratings === 1 ? 'does' : 'do'} not change the pick.`;
  }
  const isCorrected = isOutside && model === challenger && challenger !== bestSingleModel;
  return isCorrected ? 'The given corrections put this model ahead of the best one overall.' : '';
}

/** Adds the sentences to the facts of a decision. */
export function withReasons<Facts extends DecisionFacts>(
  facts: Facts,
  further: FurtherFacts = {},
): Facts & { reason: string; reasons: Reasons } {
  const situation = situationOf(facts, further);
  const reasons: Reasons = {
    choice: choiceWords(situation),
    resemblance: resemblanceWords(situation),
    price: priceWords(situation),
    feedback: feedbackWords(situation),
  };
  const { choice, resemblance, price } = reasons;
  return { ...facts, reason: join(choice, price, resemblance, reasons.feedback), reasons };
}

/** Says where a model's predicted correctness comes from, as a phrase. */
export function sourceWords({ ownMean, votes }: Pick<RankedModel, 'ownMean' | 'votes'>, policy: Decision['policy']) {
  if (ownMean) return 'its average over the benchmark';
  const counted = (one: string, many: string) => `${votes} ${votes === 1 ? one : many}`;
  return policy === 'signalbox'
    ? `weighted over ${counted('benchmark task', 'benchmark tasks')}`
    : `from ${counted('result', 'results')} on similar questions`;
}

/** Says why the chances in a cascade are not about the prompt. */
export const cascadeWords = (fallbackReason: FallbackReason) =>
  `${unlikeWords('this prompt', fallbackReason)} The chances are averages over the benchmark's tasks.`;
