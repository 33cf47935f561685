/**
 * Plans in this browser's storage, by the files that they are of: the plan and its index, the rows of the files if the user
 * agreed, and the grades that the user gave (`grades.ts`).
 */
import { delMany, getMany, keys, set, setMany } from 'idb-keyval';
import type { BenchmarkFile, Plan } from 'signalbox/build';
import { GRADES } from './grades.js';
import { isPlan } from './plan-shape.js';
import { hasStore, store } from './storage.js';

const ABOUT = 'plan:';
const DATA = 'plan-data:';
const ROWS = 'plan-rows:';

/** An entry of the list. */
export interface KeptPlan {
  /** The files: their name and size. */
  id: string;
  name: string;
  keptAt: number;
  sizeBytes: number;
  /** Whether it has a plan, the rows of the files, and grades. */
  hasPlan: boolean;
  hasRows: boolean;
  hasGrades: boolean;
}

/** All that is needed to show a plan again. */
export interface PlanData {
  plan: Plan;
  index: Uint8Array<ArrayBuffer>;
  /** How the files were read. */
  reading: string;
}

function isAbout(value: unknown): value is Pick<KeptPlan, 'name' | 'keptAt' | 'sizeBytes'> {
  const { name, keptAt, sizeBytes } = (value ?? {}) as Partial<Record<keyof KeptPlan, unknown>>;
  const hasDate = typeof keptAt === 'number' && !Number.isNaN(new Date(keptAt).getTime());
  return typeof name === 'string' && hasDate && Number.isFinite(sizeBytes);
}

/** Lists what is kept of plans, newest first. Opens no database for a visitor who kept nothing. */
export async function listPlans(): Promise<KeptPlan[]> {
  if (!(await hasStore())) return [];
  const all = (await keys(store())).map(String);
  const has = new Set(all);
  const ids = [...new Set([ABOUT, ROWS, GRADES].flatMap((start) => all.flatMap((key) => idOf(key, start))))];
  const about = await getMany<unknown>(
    ids.map((id) => ABOUT + id),
    store(),
  );
  return ids
    .map((id, i): KeptPlan => {
      const known = about[i];
      const { name, keptAt, sizeBytes } = isAbout(known) ? known : { name: id, keptAt: 0, sizeBytes: 0 };
      const [hasPlan, hasRows, hasGrades] = [DATA, ROWS, GRADES].map((start) => has.has(start + id));
      return {
        id,
        name,
        keptAt,
        sizeBytes,
        hasPlan: hasPlan === true,
        hasRows: hasRows === true,
        hasGrades: hasGrades === true,
      };
    })
    .sort((a, b) => b.keptAt - a.keptAt);
}

const idOf = (key: string, start: string) => (key.startsWith(start) ? [key.slice(start.length)] : []);

/** Keeps a plan in the place of an earlier one of these files. Errors: those of the browser's storage. */
export function keepPlan(id: string, name: string, data: PlanData): Promise<void> {
  const about = { name, keptAt: Date.now(), sizeBytes: data.index.byteLength };
  return setMany(
    [
      [ABOUT + id, about],
      [DATA + id, data],
    ],
    store(),
  );
}

/** Keeps the rows of the files. Errors: those of the browser's storage. */
export const keepRows = (id: string, files: readonly BenchmarkFile[]): Promise<void> => set(ROWS + id, files, store());

export const removeRows = (id: string): Promise<void> => delMany([ROWS + id], store());

const isFile = (value: unknown): value is BenchmarkFile => {
  if (value instanceof File) return true;
  const { file, path } = (value ?? {}) as { file?: unknown; path?: unknown };
  return file instanceof File && typeof path === 'string';
};

/** Reads a plan and the files that were kept with it; `undefined` if there is none that can be shown. */
export async function readPlan(id: string): Promise<(PlanData & { files: readonly BenchmarkFile[] }) | undefined> {
  const [data, files] = await getMany<unknown>([DATA + id, ROWS + id], store());
  const { plan, index, reading } = (data ?? {}) as Partial<Record<keyof PlanData, unknown>>;
  if (!isPlan(plan) || !(index instanceof Uint8Array) || typeof reading !== 'string') return undefined;
  return {
    plan,
    index: index as Uint8Array<ArrayBuffer>,
    reading,
    files: Array.isArray(files) && files.every(isFile) ? files : [],
  };
}

/** Removes all that is kept of some plans. */
export const removePlans = (ids: readonly string[]): Promise<void> =>
  delMany(
    ids.flatMap((id) => [ABOUT + id, DATA + id, ROWS + id, GRADES + id]),
    store(),
  );
