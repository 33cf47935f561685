/** The policies that are shown side by side, and their descriptions. */
import type { TaskDecision } from 'signalbox';

/** The default first; for a task, `paper` is S3. */
export const TASK_POLICIES = ['signalbox', 's1', 's2', 's3'] as const;
export type TaskPolicy = (typeof TASK_POLICIES)[number];
export type TaskDecisions = Partial<Record<TaskPolicy, TaskDecision>>;

export const POLICY_WORDS: Record<TaskPolicy, { name: string; meaning: string; score: string }> = {
  signalbox: {
    name: 'signalbox, the default',
    meaning: 'Compares the batch with whole benchmark tasks; labels re-weight them.',
    score: 'predicted share of correct answers',
  },
  s1: {
    name: 'S1',
    meaning: 'The mean predicted correctness over the samples nearest to each prompt.',
    score: 'mean of the votes',
  },
  s2: {
    name: 'S2',
    meaning: 'The share of prompts on which the model is predicted to be right.',
    score: 'share predicted right',
  },
  s3: {
    name: 'S3',
    meaning: "S2, corrected for the predictor's reliability: the paper's choice.",
    score: 'share, corrected',
  },
};

export const SHORT_NAMES: Record<TaskPolicy, string> = { signalbox: 'signalbox', s1: 'S1', s2: 'S2', s3: 'S3' };

export const pickOf = (decision: TaskDecision) => decision.ranking.find(({ model }) => model === decision.model);

/** Formats a probability with two digits: labels change it by single points. */
export const twoPlaces = (p: number) => p.toFixed(2);

/** Says where p comes from. */
export function reliabilityWords(decision: TaskDecision): string {
  const picked = pickOf(decision);
  if (picked === undefined) return '';
  return picked.pMeasured ? 'measured on the labels' : 'estimated from the distance';
}
