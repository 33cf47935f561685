// The evaluation of today's index (models/policy/today): what is held out, what is compared, and its measures.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadLab } from '../../../dist/wasm/lab-module.js';
import { chooseConstants, GRID } from '../../../models/policy/today/constants.mjs';
import {
  dialPicks,
  holdOutRows,
  holdOutTasks,
  partsOf,
  picksUnder,
  weightOf,
} from '../../../models/policy/today/held-out.mjs';
import {
  auroc,
  ByBenchmark,
  calibrationError,
  overGroups,
  weightedMean,
} from '../../../models/policy/today/measures.mjs';
import { openStudy } from '../../../models/policy/today/study.mjs';

const { NaN: NONE } = Number;
const MODELS = [
  { name: 'dear', usdPerMTok: 10 },
  { name: 'fair', usdPerMTok: 2 },
  { name: 'cheap', usdPerMTok: 0.5 },
  { name: 'unpriced', usdPerMTok: NONE },
];

const taskOf = (name, benchmark, scores, rows = []) => ({
  name,
  benchmark,
  domain: benchmark,
  weight: 1,
  rows,
  scores: Float64Array.from(scores),
  evidence: Float64Array.from(scores, (x) => (Number.isNaN(x) ? 0 : 30)),
});

/** A study that expects what the tasks that are left in the same benchmark scored; it counts what it is asked for. */
function syntheticStudy() {
  const tasks = [
    taskOf('a1', 'a', [0.9, 0.8, 0.2, 1]),
    taskOf('a2', 'a', [0.9, 0.8, 0.2, 1]),
    taskOf('b1', 'b', [0.3, 0.5, 0.6, 1], [0, 1]),
    taskOf('b2', 'b', [0.3, 0.5, 0.6, NONE]),
    taskOf('kind', 'kinds', [NONE, NONE, NONE, NONE], [2]),
  ];
  const asked = [];
  const meanOver = (list) =>
    Float64Array.from(MODELS, (_, m) => {
      const values = list.map((t) => tasks[t].scores[m]).filter((x) => !Number.isNaN(x));
      return values.length === 0 ? 0 : values.reduce((sum, x) => sum + x, 0) / values.length;
    });
  const left = (held) => tasks.map((_, t) => t).filter((t) => !held.includes(t));
  return {
    asked,
    models: MODELS,
    tasks,
    outcomesOf: (rows) =>
      rows.map((row) => Float64Array.from(row === 2 ? [NONE, NONE, NONE, NONE] : [1, 0, NONE, NONE])),
    forecastTasks({ tasks: held }, of) {
      asked.push(held);
      const kin = (t) => left(held).filter((s) => tasks[s].benchmark === tasks[t].benchmark);
      const meanOutcome = meanOver(left(held));
      return { meanOutcome, forecasts: of.map((t) => (kin(t).length > 0 ? meanOver(kin(t)) : meanOutcome)) };
    },
    forecastRows({ tasks: held, rows }, of) {
      asked.push({ tasks: held, rows });
      return of.map(() => Float64Array.from([0.75, 0.25, 0.5, 0.5]));
    },
  };
}

test('each task, or each benchmark, is held out; kinds are not', () => {
  const study = syntheticStudy();
  assert.deepEqual(partsOf(study, 'task'), [[0], [1], [2], [3]]);
  assert.deepEqual(partsOf(study, 'benchmark'), [
    [0, 1],
    [2, 3],
  ]);
  holdOutTasks(study, 'benchmark');
  assert.deepEqual(study.asked, [
    [0, 1],
    [2, 3],
  ]);
});

test('a pick is a model that is priced within the limit and measured on the held-out task', () => {
  const study = syntheticStudy();
  const [picked] = picksUnder(study, holdOutTasks(study, 'task'), 10);
  assert.equal(picked.picked, 0.9, 'the model without a price, which scores 1, is not a candidate');
  assert.deepEqual(picksUnder(study, holdOutTasks(study, 'task'), 5), [], 'a task with two candidates does not count');
});

