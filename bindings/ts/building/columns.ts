/** Arrays that grow in chunks: without doubling and copying, a million rows of a hundred models fit in memory. */

const CHUNK = 1 << 16;

/** Float32 values by row, `fill` if not set. */
export class FloatColumn {
  readonly #chunks: (Float32Array | undefined)[] = [];
  readonly #fill: number;

  constructor(fill: number) {
    this.#fill = fill;
  }

  get(row: number): number {
    return this.#chunks[row >>> 16]?.[row & (CHUNK - 1)] ?? this.#fill;
  }

  set(row: number, value: number): void {
    let chunk = this.#chunks[row >>> 16];
    if (chunk === undefined) {
      chunk = new Float32Array(CHUNK).fill(this.#fill);
      this.#chunks[row >>> 16] = chunk;
    }
    chunk[row & (CHUNK - 1)] = value;
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
