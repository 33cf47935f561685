/** The builder's findings in words for the page. */
import type { BuildReport, DropReason } from 'signalbox/build';
import { count } from '../../shared/format.js';

export const DROP_WORDS: Record<DropReason, string> = {
  perturbed: 'Perturbed copies of a sample',
  failed: 'Answers that could not be scored',
  invalidated: 'Answers that the tool declares invalid',
  unscored: 'Answers without a score',
  cut_off: 'Answers that end at a length limit',
  incomplete: 'Incomplete runs or files',
  superseded: 'Logs of which there is a newer version',
  no_prompt: 'Samples without a prompt',
  no_score: 'Samples without a usable score',
  score_out_of_range: 'Scores outside the range',
  score_not_a_number: 'Non-numeric scores',
  another_metric: 'Scores by a metric that was not chosen',
  conflicting_score: 'Conflicting scores of one model on one sample; counted as not measured',
  repeated: 'Duplicate scores',
  dataset_left_out: 'Samples of excluded datasets',
  model_left_out: 'Scores of excluded models',
  other_shard: 'Samples of other shards',
  over_max_rows: 'Samples beyond the limit',
};

/** Returns what the user should know before trusting the benchmark. */
export function warningsOf(report: BuildReport): string[] {
  const { datasets, families, models, averaged, similarNames, promptsDiffer, repeatedPrompts } = report;
  const lines: string[] = [];
  if (models.length === 1) lines.push('There is only one model, so there is nothing to choose.');
  if (datasets.length === 1) {
    const found = families?.length ?? 0;
    const compared =
      found === 0
        ? 'No families of prompts were found in it, so every prompt gets the best model overall.'
        : `The router compares ${found} families of its prompts: ${families?.map(({ name }) => name).join(', ')}.`;
    lines.push(`There is only one dataset. ${compared}`);
  }
  if (averaged.count > 0) lines.push(`${count(averaged.count, 'score')} of repeated runs were averaged with others.`);
  for (const names of similarNames) {
    lines.push(`These names differ only by case or separators and count as different models: ${names.join(', ')}.`);
  }
  if (promptsDiffer.count > 0) {
    lines.push(`${count(promptsDiffer.count, 'id')} had several different prompts; one of them is used.`);
  }
  if (repeatedPrompts > 0) {
    lines.push(`${count(repeatedPrompts, 'row')} ${repeatedPrompts === 1 ? 'shares' : 'share'} a prompt with another.`);
  }
  return lines;
}
