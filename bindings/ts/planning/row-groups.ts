/**
 * Finds rows that estimates must not tell apart: a rule that was fitted to one of them would know the answers to the
 * others.
 *
 * Rows stay together if they
 * - have the same prompt, apart from case, width and white space;
 * - name the same conversation, session, group or template in a column, or repeat an id;
 * - are near-duplicates: their embeddings have a cosine above .99, so that they differ in a few characters. If more than
 *   a quarter of the rows has such a twin, the prompts are made from templates. Then new prompts will have twins in the
 *   file, too, and keeping all prompts of a template together would estimate a rule for prompts of unknown templates. So
 *   near-duplicates stay together only up to that share.
 *
 * Rows that share a template but differ in its slots are not kept together for the same reason, unless a column says so.
 */

import type { RowDetails } from '../building/row-details.js';
import { textHash } from '../importing/text-hash.js';

/** Cosine from which two prompts are near-duplicates. */
const NEAR = 0.99;
/** Share of rows with a near-duplicate above which the prompts are made from templates. */
const MOST_NEAR = 0.25;
/** Bits of a key and number of keys: of two rows with this cosine, more than 99% share a key. */
const KEY_BITS = 14;
const KEYS = 12;
/** Rows with one key that a row is compared with, the latest first. */
const MOST_COMPARED = 24;

/** Sets of rows that are joined in pairs. */
class Sets {
  readonly #parents: Uint32Array;

  constructor(rows: number) {
    this.#parents = Uint32Array.from({ length: rows }, (_, row) => row);
  }

  /** Returns the lowest row of the set that a row belongs to. */
  rootOf(row: number): number {
    let at = row;
    for (let parent = this.#parents[at] as number; parent !== at; parent = this.#parents[at] as number) {
      this.#parents[at] = this.#parents[parent] as number;
      at = parent;
    }
    return at;
  }

  join(a: number, b: number): void {
    const [one, other] = [this.rootOf(a), this.rootOf(b)];
    this.#parents[Math.max(one, other)] = Math.min(one, other);
  }

  /** Joins all rows with the same key. */
  joinEqual<Key>(keys: Iterable<readonly [row: number, key: Key]>): void {
    const firsts = new Map<Key, number>();
    for (const [row, key] of keys) {
      const first = firsts.get(key);
      if (first === undefined) firsts.set(key, row);
      else this.join(first, row);
    }
  }
}

/** Returns the hash of a prompt, the same for prompts that differ only in case, width of characters and white space. */
export function plainHash(prompt: string): string {
  const [high, low] = textHash(prompt.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim());
  return `${high} ${low}`;
}

/** Returns pseudo-random signs, the same in every run. */
function* signs(): Generator<1 | -1> {
  for (let state = 0x9e3779b9; ; ) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    yield state < 0 ? -1 : 1;
  }
}

function meanOf(vectors: Float32Array, dim: number): Float64Array {
  const mean = new Float64Array(dim);
  for (let i = 0; i < vectors.length; ++i) mean[i % dim] = (mean[i % dim] as number) + (vectors[i] as number);
  const rows = vectors.length / dim;
  return mean.map((sum) => sum / Math.max(1, rows));
}

/** Computes keys that near vectors have in common: the sides of random planes through the mean on which a vector lies. */
class NearKeys {
  readonly #planes: Float64Array;
  readonly #offsets: Float64Array;
  readonly #dim: number;

  constructor(vectors: Float32Array, dim: number) {
    this.#dim = dim;
    const mean = meanOf(vectors, dim);
    const next = signs();
    this.#planes = Float64Array.from({ length: KEYS * KEY_BITS * dim }, () => next.next().value as number);
    this.#offsets = Float64Array.from({ length: KEYS * KEY_BITS }, (_, plane) => this.#product(plane, mean, 0));
  }

  #product(plane: number, vectors: ArrayLike<number>, start: number): number {
    let sum = 0;
    const at = plane * this.#dim;
    for (let i = 0; i < this.#dim; ++i) sum += (this.#planes[at + i] as number) * (vectors[start + i] as number);
    return sum;
  }

