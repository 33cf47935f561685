// Slow and obvious reference for the predictor of a plan: how src/planning fits it and src/routing reads it, in float64.
//
// Data are { vectors: [row] of unit norm or zero, outcomes: [row][model] 0..1 (NaN if missing), costs: the same in US
// dollars (NaN if unknown) or undefined, groups: [row], labels: [row] or undefined, prior: [row][model] or undefined }.
// A predictor is { temperature, centroids: [family], share: [family], right, evidence, usd: [family][model],
// weights: [model] and intercept: [model], or undefined }.

export const CONSTANTS = {
  familyCounts: [2, 3, 4, 6, 8, 12, 16, 24, 32, 48],
  leastFamilyRows: 16,
  temperature: 0.06,
  labelTemperatures: [0.06, 0.03],
  starts: 3,
  rounds: 10,
  candidates: 4,
  block: 4,
  leastBlockMembership: 1e-3,
  pseudoRows: 20,
  priorShares: [0, 0.5, 1],
  penalties: [100, 30],
  finalists: 3,
  folds: 5,
};

const range = (n) => Array.from({ length: n }, (_, i) => i);
const sum = (values) => values.reduce((total, x) => total + x, 0);
const dot = (a, b) => sum(a.map((x, i) => x * b[i]));
const isKnown = (x) => !Number.isNaN(x);
const clamp = (x) => Math.min(Math.max(x, 0), 1);
const isZero = (vector) => vector.every((x) => x === 0);
const normalized = (vector) => {
  const norm = Math.sqrt(dot(vector, vector));
  return norm > 0 ? vector.map((x) => x / norm) : vector;
};
const softmax = (logits) => {
  const most = Math.max(...logits);
  const powers = logits.map((x) => Math.exp(x - most));
  return powers.map((x) => x / sum(powers));
};
const argmin = (values) => values.reduce((best, x, i) => (x < values[best] ? i : best), 0);
/** Returns the sum of rows of equal width, each times its weight. */
const blend = (weights, rows) => rows[0].map((_, i) => sum(rows.map((row, r) => weights[r] * row[i])));

/** SplitMix64, as in src/routing/random.h. */
export class SplitMix64 {
  constructor(seed) {
    this.state = BigInt(seed);
  }

  next() {
    this.state = BigInt.asUintN(64, this.state + 0x9e3779b97f4a7c15n);
    let z = this.state;
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    return z ^ (z >> 31n);
  }

  below(bound) {
    return Number(this.next() % BigInt(bound));
  }

  uniform() {
    return Number(this.next() >> 11n) * 2 ** -53;
  }
}

/** Returns the fold of each row: groups are shuffled, and each joins the smallest fold. */
export function foldsOf(groups, folds, seed) {
  const names = [...new Set(groups)];
  const random = new SplitMix64(seed);
  for (let i = names.length; i > 1; --i) {
    const j = random.below(i);
    [names[i - 1], names[j]] = [names[j], names[i - 1]];
  }
  const sizes = Array(folds).fill(0);
  const foldOf = new Map();
  for (const name of names) {
    const fold = argmin(sizes);
    foldOf.set(name, fold);
    sizes[fold] += groups.filter((group) => group === name).length;
  }
  return groups.map((group) => foldOf.get(group));
}

/** Draws a place in proportion to the weights; any place if all are zero. */
function drawWeighted(random, weights) {
  const total = sum(weights);
  if (!(total > 0)) return random.below(weights.length);
  const target = random.uniform() * total;
  let passed = 0;
  const at = weights.findIndex((weight) => {
    passed += weight;
    return weight > 0 && passed > target;
  });
  return at >= 0 ? at : weights.findLastIndex((weight) => weight > 0);
}

/** k-means++ (Arthur and Vassilvitskii 2007), the best of several candidates at each place. */
function firstCentroids(vectors, families, seed) {
  const random = new SplitMix64(seed);
  const centroids = [];
  let distances = vectors.map(() => 1);
  while (centroids.length < families) {
    const isFirst = centroids.length === 0;
    const drawn = range(isFirst ? 1 : CONSTANTS.candidates).map(() => vectors[drawWeighted(random, distances)]);
    const after = drawn.map((candidate) =>
      vectors.map((vector, i) => {
        const own = Math.max(1 - dot(vector, candidate), 0);
        return isFirst ? own : Math.min(distances[i], own);
      }),
    );
    const best = argmin(after.map(sum));
    centroids.push(drawn[best]);
    distances = after[best];
  }
  return centroids;
}

