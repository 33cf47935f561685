// Reads the samples in logs of inspect_ai: which count, what they cost, what they asked.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { refused } from '../support/fixtures.mjs';
import { scoreLines, zip } from './fixtures.mjs';
import { log, other, read, sample, spec } from './inspect-logs.mjs';

describe('samples in logs of inspect_ai', () => {
  it('do not count if they failed, were declared invalid or not scored', async () => {
    const record = await read({
      'a.json': log({}, [
        sample('a', 'C'),
        sample('b', 'C', { error: { message: 'refused' } }),
        sample('c', 'C', { invalidation: { author: 'x', reason: 'wrong target' } }),
        sample('d', 'C', { scores: {} }),
        sample('e', null),
      ]),
    });
    assert.deepEqual(scoreLines(record), ['rivers/a lab/m match=1', 'rivers/e lab/m match=null']);
    assert.deepEqual(record.dropped, { failed: 1, invalidated: 1, unscored: 1 });
  });

  it('without any score are refused, unless they failed', async () => {
    const unscored = log({}, [sample('a', 'C', { scores: {} }), sample('b', 'C', { scores: null })]);
    await refused(read({ 'a.json': unscored }), 'invalid_argument', /a\.json: no scores in these logs.*scorer/);
    const failed = log({}, [sample('a', 'C', { error: { message: 'refused' } })]);
    assert.deepEqual((await read({ 'a.json': failed })).dropped, { failed: 1 });
  });

  it('are left out with a log that has none, by name, if another has some', async () => {
    const started = await zip(['_journal/start.json', { version: 2, eval: spec(other(3)) }]);
    const record = await read({
      'logs/a.json': log({}, [sample('x', 'C')]),
      'logs/b.json': log(other(2), []),
      'logs/c.eval': started,
    });
    assert.equal(record.scores.length, 1);
    assert.deepEqual(record.details, [
      'incomplete logs/b.json: no samples (written with --no-log-samples?)',
      'incomplete logs/c.eval: no samples (ended before its first sample)',
    ]);
  });

  it('say whether the answer ended at a limit', async () => {
    const stop = (stop_reason) => ({ output: { choices: [{ stop_reason }] } });
    const limit = (type) => ({ limit: { type, limit: 5 } });
    const cases = [
      [stop('stop'), false],
      [stop('max_tokens'), true],
      [stop('model_length'), true],
      [stop('length'), true],
      [limit('token'), true],
      [limit('context'), true],
      [limit('operator'), false],
      [{ output: { choices: [] } }, undefined],
      [{ output: undefined }, undefined],
    ];
    const { scores } = await read({
      'a.json': log(
        {},
        cases.map(([more], i) => sample(`q-${i}`, 'C', more)),
      ),
    });
    assert.deepEqual(
      scores.map(({ answer }) => answer.isCutOff),
      cases.map(([, isCutOff]) => isCutOff),
    );
  });

  it('have the cost, and the tokens of the input with those of a cache, of their own model', async () => {
    const used = (usage) => ({ model_usage: { 'lab/m': usage, 'lab/judge': { input_tokens: 7, total_cost: 9 } } });
    const usage = { input_tokens: 6, output_tokens: 4, input_tokens_cache_read: 1000, input_tokens_cache_write: 20 };
    const cases = [
      [{ ...usage, total_tokens: 1030, total_cost: 0.002 }, [1026, 4, 0.002]],
      // Older versions counted the cached tokens in `input_tokens`.
      [
        { input_tokens: 1006, output_tokens: 4, input_tokens_cache_read: 1000, total_tokens: 1010 },
        [1006, 4, undefined],
      ],
      [{ input_tokens: 6, output_tokens: 4 }, [6, 4, undefined]],
    ];
    const { scores } = await read({
      'a.json': log(
        {},
        cases.map(([one], i) => sample(`q-${i}`, 'C', used(one))),
      ),
    });
    assert.deepEqual(
      scores.map(({ answer: { tokensIn, tokensOut, costUsd } }) => [tokensIn, tokensOut, costUsd]),
      cases.map(([, answer]) => answer),
    );
  });

  it('have the question that was asked last as their prompt', async () => {
    const turn = (role, content) => ({ role, content });
    const input = [
      turn('system', 'Be brief.'),
      turn('user', 'How long is the Rhine?'),
      turn('assistant', '1230 km'),
      turn('user', [
        { type: 'text', text: 'And the Oder?' },
        { type: 'image', image: 'data:' },
      ]),
      turn('user', 'In km. attachment://0af3'),
      turn('assistant', 'The Oder is'),
    ];
    const record = await read({
      'a.json': log({}, [sample('x', 'C', { input, attachments: { '0af3': 'Round it.' } })]),
    });
    assert.equal(record.samples[0].prompt, 'And the Oder?\nIn km. Round it.');
  });

  it('with numbers for ids are told apart by their prompts, and joined by them', async () => {
    const asks = (input) => ({ input });
    const contents = {
      'a.json': log({}, [sample(1, 'C', asks('One?')), sample(2, 'C', asks('Two?')), sample(3, 'C', asks('Three?'))]),
      'b.json': log(other(2, { model: 'lab/n', created: '2026-03-02T10:00:00Z' }), [
        sample(1, 'I', asks(' One?\n')),
        sample(2, 'I', asks('Three?')),
        sample(3, 'I', asks('Four?')),
      ]),
    };
    const record = await read(contents);
    const asked = (of, model) =>
      of.scores.filter((score) => score.model === model).map(({ sample: row, key }) => [of.samples[row].prompt, key]);
    assert.deepEqual(asked(record, 'lab/m'), [
      ['One?', '1'],
      ['Two?', '2'],
      ['Three?', '3'],
    ]);
    const [one, two, three] = asked(record, 'lab/n');
    assert.deepEqual(
      [one, two],
      [
        ['One?', '1'],
        ['Three?', '3'],
      ],
    );
    assert.match(three.join(' '), /^Four\? 3 [0-9a-f]{16}$/);
    const renamed = await read({ 'z.json': contents['a.json'], 'y.json': contents['b.json'] });
    assert.deepEqual(scoreLines(renamed), scoreLines(record));
  });

  it('with names for ids stay one sample if the prompts differ', async () => {
    const record = await read({
      'a.json': log({}, [sample('rec/Xq', 'C')]),
      'b.json': log(other(2, { model: 'lab/n' }), [sample('rec/Xq', 'I', { input: 'How long is it?' })]),
    });
    assert.equal(record.samples.length, 1);
  });
});
