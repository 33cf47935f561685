/** The command `signalbox eval`: reads files, prints tables, and writes a JSON file and a report. */
import path from 'node:path';
import process from 'node:process';
import { Command } from 'commander';
import { SignalboxError } from '../errors.js';
import type { Baseline, EvaluationData } from '../evaluation/data.js';
import { parseBaseline, readBaseline } from '../evaluation/disk/baseline.js';
import { readEmbeddings } from '../evaluation/disk/embeddings.js';
import { reportHtml } from '../evaluation/disk/html.js';
import { readData } from '../evaluation/disk/read-data.js';
import { embedAll } from '../evaluation/embed.js';
import { type EvaluationLab, evaluate } from '../evaluation/engine.js';
import type { EvaluationReport } from '../evaluation/report.js';
import { measureRobustness } from '../evaluation/robustness.js';
import { toJson, writeWhole } from '../files/disk/output.js';
import type { Embedder } from '../types.js';
import { loadLab } from '../wasm/lab-module.js';
import { loadEmbedder } from './embedder-option.js';
import { checkOptions, describeOptions, type EvaluationOptions, settingsOf } from './eval-options.js';
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

async function vectorsOf(
  options: EvaluationOptions,
  data: EvaluationData,
  embedder: Embedder | undefined,
  progress: Progress,
) {
  if (options.embeddings !== undefined) return readEmbeddings(options.embeddings, data);
  if (embedder === undefined) throw new SignalboxError('internal', 'there is no embedder');
  progress.begin(`embedding ${data.prompts.length} prompts`);
  return { vectors: await embedAll(embedder, data.prompts, progress), dim: embedder.dim };
}

/** Returns `null` unless an option asks for it. */
async function changesSurvived(
  options: EvaluationOptions,
  data: EvaluationData,
  vectors: Float32Array,
  embedder: Embedder,
  progress: Progress,
): Promise<EvaluationReport['robustness']> {
  const { robustness = false, queryEmbedder } = options;
  if (!robustness && queryEmbedder === undefined) return null;
  const other = queryEmbedder === undefined ? undefined : await loadEmbedder(queryEmbedder, progress.signal);
  try {
    const changes = { paraphrases: robustness, queryEmbedder: other };
    return await measureRobustness(data, vectors, embedder, changes, settingsOf(options, data.models), progress);
  } finally {
    other?.dispose?.();
  }
}

/** @internal Runs an evaluation. Tests may bring their own lab. */
export async function runEvaluation(
  options: EvaluationOptions,
  progress: Progress,
  lab?: EvaluationLab,
): Promise<EvaluationReport> {
  const { signal } = progress;
  checkOptions(options);
  progress.begin('reading the data');
  const data = await readData({ ...options, signal });
  const settings = settingsOf(options, data.models);
  const baselines = await readBaselines(options, data, signal);
  const embedder = options.embeddings === undefined ? await loadEmbedder(options.embedder, signal) : undefined;
  try {
    const { vectors, dim } = await vectorsOf(options, data, embedder, progress);
    const input = { data, vectors, dim, settings, baselines, progress };
    const { duplicatesDropped, ...evaluation } = await evaluate(lab ?? (await loadLab(undefined, { signal })), input);
    const robustness =
      embedder === undefined ? null : await changesSurvived(options, data, vectors, embedder, progress);
    const name = options.embeddings === undefined ? (embedder?.id ?? '') : path.basename(options.embeddings);
    return {
      format: 'signalbox-evaluation-1',
      version: await packageVersion(),
      settings,
      data: { ...describeData(data, options.data), duplicatesDropped, embedder: name, dim },
      ...evaluation,
      robustness,
    };
  } finally {
    progress.end();
    embedder?.dispose?.();
  }
}

async function act(options: EvaluationOptions): Promise<void> {
  await interruptible(async (progress, signal) => {
    const report = await runEvaluation(options, progress);
    if (options.json !== undefined) await writeWhole(options.json, toJson(report), signal);
    if (options.html !== undefined) await writeWhole(options.html, await reportHtml(report), signal);
    process.stdout.write(`${reportText(report)}\n`);
  });
}

/** Returns the command, to be added to a program. */
export function evaluationCommand(): Command {
  return describeOptions(new Command('eval')).action(threaded(act, ({ json, html }) => [json, html]));
}
