/** Messages between the page and the worker that reads files. */
import type { Separator } from './plain-text.js';

/** The choice of a file's texts. */
export interface Choice {
  column: number;
  /** The first row names the columns. */
  hasHeader: boolean;
}

/** The columns to choose from. */
export interface FileTable {
  /** Names of the columns; empty if there is nothing to choose. */
  fields: string[];
  /** Whether the first row may contain names. */
  mayHaveHeader: boolean;
}

export type ReadQuestion = { ask: 'open'; file: File; separator: Separator } | ({ ask: 'choose' } & Choice);

export type ReadAnswer =
  | { told: 'share'; share: number }
  | { told: 'some'; prompts: string[] }
  | { told: 'all'; table: FileTable; choice: Choice; notices: string[] }
  | { told: 'problem'; message: string };

/** A message with the number of its question. */
export type Numbered<Message> = Message & { id: number };
