// `signalbox export`, and what `build` says about a folder with results of several tools, as a user runs them.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import {
  csv,
  fails,
  folder,
  inOwnFolders,
  MODELS,
  QUICK,
  read,
  run,
  runs,
  runsJson,
  write,
} from '../building/fixtures.mjs';
import { EXAMPLES } from '../importing/examples.mjs';

inOwnFolders();

/** Builds an index with texts, in which some outcomes are missing and one is graded. */
async function build(name = 'mine.sbx') {
  const [header, first, ...more] = csv(MODELS).split('\n');
  const graded = first.replace(/[01]$/, '0.25');
  const missing = more.map((line, i) => (i % 7 === 3 ? line.replace(/[01]$/, '') : line));
  write('results.csv', [header, graded, ...missing].join('\n'));
  return runsJson('build', 'results.csv', '-o', name, '--texts', ...QUICK);
}

const outcomesOf = ({ models, rows, missingOutcomes }) => [
  rows,
  missingOutcomes,
  models.map(({ name, outcomes, meanOutcome }) => [name, outcomes, meanOutcome.toFixed(6)]).sort(),
];

describe('signalbox export', () => {
  it('writes tables that are read again with the same outcomes', async () => {
    const built = await build();
    for (const name of ['t.csv', 't.jsonl', 't.parquet']) {
      assert.match(await runs('export', 'mine.sbx', '-o', name), /wrote t\.\w+: 90 rows x 3 models/);
      const again = await runsJson('build', name, '--dry-run');
      assert.deepEqual(outcomesOf(again), outcomesOf(built), name);
      assert.deepEqual(
        again.datasets.map(({ name: dataset, rows }) => [dataset, rows]),
        built.datasets.map(({ name: dataset, rows }) => [dataset, rows]),
      );
    }
  });

  it('writes the form of Every Eval Ever, with checksums, and reads it again', async () => {
    const built = await build();
    assert.match(await runs('export', 'mine.sbx', '-o', 'shared', '--format', 'every-eval-ever'), /3 models/);
    const files = readdirSync(path.join(folder, 'shared'), { recursive: true }).map(String);
    const totals = files.filter((name) => name.endsWith('.json'));
    assert.ok(totals.every((name) => /^data.signalbox./.test(name)));
    assert.equal(totals.length, 3);
    for (const name of totals) {
      const { detailed_evaluation_results: details, evaluation_results: results } = JSON.parse(
        read(path.join('shared', name)),
      );
      const samples = read(path.join('shared', details.file_path));
      assert.equal(createHash('sha256').update(samples).digest('hex'), details.checksum);
      assert.equal(samples.toString().trim().split('\n').length, details.total_rows);
      assert.equal(results.length, 3);
    }
    const again = await runsJson('build', 'shared', '--dry-run');
    assert.equal(again.source, 'every-eval-ever');
    assert.deepEqual(outcomesOf(again), outcomesOf(built));
  });

  it('refuses an output that is data, a folder that exists, and a format that it cannot tell', async () => {
    write('mine.sbx', 'SBX');
    write('there/x', '');
    for (const [args, pattern] of [
      [['-o', 'mine.sbx', '--format', 'csv'], /both data and output/],
      [['-o', 'x.txt'], /expected --format/],
    ]) {
      const { code, stderr } = await run(['export', 'mine.sbx', ...args]);
      assert.equal(code, 2, stderr);
      assert.match(stderr, pattern);
    }
    await fails('truncated|bad_magic', /mine\.sbx|index/, 'export', 'mine.sbx', '-o', 'x.csv');
    assert.equal(existsSync(path.join(folder, 'x.csv')), false);
    await build('real.sbx');
    const { code, stderr } = await run(['export', 'real.sbx', '-o', 'there', '--format', 'every-eval-ever']);
    assert.equal(code, 2, stderr);
    assert.match(stderr, /there exists/);
  });
});

describe('a folder with results of several tools', () => {
  const TOOLS = ['openai-evals', 'promptfoo', 'fastchat'];
  const writeAll = () => {
    for (const source of TOOLS) {
      for (const [name, content] of Object.entries(EXAMPLES[source])) {
        write(`r/${source}/${name}`, typeof content === 'string' ? content : JSON.stringify(content));
      }
    }
    write('r/notes.txt', 'my notes');
    write('r/tests.csv', 'prompt,remark\nq,some text\n');
  };

  it('is read as a whole; the report says what each file is, what was taken and what not', async () => {
    writeAll();
    const report = await runsJson('build', 'r', '--dry-run', '--metric', 'b=score');
    assert.equal(report.source, 'mixed');
    const byName = Object.fromEntries(report.files.list.map((file) => [file.path, file]));
    assert.deepEqual(
      [
        'r/openai-evals/e.jsonl',
        'r/fastchat/b/question.jsonl',
        'r/fastchat/b/model_judgment/j/m.jsonl',
        'r/notes.txt',
      ].map((name) => [byName[name].source, byName[name].outcomes, byName[name].leftOut, byName[name].reason]),
      [
        ['openai-evals', 1, {}, null],
        ['fastchat', 0, {}, 'no outcomes of its own'],
        ['fastchat', 0, { another_metric: 1 }, null],
        [null, 0, {}, 'not recognised as results'],
      ],
    );
    assert.match(byName['r/tests.csv'].reason, /got 'some text' in column 'remark'/);
    assert.deepEqual(report.files.ignored, ['r/notes.txt', 'r/tests.csv']);
    const text = await runs('build', 'r', '--dry-run', '--metric', 'b=score');
    assert.match(text, /^fastchat \+ openai-evals \+ promptfoo: 6 files, /);
    assert.match(text, /\n {2}r\/notes\.txt: not read, not recognised as results\n/);
  });

  it('has an explanation of each file', async () => {
    writeAll();
    const explained = await runsJson('build', 'r', '--explain', 'r/openai-evals/e.jsonl');
    assert.deepEqual(
      [explained.source, explained.models, explained.metrics, explained.datasets.map(({ name }) => name)],
      ['openai-evals', ['m'], ['match'], ['e']],
    );
    assert.deepEqual(explained.first, {
      ...{ dataset: 'e', id: 'e.0', key: 'e.0', prompt: 'q', line: 2 },
      scores: [{ model: 'm', metric: 'match', score: 1, outcome: 1, costUsd: null, tokensIn: null, tokensOut: null }],
    });
    assert.match(await runs('build', 'r', '--explain', './r/notes.txt'), /^r\/notes\.txt: not read: not recognised/);
    await fails(
      'invalid_argument',
      /got the file 'x\.csv' to explain, expected one of/,
      'build',
      'r',
      '--explain',
      'x.csv',
    );
  });

  it('is an error with the reasons of all files if none has results', async () => {
    write('r/notes.txt', 'my notes');
    write('r/totals/results_2026-01-01T00-00-00.json', '{"results": {}}');
    await fails('invalid_argument', /--log_samples/, 'build', 'r', '--dry-run');
  });
});
