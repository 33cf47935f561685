// Longer than most files: the whole vocabulary in one place, so that a reader finds every shape of the surface here.
// The declarations name Symbol.dispose, which the libraries of a consumer's target may not have.
/// <reference lib="esnext.disposable" preserve="true" />

/** The shapes of the public surface: plain data that survives `structuredClone` and, except for typed arrays, JSON. */

import type { ErrorCode } from './errors.js';
import { policiesFor } from './policies.js';

/**
 * Policies, by name.
 *
 * - `signalbox` (default, unless the index has families): compares the input or task with whole benchmark tasks, which
 *   labels re-weight.
 * - `s1`: mean predicted correctness over the nearest samples.
 * - `s2`: share of inputs on which the model is predicted to be right (tasks only).
 * - `s3`: `s2` corrected by how reliable the predictor is (tasks only).
 * - `families` (default of an index that has them): the means of the families of prompts that the input or task belongs
 *   to, and the cost of an answer there. Labels do not count.
 * - `paper`: the paper's own choice, `s1` for one input and `s3` for a task. As with every policy,
 *   `maxCoveragePercentile: 100` turns off the rule for inputs out of coverage.
 */
export type Policy = 'signalbox' | 'paper' | 's1' | 's2' | 's3' | 'families';
/** Names of all policies. */
export const POLICIES: readonly Policy[] = /* @__PURE__ */ policiesFor('task');

/**
 * The dial between quality and price: the percentage points of predicted correctness that may be given up for a lower
 * price, 0..100, or a name: `best` 0 (prices do not count at all), `balanced` 2, `cheap` 5. With an index that has a
 * setting of its own (`IndexInfo.families`), `balanced` is that setting, and at `best` prices decide between models that
 * are equally good.
 */
export const PREFERENCES = ['best', 'balanced', 'cheap'] as const;
/** A setting of the dial between quality and price: a name of `PREFERENCES`, or a number of points. */
export type Preference = (typeof PREFERENCES)[number] | number;

/** Types in which an index stores the vectors of its rows, from the most exact to the smallest. */
export const CODE_TYPES = ['float32', 'int8', 'int4', 'binary'] as const;
/** One of `CODE_TYPES`. */
export type CodeType = (typeof CODE_TYPES)[number];

/**
 * The reason why the best single model was used in place of the policy's choice: the evidence was too weak, nothing in
 * the benchmark is like the input, the embedder could not read it, or there is nothing to read.
 */
export const FALLBACK_REASONS = ['low_confidence', 'out_of_coverage', 'unread', 'empty_prompt'] as const;
/** One of `FALLBACK_REASONS`. */
export type FallbackReason = (typeof FALLBACK_REASONS)[number];

/**
 * The reason why a text could not be read: its `language`, random letters (`gibberish`), no words but `marks` or numbers,
 * or it is `empty`.
 */
export const UNREAD_CAUSES = ['language', 'gibberish', 'marks', 'empty'] as const;
/** One of `UNREAD_CAUSES`. */
export type UnreadCause = (typeof UNREAD_CAUSES)[number];

/** Comparisons of a pick with the other candidates; see `Decision.strength`. */
export const STRENGTHS = ['strong', 'even', 'weak'] as const;
/** One of `STRENGTHS`. */
export type Strength = (typeof STRENGTHS)[number];

/** Reasons why a model is not in the ranking. */
export const EXCLUSION_REASONS = [
  'not_a_candidate',
  'denied',
  'over_max_price',
  'price_unknown',
  'no_outcomes',
  'released_outside',
  'other_maker',
  'other_weights',
  'unknown_released',
  'unknown_maker',
  'unknown_open_weights',
  'expired',
  'context_too_small',
  'lacks_modality',
  'lacks_tools',
  'lacks_structured_output',
  'unknown_context',
  'unknown_modalities',
  'unknown_tools',
  'unknown_structured_output',
] as const;
/** One of `EXCLUSION_REASONS`. */
export type ExclusionReason = (typeof EXCLUSION_REASONS)[number];

/**
 * The reason why a valid option has no effect, or not all of it:
 *
 * - `no_prices`: `prefer` or `costWeight` is given, but no candidate has a known price.
 * - `pick_without_price`: `costWeight`, but the price of the policy's choice is not known.
 * - `one_task`: the policy compares the benchmark's tasks, but the index has only one.
 * - `unused_by_policy`: a constant that does not affect the choice of this policy.
 * - `more_than_rows`: `k`, `kappa` or `neighbours` exceeds the rows of the index.
 * - `multilingual_unavailable`: the table of `LoadOptions.multilingual` could not be loaded, so that the index's own
 *   embedder read a prompt in another language, as far as it could.
 * - `needs_unchecked`: the conversation has files or tools, but it is not known of the pick, nor of any candidate, whether
 *   it can use them.
 * - `added_model`: the pick was added to the index from results on a few rows, so that its numbers are estimates.
 */
export const NOTE_CODES = [
  'no_prices',
  'pick_without_price',
  'one_task',
  'unused_by_policy',
  'more_than_rows',
  'multilingual_unavailable',
  'needs_unchecked',
  'added_model',
] as const;
/** One of `NOTE_CODES`. */
export type NoteCode = (typeof NOTE_CODES)[number];

/** An option that this index or policy could not honour. */
export interface Note {
  code: NoteCode;
  /** Names the option and says why, in a sentence. */
  message: string;
}

/** US dollars per million tokens of input and of output, and if known of input from a cache. */
export interface DatedPrice {
  in: number;
  out: number;
  cacheRead?: number | undefined;
  /** Day of the price, YYYY-MM-DD. */
  date?: string | undefined;
  /** List that has the price. */
  source?: string | undefined;
}

/** US dollars per million tokens: one number, or separate input and output prices (blended 3 : 1 where one number is needed). */
export type Price = number | DatedPrice;

/**
 * A conversation, in the shape of OpenAI, the AI SDK or LangChain. The user's last turn decides; if it has fewer than eight
 * words, the end of the answer before it is read with it. System prompts and tools do not decide. Images, other files and
 * tools set `RouteOptions.needs`, and so do the tokens of everything together (docs/conversations.md).
 */
