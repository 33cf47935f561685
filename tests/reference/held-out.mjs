// Slow and obvious reference for the evaluation: every distance computed anew, every neighbour by sorting, all in
// float64. It uses nothing of signalbox. Equation numbers are those of arXiv 2309.15789.
//
// A benchmark is { vectors: [row][dim], tasks: [row], outcomes: [row][model] (NaN if missing), inputs: [row],
// costs?: [row][model], models: [{ paramsB, price }], routing: { k, kappa, threshold, sigma, eta },
// pairs: { alphas, repeats, seed } }. "Known" rows are neither held out nor duplicates of held-out rows.
// It may have taskScores: [{ task, model, score, evidence }], links: [{ kind, task, weight }], taskWeights: [task],
// rowOffsets: [row] (-128: unknown), inputPriorTasks.
import { complete, isIncomplete, levelsOf, scaledWeights } from './completion.mjs';
import * as mixture from './task-mixture.mjs';
import { posteriorOf } from './task-posterior.mjs';

const sum = (values) => values.reduce((total, x) => total + x, 0);
const mean = (values) => (values.length > 0 ? sum(values) / values.length : Number.NaN);
const isKnown = (x) => !Number.isNaN(x);
const range = (n) => Array.from({ length: n }, (_, i) => i);

/** SplitMix64. */
export function randomFrom(seed) {
  let state = BigInt(seed);
  return () => {
    state = BigInt.asUintN(64, state + 0x9e3779b97f4a7c15n);
    let z = state;
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    return z ^ (z >> 31n);
  };
}

/** Draws `count` of 0..n-1, ascending, by a partial Fisher-Yates shuffle. */
export function draw(random, n, count) {
  const all = range(n);
  for (let i = 0; i < count; ++i) {
    const j = i + Number(random() % BigInt(n - i));
    [all[i], all[j]] = [all[j], all[i]];
  }
  return all.slice(0, count).sort((a, b) => a - b);
}

/** Each task draws from its own stream. */
const randomOfTask = (seed, task) => randomFrom(randomFrom(BigInt(seed) + BigInt(task))());

const dot = (a, b) => sum(a.map((x, i) => x * b[i]));
const isZero = (vector) => vector.every((x) => x === 0);

/** Returns 1 - cosine similarity. */
function distance(a, b) {
  if (isZero(a) || isZero(b)) return 1;
  return 1 - Math.min(1, Math.max(-1, dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))));
}

/** Returns the nearest rows of `pool` as { row, distance }; ties go to the row that comes first in the pool. */
function nearest(benchmark, row, pool, count) {
  const { vectors } = benchmark;
  const all = pool.map((other) => ({ row: other, distance: distance(vectors[row], vectors[other]) }));
  return all.sort((a, b) => a.distance - b.distance).slice(0, count);
}

/** Returns the mean distance to the kappa nearest rows (eq. 12). */
function meanDistance(benchmark, near) {
  return near.length > 0 ? mean(near.slice(0, benchmark.routing.kappa).map((n) => n.distance)) : 1;
}

/** Returns the mean outcome of every model over some rows. */
function meansOver(benchmark, rows) {
  return benchmark.models.map((_, m) => mean(rows.map((row) => benchmark.outcomes[row][m]).filter(isKnown)));
}

/** Returns the mean outcome of every model over some rows, and over the outcomes that the scores of tasks are worth. */
function poolMeans(benchmark, rows, ...without) {
  const scores = (benchmark.taskScores ?? []).filter(({ task }) => !without.includes(task));
  return benchmark.models.map((_, m) => {
    const own = rows.map((row) => benchmark.outcomes[row][m]).filter(isKnown);
    const ofModel = scores.filter(({ model }) => model === m);
    const right = sum(own) + sum(ofModel.map(({ score, evidence }) => score * evidence));
    return right / (own.length + sum(ofModel.map(({ evidence }) => evidence)));
  });
}

const tasksOf = (benchmark) => [...new Set(benchmark.tasks)].sort((a, b) => a - b);

