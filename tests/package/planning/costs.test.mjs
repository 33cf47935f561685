// Costs of answers: those of the file, from tokens and prices, or from prices and typical lengths.
import assert from 'node:assert/strict';
import test from 'node:test';
import { RowDetails } from '../../../dist/building/row-details.js';
import { costsOf, TYPICAL_ANSWER } from '../../../dist/planning/costs.js';

const PLACE = { file: 'a.csv', line: 1 };

/** Returns the costs of answers [rows][models], each of which has figures. */
function costs(answers, { prices = answers[0].map(() => undefined), promptTokens = answers.map(() => 100) } = {}) {
  const details = new RowDetails(1000);
  for (const [row, models] of answers.entries()) {
    for (const [model, figures] of models.entries()) details.takeFigures(row, model, figures, PLACE);
  }
  const models = answers[0].map((_, m) => m);
  const { usd, ...rest } = costsOf({ details, order: answers.map((_, row) => row), models, prices, promptTokens });
  return {
    usd: Array.from(usd, (cost) => (Number.isNaN(cost) ? null : Number(cost.toPrecision(6)))),
    details,
    ...rest,
  };
}

const PRICE = { in: 1, out: 10 };

test('takes the costs of the file, and leaves gaps', () => {
  const { usd, origins, free } = costs([
    [{ costUsd: 0.01 }, { costUsd: 0.002, tokensOut: 5 }],
    [{ costUsd: 0.03 }, {}],
  ]);
  assert.deepEqual(usd, [0.01, 0.002, 0.03, null]);
  assert.deepEqual(
    [origins, free],
    [
      ['file', 'file'],
      [false, false],
    ],
  );
});

test('multiplies tokens by prices, and fills gaps by the lengths of the model', () => {
  const { usd, origins } = costs(
    [
      [{ costUsd: 0.01 }, { tokensIn: 1000, tokensOut: 100 }],
      [{ costUsd: 0.01 }, { tokensOut: 300 }],
      [{ costUsd: 0.01 }, {}],
    ],
    { prices: [undefined, PRICE], promptTokens: [50, 60, Number.NaN] },
  );
  assert.deepEqual(origins, ['file', 'tokens']);
  assert.deepEqual([usd[1], usd[3], usd[5]], [0.002, 0.00306, 0.0022]);
});

test('falls back on typical lengths: of other models, or of answers in general', () => {
  const others = costs(
    [
      [{ tokensOut: 40 }, {}],
      [{ tokensOut: 60 }, {}],
    ],
    { prices: [PRICE, PRICE] },
  );
  assert.deepEqual(others.origins, ['tokens', 'prices']);
  assert.deepEqual([others.usd[1], others.usd[3]], [0.0005, 0.0007]);
  const none = costs([[{}, {}]], { prices: [PRICE, undefined] });
  assert.deepEqual(none.usd, [(100 + 10 * TYPICAL_ANSWER) / 1e6, null]);
  assert.deepEqual(none.origins, ['prices', 'unknown']);
});

test('costs of zero are costs, unless all are', () => {
  const some = costs([[{ costUsd: 0 }, { costUsd: 0.01 }]]);
  assert.deepEqual(
    [some.usd, some.free],
    [
      [0, 0.01],
      [true, false],
    ],
  );
  const all = costs([[{ costUsd: 0 }, { costUsd: 0 }]]);
  assert.deepEqual(
    [all.usd, all.origins],
    [
      [null, null],
      ['unknown', 'unknown'],
    ],
  );
  assert.ok(all.free.every(Boolean));
});

test('leaves out figures below zero and absurd ones, and counts them', () => {
  const { usd, details } = costs([
    [{ costUsd: -0.01 }, { costUsd: 0.01 }],
    [{ costUsd: 1e6 }, { costUsd: 0.01, tokensOut: -1 }],
    [{ costUsd: 0.02 }, { costUsd: 0.01 }],
  ]);
  assert.deepEqual([usd[0], usd[2], usd[4]], [null, null, 0.02]);
  assert.equal(details.oddFigures.count, 3);
  assert.equal(details.oddFigures.examples[0], 'a.csv, line 1: -0.01');
});

test('averages the figures of repeated answers', () => {
  const details = new RowDetails(10);
  for (const costUsd of [0.01, 0.02, 0.06]) details.takeFigures(0, 0, { costUsd }, PLACE);
  assert.ok(Math.abs(details.figure(0, 0, 'costUsd') - 0.03) < 1e-8);
  assert.ok(Number.isNaN(details.figure(1, 0, 'costUsd')));
  assert.ok(Number.isNaN(details.figure(0, 3, 'tokensIn')));
});

test('refuses more rows than the limit', () => {
  const details = new RowDetails(2);
  for (const row of [0, 1]) details.takeGroups(row, 0, { key: `${row}` });
  assert.throws(() => details.takeGroups(2, 0, { key: '2' }), {
    code: 'size_overflow',
    message: /more than 2 prompts/,
  });
});
