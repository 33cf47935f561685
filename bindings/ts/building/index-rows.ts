/** The rows of an index file, by what its user calls them. */

import { decodeRowTasks, decodeStrings, findSection, type SectionName } from '../files/index-file.js';
import { aSource } from '../files/load-options.js';
import { readBytes } from '../files/sources.js';
import { Router } from '../routing/router.js';
import type { IndexInfo, Source, WasmSource } from '../types.js';

/** An index file, checked by the core. */
export interface IndexRows {
  bytes: Uint8Array<ArrayBuffer>;
  info: IndexInfo;
  /** [rows] Numbers of tasks. */
  rowTasks: Uint16Array;
  /** [rows] Without ids in the index, the numbers of the rows. */
  ids: string[];
  /** [rows] Beginnings of the prompts; `undefined` if the index has none. */
  texts: string[] | undefined;
}

/** Reads an index file. Errors: those of `Router.load`. */
export async function readIndexRows(
  index: Source,
  { wasm, signal }: { wasm?: WasmSource | undefined; signal?: AbortSignal | undefined },
): Promise<IndexRows> {
  aSource(index, 'index');
  const bytes = (await readBytes(index, { signal })) as Uint8Array<ArrayBuffer>;
  const router = await Router.load({ index: bytes, embedder: null, texts: false, wasm, signal });
  const { info } = router;
  router.dispose();
  const section = (name: SectionName) => {
    const found = findSection(info, name);
    return found && bytes.subarray(found.offsetBytes, found.offsetBytes + found.sizeBytes);
  };
  const strings = (name: SectionName) => {
    const found = section(name);
    return found && decodeStrings(found, info.rows);
  };
  return {
    bytes,
    info,
    rowTasks: decodeRowTasks(section('row_tasks') as Uint8Array),
    ids: strings('sample_ids') ?? Array.from({ length: info.rows }, (_, row) => String(row)),
    texts: strings('texts'),
  };
}
