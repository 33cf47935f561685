/**
 * The sentences that say why a model was picked, made from the facts of a decision. Each part stands alone, so that a
 * page, a badge or a command shows the parts that it needs. Sentences begin with the pick, whose name every interface
 * shows next to them, or with what it gains; none contains a percentage, which a reader could take for a chance.
 */
import type {
  Coverage,
  Decision,
  FallbackReason,
  IndexInfo,
  Kind,
  RankedModel,
  Reasons,
  UnreadCause,
} from '../types.js';
import { dateWords, shareWords } from './price-words.js';
import { isOutsideBenchmark, isUnread } from './unread.js';

/** Least probability of a kind that is named, and of one that is named with a reservation. */
const NAMED = 0.75;
const LIKELY = 0.4;
/** Least weight of a family that alone is named. */
const IN_FAMILY = 0.6;

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
  /** Returns the name of a task for readers; default: its name. */
  taskLabel?: ((task: string) => string) | undefined;
}

type RankedFacts = Pick<RankedModel, 'model' | 'pCorrect' | 'ownMean' | 'meanOutcome' | 'usdPerMTok'> &
  Partial<Pick<RankedModel, 'usdPerAnswer'>>;

/** The facts that the sentences depend on, besides feedback: a part of every `Decision` and `TaskDecision`. */
export interface DecisionFacts
  extends Pick<
    Decision,
    'model' | 'policy' | 'confidence' | 'challengerConfidence' | 'fallbackReason' | 'bestSingleModel' | 'challenger'
  > {
  coverage: Pick<Coverage, 'percentile' | 'outOfCoverage'>;
  tasks: Decision['tasks'];
  families?: Decision['families'];
  kinds?: readonly Kind[];
  price?: Partial<Decision['price']>;
  ranking: readonly RankedFacts[];
  /** Prompts of a task. */
  inputs?: number;
}

/** The facts, and what follows from them. */
interface Situation extends DecisionFacts, FurtherFacts {
  isOne: boolean;
  /** "this prompt" or "these prompts". */
  prompts: string;
  /** Only the models' means are left to go by. */
  isOutside: boolean;
  /** The pick if prices did not count. Outside the benchmark's coverage this ignores corrections. */
  wanted: string;
}

function situationOf(facts: DecisionFacts, further: FurtherFacts): Situation {
  const { fallbackReason, bestSingleModel, challenger, inputs = 1 } = facts;
  const isOutside = isOutsideBenchmark(facts);
  return {
    ...facts,
    isOne: inputs === 1,
    prompts: inputs === 1 ? 'this prompt' : 'these prompts',
    isOutside,
    wanted: isOutside || fallbackReason === 'low_confidence' ? bestSingleModel : challenger,
    ...further,
  };
}

const join = (...sentences: readonly string[]) => sentences.filter((sentence) => sentence !== '').join(' ');

const rankedAs = ({ ranking }: DecisionFacts, model: string) => ranking.find((ranked) => ranked.model === model);

/** Outside the coverage the means count: they are the same with feedback and without. */
const qualityOf = ({ isOutside }: Situation, { pCorrect, meanOutcome }: RankedFacts) =>
  isOutside ? (meanOutcome ?? 0) : pCorrect;

/** Families know costs of answers also of models without a price per token. */
const isPriced = ({ usdPerMTok, usdPerAnswer }: RankedFacts) => usdPerMTok !== null || usdPerAnswer != null;

/** Returns the best candidate with a price. */
function bestPriced(facts: Situation): RankedFacts | undefined {
  const priced = facts.ranking.filter(isPriced);
  return priced.reduce<RankedFacts | undefined>(
    (best, next) => (best === undefined || qualityOf(facts, next) > qualityOf(facts, best) ? next : best),
    undefined,
  );
}

/** Returns the prices of two models as the choice compared them: per answer if that is known of all models with a price. */
function pricesOf({ ranking }: Situation, picked: RankedFacts, other: RankedFacts): [number, number] | undefined {
  const isPerAnswer = ranking.every(({ usdPerMTok, usdPerAnswer }) => usdPerMTok === null || usdPerAnswer != null);
  const priceOf = (ranked: RankedFacts) => (isPerAnswer ? (ranked.usdPerAnswer ?? null) : ranked.usdPerMTok);
  const [usd, otherUsd] = [priceOf(picked), priceOf(other)];
  return usd === null || otherUsd === null ? undefined : [usd, otherUsd];
}

