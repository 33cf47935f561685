/** Langfuse: exports of scores, traces and observations, from its API (`traceId`) or to a bucket (`trace_id`). */
import { type Fields, field, numberField, textField } from '../fields.js';
import type { Importer } from '../importer.js';
import { type FileHead, type InputFile, noResults } from '../input-file.js';
import { readRecords, recordKeys } from '../records-file.js';
import { emitScores, questionIn, type TraceScore, Traces, unpacked } from '../traces.js';
import { tokensOf, usdField } from '../usage.js';

type Kind = 'score' | 'observation' | 'trace';

/** A trace in full (`/api/public/traces/{id}`) has its observations and scores in it. */
const PARTS = ['observations', 'scores'];
const DATASET = 'langfuse';

function kindOf(keys: readonly string[]): Kind | undefined {
  const has = (...names: string[]) => names.some((name) => keys.includes(name));
  if (has('traceId', 'trace_id')) {
    if (has('value') && has('dataType', 'data_type', 'source')) return 'score';
    return has('startTime', 'start_time') &&
      has('type') &&
      has('parentObservationId', 'parent_observation_id', 'model', 'providedModelName', 'provided_model_name')
      ? 'observation'
      : undefined;
  }
  return has('sessionId', 'session_id') && has('bookmarked', 'public') && has('timestamp') && has('input')
    ? 'trace'
    : undefined;
}

const claims = (_file: InputFile, head: FileHead) =>
  /\.(jsonl?|ndjson|csv)$/.test(head.name) && kindOf(recordKeys(head)) !== undefined;

/** Returns a text under its name in the API, or in an export to a bucket. */
const textAt = (record: Fields, ...names: string[]) =>
  names.map((name) => textField(record, name)).find((text) => text !== undefined && text !== '');

function figuresOf(record: Fields) {
  const usage = unpacked(field(record, 'usageDetails') ?? field(record, 'usage_details') ?? field(record, 'usage'));
  const cost = ['totalCost', 'total_cost', 'calculatedTotalCost'].map((name) =>
    usdField({ usd: numberField(record, name) }, 'usd'),
  );
  return { costUsd: cost.find((usd) => usd !== undefined), ...tokensOf(usage) };
}

/** Returns what a score says: a number, 0 or 1, or the word of a category. */
function scoreIn(record: Fields): unknown {
  const type = textAt(record, 'dataType', 'data_type');
  if (type !== 'CATEGORICAL' && type !== 'TEXT') return numberField(record, 'value') ?? null;
  const word = textAt(record, 'stringValue', 'string_value', 'value')?.trim().toLowerCase() ?? '';
  if (/^(true|yes|correct|pass(ed)?|good)$/.test(word)) return 1;
  return /^(false|no|incorrect|wrong|fail(ed)?|bad)$/.test(word) ? 0 : word;
}

function listAt(record: Fields, key: string): Fields[] {
  const list = unpacked(field(record, key));
  return Array.isArray(list) ? list.filter((part) => typeof part === 'object' && part !== null) : [];
}

/** Calls `onRecord` with each record and its kind, those inside of traces included. */
async function readAll(
  files: readonly InputFile[],
  onRecord: (kind: Kind, record: Fields, place: { file: string; line: number }) => void,
  options: Parameters<typeof readRecords>[2],
): Promise<void> {
  for (const file of files) {
    const take = (record: Fields, line: number) => {
      const place = { file: file.path, line };
      const kind = kindOf(Object.keys(record));
      if (kind !== undefined) onRecord(kind, record, place);
      if (kind !== 'trace') return;
      for (const part of PARTS.flatMap((key) => listAt(record, key))) {
        const inner = kindOf(Object.keys(part));
        if (inner !== undefined) onRecord(inner, part, place);
      }
    };
    await readRecords(file, take, options);
  }
}

/**
 * Langfuse: a score of a trace is the outcome, the models of its calls the candidate, the name of the trace the dataset.
 * Equal inputs are one sample.
 */
export const langfuseImporter: Importer = {
  source: 'langfuse',
  claims,
  async read(files, context) {
    const scores: TraceScore[] = [];
    const seen = new Set<string>();
    const takeScore = (kind: Kind, record: Fields, place: { file: string; line: number }) => {
      if (kind !== 'score') return;
      const id = textField(record, 'id');
      if (id !== undefined && seen.size === seen.add(id).size) return;
      const [trace, metric] = [textAt(record, 'traceId', 'trace_id'), textField(record, 'name') ?? 'score'];
      if (trace === undefined) context.sink.drop('incomplete', place, ': a score without a trace');
      else scores.push({ trace, metric, value: scoreIn(record), place });
    };
    await readAll(files, takeScore, { signal: context.signal });
    const [first] = files;
    if (scores.length === 0 && first !== undefined) {
      throw noResults({ file: first.path }, 'traces of Langfuse without scores: export the scores too');
    }
    const traces = new Traces(scores);
    const takeTrace = (kind: Kind, record: Fields) => {
      if (kind === 'score') return;
      const trace = traces.get(kind === 'trace' ? textField(record, 'id') : textAt(record, 'traceId', 'trace_id'));
      if (trace === undefined) return;
      if (kind === 'trace') {
        trace.dataset = textField(record, 'name');
        trace.prompt = questionIn(field(record, 'input'));
        trace.whole = figuresOf(record);
        return;
      }
      const model = textAt(record, 'model', 'providedModelName', 'provided_model_name');
      if (model === undefined) return;
      trace.models.add(model);
      trace.callPrompt ??= questionIn(field(record, 'input'));
      traces.addCall(trace, figuresOf(record));
      trace.hasFailed ||= textField(record, 'level') === 'ERROR';
    };
    await readAll(files, takeTrace, context);
    emitScores(scores, traces, DATASET, context);
  },
};
