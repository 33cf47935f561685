// The predictor of a plan, as the lab fits it, compared with a slow implementation that is written line by line.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { loadLab } from '../../../dist/wasm/lab-module.js';
import { decodeFamilies, fitFamilies, forecast } from '../../reference/plan.mjs';
import { expectNothingOpen, randomFrom } from '../support/fixtures.mjs';

/** For float32 vectors, centroids and means. */
const TOLERANCE = 2e-5;

let lab;
before(async () => {
  lab = await loadLab();
});
expectNothingOpen();

/** Returns prompts of some kinds, in each of which another model is good, and every model has its price. */
function gradedPrompts({ seed, rows, dim = 6, models = 4, kinds = 3, missing = 0, graded = false, spread = 0.3 }) {
  const random = randomFrom(seed);
  const signed = () => 2 * random() - 1;
  const centres = Array.from({ length: kinds }, () => Array.from({ length: dim }, signed));
  const kindOf = Array.from({ length: rows }, () => Math.floor(kinds * random()));
  const vectors = kindOf.map((kind) => {
    const vector = centres[kind].map((x) => Math.fround(x + spread * signed()));
    const norm = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
    return vector.map((x) => Math.fround(x / norm));
  });
  const outcome = (kind, m) => {
    if (random() < missing) return Number.NaN;
    const chance = kind % models === m ? 0.9 : 0.4;
    return graded ? Math.fround(Math.min(chance, random())) : +(random() < chance);
  };
  return {
    vectors,
    outcomes: kindOf.map((kind) => Array.from({ length: models }, (_, m) => outcome(kind, m))),
    costs: kindOf.map(() => Array.from({ length: models }, (_, m) => Math.fround((m + 1) * random() * 0.001))),
    groups: vectors.map((_, row) => row),
    kindOf,
    seed,
  };
}

function fitInLab({ vectors, outcomes, costs, groups, labels, prior, seed }) {
  const [dim, models] = [vectors[0].length, outcomes[0].length];
  const { predictor, rowFamilies, kind } = lab.fitFamilies({
    spec: { dim, models, families: labels === undefined ? 0 : Math.max(...labels) + 1, seed },
    embeddings: Float32Array.from(vectors.flat()),
    outcomes: Float32Array.from(outcomes.flat()),
    costs: costs && Float32Array.from(costs.flat()),
    groups: Uint32Array.from(groups),
    families: labels && Uint16Array.from(labels),
    prior: prior && Float32Array.from(prior.flat()),
  });
  return { predictor: decodeFamilies(predictor, dim, models), rowFamilies: [...rowFamilies], kind };
}

/** Families may be numbered in another order, so that forecasts are compared. */
function expectSame(data) {
  const expected = fitFamilies(data);
  const { predictor, kind } = fitInLab(data);
  assert.deepEqual(
    {
      families: predictor.centroids.length,
      temperature: predictor.temperature,
      isLinear: predictor.weights !== undefined,
      isConstant: kind === 'constant',
    },
    {
      families: expected.centroids.length,
      temperature: expected.temperature,
      isLinear: expected.weights !== undefined,
      isConstant: expected.isConstant,
    },
  );
  for (const [row, vector] of data.vectors.entries()) {
    const [actual, wanted] = [forecast(predictor, vector), forecast(expected, vector)];
    for (const what of ['right', 'usd']) {
      for (const [m, value] of wanted[what].entries()) {
        assert.ok(
          Math.abs(actual[what][m] - value) <= TOLERANCE,
          `${what} of row ${row}, model ${m}: got ${actual[what][m]}, the reference has ${value}`,
        );
      }
    }
  }
  return expected;
}

describe('the lab fits what the reference fits', () => {
  it('with families that are found', () => {
    const expected = expectSame(gradedPrompts({ seed: 1, rows: 120 }));
    assert.ok(expected.centroids.length > 1, 'several kinds are told apart');
  });
  it('with a linear part', () => {
    // The outcome follows the first dimension, not a kind.
    const data = gradedPrompts({ seed: 2, rows: 200, kinds: 1, spread: 2 });
    data.outcomes = data.vectors.map(([x], i) => [+(x > 0), +(x <= 0), i % 2, 1 - (i % 2)]);
    const expected = expectSame(data);
    assert.notEqual(expected.weights, undefined);
  });
  it('with nothing to tell the models apart', () => {
    const data = gradedPrompts({ seed: 3, rows: 90 });
    data.outcomes = data.vectors.map((_, i) => [1, 1, 1, 1].map((one, m) => (m === 0 || i % 7 > m ? one : 0)));
    const expected = expectSame(data);
    assert.equal(expected.isConstant, true);
  });
  it('with missing and graded outcomes', () => {
    expectSame(gradedPrompts({ seed: 4, rows: 150, missing: 0.3, graded: true }));
  });
  it('with groups that share a fold', () => {
    const data = gradedPrompts({ seed: 5, rows: 120 });
    data.groups = data.groups.map((row) => Math.floor(row / 4));
    expectSame(data);
  });
  it('with families that are given', () => {
    const { kindOf, ...data } = gradedPrompts({ seed: 6, rows: 120, kinds: 5, missing: 0.1 });
    const expected = expectSame({ ...data, labels: kindOf });
    assert.equal(expected.centroids.length, 5);
  });
  it('with a prior that knows some models on some rows', () => {
    const { kindOf, ...data } = gradedPrompts({ seed: 11, rows: 60 });
    const known = (row, m) => row % 3 > 0 && m !== 1;
    const prior = kindOf.map((kind, row) =>
      data.outcomes[row].map((_, m) => (known(row, m) ? Math.fround(kind % 4 === m ? 0.95 : 0.3) : Number.NaN)),
    );
    const expected = expectSame({ ...data, prior });
    const without = fitFamilies(data);
    assert.notDeepEqual(expected.right, without.right, 'the prior moves the means');
  });
  it('without costs', () => {
    const { costs: _, ...data } = gradedPrompts({ seed: 7, rows: 60 });
    const { predictor } = fitInLab(data);
    assert.ok(predictor.usd.flat().every((usd) => usd === -1));
    expectSame(data);
  });
});

it('fits the same again, and something else with another seed', () => {
  const data = gradedPrompts({ seed: 8, rows: 150, kinds: 6, spread: 0.8 });
  assert.deepEqual(fitInLab(data), fitInLab(data));
  assert.notDeepEqual(fitInLab(data).predictor, fitInLab({ ...data, seed: 9 }).predictor);
});

it('gives each row the family that it belongs to most, or its own', () => {
  const { kindOf, ...data } = gradedPrompts({ seed: 10, rows: 120 });
  assert.deepEqual(fitInLab({ ...data, labels: kindOf }).rowFamilies, kindOf);
  const { predictor, rowFamilies } = fitInLab(data);
  for (const [row, vector] of data.vectors.entries()) {
    const cosines = predictor.centroids.map((centroid) => centroid.reduce((sum, x, i) => sum + x * vector[i], 0));
    assert.equal(rowFamilies[row], cosines.indexOf(Math.max(...cosines)));
  }
});
