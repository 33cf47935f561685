// Writes the beginnings of the prompts beside an index: texts/<number of the task>.json, which `Routing.texts` reads.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const MOST_CHARACTERS = 160;

/** Returns the first 160 characters of a prompt, without halves of surrogate pairs. */
export const beginningOf = (prompt) => [...prompt.toWellFormed()].slice(0, MOST_CHARACTERS).join('');

/**
 * Writes a file for each task that has a text to show. `tasks` are those of the index, in its order; `prompts` has the
 * prompts of a task's rows, in the order of the index, with null for those that may not be shown. Returns the bytes.
 */
export function writeTexts(folder, tasks) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  let bytes = 0;
  for (const [number, { name, prompts }] of tasks.entries()) {
    if (prompts.every((prompt) => prompt === null)) continue;
    const texts = prompts.map((prompt) => (prompt === null ? '' : beginningOf(prompt)));
    const json = JSON.stringify({ task: name, texts });
    bytes += Buffer.byteLength(json);
    writeFileSync(path.join(folder, `${number}.json`), json);
  }
  return bytes;
}
