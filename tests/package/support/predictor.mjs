// The section of families of an index, written a second time from models/FORMAT.md.

const HEAD_BYTES = 24;
/** The arrays of float32, in their order. */
const ARRAYS = ['centroids', 'bias', 'share', 'right', 'evidence', 'usd', 'reach', 'weights', 'intercept'];

/** Returns the bytes of section 32. Arrays are flat; `answerValue` and the last three arrays may be missing. */
export function predictorBytes({ families, temperature = 0.1, answerValue = -1, ...arrays }) {
  const numbers = ARRAYS.flatMap((name) => [...(arrays[name] ?? [])]);
  const out = new Uint8Array(HEAD_BYTES + 4 * numbers.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, families, true);
  view.setUint32(4, (arrays.reach ? 1 : 0) | (arrays.weights ? 2 : 0), true);
  view.setFloat64(8, temperature, true);
  view.setFloat64(16, answerValue, true);
  numbers.forEach((x, i) => {
    view.setFloat32(HEAD_BYTES + 4 * i, x, true);
  });
  return out;
}

/** Returns the unit mean of each family's vectors, flat. familyOf: [rows] */
export function centroidsOf(vectors, familyOf, families) {
  return Array.from({ length: families }, (_, family) => {
    const own = vectors.filter((_, row) => familyOf[row] === family);
    const sum = own[0].map((_, i) => own.reduce((total, vector) => total + vector[i], 0));
    const norm = Math.hypot(...sum);
    return [...sum].map((x) => x / norm);
  }).flat();
}
