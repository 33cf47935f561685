/** What the builder says, in words for a page. */
import type { BuildReport, DropReason } from 'signalbox/build';
import { count } from '../../shared/format.js';

export const DROP_WORDS: Record<DropReason, string> = {
  perturbed: 'Perturbed copies of a sample',
  failed: 'Answers that could not be judged',
  no_prompt: 'Samples without a prompt',
  no_score: 'Samples without a usable score',
  score_out_of_range: 'Scores outside the range',
  score_not_a_number: 'Scores that are no numbers',
  another_metric: 'Scores of a metric that was not chosen',
  conflicting_score: 'Different scores of one model on one sample; they count as not measured',
  repeated: 'Scores that were there already',
  dataset_left_out: 'Samples of datasets that were left out',
  model_left_out: 'Scores of models that were left out',
  other_shard: 'Samples of other shards',
  over_max_rows: 'Samples beyond the limit',
};

/** What a person should know before trusting it. */
export function warningsOf(report: BuildReport): string[] {
  const { datasets, models, files, promptsDiffer, repeatedPrompts } = report;
  const lines: string[] = [];
  if (models.length === 1) lines.push('There is one model only, so nothing to choose.');
  if (datasets.length === 1) lines.push('There is one dataset only. The router compares datasets: give it more.');
  if (promptsDiffer.count > 0) {
    lines.push(`${count(promptsDiffer.count, 'time')} another prompt stood under the same id; one of them is used.`);
  }
  if (repeatedPrompts > 0) {
    lines.push(`${count(repeatedPrompts, 'row')} ${repeatedPrompts === 1 ? 'shares' : 'share'} a prompt with another.`);
  }
  if (files.ignored.length > 0) {
    const some = files.ignored.slice(0, 3).join(', ');
    const more = files.ignored.length > 3 ? `, and ${files.ignored.length - 3} more` : '';
    lines.push(`${count(files.ignored.length, 'file')} not read: ${some}${more}.`);
  }
  return lines;
}
