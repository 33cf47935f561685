/** Where a prompt lies on the map: among its nearest samples. */
import type { Decision } from 'signalbox';

export interface Place {
  x: number;
  y: number;
  /** Nothing in the benchmark resembles the prompt: the place means little. */
  isVague: boolean;
  /** Its neighbours lie in several parts of the map, and their middle in none of them. */
  isScattered: boolean;
  /** Rows of the nearest samples, nearest first. */
  near: readonly number[];
}

/** Of the map's width: farther from the middle than this its neighbours are in other parts of it. */
const APART = 0.12;

/** How far apart two places are, in shares of the map's width. */
export const farFrom = ({ x, y }: Pick<Place, 'x' | 'y'>, map: Float32Array, row: number) =>
  Math.hypot((map[2 * row] ?? 0) - x, (map[2 * row + 1] ?? 0) - y);

/** The mean of the neighbours' places; the nearest count most. Undefined where there is none. */
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
