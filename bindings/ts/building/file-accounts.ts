/** Counts what was taken from each file, and what was not. */
import type { DetectedFiles } from '../importing/detect.js';
import type { DropReason, Place, Source } from '../importing/records.js';
import { fileLines } from './files-text.js';

/** The account of a file: taken, left out or passed over. */
export interface ReportedFile {
  path: string;
  /** The source that claimed the file; null if none did. */
  source: Source | null;
  /** Scores of this file that are in the index, or in an average of it. */
  outcomes: number;
  leftOut: Partial<Record<DropReason, number>>;
  /** Why the file was not read, or why it has no outcomes; null if it was read and has some. */
  reason: string | null;
}

/** The files of a build. */
export interface ReadFiles {
  read: number;
  /** Paths of files that were not read. */
  ignored: string[];
  /** Every file: what it is, what was taken from it, and what was not. Empty for shards. */
  list: ReportedFile[];
  /** The list in words, for display: files of one fate share a line, and long lists are cut. */
  lines: string[];
}

interface Account {
  outcomes: number;
  leftOut: Partial<Record<DropReason, number>>;
}

const newAccount = (): Account => ({ outcomes: 0, leftOut: {} });

/** The accounts of the files that are read. */
export class FileAccounts {
  readonly #accounts = new Map<string, Account>();
  /** The places that are not in a file. */
  readonly #other = newAccount();
  #last = '';
  #lastAccount = this.#other;

  constructor(paths: Iterable<string>) {
    for (const path of paths) this.#accounts.set(path, newAccount());
  }

  outcome(place: Place): void {
    this.#of(place).outcomes += 1;
  }

  drop(reason: DropReason, place: Place): void {
    const { leftOut } = this.#of(place);
    leftOut[reason] = (leftOut[reason] ?? 0) + 1;
  }

  /** Returns the account of a place: of its file, or of the archive or document that it is a part of. */
  #of({ file }: Place): Account {
    // Importers read file by file: this runs for every score.
    if (file === this.#last) return this.#lastAccount;
    let path = file;
    let account = this.#accounts.get(path);
    while (account === undefined && path !== '') {
      path = path.slice(0, Math.max(path.lastIndexOf('/'), path.lastIndexOf(', '), 0));
      account = this.#accounts.get(path);
    }
    this.#last = file;
    this.#lastAccount = account ?? this.#other;
    return this.#lastAccount;
  }

  /** Lists all files in the order of their paths. */
  list({ groups, unread }: DetectedFiles): ReportedFile[] {
    const read = groups.flatMap(({ importer: { source }, files }) =>
      files.map(({ path }): ReportedFile => {
        const { outcomes, leftOut } = this.#accounts.get(path) ?? newAccount();
        const isUsed = outcomes > 0 || Object.keys(leftOut).length > 0;
        return { path, source, outcomes, leftOut, reason: isUsed ? null : 'no outcomes of its own' };
      }),
    );
    const rest = unread.map(
      ({ path, reason }): ReportedFile => ({ path, source: null, outcomes: 0, leftOut: {}, reason }),
    );
    return [...read, ...rest].sort((a, b) => (a.path < b.path ? -1 : 1));
  }
}

/** Adds files that were never opened to the list. */
export function addPassedOver(files: ReadFiles, paths: readonly string[]): void {
  files.ignored.push(...paths);
  const reason = 'a hidden file, or one of another program';
  files.list.push(...paths.map((path) => ({ path, source: null, outcomes: 0, leftOut: {}, reason })));
  files.lines = fileLines(files.list);
}
