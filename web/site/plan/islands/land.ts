/**
 * The land of each family on a map of the prompts: where its prompts are denser than those of any other family. Shapes are in
 * shares of the picture's width and height.
 */
import { blur2, max, maxIndex } from 'd3-array';
import { contours } from 'd3-contour';

export interface Point {
  x: number;
  y: number;
}

export interface Island {
  /** Outlines of its land and of the lakes in it, closed. */
  rings: readonly (readonly Point[])[];
  /** The place farthest inland, for a name. */
  middle: Point;
  /** Some of its prompts. */
  prompts: readonly Point[];
}

/** Cells of the grid that densities are computed on. */
const ACROSS = 96;
const DOWN = 64;
/** Margin of the map, in cells: room for the shores. */
const MARGIN = 7;
/** Radius of the blur, in cells. */
const BLUR = 2.2;
/** Density of a shore: as a share of a single prompt's peak, and of the family's. */
const SHORE = 0.3;
const LOW_LAND = 0.03;
/** Prompts that are drawn, over all families. */
const MOST_DRAWN = 3000;
/** Sides of the small island of a family that is nowhere the densest. */
const SIDES = 12;
const ISLET = 1.4;

/** Returns the position of each row in cells: both axes fill the grid. */
function cellsOf(map: Float32Array): Float32Array {
  const cells = new Float32Array(map.length);
  for (const [axis, size] of [ACROSS, DOWN].entries()) {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = axis; i < map.length; i += 2) {
      low = Math.min(low, map[i] as number);
      high = Math.max(high, map[i] as number);
    }
    const scale = (size - 2 * MARGIN) / Math.max(high - low, 1e-6);
    for (let i = axis; i < map.length; i += 2) cells[i] = MARGIN + scale * ((map[i] as number) - low);
  }
  return cells;
}

/** Counts rows by cell, and blurs the counts. The peak of a single row is 1. */
function densityOf(cells: Float32Array, rows: readonly number[]): Float32Array {
  const data = new Float32Array(ACROSS * DOWN);
  for (const row of rows) {
    const at = Math.floor(cells[2 * row + 1] as number) * ACROSS + Math.floor(cells[2 * row] as number);
    data[at] = (data[at] as number) + 1;
  }
  blur2({ data, width: ACROSS, height: DOWN }, BLUR);
  return data.map((value) => value * PEAK);
}

/** Makes up for what the blur takes from the peak of a single row. */
const PEAK = (() => {
  const data = new Float32Array(ACROSS * DOWN);
  const middle = (DOWN / 2) * ACROSS + ACROSS / 2;
  data[middle] = 1;
  blur2({ data, width: ACROSS, height: DOWN }, BLUR);
  return 1 / (data[middle] as number);
})();

const inShares = (x: number, y: number): Point => ({ x: x / ACROSS, y: y / DOWN });

/** Returns a small island around a place in cells. */
function isletAt(x: number, y: number): Point[] {
  return Array.from({ length: SIDES }, (_, i) => {
    const angle = (2 * Math.PI * i) / SIDES;
    return inShares(x + ISLET * Math.cos(angle), y + ISLET * Math.sin(angle));
  });
}

/** Returns an island for each of `count` families; one without rows has no land. `families` has the family of each row. */
export function islandsOf(map: Float32Array, families: Uint16Array, count: number): Island[] {
  const cells = cellsOf(map);
  const members = Array.from({ length: count }, (): number[] => []);
  for (const [row, family] of families.entries()) members[family]?.push(row);
  const densities = members.map((rows) => densityOf(cells, rows));
  const peaks = densities.map((density) => Math.max(max(density) ?? 0, 1e-6));
  // Relative to its peak, so that a small family keeps the place where its prompts are.
  const heights = densities.map((density, family) =>
    density.map((value) => value / Math.sqrt(peaks[family] as number)),
  );
  const step = Math.max(1, Math.ceil(families.length / MOST_DRAWN));
  return members.map((rows, family): Island => {
    const prompts = rows
      .filter((_, i) => i % step === 0)
      .map((row) => inShares(cells[2 * row] as number, cells[2 * row + 1] as number));
    if (rows.length === 0) return { rings: [], middle: { x: 0.5, y: 0.5 }, prompts };
    const [own, peak] = [heights[family] as Float32Array, peaks[family] as number];
    const shore = Math.max(SHORE, LOW_LAND * peak) / Math.sqrt(peak);
    const above = own.map((value, at) => {
      let next = shore;
      heights.forEach((other, i) => {
        if (i !== family) next = Math.max(next, other[at] as number);
      });
      return value - next;
    });
    const inland = maxIndex(above);
    const middle = inShares((inland % ACROSS) + 0.5, Math.floor(inland / ACROSS) + 0.5);
    const [land] = contours().size([ACROSS, DOWN]).thresholds([0])(above as unknown as number[]);
    const rings = (land?.coordinates ?? []).flat().map((ring) => ring.map(([x = 0, y = 0]) => inShares(x, y)));
    if (rings.length > 0) return { rings, middle, prompts };
    const { x, y } = prompts[0] ?? middle;
    return { rings: [isletAt(x * ACROSS, y * DOWN)], middle: { x, y }, prompts };
  });
}
