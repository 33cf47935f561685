// Decides which runs are of one dataset and one model: settings, versions, repetitions.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nameMetrics, nameRuns, newestVersions, settingsOf } from '../../../dist/importing/runs.js';

const run = (dataset, model, taskSettings = {}, modelSettings = {}) => ({
  dataset,
  model,
  taskSettings,
  modelSettings,
});
const names = (...runs) => nameRuns(runs).map(({ dataset, model }) => `${dataset}: ${model}`);

describe('names of runs', () => {
  it('are the plain ones if no settings differ', () => {
    const runs = [
      run('sums', 'a', { shots: '5' }, { effort: 'low' }),
      run('sums', 'b', { shots: '5' }, { dtype: 'x' }),
    ];
    assert.deepEqual(names(...runs), ['sums: a', 'sums: b']);
  });

  it('name the settings of the task that differ, also where one run lacks them', () => {
    assert.deepEqual(
      names(run('sums', 'a', { shots: '0', version: '1' }), run('sums', 'b', { shots: '5', version: '1' })),
      ['sums (shots=0): a', 'sums (shots=5): b'],
    );
    assert.deepEqual(names(run('sums', 'a'), run('sums', 'a', { shots: '5' })), ['sums: a', 'sums (shots=5): a']);
    assert.deepEqual(names(run('sums', 'a', { shots: '0' }), run('lists', 'a', { shots: '5' })), [
      'sums: a',
      'lists: a',
    ]);
  });

  it('name the settings that make a model another candidate', () => {
    const low = { reasoning_effort: 'low', temperature: '0' };
    const high = { reasoning_effort: 'high', temperature: '0' };
    assert.deepEqual(names(run('sums', 'a', {}, low), run('sums', 'a', {}, high)), [
      'sums: a (reasoning_effort=low)',
      'sums: a (reasoning_effort=high)',
    ]);
    // Also if each was asked another task.
    assert.deepEqual(names(run('sums', 'a', {}, low), run('lists', 'a', {}, high)), [
      'sums: a (reasoning_effort=low)',
      'lists: a (reasoning_effort=high)',
    ]);
  });

  it('do not name limits that only follow the task', () => {
    const short = run('sums', 'a', {}, { max_tokens: '10' });
    const long = run('lists', 'a', {}, { max_tokens: '1000' });
    assert.deepEqual(names(short, long), ['sums: a', 'lists: a']);
    const longSums = run('sums', 'a', {}, { max_tokens: '1000' });
    assert.deepEqual(names(short, longSums, long), [
      'sums: a (max_tokens=10)',
      'sums: a (max_tokens=1000)',
      'lists: a (max_tokens=1000)',
    ]);
  });

  it('stay short and different for long values', () => {
    const long = (end) => run('sums', 'a', {}, { system_prompt: `${'Answer briefly. '.repeat(50)}${end}` });
    const [one, other] = nameRuns([long('x'), long('y')]).map(({ model }) => model);
    assert.notEqual(one, other);
    assert.ok(one.length < 80, one);
    const lines = nameRuns([run('sums', 'a', {}, { prompt: 'Be\n  brief.\n' }), run('sums', 'a')]);
    assert.equal(lines[0].model, 'a (prompt=Be brief.)');
  });
});

describe('names of metrics', () => {
  const measure = (dataset, settings) => ({ dataset, metric: 'win', settings });

  it('are the plain ones if no settings differ within a dataset', () => {
    const judges = [measure('a', { judge: 'x' }), measure('a', { judge: 'x' }), measure('b', { judge: 'y' })];
    assert.deepEqual(nameMetrics(judges), ['win', 'win', 'win']);
  });

  it('name the settings that differ, without the sign that separates a dataset in an option', () => {
    const judges = [measure('a', { judge: 'x=1', n: '2' }), measure('a', { judge: 'y', n: '2' }), measure('a', {})];
    assert.deepEqual(nameMetrics(judges), ['win (judge: x:1, n: 2)', 'win (judge: y, n: 2)', 'win']);
  });
});

describe('settings', () => {
  it('are texts, without keys, places and pace of the execution', () => {
    const given = { temperature: 0.5, stop: ['a'], nested: { b: 1, a: 2 }, device: 'cuda', api_key: 'secret', seed: 1 };
    assert.deepEqual(settingsOf({ ...given, empty: null, dtype: 'half' }), {
      temperature: '0.5',
      stop: '["a"]',
      nested: '{"a":2,"b":1}',
    });
    for (const none of [null, undefined, 'text', [1], 7]) assert.deepEqual(settingsOf(none), {});
  });
});

describe('versions of a log', () => {
  it('are replaced by the newest one, in any order', () => {
    const [old, mended] = [
      { runId: 'r', changed: '2026-01-01' },
      { runId: 'r', changed: '2026-01-02' },
    ];
    const other = { runId: undefined, changed: '2025-01-01' };
    assert.deepEqual(newestVersions([old, mended, other, other]), {
      newest: [mended, other, other],
      superseded: [old],
    });
    assert.deepEqual(newestVersions([mended, old]), { newest: [mended], superseded: [old] });
  });
});
