// Slow and obvious reference for MPNet: one sequence, one number at a time, all in float64.
//
// `weights` are named as in transformers, with matrices as [inputs, outputs]. `config` is { layers, hidden, heads,
// padId = 1 }. It uses nothing of the ONNX models' builder.

const EPSILON = 1e-5;
const FEWEST_EQUAL = 8;

const range = (n) => Array.from({ length: n }, (_, i) => i);
const sum = (values) => values.reduce((total, x) => total + x, 0);
const dot = (a, b) => sum(a.map((x, i) => x * b[i]));

/**
 * Returns exp(-x^2) * 2/sqrt(pi) * (x + 2 x^3 / 3 + 4 x^5 / 15 + ...): all terms have the sign of x, so they cannot cancel.
 */
export function erf(x) {
  if (Math.abs(x) > 6) return Math.sign(x);
  let [term, total] = [x, x];
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(total); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    total += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total;
}

export const gelu = (x) => (x / 2) * (1 + erf(x / Math.SQRT2));

function softmax(scores) {
  const largest = scores.reduce((a, b) => Math.max(a, b));
  const powers = scores.map((score) => Math.exp(score - largest));
  const total = sum(powers);
  return powers.map((power) => power / total);
}

/**
 * Returns the row of the table of relative biases for a token at `context` that attends to `memory`. Buckets 0 to 15
 * are for tokens before (or at) it, 16 to 31 for tokens after it. Each distance below 8 has its own bucket; the other
 * eight buckets grow by a factor of the square root of 2: n >= 8 * 2^(k/2) means n^2 >= 64 * 2^k.
 */
export function bucketOf(context, memory) {
  const side = memory > context ? 16 : 0;
  const n = Math.abs(memory - context);
  if (n < FEWEST_EQUAL) return side + n;
  let k = 0;
  while (k < 7 && n * n >= 64 * 2 ** (k + 1)) k++;
  return side + 8 + k;
}

/** Returns the positions: padId for padding, and consecutive numbers after it for the other tokens. */
function positionsOf(ids, padId) {
  let count = 0;
  return ids.map((id) => {
    if (id === padId) return padId;
    count++;
    return padId + count;
  });
}

class Reader {
  constructor(weights, config) {
    this.weights = weights;
    this.config = config;
  }

  tensor(name) {
    const values = this.weights[name];
    if (!values) throw new Error(`no weights ${name}`);
    return values;
  }

  row(name, index) {
    const { hidden } = this.config;
    const table = this.tensor(name);
    if (!(index >= 0 && (index + 1) * hidden <= table.length)) throw new Error(`${name} has no row ${index}`);
    return Array.from(table.subarray(index * hidden, (index + 1) * hidden));
  }

  norm(name, row) {
    const [gain, bias] = [this.tensor(`${name}.LayerNorm.weight`), this.tensor(`${name}.LayerNorm.bias`)];
    const mean = sum(row) / row.length;
    const variance = sum(row.map((x) => (x - mean) ** 2)) / row.length;
    return row.map((x, i) => ((x - mean) / Math.sqrt(variance + EPSILON)) * gain[i] + bias[i]);
  }

  dense(name, row) {
    const [matrix, bias] = [this.tensor(`${name}.weight`), this.tensor(`${name}.bias`)];
    const outputs = Float64Array.from(bias);
    for (let i = 0; i < row.length; i++) {
      for (let j = 0; j < outputs.length; j++) outputs[j] += row[i] * matrix[i * outputs.length + j];
    }
    return Array.from(outputs);
  }
}

function embeddingsOf(reader, ids, typeIds) {
  const positions = positionsOf(ids, reader.config.padId ?? 1);
  return ids.map((id, i) => {
    const rows = [
      reader.row('embeddings.word_embeddings.weight', id),
      reader.row('embeddings.position_embeddings.weight', positions[i]),
    ];
    if (typeIds) rows.push(reader.row('embeddings.token_type_embeddings.weight', typeIds[i]));
    const added = rows[0].map((_, j) => sum(rows.map((row) => row[j])));
    return reader.norm('embeddings', added);
  });
}

/** Returns the output of one head for the sequence: [token][hidden / heads]. */
function headOf(reader, head, q, k, v) {
  const { hidden, heads } = reader.config;
  const size = hidden / heads;
  const table = reader.tensor('encoder.relative_attention_bias.weight');
  const part = (row) => row.slice(head * size, (head + 1) * size);
  const [queries, keys, values] = [q.map(part), k.map(part), v.map(part)];
  return queries.map((query, i) => {
    const scores = keys.map((key, j) => dot(query, key) / Math.sqrt(size) + table[bucketOf(i, j) * heads + head]);
    const shares = softmax(scores);
    return range(size).map((c) => sum(shares.map((share, j) => share * values[j][c])));
  });
}

function attentionOf(reader, name, rows) {
  const [q, k, v] = ['q', 'k', 'v'].map((part) => rows.map((row) => reader.dense(`${name}.attn.${part}`, row)));
  const heads = range(reader.config.heads).map((head) => headOf(reader, head, q, k, v));
  return rows.map((row, i) => {
    const joined = heads.flatMap((head) => head[i]);
    const output = reader.dense(`${name}.attn.o`, joined);
    return reader.norm(
      name,
      row.map((x, j) => x + output[j]),
    );
  });
}

function layerOf(reader, name, rows) {
  return attentionOf(reader, `${name}.attention`, rows).map((row) => {
    const inner = reader.dense(`${name}.intermediate.dense`, row).map(gelu);
    const output = reader.dense(`${name}.output.dense`, inner);
    return reader.norm(
      `${name}.output`,
      row.map((x, j) => x + output[j]),
    );
  });
}

/** Returns the last hidden state of one sequence without padding: [token][hidden]. Type ids are 0 unless given. */
export function forward(weights, config, ids, { typeIds } = {}) {
  const reader = new Reader(weights, config);
  const hasTypes = 'embeddings.token_type_embeddings.weight' in weights;
  const types = hasTypes ? (typeIds ?? ids.map(() => 0)) : undefined;
  let rows = embeddingsOf(reader, Array.from(ids, Number), types);
  for (const i of range(config.layers)) rows = layerOf(reader, `encoder.layer.${i}`, rows);
  return rows;
}

/** Returns the unit vector of one sequence: the mean of all tokens ('mean') or the first one ('cls'). */
export function embed(weights, config, ids, { pooling = 'mean', typeIds } = {}) {
  const rows = forward(weights, config, ids, { typeIds });
  const pooled = pooling === 'cls' ? rows[0] : rows[0].map((_, j) => sum(rows.map((row) => row[j])) / rows.length);
  const norm = Math.sqrt(dot(pooled, pooled));
  return pooled.map((x) => x / norm);
}
