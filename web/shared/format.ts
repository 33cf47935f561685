/** Formats numbers for display. */

export const percent = (share: number) => `${Math.round(100 * share)}%`;

export const range = ([low, high]: readonly [number, number]) => `${percent(low)} to ${percent(high)}`;

/** Returns a function that formats numbers. `toLocaleString` makes its rules anew for each number, which takes longest. */
export function numbersAs(options?: Intl.NumberFormatOptions): (n: number) => string {
  let made: Intl.NumberFormat | undefined;
  return (n) => {
    made ??= new Intl.NumberFormat('en', options);
    return made.format(n);
  };
}

const whole = numbersAs();
/** Without a maximum, a format stops at thousandths. */
const exact = numbersAs({ minimumFractionDigits: 2, maximumFractionDigits: 20 });

/** Formats US dollars per million tokens with all digits: a price is shown as it was given. */
export const dollars = (usd: number | null) => (usd === null ? 'unknown' : `$${exact(usd)}`);

/** Formats a price; zero is "free", as self-hosted models may be. */
export const priceWords = (usd: number | null) => (usd === 0 ? 'free' : dollars(usd));

const SIZES = ['bytes', 'KB', 'MB', 'GB'];

export function bytes(count: number): string {
  const step = Math.min(Math.floor(Math.log10(Math.max(count, 1)) / 3), SIZES.length - 1);
  const value = count / 1000 ** step;
  return `${step === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${SIZES[step]}`;
}

export const count = (n: number, one: string, many = `${one}s`) => `${whole(n)} ${n === 1 ? one : many}`;

/** Drops the organisation before the slash, for narrow columns. */
export const shortName = (model: string) => model.slice(model.lastIndexOf('/') + 1);

/** Returns the name of a language by its code: 'German' for `de`. */
export function languageName(code: string): string {
  if (code === 'und') return 'this language';
  try {
    return new Intl.DisplayNames(['en'], { type: 'language' }).of(code) ?? code;
  } catch {
    return code;
  }
}
