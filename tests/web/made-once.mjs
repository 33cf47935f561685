// Folders that several test files use: made once, and kept in build/tests.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Returns the folder that `make` has filled for this state of what it depends on. It removes those of other states. Two
 * processes may make it at the same time: the first one to end counts. `place` is the folder that it lies in.
 */
export async function madeOnce(name, state, make, place = path.join(root, 'build/tests')) {
  const folder = path.join(place, `${name}-${state}`);
  if (existsSync(folder)) return folder;
  mkdirSync(place, { recursive: true });
  const scratch = mkdtempSync(path.join(place, 'making-'));
  try {
    await make(scratch);
    const isOld = (other) => other.startsWith(`${name}-`) && other !== path.basename(folder);
    const old = readdirSync(place).filter(isOld);
    for (const other of old) rmSync(path.join(place, other), { recursive: true, force: true });
    renameSync(scratch, folder);
  } catch (error) {
    rmSync(scratch, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}