test('both the pick and the best single model are chosen without what is held out', () => {
  const study = syntheticStudy();
  const kinKnown = picksUnder(study, holdOutTasks(study, 'task'), 10);
  assert.deepEqual(
    kinKnown.map(({ picked, fixed }) => [picked, fixed]),
    [
      [0.9, 0.8],
      [0.9, 0.8],
      [0.6, 0.3],
      [0.6, 0.3],
    ],
  );
  const kinHeldOut = picksUnder(study, holdOutTasks(study, 'benchmark'), 10);
  assert.deepEqual(
    kinHeldOut.map(({ picked }) => picked),
    [0.2, 0.2, 0.3, 0.3],
  );
});

test('random halves are the same for pick and best single model, and the same for a seed', () => {
  const study = syntheticStudy();
  const held = holdOutTasks(study, 'task').map((of) => ({ ...of, forecast: of.fixed }));
  const some = picksUnder(study, held, 10, { halves: 40, seed: 3 });
  for (const { picked, fixed, differ } of some) {
    assert.equal(picked, fixed);
    assert.equal(differ, 0);
  }
  assert.deepEqual(picksUnder(study, held, 10, { halves: 40, seed: 3 }), some);
});

test('the dial takes the cheapest model within the points of the best forecast', () => {
  const study = syntheticStudy();
  const held = holdOutTasks(study, 'task');
  const scoresOf = (points) => dialPicks(study, held, points).map(({ pick }) => pick.score);
  assert.deepEqual(scoresOf(0), [0.9, 0.9, 0.6, 0.6]);
  assert.deepEqual(scoresOf(10.1), [0.8, 0.8, 0.6, 0.6]);
  assert.deepEqual(
    dialPicks(study, held, 0).map(({ best }) => best.usd),
    [2, 2, 10, 10],
  );
});

test('the weight of a task falls with the share of its scores that is chance', () => {
  assert.equal(weightOf(taskOf('x', 'y', [0.5, NONE])), 0.5);
  assert.equal(weightOf({ ...taskOf('x', 'y', [0.5, NONE]), weight: 3, evidence: [90, 0] }), 2.25);
});

test('rows are held out in folds, or with the whole benchmark; rows without an outcome are not asked about', () => {
  const study = syntheticStudy();
  const list = holdOutRows(study, { folds: 1 });
  assert.deepEqual(
    list.map(({ task, model, outcome, predicted }) => [task, model, outcome, predicted]),
    [
      [2, 0, 1, 0.75],
      [2, 1, 0, 0.25],
      [2, 0, 1, 0.75],
      [2, 1, 0, 0.25],
    ],
  );
  assert.deepEqual(study.asked, [{ tasks: [], rows: [0, 1] }]);
  holdOutRows(study, { benchmark: true });
  assert.deepEqual(study.asked[1], { tasks: [2], rows: [] });
});

test('constants are chosen among all combinations, at their places in the list of the index', () => {
  const study = syntheticStudy();
  const mixtures = new Set();
  const said = [];
  const watched = {
    ...study,
    mixture: Array.from({ length: 20 }, (_, i) => 100 + i),
    forecastTasks({ mixture, ...held }, of) {
      mixtures.add(mixture.join());
      const out = study.forecastTasks(held, of);
      // Only with k0 = 4 does the forecast tell the best model of a new benchmark.
      if (mixture[1] !== 4) return out;
      return { ...out, forecasts: of.map((t) => study.tasks[t].scores.map((x) => (Number.isNaN(x) ? 0 : x))) };
    },
  };
  chooseConstants(watched, { grid: GRID, limits: [10], halves: 0, seed: 1, say: (line) => said.push(line) });
  assert.equal(mixtures.size, 28, 'all combinations, and what ships');
  assert.ok(
    mixtures.has([0.05, 4, 102, 103, 104, 105, 106, 107, 108, 109, 110, 4, 10, ...watched.mixture.slice(13)].join()),
  );
  assert.ok(said.includes('priorTasks, chosen for 2 benchmarks: 1: 0, 2: 0, 4: 2'), said.join('\n'));
  assert.match(
    said.at(-1),
    /^benchmark held out: gain with the constants of the index -?\d\.\d+, with those chosen elsewhere/,
  );
});

