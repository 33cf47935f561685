/** Fits the whole map into its container: `left + scale * x`, `top + scale * y` in CSS pixels. */

/** Margin around the samples, in CSS pixels. */
const MARGIN = 16;

export interface Fit {
  scale: number;
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

/** Centres the samples, with one scale for both axes. A single sample has no extent, so a minimum applies. */
export function fitOf({ low, high }: Bounds, width: number, height: number): Fit {
  const [across, down] = [Math.max(high[0] - low[0], 0.05), Math.max(high[1] - low[1], 0.05)];
  const scale = Math.max(1, Math.min((width - 2 * MARGIN) / across, (height - 2 * MARGIN) / down));
  return {
    scale,
    left: width / 2 - (scale * (low[0] + high[0])) / 2,
    top: height / 2 - (scale * (low[1] + high[1])) / 2,
  };
}
