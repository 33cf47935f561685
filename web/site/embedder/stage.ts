/** The state of the offers, apart from the code that loads them: the page shows it before that code is needed. */
import { signal } from '@preact/signals';
import { NOTHING, type Offer, type Stored } from './offers.js';

export type Stage =
  | { kind: 'off' }
  /** Asks whether to download in spite of the `cautions`. */
  | { kind: 'asking'; cautions: readonly string[] }
  | { kind: 'loading' }
  /** Everything is here, and the embedder starts. */
  | { kind: 'starting' }
  | { kind: 'on' }
  | { kind: 'cancelled' }
  | { kind: 'failed'; words: string };

/** The offer that was touched last, and its stage; all others are off. */
export const current = signal<{ offer: Offer | undefined; stage: Stage }>({ offer: undefined, stage: { kind: 'off' } });

/** Bytes that were loaded so far for the current offer, from this device or elsewhere, and of all that it needs. */
export const loadedBytes = signal(0);
export const totalBytes = signal(0);

/** The parts of each offer that are on this device; nothing is known to be there until the caches were read. */
export const storedParts = signal<ReadonlyMap<Offer, Stored>>(new Map());
/** Size of everything that is stored for larger embedders. */
export const storedBytes = signal(0);
/** Whether a model is loaded, offered or not. */
export const isLoaded = signal(false);

export const stageOf = (offer: Offer): Stage => (current.value.offer === offer ? current.value.stage : { kind: 'off' });

export const storedOf = (offer: Offer): Stored => storedParts.value.get(offer) ?? NOTHING;
