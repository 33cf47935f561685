// `signalbox plan --next` as a user runs it: what it says, the sheet, and the plan with the sheet filled in.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fails, inOwnFolders, read, run, runs, write } from '../building/fixtures.mjs';
import { cellsOf, csvOf, gradedRows } from '../planning/graded.mjs';

inOwnFolders();

const MODELS = ['large', 'small'];

/** Returns 60 rows, the first 40 of them graded, with answers that differ on every other row. */
const begun = () =>
  csvOf(
    cellsOf(gradedRows({ rows: 60 }), {
      more: (_, i) => ({
        ...(i >= 40 &&
          Object.fromEntries(
            MODELS.flatMap((m) => [
              [m, ''],
              [`${m}|cost_usd`, ''],
            ]),
          )),
        'answer:large': 'B',
        'answer:small': i % 2 === 0 ? '(b)' : 'C',
      }),
    }),
  );

describe('signalbox plan --next', () => {
  it('says what to grade, writes a sheet, and plans with it once it is filled in', async () => {
    write('graded.csv', begun());
    const { code, stdout, stderr } = await run(['plan', 'graded.csv', '--next', '6', '-o', 'next.csv']);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^Grade 6 prompts of 20 next: 6 drawn at random\./);
    assert.equal(stdout.match(/by lot: 2 models/g).length, 6);
    assert.match(stdout, /npx signalbox plan graded\.csv next\.csv/);
    for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line);
    assert.match(stderr, /wrote next\.csv: 6 prompts/);
    const sheet = read('next.csv').toString();
    assert.equal(sheet.match(/,random,[\d.]+,,,B,/g).length, 6);
    write('next.csv', sheet.replace(/(,random,[\d.]+),,,/g, '$1,1,0,'));
    const plan = JSON.parse(await runs('plan', 'graded.csv', 'next.csv', '--no-index', '--json'));
    assert.deepEqual(plan.selection, { random: 46, chosen: 0 });
  });

  it('never writes over a sheet that may have grades', async () => {
    write('graded.csv', begun());
    write('next.csv', 'my grades');
    const next = ['plan', 'graded.csv', '--next', '5', '-o'];
    await fails('invalid_argument', / next\.csv exists: give another name, or delete it/, ...next, 'next.csv');
    assert.equal(read('next.csv').toString(), 'my grades');
    await fails('network', /nowhere\/next\.csv could not be written/, ...next, 'nowhere/next.csv');
  });

  it('chooses where answers differ, and takes prompts of another file', async () => {
    write('graded.csv', begun());
    write('more.txt', 'A new prompt\nAnother one\n');
    const args = ['plan', 'graded.csv', '--prompts', 'more.txt', '--next', '15', '--chosen', '5'];
    const next = JSON.parse(await runs(...args, '--json'));
    assert.deepEqual([next.left, next.disagreeing, next.graded], [22, 10, 40]);
    assert.deepEqual(
      next.rows.map(({ selectedBy }) => selectedBy),
      [...Array(10).fill('random'), ...Array(5).fill('disagreement')],
    );
    const text = await runs(...args);
    assert.match(text.replace(/\s+/g, ' '), /10 drawn at random, and 5 on which the answers differ/);
    assert.match(text, /Chosen prompts only train the rule/);
  });

  it('keeps words of prompts out of what it prints if asked', async () => {
    write('graded.csv', begun());
    const text = await runs('plan', 'graded.csv', '--next', '3', '--no-words');
    assert.doesNotMatch(text, /SQL|mail|poem|support request/);
    const all = begun().split('\n');
    write('done.csv', all.slice(0, 41).join('\n'));
    assert.match(await runs('plan', 'done.csv', '--next', '3'), /^Nothing is left to grade/);
  });

  it('refuses to choose without answers', async () => {
    write(
      'graded.csv',
      begun()
        .replaceAll('answer:', 'answer_of:')
        .replaceAll(/,B,(\(b\)|C)/g, ',,'),
    );
    const args = ['plan', 'graded.csv', '--next', '3', '--chosen', '2'];
    await fails('invalid_argument', /expected columns 'answer:<model>'/, ...args);
  });

  it('makes hostile prompts and names safe to print', async () => {
    const evil = 'a\u001b[31mb';
    const rows = ['prompt,"x\u001b]0;y",z', `"${evil} and more",,`, '"two",1,0'];
    write('graded.csv', rows.join('\n'));
    const { stdout, stderr } = await run(['plan', 'graded.csv', '--next', '3']);
    assert.ok(!`${stdout}${stderr}`.includes('\u001b['), stdout);
    assert.match(stdout, /a\\u\{1b\}/);
  });
});
