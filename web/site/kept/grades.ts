/** Grades that the user gives to answers, in this browser's storage, by the files that they are about. */
import { del, get, set } from 'idb-keyval';
import type { NextRow } from 'signalbox/build';
import { store } from './storage.js';

interface Grades {
  candidates: readonly string[];
  rows: { row: NextRow; marks: Record<string, 'right' | 'wrong'> }[];
}

/** Keys of grades begin with it. */
export const GRADES = 'grades:';

const isText = (value: unknown): value is string => typeof value === 'string';
const isRecordOf = (value: unknown, is: (value: unknown) => boolean) =>
  typeof value === 'object' && value !== null && Object.values(value).every(is);

/** Validates a graded prompt: other pages of this host may write to the same storage. */
function isGraded(value: unknown): value is Grades['rows'][number] {
  const { row, marks } = (value ?? {}) as { row?: Partial<Record<keyof NextRow, unknown>>; marks?: unknown };
  const isRow =
    isText(row?.prompt) &&
    isText(row.dataset) &&
    (row.id === null || isText(row.id)) &&
    (row.selectedBy === 'random' || row.selectedBy === 'disagreement') &&
    Number.isFinite(row.weight) &&
    Array.isArray(row.models) &&
    row.models.every(isText) &&
    isRecordOf(row.answers, isText);
  return isRow && isRecordOf(marks, (mark) => mark === 'right' || mark === 'wrong');
}

/** Returns what was kept for these files; `undefined` if nothing was. */
export async function keptGrades(files: string): Promise<Grades | undefined> {
  const kept = (await get<Partial<Grades>>(GRADES + files, store())) ?? {};
  if (!Array.isArray(kept.candidates) || !kept.candidates.every(isText) || !Array.isArray(kept.rows)) return undefined;
  const rows = kept.rows.filter(isGraded);
  return rows.length > 0 ? { candidates: kept.candidates, rows } : undefined;
}

export const keepGrades = (
  files: string,
  grades: { candidates: readonly string[]; rows: readonly unknown[] },
): Promise<void> => set(GRADES + files, grades, store());

export const removeGrades = (files: string): Promise<void> => del(GRADES + files, store());
