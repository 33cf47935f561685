// Chooses the metric of each dataset, and refuses datasets of which too much cannot be used.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { faultsOf, metricConflicts } from '../../../dist/building/benchmark.js';
import { add, collect, counts, order, outcomesByName } from './collecting.mjs';

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

  it('are refused for other prompts under ids that may only count rows', () => {
    const faultsOfIds = (isCounted, moved) => {
      const { collector } = collect();
      for (const shift of [0, moved]) {
        for (let i = 0; i < 10; ++i) {
          const prompt = `prompt ${i < shift ? i + 100 : i}`;
          const place = { file: 'r.csv', line: i };
          const row = collector.sample({ dataset: 'd', key: `${i}`, id: `${i}`, isCounted, prompt, place });
          collector.score(row, `model ${shift}`, 'score', 1, place);
        }
      }
      return faults(collector);
    };
    const [fault, ...others] = faultsOfIds(true, 4);
    assert.deepEqual(others, []);
    assert.match(fault, /^d: 4 times, a row has another prompt under an id of one of 10 samples.*leave the column out/);
    // One prompt may have been mended, and names of samples are meant.
    assert.deepEqual(faultsOfIds(true, 1), []);
    assert.deepEqual(faultsOfIds(false, 4), []);
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