/** Returns the natural logarithm of 2 ** x, linear between whole x. */
const nearlyLn = (x) => {
  const exponent = Math.floor(x) + 1;
  return Math.LN2 * (exponent + 2 * (2 ** (x - exponent) - 1));
};

/** Returns memberships [row][family] in which those of a block of rows are 0 if they sum to very little. */
function withoutSmallBlocks(memberships) {
  const { block, leastBlockMembership } = CONSTANTS;
  return memberships.map((row, i) => {
    const first = i - (i % block);
    const rows = memberships.slice(first, first + block);
    return row.map((w, f) => (sum(rows.map((other) => other[f])) < leastBlockMembership ? 0 : w));
  });
}

/** Soft k-means on the sphere. The best start is the one whose last round had the largest log likelihood. */
export function softKMeans(vectors, families, temperature, seed) {
  let best;
  for (const start of range(CONSTANTS.starts)) {
    let centroids = firstCentroids(
      vectors,
      families,
      BigInt(seed) + BigInt(100 * families + start * (CONSTANTS.rounds + 1)),
    );
    let fit = 0;
    for (const _ of range(CONSTANTS.rounds)) {
      const logits = vectors.map((vector) => centroids.map((c) => dot(vector, c) / temperature));
      const memberships = withoutSmallBlocks(logits.map(softmax));
      const most = logits.map((row) => Math.max(...row));
      const bits = sum(logits.map((row, i) => Math.log2(sum(row.map((x) => Math.exp(x - most[i]))))));
      fit = sum(most) + nearlyLn(bits);
      centroids = centroids.map((before, f) => {
        const mean = blend(
          memberships.map((row) => row[f]),
          vectors,
        );
        return isZero(mean) ? before : normalized(mean);
      });
    }
    if (best === undefined || fit > best.fit) best = { fit, centroids };
  }
  return best.centroids;
}

/** Returns the families of a vector: softmax of (cosine / temperature); a zero vector belongs to all alike. */
export function membershipsOf({ centroids, temperature }, vector) {
  if (isZero(vector)) return centroids.map(() => 1 / centroids.length);
  const unit = normalized(vector);
  return softmax(centroids.map((c) => dot(c, unit) / temperature));
}

/** Returns the predicted outcomes and costs of a vector, or of a vector whose family is known. */
export function forecast(predictor, vector, family) {
  const { right, usd, weights, intercept } = predictor;
  const memberships =
    family === undefined ? membershipsOf(predictor, vector) : right.map((_, f) => (f === family ? 1 : 0));
  const unit = normalized(vector);
  return {
    right: blend(memberships, right).map((q, m) =>
      clamp(weights === undefined ? q : q + intercept[m] + dot(weights[m], unit)),
    ),
    usd: blend(memberships, usd),
  };
}

/** Returns the overall mean [model] of known values, weighted by memberships. */
const overall = (memberships, values) =>
  values[0].map((_, m) => {
    const known = range(values.length).filter((i) => isKnown(values[i][m]));
    return sum(known.map((i) => sum(memberships[i]) * values[i][m])) / sum(known.map((i) => sum(memberships[i])));
  });

/** Returns the means [family][model] of rows, drawn towards the target, and the outcomes that each is worth. */
function familyMeans(memberships, values, target, pseudoRows = CONSTANTS.pseudoRows) {
  const cells = memberships[0].map((_, f) =>
    values[0].map((_, m) => {
      const known = range(values.length).filter((i) => isKnown(values[i][m]));
      const weight = sum(known.map((i) => memberships[i][f]));
      const total = sum(known.map((i) => memberships[i][f] * values[i][m]));
      return { mean: (total + pseudoRows * target[f][m]) / (weight + pseudoRows), weight };
    }),
  );
  return {
    means: cells.map((row) => row.map(({ mean }) => mean)),
    weights: cells.map((row) => row.map((c) => c.weight)),
  };
}

