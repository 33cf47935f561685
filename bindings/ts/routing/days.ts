/** Days as texts YYYY-MM-DD. */

const DAY = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])/;
const MILLISECONDS = 86_400_000;

/** Returns the day of a date or time, in UTC; `undefined` for anything else. */
export function dayOf(value: unknown): string | undefined {
  if (value instanceof Date && Number.isFinite(value.getTime())) return value.toISOString().slice(0, 10);
  return typeof value === 'string' && DAY.test(value) ? value.slice(0, 10) : undefined;
}

/** Returns the whole days from one day to another, which is negative if the second one is earlier. */
export const daysBetween = (from: string, to: string) => Math.round((Date.parse(to) - Date.parse(from)) / MILLISECONDS);

/** Prices older than this are stale. */
const MOST_DAYS = 120;

/** The clock, which tests replace. */
export const clock = { today: () => dayOf(new Date()) as string };

/** Adds to a price where it is from, and how old it is. */
export function withAge<P extends object>(
  price: P,
  { date, source }: { date?: string | undefined; source?: string | undefined },
) {
  const day = dayOf(date);
  const ageDays = day === undefined ? null : Math.max(0, daysBetween(day, clock.today()));
  return {
    ...price,
    date: day ?? null,
    source: source ?? null,
    ageDays,
    stale: ageDays !== null && ageDays > MOST_DAYS,
  };
}
