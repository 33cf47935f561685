/** The next island for a key: the arrows go to the nearest one in their direction. */
import type { Point } from './land.js';

const DIRECTIONS: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/** Weight of a deviation from the direction. */
const ASIDE = 2;

/** Returns the number of the next place; `undefined` for other keys, and if there is none in that direction. */
export function nextIn(key: string, places: readonly Point[], here: number): number | undefined {
  if (key === 'Home') return 0;
  if (key === 'End') return places.length - 1;
  const direction = Object.hasOwn(DIRECTIONS, key) ? DIRECTIONS[key] : undefined;
  const from = places[here];
  if (direction === undefined || from === undefined) return undefined;
  let best: { place: number; far: number } | undefined;
  places.forEach(({ x, y }, place) => {
    const [dx, dy] = [x - from.x, y - from.y];
    const along = dx * direction.x + dy * direction.y;
    const aside = Math.abs(dx * direction.y) + Math.abs(dy * direction.x);
    const far = along + ASIDE * aside;
    if (place !== here && along > 0 && (best === undefined || far < best.far)) best = { place, far };
  });
  return best?.place;
}
