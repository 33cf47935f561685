/** Cascades: models to ask one after the other, cheap ones first, until an answer is judged good enough. */
import { SignalboxError } from '../errors.js';
import type { Coverage, Decision, FallbackReason, RouteOptions } from '../types.js';

/** Ranges are closed; a value outside is `invalid_argument`. */
export interface CascadeOptions
  extends Pick<RouteOptions, 'candidates' | 'k' | 'kappa' | 'maxCoveragePercentile' | 'prices' | 'signal'> {
  /** Ask these, in this order, at most 12. Default: a choice among the candidates, in the order of their prices. */
  models?: readonly string[];
  /** Steps of a plan that is chosen, 1..4; default 4. */
  maxSteps?: number;
  /**
   * The most that all steps together may cost, in US dollars per million tokens: the worst case, in which every one is
   * asked. Of `models`, those that no longer fit are left out.
   */
  maxUsdPerMTok?: number;
  /**
   * Correctness given up per US dollar per million tokens, >= 0; default 0. Plans have the largest expected quality less
   * this times their expected price; at 0 money only counts through `maxUsdPerMTok`, and only certainty stops a plan.
   */
  costWeight?: number;
}

/** What a plan, or its beginning, is worth where the judge tells right answers from wrong ones. */
export interface CascadeValue {
  /** Probability that one of its answers is right, 0..1. */
  expectedQuality: number;
  /** Later steps are paid only where the earlier ones were wrong. */
  expectedUsdPerMTok: number;
  /** Every step is asked: the sum of the prices. */
  worstUsdPerMTok: number;
}

/** Its value is that of the plan up to and with this step. */
export interface CascadeStep extends CascadeValue {
  model: string;
  usdPerMTok: number;
  /** Probability that its answer is right, whatever the others answer. */
  pCorrect: number;
  /** Probability that its answer is right, given that the answers of all steps before it are wrong. */
  pIfReached: number;
  /** Probability that the answers of all steps before it are wrong. */
  reach: number;
  /** How many of the input's neighbours speak for `pIfReached`: there, all steps before it were wrong. */
  neighbours: number;
  /** Go on while the probability that an answer so far is right is below this, 0..1. The last step's is 0. */
  threshold: number;
}

/** Plain data: it survives `structuredClone` and JSON. */
export interface CascadePlan extends CascadeValue {
  /** At least one. */
  steps: CascadeStep[];
  /** Probability that the answer is right, for each step that was judged; `next` adds to it. */
  verdicts: number[];
  costWeight: number;
  /** Why chances are means over the benchmark's tasks, and not about this input. */
  fallbackReason: Exclude<FallbackReason, 'low_confidence'> | null;
  coverage: Coverage;
  excluded: Decision['excluded'];
  /** Tokens that the embedder knew; `null` for vectors. */
  tokens: number | null;
  truncated: boolean;
}

/**
 * What the judge says of an answer: the probability that it is right, 0..1, or yes or no. Of a judge that errs, give
 * the share of right answers that it accepts (`sensitivity`) and of wrong ones that it rejects (`specificity`), 0..1, by
 * default 1: its word is then weighed against the chance that the plan gave the answer.
 */
export type Verdict = number | { correct: boolean; sensitivity?: number; specificity?: number };

/** What to do after a verdict. */
export interface CascadeMove {
  /** The plan with the verdict noted, for the next call. */
  plan: CascadePlan;
  /** The step to ask; `null`: stop, and keep an answer. */
  step: CascadeStep | null;
  /** Probability that the answer to `step` is right, given the verdicts; `null` without a step. */
  pCorrect: number | null;
  /** Probability that one of the answers so far is right. */
  pAnswered: number;
  /** The best answer so far: of which step, from 0, and the probability that it was judged to be right. */
  keep: { step: number; model: string; confidence: number };
}

const invalid = (message: string) => new SignalboxError('invalid_argument', message);
const isShare = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= 1;