function savingWords(prices: readonly [number, number] | undefined, points: number): string {
  const [usd, otherUsd] = prices ?? [1, 0];
  if (usd > otherUsd) return '';
  if (usd === otherUsd) return ', for the same price';
  if (usd === 0) return points > 0 ? ', but free' : ', and free';
  return `, for ${shareWords(usd, otherUsd)}`;
}

/** Compares the quality of the pick with that of another model, which is `points` better. */
function distanceWords(points: number, other: string): string {
  if (points === 0) return `As good as ${other}`;
  const count = `${Math.abs(points)} ${Math.abs(points) === 1 ? 'point' : 'points'}`;
  return `${count} ${points > 0 ? 'below' : 'above'} ${other}`;
}

/** Says what is uncertain about a trade; outside the coverage this would reveal corrections. */
function doubtWords({ confidence, isOutside }: Situation, points: number): string {
  if (isOutside || confidence >= 0.5) return '';
  return points > 0 ? 'It may well be further below.' : 'It may well be worse.';
}

/** For a pick that is not the model that would be picked if prices did not count. */
function tradeWords(facts: Situation): string {
  const { model, wanted, challenger, isOutside } = facts;
  const [picked, first] = [rankedAs(facts, model), rankedAs(facts, wanted)];
  // A correction may put a model without a price first, or a dearer one: then nothing was traded.
  if (picked === undefined || first === undefined || !isPriced(picked)) return '';
  const isFirstPriced = isPriced(first);
  const rival = isFirstPriced ? first : (bestPriced(facts) ?? picked);
  const isFirst = rival.model === model || qualityOf(facts, rival) > qualityOf(facts, first);
  const other = isFirst ? first : rival;
  const prices = pricesOf(facts, picked, other);
  if (isOutside && prices !== undefined && prices[0] > prices[1]) return '';
  const points = Math.round(100 * (qualityOf(facts, other) - qualityOf(facts, picked)));
  const best = wanted === challenger && !isOutside ? 'the best' : 'the best overall';
  const which = isFirstPriced || other === first ? best : 'the best with a known price';
  const average = isOutside ? ' on average' : '';
  const price = isFirstPriced || other !== first ? savingWords(prices, points) : ', whose price is not known';
  return join(`${distanceWords(points, which)}${average}${price}.`, doubtWords(facts, points));
}

/** For the best model for the prompts. The paper's scores have no confidence if that is the best one overall. */
function bestWords({ model, bestSingleModel, challengerConfidence: sure, policy, prompts }: Situation): string {
  if (model !== bestSingleModel) {
    if (sure >= 0.8) return `Best for ${prompts}, and very likely better than the best overall.`;
    if (sure >= 0.6) return `Best for ${prompts}, and probably better than the best overall.`;
    if (sure >= 0.4) return `Best for ${prompts}, by a narrow margin over the best overall.`;
    return `Predicted to be best for ${prompts}, but doubtfully better than the best overall.`;
  }
  if (policy !== 'signalbox' && policy !== 'families') return `Best overall and for ${prompts}.`;
  if (sure >= 0.8) return `Best overall, and clearly best for ${prompts}.`;
  return sure >= 0.6 ? `Best overall and for ${prompts}.` : `Best overall, and by a narrow margin for ${prompts}.`;
}

/** For the best model overall where nothing is known of the prompts. That it costs most must not be hidden. */
function overallWords({ model, policy, ranking }: Situation): string {
  const costOf = ({ usdPerMTok, usdPerAnswer }: RankedFacts) => usdPerAnswer ?? usdPerMTok ?? 0;
  const most = Math.max(...ranking.map(costOf));
  const isDearest =
    policy === 'families' && ranking.some((ranked) => ranked.model === model && costOf(ranked) === most);
  return isDearest && most > 0 ? 'Best overall, and the most expensive one.' : 'Best overall.';
}

function choiceWords(facts: Situation): string {
  const { model, bestSingleModel, ranking, fallbackReason, isOutside, wanted } = facts;
  if (ranking.length === 1) return 'The only model that may be picked.';
  if (model !== wanted) return tradeWords(facts);
  if (isOutside) return model === bestSingleModel ? overallWords(facts) : '';
  if (fallbackReason === 'low_confidence') return 'Best overall: the evidence for another model is too weak.';
  return bestWords(facts);
}

/** Says how old the price of the pick is, if it is too old to rely on. */
function priceWords({ price }: Situation): string {
  const { date, ageDays, stale } = price ?? {};
  if (stale !== true || date == null || ageDays == null) return '';
  return `Its price is from ${dateWords(date)}, ${Math.round(ageDays)} days ago, and may have changed.`;
}