/** Returns [task][model] { count, mean }, undefined without an outcome or score. */
function cellsOf(benchmark, known, heldOut) {
  return tasksOf(benchmark).map((task) => {
    const rows = known.filter((row) => benchmark.tasks[row] === task);
    return benchmark.models.map((_, m) => {
      const score = benchmark.taskScores?.find((of) => of.task === task && of.model === m);
      if (score !== undefined) return task === heldOut ? undefined : { count: score.evidence, mean: score.score };
      const own = rows.map((row) => benchmark.outcomes[row][m]).filter(isKnown);
      return own.length > 0 ? { count: own.length, mean: mean(own) } : undefined;
    });
  });
}

/** Returns the mean of each model over the tasks of a profile, by their weights; NaN without an outcome. */
const meansOverTasks = ({ means, weights }) => {
  const tasks = range(means.length).filter((s) => weights[s] > 0);
  return means[0].map((_, m) => {
    const known = tasks.filter((s) => isKnown(means[s][m]));
    return sum(known.map((s) => weights[s] * means[s][m])) / sum(known.map((s) => weights[s]));
  });
};

/** Returns g of every model (eq. 11); a model without a vote predicts its own mean. */
function predict(benchmark, near, k, means) {
  const votes = meansOver(
    benchmark,
    near.slice(0, k).map((n) => n.row),
  );
  return votes.map((vote, m) => (isKnown(vote) ? vote : means[m]));
}

/** Returns how often each model's gbar = 1[g > t] is right; NaN if the model has no outcome. */
function agreement(benchmark, rows, predictions) {
  const { threshold } = benchmark.routing;
  return benchmark.models.map((_, m) => {
    const scored = range(rows.length).filter((i) => isKnown(benchmark.outcomes[rows[i]][m]));
    const right = scored.filter((i) => predictions[i][m] > threshold === benchmark.outcomes[rows[i]][m] > threshold);
    return scored.length > 0 ? right.length / scored.length : Number.NaN;
  });
}

/** Returns the rows left after rows are held out, and the number of other rows dropped as duplicates of these. */
function leaveOut(benchmark, heldOut) {
  const prompts = new Set(heldOut.map((row) => benchmark.inputs[row]));
  const others = range(benchmark.tasks.length).filter((row) => !heldOut.includes(row));
  const known = others.filter((row) => !prompts.has(benchmark.inputs[row]));
  return { known, duplicates: others.length - known.length };
}

/** Returns (u_z, p_z) of every task z of the known rows, held out of them, with samples moved back in (eqs. 12-14). */
function trainingPairs(benchmark, known, heldOut) {
  const { routing, pairs } = benchmark;
  const random = randomFrom(pairs.seed);
  const out = [];
  for (const z of tasksOf(benchmark)) {
    const rows = known.filter((row) => benchmark.tasks[row] === z);
    const rest = known.filter((row) => benchmark.tasks[row] !== z);
    if (rows.length === 0 || rest.length === 0) continue;
    const means = poolMeans(benchmark, rest, heldOut, z);
    for (const alpha of pairs.alphas) {
      const count = Math.min(50, Math.floor(alpha * rows.length));
      for (let repeat = 0; repeat < (count > 0 ? pairs.repeats : 1); ++repeat) {
        const moved = draw(random, rows.length, count).map((i) => rows[i]);
        const pool = [...rest, ...moved].sort((a, b) => a - b);
        const scored = rows.filter((row) => !moved.includes(row));
        const near = scored.map((row) => nearest(benchmark, row, pool, Math.max(routing.k, routing.kappa)));
        const predictions = near.map((n) => predict(benchmark, n, routing.k, means));
        out.push({
          u: mean(near.map((n) => meanDistance(benchmark, n))),
          p: agreement(benchmark, scored, predictions),
        });
      }
    }
  }
  return out;
}

/** Returns p(d', m) by the Nadaraya-Watson smoother (eq. 14). */
function smooth(benchmark, pairs, u) {
  return benchmark.models.map((_, m) => {
    const known = pairs.filter((pair) => isKnown(pair.p[m]));
    const weights = known.map((pair) => Math.exp(-((u - pair.u) ** 2) / (2 * benchmark.routing.sigma ** 2)));
    return known.length > 0 ? sum(known.map((pair, i) => weights[i] * pair.p[m])) / sum(weights) : 0.5;
  });
}