export interface Conversation {
  /** Messages with `role` and `content`, or LangChain's, in their order; files may be left out of their parts. */
  messages: readonly object[];
  /** The system prompt, if it is not one of the messages. */
  system?: string | null | undefined;
  /** The tools that the model may call: a list, or an object by name. */
  tools?: readonly object[] | Readonly<Record<string, unknown>> | null | undefined;
}

/** Kinds of content that models read. */
export const MODALITIES = ['text', 'image', 'audio', 'video', 'pdf'] as const;
/** One of `MODALITIES`. */
export type Modality = (typeof MODALITIES)[number];

/** Abilities that an input needs of a model. */
export interface Needs {
  /** Tokens of the prompt and the answer together, a whole number from 0. */
  context?: number | null | undefined;
  /** Kinds of content that the model must read. */
  modalities?: readonly Modality[] | null | undefined;
  /** `true`: the model must be able to call tools. */
  tools?: boolean | null | undefined;
  /** `true`: the model must be able to keep to a schema. */
  structuredOutput?: boolean | null | undefined;
}

/** Facts about a conversation that count beside its text. */
export interface ConversationFacts {
  needs: Needs;
  /** Estimated tokens before the user's last turn, and of system prompt and tools. */
  tokensBefore: number;
  /** `true` in the middle of a task: after the user's last turn a tool was called, or that turn is a short reply to an answer. */
  midTask: boolean;
}

/**
 * One input: a prompt, a conversation, a vector from the index's embedder ([dim], finite, of any norm; zeros mean
 * "unread"), or an embedding that `embed` returned.
 */
export type RouteInput = string | Conversation | ArrayLike<number> | Embedding;

/** Several inputs: a list, or one matrix [n * dim] row by row. Prompts, vectors and embeddings may be mixed. */
export type RouteInputs = readonly RouteInput[] | Float32Array;

/** The known outcomes of one input of a task. */
export interface Label {
  /** Position of the input in the task, from 0. */
  index: number;
  /** Outcomes by model: `true` or 1 right, `false` or 0 wrong, a number in between for graded outcomes. Omit unknown ones. */
  outcomes: Readonly<Record<string, number | boolean>>;
}

/**
 * Options of every decision, as a plain object. Ranges are closed; a value out of range, an unknown key, and a container
 * that is not a list or a plain object (such as a Set) are `invalid_argument`. Options that are valid but cannot be
 * honoured are in the decision's `notes`.
 */
