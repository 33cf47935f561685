/** The embedders and matrices that an evaluation compares: their names, and their vectors, one matrix at a time. */
import path from 'node:path';
import type { EvaluationData } from '../evaluation/data.js';
import { checkEmbeddings, readEmbeddings } from '../evaluation/disk/embeddings.js';
import { embedAll } from '../evaluation/embed.js';
import { invalid } from '../options.js';
import type { Steps } from '../steps.js';
import type { Embedder } from '../types.js';
import { loadEmbedder } from './embedder-option.js';
import type { EvaluationOptions } from './eval-options.js';
import type { Progress } from './progress.js';
import { withCache } from './vector-cache.js';

export interface Source {
  /** Tells it from the other sources. */
  name: string;
  /** The user's own name for it. */
  given: string | undefined;
  kind: 'embedder' | 'matrix';
  /** Place of the embedder, or file of the matrix; the built-in embedder has none. */
  place: string | undefined;
}

/** The open source of one evaluation. */
export interface OpenSource {
  /** Name for the report. */
  label: string;
  vectors: Float32Array;
  dim: number;
  embedder?: Embedder;
}

/** A name before a `=`, which an address such as `onnx:...?dtype=q8` or a path does not begin with. */
const NAMED = /^([\w.-]+)=(.+)$/s;

function toSource(kind: Source['kind'], text: string): Source {
  const [, given, place = text] = NAMED.exec(text) ?? [];
  return { name: given ?? (kind === 'matrix' ? path.basename(place) : place), given, kind, place };
}

/**
 * Returns the sources in order, embedders first; the built-in embedder if none is named. Errors: `invalid_argument` if
 * two have one name.
 */
export function sourcesOf({ embedder, embeddings }: EvaluationOptions): Source[] {
  const sources = [
    ...embedder.map((text) => toSource('embedder', text)),
    ...embeddings.map((text) => toSource('matrix', text)),
  ];
  const seen = new Set<string>();
  for (const { name, kind } of sources) {
    const option = kind === 'matrix' ? '--embeddings' : '--embedder';
    if (seen.has(name)) {
      throw invalid(`${option}: two embedders are named '${name}', expected names of their own: ${option} NAME=PLACE`);
    }
    seen.add(name);
  }
  return sources.length > 0 ? sources : [{ name: 'static', given: undefined, kind: 'embedder', place: undefined }];
}

/** Checks all matrices before anything is measured. Errors: those of `checkEmbeddings`. */
export async function checkSources(sources: readonly Source[], data: EvaluationData, progress: Steps): Promise<void> {
  for (const { kind, place = '' } of sources) {
    if (kind === 'matrix') await checkEmbeddings(place, data, progress);
  }
}

/** Returns an embedder that keeps its vectors; to be disposed of. */
export async function openEmbedder(
  place: string | undefined,
  options: EvaluationOptions,
  progress: Progress,
): Promise<Embedder> {
  return withCache(await loadEmbedder(place, progress.signal), options.cache, progress);
}

/** Reads or makes the vectors; the caller disposes of the embedder. */
export async function openSource(
  { given, kind, place }: Source,
  options: EvaluationOptions,
  data: EvaluationData,
  progress: Progress,
): Promise<OpenSource> {
  if (kind === 'matrix') {
    return { label: given ?? path.basename(place ?? ''), ...(await readEmbeddings(place ?? '', data)) };
  }
  const embedder = await openEmbedder(place, options, progress);
  try {
    progress.begin(`embedding ${data.prompts.length} prompts`);
    const vectors = await embedAll(embedder, data.prompts, progress);
    return { label: given ?? embedder.id, vectors, dim: embedder.dim, embedder };
  } catch (cause) {
    embedder.dispose?.();
    throw cause;
  }
}