  /** Returns the keys of the vector that begins here. */
  of(vectors: Float32Array, start: number): number[] {
    return Array.from({ length: KEYS }, (_, key) => {
      let bits = key;
      for (let bit = 0; bit < KEY_BITS; ++bit) {
        const plane = key * KEY_BITS + bit;
        bits = 2 * bits + Number(this.#product(plane, vectors, start) > (this.#offsets[plane] as number));
      }
      return bits;
    });
  }
}

function cosine(vectors: Float32Array, dim: number, a: number, b: number): number {
  let sum = 0;
  for (let i = 0; i < dim; ++i) sum += (vectors[a * dim + i] as number) * (vectors[b * dim + i] as number);
  return sum;
}

/**
 * Returns pairs of near-duplicates: each row that has one among the rows before it, and that row. `vectors` are of unit
 * norm, [rows, dim]. Rows are compared with the first row of each near-duplicate only, so that a chain of prompts, each
 * a little different, is not one group. `pause` is called after each block of rows.
 */
export async function nearDuplicates(
  vectors: Float32Array,
  dim: number,
  pause: (done: number, total: number) => Promise<void>,
): Promise<[row: number, first: number][]> {
  const rows = vectors.length / dim;
  const keys = new NearKeys(vectors, dim);
  const firsts = new Map<number, number[]>();
  const pairs: [number, number][] = [];
  for (let row = 0; row < rows; ++row) {
    if (row % 1024 === 0) await pause(row, rows);
    const own = keys.of(vectors, row * dim);
    const candidates = new Set(own.flatMap((key) => firsts.get(key)?.slice(-MOST_COMPARED) ?? []));
    const near = [...candidates].find((first) => cosine(vectors, dim, row, first) > NEAR);
    if (near !== undefined) {
      pairs.push([row, near]);
      continue;
    }
    for (const key of own) {
      const known = firsts.get(key);
      if (known === undefined) firsts.set(key, [row]);
      else known.push(row);
    }
  }
  return pairs;
}

export interface RowGroups {
  /** [rows] Numbers of the groups, from 0 in the order of their first rows. */
  groupOf: Uint32Array;
  count: number;
  /** Rows that share their group with another one. */
  shared: number;
  /** Near-duplicates were too many to be kept together. */
  isTemplated: boolean;
}

/**
 * Groups the rows of a plan. `order` has the collector's row of each, `hashes` those of `plainHash` (empty without a
 * prompt), `near` the result of `nearDuplicates`.
 */
export function groupRows(
  order: ArrayLike<number>,
  details: RowDetails,
  hashes: readonly string[],
  near: readonly (readonly [row: number, first: number])[],
): RowGroups {
  const rows = order.length;
  const sets = new Sets(rows);
  sets.joinEqual([...hashes.entries()].filter(([, hash]) => hash !== ''));
  sets.joinEqual(
    (function* named() {
      for (let row = 0; row < rows; ++row) {
        for (const group of details.groupsOf(order[row] as number)) yield [row, group] as const;
      }
    })(),
  );
  const fresh = near.filter(([row, first]) => sets.rootOf(row) !== sets.rootOf(first));
  const twins = new Set(fresh.flat());
  const isTemplated = twins.size > MOST_NEAR * rows;
  if (!isTemplated) for (const [row, first] of fresh) sets.join(row, first);

  const groupOf = new Uint32Array(rows);
  const sizes: number[] = [];
  const numbers = new Map<number, number>();
  for (let row = 0; row < rows; ++row) {
    const root = sets.rootOf(row);
    const number = numbers.get(root) ?? sizes.push(0) - 1;
    numbers.set(root, number);
    groupOf[row] = number;
    sizes[number] = (sizes[number] as number) + 1;
  }
  const shared = sizes.reduce((sum, size) => sum + (size > 1 ? size : 0), 0);
  return { groupOf, count: sizes.length, shared, isTemplated };
}
