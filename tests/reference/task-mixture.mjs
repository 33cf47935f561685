// Slow and obvious reference for the policy `signalbox`: docs/policy.md line by line, in float64.
//
// A profile of the benchmark is { centroids: [task] of unit vectors or null, means: [task][model] (NaN if missing),
// posterior: of the means (task-posterior.mjs), weights: [task], links: [task] of [task, weight] (empty unless the task
// is a kind), levels: [task] }; `pool` lists the candidates; labels are [label][model] outcomes (NaN if missing).

/** See docs/policy.md for their origin. */
export const CONSTANTS = {
  temperature: 0.1,
  priorTasks: 2,
  priorLabels: 40,
  independentModels: 4,
  deviationVariance: 0.2,
  differenceVariance: 0.15,
  difficultyVariance: 0.003,
  difficultyNoise: 0.15,
  difficultyOutcomes: 2,
  eta: 0.55,
  offsetRows: 20,
  offsetTemperature: 0.1,
  offsetPrior: 0.02,
};

const sum = (values) => values.reduce((total, x) => total + x, 0);
const mean = (values) => sum(values) / values.length;
const range = (n) => Array.from({ length: n }, (_, i) => i);
const isKnown = (x) => !Number.isNaN(x);
const toShares = (weights) => {
  const total = sum(weights);
  return weights.map((w) => w / total);
};

/** Returns the links of a kind to tasks with means, as shares. */
function linksOf({ links, levels }, kind) {
  const known = links[kind].filter(([task]) => isKnown(levels[task]));
  const total = sum(known.map(([, weight]) => weight));
  return known.map(([task, weight]) => ({ task, share: weight / total }));
}

/** Returns the similarity of an input to each task and kind: q[s] = softmax of cos(x, centroid) / temperature. */
export function sharesOfInput(profile, vector) {
  const norm = Math.sqrt(sum(vector.map((x) => x * x)));
  const cosine = (centroid) => sum(centroid.map((c, i) => c * vector[i])) / norm;
  const leads = (s) => (profile.links[s].length > 0 ? linksOf(profile, s).length > 0 : isKnown(profile.levels[s]));
  return toShares(
    profile.centroids.map((c, s) => (c === null || !leads(s) ? 0 : Math.exp(cosine(c) / CONSTANTS.temperature))),
  );
}

/** Returns votes after each kind handed its own on. */
function followLinks(profile, shares) {
  const out = shares.map((q, s) => (profile.links[s].length > 0 ? 0 : q));
  for (const [kind, q] of shares.entries()) {
    if (profile.links[kind].length === 0) continue;
    for (const { task, share } of linksOf(profile, kind)) out[task] += q * share;
  }
  return out;
}

/** Returns votes joined by votes that go by the weights of tasks alone. */
function joined({ weights }, votes, priorTasks) {
  const effective = 1 / sum(votes.map((w) => w * w));
  const uniform = toShares(weights);
  return votes.map((w, s) => (effective * w + priorTasks * uniform[s]) / (effective + priorTasks));
}

/** Returns the similarity of an input to each task. */
export function voteOfInput(profile, vector) {
  return joined(profile, followLinks(profile, sharesOfInput(profile, vector)), profile.inputPriorTasks ?? 0);
}

/** Returns the similarity of a task to each task: the mean of its inputs' votes, and priorTasks uniform votes. */
export function voteOfTask(profile, vectors) {
  const votes = vectors.map((vector) => followLinks(profile, sharesOfInput(profile, vector)));
  const w = profile.centroids.map((_, s) => mean(votes.map((vote) => vote[s])));
  return joined(profile, w, CONSTANTS.priorTasks);
}

/**
 * Returns how much easier an input is than what it resembles, in logits. near: rows { task, offset, distance } with a
 * known offset, nearest first; ofKinds: [task] mean offset of the rows of a kind, 0 for other tasks.
 */
