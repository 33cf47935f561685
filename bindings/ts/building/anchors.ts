/** Chooses the rows of an index to run a new model on. */

import { aWasmSource } from '../files/load-options.js';
import { aCount, aSignal, checkOptions, type Keys } from '../options.js';
import type { Source, WasmSource } from '../types.js';
import { loadLab } from '../wasm/lab-module.js';
import { readIndexRows } from './index-rows.js';

/** Rows that are chosen by default. */
const ROWS = 50;

/** Options of `anchors`. */
export interface AnchorOptions {
  /** Number of rows, 1 to 1000. Default: 50. */
  n?: number | undefined;
  /** Addresses of `signalbox.wasm` and `signalbox-lab.wasm`, if not beside the package. */
  wasm?: WasmSource | undefined;
  labWasm?: WasmSource | undefined;
  signal?: AbortSignal | undefined;
}

/** A row to run a new model on. */
export interface Anchor {
  row: number;
  task: string;
  /** Without ids in the index, the number of the row. */
  id: string;
  /** Beginning of the prompt; '' if the index does not have it. */
  text: string;
}

const KEYS: Keys<AnchorOptions> = { n: aCount, wasm: aWasmSource, labWasm: aWasmSource, signal: aSignal };

/**
 * Chooses the rows of an index whose results tell most about a new model, the most telling one first: the first 20 of 50
 * are also the best choice of 20. The same index gives the same rows. Grade the new model's answers there, and pass the
 * results to `addModel`.
 * Errors: those of `Router.load`; `invalid_argument` for more rows than have outcomes.
 *
 * @example
 * ```js
 * const rows = await anchors('mine.sbx', { n: 10 });
 * for (const { task, id, text } of rows) console.log(task, id, text);
 * ```
 */
export async function anchors(index: Source, options: AnchorOptions = {}): Promise<Anchor[]> {
  checkOptions(options, KEYS);
  const { n = ROWS, wasm, labWasm, signal } = options;
  const { bytes, info, rowTasks, ids, texts } = await readIndexRows(index, { wasm, signal });
  const study = (await loadLab(labWasm, { signal })).openStudy(bytes);
  try {
    return study.anchors(n).map((row) => ({
      row,
      task: info.tasks[rowTasks[row] as number]?.name ?? '',
      id: ids[row] as string,
      text: texts?.[row] ?? '',
    }));
  } finally {
    study.close();
  }
}

/** Quotes a cell that a reader would take for more than text. */
function cell(text: string): string {
  return /[",\r\n]|^[\s=+\-@]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * Returns the rows as CSV with an empty column `score`, to be filled with the new model's results: 1 and 0 for right and
 * wrong, or what the index's metric says. `addModel` reads it.
 *
 * @example
 * ```js
 * save(anchorsCsv(await anchors('mine.sbx', { n: 10 })));
 * ```
 */
export function anchorsCsv(rows: readonly Anchor[]): string {
  const lines = rows.map(({ task, id, text }) => [task, id, text, ''].map(cell).join(','));
  return `${['dataset,id,prompt,score', ...lines].join('\n')}\n`;
}
