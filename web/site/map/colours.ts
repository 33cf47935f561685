/** What a sample's colour says: its task, who wins around it, or whether a model was right on it. */
import type { Samples } from 'signalbox';

export const MODES = ['task', 'winner', 'right'] as const;
export type Mode = (typeof MODES)[number];

export interface Category {
  name: string;
  colour: string;
  rows: number;
}

/** A category for every row; the last ones are drawn last, on top. */
export interface Colouring {
  ofRow: Uint16Array;
  categories: Category[];
}

const REST = 'var-rest';
/** Told apart by the colour-blind, too, on light and on dark ground: blue and orange. */
const RIGHT = 'oklch(0.62 0.15 250)';
const WRONG = 'oklch(0.72 0.16 60)';
const MOST_WINNERS = 8;

/** The colour of what is no category of interest; the style sheet knows it. */
export const isRest = (colour: string) => colour === REST;

/** Hues around the circle, neighbours apart in lightness. */
function hues(count: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const hue = Math.round((360 * i) / count + 20);
    return `oklch(${[0.58, 0.72, 0.65][i % 3]} 0.15 ${hue})`;
  });
}

function counted(ofRow: Uint16Array, names: readonly string[], colours: readonly string[]): Colouring {
  const rows = new Array<number>(names.length).fill(0);
  for (const category of ofRow) rows[category] = (rows[category] ?? 0) + 1;
  const categories = names.map((name, i) => ({ name, colour: colours[i] ?? REST, rows: rows[i] ?? 0 }));
  return { ofRow, categories };
}

/** Tasks in the order of their names, so that a family of them has hues that are near each other. */
export function byTask({ tasks }: Samples, names: readonly string[]): Colouring {
  const order = names.map((_, task) => task).sort((a, b) => (names[a] ?? '').localeCompare(names[b] ?? '', 'en'));
  const placeOf = new Uint16Array(names.length);
  order.forEach((task, place) => {
    placeOf[task] = place;
  });
  return counted(
    tasks.map((task) => placeOf[task] ?? 0),
    order.map((task) => names[task] ?? ''),
    hues(names.length),
  );
}

/** Whether one model was right: half of a graded outcome counts. */
export function byOutcome({ outcomes, tasks }: Samples, model: number, models: number): Colouring {
  const ofRow = new Uint16Array(tasks.length);
  for (let row = 0; row < ofRow.length; ++row) {
    const y = outcomes[row * models + model] ?? Number.NaN;
    ofRow[row] = Number.isNaN(y) ? 0 : y >= 0.5 ? 1 : 2;
  }
  return counted(ofRow, ['not measured', 'right', 'wrong'], [REST, RIGHT, WRONG]);
}

/** The models that win most often have a colour of their own; the others share one. */
export function byWinner(winners: Int32Array, names: readonly string[]): Colouring {
  const wins = new Map<number, number>();
  for (const model of winners) wins.set(model, (wins.get(model) ?? 0) + 1);
  const frequent = [...wins]
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
    .flatMap(([model]) => (model < 0 ? [] : [model]));
  const shown = frequent.slice(0, MOST_WINNERS);
  const placeOf = new Map(shown.map((model, i) => [model, i + 1]));
  const ofRow = Uint16Array.from(winners, (model) => placeOf.get(model) ?? 0);
  const colours = [REST, ...hues(shown.length)];
  return counted(ofRow, ['another model', ...shown.map((model) => names[model] ?? '')], colours);
}
