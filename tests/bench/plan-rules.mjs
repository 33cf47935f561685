// Rules that choose a model for a prompt from graded prompts, for tests/bench/plan.mjs. A rule is fitted to rows
// { count, vectors: [rows, dim] of unit norm, outcomes: [rows, models] (NaN missing), costs: [rows, models], tasks:
// [rows], dim, models }, and then answers other rows: picksAt(value) is the model of each row if a right answer is
// worth `value` US dollars.
import { decodeFamilies, SplitMix64 } from '../reference/plan.mjs';

const range = (n) => Array.from({ length: n }, (_, i) => i);

function dot(a, i, b, j, dim) {
  let sum = 0;
  for (let d = 0; d < dim; ++d) sum += a[i * dim + d] * b[j * dim + d];
  return sum;
}

/** Returns the place with the largest right * value - usd; ties go to the cheaper model, then to the lower one. */
function bestAt(right, usd, row, models, value) {
  let best = 0;
  let most = Number.NEGATIVE_INFINITY;
  for (let m = 0; m < models; ++m) {
    const at = row * models + m;
    const worth = value === Number.POSITIVE_INFINITY ? right[at] : right[at] * value - usd[at];
    if (worth < most || (worth === most && usd[at] >= usd[row * models + best])) continue;
    [best, most] = [m, worth];
  }
  return best;
}

/** Makes a rule of forecasts [rows, models]. */
const byForecast = (right, usd, count, models) => ({
  picksAt: (value) => Uint16Array.from(range(count), (row) => bestAt(right, usd, row, models, value)),
});

/** Returns sums of values [rows, models], NaN left out, over groups of rows, as means; the overall mean elsewhere. */
function meansOf(values, group, groups, models) {
  const [sums, counts] = [new Float64Array(groups * models), new Float64Array(groups * models)];
  const [total, measured] = [new Float64Array(models), new Float64Array(models)];
  for (const [at, value] of values.entries()) {
    if (Number.isNaN(value)) continue;
    const m = at % models;
    const cell = group[(at - m) / models] * models + m;
    sums[cell] += value;
    counts[cell] += 1;
    total[m] += value;
    measured[m] += 1;
  }
  return sums.map((sum, cell) =>
    counts[cell] > 0 ? sum / counts[cell] : total[cell % models] / measured[cell % models],
  );
}

/** The product's predictor, fitted in the lab, with families that it finds, or with the tasks as families. */
export const plan = (lab, { isKnown }) => ({
  name: isKnown ? 'plan, known tasks' : 'plan',
  fit(train) {
    const names = [...new Set(train.tasks)];
    const numbers = new Map(names.map((task, i) => [task, i]));
    const { dim, models } = train;
    const { predictor: bytes } = lab.fitFamilies({
      spec: { dim, models, families: isKnown ? names.length : 0, seed: 1 },
      embeddings: train.vectors,
      outcomes: train.outcomes,
      costs: train.costs,
      groups: train.inputs,
      families: isKnown ? Uint16Array.from(train.tasks, (task) => numbers.get(task)) : undefined,
    });
    const predictor = decodeFamilies(bytes, dim, models);
    return (test) => {
      const [right, usd] = [new Float64Array(test.count * models), new Float64Array(test.count * models)];
      for (let row = 0; row < test.count; ++row) {
        const known = isKnown ? numbers.get(test.tasks[row]) : undefined;
        forecastInto(predictor, test.vectors, row, known, right, usd);
      }
      return byForecast(right, usd, test.count, models);
    };
  },
});

/** Does what `forecast` of the reference does, for 20,000 rows in reasonable time. */
function forecastInto(
  { centroids, temperature, right, usd, weights, intercept },
  vectors,
  row,
  known,
  outRight,
  outUsd,
) {
  const dim = centroids[0].length;
  const models = right[0].length;
  const logits = centroids.map((centroid) => dot(vectors, row, centroid, 0, dim) / temperature);
  const most = Math.max(...logits);
  const powers = logits.map((x) => Math.exp(x - most));
  const total = powers.reduce((a, b) => a + b, 0);
  const memberships = known === undefined ? powers.map((x) => x / total) : centroids.map((_, f) => +(f === known));
  for (let m = 0; m < models; ++m) {
    let [q, c] = [0, 0];
    for (let f = 0; f < centroids.length; ++f) {
      q += memberships[f] * right[f][m];
      c += memberships[f] * usd[f][m];
    }
    if (weights !== undefined) q += intercept[m] + dot(vectors, row, weights[m], 0, dim);
    outRight[row * models + m] = Math.min(Math.max(q, 0), 1);
    outUsd[row * models + m] = c;
  }
}

