/** Words for the reasons why rows and scores are left out. */
import type { DropReason } from '../importing/records.js';
import type { Finding } from './collector.js';

const REASONS: Record<DropReason, string> = {
  perturbed: 'perturbed copies',
  failed: 'answers that could not be scored',
  invalidated: 'answers or scores that the tool declares invalid',
  unscored: 'answers without scores in these logs (run without a scorer?)',
  cut_off: 'answers that end at a length limit',
  incomplete: 'incomplete runs or files',
  superseded: 'logs of which there is a newer version',
  no_prompt: 'samples without a prompt',
  no_score: 'samples without a usable score',
  score_out_of_range: "scores outside the metric's range",
  score_not_a_number: 'non-numeric scores',
  another_metric: 'scores of other metrics',
  conflicting_score: 'conflicting scores of one model on one sample (not measured)',
  repeated: 'repeated scores',
  dataset_left_out: 'records of excluded datasets',
  model_left_out: 'scores of excluded models',
  other_shard: 'records of other shards',
  over_max_rows: 'samples beyond --max-rows',
};

/** Returns the words for a reason. */
export const reasonText = (reason: string): string => REASONS[reason as DropReason];

/** Returns a line for each reason that occurred: how often, why and an example. */
export function droppedLines(dropped: Iterable<readonly [string, Finding]>): string[] {
  return [...dropped]
    .filter(([, { count }]) => count > 0)
    .map(([reason, { count, examples }]) => {
      const where = examples[0] === undefined ? '' : ` (${examples[0]})`;
      return `${count.toLocaleString('en')} ${reasonText(reason)}${where}`;
    });
}
