/** From whatever lies in storage, or in a file, to what this version understands. */
import * as v from 'valibot';
import { DEFAULT_STORED, STORED, type Stored, VERSION } from './schema.js';

type Plain = Record<string, unknown>;

/** Step i goes from version i to the next one. */
const STEPS: ((before: Plain) => Plain)[] = [
  // Before there were versions: the settings alone.
  (settings) => ({ ...DEFAULT_STORED, settings: { ...DEFAULT_STORED.settings, ...settings } }),
];

const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A newer version of the extension wrote it: this one must leave it alone. */
export class FromTheFuture extends Error {
  constructor(version: number) {
    super(`it was written by a newer version: got format ${version}, expected ${VERSION} at most`);
  }
}

/** Brings it to this version without judging what is in it. Errors: `FromTheFuture`. */
export function upgrade(raw: unknown): unknown {
  if (!isPlain(raw)) return raw;
  let version = Number.isInteger(raw.version) ? (raw.version as number) : 0;
  if (version > VERSION) throw new FromTheFuture(version);
  let now: Plain = raw;
  for (; version < VERSION; version += 1) now = { ...STEPS[version]?.(now), version: version + 1 };
  return now;
}

type Schema = v.GenericSchema;

/** Keeps every part that is sound, and takes the default for each other one; of lists and records every sound entry. */
function salvage(schema: Schema, raw: unknown, otherwise: unknown): unknown {
  const { success, output } = v.safeParse(schema, raw);
  if (success) return output;
  if ('entries' in schema && isPlain(raw)) {
    const entries = Object.entries(schema.entries as Record<string, Schema>);
    return Object.fromEntries(
      entries.map(([key, part]) => [key, salvage(part, raw[key], (otherwise as Plain | undefined)?.[key])]),
    );
  }
  if (schema.type === 'record' && isPlain(raw)) {
    const sound = Object.entries(raw).filter((entry) => v.is(schema, Object.fromEntries([entry])));
    return Object.fromEntries(sound);
  }
  if (schema.type === 'array' && Array.isArray(raw)) return raw.filter((entry) => v.is(schema, [entry]));
  return otherwise;
}

/** What lies in storage, as far as it is sound. `isDamaged`: some of it was not. Errors: `FromTheFuture`. */
export function readStored(raw: unknown): { stored: Stored; isDamaged: boolean } {
  if (raw === undefined) return { stored: DEFAULT_STORED, isDamaged: false };
  const now = upgrade(raw);
  return { stored: salvage(STORED, now, DEFAULT_STORED) as Stored, isDamaged: !v.is(STORED, now) };
}

/** So many that nobody added by hand: the settings could not show them, and nobody could take them out again. */
const MOST_IMPORTED_SITES = 500;
const IMPORTED = v.object({
  ...STORED.entries,
  sites: v.pipe(STORED.entries.sites, v.maxEntries(MOST_IMPORTED_SITES)),
});

/** The same for a file that somebody imports: all of it, or an error that says where it is not sound. */
export function readImported(raw: unknown): Stored {
  const result = v.safeParse(IMPORTED, upgrade(raw));
  if (result.success) return result.output;
  const [issue] = result.issues;
  const where = v.getDotPath(issue) ?? 'the file';
  throw new Error(`${where}: got ${issue.received}, expected ${issue.expected ?? issue.message}`);
}
