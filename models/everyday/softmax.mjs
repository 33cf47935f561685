/**
 * Multinomial logistic regression on sparse features over fixed logits, with an L2 penalty, fitted by L-BFGS. No
 * randomness: the same input gives the same weights. An example has `base`, the logits that features add to, one per
 * class and more for classes without weights; `sparse`, features and their values in turn; and `label`, its class.
 */

const HISTORY = 10;
const LARGEST_GRADIENT = 1e-3;

function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; ++i) sum += a[i] * b[i];
  return sum;
}

/** Returns the logits of an example. Weights are features x classes. */
export function logitsOf({ base, sparse }, weights, classes) {
  const out = Float64Array.from(base);
  for (let i = 0; i < sparse.length; i += 2) {
    const at = sparse[i] * classes;
    for (let k = 0; k < classes; ++k) out[k] += sparse[i + 1] * weights[at + k];
  }
  return out;
}

/** Replaces logits by probabilities and returns the logarithm of the sum of their exponentials. */
export function softmaxInPlace(logits) {
  let most = -Infinity;
  for (const value of logits) most = Math.max(most, value);
  let sum = 0;
  for (let k = 0; k < logits.length; ++k) {
    logits[k] = Math.exp(logits[k] - most);
    sum += logits[k];
  }
  for (let k = 0; k < logits.length; ++k) logits[k] /= sum;
  return most + Math.log(sum);
}

/** Returns the penalised loss, and writes its gradient. */
function lossOf(weights, gradient, examples, classes) {
  let loss = dot(weights, weights) / 2;
  gradient.set(weights);
  for (const example of examples) {
    const p = logitsOf(example, weights, classes);
    const own = p[example.label];
    loss += softmaxInPlace(p) - own;
    p[example.label] -= 1;
    for (let i = 0; i < example.sparse.length; i += 2) {
      const at = example.sparse[i] * classes;
      for (let k = 0; k < classes; ++k) gradient[at + k] += example.sparse[i + 1] * p[k];
    }
  }
  return loss;
}

/** Returns the L-BFGS direction for a gradient. */
function directionOf(gradient, history) {
  const direction = gradient.map((value) => -value);
  const alphas = [];
  for (const { step, change, rho } of history.toReversed()) {
    const alpha = rho * dot(step, direction);
    alphas.push(alpha);
    for (let i = 0; i < direction.length; ++i) direction[i] -= alpha * change[i];
  }
  const last = history.at(-1);
  if (last !== undefined) {
    const scale = 1 / (last.rho * dot(last.change, last.change));
    for (let i = 0; i < direction.length; ++i) direction[i] *= scale;
  }
  for (const { step, change, rho } of history) {
    const beta = alphas.pop() - rho * dot(change, direction);
    for (let i = 0; i < direction.length; ++i) direction[i] += beta * step[i];
  }
  return direction;
}

/** Returns the weights of the regression. */
export function fit(examples, features, classes, { iterations = 60 } = {}) {
  let weights = new Float64Array(features * classes);
  let gradient = new Float64Array(weights.length);
  let loss = lossOf(weights, gradient, examples, classes);
  const history = [];
  for (let round = 0; round < iterations; ++round) {
    const direction = directionOf(gradient, history);
    const slope = dot(direction, gradient);
    let size = history.length === 0 ? 1 / Math.sqrt(dot(gradient, gradient)) : 1;
    let next;
    const nextGradient = new Float64Array(weights.length);
    for (let halvings = 0; halvings < 30; ++halvings, size /= 2) {
      const moved = weights.map((value, i) => value + size * direction[i]);
      const nextLoss = lossOf(moved, nextGradient, examples, classes);
      if (nextLoss <= loss + 1e-4 * size * slope) {
        next = { moved, nextLoss };
        break;
      }
    }
    if (next === undefined) break;
    const step = next.moved.map((value, i) => value - weights[i]);
    const change = nextGradient.map((value, i) => value - gradient[i]);
    const curvature = dot(step, change);
    if (curvature > 0) history.push({ step, change, rho: 1 / curvature });
    if (history.length > HISTORY) history.shift();
    weights = next.moved;
    gradient = nextGradient;
    loss = next.nextLoss;
    if (gradient.every((value) => Math.abs(value) < LARGEST_GRADIENT)) break;
  }
  return weights;
}
