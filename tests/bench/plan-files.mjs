// Simulated files with a known truth, for tests/bench/plan-coverage.mjs and the tests of plans. A pool is { name, dim,
// models, rows, vectors: [rows, dim] of unit norm, outcomes: [rows, models], costs: [rows, models] } without gaps.
import { decodeFamilies } from '../reference/plan.mjs';

/** Models of which fewer rows are known are left out of a pool. */
const LEAST_KNOWN = 0.9;
/** A rule that saves less is not proposed. */
const LEAST_SAVED = 0.01;
const [LEAST_MODELS, MOST_MODELS] = [4, 10];

const range = (n) => Array.from({ length: n }, (_, i) => i);

/** Returns rows and columns of a matrix [rows, width]. */
function cut(values, width, rows, columns) {
  const out = new Float32Array(rows.length * columns.length);
  let at = 0;
  for (const row of rows) for (const column of columns) out[at++] = values[row * width + column];
  return out;
}

/** Returns the models of a set that are known nearly everywhere, and the rows where all of them are known. */
export function completePool({ name, models, rows, vectors, outcomes, costs }) {
  const width = models.length;
  const isKnown = (row, m) => !Number.isNaN(outcomes[row * width + m]) && !Number.isNaN(costs[row * width + m]);
  const columns = range(width).filter((m) => range(rows).filter((row) => isKnown(row, m)).length >= LEAST_KNOWN * rows);
  const kept = range(rows).filter((row) => columns.every((m) => isKnown(row, m)));
  const dim = vectors.length / rows;
  return {
    name,
    dim,
    models: columns.length,
    rows: kept.length,
    vectors: cut(vectors, dim, kept, range(dim)),
    outcomes: cut(outcomes, width, kept, columns),
    costs: cut(costs, width, kept, columns),
  };
}

/**
 * Draws a file: `size` rows with replacement, and some models, or as many as `models` says. Copies of a row are one group.
 */
export function drawFile(pool, size, random, models) {
  const most = Math.min(MOST_MODELS, pool.models);
  const least = Math.min(LEAST_MODELS, most);
  const columns = random.sample(pool.models, models ?? least + random.below(most - least + 1));
  const rows = range(size).map(() => random.below(pool.rows));
  return {
    columns,
    dim: pool.dim,
    embeddings: cut(pool.vectors, pool.dim, rows, range(pool.dim)),
    outcomes: cut(pool.outcomes, pool.models, rows, columns),
    costs: cut(pool.costs, pool.models, rows, columns),
    groups: Uint32Array.from(rows),
  };
}

/** Returns the rows of a file for which `isWanted` holds. */
export function partOf({ columns, dim, embeddings, outcomes, costs, groups }, isWanted) {
  const rows = range(groups.length).filter(isWanted);
  const models = columns.length;
  return {
    embeddings: cut(embeddings, dim, rows, range(dim)),
    outcomes: cut(outcomes, models, rows, range(models)),
    costs: cut(costs, models, rows, range(models)),
    groups: Uint32Array.from(rows, (row) => groups[row]),
  };
}

/** Plans for a file. */
export function planFile(lab, { columns, dim, embeddings, outcomes, costs, groups }, target, seed = 1) {
  const spec = { dim, models: columns.length, families: 0, target, seed };
  const plan = lab.openPlan({ spec, embeddings, outcomes, costs, groups });
  try {
    for (let done = 0, total = 1; done < total; ) ({ done, total } = plan.step(1000));
    return plan.finish();
  } finally {
    plan.close();
  }
}

/**
 * Returns the cheapest point of a plan's curve that loses at most so many points, as the target `at-most` chooses it;
 * undefined: the baseline.
 */
export function choosePoint(curve, mostLost) {
  let best;
  for (const point of curve) {
    const counts = point.saved.value >= LEAST_SAVED - 1e-9 && point.points.value >= -mostLost - 1e-7;
    if (counts && (best === undefined || point.usd.value < best.usd.value)) best = point;
  }
  return best;
}