export interface RouteOptions {
  /**
   * Only these models, or all except the denied ones, which deny wins. Names as `resolve` knows them, or patterns: `*`
   * stands for any text, as in `anthropic/*`. A name or pattern of no model is `unknown_model`.
   */
  candidates?: readonly string[] | { allow?: readonly string[]; deny?: readonly string[] } | undefined;
  /** Default `families` for an index that has them, else `signalbox`. `s2` and `s3` need a task. */
  policy?: Policy | undefined;
  /** Neighbours that vote, >= 1; default: the index's own. */
  k?: number | undefined;
  /** Neighbours that the distance u averages over, >= 1; default: the index's own. */
  kappa?: number | undefined;
  /** t of eq. 4, 0..1: an input counts as predicted right if more than this share of its votes are right. */
  threshold?: number | undefined;
  /** Kernel width of the predictor's accuracy (eq. 14), > 0. */
  sigma?: number | undefined;
  /**
   * Minimum `challengerConfidence` to choose another model over the best single one (eq. 8), 0..1; 0 always overrides. The
   * default depends on the policy: `signalbox` .55 for a task and 0 for an input; `s3`, and `s1` for an input, the index's.
   */
  eta?: number | undefined;
  /**
   * Percentile of the mean neighbour distance beyond which an input is out of coverage, 0..100; default 99. With `families`,
   * 99 is the reach of the input's own families.
   */
  maxCoveragePercentile?: number | undefined;
  /** Prices that replace the index's (with `families`, costs of answers change in proportion), which are the decimals that its builder was given, to seven digits or more. */
  prices?: Readonly<Record<string, Price>> | undefined;
  /** Exclude models above this price or without a price; a model at this price stays. */
  maxUsdPerMTok?: number | undefined;
  /** The same for the expected price of an answer, in US dollars; an index without costs or lengths of answers knows none. */
  maxUsdPerAnswer?: number | undefined;
  /** Only models released in this time, both ends included: YYYY-MM-DD, YYYY-MM or YYYY. */
  released?: { from?: string; to?: string } | undefined;
  /** Only models of these makers, as in the names of models (`anthropic`) or for display (`Moonshot AI`). */
  makers?: readonly string[] | undefined;
  /** `true`: only models with open weights; `false`: only those without. */
  openWeights?: boolean | undefined;
  /**
   * Only models that can do this. A model of which it is not known is excluded, too. A conversation adds what its messages
   * show: images and other files, tools, and the tokens, with a margin. If no candidate is known to meet such a need, those
   * of which it is not known stay, and the decision has the note `needs_unchecked`.
   */
  needs?: Needs | undefined;
  /**
   * A conversation under way: its model stays unless another one is worth sending everything again
   * (docs/conversations.md). Only for `route`.
   */
  conversation?: ConversationState | undefined;
  /**
   * How much predicted correctness may be given up for a lower price, default `balanced`. The pick is the cheapest model
   * within so many points of the best one that has a price.
   */
  prefer?: Preference | undefined;
  /** In place of `prefer`: predicted correctness to trade per US dollar per million tokens, >= 0. */
  costWeight?: number | undefined;
  /**
   * Corrections added to the predicted correctness of models before the choice, -1..1 each, from evidence outside the
   * benchmark. Only `signalbox` accounts for them in its confidence.
   */
  corrections?: Readonly<Record<string, number>> | undefined;
  /** Number of the nearest benchmark samples to report, 0..1000; default 0. Each has the outcomes of all models. */
  neighbours?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** The state of a conversation before this turn. */
export interface ConversationState {
  /** Name of the conversation, for logs: the decision has it, too. */
  id?: string | null | undefined;
  /** The model that answered last, by any of its names. */
  model: string;
  /**
   * Tokens of the conversation so far, which another model would have to read again. Default: those of the messages before
   * the text that decides; for an input without messages 0.
   */
  tokens?: number | null | undefined;
  /** Tokens of them that the model's provider has in its cache; default: all. */
  cachedTokens?: number | null | undefined;
  /** `true` if the last answer was wrong or missing: a better model is then picked, if there is one. */
  failed?: boolean | null | undefined;
  /** `true` in the middle of a task: the model is then never exchanged for a worse one. Default: what the messages show. */
  midTask?: boolean | null | undefined;
  /**
   * US dollars that one more right answer is worth, >= 0. Default: the setting of an index that has one
   * (`IndexInfo.families`), else .1; with `prefer: 'best'` any price.
   */
  answerUsd?: number | null | undefined;
}

/**
 * The reason why a conversation stays with its model or leaves it:
 *
 * - `same`: the router picks the same model.
 * - `failed`: the last answer was wrong, and a better model is there.
 * - `no_better`: the last answer was wrong, but no model is predicted to be better.
 * - `mid_task`: a task is under way, and the other model is predicted to be worse.
 * - `worth_it`: what the other model gains or saves is worth more than sending the conversation again.
 * - `not_worth_it`: it is not.
 * - `unknown_price`: without the prices of both models nobody can tell.
 * - `not_available`: the model is excluded, or the index does not know it.
 */
export const CONVERSATION_REASONS = [
  'same',
  'failed',
  'no_better',
  'mid_task',
  'worth_it',
  'not_worth_it',
  'unknown_price',
  'not_available',
] as const;
/** One of `CONVERSATION_REASONS`. */
export type ConversationReason = (typeof CONVERSATION_REASONS)[number];

/** The effect of a conversation's state on a decision. */
export interface ConversationOutcome {
  id: string | null;
  /** Whether the model that answered last goes on. */
  stayed: boolean;
  reason: ConversationReason;
  /** The model that the router picks for this turn alone. */
  alone: string;
  /** US dollars that this turn costs more with that model than with the one that answered last, by prices and cache; `null` if not known. */
  extraUsd: number | null;
}

/** Options of calls with several inputs. */
export interface RouteManyOptions extends RouteOptions {
  /**
   * Only for `routeMany`, in place of `prefer` and `costWeight`: US dollars that all answers together may cost, as expected
   * from `usdPerAnswer`. Models are chosen so that the most answers are expected to be right. `no_candidate` if the budget
   * is too small even for the cheapest models, or no price of an answer is known.
   */
  budgetUsd?: number | null | undefined;
  /** Called after each block of inputs that was embedded and scored; `done` inputs of `total`. */
  onProgress?: ((event: { done: number; total: number }) => void) | undefined;
}

/** Options of `Routing.routeTask`. */
export interface RouteTaskOptions extends RouteManyOptions {
  /** Known outcomes of some of the task's inputs: they join the pool and measure the predictor's accuracy. */
  labels?: readonly Label[] | undefined;
  /**
   * The answers by which the labelled inputs were chosen (`Routing.nextLabels`), with the policy `signalbox`. On inputs
   * where all candidates give the same answer none is better, whatever its grade: labels count for the others. Give them
   * only with labels from `nextLabels`. Without labels they have no effect.
   */
  answers?: Answers | undefined;
}

/**
 * Answers of models to the prompts of a task, one object for each prompt: by model, a text or a number; without an answer
 * `null`, an empty text, or nothing. Two answers are the same if they are the same choice ("B", "(B)", "The answer is B"),
 * the same number ("42.0", "42"), or the same text but for case, blanks and marks around it.
 */
export type Answers = readonly Readonly<Record<string, string | number | null>>[];

/** Sets from which a prompt was drawn for grading: all prompts, or those on which the candidates' answers differ. */
export const SELECTED_BY = ['random', 'disagreement'] as const;
/** One of `SELECTED_BY`. */
export type SelectedBy = (typeof SELECTED_BY)[number];

/** Options of `Routing.nextLabels`. */
export interface NextLabelsOptions {
  /** All inputs of the task, as for `routeTask`. */
  prompts: RouteInputs;
  /** Answers of the candidates, as far as they are known; a model without any answer is then no candidate. */
  answers?: Answers | undefined;
  /** The grades so far. */
  labels?: readonly Label[] | undefined;
  /** As in `RouteOptions`. */
  candidates?: RouteOptions['candidates'] | undefined;
  /** Chooses other prompts; a whole number from 0, default 1. */
  seed?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Called after each block of prompts that was read. */
  onProgress?: ((event: { done: number; total: number }) => void) | undefined;
}

/** A prompt to grade. */
export interface NextLabel {
  /** Position of the prompt in the task, from 0. */
  index: number;
  selectedBy: SelectedBy;
  /** How many prompts this one stands for: those that it was drawn from, by those that were drawn. */
  weight: number;
}

/**
 * Reasons why there is nothing to grade: only one model is a candidate, all candidates give the same answers, or every prompt on
 * which they differ has a grade.
 */
export const NOTHING_LEFT = ['one_candidate', 'answers_agree', 'all_graded'] as const;
/** One of `NOTHING_LEFT`. */
export type NothingLeft = (typeof NOTHING_LEFT)[number];

/** Prompts to grade next: see `Routing.nextLabels`. */
export interface NextLabels {
  /** In the order of the draw, so that the first rows alone are a random sample, too. */
  rows: NextLabel[];
  /** The models whose answers to grade, best first: those among which grades still decide. */
  candidates: string[];
  /** Prompts on which the answers of the candidates differ or are unknown; without `answers` all prompts. */
  disagreeing: number;
  /** Those of them that are graded. */
  graded: number;
  /** Set if `rows` is empty although some were asked for. */
  nothingLeft: NothingLeft | null;
}

/** Options of `Routing.texts`. */
export interface TextsOptions {
  signal?: AbortSignal | undefined;
}

/** Options of `Routing.embed`. */
export interface EmbedOptions {
  signal?: AbortSignal | undefined;
  /** Called after each block of embedded prompts. */
  onProgress?: ((event: { done: number; total: number }) => void) | undefined;
}

/** A candidate in the ranking of a decision. */
export interface RankedModel {
  model: string;
  /** Correctness predicted by the policy, after `corrections`, 0..1; out of coverage, the model's mean over tasks. */
  pCorrect: number;
  /**
   * 95% interval of `pCorrect`: of the mixture over tasks for `signalbox`, with the sampling error of the tasks' means, the
   * same over families for `families`, Wilson's for votes, exact for `s3`.
   */
  interval: [low: number, high: number];
  /** Neighbours (over all inputs), benchmark tasks (`signalbox`) or outcomes (`families`) behind `pCorrect`. */
  votes: number;
  /** Whether `pCorrect` is the model's own mean: it had no vote, or the input is out of coverage. */
  ownMean: boolean;
  /** Mean over the benchmark's tasks, by their weights. */
  meanOutcome: number | null;
  /** Parameters in billions. */
  paramsB: number | null;
  usdPerMTok: number | null;
  usdPerAnswer: number | null;
}

/** A candidate in the ranking of a decision about a task, with the paper's scores. */
export interface TaskRankedModel extends RankedModel {
  /** Eqs. 3, 4 and 7. */
  s1: number;
  s2: number;
  s3: number;
  /** Probability that the predictor is right on this task (eqs. 12-14). */
  p: number;
  /** Whether `p` was measured on labels. */
  pMeasured: boolean;
}

/** A benchmark sample near the input. */
export interface Neighbour {
  row: number;
  task: string;
  id: string;
  /** Cosine similarity, -1..1. */
  similarity: number;
  /** Cosine distance, 1 - similarity. */
  distance: number;
  /** Outcome of every model; `null` if it was not measured. */
  outcomes: Record<string, number | null>;
  /**
   * Beginning of the sample's prompt, if the index file contains it: at most 160 characters. `null` otherwise;
   * `Routing.texts` returns those that lie beside the index.
   */
  text: string | null;
}

/** A kind of everyday work, such as "writing SQL". */
export interface Kind {
  name: string;
  /** A phrase that completes "This looks like ...". */
  label: string;
  /** Probability that the prompt is of this kind. */
  probability: number;
}

/** The distance of an input to the benchmark. */
export interface Coverage {
  /** Mean cosine distance to the kappa nearest samples, over the inputs. */
  meanDistance: number;
  /**
   * Rank of that distance among the benchmark's own samples, 0..100. With `families`, distances are stretched so that the
   * reach of the input's families ranks 99; what lies beyond ranks 100.
   */
  percentile: number;
  outOfCoverage: boolean;
}

/**
 * The reasons for a pick, by topic: up to two sentences each, empty if there is nothing to say. They are about the pick,
 * without its name, and contain no percentages.
 */
export interface Reasons {
  /** Quality and money that the pick gives up and saves against the best model, or that it is the best one. */
  choice: string;
  /** Kind of work that the prompt looks like, or that nothing in the benchmark is like it. */
  resemblance: string;
  /** The age of the pick's price, if that is old. */
  price: string;
  /** The effect of the user's feedback, or of a given correction. The other parts mention neither. */
  feedback: string;
}

/** A choice and everything that led to it. */
export interface Decision<Ranked extends RankedModel = RankedModel> {
  /** The pick. */
  model: string;
  /** The policy that decided; `paper` is reported as the score it stands for. */
  policy: Exclude<Policy, 'paper'>;
  /** Why this model was picked, in a few sentences: all of `reasons`. */
  reason: string;
  /** The same by topic, for a display that needs only some of it. */
  reasons: Reasons;
  /** The kind of everyday work, if its probability is at least .75 and the prompt is in coverage. */
  kind: Kind | null;
  /** The three likeliest kinds, likeliest first; empty if the index has no kinds. */
  kinds: Kind[];
  /**
   * The pick's chance of being right, 0..1: its `pCorrect`, but only where that is a chance. At least half of the votes
   * for tasks are on tasks with a checkable answer in domains where the index was measured to be calibrated, and so are at
   * least half of `kinds`; for an index without records of its tasks every task counts as such. `null` otherwise, and out
   * of coverage.
   */
  chance: number | null;
  /**
   * How the pick's `pCorrect` (out of coverage, its `meanOutcome`) compares with that of all candidates. Between the median candidate and the best one, the
   * upper third and above is `strong`, the rest `even`; below the median is `weak`. If the best candidate is less than one
   * point above the median, every candidate is `even`.
   */
  strength: Strength;
  /**
   * Probability that the pick is right at least as often as the best single model, less what was given up for the price:
   * the points of `prefer`, or with `costWeight` or an index's own setting what the saving is worth. If the pick is the best
   * single model: for `signalbox` and `families` the same against the next best model, for the paper's scores 1. With
   * these two policies, this and `challengerConfidence` include the sampling error of the benchmark: few samples per task
   * lower them.
   */
  confidence: number;
  /**
   * Probability that the challenger beats the best single model; `eta` is compared with it. If they are the same model: for
   * `signalbox` and `families` the probability that it beats the next best model, for the paper's scores 1.
   */
  challengerConfidence: number;
  /** Whether the best single model was used because the policy's choice was not trusted. */
  fallback: boolean;
  fallbackReason: FallbackReason | null;
  /** The candidate with the best mean over the benchmark's tasks. */
  bestSingleModel: string;
  /** The policy's choice before fallback and price. */
  challenger: string;
  coverage: Coverage;
  /** Price of the pick. */
  price: {
    /** US dollars per million tokens, three parts input to one part output. */
    usdPerMTok: number | null;
    /** Expected US dollars of an answer; `null` if the index does not know how long answers are. */
    usdPerAnswer: number | null;
    /** Day of the price, YYYY-MM-DD, the list that had it, and its age; `null` if they are not known. */
    date: string | null;
    source: string | null;
    ageDays: number | null;
    /** `true` if the price is older than 120 days; the reason then says so. */
    stale: boolean;
  };
  /** Candidates, best first; ties go to the model that comes first in the index. */
  ranking: Ranked[];
  /**
   * Set by the policy `families`, unless the input could not be read: the three families of prompts with the largest
   * weights, which sum to 1 over all families. Families that are the tasks of the index have their names.
   */
  families?: { name: string; weight: number }[] | undefined;
  /** `signalbox`, and `families` if they are the tasks: the five benchmark tasks most similar to the input or task; weights sum to 1 over all tasks. */
  tasks: { task: string; weight: number }[];
  /**
   * Nearest benchmark samples, nearest first; ties go to the lower row. If the index has kinds of everyday work, a decision
   * about one input prefers the samples of tasks and kinds that it resembles: see docs/policy.md.
   */
  neighbours: Neighbour[];
  excluded: { model: string; reason: ExclusionReason }[];
  /** Set if `RouteOptions.conversation` was. */
  conversation?: ConversationOutcome | undefined;
  /** Valid options without their full effect here; empty if all were honoured. */
  notes: Note[];
  /** Tokens that the embedder knew; `null` if every input was a vector. */
  tokens: number | null;
  /** Whether the embedder read only the beginning of a text. */
  truncated: boolean;
  /**
   * Language of the prompt, as a code such as `de`, if the table of `LoadOptions.multilingual` read it: the likeliest one,
   * which may be a relative of the right one, or `und`. `null` if the index's own embedder read the prompt. For a task, that
   * of the most inputs which the table read.
   */
  language: string | null;
  /** Id of the embedder that produced this decision. */
  embedder: string;
}

/** A decision about all inputs of a task. */
export interface TaskDecision extends Decision<TaskRankedModel> {
  inputs: number;
  labelled: number;
  /** Distance of the task to the benchmark (eq. 12). */
  u: number;
}

/** Options of a cascade. Ranges are closed; a value out of range and an unknown key are `invalid_argument`. */
export interface CascadeOptions
  extends Pick<
    RouteOptions,
    | 'candidates'
    | 'released'
    | 'makers'
    | 'openWeights'
    | 'needs'
    | 'k'
    | 'kappa'
    | 'maxCoveragePercentile'
    | 'prices'
    | 'signal'
  > {
  /** Models to ask, in this order, at most 12. Default: chosen among the candidates, cheapest first. */
  models?: readonly string[] | undefined;
  /** Maximum number of steps of an automatically chosen plan, 1..4; default 4. */
  maxSteps?: number | undefined;
  /**
   * Maximum price of all steps together (the worst case, in which every model is asked), in US dollars per million
   * tokens. Models of `models` that no longer fit are left out.
   */
  maxUsdPerMTok?: number | undefined;
  /**
   * Correctness to trade per US dollar per million tokens, >= 0; default 0. The plan maximises expected quality minus
   * this times its expected price. At 0 price matters only through `maxUsdPerMTok`, and only certainty stops a plan.
   */
  costWeight?: number | undefined;
}

/** The value of a plan, or of its first steps, with a judge that tells right answers from wrong ones. */
export interface CascadeValue {
  /** Probability that one of the answers is right, 0..1. */
  expectedQuality: number;
  /** Expected price: later steps cost only if the earlier answers were wrong. */
  expectedUsdPerMTok: number;
  /** Price if every step is asked: the sum of all prices. */
  worstUsdPerMTok: number;
}

/** One step of a plan. Values are cumulative up to and including this step. */
export interface CascadeStep extends CascadeValue {
  model: string;
  usdPerMTok: number;
  /** Probability that the answer is right, whatever the others answer. */
  pCorrect: number;
  /** Probability that the answer is right, given that all earlier answers are wrong. */
  pIfReached: number;
  /** Probability that all earlier answers are wrong. */
  reach: number;
  /** Neighbours of the input on which all earlier models were wrong: the evidence for `pIfReached`. */
  neighbours: number;
  /** Go on while the probability that an answer so far is right is below this, 0..1. The last step's is 0. */
  threshold: number;
}

/** A plan of models to ask one after the other. Plain data: it survives `structuredClone` and JSON. */
export interface CascadePlan extends CascadeValue {
  /** At least one. */
  steps: CascadeStep[];
  /** Probability that the answer is right, for each step judged so far; `next` appends to it. */
  verdicts: number[];
  costWeight: number;
  /** Why the chances are means over the benchmark's tasks instead of predictions for this input. */
  fallbackReason: Exclude<FallbackReason, 'low_confidence'> | null;
  coverage: Coverage;
  excluded: Decision['excluded'];
  /** Tokens that the embedder knew; `null` for vectors. */
  tokens: number | null;
  truncated: boolean;
}

/**
 * A judge's verdict on an answer: the probability that it is right, 0..1, or yes or no. For a judge that errs, give the
 * share of right answers that it accepts (`sensitivity`) and of wrong ones that it rejects (`specificity`), 0..1,
 * default 1: the verdict is then weighed against the probability of being right that the plan assigned to the answer.
 */
export type Verdict = number | { correct: boolean; sensitivity?: number; specificity?: number };

/** The next move after a verdict. */
export interface CascadeMove {
  /** The plan with the verdict noted, for the next call. */
  plan: CascadePlan;
  /** The step to ask next; `null` to stop and keep an answer. */
  step: CascadeStep | null;
  /** Probability that the answer to `step` is right, given the verdicts; `null` without a step. */
  pCorrect: number | null;
  /** Probability that one of the answers so far is right. */
  pAnswered: number;
  /** The best answer so far: its step, from 0, and the probability that it is right. */
  keep: { step: number; model: string; confidence: number };
}

/** A model of an index. */
export interface ModelInfo {
  name: string;
  paramsB: number | null;
  usdPerMTokIn: number | null;
  usdPerMTokOut: number | null;
  /** Price of input tokens that are read from a cache. */
  usdPerMTokCacheRead: number | null;
  meanOutcome: number | null;
  /** Set for a model that was added later: the rows that it has results on. Its means are estimates. */
  addedFromRows?: number | undefined;
  /** Set if the index has records of its models. */
  record?: ModelRecord | undefined;
}

/** Facts about a model beside its results; unknown ones are absent. */
export interface ModelRecord {
  /** Name for display. */
  displayName?: string | undefined;
  /** Maker, for display. */
  maker?: string | undefined;
  /** Day of the release, `2026-03-01`, or only its month, `2026-03`. */
  released?: string | undefined;
  /** Origin of the prices. `tiered`: long prompts cost more than these. */
  price?: { currency: 'USD'; date: string; source: string; tiered?: boolean } | undefined;
  /** Tokens of prompt and answer together. */
  context?: number | undefined;
  /** Tokens of an answer. */
  outputLimit?: number | undefined;
  /** Kinds of content: `text`, `image`, ... */
  modalities?: { in: readonly string[]; out: readonly string[] } | undefined;
  tools?: boolean | undefined;
  structuredOutput?: boolean | undefined;
  openWeights?: boolean | undefined;
  /** Setting of the model's effort, if results differ by it. */
  effort?: string | undefined;
  /** Other names of the model. */
  aliases?: readonly string[] | undefined;
  huggingFaceId?: string | undefined;
  /** Day from which it is no longer offered, `2026-03-01`, or only its month: the router then excludes it. */
  expires?: string | undefined;
}

/** Facts about a task beside its results; unknown ones are absent. */
export interface TaskRecord {
  displayName?: string | undefined;
  /** Outcomes by sample, scores of the whole task, or a kind of work that other tasks measure. */
  kind?: 'samples' | 'means' | 'kind' | undefined;
  domain?: string | undefined;
  date?: string | undefined;
  licence?: string | undefined;
  source?: string | undefined;
  score?: 'accuracy' | 'elo' | 'graded' | undefined;
  /** `true` if each question has one right answer. */
  checkable?: boolean | undefined;
  /** Set if the prompt alone is not enough. */
  needs?: 'search' | 'image' | undefined;
  /** `false` if the licence of the prompts forbids showing them. */
  textsMayBeShown?: boolean | undefined;
}

/** A task of an index. */
export interface TaskInfo {
  name: string;
  rows: number;
  /** Number of models whose score of the whole task is known, instead of outcomes by sample. */
  scores?: number | undefined;
  /** Set for a kind of work: number of tasks that measure it. */
  links?: number | undefined;
  /** Set if the index has records of its tasks. */
  record?: TaskRecord | undefined;
}

/** The constants by which an index routes, unless options replace them. */
export interface RoutingConstants {
  k: number;
  kappa: number;
  threshold: number;
  sigma: number;
  eta: number;
}

/** Description of an index. */
export interface IndexInfo {
  rows: number;
  dim: number;
  codes: CodeType;
  sizeBytes: number;
  formatVersion: [major: number, minor: number];
  /** The embedder that made the vectors; `details` is set if it comes from signalbox/onnx. */
  embedder: { id: string; hash: string; details?: EmbedderDetails };
  routing: RoutingConstants;
  /** Training pairs of the distance estimator. */
  pairs: number;
  missingOutcomes: number;
  graded: boolean;
  bestSingleModel: string | null;
  models: ModelInfo[];
  tasks: TaskInfo[];
  sections: { name: string; offsetBytes: number; sizeBytes: number }[];
  /**
   * Set if the index has families of prompts, which the policy `families` routes by. `answerValue`: its own setting, the US
   * dollars that one right answer is worth (1e9: any price); `null`: none. `linear`: it predicts from the embedding, too.
   */
  families?: { count: number; answerValue: number | null; linear: boolean } | undefined;
  /** Set if the index comes from a plan: what its maker wrote down of it. */
  plan?: unknown;
  /** Metadata written by the builder: provenance, licence, caveats. */
  metadata: unknown;
}

/** Options of `Routing.samples`. */
export interface SamplesOptions {
  /** `false` leaves out the ids: they are then `null`. */
  ids?: boolean | undefined;
  /** `false` leaves out the outcomes, by far the largest part (4 bytes per sample and model): they are then empty. */
  outcomes?: boolean | undefined;
  /** `true` adds the texts. */
  texts?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

/** The samples of an index, copied out row by row; a decision's neighbours refer to these rows. */
export interface Samples {
  /** Task of each row, as a position in `info.tasks`: [rows]. */
  tasks: Uint16Array;
  /** [rows]; `null` if the index has no ids. */
  ids: string[] | null;
  /**
   * Position of each row on a map of the benchmark, similar samples close together: [rows, 2], x and y, both 0..1 on the same
   * scale. `null` if the index has no map.
   */
  map: Float32Array | null;
  /** [rows, models] in the order of `info.models`, 0..1, NaN if not measured. */
  outcomes: Float32Array;
  /**
   * Beginnings of the prompts, at most 160 characters: [rows], empty if one may not be shown. `null` if they were not asked
   * for, or if the index has none.
   */
  texts: string[] | null;
}

/** One embedded text. */
export interface Embedding {
  /** Unit norm, or zeros if the text could not be read. */
  vector: Float32Array;
  tokens: number;
  truncated: boolean;
  /** Set by a router's `embed`: the estimated tokens of the whole text, for the price of an answer. */
  promptTokens?: number | undefined;
  /** Set by a router's `embed` if the text could not be read. */
  unread?: UnreadCause | undefined;
  /**
   * Set by an embedder: the share of the text that consists of known words, 0..1 (docs/policy.md). Without this the router
   * takes every vector except zeros as read.
   */
  wordShare?: number | undefined;
  /** Set by an embedder: whether the text consists of random letters (docs/policy.md). */
  gibberish?: boolean | undefined;
  /** Set if the table of `LoadOptions.multilingual` read the text: its language, see `Decision.language`. */
  language?: string | undefined;
  /** Set with `language`: the table's factor of distances where coverage is judged, .1..1 (docs/languages.md). */
  distanceScale?: number | undefined;
  /** Set if that table should have read the text, but could not be loaded: the code and the message of the error. */
  multilingualError?: { code: ErrorCode; message: string } | undefined;
  /** Set by a `WorkerRouter` that embeds on its side, for a conversation. */
  conversation?: ConversationFacts | undefined;
}

/** Facts about a table of other languages, from its `config.json`. */
export interface LanguageTable {
  /** Id of the embedder among whose vectors the table's lie. */
  space: string;
  /** Factor of distances where coverage is judged, .1..1; default 1. */
  distanceScale?: number | undefined;
  /** Codes of languages that the table cannot read, although it knows some of their words. */
  unread?: readonly string[] | undefined;
}

/** Settings, besides the model files, that affect the vectors. An index remembers them. */
export interface EmbedderDetails {
  /** Type of the weights, as transformers.js names them. Vectors of different dtypes of one model are compatible. */
  dtype: string;
  /** How the vectors of the tokens become one: `mean`, `cls`, `max`. */
  pooling: string;
  /** Maximum number of tokens read per text, special tokens included. */
  maxTokens: number;
  /** Commit, branch or tag of the hub's repository. */
  revision?: string | undefined;
  tokenizerHash?: string | undefined;
  /** Text put before every input. */
  prefix?: string | undefined;
}

/** Identity of an embedder, stored in the index and checked by the router. */
export interface EmbedderIdentity {
  /** Name of the model; an index built with another id refuses it. */
  readonly id: string;
  /** Hash of the model's files, if known. */
  readonly hash?: string | undefined;
  readonly details?: EmbedderDetails | undefined;
}

/** Anything that turns texts into vectors of an index. */
export interface Embedder extends EmbedderIdentity {
  /** Numbers per vector. */
  readonly dim: number;
  /** Set for a table of other languages. */
  readonly languages?: LanguageTable | undefined;
  /**
   * Embeds texts, in their order: a vector of `dim` numbers for each.
   *
   * @example
   * ```js
   * const [{ vector, tokens }] = await embedder.embed(['Prove that sqrt(2) is irrational']);
   * console.log(vector.length === embedder.dim, tokens);
   * ```
   */
  embed(texts: readonly string[], options?: { signal?: AbortSignal | undefined }): Promise<Embedding[]>;
  /**
   * Releases what the embedder holds.
   *
   * @example
   * ```js
   * const embedder = await StaticEmbedder.load();
   * embedder.dispose?.();
   * ```
   */
  dispose?(): void;
}

/**
 * Progress in transformers.js's shape; `progress` is 0..100. Bytes are those that are transferred, which a host may compress
 * once more. A load of a router reports `progress_total` over all files with each `progress` of one; its total is known
 * from the start for the files that ship, and grows with other files.
 */
export type ProgressEvent =
  | { status: 'initiate' | 'download' | 'done'; name: string; file: string }
  | { status: 'progress'; name: string; file: string; progress: number; loaded: number; total: number }
  | { status: 'progress_total'; name: string; progress: number; loaded: number; total: number }
  | { status: 'ready' };
/** A listener for the progress of a load. */
export type OnProgress = (event: ProgressEvent) => void;

/** States of the table of `LoadOptions.multilingual`, once a prompt needs it. */
export type MultilingualState = 'loading' | 'loaded' | 'failed';

/** States of the rest of the embedder's table after a load with `LoadOptions.early`. */
export type EarlyState = 'loading' | 'loaded' | 'failed';

/** Source of bytes: an address (in Node also a path), or the bytes themselves. */
export type Source = string | URL | ArrayBuffer | Uint8Array | Blob | Response;
/** Source of a WebAssembly module: an address (in Node also a path), its bytes, or a compiled module. */
export type WasmSource = string | URL | ArrayBuffer | Uint8Array | CompiledModule;

/** A `WebAssembly.Module`; any object for a compiler without the libraries that declare it. */
export type CompiledModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer Module } } }
  ? Module
  : object;