function checkPlan(plan: CascadePlan): void {
  const { steps, verdicts } = plan ?? {};
  if (!Array.isArray(steps) || !Array.isArray(verdicts)) throw invalid('expected a plan of cascade()');
  const isStep = (step: CascadeStep) =>
    typeof step?.model === 'string' &&
    [step.pCorrect, step.pIfReached, step.reach, step.threshold].every((value) => isShare(value));
  if (!steps.every(isStep)) throw invalid('a step of the plan lacks its model or a chance from 0 to 1');
  if (!verdicts.every(isShare)) throw invalid('a verdict of the plan is not a number from 0 to 1');
  if (verdicts.length >= steps.length) {
    throw invalid(`all ${steps.length} steps of the plan were judged already`);
  }
}

/** Probability that the answer is right where one before it is: what the law of total probability leaves. */
function chanceAfterSuccess({ pCorrect, pIfReached, reach }: CascadeStep): number {
  if (!(reach < 1)) return pCorrect;
  return Math.min(1, Math.max(0, (pCorrect - reach * pIfReached) / (1 - reach)));
}

const chanceOf = (step: CascadeStep, allWrong: number) =>
  allWrong * step.pIfReached + (1 - allWrong) * chanceAfterSuccess(step);

/** P(no answer is right | the verdicts so far and this one), from the same before it. */
function allWrongAfter(step: CascadeStep, allWrong: number, confidence: number): number {
  const both = allWrong * (1 - step.pIfReached);
  const thisWrong = both + (1 - allWrong) * (1 - chanceAfterSuccess(step));
  return (thisWrong > 0 ? both / thisWrong : allWrong) * (1 - confidence);
}

/** Bayes' rule; see `Verdict`. */
function confidenceOf(verdict: Verdict, prior: number): number {
  if (isShare(verdict)) return verdict;
  const got = typeof verdict === 'object' && verdict !== null ? verdict : { correct: undefined };
  const { correct, sensitivity = 1, specificity = 1 } = got as Exclude<Verdict, number>;
  if (typeof correct !== 'boolean') throw invalid('expected a verdict: a number from 0 to 1, or { correct: boolean }');
  if (!isShare(sensitivity) || !isShare(specificity)) {
    throw invalid('sensitivity and specificity are numbers from 0 to 1');
  }
  const right = prior * (correct ? sensitivity : 1 - sensitivity);
  const wrong = (1 - prior) * (correct ? 1 - specificity : specificity);
  // 0 / 0: a judge that never errs says what was held to be impossible.
  return right + wrong > 0 ? right / (right + wrong) : Number(correct);
}

/** See `Router.next`. */
export function nextStep(plan: CascadePlan, verdict: Verdict): CascadeMove {
  checkPlan(plan);
  const { steps } = plan;
  let allWrong = 1;
  for (const [i, confidence] of plan.verdicts.entries()) {
    allWrong = allWrongAfter(steps[i] as CascadeStep, allWrong, confidence);
  }
  const judged = steps[plan.verdicts.length] as CascadeStep;
  const confidence = confidenceOf(verdict, chanceOf(judged, allWrong));
  allWrong = allWrongAfter(judged, allWrong, confidence);
  const verdicts = [...plan.verdicts, confidence];
  let kept = 0;
  for (const [i, value] of verdicts.entries()) {
    const best = verdicts[kept] as number;
    const isBetter = (steps[i] as CascadeStep).pCorrect > (steps[kept] as CascadeStep).pCorrect;
    if (value > best || (value === best && isBetter)) kept = i;
  }
  const step = 1 - allWrong < judged.threshold ? (steps[verdicts.length] ?? null) : null;
  return {
    plan: { ...plan, verdicts },
    step,
    pCorrect: step && chanceOf(step, allWrong),
    pAnswered: 1 - allWrong,
    keep: { step: kept, model: (steps[kept] as CascadeStep).model, confidence: verdicts[kept] as number },
  };
}
