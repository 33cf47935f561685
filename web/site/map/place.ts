/** Where a prompt lies on the map: among its nearest samples. */
import type { Decision } from 'signalbox';

export interface Place {
  x: number;
  y: number;
  /** Nothing in the benchmark resembles the prompt: the place means little. */
  isVague: boolean;
  /** Rows of the nearest samples, nearest first. */
  near: readonly number[];
}

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
  return { x: x / sum, y: y / sum, isVague: coverage.outOfCoverage, near: neighbours.map(({ row }) => row) };
}
