/** Writes files atomically. */
import { open, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SignalboxError, throwIfAborted } from '../../errors.js';
import { invalid } from '../../options.js';
import { printableJson } from '../printable.js';
import { diskError } from './errors.js';
import { removeAtExit, removeLeftovers, temporaryFile } from './temporary.js';

/**
 * Lets `write` fill a temporary file, then renames it to `file`. Errors: `network` if it cannot be written, `quota_exceeded`
 * without room for it, `aborted`. Also removes what killed processes left in the folder.
 */
export async function writeWholeBy(
  file: string,
  write: (temporary: string) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const temporary = temporaryFile(file);
  await removeLeftovers(path.dirname(path.resolve(file)));
  const forget = removeAtExit(temporary);
  try {
    await write(temporary);
    throwIfAborted(signal);
    await rename(temporary, file);
  } catch (cause) {
    await rm(temporary, { force: true });
    if (signal?.aborted) throw new SignalboxError('aborted', 'the operation was aborted', { cause });
    throw diskError(`${file} could not be written`, cause);
  } finally {
    forget();
  }
}

/** Writes a text atomically. Errors: those of `writeWholeBy`. */
export async function writeWhole(file: string, text: string, signal?: AbortSignal): Promise<void> {
  await writeWholeBy(file, (temporary) => writeFile(temporary, text, { signal }), signal);
}

/**
 * Writes a text that a person goes on to edit, and never over one. Errors: `invalid_argument` if the file exists, `network`
 * if it cannot be written, `quota_exceeded` without room for it, `aborted`.
 */
export async function writeNew(file: string, text: string, signal?: AbortSignal): Promise<void> {
  throwIfAborted(signal);
  const created = await open(file, 'wx').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EEXIST') throw invalid(`${file} exists: give another name, or delete it`, cause);
    throw diskError(`${file} could not be written`, cause);
  });
  try {
    await created.writeFile(text);
  } catch (cause) {
    await rm(file, { force: true });
    throw diskError(`${file} could not be written`, cause);
  } finally {
    await created.close();
  }
}

const DIGITS = 10;

/** Serialises with ten digits: further digits depend on the machine's order of summation. NaN becomes null. */
export function toJson(value: unknown): string {
  const shorten = (_key: string, v: unknown) => (typeof v === 'number' ? Number(v.toPrecision(DIGITS)) : v);
  return `${printableJson(JSON.stringify(value, shorten, 1))}\n`;
}
