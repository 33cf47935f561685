/** The source of the task's prompts: typed text, the example, or a column of a file. */
import { batch, signal } from '@preact/signals';
import { explained } from '../offline/version.js';
import { EXAMPLE } from './example.js';
import { CUT_NOTICE } from './reading/limits.js';
import { type FilePrompts, OpenedFile } from './reading/opened-file.js';
import { promptsOf, type Separator } from './reading/plain-text.js';
import type { Choice, FileTable } from './reading/protocol.js';
import { routeTask } from './task.js';

export interface Source {
  name: string;
  notices: readonly string[];
  /** For a file: the available columns, and the choice. */
  file?: { table: FileTable; choice: Choice };
}

export type Reading =
  | { kind: 'idle' }
  | { kind: 'reading'; name: string; share: number }
  | { kind: 'failed'; why: string };

export const separator = signal<Separator>('line');
export const source = signal<Source | undefined>(undefined);
export const reading = signal<Reading>({ kind: 'idle' });

let opened: OpenedFile | undefined;
/** The last file, to be read again if the separator changes. */
let last: File | undefined;

function take(next: Source, prompts: readonly string[]): void {
  batch(() => {
    source.value = next;
    reading.value = { kind: 'idle' };
    routeTask({ name: next.name, prompts });
  });
}

/** Closes the file, and aborts reading it. */
export function closeFile(): void {
  opened?.close();
  opened = undefined;
  last = undefined;
  reading.value = { kind: 'idle' };
}

export function takeText(text: string, name = 'your text'): void {
  const { prompts, isCut } = promptsOf(text, separator.peek());
  if (prompts.length === 0) {
    reading.value = { kind: 'failed', why: 'Enter at least one prompt.' };
    return;
  }
  closeFile();
  take({ name, notices: isCut ? [CUT_NOTICE] : [] }, prompts);
}

export function takeExample(): void {
  closeFile();
  separator.value = 'line';
  take({ name: EXAMPLE.name, notices: [] }, EXAMPLE.prompts);
}

/** Takes the prompts of a file, unless another one was opened meanwhile. */
async function takeFrom(file: OpenedFile, name: string, asked: Promise<FilePrompts>): Promise<void> {
  try {
    const { prompts, table, choice, notices } = await asked;
    if (file === opened) take({ name, notices, file: { table, choice } }, prompts);
  } catch (cause) {
    const { message } = (await explained(cause)) as Error;
    if (file === opened) reading.value = { kind: 'failed', why: `${name}: ${message}` };
  }
}

export function openFile(file: File): void {
  closeFile();
  source.value = undefined;
  routeTask(undefined);
  const mine = new OpenedFile();
  opened = mine;
  last = file;
  const onShare = (share: number) => {
    if (mine === opened) reading.value = { kind: 'reading', name: file.name, share };
  };
  onShare(0);
  takeFrom(mine, file.name, mine.open(file, separator.peek(), onShare));
}

export function choose(choice: Choice): void {
  const now = source.peek();
  if (now?.file === undefined || opened === undefined) return;
  // Shows the choice at once, even if the column turns out to be empty.
  source.value = { ...now, file: { ...now.file, choice } };
  takeFrom(opened, now.name, opened.choose(choice));
}

export function separateBy(next: Separator): void {
  separator.value = next;
  const isTable = (source.peek()?.file?.table.fields.length ?? 0) > 0;
  if (last !== undefined && !isTable) openFile(last);
}
