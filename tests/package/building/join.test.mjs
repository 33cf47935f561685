// Joins records: one row per sample, one column per model, every disagreement counted; metrics, prices, order.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { metricConflicts, putInOrder } from '../../../dist/building/benchmark.js';
import { Collector, NONE } from '../../../dist/building/collector.js';
import { quotas } from '../../../dist/building/coreset.js';
import { reportOf } from '../../../dist/building/report.js';
import { reportText } from '../../../dist/building/report-text.js';
import { memoryStorage } from '../../../dist/building/storage.js';
import { matchPrices, readPriceList } from '../../../dist/routing/prices.js';

const place = { file: 'f', line: 1 };

function collect(options = {}) {
  const storage = memoryStorage();
  const prompts = storage.prompts();
  return { collector: new Collector({ ...options, prompts, vectors: storage.vectors() }), prompts };
}

/** Adds a sample and scores by model. */
function add(collector, dataset, key, scores, { prompt = `prompt of ${key}`, metric = 'acc', id = key } = {}) {
  const row = collector.sample({ dataset, key, id, prompt, place });
  for (const [model, score] of Object.entries(scores)) collector.score(row, model, metric, score, place);
  return row;
}

const order = (collector) => putInOrder(collector, { hasVector: () => false });
const counts = (collector) =>
  Object.fromEntries([...collector.dropped].filter(([, { count }]) => count > 0).map(([r, { count }]) => [r, count]));

function outcomesByName(collector) {
  const benchmark = order(collector);
  const values = benchmark.outcomes(benchmark.order);
  const models = benchmark.models.map(({ name }) => name);
  return Array.from(benchmark.order, (row, i) => [
    collector.keys[row],
    Object.fromEntries(models.map((name, m) => [name, values[i * models.length + m]])),
  ]);
}

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
    assert.throws(() => order(collector), { code: 'invalid_argument', message: /1 no_score, 1 score_out_of_range/ });
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

describe('metrics', () => {
  it('need no choice if a dataset has one metric', () => {
    const { collector } = collect();
    add(collector, 'd', '1', { a: 1 }, { metric: 'acc' });
    add(collector, 'e', '1', { a: 0.5 }, { metric: 'f1' });
    assert.deepEqual(metricConflicts(collector.datasets), []);
    assert.deepEqual(
      order(collector).datasets.map(({ described }) => described),
      [
        { metric: 'acc', range: [0, 1], threshold: null },
        { metric: 'f1', range: [0, 1], threshold: null },
      ],
    );
  });

  it('are listed if a dataset has several and none was chosen', () => {
    const { collector } = collect();
    add(collector, 'd', '1', { a: 1 }, { metric: 'acc' });
    add(collector, 'd', '1', { b: 1 }, { metric: 'f1' });
    assert.deepEqual(metricConflicts(collector.datasets), ['d: acc, f1']);
  });

  it('are chosen for all datasets or for some; the first rule that matches counts', () => {
    const metrics = [
      { datasets: 'm*', value: 'f1' },
      { datasets: '*', value: 'acc' },
    ];
    const { collector } = collect({ metrics });
    for (const dataset of ['math', 'd']) {
      add(collector, dataset, '1', { a: 1 }, { metric: 'acc' });
      add(collector, dataset, '1', { a: 0 }, { metric: 'f1' });
    }
    assert.deepEqual(metricConflicts(collector.datasets), []);
    assert.deepEqual(
      outcomesByName(collector).map(([, { a }]) => a),
      [1, 0],
    );
    assert.deepEqual(counts(collector), { another_metric: 2 });
  });

  it('may be named without their filter if that is unambiguous', () => {
    const one = collect({ metrics: [{ datasets: '*', value: 'exact_match' }] }).collector;
    add(one, 'd', '1', { a: 1 }, { metric: 'exact_match,strict' });
    assert.deepEqual(metricConflicts(one.datasets), []);
    add(one, 'd', '1', { a: 0 }, { metric: 'exact_match,flexible' });
    assert.deepEqual(metricConflicts(one.datasets), ['d: exact_match,flexible, exact_match,strict']);
  });

  it('without a score are refused, with a list of the available ones', () => {
    const { collector } = collect({ metrics: [{ datasets: '*', value: 'bleu' }] });
    add(collector, 'd', '1', { a: 1 }, { metric: 'acc' });
    assert.deepEqual(metricConflicts(collector.datasets), ['d: acc, but not bleu']);
  });

  it('map their range onto 0..1, and count scores above a threshold as right', () => {
    const ranges = [{ datasets: '*', value: [0, 10] }];
    const graded = collect({ ranges }).collector;
    add(graded, 'd', '1', { a: 2.5, b: 10.000000001, c: 11 });
    assert.deepEqual(outcomesByName(graded), [['1', { a: 0.25, b: 1 }]]);
    assert.deepEqual(counts(graded), { score_out_of_range: 1 });
    const binary = collect({ ranges, thresholds: [{ datasets: '*', value: 5 }] }).collector;
    add(binary, 'd', '1', { a: 5, b: 5.1 });
    assert.deepEqual(outcomesByName(binary), [['1', { a: 0, b: 1 }]]);
    assert.deepEqual(order(binary).datasets[0].described, { metric: 'acc', range: [0, 10], threshold: 5 });
  });

  it('refuse an empty range', () => {
    assert.throws(() => collect({ ranges: [{ datasets: '*', value: [1, 1] }] }), { code: 'invalid_argument' });
  });
});

