/** Reads Parquet tables with hyparquet, after a check of every count that hyparquet allocates or loops by. */

import { SignalboxError, throwIfAborted } from '../errors.js';
import {
  type Compressors,
  type FileMetaData,
  parquetMetadata,
  parquetRead,
  parquetSchema,
  type SchemaTree,
} from '../vendor/parquet.js';
import { badInput, expansionGuard, type InputFile, ownBytes, type ReadFileOptions } from './input-file.js';
import { checkPage, type Levels, readPages } from './parquet-pages.js';
import type { TableReader } from './table.js';
import { skipStruct } from './thrift.js';
import { unzstd } from './zstd.js';

const MAGIC = 'PAR1';
/** Bytes after the metadata: its length and the magic number. */
const TAIL_BYTES = 8;
const MOST_FOOTER_BYTES = 1 << 26;
/** Values that a file may hold whatever its size, and values per byte beyond that: a run of equal values takes few bytes. */
const HARMLESS_VALUES = 1 << 24;
const MOST_VALUES_PER_BYTE = 400;
/**
 * Each block decompresses its row group's pages from their start, possibly all of them: blocks are as large as memory
 * allows.
 */
const BLOCK_VALUES = 1 << 23;
const MOST_BLOCK_ROWS = 1 << 18;
const LEAST_BLOCK_ROWS = 4096;

/** Loads the decompressors. They compile a WebAssembly module as they are imported, which a page's policy may forbid. */
async function loadCompressors(): Promise<Compressors> {
  const { compressors } = await import('../vendor/parquet-codecs.js');
  return {
    ...compressors,
    // The library's own expands a bomb to its end.
    ZSTD: (packed, unpackedBytes) =>
      unzstd(packed, (bytes) => {
        if (bytes > unpackedBytes) throw new Error(`a page has more than the ${unpackedBytes} bytes of its header`);
      }),
  };
}

type Column = NonNullable<FileMetaData['row_groups'][number]['columns'][number]['meta_data']>;

