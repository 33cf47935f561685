// Joins records: one row per sample, one column per model, every disagreement counted; metrics, prices, order.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { faultsOf, metricConflicts, putInOrder } from '../../../dist/building/benchmark.js';
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
function add(collector, dataset, key, scores, { prompt = `prompt of ${key}`, metric = 'acc', id = key, answer } = {}) {
  const row = collector.sample({ dataset, key, id, prompt, place });
  for (const [model, score] of Object.entries(scores)) collector.score(row, model, metric, score, place, answer);
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

  it('are turned round if less is better, by the range or by the files', () => {
    const values = (collector) => outcomesByName(collector).map(([, { a }]) => a);
    const fill = (collector, metric) => {
      for (const [i, score] of [0, 0.25, 1].entries()) add(collector, 'd', `${i}`, { a: score }, { metric });
      return collector;
    };
    const given = fill(collect({ ranges: [{ datasets: '*', value: [1, 0] }] }).collector, 'harm');
    assert.deepEqual(values(given), [1, 0.75, 0]);
    assert.deepEqual(order(given).datasets[0].described.range, [1, 0]);
    const known = collect().collector;
    known.lowerIsBetter('d', 'harm');
    assert.deepEqual(values(fill(known, 'harm')), [1, 0.75, 0]);
    assert.deepEqual(faultsOf(known.datasets), []);
    const other = collect().collector;
    other.lowerIsBetter('d', 'harm');
    assert.deepEqual(values(fill(other, 'acc')), [0, 0.25, 1]);
    const thresholds = [{ datasets: '*', value: 0.5 }];
    const judged = fill(collect({ ranges: [{ datasets: '*', value: [1, 0] }], thresholds }).collector, 'harm');
    assert.deepEqual(values(judged), [1, 1, 0]);
  });

  it('ask for the direction if less is usually better in a metric of that name', () => {
    for (const metric of ['wer', 'word_perplexity', 'error_rate', 'toxicity/max', 'harm,none']) {
      const { collector } = collect();
      add(collector, 'd', '1', { a: 0.5 }, { metric });
      assert.match(faultsOf(collector.datasets).join(), /less may be better.*--range d=1,0.*--range d=0,1/, metric);
    }
    for (const metric of ['acc', 'exact_match', 'harmless', 'answer', 'terseness']) {
      const { collector } = collect();
      add(collector, 'd', '1', { a: 0.5 }, { metric });
      assert.deepEqual(faultsOf(collector.datasets), [], metric);
    }
    const { collector } = collect({ ranges: [{ datasets: '*', value: [0, 1] }] });
    add(collector, 'd', '1', { a: 0.5 }, { metric: 'wer' });
    assert.deepEqual(faultsOf(collector.datasets), []);
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

describe('datasets of which too much cannot be used', () => {
  /** Adds `count` samples with a score of one model each. */
  const fill = (collector, dataset, count, score, options) => {
    for (let i = 0; i < count; ++i) add(collector, dataset, `${dataset}${i}`, { a: score(i) }, options?.(i));
  };
  const faults = (collector) => {
    order(collector);
    return faultsOf(collector.datasets);
  };

  it('are refused for scores out of range, with the range seen and the option', () => {
    const { collector } = collect();
    fill(collector, 'percent', 10, (i) => 10 * i);
    fill(collector, 'fine', 10, (i) => i % 2);
    const [fault, ...others] = faults(collector);
    assert.deepEqual(others, []);
    assert.match(fault, /^percent: 9 of 10 scores are outside the range 0 to 1 \(10 to 90\).*--range percent=/);
  });

  it('are refused for contradictions, for text in place of scores, and for samples without a prompt', () => {
    const { collector } = collect();
    fill(collector, 'twice', 10, () => 0);
    fill(collector, 'twice', 3, () => 1);
    fill(collector, 'text', 10, (i) => (i < 5 ? '85%' : 1));
    fill(
      collector,
      'mute',
      10,
      () => 1,
      (i) => ({ prompt: i < 4 ? '' : undefined }),
    );
    const [mute, text, twice, ...others] = faults(collector);
    assert.deepEqual(others, []);
    assert.match(mute, /^mute: 4 of 10 samples have no prompt/);
    assert.match(text, /^text: 5 of 10 scores are not numbers \('85%'\)/);
    assert.match(twice, /^twice: 3 of 10 scores contradict/);
  });

  it('are accepted with a stray score, and with one in a hundred', () => {
    const { collector } = collect();
    fill(collector, 'few', 20, (i) => (i === 0 ? 7 : 1));
    fill(collector, 'many', 1000, (i) => (i < 10 ? 7 : 1));
    assert.deepEqual(faults(collector), []);
    fill(collector, 'few', 1, () => 7);
    assert.equal(faults(collector).length, 1);
  });
});

const report = (collector) => {
  const benchmark = order(collector);
  const faults = faultsOf(collector.datasets);
  const input = { source: 'long', read: 1, ignored: [], mixedMetrics: [], faults, dim: 128 };
  return reportOf({ ...input, collector, benchmark });
};

describe('the report', () => {
  it('warns of names that differ only by case or separators', () => {
    const { collector } = collect();
    add(collector, 'd', '1', { 'Acme/Great-7B': 1, 'acme/great_7b': 1, other: 0 });
    const found = report(collector);
    assert.deepEqual(found.similarNames, [['Acme/Great-7B', 'acme/great_7b']]);
    assert.match(reportText(found), /differ only by case or separators.*Acme\/Great-7B, acme\/great_7b/);
  });

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
