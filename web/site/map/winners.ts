/** Finds the best model around each sample of the map. */

/** Maximum number of squares across the map. A sample's surroundings are its square and the eight around it. */
const MOST_SQUARES = 48;
/** Maximum number of sums over all squares and models. */
const MOST_SUMS = 2 ** 22;
/** Weight of a model's overall mean, in samples, so that a few lucky samples do not make a winner. */
const PRIOR = 20;
/** Outcomes to process before yielding. */
const OUTCOMES_A_STEP = 2 ** 16;

export interface Outcomes {
  /** [rows, 2], 0..1. */
  map: Float32Array;
  /** [rows, models], NaN if missing. */
  outcomes: Float32Array;
}

/** Outcomes around every square. They do not depend on the candidates; only the winners do. */
export interface Surroundings {
  models: number;
  /** The square of each row. */
  squares: Uint16Array;
  /** Squares that contain a row. */
  taken: readonly number[];
  /** Sums and counts of outcomes, [squares, models], over a square and those around it. */
  right: Float32Array;
  known: Float32Array;
  /** Means over the whole benchmark, [models]. */
  means: Float64Array;
}

interface Sums {
  right: Float32Array;
  known: Float32Array;
}

const add = (sums: Float32Array, at: number, value: number) => {
  sums[at] = (sums[at] as number) + value;
};

function squaresOf(map: Float32Array, across: number): Uint16Array {
  const place = (value: number) => Math.min(across - 1, Math.floor(value * across));
  return Uint16Array.from({ length: map.length / 2 }, (_, row) => {
    return place(map[2 * row + 1] as number) * across + place(map[2 * row] as number);
  });
}

function* sumSquares({ outcomes }: Outcomes, squares: Uint16Array, own: Sums, models: number): Generator<void> {
  const step = Math.max(1, Math.floor(OUTCOMES_A_STEP / models));
  for (let row = 0; row < squares.length; ++row) {
    if (row % step === 0) yield;
    const square = (squares[row] as number) * models;
    for (let model = 0; model < models; ++model) {
      const y = outcomes[row * models + model] as number;
      if (Number.isNaN(y)) continue;
      add(own.right, square + model, y);
      add(own.known, square + model, 1);
    }
  }
}

/** Returns a square and its neighbours: nine, or fewer at the edge. */
function around(square: number, across: number): number[] {
  const [x, y] = [square % across, Math.floor(square / across)];
  const near = (at: number) => [at - 1, at, at + 1].filter((value) => value >= 0 && value < across);
  return near(y).flatMap((row) => near(x).map((column) => row * across + column));
}

function meansOf({ right, known }: Sums, taken: readonly number[], models: number): Float64Array {
  return Float64Array.from({ length: models }, (_, model) => {
    const sum = (of: Float32Array) =>
      taken.reduce((total, square) => total + (of[square * models + model] as number), 0);
    return sum(right) / Math.max(sum(known), 1);
  });
}

/** Sums the outcomes around every square in O(rows * models), in pieces. */
export function* surroundingsOf(samples: Outcomes, models: number): Generator<void, Surroundings> {
  const across = Math.max(1, Math.min(MOST_SQUARES, Math.floor(Math.sqrt(MOST_SUMS / models))));
  const squares = squaresOf(samples.map, across);
  const sums = (): Sums => ({
    right: new Float32Array(across * across * models),
    known: new Float32Array(across * across * models),
  });
  const own = sums();
  yield* sumSquares(samples, squares, own, models);
  const taken = [...new Set(squares)];
  const wide = sums();
  for (const square of taken) {
    yield;
    for (const other of around(square, across)) {
      for (let model = 0; model < models; ++model) {
        add(wide.right, square * models + model, own.right[other * models + model] as number);
        add(wide.known, square * models + model, own.known[other * models + model] as number);
      }
    }
  }
  return { models, squares, taken, ...wide, means: meansOf(own, taken, models) };
}

/** Returns the best candidate for each row, or -1 without candidates; ties go to the first. */
export function winnersAmong(surroundings: Surroundings, candidates: readonly number[]): Int32Array {
  const { models, squares, taken, right, known, means } = surroundings;
  const winners = new Map<number, number>();
  for (const square of taken) {
    let best = -1;
    let most = Number.NEGATIVE_INFINITY;
    for (const model of candidates) {
      const at = square * models + model;
      const mean = ((right[at] as number) + PRIOR * (means[model] as number)) / ((known[at] as number) + PRIOR);
      if (mean > most) [best, most] = [model, mean];
    }
    winners.set(square, best);
  }
  return Int32Array.from(squares, (square) => winners.get(square) ?? -1);
}
