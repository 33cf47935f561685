// What the benchmark names as slower than in an earlier run.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { comparisonText, slower } from '../bench/compare.mjs';

const ratio = (low, median, high) => ({ low, median, high });
const run = (one, exactReads = 0.5) => ({
  synthetic: [{ rows: 10, dim: 8, type: 'int8', times: { wasm: { ratios: { one } } } }],
  shapes: [{ shape: 'uniform', rows: 10, dim: 8, type: 'int8', exactReads, fastReads: 0.2 }],
});
const namesOf = (found) => found.map(({ name }) => name);

it('names a ratio whose quartiles lie above those of before', () => {
  const before = run(ratio(1, 1.1, 1.2));
  assert.deepEqual(namesOf(slower(before, run(ratio(1.3, 1.4, 1.5)))), ['10 x 8 int8, wasm, one']);
  assert.deepEqual(slower(before, run(ratio(1.15, 1.4, 1.5))), [], 'the quartiles overlap');
  assert.deepEqual(slower(before, run(ratio(0.8, 0.9, 1))), [], 'it got faster');
  assert.deepEqual(slower(run(ratio(1, 1.1, 1.1)), run(ratio(1.12, 1.13, 1.14))), [], 'less than a twentieth');
});

it('names a count that grew, and ignores what only one run has', () => {
  const found = slower(run(ratio(1, 1, 1)), run(ratio(1, 1, 1), 0.6));
  assert.match(comparisonText(found), /uniform 10 x 8 int8, bytes read, exact: 0\.500 -> 0\.600/);
  assert.equal(comparisonText(slower({ synthetic: [] }, run(ratio(9, 9, 9)))), 'Nothing got slower beyond noise.');
});
