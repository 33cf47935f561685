// Imports judgments of MT-Bench, Arena-Hard and LiveBench.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildFromFiles, fileFromBytes } from '../../../dist/build.js';
import { fastChatImporter } from '../../../dist/importing/sources/fastchat.js';
import { claimed, imported, inputFiles, lines, refuses, scoreLines } from './fixtures.mjs';

const QUESTIONS = {
  'mt_bench/question.jsonl': lines(
    { question_id: 81, category: 'math', turns: ['How many bells ring?', 'And at noon?'] },
    { question_id: 82, category: 'math', turns: ['How many doors close?', 'And at night?'] },
  ),
};
const single = (id, model, score, turn = 1, judge = 'judge-x') => ({
  question_id: id,
  model,
  judge: [judge, turn === 1 ? 'single-v1' : 'single-v1-multi-turn'],
  score,
  turn,
});
const SINGLE = {
  'mt_bench/model_judgment/judge-x_single.jsonl': lines(
    single(81, 'little', 1),
    single(81, 'little', 4, 2),
    single(82, 'little', -1),
    single(81, 'great', 10),
  ),
};
const answer = (id, ...lengths) => ({
  question_id: id,
  answer_id: 'a',
  model_id: 'little',
  choices: [{ index: 0, turns: lengths.map((n) => ({ content: 'x', token_len: n })) }],
});

describe('FastChat', () => {
  it('is recognised by folders and keys', async () => {
    const contents = {
      ...QUESTIONS,
      ...SINGLE,
      'mt_bench/model_answer/little.jsonl': lines(answer(81, 1)),
      'arena/question.jsonl': lines({ uid: 'u', category: 'c', subcategory: 's', prompt: 'q' }),
      'arena/model_judgment/judge/little.jsonl': lines({ uid: 'u', model: 'little', judge: 'j', games: [] }),
      'other/question.jsonl': lines({ id: 1, prompt: 'q' }),
      'model_judgment/notes.jsonl': lines({ note: 1 }),
    };
    assert.equal((await claimed(fastChatImporter, contents)).length, 5);
  });

  it('has a row for each turn of MT-Bench, in the range of its scores', async () => {
    const answers = { 'mt_bench/model_answer/little.jsonl': lines(answer(81, 30, 40)) };
    const record = await imported(fastChatImporter, { ...QUESTIONS, ...SINGLE, ...answers });
    assert.deepEqual(scoreLines(record), [
      'mt_bench/81 great score=10',
      'mt_bench/81 little score=1',
      'mt_bench/81 turn 2 little score=4',
    ]);
    assert.deepEqual(
      record.samples.map(({ prompt }) => prompt),
      ['How many bells ring?', 'And at noon?', 'How many doors close?'],
    );
    assert.deepEqual(record.dropped, { unscored: 1 });
    assert.deepEqual(record.scales, [['mt_bench', 'score', 1, 10]]);
    const figures = record.scores.filter(({ model }) => model === 'little').map((score) => score.answer.tokensOut);
    assert.deepEqual(figures, [30, 40]);
  });

  it('maps scores of 1 to 10 to outcomes without an option', async () => {
    const files = inputFiles({ ...QUESTIONS, ...SINGLE }).map(async (file) =>
      fileFromBytes(file.path, await file.slice(0, file.size)),
    );
    const { report } = await buildFromFiles(await Promise.all(files));
    assert.deepEqual(report.datasets[0].range, [1, 10]);
    const means = Object.fromEntries(report.models.map(({ name, meanOutcome }) => [name, meanOutcome]));
    assert.equal(means.great, 1);
    assert.ok(Math.abs(means.little - 1 / 6) < 1e-6, `${means.little}`);
  });

  it('names the judge if there are several', async () => {
    const { scores } = await imported(fastChatImporter, {
      ...QUESTIONS,
      ...SINGLE,
      'mt_bench/model_judgment/judge-y_single.jsonl': lines(single(81, 'little', 3, 1, 'judge-y')),
    });
    assert.deepEqual([...new Set(scores.map(({ metric }) => metric))].sort(), [
      'score (judge: judge-x)',
      'score (judge: judge-y)',
    ]);
  });

  it('counts the wins of pairs and games, of which a clear one counts thrice', async () => {
    const games = (...verdicts) => ({
      question_id: 'q1',
      model: 'little',
      judge: 'j',
      games: verdicts.map((score) => ({ score, judgment: 'x' })),
    });
    const arena = (line) =>
      imported(fastChatImporter, {
        'arena/question.jsonl': lines({ question_id: 'q1', turns: [{ content: 'Which way?' }] }),
        'arena/model_judgment/j/little.jsonl': lines(line),
      });
    for (const [verdicts, expected] of [
      [['B>>A', 'A=B'], (3 + 0.5) / 4],
      [['A>B', 'A>B'], 1 / 2],
      [['A<B', 'B>A'], 1 / 2],
      [['B>A', null], 1],
    ]) {
      const { scores, samples } = await arena(games(...verdicts));
      assert.deepEqual([scores[0].metric, scores[0].value], ['win_rate', expected], verdicts.join());
      assert.equal(samples[0].prompt, 'Which way?');
    }
    assert.deepEqual((await arena(games(null, null))).dropped, { unscored: 1 });
    const pair = (first, second) => ({
      question_id: 81,
      model_1: 'little',
      model_2: 'base',
      g1_winner: first,
      g2_winner: second,
      judge: ['j', 'pair-v2'],
      turn: 1,
    });
    const pairs = lines(pair('model_1', 'tie'), { ...pair('error', 'tie'), question_id: 82 });
    const record = await imported(fastChatImporter, { ...QUESTIONS, 'mt_bench/model_judgment/j_pair.jsonl': pairs });
    assert.deepEqual(scoreLines(record), ['mt_bench/81 little win_rate=0.75']);
  });

  it('reads LiveBench, whose scores are from 0 to 1', async () => {
    const record = await imported(fastChatImporter, {
      'live_bench/math/question.jsonl': lines({ question_id: 'a1', turns: ['How far?'] }),
      'live_bench/math/model_judgment/ground_truth_judgment.jsonl': lines({
        question_id: 'a1',
        model: 'little',
        score: 0.5,
        turn: 1,
        tstamp: 1,
      }),
    });
    assert.deepEqual(scoreLines(record), ['math/a1 little score=0.5']);
    assert.equal(record.scales, undefined);
  });

  it('says which file is missing', async () => {
    await refuses(
      fastChatImporter,
      SINGLE,
      'invalid_argument',
      /expected mt_bench\/question\.jsonl, which has the prompts/,
    );
    await refuses(fastChatImporter, QUESTIONS, 'invalid_argument', /expected model_judgment/);
    const broken = { ...QUESTIONS, 'mt_bench/model_judgment/j.jsonl': lines({ question_id: 81, score: 1 }) };
    await refuses(fastChatImporter, broken, 'invalid_argument', /j\.jsonl, line 1: no text at 'model'/);
  });
});