/** Returns P(Bin(n, p) = i) for i = 0..n, one trial after the other. */
function binomial(n, p) {
  let mass = [1];
  for (let trial = 0; trial < n; ++trial) {
    mass = range(mass.length + 1).map((i) => (mass[i] ?? 0) * (1 - p) + (mass[i - 1] ?? 0) * p);
  }
  return mass;
}

/** Returns P(S(a) > S(b)), S = Bin(n+, p) + Bin(n-, 1 - p) (eq. 8). */
function confidence(n, s2, p, a, b) {
  if (a === b) return 1;
  const counts = (m) => {
    const positive = Math.round(n * s2[m]);
    const out = Array(n + 1).fill(0);
    const right = binomial(n - positive, 1 - p[m]);
    binomial(positive, p[m]).forEach((x, i) => {
      right.forEach((y, j) => {
        out[i + j] += x * y;
      });
    });
    return out;
  };
  const ofB = counts(b);
  return sum(counts(a).map((x, i) => x * sum(ofB.slice(0, i))));
}

/** Returns the best of the candidates; ties go to the lower model. */
function argmax(values, candidates) {
  return candidates
    .filter((m) => isKnown(values[m]))
    .reduce((best, m) => (best === null || values[m] > values[best] ? m : best), null);
}

/** Returns the unit mean of vectors of unit length; null if it is zero. */
function centroid(vectors) {
  const units = vectors.filter((v) => !isZero(v)).map((v) => v.map((x) => x / Math.sqrt(dot(v, v))));
  const total = (units[0] ?? []).map((_, i) => sum(units.map((unit) => unit[i])));
  return isZero(total) ? null : total.map((x) => x / Math.sqrt(dot(total, total)));
}

/** Returns the profile of every task for the policy `signalbox`; `heldOut` is a task whose scores are not known. */
export function profileOf(benchmark, known, heldOut) {
  const tasks = tasksOf(benchmark);
  const rowsOf = (task) => known.filter((row) => benchmark.tasks[row] === task);
  const cells = cellsOf(benchmark, known, heldOut);
  const links = tasks.map((kind) =>
    (benchmark.links ?? []).filter((link) => link.kind === kind).map(({ task, weight }) => [task, weight]),
  );
  const given = benchmark.taskWeights ?? tasks.map((task) => (links[task].length > 0 ? 0 : 1));
  const shared = {
    centroids: tasks.map((task) => centroid(rowsOf(task).map((row) => benchmark.vectors[row]))),
    weights: scaledWeights(cells, given),
    links,
    inputPriorTasks: benchmark.inputPriorTasks,
  };
  if (!isIncomplete(cells)) {
    const means = cells.map((ofTask) => ofTask.map((cell) => cell?.mean ?? Number.NaN));
    const rows = tasks.map((task) => rowsOf(task).map((row) => benchmark.outcomes[row]));
    return { ...shared, means, levels: levelsOf(cells, means), posterior: posteriorOf(rows, benchmark.models.length) };
  }
  return { ...shared, ...complete(cells, given) };
}

/** Returns how much easier an input is than what it resembles; 0 without offsets. `near`: all known rows, sorted. */
export function offsetOf(benchmark, profile, known, row) {
  const { rowOffsets, tasks, vectors } = benchmark;
  if (rowOffsets === undefined || isZero(vectors[row])) return 0;
  const isTold = (other) => rowOffsets[other] !== -128;
  const near = nearest(benchmark, row, known, 5 * mixture.CONSTANTS.offsetRows)
    .filter((n) => isTold(n.row))
    .map((n) => ({ task: tasks[n.row], offset: rowOffsets[n.row] / 16, distance: n.distance }));
  const ofKinds = profile.links.map((links, kind) => {
    const rows = known.filter((other) => tasks[other] === kind && isTold(other));
    return links.length > 0 && rows.length > 0 ? mean(rows.map((other) => rowOffsets[other] / 16)) : 0;
  });
  return mixture.offsetOfInput(profile, vectors[row], near, ofKinds);
}

/** Returns the decision for a model that nothing was compared with. */
const keep = (model, isFallback = false) => ({
  pick: model,
  challenger: model,
  challengerConfidence: 1,
  fallback: isFallback,
});

