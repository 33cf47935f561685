// Joins records: one row per sample, one column per model, every disagreement counted.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NONE } from '../../../dist/building/collector.js';
import { reportText } from '../../../dist/building/report-text.js';
import { add, collect, counts, order, outcomesByName, report } from './collecting.mjs';

describe('the join', () => {
  it('joins scores of models from separate records into one row', () => {
    const { collector } = collect();
    add(collector, 'd', '1', { a: 1 });
    add(collector, 'd', '2', { a: 0 });
    add(collector, 'd', '1', { b: 0 });
    assert.deepEqual(outcomesByName(collector), [
      ['1', { a: 1, b: 0 }],
      ['2', { a: 0, b: Number.NaN }],
    ]);
    assert.deepEqual(counts(collector), {});
  });

  it('keeps equal keys of different datasets apart', () => {
    const { collector } = collect();
    add(collector, 'e', '1', { a: 1 });
    add(collector, 'd', '1', { a: 0 });
    const benchmark = order(collector);
    assert.deepEqual(
      benchmark.datasets.map(({ name, rows }) => [name, rows]),
      [
        ['d', 1],
        ['e', 1],
      ],
    );
  });

  it('counts repeated scores, and drops scores that differ', () => {
    const { collector } = collect();
    add(collector, 'd', '1', { a: 1, b: 1 });
    add(collector, 'd', '1', { a: 1, b: 0 });
    add(collector, 'd', '1', { b: 1 });
    assert.deepEqual(counts(collector), { repeated: 1, conflicting_score: 2 });
    assert.deepEqual(outcomesByName(collector), [['1', { a: 1 }]]);
  });

  it('keeps the same prompt for any order of the files, and counts differing prompts', async () => {
    const kept = new Set();
    for (const list of [
      ['one', 'two'],
      ['two', 'one'],
    ]) {
      const { collector, prompts } = collect();
      for (const prompt of list) add(collector, 'd', '1', { a: 1 }, { prompt });
      assert.equal(collector.promptsDiffer.count, 1);
      const slot = collector.promptSlots.get(0);
      kept.add((await prompts.read(slot, 1))[0]);
    }
    assert.equal(kept.size, 1);
  });

  it('drops samples without a prompt or without a score, and reports the reasons', () => {
    const { collector } = collect();
    add(collector, 'd', '1', { a: 1 });
    add(collector, 'd', '2', { a: 1 }, { prompt: ' ' });
    add(collector, 'd', '3', { a: Number.NaN, b: null });
    assert.deepEqual(
      outcomesByName(collector).map(([key]) => key),
      ['1'],
    );
    assert.deepEqual(counts(collector), { no_prompt: 1, no_score: 1, score_not_a_number: 1 });
  });

  it('reports the reasons if nothing is left', () => {
    const { collector } = collect();
    add(collector, 'd', '1', { a: 7 });
    assert.throws(() => order(collector), {
      code: 'invalid_argument',
      message: /1 samples without a usable score.*1 scores outside/s,
    });
  });

  it('averages repetitions in any order, and counts them', () => {
    const answer = { repeats: true };
    for (const scores of [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]) {
      const { collector } = collect();
      for (const score of scores) add(collector, 'd', '1', { a: score }, { answer });
      assert.deepEqual(outcomesByName(collector), [['1', { a: Math.fround(1 / 3) }]]);
      assert.deepEqual(counts(collector), {});
      assert.deepEqual(collector.averaged, { count: 2, examples: ['a on d'] });
      assert.match(reportText(report(collector)), /several runs, averaged: 2 repeated scores, such as a on d/);
    }
  });

  it('counts answers that end at a length limit, and leaves them out on request', () => {
    const filled = (options) => {
      const { collector } = collect(options);
      for (let i = 0; i < 4; ++i) {
        add(collector, 'd', `${i}`, { a: 1 }, { answer: { isCutOff: i === 0 } });
        add(collector, 'd', `${i}`, { b: 1 }, { answer: { isCutOff: false } });
        add(collector, 'd', `${i}`, { c: 1 });
      }
      return collector;
    };
    const found = report(filled());
    assert.deepEqual(
      found.models.map(({ name, outcomes, cutOffShare }) => [name, outcomes, cutOffShare]),
      [
        ['a', 4, 0.25],
        ['b', 4, 0],
        ['c', 4, null],
      ],
    );
    assert.match(reportText(found), /length limit, not equally often: a 25\.0%, b 0\.0%; --drop-truncated/);
    const dropping = filled({ dropCutOff: true });
    assert.deepEqual(
      report(dropping).models.map(({ outcomes }) => outcomes),
      [3, 4, 4],
    );
    assert.deepEqual(counts(dropping), { cut_off: 1 });
  });

  it('accepts any name from a file', () => {
    const { collector } = collect();
    const scores = Object.fromEntries([['constructor', 1]]);
    Object.defineProperty(scores, '__proto__', { value: 0, enumerable: true });
    add(collector, '__proto__', '__proto__', scores);
    const benchmark = order(collector);
    assert.deepEqual(
      benchmark.models.map(({ name }) => name),
      ['__proto__', 'constructor'],
    );
    assert.equal(benchmark.datasets[0].name, '__proto__');
  });

  it('orders rows by dataset, then by id with numbers in numeric order, for any order of the files', () => {
    const rows = [
      ['b', '10'],
      ['a', '2'],
      ['b', '9'],
      ['a', '1'],
    ];
    for (const list of [rows, [...rows].reverse()]) {
      const { collector } = collect();
      for (const [dataset, key] of list) add(collector, dataset, key, { m: 1, l: 0 });
      const { order: sorted, models } = order(collector);
      assert.deepEqual(
        Array.from(sorted, (row) => collector.keys[row]),
        ['1', '2', '9', '10'],
      );
      assert.deepEqual(
        models.map(({ name }) => name),
        ['l', 'm'],
      );
    }
  });

  it('deals every row to exactly one shard', () => {
    const keys = Array.from({ length: 200 }, (_, i) => `key ${i}`);
    const seen = [];
    for (let index = 1; index <= 3; ++index) {
      const { collector } = collect({ shard: { index, count: 3 } });
      for (const key of keys) add(collector, 'd', key, { a: 1 });
      assert.equal(collector.rows + counts(collector).other_shard, keys.length);
      assert.ok(collector.rows > 40, `shard ${index} has ${collector.rows} rows`);
      seen.push(...collector.keys);
    }
    assert.deepEqual(seen.sort(), keys.sort());
  });

  it('leaves out datasets and models by pattern, and counts them', () => {
    const { collector } = collect({ datasets: ['m*'], excludeModels: ['*-bad'] });
    add(collector, 'math', '1', { a: 1, 'a-bad': 0 });
    add(collector, 'other', '1', { a: 1 });
    assert.deepEqual(outcomesByName(collector), [['1', { a: 1 }]]);
    assert.deepEqual(counts(collector), { dataset_left_out: 1, model_left_out: 1 });
  });

  it('stores rows beyond the first chunk of its columns', () => {
    const { collector } = collect();
    for (let i = 0; i < 65_540; ++i) add(collector, 'd', String(i), { a: i % 2 }, { prompt: 'p' });
    assert.equal(collector.outcome(65_537, 0), 1);
    assert.equal(collector.outcome(65_538, 0), 0);
    assert.notEqual(collector.promptSlots.get(65_539), NONE);
  });
});
