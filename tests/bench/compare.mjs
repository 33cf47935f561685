// Two runs of the benchmark, compared by what a busy or another machine changes least: ratios of times that were taken in
// turns, and sizes.

/** Quartiles may differ by this much without having to be named. */
const LEAST = 1.05;

function* ratiosOf({ synthetic, real }) {
  for (const { rows, dim, type, times } of [...synthetic, ...(real === undefined ? [] : [real])]) {
    for (const [side, { ratios }] of Object.entries(times)) {
      for (const [verb, quartiles] of Object.entries(ratios ?? {})) {
        yield [`${rows} x ${dim} ${type}, ${side}, ${verb}`, quartiles];
      }
    }
  }
}

function* countsOf({ shapes = [], sizes = {} }) {
  for (const { shape, rows, dim, type, exactReads, fastReads } of shapes) {
    const name = `${shape} ${rows} x ${dim} ${type}, bytes read`;
    yield [`${name}, exact`, exactReads];
    yield [`${name}, fast`, fastReads];
  }
  for (const [name, { brotli }] of Object.entries(sizes)) yield [`size of ${name}, brotli`, brotli];
}

/**
 * Returns what both runs have and the new one needs more of: a ratio whose lower quartile is clearly above the old
 * upper one, or a count that is larger.
 */
export function slower(before, after) {
  const out = [];
  const old = new Map(ratiosOf(before));
  for (const [name, now] of ratiosOf(after)) {
    const then = old.get(name);
    if (then === undefined || now.low <= then.high * LEAST) continue;
    out.push({ name, before: then.median, after: now.median });
  }
  const oldCounts = new Map(countsOf(before));
  for (const [name, now] of countsOf(after)) {
    const then = oldCounts.get(name);
    if (then !== undefined && now > then * 1.01) out.push({ name, before: then, after: now });
  }
  return out;
}

export function comparisonText(found) {
  if (found.length === 0) return 'Nothing got slower beyond noise.';
  const lines = found.map(
    ({ name, before, after }) => `  ${name}: ${before.toPrecision(3)} -> ${after.toPrecision(3)}`,
  );
  return ['Slower than before:', ...lines].join('\n');
}