/** The modes of `fetch` for the browser's HTTP cache. */
export type CacheMode = 'default' | 'no-store' | 'reload' | 'no-cache' | 'force-cache' | 'only-if-cached';

/** Replacements for the files that ship with the package. */
export interface LoadOptions {
  /**
   * Folder with the files of this package, as its `dist/` has them: an address, in Node.js also a path. Index, embedder,
   * wasm and the script of the worker come from there unless they are given. Default: where this script lies.
   *
   * @example
   * ```ts
   * const router = await WorkerRouter.load({ assets: 'https://cdn.example.com/signalbox@0.1.0/dist/' });
   * ```
   */
  assets?: string | URL | undefined;
  index?: Source | undefined;
  /**
   * An embedder; a function that makes one, which the router then owns and disposes of; or the folder, the files or the one
   * file of a Model2Vec model. `null`: none, for vectors only. It must be the embedder that the index names, from the same files;
   * for an ONNX model tokenizer, pooling and token limit must match, while the dtype may differ.
   */
  embedder?: Embedder | (() => Embedder | Promise<Embedder>) | EmbedderSource | null | undefined;
  /**
   * A table that reads other languages than English (docs/languages.md): the address of its folder or file (in Node.js
   * also a path), its files, or a function that loads one as an embedder. It is loaded with the first prompt in another language,
   * and must lie in the space of the embedder. Prompts in English are read as without it. If the load fails, decisions about
   * other prompts have the note `multilingual_unavailable`; it is tried again after half a minute. Default: none.
   */
  multilingual?: EmbedderSource | (() => Embedder | Promise<Embedder>) | undefined;
  /**
   * Called when a load of that table begins, and when it ends. Meanwhile the thread of the router may be busy for seconds on
   * a slow device.
   */
  onMultilingual?: ((state: MultilingualState) => void) | undefined;
  wasm?: WasmSource | undefined;
  /**
   * Folder of files with the beginnings of the benchmark's prompts, which only `Routing.texts` reads: an address, in
   * Node.js also a path. `false`: none. Default: none, except for the default index `texts/` beside it.
   */
  texts?: string | URL | false | undefined;
  /**
   * `true`: the router is there as soon as its embedder can read texts of frequent words. A text with another word waits
   * until all of the table is there, so that every decision is the same as without this. A table that cannot be read, or
   * is damaged, is then the error of all later questions. Needs an embedder in one file that puts frequent words first, as
   * the shipped one does; others load as a whole. Default `false`.
   */
  early?: boolean | undefined;
  /**
   * Called if a load with `early` ends before all of the table is there, and when that has come or failed. Meanwhile a question
   * may wait as long as the download takes. What it throws in this realm is ignored.
   */
  onEarly?: ((state: EarlyState) => void) | undefined;
  /**
   * `fast`: searches rule out most rows by a sketch of each, a bit per dimension, and may miss one neighbour in a hundred
   * (docs/search.md). Loading takes longer, and the sketches about 1.25 bits of memory per dimension. It pays from some ten
   * thousand rows on. Default `exact`.
   */
  search?: 'exact' | 'fast' | undefined;
  /** Fetch mode: `reload` bypasses the browser's HTTP cache, which may hold a damaged download. Default `default`. */
  cache?: CacheMode | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: OnProgress | undefined;
}

