// Promises of `maxLoss`: made by rows apart, kept by the index that ships, said in the words of their kind.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { plan, planSentences } from '../../../dist/build.js';
import { Router, StaticEmbedder } from '../../../dist/index.js';
import { expectNothingOpen } from '../support/fixtures.mjs';
import { schemaFaults } from '../support/json-schema.mjs';
import { cellsOf, fileOf, gradedRows } from './graded.mjs';

let embedder;
before(async () => {
  embedder = await StaticEmbedder.load();
});
after(() => embedder.dispose());
expectNothingOpen();

const ROWS = gradedRows({ rows: 600 });
const idOf = (i) => `row ${i}`;
const planned = (rows, options = {}) =>
  plan([fileOf(cellsOf(rows, { more: (_, i) => ({ id: idOf(i) }) }))], { embedder, index: false, ...options });

describe('a promise', () => {
  let made;
  before(async () => {
    made = await planned(ROWS, { maxLoss: { points: 8 } });
  });

  it('is made by seven of ten rows, which the rule has not seen', () => {
    const { promise, rows, target, proposed, families } = made.plan;
    assert.equal(promise.made, true);
    assert.deepEqual([promise.kind, promise.points, promise.delta, promise.tolerance], ['net', 8, 0.05, 0]);
    assert.equal(promise.ruleRows + rows, 600);
    assert.ok(Math.abs(rows - 420) <= 5, String(rows));
    assert.deepEqual(target, { kind: 'max-loss', value: 8, reached: true });
    assert.ok(promise.loss < promise.bound && promise.bound <= 8, JSON.stringify(promise));
    assert.ok(Math.abs(proposed.points.value + promise.loss) < 0.2, JSON.stringify(promise));
    assert.ok(proposed.saved.value > 0.1, JSON.stringify(proposed.saved));
    assert.equal(
      families.reduce((sum, family) => sum + family.rows, 0),
      rows,
    );
  });

  it('is about the index that ships, to the row', async () => {
    const router = await Router.load({ index: made.index, embedder });
    try {
      assert.equal(router.info.rows, made.plan.promise.ruleRows);
      const { ids } = await router.samples();
      const tested = ROWS.filter((_, i) => !ids.includes(idOf(i)));
      assert.equal(tested.length, made.plan.rows);
      const decisions = await router.routeMany(tested.map(({ prompt }) => prompt));
      for (const { model, share } of made.plan.proposed.picks) {
        const picked = decisions.filter((decision) => decision.model === model);
        assert.equal(picked.length, Math.round(share * made.plan.rows), model);
      }
      const right = tested.filter((row, i) => row.outcomes[decisions[i].model] === 1).length;
      assert.ok(Math.abs(right / tested.length - made.plan.proposed.right.value) < 1e-6);
    } finally {
      router.dispose();
    }
  });

  it('has the documented form', () => {
    const schema = JSON.parse(readFileSync(new URL('../../../docs/plan.schema.json', import.meta.url), 'utf8'));
    assert.deepEqual(schemaFaults(schema, made.plan), []);
  });

  it('says what it promises, of which kind, and what it does not', () => {
    const { headline, why, risk } = planSentences(made.plan);
    assert.match(headline, /^Promised with 95% confidence: at most 8\.0 points fewer right than large alone\. Send /);
    assert.match(why.join(' '), /made from 1[78]\d of the 600 prompts, drawn by lot, and tested on 4[12]\d others/);
    assert.match(why.join(' '), /up to the first that failed: \d+ passed/);
    assert.match(risk.join(' '), /false with a chance of at most 5%.*about the mean/);
  });
});

describe('a promise that cannot be made', () => {
  it('keeps the baseline, and says what could be promised', async () => {
    const { plan: kept, index } = await planned(ROWS.slice(0, 120), { maxLoss: { points: 2, kind: 'worse' } });
    assert.equal(kept.promise.made, false);
    assert.equal(kept.target.reached, false);
    assert.ok(kept.promise.smallest > 2, String(kept.promise.smallest));
    assert.deepEqual(kept.proposed.picks, [{ model: 'large', share: 1 }]);
    const { headline, risk } = planSentences(kept);
    assert.match(
      headline,
      /^Cannot promise at most 2% of the answers worse than large alone with 120 prompts\. Send everything to large/,
    );
    assert.match(
      risk.join(' '),
      /smallest loss that these prompts can promise for the safest setting is \d+% of the answers worse/,
    );
    assert.match(risk.join(' '), /(About [\d,]+ prompts would promise it|No number of prompts would do)/);
    const router = await Router.load({ index, embedder });
    try {
      for (const { model } of await router.routeMany(ROWS.slice(0, 20).map(({ prompt }) => prompt))) {
        assert.equal(model, 'large');
      }
    } finally {
      router.dispose();
    }
  });

  it('needs rows to make a rule from', async () => {
    await assert.rejects(planned(ROWS.slice(0, 60), { maxLoss: { points: 5 } }), {
      code: 'invalid_argument',
      message: /got 1\d graded prompts to make the rule from, three of ten, expected at least 30/,
    });
  });
});

describe('maxLoss', () => {
  const refused = (maxLoss, message) =>
    assert.rejects(planned(ROWS, { maxLoss }), { code: 'invalid_argument', message });

  it('is checked before anything is read', async () => {
    await refused({ points: -1 }, /points.*expected percentage points/);
    await refused({ points: 100 }, /points/);
    await refused({ points: 1, delta: 0 }, /delta.*chance/);
    await refused({ points: 1, kind: 'both' }, /kind.*'net' or 'worse'/);
    await refused({ points: 1, tolerance: 2 }, /tolerance/);
    await refused({ points: 1, confidence: 0.95 }, /confidence/);
    await refused({}, /points/);
    await assert.rejects(planned(ROWS, { maxLoss: { points: 1 }, atMost: 1 }), /atMost and maxLoss/);
  });

  it('depends on the seed, and on nothing else', async () => {
    const [one, same, other] = await Promise.all(
      [1, 1, 2].map((seed) => planned(ROWS.slice(0, 300), { maxLoss: { points: 8 }, seed })),
    );
    assert.deepEqual(same.plan, one.plan);
    assert.deepEqual(same.index, one.index);
    assert.notDeepEqual(other.plan.promise, one.plan.promise);
  });
});
