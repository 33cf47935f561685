// Reports on a join, and shares the rows of a coreset.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { quotas } from '../../../dist/building/coreset.js';
import { reportText } from '../../../dist/building/report-text.js';
import { add, collect, place, report } from './collecting.mjs';

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