/**
 * A Model2Vec model: the address of its folder (in Node also a path), its three files, or the one file that has them all,
 * whose address ends in `.bin` or `.safetensors`.
 */
export type EmbedderSource = Source | EmbedderFiles;

/** The three files of a Model2Vec model. */
export interface EmbedderFiles {
  tokenizer: Source;
  model: Source;
  config: Source;
}

/**
 * The interface of a router, which `Router` (in this thread) and `WorkerRouter` (in a worker) implement. Code that takes
 * a `Routing` works with both.
 *
 * Every call rejects with a `SignalboxError`: `disposed`, `aborted`, `invalid_argument`, `dimension_mismatch`,
 * `non_finite`, `unknown_model`, `no_candidate`, `embedder_mismatch`, and the codes of the embedder.
 */
export interface Routing {
  /** Description of the index. */
  readonly info: IndexInfo;

  /**
   * Returns the name in the index of a model: by its exact name, an alias, or its name with other case, separators, maker,
   * host or date (`gpt-5.5-2026-08-01`, `us.anthropic.claude-opus-4-8-v1:0`). `null` for a name of no model, or of several.
   *
   * @example
   * ```js
   * router.resolve('GPT 5.4');          // 'openai/gpt-5.4'
   * router.resolve('no such model');    // null
   * ```
   */
  resolve(name: string): string | null;

