/** Detects the source of benchmark files. */
import { SignalboxError, throwIfAborted } from '../errors.js';
import type { Importer } from './importer.js';
import { headOf, type InputFile, type ReadFileOptions } from './input-file.js';
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
import { routeLlmImporter } from './sources/routellm.js';
import { routerBenchImporter } from './sources/routerbench.js';
import { wideImporter } from './sources/wide.js';

/** Most specific first: our own plain forms accept anything that no other importer claims. */
const IMPORTERS: readonly Importer[] = [
  helmImporter,
  lmEvalImporter,
  openCompassImporter,
  inspectImporter,
  alpacaEvalImporter,
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
  /** Files that no importer claims, or that belong to no run of this source. */
  ignored: InputFile[];
}

const some = (files: readonly InputFile[]) => {
  const named = files.slice(0, MOST_NAMED).map(({ path }) => path);
  return named.join(', ') + (files.length > MOST_NAMED ? `, and ${files.length - MOST_NAMED} more` : '');
};

function importerOf(source: string): Importer {
  const importer = IMPORTERS.find((one) => one.source === source);
  if (importer !== undefined) return importer;
  throw new SignalboxError('invalid_argument', `got source '${source}', expected one of ${SOURCES.join(', ')}`);
}

/**
 * Sorts the files by path and detects their source. With `from`, only the files that this source claims are used, or
 * all of them if it claims none. Errors: `invalid_argument` if the files have several sources or none; `aborted`.
 */
export async function detect(
  files: readonly InputFile[],
  from: Source | undefined,
  options: ReadFileOptions = {},
): Promise<DetectedFiles> {
  if (files.length === 0) throw new SignalboxError('invalid_argument', 'there are no files');
  const candidates = from === undefined ? IMPORTERS : [importerOf(from)];
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path)));
  const claimed = new Map<Importer, InputFile[]>();
  const ignored: InputFile[] = [];
  for (const file of sorted) {
    throwIfAborted(options.signal);
    const head = await headOf(file, options);
    const importer = candidates.find((one) => one.claims(file, head));
    if (importer === undefined) ignored.push(file);
    else {
      const of = claimed.get(importer) ?? [];
      of.push(file);
      claimed.set(importer, of);
    }
  }
  const [first, ...others] = [...claimed];
  if (first === undefined) {
    if (from !== undefined) return { importer: importerOf(from), files: sorted, ignored: [] };
    throw new SignalboxError(
      'invalid_argument',
      `no benchmark results found in ${some(sorted)}; --from names one of ${SOURCES.join(', ')}`,
    );
  }
  if (others.length > 0) {
    const kinds = [...claimed].map(([{ source }, of]) => `${source} (${some(of)})`).join('; ');
    throw new SignalboxError('invalid_argument', `the files have several sources, choose one with --from: ${kinds}`);
  }
  return { importer: first[0], files: first[1], ignored };
}
