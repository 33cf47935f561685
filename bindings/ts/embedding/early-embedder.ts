/** Reads an embedder in one file, and passes on what it can begin with before the rest is there. */
import { SignalboxError } from '../errors.js';
import { sha256Of } from '../files/sha256.js';
import { concatenate, type LimitedReadOptions, readInto } from '../files/sources.js';
import type { Source } from '../types.js';
import { type FilesInMemory, headerBytes, type OneFileHeader, readHeader, unpackEmbedder } from './embedder-files.js';
import { orderIn, type RowOrder } from './row-order.js';

/** The rest of an embedder. */
export interface Later {
  /** Hash that the file states for all of it; `undefined` if that cannot be checked. */
  readonly hash: string | undefined;
  isMissing(row: number): boolean;
  /** All bytes of the model. Rejects if the rest cannot be read. */
  readonly model: Promise<Uint8Array<ArrayBuffer>>;
}

/** The files; with `later`, the rows that are still missing are 0 in the model. */
export type EarlyFiles = FilesInMemory & { later?: Later | undefined };

/** Checks that the beginning is what was packed. Errors: `bad_checksum`. */
async function checkBeginning({ metadata, tokenizer, config, start }: OneFileHeader, beginning: Uint8Array) {
  const text = new TextEncoder().encode(String(metadata.early));
  const found = await sha256Of(concatenate([tokenizer, config, start.subarray(8), text, beginning]));
  if (found === undefined || metadata.early_hash === `sha256:${found}`) return;
  throw new SignalboxError(
    'bad_checksum',
    `the embedder's first rows have the hash sha256:${found}, expected ${metadata.early_hash}`,
  );
}

/** Collects a file, and calls `onBeginning` once, as soon as there is enough of it. */
class Collector {
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  /** Bytes that the next step needs; `undefined`: there is none. */
  #needed: number | undefined = 8;
  #header: OneFileHeader | undefined;
  readonly #onBeginning: (header: OneFileHeader, order: RowOrder, file: Uint8Array) => void;

  constructor(onBeginning: (header: OneFileHeader, order: RowOrder, file: Uint8Array) => void) {
    this.#onBeginning = onBeginning;
  }

  /** Returns all that has come. */
  file(): Uint8Array<ArrayBuffer> {
    const file = concatenate(this.#chunks);
    this.#chunks = [file];
    return file;
  }

  reserve(): void {}

  write(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.byteLength;
    while (this.#needed !== undefined && this.#bytes >= this.#needed) this.#step();
  }

  /** Reads the length of the header, then the header, then the beginning. Errors: `bad_embedder`. */
  #step(): void {
    const file = this.file();
    const header = headerBytes(file);
    if (this.#needed === 8) {
      this.#needed = header === 8 ? undefined : header;
      return;
    }
    this.#header ??= readHeader(file);
    const order = orderIn(this.#header);
    const enough = order && this.#header.dataAt + order.beginningBytes;
    this.#needed = enough !== undefined && this.#bytes < enough ? enough : undefined;
    if (order !== undefined && this.#needed === undefined) this.#onBeginning(this.#header, order, file);
  }
}

/** Reads a file. Errors: those of `readInto`, `bad_embedder`; `bad_checksum` if the beginning is not what was packed. */
export function readOneFile(source: Source, options: LimitedReadOptions): Promise<EarlyFiles> {
  return new Promise((resolve, reject) => {
    let checking: Promise<void> | undefined;
    const collector = new Collector((header, order, file) => {
      const { start, tokenizer, config, metadata, dataAt } = header;
      const data = file.slice(dataAt, dataAt + order.beginningBytes);
      checking = checkBeginning(header, data).then(() => {
        const model = new Uint8Array(start.byteLength + order.dataBytes);
        model.set(start);
        order.placeBeginning(data, model.subarray(start.byteLength));
        const isChecked = globalThis.crypto?.subtle !== undefined && typeof metadata.hash === 'string';
        const hash = isChecked ? (metadata.hash as string) : undefined;
        const whole = reading.then(() => {
          order.placeRest(collector.file().subarray(dataAt), model.subarray(start.byteLength));
          return model;
        });
        whole.catch(() => undefined); // The error of the texts that wait for it.
        resolve({ tokenizer, config, model, later: { hash, isMissing: (row) => !order.isEarly(row), model: whole } });
      });
      checking.catch(reject);
    });
    const reading = readInto(source, collector, options);
    reading
      .then(() => {
        if (checking === undefined) resolve(unpackEmbedder(collector.file()));
      })
      .catch(reject);
  });
}
