/** The policies side by side, and what they say, in plain words. */
import type { TaskDecision } from 'signalbox';

/** The default first; `paper` is S3 for a task. */
export const TASK_POLICIES = ['signalbox', 's1', 's2', 's3'] as const;
export type TaskPolicy = (typeof TASK_POLICIES)[number];
export type TaskDecisions = Partial<Record<TaskPolicy, TaskDecision>>;

export const POLICY_WORDS: Record<TaskPolicy, { name: string; meaning: string; score: string }> = {
  signalbox: {
    name: 'signalbox, the default',
    meaning: 'Compares the whole task with whole benchmark tasks; labels re-weight them.',
    score: 'predicted share right',
  },
  s1: {
    name: 'S1',
    meaning: 'The mean predicted correctness over the samples nearest to each input.',
    score: 'mean of the votes',
  },
  s2: {
    name: 'S2',
    meaning: 'The share of the inputs on which the model is predicted to be right.',
    score: 'share predicted right',
  },
  s3: {
    name: 'S3',
    meaning: 'S2 corrected by how reliable the predictor is: the choice of the paper.',
    score: 'share, corrected',
  },
};

export const SHORT_NAMES: Record<TaskPolicy, string> = { signalbox: 'signalbox', s1: 'S1', s2: 'S2', s3: 'S3' };

export const pickOf = (decision: TaskDecision) => decision.ranking.find(({ model }) => model === decision.model);

/** A probability to two places, where changes of one point matter. */
export const twoPlaces = (p: number) => p.toFixed(2);

/** Where p comes from. */
export function reliabilityWords(decision: TaskDecision): string {
  const picked = pickOf(decision);
  if (picked === undefined) return '';
  return picked.pMeasured ? 'measured on the labels' : 'estimated from the distance';
}
