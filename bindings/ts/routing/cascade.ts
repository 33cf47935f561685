/** Continues a cascade after an answer was judged. */
import { anything, checkOptions, invalid } from '../options.js';
import type { CascadeMove, CascadePlan, CascadeStep, Verdict } from '../types.js';

const isShare = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= 1;

function checkPlan(plan: CascadePlan): void {
  const { steps, verdicts } = plan ?? {};
  if (!Array.isArray(steps) || !Array.isArray(verdicts)) throw invalid('expected a plan returned by cascade()');
  const isStep = (step: CascadeStep) =>
    typeof step?.model === 'string' &&
    [step.pCorrect, step.pIfReached, step.reach, step.threshold].every((value) => isShare(value));
  if (!steps.every(isStep)) throw invalid('a step of the plan lacks its model or a chance from 0 to 1');
  if (!verdicts.every(isShare)) throw invalid('a verdict of the plan is not a number from 0 to 1');
  if (verdicts.length >= steps.length) {
    throw invalid(`all ${steps.length} steps of the plan have already been judged`);
  }
}

/** Returns the probability that the answer is right if an earlier one is (law of total probability). */
function chanceAfterSuccess({ pCorrect, pIfReached, reach }: CascadeStep): number {
  if (!(reach < 1)) return pCorrect;
  return Math.min(1, Math.max(0, (pCorrect - reach * pIfReached) / (1 - reach)));
}

const chanceOf = (step: CascadeStep, allWrong: number) =>
  allWrong * step.pIfReached + (1 - allWrong) * chanceAfterSuccess(step);

/** Updates P(no answer is right | verdicts) with one more verdict. */
function allWrongAfter(step: CascadeStep, allWrong: number, confidence: number): number {
  const both = allWrong * (1 - step.pIfReached);
  const thisWrong = both + (1 - allWrong) * (1 - chanceAfterSuccess(step));
  return (thisWrong > 0 ? both / thisWrong : allWrong) * (1 - confidence);
}

const VERDICT_KEYS = { correct: anything, sensitivity: anything, specificity: anything };

/** Returns P(the answer is right | the verdict) by Bayes' rule; see `Verdict`. */
function confidenceOf(verdict: Verdict, prior: number): number {
  if (isShare(verdict)) return verdict;
  const got = typeof verdict === 'object' && verdict !== null ? verdict : {};
  checkOptions(got, VERDICT_KEYS, 'the verdict');
  const { correct, sensitivity = 1, specificity = 1 } = got as Partial<Exclude<Verdict, number>>;
  if (typeof correct !== 'boolean') throw invalid('expected a verdict: a number from 0 to 1, or { correct: boolean }');
  if (!isShare(sensitivity) || !isShare(specificity)) {
    throw invalid('sensitivity and specificity are numbers from 0 to 1');
  }
  const right = prior * (correct ? sensitivity : 1 - sensitivity);
  const wrong = (1 - prior) * (correct ? 1 - specificity : specificity);
  // 0 / 0: a judge that never errs contradicts a prior of 0 or 1.
  return right + wrong > 0 ? right / (right + wrong) : Number(correct);
}

/** Implements `Routing.next`. */
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
