/** Formats the report as text. */
import { printable } from '../files/printable.js';
import { droppedLines } from './drop-reasons.js';
import type { BuildReport, ReportedModel } from './report.js';

const MOST_LINES = 8;
/** Difference of the shares of cut-off answers that is worth a warning. */
const UNEQUAL_SHARES = 0.02;

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
  lines.push(...cutOffLines(models));
  return lines;
}

/** Warns if a length limit cut off the answers of some models more often than those of others. */
function cutOffLines(models: readonly ReportedModel[]): string[] {
  const known = models.flatMap(({ name, cutOffShare: share }) => (share === null ? [] : { name, share }));
  const shares = known.map(({ share }) => share);
  if (known.length < 2 || Math.max(...shares) - Math.min(...shares) <= UNEQUAL_SHARES) return [];
  const most = known.sort((a, b) => b.share - a.share).map(({ name, share }) => `${name} ${(100 * share).toFixed(1)}%`);
  return [`answers that end at a length limit, not equally often: ${few(most)}; --drop-truncated leaves them out`];
}

function warnings(report: BuildReport): string[] {
  const lines: string[] = [];
  lines.push(...droppedLines(Object.entries(report.dropped)).map((line) => `not used: ${line}`));
  if (report.averaged.count > 0) {
    const { count: scores, examples } = report.averaged;
    lines.push(`several runs, averaged: ${count(scores, 'repeated score')}, such as ${few(examples, 2)}`);
  }
  for (const names of report.similarNames) {
    lines.push(`names that differ only by case or separators, taken for different models: ${few(names)}`);
  }
  if (report.promptsDiffer.count > 0) {
    const { count: times, examples } = report.promptsDiffer;
    lines.push(`${count(times, 'sample')} with different prompts: ${few(examples, 2)}`);
  }
  if (report.repeatedPrompts > 0) lines.push(`${count(report.repeatedPrompts, 'row')} share a prompt with another row`);
  const alone = report.datasets.filter(({ models }) => models === 1).map(({ name }) => name);
  if (alone.length > 0) lines.push(`only one model to choose: ${few(alone)}`);
  lines.push(...modelWarnings(report.models));
  if (report.datasets.length === 1) lines.push(familyWords(report.families));
  return lines;
}

/** Says what an index of one dataset compares. */
function familyWords(families: BuildReport['families']): string {
  const best = 'the index always picks the best single model';
  if (families === null) return `only one dataset: without families of prompts, ${best}`;
  if (families.length === 0) return `only one dataset, and no families of prompts were found in it: ${best}`;
  const names = families.map(({ name, rows }) => `${name} (${rows})`);
  return `only one dataset: the index compares ${families.length} families of its prompts: ${few(names)}`;
}

/** Names the source, or all of several. */
function sourceText({ source, files: { list } }: BuildReport): string {
  if (source !== 'mixed') return source;
  return [...new Set(list.flatMap((file) => file.source ?? []))].sort().join(' + ');
}

/**
 * Formats the report on a build for people.
 *
 * @example
 * ```js
 * const { report } = await buildFromFiles(files);
 * console.log(reportText(report));
 * ```
 */
export function reportText(report: BuildReport): string {
  const { rows, models, datasets, missingOutcomes } = report;
  const cells = rows * models.length;
  const share = cells === 0 ? '' : ` (${((100 * missingOutcomes) / cells).toFixed(1)}%)`;
  const sizes = Object.entries(report.estimatedBytes).map(([code, bytes]) => `${code} ${megabytes(bytes)}`);
  const head = [
    `${sourceText(report)}: ${count(report.files.read, 'file')}, ${count(rows, 'row')} x ${count(models.length, 'model')}, ${count(datasets.length, 'dataset')}`,
    `models: ${few(models.map(({ name }) => name))}`,
    `outcomes: ${report.graded ? 'graded' : 'correct or not'}; ${count(missingOutcomes, 'missing outcome')}${share}`,
  ];
  // One file of results, and nothing else: the first line says it all.
  const files = report.files.list.length > 1 ? ['files:', ...report.files.lines.map((line) => `  ${line}`)] : [];
  const lines = [...head, ...datasetLines(report), ...files, ...warnings(report).map((line) => `- ${line}`)];
  if (report.faults.length > 0) lines.push('the build refuses:', ...report.faults.map((fault) => `  ${fault}`));
  if (report.mixedMetrics.length > 0) {
    lines.push('several metrics, choose with --metric [dataset=]name:', ...report.mixedMetrics.map((m) => `  ${m}`));
  }
  return [...lines, `index: about ${sizes.join(', ')}`].map(printable).join('\n');
}
