/** Colours of the samples: by task, by the best model nearby, or by one model's results. */
import type { Samples } from 'signalbox';
import { type Rgb, rgbOfOklch } from './pixels.js';

export const MODES = ['task', 'winner', 'right'] as const;
export type Mode = (typeof MODES)[number];

/** A colour in OKLCH, with the lightness for the light scheme. */
export interface Hue {
  lightness: number;
  chroma: number;
  hue: number;
}

export interface Category {
  name: string;
  /** The name to show. */
  label: string;
  /** `undefined` is grey, for the remainder. */
  colour: Hue | undefined;
  rows: number;
}

export interface Colouring {
  /** The category of every row. */
  ofRow: Uint16Array;
  categories: Category[];
}

/** Blue and orange, which colour-blind users can tell apart. */
const RIGHT: Hue = { lightness: 0.52, chroma: 0.15, hue: 250 };
const WRONG: Hue = { lightness: 0.66, chroma: 0.16, hue: 55 };
const MOST_WINNERS = 8;
/** Added to the lightness on a dark background. */
const LIGHTER = 0.12;

export const rgbOf = ({ lightness, chroma, hue }: Hue, isDark: boolean): Rgb =>
  rgbOfOklch(lightness + (isDark ? LIGHTER : 0), chroma, hue);

export const cssOf = (hue: Hue, isDark: boolean) => `rgb(${rgbOf(hue, isDark).join(' ')})`;

/** Returns hues around the circle; neighbours differ in lightness, too. */
export function hues(count: number): Hue[] {
  return Array.from({ length: count }, (_, i) => ({
    lightness: [0.52, 0.64, 0.58][i % 3] as number,
    chroma: 0.15,
    hue: Math.round((360 * i) / count + 20),
  }));
}

function counted(
  ofRow: Uint16Array,
  names: readonly string[],
  colours: readonly (Hue | undefined)[],
  labels = names,
): Colouring {
  const rows = new Array<number>(names.length).fill(0);
  for (const category of ofRow) rows[category] = (rows[category] ?? 0) + 1;
  const categories = names.map((name, i) => ({
    name,
    label: labels[i] ?? name,
    colour: colours[i],
    rows: rows[i] ?? 0,
  }));
  return { ofRow, categories };
}

/** Colours by task, in the order of names, so that a family of tasks has similar hues. */
export function byTask({ tasks }: Samples, names: readonly string[], labels: readonly string[]): Colouring {
  const order = names.map((_, task) => task).sort((a, b) => (names[a] ?? '').localeCompare(names[b] ?? '', 'en'));
  const placeOf = new Uint16Array(names.length);
  order.forEach((task, place) => {
    placeOf[task] = place;
  });
  return counted(
    tasks.map((task) => placeOf[task] ?? 0),
    order.map((task) => names[task] ?? ''),
    hues(names.length),
    order.map((task) => labels[task] ?? ''),
  );
}

/** Colours by whether one model was right; a graded outcome from .5 on counts as right. */
export function byOutcome({ outcomes, tasks }: Samples, model: number, models: number): Colouring {
  const ofRow = new Uint16Array(tasks.length);
  for (let row = 0; row < ofRow.length; ++row) {
    const y = outcomes[row * models + model] ?? Number.NaN;
    ofRow[row] = Number.isNaN(y) ? 0 : y >= 0.5 ? 1 : 2;
  }
  return counted(ofRow, ['not measured', 'right', 'wrong'], [undefined, RIGHT, WRONG]);
}

/** Colours by the best model nearby. The most frequent winners have their own colour, the others share one. */
export function byWinner(winners: Int32Array, names: readonly string[]): Colouring {
  const wins = new Map<number, number>();
  for (const model of winners) wins.set(model, (wins.get(model) ?? 0) + 1);
  const frequent = [...wins]
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
    .flatMap(([model]) => (model < 0 ? [] : [model]));
  const shown = frequent.slice(0, MOST_WINNERS);
  const placeOf = new Map(shown.map((model, i) => [model, i + 1]));
  const ofRow = Uint16Array.from(winners, (model) => placeOf.get(model) ?? 0);
  const colours = [undefined, ...hues(shown.length)];
  return counted(ofRow, ['another model', ...shown.map((model) => names[model] ?? '')], colours);
}