/** Decides as `signalbox` does for a whole task: the model with the highest expectation, if confident enough. */
function chooseByMixture(_, task, candidates, best) {
  if (task.readable === 0) return keep(best, true);
  const { profile, votes, labels } = task.mixture;
  const measured = candidates.filter((m) => isKnown(task.meanElsewhere[m]));
  const expected = mixture.expect(profile, votes, labels, measured);
  const challenger = argmax(expected.correctness, measured);
  const others = measured.filter((m) => m !== challenger);
  const other = challenger === best ? argmax(expected.correctness, others) : best;
  const sureness = other === null ? 1 : mixture.probabilityBetter(expected, challenger, other);
  const stays = challenger === best || sureness > mixture.CONSTANTS.eta;
  return { pick: stays ? challenger : best, challenger, challengerConfidence: sureness, fallback: !stays };
}

/** Returns the choice by one of the paper's scores; `accuracy` names the predictor's, for the confidence (eq. 8). */
function chooseByScore(scores, accuracy, eta) {
  return (benchmark, task, candidates, best) => {
    if (task.readable === 0) return keep(best, true);
    const challenger = argmax(task[scores], candidates);
    const p = task[accuracy].map((x) => (isKnown(x) ? x : 0.5));
    const sureness = confidence(task.readable, task.s2, p, challenger, best);
    const least = eta(benchmark.routing);
    const stays = least === 0 || challenger === best || sureness > least;
    return { pick: stays ? challenger : best, challenger, challengerConfidence: sureness, fallback: !stays };
  };
}

/** Decisions by policy, among candidates of which `best` is the best single model. A policy's scores have its name. */
const CHOICES = {
  signalbox: chooseByMixture,
  s1: chooseByScore('s1', 'p', () => 0),
  s2: chooseByScore('s2', 'p', () => 0),
  s3: chooseByScore('s3', 'p', ({ eta }) => eta),
  s3_true_p: chooseByScore('s3_true_p', 'predictorAccuracy', ({ eta }) => eta),
  best_single: (_, __, ___, best) => keep(best),
  oracle: (_, task, candidates) => keep(argmax(task.accuracy, candidates)),
};

/** Returns the decisions of all policies within one pool of candidates. */
function decide(benchmark, task, pool) {
  const candidates = [...pool].sort((a, b) => a - b).filter((m) => isKnown(task.accuracy[m]));
  const best = argmax(task.meanElsewhere, candidates);
  const of = (choose) => (best === null ? null : choose(benchmark, task, candidates, best));
  return Object.fromEntries(Object.entries(CHOICES).map(([policy, choose]) => [policy, of(choose)]));
}

