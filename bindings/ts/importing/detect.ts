/** Detects the sources of benchmark files. */
import { SignalboxError, throwIfAborted } from '../errors.js';
import { invalid } from '../options.js';
import type { Importer } from './importer.js';
import { IMPORTERS, PLAIN_IMPORTERS, TOOL_IMPORTERS } from './importers.js';
import { type FileHead, headOf, type InputFile, type ReadFileOptions } from './input-file.js';
import { adviceFor, knownTool } from './known-tools.js';
import { type RecordSink, SOURCES, type Source } from './records.js';
import { unreadable } from './unreadable.js';

const MOST_NAMED = 5;
/** Faults of a file's content, as opposed to an abort or a disk that fails. */
const FAULTS_OF_CONTENT = ['invalid_argument', 'truncated', 'size_overflow'];

/** The files of one source. */
export interface FileGroup {
  importer: Importer;
  files: InputFile[];
}

/** A file that no importer reads, and the reason. */
export interface UnreadFile {
  path: string;
  reason: string;
}

export interface DetectedFiles {
  /** In the order of the importers; the files in the order of their paths. */
  groups: FileGroup[];
  unread: UnreadFile[];
}

const some = (paths: readonly string[]) => {
  const named = paths.slice(0, MOST_NAMED);
  return named.join(', ') + (paths.length > MOST_NAMED ? `, and ${paths.length - MOST_NAMED} more` : '');
};

function importerOf(source: string): Importer {
  const importer = IMPORTERS.find((one) => one.source === source);
  if (importer !== undefined) return importer;
  throw invalid(`got source '${source}', expected one of ${SOURCES.join(', ')}`);
}

/** Names the files of each reason. */
function reasonsText(unread: readonly UnreadFile[]): string {
  const byReason = new Map<string, string[]>();
  for (const { path, reason } of unread) {
    const paths = byReason.get(reason);
    if (paths === undefined) byReason.set(reason, [path]);
    else paths.push(path);
  }
  return [...byReason].map(([reason, paths]) => `${some(paths)}: ${reason}`).join('; ');
}

const NOT_RECOGNISED = 'not recognised as results';

/** Files by what detection found in them. */
class Sorter {
  readonly claimed = new Map<Importer, InputFile[]>();
  readonly unclaimed: InputFile[] = [];
  /** Files of results that stand for data which is not there. */
  readonly missing: UnreadFile[] = [];
  /** Files without results, and results of tools without an importer. */
  readonly unread: UnreadFile[] = [];
  readonly #from: Source | undefined;

  constructor(from: Source | undefined) {
    this.#from = from;
  }

  take(file: InputFile, head: FileHead): void {
    const fault = unreadable(head);
    if (fault !== undefined) {
      (fault.isEssential ? this.missing : this.unread).push({ path: file.path, reason: fault.reason });
      return;
    }
    const importer = this.#importerOf(file, head);
    const tool = this.#from === undefined && !isToolImporter(importer) ? knownTool(head) : undefined;
    if (tool !== undefined) this.unread.push({ path: file.path, reason: adviceFor(tool) });
    else if (importer === undefined) this.unclaimed.push(file);
    else this.#claim(importer, file);
  }

  #claim(importer: Importer, file: InputFile): void {
    const files = this.claimed.get(importer);
    if (files === undefined) this.claimed.set(importer, [file]);
    else files.push(file);
  }

  #importerOf(file: InputFile, head: FileHead): Importer | undefined {
    const candidates = this.#from === undefined ? IMPORTERS : [importerOf(this.#from)];
    return candidates.find((one) => one.claims(file, head));
  }
}

const isToolImporter = (importer: Importer | undefined) => importer !== undefined && TOOL_IMPORTERS.includes(importer);

/** Returns why a table has no scores; `undefined` if it has. */
async function faultOfTable(importer: Importer, file: InputFile, options: ReadFileOptions) {
  let scores = 0;
  const sink: RecordSink = {
    sample: () => 0,
    score: () => {
      scores += 1;
    },
    answer: () => undefined,
    lowerIsBetter: () => undefined,
    scale: () => undefined,
    drop: () => undefined,
  };
  try {
    await importer.read([file], { sink, signal: options.signal });
  } catch (cause) {
    if (!(cause instanceof SignalboxError) || !FAULTS_OF_CONTENT.includes(cause.code)) throw cause;
    return cause.message.replace(`${file.path}: `, '').replace(`${file.path}, `, '');
  }
  return scores === 0 ? 'a table without scores' : undefined;
}

/** Takes out the tables beside the results of tools that hold something else, such as the questions. */
async function checkTables(sorter: Sorter, options: ReadFileOptions): Promise<void> {
  if (![...sorter.claimed.keys()].some(isToolImporter)) return;
  for (const importer of PLAIN_IMPORTERS) {
    const tables: InputFile[] = [];
    for (const file of sorter.claimed.get(importer) ?? []) {
      const reason = await faultOfTable(importer, file, options);
      if (reason === undefined) tables.push(file);
      else sorter.unread.push({ path: file.path, reason });
    }
    if (tables.length > 0) sorter.claimed.set(importer, tables);
    else sorter.claimed.delete(importer);
  }
}

function nothingFound(sorter: Sorter, paths: readonly string[]): SignalboxError {
  if (sorter.unread.length > 0) return invalid(`no benchmark results found; ${reasonsText(sorter.unread)}`);
  const tools = TOOL_IMPORTERS.map(({ source }) => source).join(', ');
  return invalid(
    `no benchmark results found in ${some(paths)}: expected a table (CSV, TSV, JSONL, a list in JSON, or Parquet) with the ` +
      "column 'prompt' and one column per model, or with 'prompt', 'model' and 'score'; or the files of a tool: " +
      tools,
  );
}

/**
 * Sorts the files by path and detects their sources. With `from`, only the files that this source claims are used, or all
 * of them if it claims none. Errors: `invalid_argument` if no file has results, or if a file with results was not
 * downloaded; `aborted`.
 */
export async function detect(
  files: readonly InputFile[],
  from: Source | undefined,
  options: ReadFileOptions = {},
): Promise<DetectedFiles> {
  if (files.length === 0) throw invalid('there are no files');
  const given = from === undefined ? undefined : importerOf(from);
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path)));
  const sorter = new Sorter(from);
  for (const file of sorted) {
    throwIfAborted(options.signal);
    sorter.take(file, await headOf(file, options));
  }
  if (sorter.missing.length > 0) throw invalid(reasonsText(sorter.missing));
  await checkTables(sorter, options);
  const { claimed, unclaimed, unread } = sorter;
  if (claimed.size === 0) {
    const paths = sorted.map(({ path }) => path);
    if (given === undefined || unclaimed.length === 0) throw nothingFound(sorter, paths);
    return { groups: [{ importer: given, files: unclaimed }], unread };
  }
  const groups = IMPORTERS.flatMap((importer) => {
    const of = claimed.get(importer);
    return of === undefined ? [] : [{ importer, files: of }];
  });
  const reason = from === undefined ? NOT_RECOGNISED : `not of ${from}`;
  const left = [...unread, ...unclaimed.map(({ path }) => ({ path, reason }))];
  return { groups, unread: left.sort((a, b) => (a.path < b.path ? -1 : 1)) };
}
