// The everyday prompts, and the training of what tells their kinds apart.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fit, logitsOf } from '../../../models/everyday/softmax.mjs';
import { train } from '../../../models/everyday/train.mjs';

const FOLDER = new URL('../../../models/everyday/', import.meta.url);
const HANDS = readdirSync(FOLDER).filter((name) => name.endsWith('.jsonl'));
const rowsOf = (name) =>
  readFileSync(new URL(name, FOLDER), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
const levels = JSON.parse(readFileSync(new URL('levels-first.json', FOLDER), 'utf8'));
const kinds = JSON.parse(readFileSync(new URL('../index/kinds.json', FOLDER), 'utf8')).map(({ name }) => name);

describe('the everyday prompts', () => {
  it('have known kinds, levels from 1 to 5, and differ', () => {
    const ids = new Set();
    for (const name of HANDS) {
      const prompts = new Set();
      for (const { id, kind, prompt, level = levels[id] } of rowsOf(name)) {
        assert.ok(kinds.includes(kind), `${id}: ${kind}`);
        assert.ok([1, 2, 3, 4, 5].includes(level), `${id}: ${level}`);
        assert.ok(prompt.trim() !== '' && !prompts.has(prompt), `${id}: ${prompt}`);
        assert.ok(!ids.has(id), id);
        prompts.add(prompt);
        ids.add(id);
      }
    }
  });

  it('have every kind in every whole hand', () => {
    for (const name of ['first', 'second', 'third', 'fourth']) {
      assert.equal(new Set(rowsOf(`${name}.jsonl`).map(({ kind }) => kind)).size, kinds.length, name);
    }
  });
});

/** Returns rows around a direction per kind, alternately on both sides of it, with a token of their own each. */
function rowsAround(angles, each) {
  return angles.flatMap((angle, label) =>
    Array.from({ length: each }, (_, i) => {
      const turned = angle + 0.1 * (i % 2 === 0 ? 1 : -1);
      return { vector: [Math.cos(turned), Math.sin(turned)], label, tokens: [1000 * label + i] };
    }),
  );
}

describe('what tells kinds apart', () => {
  it('fits the minimum of the penalised loss', () => {
    const examples = [0, 1].map((label) => ({ base: [0, 0], sparse: [label, 1], label }));
    const weights = fit(examples, 2, 2);
    // At the minimum each weight is the probability of an error, w = 1 / (1 + exp(2 w)).
    for (const [i, weight] of weights.entries()) {
      const size = i === 0 || i === 3 ? weight : -weight;
      assert.ok(Math.abs(size - 1 / (1 + Math.exp(2 * size))) < 1e-3, `${weights}`);
    }
  });

  it('leaves the base alone where no feature helps', () => {
    const base = [2, 0, 1];
    const examples = [0, 1, 2].map((label) => ({
      base: base.map((x, k) => (k === label ? x + 9 : x)),
      sparse: [],
      label,
    }));
    assert.deepEqual([...logitsOf(examples[0], fit(examples, 1, 3), 3)], [11, 0, 1]);
  });

  it('votes by the cosine to the mean of the rows, without the row itself in training', () => {
    const rows = rowsAround([0, 2, 4], 40);
    const { tell } = train(rows, 3, { useTokens: false });
    const logits = [0, 2, 4].map((angle) => 20 * Math.cos(1 - angle));
    const sum = logits.reduce((total, x) => total + Math.exp(x), 0);
    const told = tell({ vector: [Math.cos(1), Math.sin(1)], tokens: [] });
    for (const [k, logit] of logits.entries()) assert.ok(Math.abs(told[k] - Math.exp(logit) / sum) < 1e-9, `${told}`);
  });

  it('learns from tokens what vectors do not say', () => {
    const same = rowsAround([0, 0], 40).map((row, i) => ({ ...row, tokens: [7, row.label, 100 + i] }));
    const { tell, vocabulary } = train(same, 2);
    assert.deepEqual([...vocabulary.keys()], [0, 1, 7]);
    for (const row of same) assert.ok(tell(row)[row.label] > 0.8, `${tell(row)}`);
    const [first] = tell({ ...same[0], tokens: [7, 999] });
    assert.ok(Math.abs(first - 0.5) < 0.01, `${first}`);
  });

  it('gives the same weights again', () => {
    const rows = rowsAround([0, 2], 10).map((row, i) => ({ ...row, tokens: [i % 3, row.label + 5] }));
    assert.deepEqual(train(rows, 2).weights, train(rows, 2).weights);
  });
});
