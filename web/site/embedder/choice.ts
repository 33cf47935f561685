/** The choice of an embedder and its source, before anything is requested. */
import type { Dtype, Manifest, OnnxLoadOptions, Pooling } from 'signalbox/onnx';
import { HUB, isHubId, knownSize, PAPERS_MODEL } from '../../shared/hub.js';

/** The fields as typed; an empty one means the model's own setting. */
export interface Choice {
  /** An id of the hub, or the address of a folder. */
  model: string;
  dtype: Dtype;
  pooling: Pooling | '';
  maxTokens: string;
  /** Hashes that the files must have. */
  manifest: Manifest | undefined;
}

export const FIRST_CHOICE: Choice = {
  model: PAPERS_MODEL,
  dtype: 'q8',
  pooling: '',
  maxTokens: '',
  manifest: undefined,
};

export const DTYPE_WORDS: [Dtype, string][] = [
  ['q8', 'q8: 8 bits, smallest'],
  ['fp16', 'fp16: 16 bits'],
  ['fp32', 'fp32: 32 bits, exact'],
];

/** The source of a model. `problem` says why it cannot be loaded. */
export interface Place {
  /** The argument for `OnnxEmbedder`. */
  model: string;
  host: string;
  isOwn: boolean;
  problem?: string;
}

/** Resolves the typed model. Only the page's own host and the hub are allowed, as by the page's content security policy. */
export function placeOf(typed: string): Place {
  const model = typed.trim();
  if (isHubId(model)) return { model, host: new URL(HUB).host, isOwn: false };
  const none = { model, host: '', isOwn: false };
  if (model === '') return { ...none, problem: 'Enter the name of a model.' };
  try {
    const url = new URL(model, document.baseURI);
    const isOwn = url.origin === location.origin;
    const place = { model: url.href, host: url.host, isOwn };
    return isOwn || url.origin === HUB
      ? place
      : { ...place, problem: `This page may not load files from ${url.host || 'there'}.` };
  } catch {
    return { ...none, problem: 'This is neither a model on the hub (owner/name) nor an address.' };
  }
}

/** Describes the size of the download, as far as it is known. */
export function sizeWords({ model, dtype, manifest }: Choice): string {
  const files = Object.values(manifest?.files ?? {});
  const known = files.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? Number.NaN), 0);
  if (files.length > 0 && Number.isFinite(known)) return `${(known / 1e6).toFixed(1)} MB (according to the manifest)`;
  const about = knownSize(model.trim(), dtype);
  return about === undefined ? 'files of unknown size' : `about ${about}`;
}

/** Parses a file with hashes, as `signalbox manifest` prints it. Its contents are validated on use. */
export function readManifest(text: string): Manifest {
  const value: unknown = JSON.parse(text);
  const files = (value as { files?: unknown } | null)?.files;
  if (typeof files !== 'object' || files === null)
    throw new Error('a manifest needs “files”, with the SHA-256 of each');
  return value as Manifest;
}

/** Without a manifest, a folder on the page's own host is trusted; for the hub's models, the hub publishes the hashes. */
export function loadOptionsOf({ dtype, pooling, maxTokens, manifest }: Choice, { model }: Place): OnnxLoadOptions {
  return {
    dtype,
    manifest: manifest ?? (isHubId(model) ? undefined : null),
    pooling: pooling === '' ? undefined : pooling,
    maxTokens: maxTokens === '' ? undefined : Number(maxTokens),
  };
}
