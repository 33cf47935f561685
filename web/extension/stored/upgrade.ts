/** Brings stored or imported settings to the format of this version. */
import * as v from 'valibot';
import { preferOfDial } from '../../shared/settings.js';
import { DEFAULT_STORED, STORED, type Stored, VERSION } from './schema.js';

type Plain = Record<string, unknown>;

const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function withPrefer({ dial, ...settings }: Plain): Plain {
  return typeof dial === 'number' ? { ...settings, prefer: preferOfDial(dial) } : settings;
}

/** Prices counted on every site, and nothing was known of the model that the user mostly uses there. */
const withPays = (site: unknown) => (isPlain(site) ? { ...site, pays: 'use', usual: null } : site);

/** Step i upgrades from version i to i + 1. */
const STEPS: ((before: Plain) => Plain)[] = [
  // Version 0, without a version number, had only the settings.
  (settings) => ({ ...DEFAULT_STORED, settings: { ...DEFAULT_STORED.settings, ...settings } }),
  // Version 1 had a dial from 0 (cheapest) to 100 (best).
  ({ settings, ...rest }) => ({ ...rest, settings: isPlain(settings) ? withPrefer(settings) : settings }),
  // Version 2 did not ask how the user pays on a site.
  ({ sites, ...rest }) => ({
    ...rest,
    sites: isPlain(sites) ? Object.fromEntries(Object.entries(sites).map(([at, site]) => [at, withPays(site)])) : sites,
  }),
];

/** A newer version of the extension wrote the settings: this one must not change them. */
export class FromTheFuture extends Error {
  constructor(version: number) {
    super(`the settings were written by a newer version: got format ${version}, expected ${VERSION} at most`);
  }
}

/** Upgrades settings to this version without validating them. Errors: `FromTheFuture`. */
export function upgrade(raw: unknown): unknown {
  if (!isPlain(raw)) return raw;
  let version = Number.isInteger(raw.version) ? (raw.version as number) : 0;
  if (version > VERSION) throw new FromTheFuture(version);
  let now: Plain = raw;
  for (; version < VERSION; version += 1) now = { ...STEPS[version]?.(now), version: version + 1 };
  return now;
}

type Schema = v.GenericSchema;

/** Keeps the valid parts, and takes defaults for the others; of lists and records it keeps the valid entries. */
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

/** Returns the valid parts of stored settings. `isDamaged`: other parts were invalid. Errors: `FromTheFuture`. */
export function readStored(raw: unknown): { stored: Stored; isDamaged: boolean } {
  if (raw === undefined) return { stored: DEFAULT_STORED, isDamaged: false };
  const now = upgrade(raw);
  return { stored: salvage(STORED, now, DEFAULT_STORED) as Stored, isDamaged: !v.is(STORED, now) };
}

/** Nobody adds more sites by hand; the settings page could not show them, so they could not be removed. */
const MOST_IMPORTED_SITES = 500;
const IMPORTED = v.object({
  ...STORED.entries,
  sites: v.pipe(STORED.entries.sites, v.maxEntries(MOST_IMPORTED_SITES)),
});

/** Returns imported settings, which must be valid as a whole. Errors: the place that is not; `FromTheFuture`. */
export function readImported(raw: unknown): Stored {
  const result = v.safeParse(IMPORTED, upgrade(raw));
  if (result.success) return result.output;
  const [issue] = result.issues;
  const where = v.getDotPath(issue) ?? 'the file';
  throw new Error(`${where}: got ${issue.received}, expected ${issue.expected ?? issue.message}`);
}
