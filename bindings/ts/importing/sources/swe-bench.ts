/** SWE-bench: the report of a run (`<model>.<run>.json`, or `results.json` of a submission), and the statements. */
import { field, textField } from '../fields.js';
import type { Importer } from '../importer.js';
import { badInput, type FileHead, headOf, type InputFile, noResults, type ReadFileOptions } from '../input-file.js';
import { readJson, readJsonParts } from '../json.js';
import type { ImportContext } from '../records.js';
import { headColumns, headKeys, readTable, tableFormat } from '../table.js';

const REPORT_KEYS = ['submitted_ids', 'resolved_ids'];
/** Submissions to the leaderboard: lists by fate. */
const SUBMISSION_KEYS = ['no_generation', 'resolved'];
const STATEMENT_KEYS = ['instance_id', 'problem_statement'];
/** The head of a Parquet file does not show its columns. */
const STATEMENTS_PARQUET = /swe[-_ ]?bench[^/]*(\/.*)?\.parquet$/i;
const METRIC = 'resolved';
const DATASET = 'SWE-bench';

const isList = (text: string) => /^\s*\[/.test(text);
const topKeys = (text: string) => headKeys(text.replace(/^\s*(\[\s*)?/, ''));

function isStatements({ path }: InputFile, head: FileHead): boolean {
  if (STATEMENTS_PARQUET.test(path)) return true;
  const keys = head.name.endsWith('.json') ? topKeys(head.text) : headColumns(head);
  return STATEMENT_KEYS.every((key) => keys.includes(key));
}

function isReport({ name, text }: FileHead): boolean {
  if (!name.endsWith('.json') || isList(text)) return false;
  const keys = topKeys(text);
  if (SUBMISSION_KEYS.every((key) => keys.includes(key))) return true;
  return (
    (keys.includes('resolved_instances') && keys.includes('submitted_instances')) ||
    REPORT_KEYS.every((key) => keys.includes(key))
  );
}

/** Statements of issues with the name of this benchmark's ids, or its reports. */
const claims = (file: InputFile, head: FileHead) => isReport(head) || isStatements(file, head);

interface Report {
  file: InputFile;
  model: string;
  resolved: Set<string>;
  /** Ids with an answer that was judged. */
  judged: string[];
  /** Ids of which the machinery failed, and no answer was judged. */
  failed: string[];
}

const idsAt = (report: unknown, key: string): string[] => {
  const list = field(report, key);
  return Array.isArray(list) ? list.filter((id) => typeof id === 'string') : [];
};

/** Returns the model in the name of a report, or the folder of a submission. */
function modelOf({ path }: InputFile): string {
  const [name = '', ...folders] = path.split('/').reverse();
  const stem = name.replace(/\.json(\.gz)?$/i, '');
  const given = /^(results?|report)$/i.test(stem)
    ? folders.find((folder) => !/^results?$/i.test(folder))
    : stem.replace(/\.[^.]+$/, '');
  const model = given?.replaceAll('__', '/') ?? '';
  if (model !== '' && model !== '.') return model;
  throw badInput({ file: path }, 'expected the name <model>.<run>.json, or a folder that names the model');
}

async function readReport(file: InputFile, options: ReadFileOptions): Promise<Report> {
  const report = await readJson(file, options);
  const model = modelOf(file);
  const of = (...keys: string[]) => keys.flatMap((key) => idsAt(report, key));
  if (field(report, 'resolved_ids') === undefined && field(report, 'resolved') === undefined) {
    throw badInput(
      { file: file.path },
      "no list at 'resolved_ids': the report counts instances, but does not name them",
    );
  }
  const resolved = new Set(of('resolved_ids', 'resolved'));
  const failed = new Set(of('infra_failure_ids'));
  const submitted = of(
    'submitted_ids',
    'resolved',
    'no_generation',
    'no_logs',
    'no_apply',
    'applied',
    'test_errored',
    'test_timeout',
    'generated',
    'with_logs',
    'unresolved',
    'install_fail',
    'reset_failed',
  );
  const judged = [...new Set([...submitted, ...resolved])].filter((id) => !failed.has(id) || resolved.has(id));
  return { file, model, resolved, judged, failed: [...failed].filter((id) => !resolved.has(id)) };
}

async function readStatements(files: readonly InputFile[], context: ImportContext): Promise<Map<string, string>> {
  const statements = new Map<string, string>();
  const take = (id: unknown, statement: unknown) => {
    if (typeof id === 'string' && typeof statement === 'string') statements.set(id, statement);
  };
  const options = { signal: context.signal };
  for (const file of files) {
    const head = await headOf(file, options);
    if (isReport(head)) continue;
    const format = tableFormat(head);
    if (format === undefined) {
      const onPart = ({ value }: { value: unknown }) =>
        take(textField(value, 'instance_id'), textField(value, 'problem_statement'));
      await readJsonParts(file, ['$.*'], onPart, options);
      continue;
    }
    let at = { id: -1, statement: -1 };
    const onColumns = (columns: readonly string[]) => {
      at = { id: columns.indexOf('instance_id'), statement: columns.indexOf('problem_statement') };
    };
    await readTable(file, format, { onColumns, onRow: (cells) => take(cells[at.id], cells[at.statement]) }, options);
  }
  return statements;
}

/**
 * SWE-bench: every submitted instance that was not resolved counts as wrong, as in the tool's own share, but for those of
 * which it says that the machinery failed. The prompts are the statements of the issues.
 */
export const sweBenchImporter: Importer = {
  source: 'swe-bench',
  claims,
  async read(files, context) {
    const { sink, signal } = context;
    const reports: Report[] = [];
    for (const file of files)
      if (isReport(await headOf(file, { signal }))) reports.push(await readReport(file, context));
    const [first] = files;
    if (reports.length === 0 && first !== undefined) {
      throw noResults({ file: first.path }, 'expected a report of SWE-bench beside it, <model>.<run>.json');
    }
    const statements = await readStatements(files, context);
    if (statements.size === 0 && first !== undefined) {
      const advice = 'a JSONL, CSV or Parquet with instance_id and problem_statement, as the data set has them';
      throw noResults({ file: first.path }, `expected the statements of the instances too: ${advice}`);
    }
    for (const { file, model, resolved, judged, failed } of reports) {
      const place = { file: file.path };
      for (const id of failed) sink.drop('failed', place, `: ${model}: ${id}`);
      for (const id of judged) {
        const sample = sink.sample({ dataset: DATASET, key: id, id, prompt: statements.get(id), place });
        sink.score(sample, model, METRIC, Number(resolved.has(id)), place, { repeats: true });
      }
    }
  },
};
