/**
 * Tells the kinds of everyday work apart. The shipped index votes by the cosine to the unit mean of a kind's rows
 * (models/index/spec.mjs). Here tokens may add to this vote: each has a weight per kind, trained on the rows.
 */
import { fit, logitsOf, softmaxInPlace } from './softmax.mjs';

/** Logits per cosine: the norm of a kind's centroid over the temperature of the vote, as in the default index. */
export const LOGITS_PER_COSINE = 20;
/** Logits per cosine beside tokens, and factor of a token's value, against a penalty of 1. Chosen with measure.mjs. */
const LOGITS_BESIDE_TOKENS = 15;
const TOKEN_SCALE = 0.8;
/** Rows that a token must be in. */
const LEAST_ROWS = 2;

/** Numbers the tokens of rows, and returns each one's place and value: rare tokens say more. */
function vocabularyOf(rows) {
  const counts = new Map();
  for (const { tokens } of rows) for (const token of new Set(tokens)) counts.set(token, (counts.get(token) ?? 0) + 1);
  const kept = [...counts].filter(([, count]) => count >= LEAST_ROWS).sort(([a], [b]) => a - b);
  return new Map(
    kept.map(([token, count], i) => [token, [i, TOKEN_SCALE * (Math.log((1 + rows.length) / (1 + count)) + 1)]]),
  );
}

/** Returns the places and values of a row's tokens. */
function featuresOf(tokens, vocabulary) {
  const distinct = new Set(tokens);
  const out = [];
  for (const token of distinct) {
    const known = vocabulary.get(token);
    if (known !== undefined) out.push(known[0], known[1] / Math.sqrt(distinct.size));
  }
  return out;
}

/** Returns the sums [kinds, dim] of the vectors of each kind's rows. */
function sumsOf(rows, kinds) {
  const { length: dim } = rows[0].vector;
  const sums = Array.from({ length: kinds }, () => new Float64Array(dim));
  for (const { vector, label } of rows) for (let i = 0; i < dim; ++i) sums[label][i] += vector[i];
  return sums;
}

/** Returns the logits of a vector. `own`: the kind of a row that is part of its sum, which then leaves it out. */
function votesOf(vector, sums, factor, own) {
  return Float64Array.from(sums, (sum, k) => {
    const left = k === own ? sum.map((x, i) => x - vector[i]) : sum;
    let product = 0;
    let square = 0;
    for (let i = 0; i < vector.length; ++i) {
      product += left[i] * vector[i];
      square += left[i] * left[i];
    }
    return square > 0 ? (factor * product) / Math.sqrt(square) : 0;
  });
}

/**
 * Trains on rows with their `vector`, `label` (the number of the kind) and `tokens`. Returns a function from a row to the
 * probabilities of the kinds: with `useTokens: false` by the vectors alone, with `logitsPerCosine`.
 */
export function train(rows, kinds, { useTokens = true, logitsPerCosine = LOGITS_PER_COSINE } = {}) {
  const sums = sumsOf(rows, kinds);
  const vocabulary = useTokens ? vocabularyOf(rows) : new Map();
  const factor = useTokens ? LOGITS_BESIDE_TOKENS : logitsPerCosine;
  const exampleOf = ({ vector, tokens }, label) => ({
    base: votesOf(vector, sums, factor, label),
    sparse: featuresOf(tokens, vocabulary),
    label,
  });
  const weights = useTokens
    ? fit(
        rows.map((row) => exampleOf(row, row.label)),
        vocabulary.size,
        kinds,
      )
    : new Float64Array(0);
  const tell = (row) => {
    const out = logitsOf(exampleOf(row), weights, kinds);
    softmaxInPlace(out);
    return out;
  };
  return { tell, vocabulary, weights };
}
