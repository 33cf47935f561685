// Paired differences of two evaluations, slow and obvious, for the tests of bindings/ts/evaluation/paired.ts and
// paired-cost.ts.

const sum = (values) => values.reduce((a, b) => a + b, 0);
const mean = (values) => sum(values) / values.length;

const quantiles = new Map();

/** Student's 97.5% quantile, by adding up the density in small steps. */
export function studentQuantile(degrees) {
  if (!quantiles.has(degrees)) quantiles.set(degrees, addedUp(degrees));
  return quantiles.get(degrees);
}

function addedUp(degrees) {
  const density = (t) => (1 + t ** 2 / degrees) ** (-(degrees + 1) / 2);
  // t = tan(angle) makes the whole line a finite interval.
  const steps = 400_000;
  const width = Math.PI / 2 / steps;
  const at = (i) => Math.tan((i + 0.5) * width);
  const cell = (i) => (density(at(i)) * width) / Math.cos((i + 0.5) * width) ** 2;
  const half = sum(Array.from({ length: steps }, (_, i) => cell(i)));
  let seen = 0;
  for (let i = 0; ; ++i) {
    seen += cell(i);
    if (seen >= 0.95 * half) return at(i);
  }
}

/** The variance by all pairs of values. */
function variance(values) {
  const n = values.length;
  let total = 0;
  for (let i = 0; i < n; ++i) for (let j = 0; j < i; ++j) total += (values[i] - values[j]) ** 2;
  return total / (n * (n - 1));
}

/**
 * The mean difference of samples `{ task, difference }`. Weighting by tasks gives each sample 1 / (tasks x samples of its
 * task), by samples 1 / samples.
 */
export function sampleDifference(samples, weighting) {
  const tasks = [...new Set(samples.map(({ task }) => task))];
  const ofTask = (task) => samples.filter((sample) => sample.task === task);
  const weightOf = ({ task }) =>
    weighting === 'tasks' ? 1 / (tasks.length * ofTask(task).length) : 1 / samples.length;
  const value = sum(samples.map((sample) => weightOf(sample) * sample.difference));
  // Clusters: the weighted residuals of a task are added up before they are squared.
  const clusters = tasks.map((task) => sum(ofTask(task).map((s) => weightOf(s) * (s.difference - value))));
  const over = Math.sqrt((tasks.length / (tasks.length - 1)) * sum(clusters.map((x) => x ** 2)));
  const all = samples.map(({ difference }) => difference);
  const within = Math.sqrt(
    sum(
      tasks.map((task) => {
        const values = ofTask(task).map(({ difference }) => difference);
        const share = sum(ofTask(task).map(weightOf));
        return (share ** 2 * variance(values.length > 1 ? values : all)) / values.length;
      }),
    ),
  );
  const wide = studentQuantile(tasks.length - 1) * over;
  return {
    value,
    interval: [value - wide, value + wide],
    withinTasks: [value - 1.959963984540054 * within, value + 1.959963984540054 * within],
    tasks: tasks.length,
  };
}

/** The least cost of a lot between two points, or of one point, that has this quality; NaN if none has. */
function costAt(points, quality) {
  let least = Number.POSITIVE_INFINITY;
  for (const a of points) {
    if (a.quality >= quality) least = Math.min(least, a.cost);
    for (const b of points) {
      if (a.quality >= quality || b.quality < quality) continue;
      const share = (quality - a.quality) / (b.quality - a.quality);
      least = Math.min(least, a.cost + share * (b.cost - a.cost));
    }
  }
  return Number.isFinite(least) ? least : Number.NaN;
}

/** The best quality of a lot at a cost; more money never does worse. */
function qualityAt(points, cost) {
  let most = Number.NEGATIVE_INFINITY;
  for (const a of points) {
    if (a.cost > cost) continue;
    most = Math.max(most, a.quality);
    for (const b of points) {
      if (b.cost <= cost) continue;
      most = Math.max(most, a.quality + ((cost - a.cost) / (b.cost - a.cost)) * (b.quality - a.quality));
    }
  }
  return most;
}

/**
 * Cost saved at 0, 1 and 2 points, and AIQ, on a list of samples, which may repeat: `{ costs: [models], outcomes: [models],
 * picks: [weights], best }`.
 */
export function costValues(samples, pool) {
  const known = (values) => values.filter((x) => !Number.isNaN(x));
  const point = (pick) => ({
    cost: mean(known(samples.map((s) => s.costs[pick(s)]))),
    quality: mean(known(samples.map((s) => s.outcomes[pick(s)]))),
  });
  const settings = samples[0].picks.map((_, w) => point((s) => s.picks[w]));
  const singles = pool.map((m) => point(() => m));
  const best = point((s) => s.best);
  const cheapest = singles.reduce((a, b) => (b.cost < a.cost ? b : a));
  const dearest = Math.max(...singles.map(({ cost }) => cost));
  const saved = [0, 1, 2].map(
    (loss) => 1 - costAt([...settings, cheapest, best], best.quality - loss / 100) / best.cost,
  );
  const mixed = [...settings, cheapest];
  const inside = mixed.map(({ cost }) => cost).filter((cost) => cost > cheapest.cost && cost < dearest);
  const costs = [cheapest.cost, ...inside, dearest].sort((a, b) => a - b);
  let area = 0;
  for (let i = 1; i < costs.length; ++i) {
    area += ((qualityAt(mixed, costs[i - 1]) + qualityAt(mixed, costs[i])) / 2) * (costs[i] - costs[i - 1]);
  }
  return [...saved, area / (dearest - cheapest.cost)];
}

/** The jackknife's interval of a difference of `costValues`, by measure. */
export function jackknife(values, samples, tasks) {
  const all = values(samples);
  const without = tasks.map((task) => values(samples.filter((s) => s.task !== task)));
  return all.map((value, i) => {
    const column = without.map((of) => of[i]);
    const square = sum(column.map((x) => (x - mean(column)) ** 2));
    const half = studentQuantile(tasks.length - 1) * Math.sqrt(((tasks.length - 1) / tasks.length) * square);
    return [value - half, value + half];
  });
}