export function offsetOfInput(profile, vector, near, ofKinds) {
  const shares = sharesOfInput(profile, vector);
  const level = (s) => {
    if (profile.links[s].length === 0) return profile.levels[s];
    const linked = linksOf(profile, s);
    return linked.length > 0 ? sum(linked.map(({ task, share }) => share * profile.levels[task])) : Number.NaN;
  };
  const voted = range(shares.length).filter((s) => shares[s] > 0);
  const own = sum(voted.map((s) => shares[s] * ofKinds[s]));
  const prior = sum(voted.map((s) => shares[s] * level(s))) + own;
  const counted = near.filter(({ task }) => isKnown(level(task))).slice(0, CONSTANTS.offsetRows);
  const weight = ({ distance }) => Math.exp(-distance / CONSTANTS.offsetTemperature);
  const seen = sum(counted.map((row) => weight(row) * (level(row.task) + row.offset - prior)));
  return Math.min(4, Math.max(-4, own + seen / (sum(counted.map(weight)) + CONSTANTS.offsetPrior)));
}

/** Returns a profile whose means have moved by an offset in logits. */
export function shifted(profile, offset) {
  const move = (p) => {
    const logit = Math.log(p / (1 - p)) + offset;
    return 1 / (1 + Math.exp(-logit));
  };
  const slope = (p) => (move(p) * (1 - move(p))) / (p * (1 - p));
  const means = profile.means.map((ofTask) => ofTask.map(move));
  const ofCells = (from, value) =>
    from.map((ofTask, s) => ofTask.map((cell, m) => value(cell, profile.means[s][m], s)));
  const middle = means.map((ofTask) => mean(ofTask.filter(isKnown)));
  // Only completed means are moved here: their deviations are those of the means themselves.
  const deviation = ofCells(profile.posterior.deviation, ({ variance }, p, s) => ({
    mean: move(p) - middle[s],
    variance: variance * slope(p) ** 2,
  }));
  return { ...profile, means, posterior: { ...profile.posterior, deviation } };
}

/** Splits means = difficulty of the task + strength of the model + deviation, by least squares; strengths sum to 0. */
export function split({ means }, pool) {
  const tasks = range(means.length).filter((s) => pool.some((m) => isKnown(means[s][m])));
  const measuredIn = (s) => pool.filter((m) => isKnown(means[s][m]));
  const tasksOf = (m) => tasks.filter((s) => isKnown(means[s][m]));
  const strength = [];
  for (const m of pool) strength[m] = 0;
  const difficulty = [];
  for (let turn = 0; turn < 1000; ++turn) {
    for (const s of tasks) difficulty[s] = mean(measuredIn(s).map((m) => means[s][m] - strength[m]));
    for (const m of pool) strength[m] = mean(tasksOf(m).map((s) => means[s][m] - difficulty[s]));
    const centre = mean(pool.map((m) => strength[m]));
    for (const m of pool) strength[m] -= centre;
  }
  const deviation = (s, m) => (isKnown(means[s][m]) ? means[s][m] - difficulty[s] : strength[m]);
  return { tasks, difficulty, deviation };
}

/**
 * Reads the labels: the mean outcome and, for each model with labels, the mean of outcome - difficulty of the label.
 */
export function readLabels(labels, pool) {
  const known = (label) => pool.filter((m) => isKnown(label[m]));
  const all = labels.flatMap((label) => known(label).map((m) => label[m]));
  const middle = mean(all);
  const difficultyOf = (label) => {
    const joined = CONSTANTS.difficultyOutcomes;
    return (sum(known(label).map((m) => label[m])) + joined * middle) / (known(label).length + joined);
  };
  const difficulties = labels.map(difficultyOf);
  const above = labels.flatMap((label, i) => known(label).map((m) => label[m] - difficulties[i]));
  const centre = mean(above);
  const count = [];
  const relative = [];
  for (const m of pool) {
    const own = range(labels.length).filter((i) => isKnown(labels[i][m]));
    count[m] = own.length;
    if (own.length > 0) relative[m] = mean(own.map((i) => labels[i][m] - difficulties[i])) - centre;
  }
  const labelled = pool.filter((m) => count[m] > 0);
  return { labelled, count, relative, total: all.length, mean: all.length > 0 ? mean(all) : 0 };
}

/** Returns the expectations for the models of the pool. */
export const expect = (profile, votes, labels, pool) => expectGiven(profile, votes, readLabels(labels, pool), pool);