/** Returns the target [family][model] of shrinkage: the overall mean, and a share of what the prior says of a family. */
function targetOf(memberships, outcomes, fallback, prior, priorShare) {
  const means = overall(memberships, outcomes).map((mean, m) => (isKnown(mean) ? mean : fallback[m]));
  const families = range(memberships[0].length);
  if (prior === undefined || priorShare === 0) return families.map(() => means);
  const priorMeans = overall(prior.memberships, prior.values);
  const zero = families.map(() => means.map(() => 0));
  const { means: ofFamily } = familyMeans(prior.memberships, prior.values, zero, 0);
  return families.map((f) =>
    means.map((mean, m) =>
      isKnown(ofFamily[f][m]) ? clamp(mean + priorShare * (ofFamily[f][m] - priorMeans[m])) : mean,
    ),
  );
}

/** Solves a x = b by elimination with pivots. */
function solve(a, b) {
  const rows = a.map((row, i) => [...row, b[i]]);
  for (const i of range(rows.length)) {
    const pivot = rows
      .slice(i)
      .reduce((best, row, j) => (Math.abs(row[i]) > Math.abs(rows[best][i]) ? i + j : best), i);
    [rows[i], rows[pivot]] = [rows[pivot], rows[i]];
    for (const j of range(rows.length)) {
      if (j === i) continue;
      const factor = rows[j][i] / rows[i][i];
      rows[j] = rows[j].map((x, at) => x - factor * rows[i][at]);
    }
  }
  return rows.map((row, i) => row.at(-1) / row[i]);
}

/** Ridge regression of residuals [row][model] on centred vectors; a missing residual counts as none. */
export function ridge(vectors, residuals, penalty) {
  const filled = residuals.map((row) => row.map((x) => (isKnown(x) ? x : 0)));
  const meanOf = (rows) => rows[0].map((_, i) => sum(rows.map((row) => row[i])) / rows.length);
  const [mean, meanResidual] = [meanOf(vectors), meanOf(filled)];
  const centred = vectors.map((vector) => vector.map((x, i) => x - mean[i]));
  const matrix = mean.map((_, i) => mean.map((_, j) => sum(centred.map((z) => z[i] * z[j])) + (i === j ? penalty : 0)));
  const weights = meanResidual.map((average, m) =>
    solve(
      matrix,
      mean.map((_, i) => sum(centred.map((z, row) => z[i] * (filled[row][m] - average)))),
    ),
  );
  return { weights, intercept: weights.map((w, m) => meanResidual[m] - dot(w, mean)) };
}

/** Returns the squared error of the differences between models: of the errors less their mean over the row's models. */
export function lossOf(predicted, outcomes) {
  const errors = outcomes.map((y, m) => y - clamp(predicted[m])).filter(isKnown);
  return sum(errors.map((e) => (e - sum(errors) / errors.length) ** 2));
}