  /**
   * Picks the model for one input. For a prompt that the embedder cannot read, or an empty one, the decision says so and
   * rests on means over tasks; only the beginning of a long prompt is read.
   *
   * @example
   * ```js
   * const { model, reason } = await router.route('Prove that sqrt(2) is irrational', { maxUsdPerMTok: 1 });
   * ```
   */
  route(input: RouteInput, options?: RouteOptions): Promise<Decision>;

  /**
   * Picks a model for each input on its own; decisions are in the order of the inputs. Returns an empty list if there are no inputs.
   *
   * @example
   * ```js
   * for (const { model } of await router.routeMany(prompts)) console.log(model);
   * ```
   */
  routeMany(inputs: RouteInputs, options?: RouteManyOptions): Promise<Decision[]>;

  /**
   * Picks one model for all inputs of a task; `labels` are the known outcomes of some of them.
   *
   * @example
   * ```js
   * const labels = [{ index: 0, outcomes: { 'openai/gpt-5.4': true } }];
   * const { model } = await router.routeTask(prompts, { labels });
   * ```
   */
  routeTask(inputs: RouteInputs, options?: RouteTaskOptions): Promise<TaskDecision>;

  /**
   * Chooses at most `n` prompts of a task to grade next, so that few grades tell which model is best for all of them. With
   * the answers of the candidates, prompts come from those on which the answers differ; otherwise from all of them. Grade
   * the answers of `candidates` only, pass the grades as `labels`, and ask again: the candidates become fewer. docs/labels.md
   * has the details. Rejects with `invalid_argument` for n below 1, another number of answers than prompts, or labels that
   * `routeTask` refuses.
   *
   * @example
   * ```js
   * const { rows, candidates } = await router.nextLabels(20, { prompts, answers });
   * const labels = rows.map(({ index }) => ({ index, outcomes: { [candidates[0]]: true } }));    // your grades
   * const { model } = await router.routeTask(prompts, { answers, labels });
   * ```
   */
  nextLabels(n: number, options: NextLabelsOptions): Promise<NextLabels>;

