/** Finds room for the names of islands: shorter ones, or none, where others are in the way. */
import type { Point } from './land.js';

/** Mean width of a character, as a share of the font's size. */
const CHARACTER = 0.55;
const LINE = 1.25;
/** Room between two labels, as a share of the font's size. */
const GAP = 0.8;

export interface Label {
  /** Its lines; empty without room. */
  lines: readonly string[];
  /** Middle of the label, in pixels. */
  x: number;
  y: number;
}

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const meets = (a: Box, b: Box) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/**
 * Places labels in the order of their importance. Each has several forms, the best first: the first one that meets no other
 * label is taken.
 */
export function labelsFor(
  wanted: readonly { middle: Point; forms: readonly (readonly string[])[] }[],
  { width, height, size }: { width: number; height: number; size: number },
): Label[] {
  const taken: Box[] = [];
  return wanted.map(({ middle, forms }) => {
    for (const lines of forms) {
      const across = Math.max(...lines.map((line) => line.length)) * CHARACTER * size;
      const down = lines.length * LINE * size;
      if (across > width) continue;
      const x = Math.min(Math.max(middle.x * width, across / 2), width - across / 2);
      const y = Math.min(Math.max(middle.y * height, down / 2), height - down / 2);
      const box = { left: x - across / 2, right: x + across / 2, top: y - down / 2, bottom: y + down / 2 };
      if (taken.some((other) => meets(box, other))) continue;
      taken.push({ ...box, left: box.left - GAP * size, right: box.right + GAP * size });
      return { lines, x, y };
    }
    return { lines: [], x: middle.x * width, y: middle.y * height };
  });
}
