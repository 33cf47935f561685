/** Which embedder, and from where: what is known before anything is asked for. */
import type { Dtype, Manifest, OnnxLoadOptions, Pooling } from 'signalbox/onnx';
import { HUB, isHubId, knownSize, PAPERS_MODEL } from '../../shared/hub.js';

/** As it was typed; empty: what the model's folder says. */
export interface Choice {
  /** A hub's id, or the address of a folder. */
  model: string;
  dtype: Dtype;
  pooling: Pooling | '';
  maxTokens: string;
  /** What the files must be. */
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
  ['q8', 'q8: 8 bits, the smallest'],
  ['fp16', 'fp16: 16 bits'],
  ['fp32', 'fp32: 32 bits, exact'],
];

/** Where a model comes from. `problem`: why it cannot. */
export interface Place {
  /** What `OnnxEmbedder` is given. */
  model: string;
  host: string;
  isOwn: boolean;
  problem?: string;
}

/** The page asks its own host and the hub, and nobody else: its policy says so, too. */
export function placeOf(typed: string): Place {
  const model = typed.trim();
  if (isHubId(model)) return { model, host: new URL(HUB).host, isOwn: false };
  const none = { model, host: '', isOwn: false };
  if (model === '') return { ...none, problem: 'Name a model.' };
  try {
    const url = new URL(model, document.baseURI);
    const isOwn = url.origin === location.origin;
    const place = { model: url.href, host: url.host, isOwn };
    return isOwn || url.origin === HUB ? place : { ...place, problem: `This page may not ask ${url.host || 'that'}.` };
  } catch {
    return { ...none, problem: 'This is neither a name of the hub (owner/name) nor an address.' };
  }
}

/** How much will be loaded, as far as anybody knows. */
export function sizeWords({ model, dtype, manifest }: Choice): string {
  const files = Object.values(manifest?.files ?? {});
  const known = files.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? Number.NaN), 0);
  if (files.length > 0 && Number.isFinite(known)) return `${(known / 1e6).toFixed(1)} MB by its manifest`;
  const about = knownSize(model.trim(), dtype);
  return about === undefined ? 'as much as its host says when it begins' : `about ${about}`;
}

/** A file with hashes, as `signalbox manifest` prints it. What it says is checked where it is used. */
export function readManifest(text: string): Manifest {
  const value: unknown = JSON.parse(text);
  const files = (value as { files?: unknown } | null)?.files;
  if (typeof files !== 'object' || files === null) throw new Error('a manifest has “files” with the SHA-256 of each');
  return value as Manifest;
}

/** A folder of one's own is trusted where nothing says what its files must be; the hub says it itself. */
export function loadOptionsOf({ dtype, pooling, maxTokens, manifest }: Choice, { model }: Place): OnnxLoadOptions {
  return {
    dtype,
    manifest: manifest ?? (isHubId(model) ? undefined : null),
    pooling: pooling === '' ? undefined : pooling,
    maxTokens: maxTokens === '' ? undefined : Number(maxTokens),
  };
}
