/** The outcomes of an index, row by row, and the writing of texts of any length. */
import { open } from 'node:fs/promises';
import { readIndexRows } from '../building/index-rows.js';
import { throwIfAborted } from '../errors.js';
import { decodeOutcomes, findSection, outcomeSections, type SectionName } from '../files/index-file.js';
import { Router } from '../routing/router.js';
import type { IndexInfo } from '../types.js';

const CHUNK = 1 << 18;
/** Rows of one call of `Router.texts`. */
const BLOCK = 1000;

export interface OutcomeRow {
  task: number;
  id: string;
  /** The beginning of the prompt; empty if the index has none. */
  text: string;
  /** By model; NaN if not measured. */
  outcomes: Float32Array;
}

export interface ReadOutcomes {
  info: IndexInfo;
  hasTexts: boolean;
  rows(): Generator<OutcomeRow>;
}

/** Returns the texts in an index, or beside it. */
async function textsOf(index: string, rows: number, signal: AbortSignal): Promise<string[]> {
  const router = await Router.load({ index, embedder: null, signal });
  try {
    const texts: string[] = [];
    for (let first = 0; first < rows; first += BLOCK) {
      const block = Array.from({ length: Math.min(BLOCK, rows - first) }, (_, i) => first + i);
      texts.push(...(await router.texts(block, { signal })).map((text) => text ?? ''));
    }
    return texts;
  } finally {
    router.dispose();
  }
}

/** Reads the outcomes of an index. Errors: those of `Router.load`. */
export async function readOutcomes(index: string, signal: AbortSignal): Promise<ReadOutcomes> {
  const { bytes, info, rowTasks, ids } = await readIndexRows(index, { signal });
  const section = (name: SectionName) => {
    const found = findSection(info, name);
    return found && bytes.subarray(found.offsetBytes, found.offsetBytes + found.sizeBytes);
  };
  const { outcomes: name, measured } = outcomeSections(info);
  const all = decodeOutcomes(info, section(name) as Uint8Array, measured && section(measured));
  const texts = await textsOf(index, info.rows, signal);
  const models = info.models.length;
  return {
    info,
    hasTexts: texts.some((text) => text !== ''),
    *rows() {
      for (let row = 0; row < info.rows; ++row) {
        const outcomes = all.subarray(row * models, (row + 1) * models);
        yield { task: rowTasks[row] as number, id: ids[row] as string, text: texts[row] ?? '', outcomes };
      }
    },
  };
}

/** Returns an outcome with the digits that a float32 holds. */
export const outcomeText = (outcome: number): string => String(Number(outcome.toPrecision(7)));

/** Writes pieces of text to a new file, and passes each written piece on. */
export async function writeTexts(
  file: string,
  pieces: Iterable<string>,
  signal: AbortSignal,
  onBytes: (bytes: Uint8Array) => void = () => undefined,
): Promise<void> {
  const out = await open(file, 'wx');
  try {
    let held = '';
    const flush = async () => {
      throwIfAborted(signal);
      const bytes = new TextEncoder().encode(held);
      held = '';
      onBytes(bytes);
      for (let done = 0; done < bytes.length; ) done += (await out.write(bytes, done)).bytesWritten;
    };
    for (const piece of pieces) {
      held += piece;
      if (held.length >= CHUNK) await flush();
    }
    await flush();
    await out.sync();
  } finally {
    await out.close();
  }
}