/** Does so with labels that were read: `mean` is undefined if they say nothing of the difficulty of the task. */
export function expectGiven(profile, votes, read, pool) {
  const c = CONSTANTS;
  const { tasks, difficulty, deviation } = split(profile, pool);
  const { labelled, count, relative, total, mean: meanOutcome } = read;

  // Mean deviation of the labelled models in a task, and the likelihood of their labels given it.
  const baselineOf = (of, s) => sum(labelled.map((m) => (count[m] * of(s, m)) / total));
  const baseline = (s) => baselineOf(deviation, s);
  const logLikelihood = (s) => {
    const terms = labelled.map((m) => {
      const off = relative[m] - (deviation(s, m) - baseline(s));
      return (-off * off) / (2 * c.deviationVariance * (1 / count[m] + 1 / c.priorLabels));
    });
    return terms.length > 0 ? c.independentModels * mean(terms) : 0;
  };
  const ofTasks = (weight) => {
    const out = [];
    const shares = toShares(tasks.map(weight));
    for (const [i, s] of tasks.entries()) out[s] = shares[i];
    return out;
  };
  const isVoted = tasks.some((s) => votes[s] > 0);
  const weights = ofTasks((s) => (isVoted ? votes[s] : 1) * Math.exp(logLikelihood(s)));

  // Each task's forecast, blended with the labels, and their mixture.
  const blend = (of) => (s, m) => {
    if (count[m] === 0) return of(s, m);
    return (c.priorLabels * of(s, m) + count[m] * (relative[m] + baselineOf(of, s))) / (c.priorLabels + count[m]);
  };
  const forecast = blend(deviation);
  const standing = [];
  for (const m of pool) standing[m] = sum(tasks.map((s) => weights[s] * forecast(s, m)));

  // Correctness depends on the difficulty of the task, which the mean of the labels also informs.
  const perModel = total / labelled.length;
  const level = (s) => {
    if (labelled.length === 0 || meanOutcome === undefined) return { weight: weights[s], value: difficulty[s] };
    const off = meanOutcome - (difficulty[s] + baseline(s));
    const pull = c.difficultyVariance / (c.difficultyVariance + c.difficultyNoise / perModel);
    const weight = weights[s] * Math.exp((-off * off) / (2 * (c.difficultyVariance + c.difficultyNoise / perModel)));
    return { weight, value: difficulty[s] + pull * off };
  };
  const levels = ofTasks((s) => level(s).weight);
  const highest = Math.max(...pool.map((m) => standing[m]));
  const base = Math.min(sum(tasks.map((s) => levels[s] * level(s).value)), 1 - highest);
  const correctness = [];
  for (const m of pool) correctness[m] = Math.min(1, Math.max(0, base + standing[m]));

  // Models are compared by the posterior of the deviations, which has their sampling error.
  const { posterior } = profile;
  const compared = blend((s, m) => posterior.deviation[s][m].mean);
  const sampling = (s, m) => (c.priorLabels / (c.priorLabels + count[m])) ** 2 * posterior.deviation[s][m].variance;
  return { tasks, weights, compared, sampling, count, standing, correctness };
}

/** Returns the error function: 2 / sqrt(pi) * x * exp(-x^2) * sum of (2 x^2)^n / (1 * 3 * ... * (2n + 1)). */
function erf(x) {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = 1;
  let total = 1;
  for (let n = 1; n < 300; ++n) {
    term *= (2 * x * x) / (2 * n + 1);
    total += term;
  }
  return (2 / Math.sqrt(Math.PI)) * x * Math.exp(-x * x) * total;
}

/** Returns P(a is right more often than b) on the new task. */
export function probabilityBetter({ tasks, weights, compared, sampling, count }, a, b) {
  const { priorLabels, differenceVariance } = CONSTANTS;
  const ofNewTask = (differenceVariance / 2) * (1 / (priorLabels + count[a]) + 1 / (priorLabels + count[b]));
  const normal = (z) => (1 + erf(z / Math.SQRT2)) / 2;
  const ofTask = (s) =>
    normal((compared(s, a) - compared(s, b)) / Math.sqrt(ofNewTask + sampling(s, a) + sampling(s, b)));
  return sum(tasks.map((s) => weights[s] * ofTask(s)));
}
