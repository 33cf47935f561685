/** Imports result files: detects their sources, and joins what the importers read. */
import type { SignalboxError } from '../errors.js';
import { type DetectedFiles, detect, type FileGroup } from '../importing/detect.js';
import { type InputFile, isNoResults } from '../importing/input-file.js';
import type { RecordSink, Source } from '../importing/records.js';
import type { Steps } from '../steps.js';
import { Collector, type CollectorOptions } from './collector.js';
import { type Explanation, FileExplainer } from './explain.js';
import { FileAccounts, type ReadFiles } from './file-accounts.js';
import { fileLines } from './files-text.js';
import type { BuildSettings } from './from-files.js';
import type { BuildReport } from './report.js';
import { SourceNames } from './several-sources.js';
import type { Prompts, Storage, VectorFile } from './storage.js';

/** Everything that importers read. */
export interface Imported {
  collector: Collector;
  source: BuildReport['source'];
  files: ReadFiles;
  prompts: Prompts;
  fileVectors: VectorFile;
  explanation: Explanation | undefined;
}

export interface ImportOptions extends BuildSettings, Pick<CollectorOptions, 'shard' | 'details'> {
  /** The path of a file to explain. */
  explain?: string | undefined;
  /** Take all scores as those of one model, which the caller names: a table needs no column of models. */
  isOneModel?: boolean | undefined;
}

/** Reads the files of one source. Errors: those of its importer. */
async function readGroup(
  { importer, files }: FileGroup,
  sink: RecordSink,
  steps: Steps,
  isOneModel: boolean,
): Promise<void> {
  const total = files.reduce((sum, { size }) => sum + size, 0);
  steps.begin(`reading ${importer.source}, ${files.length} ${files.length === 1 ? 'file' : 'files'}`);
  let bytes = 0;
  const lively = files.map(
    (file): InputFile => ({
      ...file,
      path: file.path,
      size: file.size,
      slice: async (start, end) => {
        await steps.update(Math.min(bytes, total), total);
        return file.slice(start, end);
      },
    }),
  );
  const onBytes = (count: number) => {
    bytes += count;
  };
  await importer.read(lively, { sink, signal: steps.signal, onBytes, isOneModel });
}

/** Reads the files of all sources, and moves those of a source without results to the unread ones. */
async function readGroups(
  found: DetectedFiles,
  sink: RecordSink,
  steps: Steps,
  isOneModel: boolean,
): Promise<DetectedFiles> {
  const [only, ...others] = found.groups;
  if (only !== undefined && others.length === 0) {
    await readGroup(only, sink, steps, isOneModel);
    return found;
  }
  const names = new SourceNames();
  const read: DetectedFiles = { groups: [], unread: [...found.unread] };
  let without: SignalboxError | undefined;
  for (const group of found.groups) {
    try {
      await readGroup(group, names.sinkFor(group.importer.source, sink), steps, isOneModel);
      read.groups.push(group);
    } catch (cause) {
      if (!isNoResults(cause)) throw cause;
      without ??= cause;
      read.unread.push(...group.files.map(({ path }) => ({ path, reason: cause.message })));
    }
  }
  if (read.groups.length === 0 && without !== undefined) throw without;
  return read;
}

/**
 * Imports all files. Errors: those of importers; `invalid_argument` if the file to explain is not among the files.
 */
export async function importFiles(
  files: readonly InputFile[],
  options: ImportOptions,
  storage: Storage,
  steps: Steps,
): Promise<Imported> {
  steps.begin('detecting the source');
  const found = await detect(files, options.from, { signal: steps.signal });
  const [prompts, fileVectors] = [storage.prompts(), storage.vectors()];
  const accounts = new FileAccounts(files.map(({ path }) => path));
  const collector = new Collector({ ...options, prompts, vectors: fileVectors, accounts });
  const explainer = options.explain === undefined ? undefined : new FileExplainer(collector, options.explain);
  const read = await readGroups(found, explainer ?? collector, steps, options.isOneModel === true);
  const list = accounts.list(read);
  const sources = read.groups.map(({ importer }) => importer.source);
  const explained = list.find(({ path }) => path === options.explain);
  return {
    collector,
    source: sources.length === 1 ? (sources[0] as Source) : 'mixed',
    files: {
      read: read.groups.reduce((sum, group) => sum + group.files.length, 0),
      ignored: read.unread.map(({ path }) => path),
      list,
      lines: fileLines(list),
    },
    prompts,
    fileVectors,
    explanation: explained === undefined ? undefined : explainer?.explained(explained),
  };
}