const UNREAD_WORDS: Readonly<Record<UnreadCause, (isOne: boolean) => string>> = {
  language: () => "This language can't be read.",
  marks: (isOne) => `There are no words in ${isOne ? 'this prompt' : 'these prompts'}.`,
  gibberish: (isOne) => `${isOne ? 'This looks' : 'These look'} like random letters.`,
  empty: (isOne) => (isOne ? 'The prompt is empty.' : 'The prompts are empty.'),
};

function unlikeWords(isOne: boolean, reason: FallbackReason | null, cause?: UnreadCause): string {
  const prompts = isOne ? 'this prompt' : 'these prompts';
  if (!isUnread(reason)) return `Nothing in the benchmark is like ${prompts}.`;
  const known = reason === 'empty_prompt' ? 'empty' : cause;
  if (known !== undefined) return UNREAD_WORDS[known](isOne);
  return isOne ? "This prompt can't be read." : "These prompts can't be read.";
}

function kindWords({ kinds = [], isOne }: Situation): string {
  const [first] = kinds;
  if (first === undefined || first.probability < LIKELY) return '';
  if (first.probability < NAMED) return `Most like ${first.label}.`;
  return `${isOne ? 'This looks' : 'These look'} like ${first.label}.`;
}

/** Names the family of prompts, or the two likeliest ones, if there are several. */
function familyWords({ families = [], isOne }: Situation): string {
  const [first, second] = families;
  if (first === undefined || second === undefined) return '';
  if (first.weight >= IN_FAMILY) {
    return `${isOne ? 'This prompt belongs' : 'These prompts belong'} to the family "${first.name}".`;
  }
  return `Between the families "${first.name}" and "${second.name}".`;
}

function resemblanceWords(facts: Situation): string {
  const { model, fallbackReason, coverage, tasks, isOne, isOutside, unread, taskLabel } = facts;
  if (isOutside) return unlikeWords(isOne, fallbackReason, unread);
  const kind = kindWords(facts);
  if (rankedAs(facts, model)?.ownMean) {
    return join(kind, 'No similar question has a result for this model, so its average over the benchmark counts.');
  }
  const isRare = coverage.percentile > 90;
  const named = familyWords(facts) || kind;
  if (named !== '')
    return join(named, isRare ? `Few questions in the benchmark are like ${isOne ? 'it' : 'them'}.` : '');
  const many = coverage.percentile <= 50 ? 'many ' : isRare ? 'only a few ' : '';
  const [first] = tasks;
  if (first === undefined) return `Based on ${many}similar questions of the benchmark.`;
  const relation = first.weight >= 0.5 ? 'mostly' : 'for example';
  return `Based on ${many}similar questions, ${relation} from ${taskLabel?.(first.task) ?? first.task}.`;
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

/** Returns the name of a task for readers. */
export const taskLabel = ({ tasks }: Pick<IndexInfo, 'tasks'>, task: string) =>
  tasks.find(({ name }) => name === task)?.record?.displayName ?? task;

/** Returns the kind that a decision names: only one that is told well, and only for a prompt in coverage. */
export function kindOf(facts: Pick<DecisionFacts, 'coverage' | 'fallbackReason' | 'kinds'>): Kind | null {
  const [first] = facts.kinds ?? [];
  return first === undefined || first.probability < NAMED || isOutsideBenchmark(facts) ? null : first;
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
  return { ...facts, reason: join(choice, resemblance, price, reasons.feedback), reasons };
}

/**
 * Says where a model's predicted correctness comes from, as a phrase.
 *
 * @example
 * ```js
 * const { ranking, policy } = await router.route(prompt);
 * for (const ranked of ranking.slice(0, 3)) console.log(ranked.model, sourceWords(ranked, policy));
 * ```
 */
export function sourceWords({ ownMean, votes }: Pick<RankedModel, 'ownMean' | 'votes'>, policy: Decision['policy']) {
  if (ownMean) return 'its average over the benchmark';
  const counted = (one: string, many: string) => `${votes} ${votes === 1 ? one : many}`;
  if (policy === 'families') return `from ${counted('result', 'results')} on prompts of the same families`;
  return policy === 'signalbox'
    ? `weighted over ${counted('benchmark task', 'benchmark tasks')}`
    : `from ${counted('result', 'results')} on similar questions`;
}

/** Says why the chances in a cascade are not about the prompt. */
export const cascadeWords = (fallbackReason: FallbackReason) =>
  `${unlikeWords(true, fallbackReason)} The chances are averages over the benchmark's tasks.`;