describe('prices', () => {
  const openRouter = {
    data: [
      { id: 'Org/Model-A', pricing: { prompt: '0.0000005', completion: '0.0000015' } },
      { id: 'auto', pricing: { prompt: '-1', completion: '-1' } },
      { id: 'free', pricing: {} },
    ],
  };

  it('are read from the list of OpenRouter, in dollars per million', () => {
    assert.deepEqual(readPriceList(openRouter), [['Org/Model-A', { usdPerMTokIn: 0.5, usdPerMTokOut: 1.5 }]]);
  });

  it("are read from LiteLLM's map", () => {
    const map = { 'gpt-x': { input_cost_per_token: 1e-6, output_cost_per_token: 2e-6 }, sample_spec: { mode: 'chat' } };
    assert.deepEqual(readPriceList(map), [['gpt-x', { usdPerMTokIn: 1, usdPerMTokOut: 2 }]]);
  });

  it('are matched regardless of case, by the whole name or by an unambiguous ending', () => {
    const price = (n) => ({ usdPerMTokIn: n, usdPerMTokOut: n });
    const list = [
      ['Org/Model-A', price(1)],
      ['x/same', price(2)],
      ['y/same', price(3)],
      ['y/other', price(4)],
    ];
    const { prices, unmatched } = matchPrices(['org/model-a', 'MODEL-A', 'same', 'y/SAME', 'nobody'], list);
    assert.deepEqual(
      [...prices].map(([name, { usdPerMTokIn }]) => [name, usdPerMTokIn]),
      [
        ['org/model-a', 1],
        ['MODEL-A', 1],
        ['y/SAME', 3],
      ],
    );
    assert.deepEqual(unmatched, ['same', 'nobody']);
  });

  it('are refused if the list has none', () => {
    for (const json of [null, [], {}, { data: [] }, { data: [{ id: 'a' }] }, 'text']) {
      assert.throws(() => readPriceList(json), { code: 'invalid_argument' });
    }
  });
});

describe('the report', () => {
  const report = (collector) => {
    const benchmark = order(collector);
    const input = { source: 'long', read: 1, ignored: [], mixedMetrics: [], dim: 128 };
    return reportOf({ ...input, collector, benchmark });
  };

  it('lists models without some datasets, models with constant scores, and repeated prompts', () => {
    const { collector } = collect();
    add(collector, 'd', '1', { a: 1, b: 0 }, { prompt: 'same' });
    add(collector, 'd', '2', { a: 0, b: 0 }, { prompt: 'same' });
    add(collector, 'e', '1', { b: 0 });
    const found = report(collector);
    assert.deepEqual(
      found.models.map(({ name, missingDatasets, isConstant, outcomes }) => [
        name,
        missingDatasets,
        isConstant,
        outcomes,
      ]),
      [
        ['a', ['e'], false, 2],
        ['b', [], true, 3],
      ],
    );
    assert.equal(found.repeatedPrompts, 2);
    assert.equal(found.missingOutcomes, 1);
    assert.equal(found.datasets[1].models, 1);
    const text = reportText(found);
    assert.match(text, /1 model without outcomes in some datasets: a \(1\)/);
    assert.match(text, /the same outcome everywhere: b/);
    assert.match(text, /only one model to choose: e/);
  });

  it('averages costs and tokens over the answers with values', () => {
    const { collector } = collect();
    const row = collector.sample({ dataset: 'd', key: '1', id: '1', prompt: 'p', place });
    collector.score(row, 'a', 'acc', 1, place, { costUsd: 0.002, tokensIn: 10 });
    const other = collector.sample({ dataset: 'd', key: '2', id: '2', prompt: 'q', place });
    collector.score(other, 'a', 'acc', 1, place, { costUsd: 0.004 });
    const [model] = report(collector).models;
    assert.equal(model.meanCostUsd, 0.003);
    assert.equal(model.meanTokensIn, 10);
    assert.equal(model.meanTokensOut, null);
  });

  it('keeps names from controlling the terminal', () => {
    const { collector } = collect();
    const row = collector.sample({ dataset: 'a\u001b[31mb\u202e', key: '1', id: '1', prompt: 'p', place });
    collector.score(row, 'm', 'acc', 1, place);
    assert.match(reportText(report(collector)), /^ {2}a\\u\{1b\}\[31mb\\u\{202e\} .*1 rows/m);
  });
});

describe('quotas of a coreset', () => {
  it('follow the sizes of the datasets, with at least one row each', () => {
    const kept = quotas([1000, 100, 4], 100);
    assert.ok(kept.every((n) => n >= 4));
    assert.ok(kept.reduce((a, b) => a + b) <= 100);
    assert.ok(kept[0] > kept[1]);
    assert.ok(quotas(Array(50).fill(10), 60).every((n) => n === 1));
  });
});
