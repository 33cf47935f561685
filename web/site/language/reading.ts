/** Reads prompts in other languages than English: their table is downloaded for the first such prompt. */
import { effect, signal } from '@preact/signals';
import { languageOf } from 'signalbox';
import { explained } from '../offline/version.js';
import { answer, info, readLanguagesWith } from '../state.js';

/** The table's file, inserted by the build; `null` if it has none. */
declare const LANGUAGES: { address: string; sizeBytes: number; space: string } | null;

export type Reading =
  /** The last prompt is in English, or the table reads it. */
  | { kind: 'none' }
  /** The user decides: downloads may cost money here. */
  | { kind: 'offered' }
  | { kind: 'loading' }
  | { kind: 'failed'; error: unknown };

export const reading = signal<Reading>({ kind: 'none' });
/** Code of the language of the last prompt that is not in English. */
export const language = signal('und');
/** Size of the table. */
export const tableBytes = LANGUAGES?.sizeBytes ?? 0;

/** The table was downloaded in this visit. */
let isLoaded = false;

/** Returns whether the browser says that data is scarce. */
function isMetered(): boolean {
  const { saveData, type } = (navigator as { connection?: { saveData?: boolean; type?: string } }).connection ?? {};
  return saveData === true || type === 'cellular';
}

/** Downloads the table, and reads the prompt again with it. */
export async function loadTable(): Promise<void> {
  if (LANGUAGES === null || isLoaded || reading.peek().kind === 'loading') return;
  reading.value = { kind: 'loading' };
  try {
    const { fetchTable } = await import('./table.js');
    await readLanguagesWith(await fetchTable(LANGUAGES.address));
    isLoaded = true;
    reading.value = { kind: 'none' };
  } catch (cause) {
    reading.value = { kind: 'failed', error: await explained(cause) };
  }
}

/** Looks at the language of a prompt that was answered. */
async function look(prompt: string): Promise<void> {
  if (LANGUAGES === null || isLoaded || info.peek()?.embedder.id !== LANGUAGES.space) return;
  const found = await languageOf(prompt).catch(() => undefined);
  const { kind } = reading.peek();
  if (found === undefined) {
    // A download that has begun goes on.
    if (kind !== 'loading') reading.value = { kind: 'none' };
    return;
  }
  language.value = found;
  if (kind === 'none' && isMetered()) reading.value = { kind: 'offered' };
  else if (kind === 'none') await loadTable();
}

effect(() => {
  const prompt = answer.value?.prompt;
  if (prompt !== undefined) void look(prompt);
});
