/** What an importer is. */
import type { FileHead, InputFile } from './input-file.js';
import type { ImportContext, Source } from './records.js';

export interface Importer {
  source: Source;
  /** Whether this file is of this source, by its path and its first bytes. At most one importer should say yes. */
  claims(file: InputFile, head: FileHead): boolean;
  /**
   * Reads the files that it claimed, in the order given (which is that of their paths), into `context.sink`.
   * Errors: `invalid_argument`, `truncated`, `size_overflow`, each naming file, line and reason; `aborted`.
   */
  read(files: readonly InputFile[], context: ImportContext): Promise<void>;
}
