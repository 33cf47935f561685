/** Reads YAML documents as a whole. */
import { wellFormed } from '../files/text.js';
import { load } from '../vendor/yaml.js';
import { badInput, type InputFile, type ReadFileOptions, textOf } from './input-file.js';

/** Maximum length of a document: all of it is in memory. */
const MOST_TEXT = 1 << 26;
const MOST_DEPTH = 64;
/** Values that a document may stand for, for each of its characters: aliases repeat what is written once. */
const MOST_EXPANSION = 16;
const HARMLESS_VALUES = 1 << 16;

/** Returns whether a document stands for more values than `most`, where each use of an alias counts. */
function isLargerThan(document: unknown, most: number): boolean {
  let count = 0;
  const open: unknown[] = [document];
  while (open.length > 0) {
    const value = open.pop();
    count += 1;
    if (count > most) return true;
    if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) open.push(part);
  }
  return false;
}

/** Returns the value of a document. Errors: `invalid_argument`, `aborted`. */
export async function readYaml(file: InputFile, options: ReadFileOptions = {}): Promise<unknown> {
  const place = { file: file.path };
  let text = '';
  for await (const piece of textOf(file, options)) {
    text += piece;
    if (text.length > MOST_TEXT) throw badInput(place, `YAML of more than ${MOST_TEXT} characters: use JSON`);
  }
  let document: unknown;
  try {
    document = load(wellFormed(text), { maxDepth: MOST_DEPTH, maxAliases: -1 });
  } catch (cause) {
    throw badInput(place, `not YAML: ${(cause as Error).message.split('\n')[0]?.slice(0, 200)}`, cause);
  }
  if (!isLargerThan(document, HARMLESS_VALUES + MOST_EXPANSION * text.length)) return document;
  throw badInput(place, `YAML whose aliases stand for more than ${MOST_EXPANSION} values per character`);
}
