/** What the page and its reading worker say to each other. */
import type { Separator } from './plain-text.js';

/** Which texts of the file. */
export interface Choice {
  column: number;
  /** The first row names the columns. */
  hasHeader: boolean;
}

/** What there is to choose. */
export interface FileTable {
  /** Empty where there is nothing to choose. */
  fields: string[];
  /** Whether the first row may be names. */
  mayHaveHeader: boolean;
}

export type ReadQuestion = { ask: 'open'; file: File; separator: Separator } | ({ ask: 'choose' } & Choice);

export type ReadAnswer =
  | { told: 'share'; share: number }
  | { told: 'some'; prompts: string[] }
  | { told: 'all'; table: FileTable; choice: Choice; notices: string[] }
  | { told: 'problem'; message: string };

/** Which question a message belongs to. */
export type Numbered<Message> = Message & { id: number };
