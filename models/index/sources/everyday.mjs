// Reads the everyday prompts of models/everyday/*.jsonl.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const LEVELS = 5;

/** Returns the levels that were given to prompts after they were written, by id. */
function readLevels(folder) {
  const names = readdirSync(folder).filter((name) => /^levels-.*\.json$/.test(name));
  return Object.assign({}, ...names.sort().map((name) => JSON.parse(readFileSync(path.join(folder, name), 'utf8'))));
}

/**
 * Returns { id, kind, prompt, level } of every prompt, sorted by id; `level` is 1 (easy) to 5, or null. A prompt that
 * occurs twice is returned once. Throws for an unknown kind, a level out of range or an id that occurs twice.
 */
export function readEveryday(folder, kinds) {
  const rows = [];
  const levels = readLevels(folder);
  const ids = new Set();
  const seen = new Set();
  for (const name of readdirSync(folder).sort()) {
    if (!name.endsWith('.jsonl')) continue;
    for (const [i, line] of readFileSync(path.join(folder, name), 'utf8').split('\n').entries()) {
      if (line.trim() === '') continue;
      const { id, kind, prompt, ...own } = JSON.parse(line);
      const level = own.level ?? levels[id] ?? null;
      const where = `${name}, line ${i + 1}`;
      if (!kinds.has(kind)) throw new Error(`${where}: '${kind}' is not a kind`);
      if (level !== null && !(Number.isInteger(level) && level >= 1 && level <= LEVELS)) {
        throw new Error(`${where}: the level is ${level}, expected 1 to ${LEVELS}`);
      }
      if (ids.has(id)) throw new Error(`${where}: the id ${id} occurs twice`);
      ids.add(id);
      const text = prompt.trim();
      if (seen.has(text)) continue;
      seen.add(text);
      rows.push({ id, kind, prompt, level });
    }
  }
  return rows.sort((a, b) => (a.id < b.id ? -1 : 1));
}
