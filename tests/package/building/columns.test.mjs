// Columns of outcomes: the values that were set, and memory for little more than these.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FloatColumn } from '../../../dist/building/columns.js';
import { withSeed } from '../support/fixtures.mjs';

describe('a column of outcomes', () => {
  it('holds what was set, as float32, in any order', () =>
    withSeed(5, (random) => {
      const column = new FloatColumn(Number.NaN);
      const expected = new Map();
      for (let i = 0; i < 20_000; ++i) {
        const row = Math.floor(random() * (i % 2 === 0 ? 3000 : 5_000_000));
        const value = random();
        column.set(row, value);
        expected.set(row, Math.fround(value));
      }
      for (const [row, value] of expected) assert.equal(column.get(row), value);
      for (let row = 0; row < 10_000; ++row) {
        if (!expected.has(row)) assert.ok(Number.isNaN(column.get(row)));
      }
    }));

  it('has no memory for pages of rows without values', () => {
    const far = new FloatColumn(0);
    for (let row = 0; row < 1e9; row += 1e7) far.set(row, 1);
    assert.equal(far.held, 100);
    const dense = new FloatColumn(0);
    for (let row = 0; row < 5000; ++row) dense.set(row, row % 2);
    for (let row = 0; row < 5000; ++row) dense.set(row, 1);
    assert.ok(dense.held >= 5000 && dense.held < 6200, `${dense.held}`);
  });
});
