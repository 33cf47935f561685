/** A difference in percentage points, as a number and a bar with its interval. */
import type { Bounded } from 'signalbox/build';
import { signed } from './amounts.js';

/** Returns the ends of the scale for some intervals: zero is in it. */
export function scaleOf(all: readonly Bounded[]): readonly [low: number, high: number] {
  const low = Math.min(0, ...all.map((points) => points.low));
  const high = Math.max(0, ...all.map((points) => points.high));
  return [low, high > low ? high : low + 1];
}

/** Decorative: the numbers stand beside it. */
function Bar({
  points: { value, low, high },
  scale: [from, to],
}: {
  points: Bounded;
  scale: readonly [number, number];
}) {
  const at = (points: number) => (100 * (points - from)) / (to - from);
  return (
    <svg class="interval" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      <rect class="interval-all" x={at(0) - 0.5} y="0" width="1" height="10" />
      <rect class="interval-range" x={at(low)} y="2.5" width={Math.max(0.5, at(high) - at(low))} height="5" />
      <rect class="interval-mark" x={Math.min(98, Math.max(0, at(value) - 1))} y="0" width="2" height="10" />
    </svg>
  );
}

export function Points({ points, scale }: { points: Bounded; scale: readonly [number, number] }) {
  return (
    <span class="points">
      <b>{signed(points.value)}</b>
      <Bar points={points} scale={scale} />
      <small>
        {signed(points.low)} to {signed(points.high)}
      </small>
    </span>
  );
}
