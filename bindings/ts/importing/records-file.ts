/** Reads records from exports: a list or lines of JSON, a list under `data`, or a table. */
import { type Fields, isObject } from './fields.js';
import { type FileHead, headOf, type InputFile, type ReadFileOptions } from './input-file.js';
import { readJsonLines, readJsonParts } from './json.js';
import { headColumns, headKeys, readTable, tableFormat } from './table.js';

/** Returns the keys of the first record at the beginning of a file. */
export function recordKeys(head: FileHead): string[] {
  if (!head.name.endsWith('.json')) return headColumns(head);
  const text = head.text.replace(/^\s*(?:\{\s*"data"\s*:\s*)?(\[\s*)?/, '');
  return text.startsWith('{') ? headKeys(text) : [];
}

/** Calls `onRecord` with each record that is an object, and its line or number. Errors: those of the readers. */
export async function readRecords(
  file: InputFile,
  onRecord: (record: Fields, line: number) => void,
  options: ReadFileOptions,
): Promise<void> {
  const head = await headOf(file, { signal: options.signal });
  const take = (value: unknown, line: number) => {
    if (isObject(value)) onRecord(value, line);
  };
  const format = tableFormat(head);
  if (format === 'jsonl') return readJsonLines(file, take, options);
  if (format !== undefined && format !== 'json') {
    let names: readonly string[] = [];
    const onColumns = (columns: readonly string[]) => {
      names = columns;
    };
    const onRow = (cells: readonly unknown[], line: number) => {
      take(Object.fromEntries(names.map((name, i) => [name, cells[i]])), line);
    };
    return readTable(file, format, { onColumns, onRow }, options);
  }
  let count = 0;
  const path = /^\s*\[/.test(head.text) ? '$.*' : /^\s*\{\s*"data"\s*:/.test(head.text) ? '$.data.*' : '$';
  const onPart = ({ value }: { value: unknown }) => {
    count += 1;
    take(value, count);
  };
  await readJsonParts(file, [path], onPart, options);
}