/** Evaluates the rows of a task once; `labelled` are positions among them, which join the pool and determine p. */
function evaluate(benchmark, heldOut, rows, known, pairs, labelled, pools) {
  const { routing } = benchmark;
  const labels = labelled.map((i) => rows[i]).filter((row) => !isZero(benchmark.vectors[row]));
  const scored = rows.filter((_, i) => !labelled.includes(i));
  const means = poolMeans(benchmark, known, heldOut);
  // An input without a known token (a zero vector) has no prediction. A label is not its own neighbour.
  const near = (row) => {
    const pool = [...known, ...labels.filter((label) => label !== row)];
    return nearest(benchmark, row, pool, Math.max(routing.k, routing.kappa));
  };
  const readable = scored.filter((row) => !isZero(benchmark.vectors[row]));
  const neighbours = readable.map(near);
  const predictions = neighbours.map((n) => predict(benchmark, n, routing.k, means));
  const task = { accuracy: meansOver(benchmark, scored), readable: readable.length };
  const profile = profileOf(benchmark, known, heldOut);
  for (const { task: of, model, score } of benchmark.taskScores ?? []) {
    if (of === heldOut) task.accuracy[model] = score;
  }
  task.meanElsewhere = meansOverTasks(profile);
  task.predictorAccuracy = agreement(benchmark, readable, predictions);
  task.u = mean(neighbours.map((n) => meanDistance(benchmark, n)));
  const ofModels = (score) => benchmark.models.map((_, m) => score(m));
  const calibrated = (s2, p) => s2 * p + (1 - s2) * (1 - p); // eq. 7
  task.s1 = ofModels((m) => mean(predictions.map((g) => g[m]))); // eq. 3
  task.s2 = ofModels((m) => mean(predictions.map((g) => Number(g[m] > routing.threshold)))); // eq. 4
  const measured = agreement(
    benchmark,
    labels,
    labels.map((row) => predict(benchmark, near(row), routing.k, means)),
  );
  const smoothed = smooth(benchmark, pairs, task.u);
  task.p = ofModels((m) => (isKnown(measured[m]) ? measured[m] : smoothed[m]));
  task.s3 = ofModels((m) => calibrated(task.s2[m], task.p[m]));
  task.s3_true_p = ofModels((m) => calibrated(task.s2[m], task.predictorAccuracy[m]));
  const seen = rows.filter((row) => !isZero(benchmark.vectors[row]));
  const offset = mean(seen.map((row) => offsetOf(benchmark, profile, known, row)));
  task.mixture = {
    profile: offset === 0 || seen.length === 0 ? profile : mixture.shifted(profile, offset),
    votes: mixture.voteOfTask(
      profile,
      seen.map((row) => benchmark.vectors[row]),
    ),
    labels: labelled.map((i) => benchmark.outcomes[rows[i]]),
  };
  const everyone = range(benchmark.models.length).filter((m) => isKnown(task.meanElsewhere[m]));
  const { correctness } = mixture.expect(task.mixture.profile, task.mixture.votes, task.mixture.labels, everyone);
  task.signalbox = ofModels((m) => correctness[m] ?? Number.NaN);
  task.best_single = task.meanElsewhere;
  task.oracle = task.accuracy;
  const { accuracy, predictorAccuracy, u, p, meanElsewhere } = task;
  return {
    ...{ scored: scored.length, readable: task.readable, accuracy, predictorAccuracy, u, p, meanElsewhere },
    scores: Object.fromEntries(Object.keys(CHOICES).map((policy) => [policy, task[policy]])),
    decisions: pools.map((pool) => decide(benchmark, task, pool)),
  };
}

/**
 * Evaluates a task held out of everything; with labels ({ count } or { alpha }, repeats, seed) also a list of draws.
 */
export function heldOutTask(benchmark, task, { pools, labels }) {
  const rows = range(benchmark.tasks.length).filter((row) => benchmark.tasks[row] === task);
  const { known, duplicates } = leaveOut(benchmark, rows);
  const pairs = trainingPairs(benchmark, known, task);
  const out = { task, rows: rows.length, duplicatesDropped: duplicates };
  Object.assign(out, evaluate(benchmark, task, rows, known, pairs, [], pools));
  if (labels !== undefined) {
    const random = randomOfTask(labels.seed, task);
    const wanted = labels.count ?? Math.min(50, Math.floor(labels.alpha * rows.length));
    out.draws = range(labels.repeats).map(() => {
      const labelled = draw(random, rows.length, Math.min(wanted, rows.length - 1));
      return { labelled, ...evaluate(benchmark, task, rows, known, pairs, labelled, pools) };
    });
  }
  return out;
}

/**
 * Returns the groups of held-out rows and their known rows: held out by 'task', or a seeded share of every task at
 * once.
 */
export function heldOutGroups(benchmark, heldOut) {
  const tasks = tasksOf(benchmark);
  const rowsOf = (task) => range(benchmark.tasks.length).filter((row) => benchmark.tasks[row] === task);
  const drawn = (rows, task) =>
    draw(randomOfTask(heldOut.seed, task), rows.length, Math.max(1, Math.floor(heldOut.share * rows.length)));
  const groups =
    heldOut === 'task' ? tasks.map(rowsOf) : [tasks.flatMap((t) => drawn(rowsOf(t), t).map((i) => rowsOf(t)[i]))];
  return groups.map((rows, i) => ({
    rows,
    ...leaveOut(benchmark, rows),
    task: heldOut === 'task' ? tasks[i] : undefined,
  }));
}

export { argmax, isKnown, isZero, mean, meanDistance, meansOverTasks, nearest, poolMeans, predict, sum };