  /**
   * Embeds prompts. To route a prompt under several policies, prices or labels, embed it once and pass the embedding to
   * `route`. Requires at least one prompt.
   *
   * @example
   * ```js
   * const [embedding] = await router.embed(['Prove that sqrt(2) is irrational']);
   * const best = await router.route(embedding, { prefer: 'best' });
   * const cheap = await router.route(embedding, { prefer: 'cheap' });
   * ```
   */
  embed(prompts: readonly string[], options?: EmbedOptions): Promise<Embedding[]>;

  /**
   * Plans which models to ask for one input, cheap ones first: the chance that each is right if the ones before it were
   * wrong, and when to stop. Models without a price are left out; `no_candidate` if no model has a price within the limit.
   *
   * @example
   * ```js
   * const { steps, expectedQuality } = await router.cascade('What is 17.5% of 2340?', { maxSteps: 2, costWeight: 0.01 });
   * console.log(steps.map(({ model }) => model), expectedQuality);
   * ```
   */
  cascade(input: RouteInput, options?: CascadeOptions): Promise<CascadePlan>;

  /**
   * Decides what to do after the answer to a plan's next step was judged: ask another model, or stop and keep the best
   * answer. Synchronous arithmetic on the plan, which may have been saved and loaded in between. Throws
   * `invalid_argument` for a malformed plan or verdict, or if every step has already been judged.
   *
   * @example
   * ```js
   * let plan = await router.cascade('What is 17.5% of 2340?', { maxSteps: 2 });
   * let step = plan.steps[0] ?? null;
   * while (step !== null) {
   *   const answer = await ask(step.model, 'What is 17.5% of 2340?');
   *   ({ plan, step } = router.next(plan, { correct: answer.includes('409.5') }));
   * }
   * ```
   */
  next(plan: CascadePlan, verdict: Verdict): CascadeMove;

