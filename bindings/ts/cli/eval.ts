/** The command `signalbox eval`: reads files, prints tables, and writes a JSON file and a report. */
import path from 'node:path';
import process from 'node:process';
import { SignalboxError } from '../errors.js';
import { type ComparisonReport, compareEvaluations, type NamedEvaluation } from '../evaluation/comparison.js';
import type { Baseline, EvaluationData } from '../evaluation/data.js';
import { parseBaseline, readBaseline } from '../evaluation/disk/baseline.js';
import { comparisonHtml } from '../evaluation/disk/comparison-html.js';
import { reportHtml } from '../evaluation/disk/html.js';
import { readData } from '../evaluation/disk/read-data.js';
import { type EvaluationLab, evaluate } from '../evaluation/engine.js';
import type { EvaluationReport, EvaluationSettings } from '../evaluation/report.js';
import { measureRobustness } from '../evaluation/robustness.js';
import { toJson, writeWhole } from '../files/disk/output.js';
import { printable } from '../files/printable.js';
import { Command } from '../vendor/commander-node.js';
import { loadLab } from '../wasm/lab-module.js';
import { comparisonText } from './comparison-text.js';
import { checkOptions, describeOptions, type EvaluationOptions, settingsOf } from './eval-options.js';
import { checkSources, type OpenSource, openEmbedder, openSource, type Source } from './eval-sources.js';
import { reportText } from './eval-text.js';
import { interruptible } from './interruptible.js';
import { packageVersion } from './package-version.js';
import type { Progress } from './progress.js';
import { threaded } from './thread.js';

/** Counts rows that share their prompt with another row. */
function countDuplicates(inputs: Uint32Array): number {
  const counts = new Map<number, number>();
  for (const input of inputs) counts.set(input, (counts.get(input) ?? 0) + 1);
  return inputs.filter((input) => (counts.get(input) ?? 0) > 1).length;
}

function describeData(
  data: EvaluationData,
  file: string,
): Omit<EvaluationReport['data'], 'duplicatesDropped' | 'embedder' | 'dim'> {
  return {
    file: path.basename(file),
    sha256: data.sha256,
    rowsInFile: data.fileRows,
    rows: data.ids.length,
    dropped: data.dropped,
    tasks: data.taskNames.length,
    models: data.models.map(({ name }) => name),
    modelsWithoutColumn: data.modelsWithoutColumn,
    unusedColumns: data.unusedColumns,
    missingOutcomes: data.outcomes.reduce((sum, y) => sum + Number(Number.isNaN(y)), 0),
    duplicatePrompts: countDuplicates(data.inputs),
  };
}

async function readBaselines(
  options: EvaluationOptions,
  data: EvaluationData,
  signal?: AbortSignal,
): Promise<Baseline[]> {
  const wanted = options.baseline.map(parseBaseline);
  const names = new Set([...options.policy, 'best_single', 'oracle']);
  const baselines: Baseline[] = [];
  for (const baseline of wanted) {
    if (names.has(baseline.name)) {
      throw new SignalboxError('invalid_argument', `--baseline: the name '${baseline.name}' is already in use`);
    }
    names.add(baseline.name);
    baselines.push(await readBaseline(baseline, data, signal));
  }
  return baselines;
}

/** Returns `null` unless an option asks for it. */
async function changesSurvived(
  options: EvaluationOptions,
  data: EvaluationData,
  { vectors, embedder }: OpenSource,
  progress: Progress,
) {
  const { robustness = false, queryEmbedder } = options;
  if (embedder === undefined || (!robustness && queryEmbedder === undefined)) return { report: null, units: [] };
  const other = queryEmbedder === undefined ? undefined : await openEmbedder(queryEmbedder, options, progress);
  try {
    const changes = { paraphrases: robustness, queryEmbedder: other };
    return await measureRobustness(data, vectors, embedder, changes, settingsOf(options, data.models), progress);
  } finally {
    other?.dispose?.();
  }
}

interface Setup {
  options: EvaluationOptions;
  data: EvaluationData;
  settings: EvaluationSettings;
  baselines: Baseline[];
  lab: EvaluationLab;
  version: string;
}

/** Evaluates one source; nothing of its vectors is kept. */
async function evaluateSource(source: Source, setup: Setup, progress: Progress): Promise<NamedEvaluation> {
  const { options, data, settings, baselines, lab, version } = setup;
  const open = await openSource(source, options, data, progress);
  try {
    const { label, vectors, dim } = open;
    const input = { data, vectors, dim, settings, baselines, progress };
    const { duplicatesDropped, units, ...evaluation } = await evaluate(lab, input);
    const robustness = await changesSurvived(options, data, open, progress);
    const report: EvaluationReport = {
      format: 'signalbox-evaluation-1',
      version,
      settings,
      data: { ...describeData(data, options.data), duplicatesDropped, embedder: label, dim },
      ...evaluation,
      robustness: robustness.report,
    };
    return { name: source.name, report, units: { ...units, robustness: robustness.units } };
  } finally {
    open.embedder?.dispose?.();
  }
}

/**
 * @internal Evaluates the sources one after the other, each with one matrix in memory. Tests may bring their own lab.
 * Returns the report on the only source, or the comparison of several.
 */
export async function runEvaluation(
  options: EvaluationOptions,
  progress: Progress,
  lab?: EvaluationLab,
): Promise<EvaluationReport | ComparisonReport> {
  const { signal } = progress;
  const sources = checkOptions(options);
  progress.begin('reading the data');
  try {
    const data = await readData({ ...options, signal });
    const baselines = await readBaselines(options, data, signal);
    await checkSources(sources, data, progress);
    const setup = {
      options,
      data,
      settings: settingsOf(options, data.models),
      baselines,
      lab: lab ?? (await loadLab(undefined, { signal })),
      version: await packageVersion(),
    };
    const evaluations: NamedEvaluation[] = [];
    for (const source of sources) {
      if (sources.length > 1) progress.note(printable(`embedder ${source.name}`));
      evaluations.push(await evaluateSource(source, setup, progress));
    }
    if (evaluations.length === 1) return (evaluations[0] as NamedEvaluation).report;
    return await compareEvaluations(evaluations, data, progress);
  } finally {
    progress.end();
  }
}

const isComparison = (report: EvaluationReport | ComparisonReport): report is ComparisonReport =>
  report.format === 'signalbox-comparison-1';

async function act(options: EvaluationOptions): Promise<void> {
  await interruptible(async (progress, signal) => {
    const report = await runEvaluation(options, progress);
    if (options.json !== undefined) await writeWhole(options.json, toJson(report), signal);
    if (options.html !== undefined) {
      const page = isComparison(report) ? await comparisonHtml(report) : await reportHtml(report);
      await writeWhole(options.html, page, signal);
    }
    process.stdout.write(`${isComparison(report) ? comparisonText(report) : reportText(report)}\n`);
  });
}

const EXAMPLES = `
Examples:
  signalbox eval --data outcomes.csv --models models.json
  signalbox eval --data outcomes.csv --models models.json --html report.html`;

/** Returns the command, to be added to a program. */
export function evaluationCommand(): Command {
  return describeOptions(new Command('eval'))
    .addHelpText('after', EXAMPLES)
    .action(threaded(act, ({ json, html }) => [json, html]));
}
