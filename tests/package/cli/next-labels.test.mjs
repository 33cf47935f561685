// The command's choice of prompts to grade, from answers to a file that is filled in and read back.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { after, before, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'csv-parse/sync';
import { dist } from '../support/fixtures.mjs';

const CLI = fileURLToPath(new URL('cli.js', dist));
const execute = promisify(execFile);
const MODELS = ['openai/gpt-5.4', 'openai/o4-mini', 'openai/gpt-4.1'];
const PROMPTS = ['What is 2 + 2?', 'What is 3 + 3?', 'Say, "hi"', 'What is 5 + 5?'];
const ANSWERS = [
  ['4', '4.0', 'The answer is 4'],
  ['6', '7', '6'],
  ['hi', 'Hi', 'hey'],
  ['10', '10', ''],
];

let folder;
before(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'signalbox-next-'));
  const csv = (rows) => rows.map((row) => `${row.map((x) => `"${x.replaceAll('"', '""')}"`).join(',')}\n`).join('');
  writeFileSync(path.join(folder, 'prompts.csv'), csv([['prompt'], ...PROMPTS.map((prompt) => [prompt])]));
  writeFileSync(path.join(folder, 'answers.csv'), csv([MODELS, ...ANSWERS]));
  const lines = ANSWERS.map((row) =>
    JSON.stringify(Object.fromEntries(MODELS.map((model, i) => [model, row[i] || null]))),
  );
  writeFileSync(path.join(folder, 'answers.jsonl'), lines.join('\n'));
});
after(() => rmSync(folder, { recursive: true }));

const run = (...args) => execute(process.execPath, [CLI, 'route-task', 'prompts.csv', ...args], { cwd: folder });
const NEXT = ['--candidates', MODELS.join(), '--answers', 'answers.csv', '--next'];

it('writes a file to grade in, which is read back as labels', async () => {
  const { stdout, stderr } = await run(...NEXT, '10', '-o', 'grade.csv');
  assert.equal(stderr, '');
  assert.match(stdout, /from 3 of 4 prompts, on which the candidates' answers differ or are not known \(0 graded/);
  for (const model of MODELS) assert.ok(stdout.includes(model));
  const text = readFileSync(path.join(folder, 'grade.csv'), 'utf8');
  const rows = parse(text, { columns: true });
  assert.deepEqual(rows.map(({ index }) => Number(index)).sort(), [1, 2, 3]);
  for (const row of rows) {
    assert.equal(row.prompt, PROMPTS[row.index]);
    assert.equal(row.selected_by, 'disagreement');
    assert.equal(row.weight, '1');
    assert.ok(MODELS.every((model) => row[model] === ''));
  }
  // The grades go to the columns of the models, best candidate first.
  const [head, ...lines] = text.trim().split('\r\n');
  const filled = lines.map((line) => line.replace(/,,,$/, ',0,0,0'));
  writeFileSync(path.join(folder, 'graded.csv'), [head, ...filled].join('\n'));
  const {
    rows: none,
    graded,
    nothingLeft,
  } = JSON.parse((await run(...NEXT, '5', '--labels', 'graded.csv', '--json')).stdout);
  assert.deepEqual([none, graded, nothingLeft], [[], 3, 'all_graded']);
  assert.match((await run(...NEXT, '5', '--labels', 'graded.csv')).stdout, /^There is nothing left to grade/);
  const decision = await run(
    '--candidates',
    MODELS.join(),
    '--answers',
    'answers.csv',
    '--labels',
    'graded.csv',
    '--json',
  );
  assert.equal(JSON.parse(decision.stdout).labelled, 3);
});

it('reads answers from JSONL, and draws others for another seed', async () => {
  const drawn = async (...args) =>
    JSON.parse((await run(...NEXT.slice(0, 2), '--next', '2', '--json', ...args)).stdout).rows.map(
      ({ index }) => index,
    );
  assert.deepEqual(await drawn('--answers', 'answers.jsonl'), await drawn('--answers', 'answers.csv'));
  const seeds = await Promise.all(['1', '2', '3', '4', '5'].map((seed) => drawn('--seed', seed)));
  assert.ok(new Set(seeds.map(String)).size > 1, JSON.stringify(seeds));
});

it('refuses what does not fit together', async () => {
  writeFileSync(path.join(folder, 'few.csv'), `${MODELS[0]}\n4\n`);
  writeFileSync(path.join(folder, 'odd.jsonl'), `${JSON.stringify({ [MODELS[0]]: ['4'] })}\n`);
  for (const [args, code, pattern] of [
    [['--seed', '2'], 2, /--seed is given without --next/],
    [['-o', 'out.csv'], 2, /--output is given without --next/],
    [['--next', '0'], 2, /'0' is invalid/],
    [['--next', '3', '--answers', 'few.csv'], 1, /1 entries, expected 4/],
    [['--next', '3', '--answers', 'odd.jsonl'], 1, /row 1: the answer of openai\/gpt-5.4 is not a text or a number/],
    [['--next', '3', '--answers', 'missing.csv'], 1, /missing\.csv could not be read/],
    [['--next', '3', '-o', 'few.csv'], 1, /few\.csv exists: give another name, or delete it/],
  ]) {
    await assert.rejects(run(...args), (error) => {
      assert.equal(error.code, code, error.stderr);
      assert.match(error.stderr, pattern);
      return true;
    });
  }
});
