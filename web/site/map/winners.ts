/** Which model is the best in the surroundings of each sample on the map. */

/** Squares across the map; a sample's surroundings are its own square and the eight around it. */
const SQUARES = 48;
/** Samples that a model's mean over all is worth: a few lucky ones make no winner. */
const PRIOR = 20;

export interface Outcomes {
  /** [rows, 2], 0..1. */
  map: Float32Array;
  /** [rows, models], NaN missing. */
  outcomes: Float32Array;
}

interface Sums {
  right: Float64Array;
  known: Float64Array;
}

function squareOf(map: Float32Array, row: number): number {
  const at = (axis: number) => Math.min(SQUARES - 1, Math.floor((map[2 * row + axis] ?? 0) * SQUARES));
  return at(1) * SQUARES + at(0);
}

/** Sums of outcomes, [squares, models]. */
function sumSquares({ map, outcomes }: Outcomes, models: number): Sums {
  const right = new Float64Array(SQUARES * SQUARES * models);
  const known = new Float64Array(SQUARES * SQUARES * models);
  for (let row = 0; row < map.length / 2; ++row) {
    const square = squareOf(map, row) * models;
    for (let model = 0; model < models; ++model) {
      const y = outcomes[row * models + model] as number;
      if (Number.isNaN(y)) continue;
      right[square + model] = (right[square + model] as number) + y;
      known[square + model] = (known[square + model] as number) + 1;
    }
  }
  return { right, known };
}

function meansOf({ right, known }: Sums, models: number): Float64Array {
  const sums = new Float64Array(models);
  const counts = new Float64Array(models);
  right.forEach((sum, i) => {
    sums[i % models] = (sums[i % models] as number) + sum;
    counts[i % models] = (counts[i % models] as number) + (known[i] as number);
  });
  return sums.map((sum, model) => sum / Math.max(counts[model] as number, 1));
}

/** The squares within one step, at the rim fewer than nine. */
function around(square: number): number[] {
  const [x, y] = [square % SQUARES, Math.floor(square / SQUARES)];
  const near = (at: number) => [at - 1, at, at + 1].filter((value) => value >= 0 && value < SQUARES);
  return near(y).flatMap((row) => near(x).map((column) => row * SQUARES + column));
}

/** The model for each row, -1 without a candidate; ties go to the first. Costs O(rows models). */
export function winnersAround(samples: Outcomes, models: number, candidates: readonly number[]): Int32Array {
  const sums = sumSquares(samples, models);
  const means = meansOf(sums, models);
  const known = new Map<number, number>();
  const winnerOf = (square: number) => {
    const squares = around(square);
    const total = (of: Float64Array, model: number) =>
      squares.reduce((sum, at) => sum + (of[at * models + model] as number), 0);
    let best = -1;
    let most = Number.NEGATIVE_INFINITY;
    for (const model of candidates) {
      const prior = PRIOR * (means[model] as number);
      const mean = (total(sums.right, model) + prior) / (total(sums.known, model) + PRIOR);
      if (mean > most) [best, most] = [model, mean];
    }
    return best;
  };
  return Int32Array.from({ length: samples.map.length / 2 }, (_, row) => {
    const square = squareOf(samples.map, row);
    const winner = known.get(square) ?? winnerOf(square);
    known.set(square, winner);
    return winner;
  });
}