  /**
   * Returns the benchmark's samples: task, outcomes, id and position on the map of each.
   *
   * @example
   * ```js
   * const { tasks } = await router.samples({ outcomes: false });
   * console.log(router.info.tasks[tasks[0]]?.name);
   * ```
   */
  samples(options?: SamplesOptions): Promise<Samples>;

  /**
   * Returns the beginnings of samples' prompts, at most 160 characters each; `null` for one that may not be shown or is
   * not there. They come from the index file, or else from `LoadOptions.texts`: one file for each task that `rows` names,
   * which is read once. `rows` has at most 1000 entries. A file that is missing (`network`) or damaged (`bad_section`)
   * rejects this call only.
   *
   * @example
   * ```js
   * const { neighbours } = await router.route(prompt, { neighbours: 5 });
   * const texts = await router.texts(neighbours.map(({ row }) => row));
   * ```
   */
  texts(rows: readonly number[], options?: TextsOptions): Promise<(string | null)[]>;

  /**
   * Releases the index, and the embedder or worker that `load` started. Calling it again has no effect.
   *
   * @example
   * ```js
   * const router = await Router.load();
   * router.dispose();
   * ```
   */
  dispose(): void;
  /** Calls `dispose` at the end of a block with `using`. */
  [Symbol.dispose](): void;
}