/** Returns predicted outcomes and costs of one row by a predictor (docs/policy.md), into arrays [models]. */
function forecastInto(predictor, vectors, row, right, usd) {
  const { dim, families, temperature } = predictor;
  const at = row * dim;
  let most = Number.NEGATIVE_INFINITY;
  const logits = new Float64Array(families);
  for (let f = 0; f < families; ++f) {
    let sum = 0;
    for (let d = 0; d < dim; ++d) sum += vectors[at + d] * predictor.centroids[f * dim + d];
    logits[f] = sum / temperature + predictor.bias[f];
    most = Math.max(most, logits[f]);
  }
  const weights = logits.map((x) => Math.exp(x - most));
  const total = weights.reduce((a, b) => a + b, 0);
  for (let m = 0; m < right.length; ++m) {
    let [q, c] = [0, 0];
    for (let f = 0; f < families; ++f) {
      q += (weights[f] / total) * predictor.right[f * right.length + m];
      c += (weights[f] / total) * predictor.usd[f * right.length + m];
    }
    if (predictor.weights !== undefined) {
      q += predictor.intercept[m];
      for (let d = 0; d < dim; ++d) q += vectors[at + d] * predictor.weights[m * dim + d];
    }
    right[m] = Math.min(Math.max(q, 0), 1);
    usd[m] = c;
  }
}

/** Returns a predictor's bytes as flat arrays. */
function flatten(bytes, dim, models) {
  const decoded = decodeFamilies(bytes, dim, models);
  const flat = (rows) => rows && Float64Array.from(rows.flat());
  return {
    ...decoded,
    dim,
    families: decoded.centroids.length,
    centroids: flat(decoded.centroids),
    right: flat(decoded.right),
    usd: flat(decoded.usd),
    weights: flat(decoded.weights),
  };
}

/**
 * Returns the true points, the share saved, and the percentage of rows that get worse, of a plan's rule at points of its
 * curve: over the whole pool, against the plan's baseline.
 */
export function truthsOf(pool, { columns, dim }, { numbers, predictor: bytes }, points) {
  const models = columns.length;
  const predictor = flatten(bytes, dim, models);
  const values = points.map(({ answerValue }) => answerValue ?? Number.POSITIVE_INFINITY);
  const gained = new Float64Array(points.length);
  const cost = new Float64Array(points.length);
  const worse = new Float64Array(points.length);
  let baselineCost = 0;
  const [right, usd] = [new Float64Array(models), new Float64Array(models)];
  for (let row = 0; row < pool.rows; ++row) {
    forecastInto(predictor, pool.vectors, row, right, usd);
    const placeOf = (m) => row * pool.models + columns[m];
    const baseline = placeOf(numbers.baseline);
    baselineCost += pool.costs[baseline];
    for (const [i, value] of values.entries()) {
      const pick = placeOf(bestOf(right, usd, value));
      gained[i] += pool.outcomes[pick] - pool.outcomes[baseline];
      worse[i] += Number(pool.outcomes[pick] < pool.outcomes[baseline] - 1e-9);
      cost[i] += pool.costs[pick];
    }
  }
  return points.map((_, i) => ({
    points: (100 * gained[i]) / pool.rows,
    saved: 1 - cost[i] / baselineCost,
    worse: (100 * worse[i]) / pool.rows,
  }));
}

/** Returns the models [values][rows] that a predictor picks for rows of a pool, all of its models known to it. */
export function picksOf(pool, bytes, rows, values) {
  const predictor = flatten(bytes, pool.dim, pool.models);
  const [right, usd] = [new Float64Array(pool.models), new Float64Array(pool.models)];
  const out = values.map(() => new Uint8Array(rows.length));
  for (const [i, row] of rows.entries()) {
    forecastInto(predictor, pool.vectors, row, right, usd);
    for (const [v, value] of values.entries()) out[v][i] = bestOf(right, usd, value);
  }
  return out;
}

/** Returns the model with the largest right * value - usd; ties go to the cheaper, then to the lower one. */
function bestOf(right, usd, value) {
  const worth = (m) => (value === Number.POSITIVE_INFINITY ? right[m] : right[m] * value - usd[m]);
  let best = 0;
  for (let m = 1; m < right.length; ++m) {
    if (worth(m) > worth(best) || (worth(m) === worth(best) && usd[m] < usd[best])) best = m;
  }
  return best;
}
