/** Finds the files at the places that the user named. */
import { open, readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { SignalboxError } from '../../errors.js';
import { diskError } from '../../files/disk/errors.js';
import type { InputFile } from '../../importing/input-file.js';

function cannotRead(name: string, cause: unknown): SignalboxError {
  return diskError(`${name} could not be read`, cause);
}

function fileFromDisk(name: string, size: number): InputFile {
  return {
    path: name.split(path.sep).join('/'),
    size,
    slice: async (start, end) => {
      const file = await open(name).catch((cause) => {
        throw cannotRead(name, cause);
      });
      try {
        const out = new Uint8Array(Math.max(0, Math.min(end, size) - start));
        let done = 0;
        while (done < out.length) {
          const { bytesRead } = await file.read(out, done, out.length - done, start + done);
          if (bytesRead === 0) break;
          done += bytesRead;
        }
        return out.subarray(0, done);
      } finally {
        await file.close();
      }
    },
  };
}

/** Folders of other programs. Other names that begin with a dot may be those of models, such as `..__checkpoints__7`. */
const PASSED_OVER =
  /^\.(git|hg|svn|cache|venv|env|tox|idea|vscode|ipynb_checkpoints|pytest_cache|mypy_cache|Trash.*|Spotlight.*)$/;

/** Results whose names begin with a dot all the same: those of DeepEval's last run. */
const RESULTS = /^\.latest_(test_run|run_full)\.json$/;

export interface FoundFiles {
  files: InputFile[];
  /** Files whose names begin with a dot, and folders of other programs. */
  passedOver: string[];
}

/** Adds all files below `name`; skips a folder that was already seen (by a link that leads back). */
async function collect(name: string, seen: Set<string>, out: FoundFiles): Promise<void> {
  const of = await stat(name);
  if (of.isFile()) {
    out.files.push(fileFromDisk(name, of.size));
    return;
  }
  if (!of.isDirectory()) return;
  const real = await realpath(name);
  if (seen.has(real)) return;
  seen.add(real);
  const entries = await readdir(name, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const child = path.join(name, entry.name);
    const isHidden =
      entry.name.startsWith('.') && !RESULTS.test(entry.name) && (entry.isFile() || PASSED_OVER.test(entry.name));
    if (isHidden) out.passedOver.push(child.split(path.sep).join('/'));
    else await collect(child, seen, out);
  }
}

/** Returns the path that `findFiles` gives to a file, or to what is below a folder. */
function placeOf(place: string): string {
  const name = /^\.{0,2}([\\/]|$)|[\\/]\.\.?$/.test(place) ? path.resolve(place) : path.normalize(place);
  return name
    .replace(/(.)[\\/]+$/, '$1')
    .split(path.sep)
    .join('/');
}

/**
 * Returns all files of these places and below these folders. `.` and `..` are resolved, since the name of a folder may
 * name a model. Errors: `network`.
 */
export async function findFiles(places: readonly string[]): Promise<FoundFiles> {
  const out: FoundFiles = { files: [], passedOver: [] };
  const seen = new Set<string>();
  for (const place of places) {
    await collect(placeOf(place), seen, out).catch((cause) => {
      throw cause instanceof SignalboxError ? cause : cannotRead(place, cause);
    });
  }
  return out;
}
