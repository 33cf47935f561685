// Rows that estimates keep together: copies, named groups, near-duplicates; and what must not be kept together.
import assert from 'node:assert/strict';
import test from 'node:test';
import { RowDetails } from '../../../dist/building/row-details.js';
import { groupRows, nearDuplicates, plainHash } from '../../../dist/planning/row-groups.js';
import { randomFrom, randomVectors } from '../support/fixtures.mjs';

const DIM = 32;

/** Returns details of rows with these groups. */
function detailsOf(groups) {
  const details = new RowDetails(1000);
  for (const [row, names] of groups.entries()) details.takeGroups(row, 0, { key: `row ${row}`, groups: names });
  return details;
}

const group = (groups, hashes = groups.map((_, row) => `h${row}`), near = []) =>
  groupRows(Uint32Array.from(groups.keys()), detailsOf(groups), hashes, near);

/** Returns random unit vectors, then for each of `copies` the vector with this number, turned by a small angle. */
function vectorsWith(count, copies, angle) {
  const random = randomFrom(3);
  const flat = randomVectors(random, count + copies.length, DIM);
  const rowOf = (row) => flat.subarray(row * DIM, (row + 1) * DIM);
  const toUnit = (vector) => {
    const norm = Math.hypot(...vector);
    for (let i = 0; i < DIM; ++i) vector[i] /= norm;
  };
  for (let row = 0; row < count + copies.length; ++row) toUnit(rowOf(row));
  for (const [i, of] of copies.entries()) {
    const [to, from] = [rowOf(count + i), rowOf(of)];
    let along = 0;
    for (let k = 0; k < DIM; ++k) along += to[k] * from[k];
    const side = Float64Array.from(to, (x, k) => x - along * from[k]);
    toUnit(side);
    for (let k = 0; k < DIM; ++k) to[k] = Math.cos(angle) * from[k] + Math.sin(angle) * side[k];
  }
  return flat;
}

test('takes prompts that differ in case, width and white space for one', () => {
  assert.equal(plainHash('  Hello\n\tWorld '), plainHash('hello world'));
  assert.equal(plainHash('ＡＢＣ 1'), plainHash('abc 1'));
  assert.notEqual(plainHash('order 17'), plainHash('order 18'));
});

test('keeps copies and named groups together, also across several names', () => {
  const { groupOf, count, shared } = group(
    [['c\0one'], [], ['c\0one', 't\0a'], ['t\0a'], [], ['c\0two']],
    ['x', 'y', 'z', 'w', 'y', ''],
  );
  assert.deepEqual([...groupOf], [0, 1, 0, 0, 1, 2]);
  assert.deepEqual([count, shared], [3, 5]);
});

test('takes groups of different columns with one value for different', () => {
  assert.equal(group([['conversation\0 1'], ['template\0 1']]).count, 2);
});

test('rows without a prompt are not copies of one another', () => {
  assert.equal(group([[], [], []], ['', '', '']).count, 3);
});

test('finds near-duplicates among many rows, and only those', async () => {
  const copies = [5, 900, 0];
  const near = await nearDuplicates(vectorsWith(1500, copies, 0.1), DIM, async () => undefined);
  assert.deepEqual(
    near,
    copies.map((of, i) => [1500 + i, of]),
  );
  const far = await nearDuplicates(vectorsWith(1500, copies, 0.2), DIM, async () => undefined);
  assert.deepEqual(far, []);
});

test('a chain of similar rows is not one group', async () => {
  const vectors = new Float32Array(2 * 40);
  for (let row = 0; row < 40; ++row) vectors.set([Math.cos(row * 0.1), Math.sin(row * 0.1)], 2 * row);
  const near = await nearDuplicates(vectors, 2, async () => undefined);
  for (const [row, first] of near) assert.equal(row - first, 1);
});

test('compares equal rows in time that grows with their number', async () => {
  let pauses = 0;
  const vectors = new Float32Array(20_000 * 4).fill(0.5);
  const near = await nearDuplicates(vectors, 4, async () => {
    pauses += 1;
  });
  assert.equal(near.length, 19_999);
  assert.equal(pauses, 20);
});

test('near-duplicates stay together up to a quarter of the rows', () => {
  const rows = Array.from({ length: 20 }, () => []);
  const pairs = (count) => Array.from({ length: count }, (_, i) => [2 * i + 1, 2 * i]);
  const few = group(rows, undefined, pairs(2));
  assert.deepEqual([few.count, few.isTemplated], [18, false]);
  const many = group(rows, undefined, pairs(3));
  assert.deepEqual([many.count, many.isTemplated], [20, true]);
});

test('copies do not count as signs of templates', () => {
  const hashes = Array.from({ length: 20 }, (_, row) => `h${row >> 1}`);
  const near = Array.from({ length: 10 }, (_, i) => [2 * i + 1, 2 * i]);
  const { count, isTemplated } = group(
    hashes.map(() => []),
    hashes,
    near,
  );
  assert.deepEqual([count, isTemplated], [10, false]);
});
