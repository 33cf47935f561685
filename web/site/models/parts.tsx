/** Small parts of the pages of models. */
import type { ComponentChildren } from 'preact';
import { dollars, percent, range } from '../../shared/format.js';
import { blendedPrice } from './standings.js';
import type { Interval } from './statistics.js';
import type { Measure, Model } from './types.js';

const MINUS = '−';

/** Formats a difference of shares as points, with its sign. */
export function points(difference: number): string {
  const value = (100 * difference).toFixed(1);
  if (Number(value) === 0) return '0.0';
  return difference > 0 ? `+${value}` : `${MINUS}${value.slice(1)}`;
}

export const pointRange = ([low, high]: Interval) => `${points(low)} to ${points(high)}`;

export const pageOf = ({ slug }: Model) => `${slug}.html`;

/** The address of a comparison. The page reads the two models from its fragment. */
export const comparisonOf = (first: Model, second: Model) => `compare.html#${first.slug},${second.slug}`;

export const ModelLink = ({ model }: { model: Model }) => <a href={pageOf(model)}>{model.title}</a>;

/** A rating is the chance of beating a panel of models. */
export const MEASURES: Record<Measure, string> = {
  accuracy: 'right',
  graded: 'grade',
  elo: 'rating',
};

const DAY = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
const MONTH = new Intl.DateTimeFormat('en', { month: 'long', year: 'numeric', timeZone: 'UTC' });

/** Formats `2026-09-22` or `2026-09`. */
export function Day({ day }: { day: string }) {
  const date = new Date(day);
  const isDay = !Number.isNaN(date.getTime());
  return <time dateTime={day}>{isDay ? (day.length > 7 ? DAY : MONTH).format(date) : day}</time>;
}

/** Formats a price with the digits it was given in, and at least two. */
export const inAndOut = ({ price }: Model) =>
  price === null ? 'unknown' : `${dollars(price.in)} in, ${dollars(price.out)} out`;

export const priceOrder = (model: Model) => blendedPrice(model) ?? '';

/** The largest difference that bars show. */
const REACH = 0.3;

/** A difference as a bar from the middle, with its interval. Decorative: the numbers stand beside it. */
export function DifferenceBar({ value, interval }: { value: number; interval: Interval | null }) {
  const place = (x: number) => 50 + (50 * Math.max(-REACH, Math.min(REACH, x))) / REACH;
  const at = place(value);
  return (
    <svg class="interval difference" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      <rect
        class={value < 0 ? 'difference-below' : 'difference-above'}
        x={Math.min(50, at)}
        y="2"
        width={Math.abs(at - 50)}
        height="6"
      />
      {interval !== null && (
        <rect
          class="difference-range"
          x={place(interval[0])}
          y="4.5"
          width={place(interval[1]) - place(interval[0])}
          height="1"
        />
      )}
      <rect class="interval-mark" x="49.5" y="0" width="1" height="10" />
    </svg>
  );
}

export function Share({ value, interval }: { value: number; interval: Interval }) {
  return (
    <>
      {percent(value)} <small>({range(interval)})</small>
    </>
  );
}

/**
 * A table that scrolls sideways within its frame, and that the script of the page makes sortable. `filter` names the rows
 * in the label of a field that narrows them.
 */
export function Table({
  caption,
  columns,
  filter,
  children,
}: {
  caption: string;
  columns: readonly string[];
  filter?: string;
  children: ComponentChildren;
}) {
  return (
    <div class="wide">
      <table data-sortable data-filter={filter}>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
