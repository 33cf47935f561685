/**
 * Quality of sentence vectors on three kinds of sets, each a gzipped TSV whose name begins with its kind:
 * `cls-*` (split, label, text): accuracy of the 10 nearest neighbours, votes weighted by similarity, first 2,000 tests;
 * `sts-*` (score, a, b): Spearman correlation of the cosine with the score;
 * `ret-*` (a, b): share of rows whose own b is the nearest of all b.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { encode } from './tokenizer.mjs';

const MAX_TOKENS = 384;
const MAX_TESTS = 2000;
const NEIGHBOURS = 10;
const BLOCK = 64;

function readTsv(file) {
  return gunzipSync(readFileSync(file))
    .toString('utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
}

/** Reads the sets of a folder and tokenises their texts once. */
export function readSets(folder, tokenizer) {
  const tokens = (text) => encode(tokenizer, text).slice(0, MAX_TOKENS);
  const names = readdirSync(folder)
    .filter((name) => /^(cls|sts|ret)-.*\.tsv\.gz$/.test(name))
    .sort();
  return names.map((name) => {
    const rows = readTsv(join(folder, name));
    const set = { name: name.slice(0, -'.tsv.gz'.length), kind: name.slice(0, 3) };
    if (set.kind === 'cls') {
      const part = (split) =>
        rows.filter((row) => row[0] === split).map(([, label, text]) => ({ label, tokens: tokens(text) }));
      return { ...set, train: part('train'), test: part('test').slice(0, MAX_TESTS) };
    }
    const [a, b] = set.kind === 'sts' ? [1, 2] : [0, 1];
    const sides = { a: rows.map((row) => tokens(row[a])), b: rows.map((row) => tokens(row[b])) };
    return { ...set, ...sides, scores: set.kind === 'sts' ? rows.map((row) => Number(row[0])) : [] };
  });
}

/** Returns the unit vectors of token lists, one after another. */
function embed({ dim, values }, texts) {
  const out = new Float32Array(texts.length * dim);
  texts.forEach((tokens, text) => {
    const vector = out.subarray(text * dim, (text + 1) * dim);
    for (const token of tokens) {
      const at = token * dim;
      for (let i = 0; i < dim; ++i) vector[i] += values[at + i];
    }
    let squares = 0;
    for (const x of vector) squares += x * x;
    const inverse = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    for (let i = 0; i < dim; ++i) vector[i] *= inverse;
  });
  return out;
}

function dot(x, y, dim) {
  let sum = 0;
  for (let i = 0; i < dim; ++i) sum += x[i] * y[i];
  return sum;
}

/** Calls `visit` with (row of a, its similarities to all rows of b), in blocks so that b is read from the cache. */
function eachRow(a, b, dim, visit) {
  const [rows, columns] = [a.length / dim, b.length / dim];
  const block = Array.from({ length: BLOCK }, () => new Float32Array(columns));
  for (let from = 0; from < rows; from += BLOCK) {
    const to = Math.min(rows, from + BLOCK);
    for (let j = 0; j < columns; ++j) {
      const y = b.subarray(j * dim, (j + 1) * dim);
      for (let i = from; i < to; ++i) block[i - from][j] = dot(a.subarray(i * dim, (i + 1) * dim), y, dim);
    }
    for (let i = from; i < to; ++i) visit(i, block[i - from]);
  }
}

function nearest(similarities, k) {
  const best = [];
  for (let j = 0; j < similarities.length; ++j) {
    if (best.length === k && similarities[j] <= similarities[best[k - 1]]) continue;
    let at = Math.min(best.length, k - 1);
    while (at > 0 && similarities[best[at - 1]] < similarities[j]) {
      best[at] = best[at - 1];
      --at;
    }
    best[at] = j;
  }
  return best;
}

function classification(table, { train, test }) {
  const known = embed(
    table,
    train.map(({ tokens }) => tokens),
  );
  const asked = embed(
    table,
    test.map(({ tokens }) => tokens),
  );
  let right = 0;
  eachRow(asked, known, table.dim, (i, similarities) => {
    const votes = new Map();
    for (const j of nearest(similarities, NEIGHBOURS)) {
      votes.set(train[j].label, (votes.get(train[j].label) ?? 0) + Math.max(0, similarities[j]) + 1e-6);
    }
    const [winner] = [...votes].reduce((x, y) => (y[1] > x[1] ? y : x));
    if (winner === test[i].label) ++right;
  });
  return right / test.length;
}

/** Returns the ranks of values; ties share their mean rank. */
function ranks(values) {
  const order = [...values.keys()].sort((i, j) => values[i] - values[j]);
  const out = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && values[order[to]] === values[order[from]]) ++to;
    for (let i = from; i < to; ++i) out[order[i]] = (from + to - 1) / 2;
    from = to;
  }
  return out;
}

function correlation(x, y) {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(x), mean(y)];
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < x.length; ++i) {
    xy += (x[i] - meanX) * (y[i] - meanY);
    xx += (x[i] - meanX) ** 2;
    yy += (y[i] - meanY) ** 2;
  }
  return xy / Math.sqrt(xx * yy);
}

function similarity(table, { a, b, scores }) {
  const [left, right] = [embed(table, a), embed(table, b)];
  const { dim } = table;
  const cosines = scores.map((_, i) =>
    dot(left.subarray(i * dim, (i + 1) * dim), right.subarray(i * dim, (i + 1) * dim), dim),
  );
  return correlation(ranks(cosines), ranks(scores));
}

function retrieval(table, { a, b }) {
  let right = 0;
  eachRow(embed(table, a), embed(table, b), table.dim, (i, similarities) => {
    if (nearest(similarities, 1)[0] === i) ++right;
  });
  return right / a.length;
}

const MEASURES = { cls: classification, sts: similarity, ret: retrieval };

/** Returns { set: value } and the mean of each kind, for a table of token vectors. */
export function measure(table, sets) {
  const values = Object.fromEntries(sets.map((set) => [set.name, MEASURES[set.kind](table, set)]));
  const means = Object.keys(MEASURES).map((kind) => {
    const ofKind = sets.filter((set) => set.kind === kind).map(({ name }) => values[name]);
    return [kind, ofKind.reduce((sum, value) => sum + value, 0) / ofKind.length];
  });
  return { values, means: Object.fromEntries(means) };
}
