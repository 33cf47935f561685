/** Walks Thrift's compact protocol, in which Parquet writes its metadata, and believes no length. */

/** Numbers, booleans as 0 and 1, and structs by field; other fields are skipped. */
export type Fields = Map<number, number | Fields>;

const STOP = 0;
const TRUE = 1;
const FALSE = 2;
const BYTE = 3;
const I64 = 6;
const DOUBLE = 7;
const BINARY = 8;
const LIST = 9;
const STRUCT = 12;

const DEEPEST = 32;
/** Bytes of the longest number, of 64 bits. */
const LONGEST = 10;

export class ThriftReader {
  readonly #bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.at = at;
  }

  /** Reads a struct. Errors: a plain `Error` if it is cut, too deep or not Thrift. */
  struct(depth = 0): Fields {
    if (depth > DEEPEST) throw new Error(`structs nested deeper than ${DEEPEST}`);
    const fields: Fields = new Map();
    let field = 0;
    for (;;) {
      const head = this.#byte();
      const type = head & 0x0f;
      if (type === STOP) return fields;
      field = head >> 4 === 0 ? this.#number() : field + (head >> 4);
      const value = this.#element(type, depth);
      if (value !== undefined) fields.set(field, value);
    }
  }

  #element(type: number, depth: number): number | Fields | undefined {
    if (type === TRUE || type === FALSE) return Number(type === TRUE);
    if (type === BYTE) this.#skip(1);
    else if (type > BYTE && type <= I64) return this.#number();
    else if (type === DOUBLE) this.#skip(8);
    else if (type === BINARY) this.#skip(this.#varint());
    else if (type === LIST) this.#list(depth + 1);
    else if (type === STRUCT) return this.struct(depth + 1);
    else throw new Error(`a field of unknown type ${type}`);
    return undefined;
  }

  /** An element takes at least one byte: a longer list would only make its reader allocate. */
  #list(depth: number): void {
    if (depth > DEEPEST) throw new Error(`lists nested deeper than ${DEEPEST}`);
    const head = this.#byte();
    const type = head & 0x0f;
    const count = head >> 4 === 15 ? this.#varint() : head >> 4;
    if (count > this.#bytes.length - this.at) throw new Error(`a list of ${count} elements ends after its bytes`);
    for (let i = 0; i < count; ++i) {
      if (type === TRUE || type === FALSE) this.#skip(1);
      else this.#element(type, depth);
    }
  }

  #skip(count: number): void {
    if (count > this.#bytes.length - this.at) throw new Error(`${count} bytes end after the rest`);
    this.at += count;
  }

  #byte(): number {
    const byte = this.#bytes[this.at];
    if (byte === undefined) throw new Error('it ends early');
    this.at += 1;
    return byte;
  }

  #varint(): number {
    let value = 0;
    for (let i = 0, scale = 1; i < LONGEST; ++i, scale *= 128) {
      const byte = this.#byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw new Error('a number of more than 64 bits');
  }

  /** Reads a zigzag number; beyond 2^53 it is rounded, which no count may be. */
  #number(): number {
    const value = this.#varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}

/** Checks that the bytes begin with a whole struct. Errors: those of `ThriftReader.struct`. */
export function skipStruct(bytes: Uint8Array): void {
  new ThriftReader(bytes).struct();
}
