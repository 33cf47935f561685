/** Formats the report as text. */
import { printable } from '../files/printable.js';
import type { BuildReport, ReportedModel } from './report.js';

const MOST_LINES = 8;

const REASONS: Record<string, string> = {
  perturbed: 'perturbed copies',
  failed: 'answers that could not be scored',
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

export const megabytes = (bytes: number) =>
  bytes < 1e6 ? `${(bytes / 1e3).toFixed(bytes < 1e4 ? 1 : 0)} KB` : `${(bytes / 1e6).toFixed(bytes < 1e7 ? 2 : 0)} MB`;

const few = (items: readonly string[], most = MOST_LINES) =>
  items.slice(0, most).join(', ') + (items.length > most ? `, and ${items.length - most} more` : '');

const count = (n: number, what: string) => `${n.toLocaleString('en')} ${what}${n === 1 ? '' : 's'}`;

function datasetLines({ datasets }: BuildReport): string[] {
  const shown = datasets.slice(0, 3 * MOST_LINES);
  const width = Math.max(...shown.map(({ name }) => name.length));
  const lines = shown.map(({ name, rows, models, metric, range, threshold }) => {
    const scale = range[0] === 0 && range[1] === 1 ? '' : `, ${range.join(' to ')}`;
    const rule = threshold === null ? '' : `, correct above ${threshold}`;
    return `  ${name.padEnd(width)}  ${String(rows).padStart(7)} rows  ${String(models).padStart(4)} models  ${metric}${scale}${rule}`;
  });
  return datasets.length > shown.length ? [...lines, `  and ${datasets.length - shown.length} more`] : lines;
}

function modelWarnings(models: readonly ReportedModel[]): string[] {
  const lines: string[] = [];
  const missing = models.filter(({ missingDatasets }) => missingDatasets.length > 0);
  if (missing.length > 0) {
    const named = missing.map(({ name, missingDatasets: of }) => `${name} (${of.length})`);
    lines.push(`${count(missing.length, 'model')} without outcomes in some datasets: ${few(named)}`);
  }
  const constant = models.filter(({ isConstant }) => isConstant).map(({ name }) => name);
  if (constant.length > 0) lines.push(`the same outcome everywhere: ${few(constant)}`);
  return lines;
}

function warnings(report: BuildReport): string[] {
  const lines: string[] = [];
  for (const [reason, finding] of Object.entries(report.dropped)) {
    const example = finding.examples[0];
    const where = example === undefined ? '' : ` (${example})`;
    lines.push(`not used: ${finding.count.toLocaleString('en')} ${REASONS[reason] ?? reason}${where}`);
  }
  if (report.promptsDiffer.count > 0) {
    const { count: times, examples } = report.promptsDiffer;
    lines.push(`${count(times, 'sample')} with different prompts: ${few(examples, 2)}`);
  }
  if (report.repeatedPrompts > 0) lines.push(`${count(report.repeatedPrompts, 'row')} share a prompt with another row`);
  const alone = report.datasets.filter(({ models }) => models === 1).map(({ name }) => name);
  if (alone.length > 0) lines.push(`only one model to choose: ${few(alone)}`);
  lines.push(...modelWarnings(report.models));
  if (report.datasets.length === 1) lines.push('only one dataset: the default policy compares datasets, add more');
  if (report.files.ignored.length > 0) {
    lines.push(`${count(report.files.ignored.length, 'file')} not read: ${few(report.files.ignored, 3)}`);
  }
  return lines;
}

export function reportText(report: BuildReport): string {
  const { rows, models, datasets, missingOutcomes } = report;
  const cells = rows * models.length;
  const share = cells === 0 ? '' : ` (${((100 * missingOutcomes) / cells).toFixed(1)}%)`;
  const sizes = Object.entries(report.estimatedBytes).map(([code, bytes]) => `${code} ${megabytes(bytes)}`);
  const head = [
    `${report.source}: ${count(report.files.read, 'file')}, ${count(rows, 'row')} x ${count(models.length, 'model')}, ${count(datasets.length, 'dataset')}`,
    `outcomes: ${report.graded ? 'graded' : 'correct or not'}; ${count(missingOutcomes, 'missing outcome')}${share}`,
  ];
  const lines = [...head, ...datasetLines(report), ...warnings(report).map((line) => `- ${line}`)];
  if (report.mixedMetrics.length > 0) {
    lines.push('several metrics, choose with --metric [dataset=]name:', ...report.mixedMetrics.map((m) => `  ${m}`));
  }
  return [...lines, `index: about ${sizes.join(', ')}`].map(printable).join('\n');
}
