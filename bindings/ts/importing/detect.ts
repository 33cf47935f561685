/** Detects the source of benchmark files. */
import { type SignalboxError, throwIfAborted } from '../errors.js';
import { invalid } from '../options.js';
import type { Importer } from './importer.js';
import { headOf, type InputFile, type ReadFileOptions } from './input-file.js';
import { adviceFor, type KnownTool, knownTool } from './known-tools.js';
import { SOURCES, type Source } from './records.js';
import { alpacaEvalImporter } from './sources/alpaca-eval.js';
import { helmImporter } from './sources/helm.js';
import { inspectImporter } from './sources/inspect.js';
import { llmRouterImporter } from './sources/llmrouter.js';
import { llmRouterBenchImporter } from './sources/llmrouterbench.js';
import { lmEvalImporter } from './sources/lm-eval.js';
import { longImporter } from './sources/long.js';
import { mixInstructImporter } from './sources/mixinstruct.js';
import { openCompassImporter } from './sources/opencompass.js';
import { promptfooImporter } from './sources/promptfoo.js';
import { routeLlmImporter } from './sources/routellm.js';
import { routerBenchImporter } from './sources/routerbench.js';
import { wideImporter } from './sources/wide.js';
import { unreadable } from './unreadable.js';

/** Most specific first: our own plain forms accept anything that no other importer claims. */
const IMPORTERS: readonly Importer[] = [
  helmImporter,
  lmEvalImporter,
  openCompassImporter,
  inspectImporter,
  alpacaEvalImporter,
  promptfooImporter,
  routerBenchImporter,
  routeLlmImporter,
  mixInstructImporter,
  llmRouterImporter,
  llmRouterBenchImporter,
  longImporter,
  wideImporter,
];

const MOST_NAMED = 5;

export interface DetectedFiles {
  importer: Importer;
  files: InputFile[];
  /** Files that no importer claims, that hold no results, or that belong to no run of this source. */
  ignored: InputFile[];
}

const some = (files: readonly InputFile[]) => {
  const named = files.slice(0, MOST_NAMED).map(({ path }) => path);
  return named.join(', ') + (files.length > MOST_NAMED ? `, and ${files.length - MOST_NAMED} more` : '');
};

function importerOf(source: string): Importer {
  const importer = IMPORTERS.find((one) => one.source === source);
  if (importer !== undefined) return importer;
  throw invalid(`got source '${source}', expected one of ${SOURCES.join(', ')}`);
}

/** Groups of files by a common property. */
class Groups<Key> extends Map<Key, InputFile[]> {
  add(key: Key, file: InputFile): void {
    const group = this.get(key);
    if (group === undefined) this.set(key, [file]);
    else group.push(file);
  }

  /** Describes each group. */
  words(of: (key: Key, files: string) => string): string {
    return [...this].map(([key, files]) => of(key, some(files))).join('; ');
  }
}

const filesFirst = (what: string, files: string) => `${files}: ${what}`;

function nothingFound(files: readonly InputFile[], broken: Groups<string>): SignalboxError {
  if (broken.size > 0) return invalid(`no benchmark results found; ${broken.words(filesFirst)}`);
  return invalid(
    `no benchmark results found in ${some(files)}; --from names one of ${SOURCES.join(', ')}. Expected files of these ` +
      "tools, or a table (CSV, TSV, JSONL or Parquet) with the column 'prompt' and one column per model, or 'model' and 'score'",
  );
}

/** Refuses the results of tools without an importer. A tool may write several forms, of which one is read. */
function refuseTools(tools: Groups<KnownTool>, claimed: Groups<Importer>): void {
  const sources = [...claimed.keys()].map(({ source }) => source);
  const unread = new Groups([...tools].filter(([{ source }]) => source === undefined || !sources.includes(source)));
  if (unread.size > 0) throw invalid(unread.words((tool, names) => filesFirst(adviceFor(tool), names)));
}

/**
 * Sorts the files by path and detects their source. With `from`, only the files that this source claims are used, or
 * all of them if it claims none. Errors: `invalid_argument` if the files have several sources, none or one that is not
 * read, or if a file with results was not downloaded; `aborted`.
 */
export async function detect(
  files: readonly InputFile[],
  from: Source | undefined,
  options: ReadFileOptions = {},
): Promise<DetectedFiles> {
  if (files.length === 0) throw invalid('there are no files');
  const candidates = from === undefined ? IMPORTERS : [importerOf(from)];
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path)));
  const claimed = new Groups<Importer>();
  const tools = new Groups<KnownTool>();
  const missing = new Groups<string>();
  const broken = new Groups<string>();
  const unclaimed: InputFile[] = [];
  for (const file of sorted) {
    throwIfAborted(options.signal);
    const head = await headOf(file, options);
    const fault = unreadable(head);
    const tool = from === undefined ? knownTool(file, head) : undefined;
    const importer = candidates.find((one) => one.claims(file, head));
    if (fault !== undefined) (fault.isEssential ? missing : broken).add(fault.reason, file);
    else if (tool !== undefined) tools.add(tool, file);
    else if (importer !== undefined) claimed.add(importer, file);
    else unclaimed.push(file);
  }
  if (missing.size > 0) throw invalid(missing.words(filesFirst));
  refuseTools(tools, claimed);
  const [first, ...others] = [...claimed];
  if (first === undefined) {
    if (from === undefined || unclaimed.length === 0) throw nothingFound(sorted, broken);
    return { importer: importerOf(from), files: unclaimed, ignored: [...broken.values()].flat() };
  }
  if (others.length > 0) {
    const kinds = claimed.words(({ source }, names) => `${source} (${names})`);
    throw invalid(`the files have several sources, choose one with --from: ${kinds}`);
  }
  const [importer, used] = first;
  const isUsed = new Set(used);
  return { importer, files: used, ignored: sorted.filter((file) => !isUsed.has(file)) };
}
