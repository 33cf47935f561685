/** Judges of answers for cascades: how much a sign of a right answer, such as agreement, is to be believed. */
import { aFlag, aNumber, checkOptions, invalid, isPlainObject } from '../options.js';
import type { Routing, Verdict } from '../types.js';
import { normalAnswer } from './answers.js';

/** A score of an answer, such as its agreement with another one or the mean log-probability of its tokens, and the truth. */
export interface JudgedAnswer {
  /** Higher for answers that are more likely right. */
  score: number;
  correct: boolean;
}

/** A scale of scores that was learned from judged answers. Plain data: it survives `structuredClone` and JSON. */
export interface Judge {
  /** Answers that it was learned from, and the share of them that was right. */
  rows: number;
  base: number;
  /** Chance of being right from each score on; both rise. */
  steps: { score: number; chance: number }[];
  /** Scores from here on are those of answers that are more likely right than `base`; `null` if no score tells. */
  threshold: number | null;
  /** Shares of right answers from the threshold on, and of wrong ones below it. */
  sensitivity: number;
  specificity: number;
}

/** Answers that a judge needs, of which at least one must be right and one wrong. */
const LEAST_ROWS = 10;
/** Answers at the base rate that each step is mixed with, so that no chance is 0 or 1. */
const PRIOR_ROWS = 2;

interface Block {
  score: number;
  count: number;
  right: number;
}

/** Joins neighbouring scores until the share of right answers rises: isotonic regression. */
function isotonic(rows: readonly JudgedAnswer[]): Block[] {
  const blocks: Block[] = [];
  for (const { score, correct } of [...rows].sort((a, b) => a.score - b.score)) {
    const [last] = blocks.slice(-1);
    if (last?.score === score) {
      last.count += 1;
      last.right += Number(correct);
    } else {
      blocks.push({ score, count: 1, right: Number(correct) });
    }
  }
  const out: Block[] = [];
  for (const block of blocks) {
    let joined = block;
    for (let last = out.at(-1); last !== undefined; last = out.at(-1)) {
      if (last.right * joined.count < joined.right * last.count) break;
      joined = { score: last.score, count: last.count + joined.count, right: last.right + joined.right };
      out.pop();
    }
    out.push(joined);
  }
  return out;
}

/**
 * Learns what a score says about answers. Errors: `invalid_argument` for fewer than ten answers, or none that is right or
 * none that is wrong.
 *
 * @example
 * ```js
 * const graded = Array.from({ length: 40 }, (_, i) => ({ score: i % 2, correct: i % 4 !== 0 }));
 * const { steps, base } = learnJudge(graded);
 * ```
 */
export function learnJudge(rows: readonly JudgedAnswer[]): Judge {
  if (!Array.isArray(rows) || rows.length < LEAST_ROWS) {
    throw invalid(
      `got ${Array.isArray(rows) ? rows.length : 'no'} judged answers, expected a list of at least ${LEAST_ROWS}`,
    );
  }
  for (const row of rows) {
    checkOptions(row, { score: aNumber, correct: aFlag }, 'a judged answer');
    aNumber(row.score, 'score');
    aFlag(row.correct, 'correct');
  }
  const right = rows.filter(({ correct }) => correct).length;
  const base = right / rows.length;
  if (right === 0 || right === rows.length)
    throw invalid(`${right} of ${rows.length} judged answers are right, expected some of both`);
  const steps = isotonic(rows).map(({ score, count, right: hits }) => ({
    score,
    chance: (hits + PRIOR_ROWS * base) / (count + PRIOR_ROWS),
  }));
  // The prior moves small steps more than large ones.
  for (let i = 1; i < steps.length; ++i) {
    const [before, step] = [steps[i - 1], steps[i]] as [(typeof steps)[number], (typeof steps)[number]];
    step.chance = Math.max(before.chance, step.chance);
  }
  const threshold = steps.find(({ chance }) => chance > base)?.score ?? null;
  const isAccepted = ({ score }: JudgedAnswer) => threshold !== null && score >= threshold;
  const accepted = rows.filter(isAccepted);
  const acceptedRight = accepted.filter(({ correct }) => correct).length;
  return {
    rows: rows.length,
    base,
    steps,
    threshold,
    sensitivity: acceptedRight / right,
    specificity: 1 - (accepted.length - acceptedRight) / (rows.length - right),
  };
}

const isShare = (value: unknown): value is number => typeof value === 'number' && value > 0 && value < 1;

/**
 * Returns a judge's verdict on a score, for `Routing.next`: how many times likelier the score is for a right answer than
 * for a wrong one, whatever share of the answers is right. Errors: `invalid_argument`.
 *
 * @example
 * ```js
 * const graded = Array.from({ length: 40 }, (_, i) => ({ score: i % 2, correct: i % 4 !== 0 }));
 * const judge = learnJudge(graded);
 * const plan = await router.cascade(prompt, { maxSteps: 2 });
 * const { step } = router.next(plan, verdictOf(judge, 1));
 * ```
 */
export function verdictOf(judge: Judge, score: number): Exclude<Verdict, number> {
  const { steps, base } = isPlainObject(judge) ? judge : ({} as Partial<Judge>);
  const isStep = (step: unknown) => isPlainObject(step) && isShare(step.chance) && typeof step.score === 'number';
  if (!Array.isArray(steps) || steps.length === 0 || !steps.every(isStep) || !isShare(base)) {
    throw invalid('expected a judge of learnJudge');
  }
  if (typeof score !== 'number' || Number.isNaN(score)) throw invalid(`the score is ${score}, expected a number`);
  const chance = (steps.filter((step) => step.score <= score).at(-1) ?? (steps[0] as Judge['steps'][number])).chance;
  const odds = (share: number) => share / (1 - share);
  const ratio = odds(chance) / odds(base);
  return ratio >= 1
    ? { correct: true, sensitivity: 1, specificity: 1 - 1 / ratio }
    : { correct: false, sensitivity: 1 - ratio, specificity: 1 };
}

/** A choice or a number in the form of `normalAnswer`: everything else is in lower case. */
const isExact = (normal: string) => /^[A-Z]$|^-?\d[\d.]*%?$/.test(normal);

function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [dot, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; ++i) {
    const [x, y] = [a[i] as number, b[i] as number];
    dot += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa > 0 && bb > 0 ? dot / Math.sqrt(aa * bb) : 0;
}

/**
 * Returns how much two answers agree, as a score for a judge: 1 for the same choice, number or text; 0 for another choice or
 * number; else the cosine of their embeddings, -1..1. Errors: those of `embed`.
 *
 * @example
 * ```js
 * await agreementOf(router, 'The answer is (B)', 'B');    // 1
 * await agreementOf(router, '42', '43.5');                // 0
 * ```
 */
export async function agreementOf(
  router: Pick<Routing, 'embed'>,
  answer: string,
  other: string,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<number> {
  const [a, b] = [normalAnswer(answer), normalAnswer(other)];
  if (a === null || b === null) return Number(a === b);
  if (a === b) return 1;
  if (isExact(a) && isExact(b)) return 0;
  const [first, second] = await router.embed([answer, other], options);
  return first === undefined || second === undefined ? 0 : cosine(first.vector, second.vector);
}
