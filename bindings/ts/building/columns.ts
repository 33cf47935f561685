/** Arrays that grow in chunks: without doubling and copying, a million rows of a hundred models fit in memory. */

const CHUNK = 1 << 16;

/** Rows per page of a column, as a power of two. */
const PAGE_BITS = 10;
const PAGE = 1 << PAGE_BITS;
/** Number of values from which a page is an array. */
const DENSE = 16;

/**
 * Float32 values by row, `fill` if not set. Memory grows with the values that are set: a page of rows is a map until it
 * holds more than a few.
 */
export class FloatColumn {
  readonly #pages: (Float32Array | Map<number, number> | undefined)[] = [];
  readonly #fill: number;
  #held = 0;

  constructor(fill: number) {
    this.#fill = fill;
  }

  /** Number of values that there is memory for: at least the number of values that are set. */
  get held(): number {
    return this.#held;
  }

  get(row: number): number {
    const page = this.#pages[row >>> PAGE_BITS];
    if (page instanceof Float32Array) return page[row & (PAGE - 1)] as number;
    return page?.get(row) ?? this.#fill;
  }

  set(row: number, value: number): void {
    const number = row >>> PAGE_BITS;
    let page = this.#pages[number];
    if (page instanceof Float32Array) {
      page[row & (PAGE - 1)] = value;
      return;
    }
    if (page === undefined) {
      page = new Map();
      this.#pages[number] = page;
    }
    const before = page.size;
    this.#held += page.set(row, Math.fround(value)).size - before;
    if (page.size < DENSE) return;
    this.#pages[number] = this.#toArray(page);
    this.#held += PAGE - page.size;
  }

  #toArray(page: Map<number, number>): Float32Array {
    const out = new Float32Array(PAGE).fill(this.#fill);
    for (const [row, value] of page) out[row & (PAGE - 1)] = value;
    return out;
  }
}

/** A list of unsigned 32-bit values. */
export class Uint32List {
  readonly #chunks: Uint32Array[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length % CHUNK === 0) this.#chunks.push(new Uint32Array(CHUNK));
    this.#length += 1;
    this.set(this.#length - 1, value);
  }

  get(i: number): number {
    return this.#chunks[i >>> 16]?.[i & (CHUNK - 1)] ?? 0;
  }

  set(i: number, value: number): void {
    const chunk = this.#chunks[i >>> 16];
    if (chunk !== undefined) chunk[i & (CHUNK - 1)] = value;
  }
}
