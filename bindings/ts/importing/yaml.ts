/** Reads YAML documents as a whole. */

import { wellFormed } from '../files/text.js';
import { parse } from '../vendor/yaml.js';
import { badInput, type InputFile, type ReadFileOptions, textOf } from './input-file.js';

/** Maximum length of a document: all of it is in memory. */
const MOST_TEXT = 1 << 26;
/** Uses of one anchor, those inside of others multiplied: writers share objects by them, and bombs multiply. */
const MOST_ALIASES = 1 << 17;

/** Returns the value of a document. Errors: `invalid_argument`, `aborted`. */
export async function readYaml(file: InputFile, options: ReadFileOptions = {}): Promise<unknown> {
  const place = { file: file.path };
  if (file.size > MOST_TEXT)
    throw badInput(place, `${file.size} bytes of YAML, expected at most ${MOST_TEXT}: use JSON`);
  let text = '';
  for await (const piece of textOf(file, options)) {
    text += piece;
    if (text.length > MOST_TEXT) throw badInput(place, `more than ${MOST_TEXT} characters of YAML: use JSON`);
  }
  try {
    return parse(wellFormed(text), { maxAliasCount: MOST_ALIASES, logLevel: 'error' });
  } catch (cause) {
    throw badInput(place, `not YAML: ${(cause as Error).message.split('\n')[0]?.slice(0, 200)}`, cause);
  }
}
