/** Reads text files that the user names. */
import { readFile } from 'node:fs/promises';
import { invalid } from '../../options.js';
import { decodeText } from '../text.js';
import { diskError } from './errors.js';

/**
 * Reads UTF-8, or UTF-16 with a mark. `what` is the file in messages. Errors: `network`; `invalid_argument` for another
 * encoding.
 */
export async function readTextFile(file: string, what = file): Promise<string> {
  const bytes = await readFile(file).catch((cause) => {
    throw diskError(`${what} could not be read`, cause);
  });
  return decodeText(bytes, (reason, cause) => invalid(`${what} is ${reason}`, cause));
}

/** Reads a JSON document. Errors: those of `readTextFile`; `invalid_argument` for other text. */
export async function readJsonFile(file: string, what = file): Promise<unknown> {
  const text = await readTextFile(file, what);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(`${what} is not JSON: ${(cause as Error).message}`, cause);
  }
}