/** Returns rows that are drawn far apart (k-means++): [count, dim]. */
function firstCentroids({ count: rows, vectors, dim }, count) {
  const random = new SplitMix64(1);
  const out = new Float64Array(count * dim);
  const distances = new Float64Array(rows).fill(1);
  for (let c = 0; c < count; ++c) {
    let left = random.uniform() * distances.reduce((a, b) => a + b, 0);
    const drawn = distances.findIndex((distance) => {
      left -= distance;
      return left < 0;
    });
    const row = Math.max(drawn, 0);
    out.set(vectors.subarray(row * dim, (row + 1) * dim), c * dim);
    for (let i = 0; i < rows; ++i) {
      const own = Math.max(1 - dot(vectors, i, vectors, row, dim), 0);
      distances[i] = c === 0 ? own : Math.min(distances[i], own);
    }
  }
  return out;
}

/** k-means, 64 clusters, each with its mean outcomes (Avengers, arXiv 2505.19797), and its mean costs. */
export const clusters = {
  name: 'k-means, 64 clusters',
  fit(train) {
    const { dim, models } = train;
    const count = Math.min(64, train.count);
    const centroids = firstCentroids(train, count);
    const nearest = (vectors, row) => {
      let [best, most] = [0, Number.NEGATIVE_INFINITY];
      for (let c = 0; c < count; ++c) {
        const cosine = dot(vectors, row, centroids, c, dim);
        if (cosine > most) [best, most] = [c, cosine];
      }
      return best;
    };
    let group = [];
    for (let round = 0; round < 20; ++round) {
      group = range(train.count).map((row) => nearest(train.vectors, row));
      const sums = new Float64Array(count * dim);
      for (const [row, c] of group.entries()) {
        for (let d = 0; d < dim; ++d) sums[c * dim + d] += train.vectors[row * dim + d];
      }
      for (let c = 0; c < count; ++c) {
        const norm = Math.sqrt(dot(sums, c, sums, c, dim));
        if (norm > 0) for (let d = 0; d < dim; ++d) centroids[c * dim + d] = sums[c * dim + d] / norm;
      }
    }
    const right = meansOf(train.outcomes, group, count, models);
    const usd = meansOf(train.costs, group, count, models);
    return (test) => {
      const of = range(test.count).map((row) => nearest(test.vectors, row));
      return {
        picksAt: (value) => {
          const picks = range(count).map((c) => bestAt(right, usd, c, models, value));
          return Uint16Array.from(of, (c) => picks[c]);
        },
      };
    };
  },
};

/** Returns the `k` nearest training rows of a test row, nearest first; ties go to the lower row. */
function nearestRows(train, test, row, k) {
  const near = [];
  for (let i = 0; i < train.count; ++i) {
    const cosine = dot(train.vectors, i, test.vectors, row, train.dim);
    if (near.length === k && cosine <= near[k - 1].cosine) continue;
    const at = near.findIndex((other) => cosine > other.cosine);
    near.splice(at < 0 ? near.length : at, 0, { i, cosine });
    if (near.length > k) near.pop();
  }
  return near.map(({ i }) => i);
}

/** kNN: mean outcomes and costs of the 40 nearest prompts (RouterBench, arXiv 2403.12031). */
export const neighbours = {
  name: 'kNN, 40 neighbours',
  fit(train) {
    const { models } = train;
    const overall = { right: meansOf(train.outcomes, new Uint8Array(train.count), 1, models) };
    return (test) => {
      const [right, usd] = [new Float64Array(test.count * models), new Float64Array(test.count * models)];
      for (let row = 0; row < test.count; ++row) {
        const near = nearestRows(train, test, row, 40);
        for (let m = 0; m < models; ++m) {
          const known = near.map((i) => train.outcomes[i * models + m]).filter((y) => !Number.isNaN(y));
          const mean = known.reduce((a, b) => a + b, 0) / known.length;
          right[row * models + m] = known.length > 0 ? mean : overall.right[m];
          usd[row * models + m] = near.reduce((sum, i) => sum + train.costs[i * models + m], 0) / near.length;
        }
      }
      return byForecast(right, usd, test.count, models);
    };
  },
};

/**
 * LLMRouter's kNN router: each training prompt is labelled with its best model, and the labels of the 5 nearest prompts
 * vote. LLMRouter looks at outcomes only; here the label is the model that is worth most at each setting, so that the
 * rule has a curve. Ties of votes go to the lower model, as in scikit-learn.
 */
export const votes = {
  name: 'LLMRouter, kNN vote of 5',
  fit: (train) => (test) => {
    const { models } = train;
    const near = range(test.count).map((row) => nearestRows(train, test, row, 5));
    const right = train.outcomes.map((y) => (Number.isNaN(y) ? Number.NEGATIVE_INFINITY : y));
    return {
      picksAt: (value) => {
        const labels = range(train.count).map((row) => bestAt(right, train.costs, row, models, value));
        return Uint16Array.from(near, (rows) => {
          const counts = new Uint8Array(models);
          for (const row of rows) counts[labels[row]] += 1;
          return counts.indexOf(Math.max(...counts));
        });
      },
    };
  },
};
