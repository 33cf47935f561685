/** Reads CSV row by row, with csv-parse both in Node.js and in a page. */
import { CsvError, parse } from '#csv';
import { throwIfAborted } from '../errors.js';
import { badInput, type InputFile, type ReadFileOptions, textOf } from './input-file.js';

const MOST_ROW_BYTES = 1 << 24;

/**
 * Calls `onRow` with the cells of each row that is not blank, starting with the header, and its line in the file.
 * Errors: `invalid_argument` with the line, `aborted`.
 */
export async function readCsvRows(
  file: InputFile,
  onRow: (cells: string[], line: number) => void,
  options: ReadFileOptions & { delimiter?: string } = {},
): Promise<void> {
  const parser = parse({
    bom: true,
    delimiter: options.delimiter ?? ',',
    info: true,
    max_record_size: MOST_ROW_BYTES,
    relax_column_count: true,
    skip_empty_lines: true,
  });
  // The parser's browser build has no `destroy`.
  const stop = () => (parser as { destroy?: () => void }).destroy?.();
  let failure: unknown;
  let isEmpty = true;
  const ended = new Promise<void>((resolve) => {
    const fail = (cause: unknown) => {
      failure ??= cause;
      resolve();
    };
    parser.on('readable', () => {
      try {
        for (;;) {
          const item = parser.read() as { record: string[]; info: { lines: number } } | null;
          if (item === null || failure !== undefined) return;
          onRow(item.record, item.info.lines);
        }
      } catch (cause) {
        fail(cause); // The parser ends only once all its rows are read.
      }
    });
    parser.on('end', resolve);
    parser.on('error', fail);
  });
  try {
    for await (const text of textOf(file, options)) {
      throwIfAborted(options.signal);
      if (failure !== undefined) break;
      if (text === '') continue;
      isEmpty = false;
      if (!parser.write(text)) await new Promise((resolve) => setTimeout(resolve));
    }
    // The browser build throws if it ends without any input.
    if (isEmpty) return;
    if (failure === undefined) parser.end();
  } catch (cause) {
    stop();
    throw cause;
  }
  if (failure === undefined) await ended;
  if (failure !== undefined) stop();
  if (failure instanceof CsvError) {
    const line = Number((failure as { lines?: number }).lines);
    throw badInput({ file: file.path, line: Number.isFinite(line) ? line : undefined }, failure.message, failure);
  }
  if (failure !== undefined) throw failure;
}