const predictions = (...pairs) => pairs.map(([predicted, outcome]) => ({ predicted, outcome, weight: 1 }));

test('AUROC counts pairs in order, and ties half', () => {
  assert.equal(auroc(predictions([0.9, 1], [0.1, 0])), 1);
  assert.equal(auroc(predictions([0.1, 1], [0.9, 0])), 0);
  assert.equal(auroc(predictions([0.5, 1], [0.5, 0], [0.2, 0])), 0.75);
  assert.ok(Number.isNaN(auroc(predictions([0.5, 1]))));
});

test('the calibration error is that of the bins', () => {
  assert.equal(calibrationError(predictions([0.75, 1], [0.75, 1], [0.75, 1], [0.75, 0])), 0);
  assert.equal(calibrationError(predictions([0.25, 1], [0.75, 0])), 0.75);
});

test('groups count by their sizes, and not at all without a measure', () => {
  const list = [...predictions([0.9, 1], [0.1, 0]), ...predictions([0.5, 1])].map((x, i) => ({ ...x, group: i < 2 }));
  assert.equal(
    overGroups(list, ({ group }) => group, auroc),
    1,
  );
});

test('intervals come from whole benchmarks', () => {
  const list = ['a', 'a', 'a', 'b'].map((name, i) => ({ name, weight: 1, gain: i < 3 ? 1 : -1 }));
  const of = new ByBenchmark(['a', 'b'], 1);
  const { value, interval, below } = of.estimate(
    [list],
    ({ name }) => name,
    ({ gain }) => gain,
  );
  assert.equal(value, 0.5);
  assert.equal(
    weightedMean(list, ({ gain }) => gain),
    0.5,
  );
  assert.deepEqual(interval, [-1, 1]);
  assert.ok(Math.abs(below - 0.25) < 0.05, `both draws are of b in a quarter of the samples, not in ${below}`);
});

const DIM = 4;

/** Returns the bytes of an index with three tasks, of which the last one has other winners. */
async function indexBytes(lastOutcome) {
  const lab = await loadLab();
  const rows = 30;
  const taskOfRow = (row) => Math.floor(row / 10);
  const embeddings = Float32Array.from({ length: rows * DIM }, (_, i) =>
    i % DIM === taskOfRow(Math.floor(i / DIM)) ? 1 : 0.1 * ((i * 7) % 5),
  );
  const outcomes = Float32Array.from({ length: rows * 3 }, (_, i) => {
    const [row, model] = [Math.floor(i / 3), i % 3];
    if (taskOfRow(row) === 2) return lastOutcome(row, model);
    return (row * 5 + model * 3) % 4 <= model ? 1 : 0;
  });
  const models = ['x', 'y', 'z'].map((name, i) => ({ name, usdPerMTokIn: i + 1, usdPerMTokOut: 2 }));
  return lab.buildIndex({
    specJson: JSON.stringify({ dim: DIM, codes: 'int8', models, tasks: ['one', 'two', 'three'] }),
    embeddings,
    rowTasks: Uint16Array.from({ length: rows }, (_, row) => taskOfRow(row)),
    outcomes,
  });
}

test('the forecast of a held-out task does not know its outcomes, in the core', async () => {
  const forecasts = [];
  for (const lastOutcome of [(row, model) => (row + model) % 2, (_, model) => Number(model === 0)]) {
    const study = await openStudy(await indexBytes(lastOutcome));
    assert.deepEqual(
      study.models.map(({ usdPerMTok }) => usdPerMTok),
      [1.25, 2, 2.75],
    );
    assert.deepEqual([...study.tasks[2].evidence], [10, 10, 10]);
    const held = study.forecastTasks({ tasks: [2] }, [2]);
    const rows = study.forecastRows({ tasks: [2], rows: [] }, [20, 21]);
    const known = study.forecastTasks({ tasks: [] }, [2]);
    forecasts.push({ held, rows, known });
    study.close();
  }
  assert.deepEqual(forecasts[0].held, forecasts[1].held);
  assert.deepEqual(forecasts[0].rows, forecasts[1].rows);
  assert.notDeepEqual(forecasts[0].known, forecasts[1].known);
});