/** Converts a Parquet value to its JSON form; integers beyond 2^53 keep their digits. */
function plain(value: unknown): unknown {
  if (typeof value !== 'bigint') return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Returns a count of the metadata as a number. Errors: a plain `Error`, as hyparquet's. */
function countOf(value: unknown, what: string): number {
  const count = Number(value);
  if (Number.isSafeInteger(count) && count >= 0) return count;
  throw new Error(`got ${what} ${String(value)}, expected a count`);
}

async function readFooter(file: InputFile): Promise<FileMetaData> {
  if (file.size < MAGIC.length + TAIL_BYTES) throw new Error(`it has ${file.size} bytes`);
  const tail = await file.slice(file.size - TAIL_BYTES, file.size);
  if (String.fromCharCode(...tail.subarray(4)) !== MAGIC) throw new Error(`it does not end with ${MAGIC}`);
  const length = new DataView(tail.buffer, tail.byteOffset).getUint32(0, true);
  const most = Math.min(file.size - MAGIC.length - TAIL_BYTES, MOST_FOOTER_BYTES);
  if (length > most) throw new Error(`its metadata has ${length} bytes, expected at most ${most}`);
  const footer = ownBytes(await file.slice(file.size - TAIL_BYTES - length, file.size));
  skipStruct(footer.subarray(0, length));
  return parquetMetadata(footer);
}

/** Returns the bytes of a column in a row group. */
function extentOf({ dictionary_page_offset: dictionary, data_page_offset: data, total_compressed_size: size }: Column) {
  const start = countOf(dictionary || data, 'a place');
  return { start, end: start + countOf(size, 'a size') };
}

const columnsOf = ({ row_groups: groups }: FileMetaData): Column[] =>
  groups.flatMap(({ columns }) =>
    columns.map(({ meta_data: column }) => {
      if (column === undefined) throw new Error('a column without metadata');
      return column;
    }),
  );

/**
 * Checks the metadata against itself and the file's size. Errors: `size_overflow` for more values than the bytes can
 * stand for; a plain `Error` for contradictions.
 */
function checkCounts(file: InputFile, metadata: FileMetaData): void {
  const rows = countOf(metadata.num_rows, 'a number of rows');
  let [held, values, bytes] = [0, 0, 0];
  for (const group of metadata.row_groups) {
    const groupRows = countOf(group.num_rows, 'a number of rows');
    held += groupRows;
    for (const column of columnsOf({ ...metadata, row_groups: [group] })) {
      const count = countOf(column.num_values, 'a number of values');
      if (count < groupRows) throw new Error(`a column of ${groupRows} rows has ${count} values`);
      const { start, end } = extentOf(column);
      if (end > file.size) throw new Error(`a column ends at byte ${end} of ${file.size}`);
      values += count;
      bytes += end - start;
    }
    if (groupRows > 0 && group.columns.length === 0) throw new Error(`${groupRows} rows without a column`);
  }
  if (held !== rows) throw new Error(`the metadata states ${rows} rows, the row groups hold ${held}`);
  if (bytes > file.size) throw new Error(`the columns have ${bytes} bytes, the file ${file.size}`);
  const most = Math.max(HARMLESS_VALUES, MOST_VALUES_PER_BYTE * file.size);
  if (values > most) {
    throw new SignalboxError(
      'size_overflow',
      `${file.path}: ${values} values in ${file.size} bytes, expected at most ${most}`,
    );
  }
}

/** Returns the levels of each column by its path. */
function levelsOf(metadata: FileMetaData): Map<string, Levels> {
  const out = new Map<string, Levels>();
  const visit = ({ children, path, element }: SchemaTree, above: Levels) => {
    const { repetition_type: kind } = element;
    const levels = {
      repetition: above.repetition + Number(kind === 'REPEATED'),
      definition: above.definition + Number(kind !== 'REQUIRED'),
      isBoolean: element.type === 'BOOLEAN',
    };
    out.set(path.join('.'), levels);
    for (const child of children) visit(child, levels);
  };
  for (const child of parquetSchema(metadata).children)
    visit(child, { repetition: 0, definition: 0, isBoolean: false });
  return out;
}

/** Checks all pages, whose sizes, counts and runs hyparquet believes. */
async function checkPages(
  file: InputFile,
  metadata: FileMetaData,
  compressors: Compressors,
  options: ReadFileOptions,
): Promise<void> {
  const guard = expansionGuard(file.path, file.size);
  const levels = levelsOf(metadata);
  let unpacked = 0;
  for (const column of columnsOf(metadata)) {
    throwIfAborted(options.signal);
    const { start, end } = extentOf(column);
    const ofColumn = levels.get(column.path_in_schema.join('.'));
    if (ofColumn === undefined) throw new Error('a column is not in the schema');
    let values = 0;
    for (const page of readPages(ownBytes(await file.slice(start, end)))) {
      unpacked += page.unpackedBytes;
      guard(unpacked);
      values += page.values;
      if (values > Number(column.num_values)) break;
      unpacked += checkPage(page, ofColumn, compressors[column.codec]);
      guard(unpacked);
    }
    if (values !== Number(column.num_values)) {
      throw new Error(`the pages of a column hold ${values} values, the metadata states ${column.num_values}`);
    }
  }
}

/** Returns the rows per block, by the mean number of values in a row; a list counts as its elements. */
function blockRowsOf(metadata: FileMetaData): number {
  const values = columnsOf(metadata).reduce((sum, { num_values }) => sum + Number(num_values), 0);
  const fitting = Math.floor((BLOCK_VALUES * Number(metadata.num_rows)) / Math.max(1, values));
  return Math.max(LEAST_BLOCK_ROWS, Math.min(MOST_BLOCK_ROWS, fitting));
}

/** Reads a Parquet table. Errors: `invalid_argument`, `size_overflow`, `aborted`. */
export async function readParquetTable(file: InputFile, to: TableReader, options: ReadFileOptions): Promise<void> {
  let read = 0;
  const buffer = {
    byteLength: file.size,
    slice: async (start: number, end = file.size) => {
      throwIfAborted(options.signal);
      const bytes = await file.slice(start < 0 ? file.size + start : start, end < 0 ? file.size + end : end);
      const news = Math.max(0, Math.min(bytes.byteLength, file.size - read));
      read += news;
      options.onBytes?.(news);
      return ownBytes(bytes).buffer;
    },
  };
  try {
    const metadata = await readFooter(file);
    checkCounts(file, metadata);
    const compressors = await loadCompressors();
    await checkPages(file, metadata, compressors, options);
    const columns = parquetSchema(metadata).children.map(({ element }) => element.name);
    to.onColumns(columns, 0);
    const rows = Number(metadata.num_rows);
    const blockRows = blockRowsOf(metadata);
    for (let rowStart = 0; rowStart < rows; rowStart += blockRows) {
      throwIfAborted(options.signal);
      const rowEnd = Math.min(rows, rowStart + blockRows);
      let block: unknown[][] = [];
      // Read as arrays: an object would lose a column `__proto__`.
      const onComplete = (read: unknown[][]) => {
        block = read;
      };
      await parquetRead({
        file: buffer,
        metadata,
        compressors,
        columns,
        rowStart,
        rowEnd,
        rowFormat: 'array',
        onComplete,
      });
      for (const [i, row] of block.entries()) to.onRow(row.map(plain), rowStart + i + 1);
    }
  } catch (cause) {
    if (cause instanceof SignalboxError) throw cause;
    throw badInput({ file: file.path }, `not a readable Parquet file: ${(cause as Error).message}`, cause);
  }
}
