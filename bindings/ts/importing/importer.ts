import type { FileHead, InputFile } from './input-file.js';
import type { ImportContext, Source } from './records.js';

export interface Importer {
  source: Source;
  /** Tells by path and first bytes whether a file is of this source. At most one importer of a tool claims a file. */
  claims(file: InputFile, head: FileHead): boolean;
  /**
   * Reads the claimed files, in the given order (that of their paths), into `context.sink`.
   * Errors: `invalid_argument`, `truncated`, `size_overflow`, each with file, line and reason; `aborted`.
   * Files without any result at all are an error of `noResults`: beside results of other sources they are listed.
   */
  read(files: readonly InputFile[], context: ImportContext): Promise<void>;
}
