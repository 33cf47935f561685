/** The larger embedders that the page offers, each with an index of the shipped benchmark. */
import type { Dtype, Manifest, Pooling } from 'signalbox/onnx';
import { HUB } from '../../shared/hub.js';

/** An offer, as `scripts/embedders.mjs` writes it. */
export interface Offer {
  key: string;
  name: string;
  /** Id of its vectors, which its index names. */
  id: string;
  /** Folder of the weights on a host of the deployment's choice; without it, `id` is a model of the hub. */
  address?: string;
  manifest?: Manifest;
  dtype: Dtype;
  /** The model's file in the folder, instead of the one that `dtype` names. */
  file?: string;
  pooling: Pooling;
  maxTokens: number;
  modelBytes: number;
  index: { address: string; sizeBytes: number };
}

/** Inserted by the build. */
declare const OFFERS: readonly Offer[];
/** Size of ONNX Runtime, inserted by the build. Hosts usually compress it. */
declare const RUNTIME_BYTES: number;

export const offers = OFFERS;
export const runtimeBytes = RUNTIME_BYTES;

/** Returns the host of the weights. */
export const hostOf = ({ address }: Offer) => new URL(address ?? HUB, document.baseURI).host;

/** Parts of an offer that are on this device. */
export interface Stored {
  model: boolean;
  index: boolean;
  runtime: boolean;
}

export const NOTHING: Stored = { model: false, index: false, runtime: false };

/** Returns the size of what is still to be downloaded. */
export function missingBytes({ modelBytes, index }: Offer, stored: Stored): number {
  return (stored.model ? 0 : modelBytes) + (stored.index ? 0 : index.sizeBytes) + (stored.runtime ? 0 : runtimeBytes);
}
