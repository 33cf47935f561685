/** Fits the whole map into its container: `left + scale[0] * x`, `top + scale[1] * y` in CSS pixels. */

/** Margin around the samples, in CSS pixels. */
const MARGIN = 16;

export interface Fit {
  /** CSS pixels per unit of each axis. */
  scale: readonly [x: number, y: number];
  left: number;
  top: number;
}

export interface Bounds {
  low: [x: number, y: number];
  high: [x: number, y: number];
}

/** Returns the extent of the samples. */
export function boundsOf(map: Float32Array): Bounds {
  const low: [number, number] = [1, 1];
  const high: [number, number] = [0, 0];
  for (let i = 0; i < map.length; ++i) {
    const [axis, value] = [i & 1, map[i] as number];
    if (value < (low[axis] as number)) low[axis] = value;
    if (value > (high[axis] as number)) high[axis] = value;
  }
  return map.length === 0 ? { low: [0, 0], high: [1, 1] } : { low, high };
}

/** One axis may be stretched so much to fill the container: only nearness is meaningful. */
const MOST_STRETCH = 1.4;

/** Centres the samples. A single sample has no extent, so a minimum applies. */
export function fitOf({ low, high }: Bounds, width: number, height: number): Fit {
  const [across, down] = [Math.max(high[0] - low[0], 0.05), Math.max(high[1] - low[1], 0.05)];
  const room = [(width - 2 * MARGIN) / across, (height - 2 * MARGIN) / down] as const;
  const most = MOST_STRETCH * Math.min(...room);
  const scale = [Math.max(1, Math.min(room[0], most)), Math.max(1, Math.min(room[1], most))] as const;
  return {
    scale,
    left: width / 2 - (scale[0] * (low[0] + high[0])) / 2,
    top: height / 2 - (scale[1] * (low[1] + high[1])) / 2,
  };
}
