/** Every Eval Ever, a shared form of results: `<uuid>.json` of totals, and `<uuid>_samples.jsonl` with a line a sample. */
import { field, numberField, requiredObject, requiredText, textField } from '../fields.js';
import type { Importer } from '../importer.js';
import { type FileHead, type InputFile, noResults, type ReadFileOptions } from '../input-file.js';
import { readJson, readJsonLines } from '../json.js';
import { promptText } from '../messages.js';
import type { Answer, ImportContext } from '../records.js';
import { SampleKeys } from '../sample-keys.js';
import { headKeys } from '../table.js';
import { tokensOf, usdField } from '../usage.js';

const SAMPLE_KEYS = ['evaluation_id', 'model_id', 'evaluation_name', 'sample_id', 'evaluation'];
const TOTAL_KEYS = ['evaluation_id', 'evaluation_results'];
const UNKNOWN = -1;

const isTotals = ({ name, text }: FileHead) => {
  const keys = headKeys(text.trimStart());
  // The list may follow the first bytes.
  return (
    name.endsWith('.json') &&
    keys.includes('schema_version') &&
    (TOTAL_KEYS.every((key) => keys.includes(key)) || keys.includes('retrieved_timestamp'))
  );
};

function claims(_file: InputFile, head: FileHead): boolean {
  if (!/\.(jsonl|ndjson)$/.test(head.name)) return isTotals(head);
  const keys = headKeys(head.text.trimStart());
  return SAMPLE_KEYS.every((key) => keys.includes(key));
}

/** Facts about a metric from the totals. */
interface Metric {
  name: string;
  isLowerBetter: boolean;
  range: [low: number, high: number] | undefined;
  hasUnknown: boolean;
}

const NO_METRIC: Metric = { name: 'score', isLowerBetter: false, range: undefined, hasUnknown: false };

function metricOf(result: unknown): Metric {
  const config = field(result, 'metric_config');
  const [low, high] = [numberField(config, 'min_score'), numberField(config, 'max_score')];
  return {
    name: textField(config, 'metric_name') || textField(config, 'metric_id') || 'score',
    isLowerBetter: field(config, 'lower_is_better') === true,
    range: low !== undefined && high !== undefined && low < high ? [low, high] : undefined,
    hasUnknown: field(config, 'has_unknown_level') === true,
  };
}

/** Reads the metrics by run and result: by the result's own id, and by its name. */
async function readMetrics(files: readonly InputFile[], options: ReadFileOptions): Promise<Map<string, Metric>> {
  const metrics = new Map<string, Metric>();
  for (const file of files) {
    if (/\.(jsonl|ndjson)(\.gz)?$/i.test(file.path)) continue;
    const totals = await readJson(file, options);
    const run = textField(totals, 'evaluation_id') ?? '';
    const results = field(totals, 'evaluation_results');
    for (const result of Array.isArray(results) ? results : []) {
      const metric = metricOf(result);
      const name = textField(result, 'evaluation_name') ?? '';
      // Several results of a name are several metrics; lines without the id of a result belong to the first.
      if (!metrics.has(JSON.stringify([run, name]))) metrics.set(JSON.stringify([run, name]), metric);
      metrics.set(JSON.stringify([run, name, textField(result, 'evaluation_result_id')]), metric);
    }
  }
  return metrics;
}

async function readSamples(
  file: InputFile,
  metrics: ReadonlyMap<string, Metric>,
  keys: SampleKeys,
  noted: Set<string>,
  context: ImportContext,
) {
  const { sink } = context;
  const onLine = (value: unknown, line: number) => {
    const place = { file: file.path, line };
    const entry = requiredObject(value, place, 'the line');
    const dataset = requiredText(entry, place, 'evaluation_name');
    const model = requiredText(entry, place, 'model_id');
    const id = requiredText(entry, place, 'sample_id');
    const run = textField(entry, 'evaluation_id');
    const result = textField(entry, 'evaluation_result_id');
    const metric =
      metrics.get(JSON.stringify([run, dataset, result])) ?? metrics.get(JSON.stringify([run, dataset])) ?? NO_METRIC;
    const of = JSON.stringify([dataset, metric.name]);
    if (!noted.has(of)) {
      noted.add(of);
      if (metric.range !== undefined) sink.scale(dataset, metric.name, ...metric.range);
      if (metric.isLowerBetter) sink.lowerIsBetter(dataset, metric.name);
    }
    const prompt = textField(entry, 'input', 'raw') ?? promptText(field(entry, 'messages'));
    const sample = sink.sample({ dataset, key: keys.keyOf(dataset, id, prompt), id, prompt, place });
    if (textField(entry, 'error')) {
      sink.drop('failed', place, `: ${model}`);
      return;
    }
    const score = numberField(entry, 'evaluation', 'score');
    if (score === undefined || (metric.hasUnknown && score === UNKNOWN)) {
      sink.drop('unscored', place, `: ${model}`);
      return;
    }
    const costUsd = usdField({ usd: numberField(entry, 'metadata', 'cost_usd') }, 'usd');
    const answer: Answer = { costUsd, ...tokensOf(field(entry, 'token_usage')), repeats: true };
    sink.score(sample, model, metric.name, score, place, answer);
  };
  await readJsonLines(file, onLine, context);
}

/** Every Eval Ever: names, ids, scores and tokens are in each line; the totals say which range a metric has. */
export const everyEvalEverImporter: Importer = {
  source: 'every-eval-ever',
  claims,
  async read(files, context) {
    const samples = files.filter(({ path }) => /\.(jsonl|ndjson)(\.gz)?$/i.test(path));
    const [first] = files;
    if (samples.length === 0 && first !== undefined) {
      throw noResults(
        { file: first.path },
        'these are totals, without samples: add the <uuid>_samples.jsonl beside it',
      );
    }
    const metrics = await readMetrics(files, { signal: context.signal });
    const [keys, noted] = [new SampleKeys(), new Set<string>()];
    for (const file of samples) await readSamples(file, metrics, keys, noted, context);
  },
};
