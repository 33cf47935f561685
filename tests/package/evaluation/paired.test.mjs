// Paired differences and their intervals, compared with a slow second implementation.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { paired, sampleDifference, taskDifference } from '../../../dist/evaluation/paired.js';
import { costDifferences, costValues } from '../../../dist/evaluation/paired-cost.js';
import { Random } from '../../../dist/evaluation/random.js';
import { quantile, studentQuantile } from '../../../dist/evaluation/statistics.js';
import * as reference from '../../reference/paired.mjs';
import { randomFrom } from '../support/fixtures.mjs';

const close = (actual, expected, tolerance, what) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: got ${actual}, the reference has ${expected}`);

function closeDifference(actual, expected, what) {
  close(actual.value, expected.value, 1e-12, `${what}, value`);
  assert.equal(actual.tasks, expected.tasks, what);
  for (const end of [0, 1]) {
    // The reference finds the quantile in steps of some 1e-4.
    close(actual.interval[end], expected.interval[end], 1e-3 * Math.abs(expected.interval[end]) + 1e-9, what);
    close(actual.withinTasks[end], expected.withinTasks[end], 1e-12, what);
  }
}

it("Student's quantile is that of the tables", () => {
  const table = { 1: 12.7062, 2: 4.3027, 3: 3.1824, 4: 2.7764, 5: 2.5706, 10: 2.2281, 41: 2.0195, 1000: 1.9623 };
  for (const [degrees, expected] of Object.entries(table)) {
    close(studentQuantile(Number(degrees)), expected, 5e-5, degrees);
  }
  for (const degrees of [1, 2, 7]) close(studentQuantile(degrees), reference.studentQuantile(degrees), 2e-3, degrees);
});

describe('a difference over tasks', () => {
  it('is paired, has Student as its interval, and leaves out what one side lacks', () => {
    const a = { units: [0, 1, 2, 4, 5], values: [0.5, 0.25, 0.75, 0.5, Number.NaN] };
    const b = { units: [0, 2, 3, 4, 5], values: [0.75, 0.75, 1, 0.25, 1] };
    assert.deepEqual(
      paired(a, b).map(({ unit }) => unit),
      [0, 2, 4],
    );
    const { value, interval, tasks, withinTasks } = taskDifference(a, b);
    assert.deepEqual([value, tasks, withinTasks], [0, 3, undefined]);
    // Differences .25, 0, -.25: a standard deviation of .25.
    close(interval[1], (4.3027 * 0.25) / Math.sqrt(3), 1e-4, 'high');
    assert.equal(interval[0], -interval[1]);
  });

  it('has no interval with one task, and no width if all tasks differ alike', () => {
    const one = taskDifference({ units: [3], values: [0.25] }, { units: [3], values: [0.5] });
    assert.deepEqual([one.value, one.tasks], [0.25, 1]);
    assert.ok(one.interval.every(Number.isNaN));
    const alike = taskDifference({ units: [1, 2], values: [0, 0.5] }, { units: [1, 2], values: [0.5, 1] });
    assert.deepEqual(alike.interval, [0.5, 0.5]);
    assert.ok(Number.isNaN(taskDifference({ units: [1], values: [1] }, { units: [2], values: [1] }).value));
  });
});

describe('a difference over samples', () => {
  it('is that of the reference, by tasks and by samples', () => {
    for (const seed of [1, 2, 3, 4]) {
      const random = randomFrom(seed);
      const rowTasks = Array.from({ length: 60 }, (_, row) => (row < 1 ? 7 : Math.floor(4 * random() ** 2)));
      const units = rowTasks.map((_, row) => row).filter(() => random() < 0.8 || random() < 0.5);
      const values = () => units.map(() => Math.round(random() * 4) / 4);
      const [a, b] = [values(), values()];
      const samples = units.map((row, i) => ({ task: rowTasks[row], difference: b[i] - a[i] }));
      for (const weighting of ['tasks', 'samples']) {
        closeDifference(
          sampleDifference({ units, values: a }, { units, values: b }, rowTasks, weighting),
          reference.sampleDifference(samples, weighting),
          `seed ${seed}, ${weighting}`,
        );
      }
    }
  });

  it('is narrow for these tasks and wide for other ones if tasks differ', () => {
    const rowTasks = Array.from({ length: 80 }, (_, row) => row % 4);
    const units = rowTasks.map((_, row) => row);
    const a = { units, values: units.map(() => 0) };
    const b = { units, values: rowTasks.map((task) => task / 4) };
    const { interval, withinTasks } = sampleDifference(a, b, rowTasks, 'samples');
    assert.ok(withinTasks[1] - withinTasks[0] < 1e-12);
    assert.ok(interval[1] - interval[0] > 0.5);
  });
});

describe('a difference of costs', () => {
  const [MODELS, TASKS, WEIGHTS] = [4, 3, 5];
  const benchmark = (seed) => {
    const random = randomFrom(seed);
    const rows = 40;
    const cells = (value) => Float32Array.from({ length: rows * MODELS }, (_, i) => value(i % MODELS));
    const data = {
      models: Array.from({ length: MODELS }, (_, m) => ({ name: `m${m}` })),
      rowTasks: Array.from({ length: rows }, () => Math.floor(TASKS * random())),
      outcomes: cells((m) => Number(random() < 0.3 + 0.15 * m)),
      costs: cells((m) => (m + 1) * (0.5 + random())),
    };
    const units = (left) => {
      const of = Array.from({ length: rows }, (_, row) => row).filter((row) => row % 13 !== left);
      return {
        heldOut: 'share',
        policy: 's1',
        pool: [0, 1, 2, 3],
        rows: of,
        picks: of.map(() =>
          Array.from({ length: WEIGHTS }, (_, w) => Math.max(0, MODELS - 1 - Math.floor(w * random()))),
        ),
        best: of.map(() => MODELS - 1),
      };
    };
    return { data, a: units(3), b: units(5) };
  };
  const samplesOf = ({ rows, picks, best }, data) =>
    rows.map((row, i) => ({
      row,
      task: data.rowTasks[row],
      costs: [...data.costs.subarray(row * MODELS, (row + 1) * MODELS)],
      outcomes: [...data.outcomes.subarray(row * MODELS, (row + 1) * MODELS)],
      picks: picks[i],
      best: best[i],
    }));

  it('has the values of the reference', () => {
    for (const seed of [1, 2, 3]) {
      const { data, a } = benchmark(seed);
      const { costSaved, aiq } = costValues(a, data);
      const expected = reference.costValues(samplesOf(a, data), a.pool);
      for (const [i, value] of [...costSaved, aiq].entries()) close(value, expected[i], 1e-9, `seed ${seed}, ${i}`);
      assert.ok(costSaved[0] >= 0, 'the best single model is among the settings');
    }
  });

  it('has the intervals of the reference, on the rows that both have', () => {
    const { data, a, b } = benchmark(4);
    const [inA, inB] = [samplesOf(a, data), samplesOf(b, data)];
    const both = inA
      .filter(({ row }) => inB.some((s) => s.row === row))
      .map((s) => ({ ...s, other: inB.find(({ row }) => row === s.row) }));
    const difference = (samples) => {
      const theirs = reference.costValues(samples, a.pool);
      const other = reference.costValues(
        samples.map((s) => s.other),
        a.pool,
      );
      return other.map((x, i) => x - theirs[i]);
    };
    const tasks = [...new Set(both.map(({ task }) => task))];
    const value = difference(both);
    const over = reference.jackknife(difference, both, tasks);
    const random = new Random(7);
    const groups = tasks.map((task) => both.filter((s) => s.task === task));
    const drawn = Array.from({ length: 1000 }, () =>
      difference(groups.flatMap((group) => group.map(() => group[random.below(group.length)]))),
    );
    const { costSaved, aiq } = costDifferences(a, b, data, 7);
    for (const [i, actual] of [...costSaved, aiq].entries()) {
      close(actual.value, value[i], 1e-9, `${i}, value`);
      assert.equal(actual.tasks, 3);
      const sorted = drawn.map((of) => of[i]).sort((x, y) => x - y);
      for (const [end, q] of [0.025, 0.975].entries()) {
        close(actual.interval[end], over[i][end], 2e-3 * (over[i][1] - over[i][0]) + 1e-9, `${i}, other tasks`);
        close(actual.withinTasks[end], quantile(sorted, q), 1e-9, `${i}, these tasks`);
      }
    }
  });

  it('is 0 between an evaluation and itself', () => {
    const { data, a } = benchmark(5);
    const { costSaved, aiq } = costDifferences(a, a, data, 1);
    for (const { value, interval, withinTasks } of [...costSaved, aiq]) {
      assert.deepEqual([value, ...interval, ...withinTasks], [0, 0, 0, 0, 0]);
    }
  });
});
