/** The files that a caller gave. */
import type { InputFile } from '../importing/input-file.js';
import { described, invalid } from '../options.js';
import type { BenchmarkFile } from './types.js';

/** Returns the files as a list. Errors: `invalid_argument` for anything else. */
export function listOfFiles<Given extends BenchmarkFile | InputFile>(files: Iterable<Given>): Given[] {
  const list: unknown[] =
    typeof files === 'object' && files !== null && Symbol.iterator in files ? [...files] : [files];
  for (const given of list as { file?: File; slice?: unknown }[]) {
    if (typeof given === 'object' && (given?.file ?? given)?.slice) continue;
    throw invalid(`got ${described(given)}, expected a list of File or { file, path }`);
  }
  return list as Given[];
}