/** Fits a predictor: chooses families, share of the prior and penalty by cross-validation, then fits to all rows. */
export function fitFamilies({ vectors: given, outcomes, costs, groups, labels, prior, seed = 1 }) {
  const vectors = given.map(normalized);
  const rows = range(vectors.length);
  const folds = foldsOf(groups, CONSTANTS.folds, seed);
  const fallback = overall(
    rows.map(() => [1]),
    outcomes,
  );
  const at = (list, places) => places.map((i) => list[i]);
  const foldsRows = range(CONSTANTS.folds).map((fold) => ({
    held: rows.filter((i) => folds[i] === fold),
    others: rows.filter((i) => folds[i] !== fold),
  }));

  /** Returns the loss without a linear part, and with each penalty. */
  const compare = ({ memberships, training, isConstant, priorShare }, penalties) => {
    const losses = [0, ...penalties.map(() => 0)];
    for (const { held, others } of foldsRows) {
      const ofPrior = prior && !isConstant && { memberships: training, values: prior };
      const target = targetOf(at(training, others), at(outcomes, others), fallback, ofPrior || undefined, priorShare);
      const { means } = familyMeans(at(training, others), at(outcomes, others), target);
      const residuals = others.map((i) => blend(training[i], means).map((q, m) => outcomes[i][m] - q));
      const parts = penalties.map((penalty) => ridge(at(vectors, others), residuals, penalty));
      for (const i of held) {
        const plain = blend(memberships[i], means);
        losses[0] += lossOf(plain, outcomes[i]);
        for (const [p, { weights, intercept }] of parts.entries()) {
          const both = plain.map((q, m) => q + intercept[m] + dot(weights[m], vectors[i]));
          losses[p + 1] += lossOf(both, outcomes[i]);
        }
      }
    }
    return losses;
  };

  const structure = (centroids, temperature) => {
    const memberships = vectors.map((vector) => membershipsOf({ centroids, temperature }, vector));
    const training = labels === undefined ? memberships : labels.map((l) => centroids.map((_, f) => (f === l ? 1 : 0)));
    return { centroids, temperature, memberships, training };
  };
  const alone = rows.map(() => [1]);
  const ofLabels =
    labels &&
    range(Math.max(...labels) + 1).map((label) =>
      normalized(
        blend(
          labels.map((l) => (l === label ? 1 : 0)),
          vectors,
        ),
      ),
    );
  const constant = {
    ...structure(ofLabels ?? [vectors[0].map(() => 0)], 0.1),
    isConstant: true,
    priorShare: 0,
  };
  const most = Math.max(2, rows.length / CONSTANTS.leastFamilyRows);
  const structures = labels
    ? CONSTANTS.labelTemperatures.map((temperature) => structure(ofLabels, temperature))
    : CONSTANTS.familyCounts
        .filter((families) => families <= most)
        .map((families) =>
          structure(softKMeans(vectors, families, CONSTANTS.temperature, seed), CONSTANTS.temperature),
        );
  const shares = prior === undefined ? [0] : CONSTANTS.priorShares;
  const finalists = structures
    .map((one) => {
      const losses = shares.map((priorShare) => compare({ ...one, priorShare }, [])[0]);
      const best = argmin(losses);
      return { ...one, priorShare: shares[best], loss: losses[best] };
    })
    .sort((a, b) => a.loss - b.loss)
    .slice(0, CONSTANTS.finalists);

  let best;
  for (const one of [constant, ...finalists]) {
    const compared = one.isConstant ? { ...one, memberships: alone, training: alone } : one;
    for (const [p, loss] of compare(compared, CONSTANTS.penalties).entries()) {
      if (best === undefined || loss < best.loss)
        best = { one, loss, penalty: p === 0 ? 0 : CONSTANTS.penalties[p - 1] };
    }
  }

  const { centroids, temperature, training, isConstant, priorShare } = best.one;
  const target = targetOf(training, outcomes, fallback, prior && { memberships: training, values: prior }, priorShare);
  const { means, weights } = familyMeans(training, outcomes, target);
  const right = (isConstant ? target : means).map((row) => row.map(clamp));
  const known = costs ?? outcomes.map((row) => row.map(() => Number.NaN));
  const usdTarget = targetOf(
    training,
    known,
    outcomes[0].map(() => Number.NaN),
    undefined,
    0,
  );
  const usd = (isConstant ? usdTarget : familyMeans(training, known, usdTarget).means).map((row) =>
    row.map((x) => (isKnown(x) ? x : -1)),
  );
  const residuals = rows.map((i) => blend(training[i], right).map((q, m) => outcomes[i][m] - q));
  return {
    temperature,
    centroids,
    share: centroids.map((_, f) => sum(training.map((row) => row[f])) / rows.length),
    right,
    evidence: weights,
    usd,
    ...(best.penalty > 0 ? ridge(vectors, residuals, best.penalty) : {}),
    isConstant: Boolean(isConstant) && best.penalty === 0,
  };
}

/** Reads section 32 of an index (models/FORMAT.md). */
export function decodeFamilies(bytes, dim, models) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [families, flags] = [view.getUint32(0, true), view.getUint32(4, true)];
  let offset = 24;
  const matrix = (count, width) =>
    range(count).map(() =>
      range(width).map(() => {
        offset += 4;
        return view.getFloat32(offset - 4, true);
      }),
    );
  const vector = (count) => matrix(1, count)[0];
  const predictor = {
    temperature: view.getFloat64(8, true),
    centroids: matrix(families, dim),
    bias: vector(families),
    share: vector(families),
    right: matrix(families, models),
    evidence: matrix(families, models),
    usd: matrix(families, models),
    ...(flags & 1 ? { reach: vector(families) } : {}),
    ...(flags & 2 ? { weights: matrix(models, dim), intercept: vector(models) } : {}),
  };
  if (offset !== bytes.length) throw new Error(`the section has ${bytes.length} bytes, expected ${offset}`);
  return predictor;
}
