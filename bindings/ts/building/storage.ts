/** Keeps prompts and vectors until the index is assembled: here in memory; disk/storage.ts keeps them on the disk. */
import { SignalboxError } from '../errors.js';
import { NONE, type PromptStore, type VectorStore } from './collector.js';

/** Vectors by slot, all of one length. */
export interface VectorSource {
  readonly dim: number;
  readonly count: number;
  /** Row-major [count, dim] */
  read(first: number, count: number): Promise<Float32Array>;
}

export interface Prompts extends PromptStore {
  readonly count: number;
  /** Reads the prompts of `count` slots from `first` on. */
  read(first: number, count: number): Promise<string[]>;
}

export interface VectorFile extends VectorStore, VectorSource {}

export interface Storage {
  prompts(): Prompts;
  vectors(): VectorFile;
  /** Removes everything. */
  dispose(): Promise<void>;
}

/** Returns the length of a vector, which must be `dim` if that is known. Errors: `dimension_mismatch`, `non_finite`. */
export function checkVector(vector: ArrayLike<number>, dim: number | undefined): number {
  if (typeof vector !== 'object' || !(vector.length > 0) || (dim !== undefined && vector.length !== dim)) {
    throw new SignalboxError(
      'dimension_mismatch',
      `an embedding has ${vector?.length ?? 'no'} values, expected ${dim ?? 'some'}`,
    );
  }
  for (let i = 0; i < vector.length; ++i) {
    if (!Number.isFinite(vector[i])) {
      throw new SignalboxError('non_finite', `an embedding holds ${vector[i]} at ${i}`);
    }
  }
  return vector.length;
}

class MemoryPrompts implements Prompts {
  readonly #texts: string[] = [];

  get count(): number {
    return this.#texts.length;
  }

  add(text: string): number {
    return this.#texts.push(text) - 1;
  }

  async read(first: number, count: number): Promise<string[]> {
    return this.#texts.slice(first, first + count);
  }
}

class MemoryVectors implements VectorFile {
  readonly #vectors: Float32Array[] = [];
  #dim: number | undefined;

  get dim(): number {
    return this.#dim ?? 0;
  }

  get count(): number {
    return this.#vectors.length;
  }

  add(vector: ArrayLike<number>): number {
    this.#dim = checkVector(vector, this.#dim);
    return this.#vectors.push(Float32Array.from(vector)) - 1;
  }

  async read(first: number, count: number): Promise<Float32Array> {
    const out = new Float32Array(count * this.dim);
    for (let i = 0; i < count; ++i) out.set(this.#vectors[first + i] as Float32Array, i * this.dim);
    return out;
  }
}

export const memoryStorage = (): Storage => ({
  prompts: () => new MemoryPrompts(),
  vectors: () => new MemoryVectors(),
  dispose: async () => undefined,
});

/** Reads rows of a source in any order, row-major [slots, dim]; runs of adjacent slots are read at once. */
export async function readSlots(source: VectorSource, slots: ArrayLike<number>): Promise<Float32Array> {
  const { dim } = source;
  const out = new Float32Array(slots.length * dim);
  for (let first = 0; first < slots.length; ) {
    const start = slots[first] as number;
    if (start === NONE) throw new SignalboxError('internal', 'a row has no vector');
    let run = 1;
    while (first + run < slots.length && slots[first + run] === start + run) run += 1;
    out.set(await source.read(start, run), first * dim);
    first += run;
  }
  return out;
}
