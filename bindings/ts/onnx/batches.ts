/** Maximum tokens of a batch, padding included: memory grows with them. */
const MOST_TOKENS = 2048;

/** Batches texts by number, shortest first: texts of a batch have similar lengths and need little padding. */
export function batchesOf(lengths: readonly number[], mostTexts: number): number[][] {
  const order = lengths.map((_, i) => i).sort((a, b) => (lengths[a] as number) - (lengths[b] as number) || a - b);
  const batches: number[][] = [];
  let batch: number[] = [];
  for (const i of order) {
    const longest = lengths[i] as number; // The order is ascending.
    if (batch.length === mostTexts || (batch.length > 0 && (batch.length + 1) * longest > MOST_TOKENS)) {
      batches.push(batch);
      batch = [];
    }
    batch.push(i);
  }
  return batch.length === 0 ? batches : [...batches, batch];
}
