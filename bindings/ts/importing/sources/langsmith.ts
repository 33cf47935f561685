/** LangSmith: exported runs (JSON, JSON lines, CSV, or the Parquet of a bulk export), with their feedback. */
import { type Fields, field, isObject, numberField, textField } from '../fields.js';
import type { Importer } from '../importer.js';
import { type FileHead, type InputFile, noResults } from '../input-file.js';
import type { Place } from '../records.js';
import { readRecords, recordKeys } from '../records-file.js';
import { emitScores, questionIn, type Trace, type TraceScore, Traces, unpacked } from '../traces.js';
import { tokensOf, usdField } from '../usage.js';

/** The head of a Parquet file does not show its columns; a bulk export has its project in the path. */
const BULK = /(^|\/)export_id=[^/]+\/.*\.parquet$/i;
const DATASET = 'langsmith';
/** Places where frameworks put the name of the model. */
const MODEL = ['ls_model_name', 'model_name', 'model'];

type Kind = 'run' | 'feedback';

function kindOf(keys: readonly string[]): Kind | undefined {
  const has = (...names: string[]) => names.every((name) => keys.includes(name));
  if (has('run_type') && (has('trace_id') || has('dotted_order'))) return 'run';
  return has('run_id', 'key', 'score') ? 'feedback' : undefined;
}

const claims = ({ path }: InputFile, head: FileHead) =>
  BULK.test(path) || (/\.(jsonl?|ndjson|csv)$/.test(head.name) && kindOf(recordKeys(head)) !== undefined);

function modelOf(run: Fields): string | undefined {
  const extra = unpacked(field(run, 'extra'));
  const places = [field(extra, 'metadata'), field(extra, 'invocation_params'), unpacked(field(run, 'metadata'))];
  return places
    .flatMap((place) => MODEL.map((name) => textField(place, name)))
    .find((name) => name !== undefined && name !== '');
}

/** Returns the trace of a run; the root of a trace has the same id. */
const traceOf = (run: Fields) => textField(run, 'trace_id') ?? textField(run, 'id') ?? '';

/** Returns the means of the feedback on a run. */
function feedbackOf(run: Fields, place: Place): TraceScore[] {
  const stats = unpacked(field(run, 'feedback_stats'));
  if (!isObject(stats)) return [];
  return Object.entries(stats).flatMap(([metric, of]) => {
    const value = numberField(of, 'avg');
    return value === undefined ? [] : [{ trace: traceOf(run), metric, value, place }];
  });
}

function takeRun(run: Fields, trace: Trace, traces: Traces): void {
  const isRoot = !textField(run, 'parent_run_id');
  const isCall = textField(run, 'run_type') === 'llm';
  const figures = { costUsd: usdField({ usd: numberField(run, 'total_cost') }, 'usd'), ...tokensOf(run) };
  const question = questionIn(field(run, 'inputs'));
  if (isRoot) {
    trace.dataset = textField(run, 'name');
    trace.example = textField(run, 'reference_example_id') || undefined;
    trace.prompt = question;
    trace.whole = figures;
    trace.hasFailed = Boolean(textField(run, 'error'));
  }
  if (!isCall) return;
  const model = modelOf(run);
  if (model !== undefined) trace.models.add(model);
  trace.callPrompt ??= question;
  if (!isRoot) traces.addCall(trace, figures);
}

/**
 * LangSmith: the feedback on a trace is the outcome, the models of its calls the candidate. Runs of one example of a data set
 * are one sample; otherwise, equal inputs are.
 */
export const langSmithImporter: Importer = {
  source: 'langsmith',
  claims,
  async read(files, context) {
    const scores: TraceScore[] = [];
    /** Traces of runs, which feedback in files of its own names by the run. */
    const feedback: { run: string; score: TraceScore }[] = [];
    const runs = new Map<string, string>();
    for (const file of files) {
      const take = (record: Fields, line: number) => {
        const place = { file: file.path, line };
        const kind = kindOf(Object.keys(record));
        if (kind === 'run') {
          scores.push(...feedbackOf(record, place));
          runs.set(textField(record, 'id') ?? '', traceOf(record));
        }
        if (kind !== 'feedback') return;
        const run = textField(record, 'run_id') ?? '';
        const value = numberField(record, 'score') ?? null;
        feedback.push({
          run,
          score: {
            trace: textField(record, 'trace_id') ?? '',
            metric: textField(record, 'key') ?? 'score',
            value,
            place,
          },
        });
      };
      await readRecords(file, take, { signal: context.signal });
    }
    // The means of a run repeat what the feedback itself says.
    const isInFiles = new Set(feedback.map(({ run, score }) => `${runs.get(run) ?? score.trace} ${score.metric}`));
    const means = scores.filter(({ trace, metric }) => !isInFiles.has(`${trace} ${metric}`));
    const all = [
      ...means,
      ...feedback.map(({ run, score }) => ({ ...score, trace: runs.get(run) || score.trace || run })),
    ];
    const [first] = files;
    if (all.length === 0 && first !== undefined) {
      throw noResults(
        { file: first.path },
        'runs of LangSmith without feedback: export feedback_stats, or the feedback, too',
      );
    }
    const traces = new Traces(all);
    for (const file of files) {
      const take = (record: Fields) => {
        const trace = kindOf(Object.keys(record)) === 'run' ? traces.get(traceOf(record)) : undefined;
        if (trace !== undefined) takeRun(record, trace, traces);
      };
      await readRecords(file, take, context);
    }
    emitScores(all, traces, DATASET, context);
  },
};
