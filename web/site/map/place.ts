/** The position of a prompt on the map, among its nearest samples. */
import type { Decision } from 'signalbox';

export interface Place {
  x: number;
  y: number;
  /** Nothing in the benchmark is like the prompt, so the position means little. */
  isVague: boolean;
  /** The neighbours lie in different parts of the map, and their centre is near none of them. */
  isScattered: boolean;
  /** Rows of the nearest samples, nearest first. */
  near: readonly number[];
}

/** Distance beyond which a neighbour counts as in another part of the map, as a share of its width. */
const APART = 0.12;

/** Returns the distance between a position and a row, as a share of the map's width. */
export const farFrom = ({ x, y }: Pick<Place, 'x' | 'y'>, map: Float32Array, row: number) =>
  Math.hypot((map[2 * row] ?? 0) - x, (map[2 * row + 1] ?? 0) - y);

/** Returns the mean position of the neighbours, weighted by similarity; `undefined` if there are none. */
export function placeOf({ neighbours, coverage }: Decision, map: Float32Array): Place | undefined {
  let [x, y, sum] = [0, 0, 0];
  for (const { row, similarity } of neighbours) {
    const weight = Math.max(similarity, 0.01) ** 4;
    x += weight * (map[2 * row] ?? 0);
    y += weight * (map[2 * row + 1] ?? 0);
    sum += weight;
  }
  if (sum === 0) return undefined;
  const middle = { x: x / sum, y: y / sum };
  const near = neighbours.map(({ row }) => row);
  const isScattered = near.every((row) => farFrom(middle, map, row) > APART);
  return { ...middle, isVague: coverage.outOfCoverage, isScattered, near };
}
