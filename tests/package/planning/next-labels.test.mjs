// Prompts to grade next for a plan: the draw and later ones, chosen rows, grading sheets and reading them back, odd input.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  fileFromBytes,
  gradingSheet,
  nextLabels,
  nextLabelsInWorker,
  nextSentences,
  plan as planOf,
} from '../../../dist/build.js';
import { cellsOf, csvOf, fileOf, gradedRows } from './graded.mjs';

const MODELS = ['large', 'small'];

/** Returns cells of which only the first `graded` have grades; the others may have answers. */
function begun({ rows = 120, graded = 40, answers = false, dataset = false } = {}) {
  return cellsOf(gradedRows({ rows }), {
    dataset,
    more: (row, i) => ({
      ...(i >= graded &&
        Object.fromEntries(
          MODELS.flatMap((m) => [
            [m, ''],
            [`${m}|cost_usd`, ''],
          ]),
        )),
      ...(answers && {
        'answer:large': 'yes',
        'answer:small': row.outcomes.large === row.outcomes.small ? 'Yes ' : 'no',
      }),
    }),
  });
}

const promptsOf = ({ rows }) => rows.map(({ prompt }) => prompt);
const csvFile = (text, name = 'next.csv') => fileFromBytes(name, new TextEncoder().encode(text));

/** Returns the sheet with grades in all empty cells of models. */
function filled(next, name = 'next.csv') {
  const rows = next.rows.map(({ prompt, id, dataset, selectedBy, weight, models }) => ({
    ...{ dataset, id: id ?? '', prompt, selected_by: selectedBy, weight },
    ...Object.fromEntries(next.candidates.map((m) => [m, models.includes(m) ? 1 : '-'])),
  }));
  return csvFile(csvOf(rows), name);
}

it('draws ungraded rows, for all models', async () => {
  const cells = begun();
  const next = await nextLabels(20, { files: [fileOf(cells)] });
  assert.equal(next.rows.length, 20);
  assert.deepEqual([next.graded, next.left, next.disagreeing, next.nothingLeft], [40, 80, 0, null]);
  assert.deepEqual(next.candidates, MODELS);
  const ungraded = new Set(cells.slice(40).map(({ prompt }) => prompt));
  for (const row of next.rows) {
    assert.ok(ungraded.has(row.prompt));
    assert.deepEqual(row.models, MODELS);
    assert.deepEqual(
      [row.selectedBy, row.weight, row.reason, row.dataset, row.id],
      ['random', 4, 'by lot', 'graded', null],
    );
  }
  assert.equal(new Set(promptsOf(next)).size, 20);
});

it('draws each prompt equally often', async () => {
  const counts = new Map();
  const cells = begun({ rows: 50, graded: 30 });
  for (let seed = 1; seed <= 200; ++seed) {
    for (const prompt of promptsOf(await nextLabels(5, { files: [fileOf(cells)], seed }))) {
      counts.set(prompt, (counts.get(prompt) ?? 0) + 1);
    }
  }
  // 200 draws with a chance of 1/4 each: 50 with a standard deviation of 6.1; four of them cover 20 prompts.
  assert.equal(counts.size, 20);
  for (const count of counts.values()) assert.ok(Math.abs(count - 50) <= 25, `${count} of 200`);
});

it('continues the lot of a seed, in whatever order the rows come', async () => {
  const cells = begun();
  const whole = await nextLabels(30, { files: [fileOf(cells)] });
  const first = await nextLabels(10, { files: [fileOf([...cells].reverse())] });
  const second = await nextLabels(20, { files: [fileOf(cells), filled(first)] });
  assert.deepEqual([...promptsOf(first), ...promptsOf(second)], promptsOf(whole));
  const other = await nextLabels(30, { files: [fileOf(cells)], seed: 2 });
  assert.notDeepEqual(promptsOf(other), promptsOf(whole));
});

it('writes a sheet that makes a plan with the graded file once it is filled in', async () => {
  const cells = begun();
  const next = await nextLabels(20, { files: [fileOf(cells)] });
  const sheet = gradingSheet(next);
  assert.equal(sheet.split('\n', 1)[0], 'dataset,id,prompt,selected_by,weight,large,small');
  assert.equal(sheet.split('\n').length, 22);
  const { plan: before } = await planOf([fileOf(cells), csvFile(sheet)], { index: false });
  assert.deepEqual(before.selection, { random: 40, chosen: 0 }, 'an empty sheet changes nothing');
  const { plan } = await planOf([fileOf(cells), filled(next)], { index: false });
  assert.deepEqual(plan.selection, { random: 60, chosen: 0 });
  assert.equal(plan.familiesFrom === 'dataset', false, 'the sheet is not a dataset of its own');
});

it('keeps datasets and ids through a sheet', async () => {
  const cells = begun({ dataset: true }).map((row, i) => ({ id: `row-${i}`, ...row }));
  const next = await nextLabels(20, { files: [fileOf(cells)] });
  for (const { id, dataset, prompt } of next.rows) {
    const row = cells.find((other) => other.id === id);
    assert.deepEqual([row.prompt, row.dataset], [prompt, dataset]);
  }
  const { plan } = await planOf([fileOf(cells), filled(next)], { index: false });
  assert.equal(plan.rows, 60);
  assert.equal(plan.familiesFrom, 'dataset');
  assert.equal(plan.families.length, 4);
});

it('keeps prompts with quotes, line breaks and blanks around them', async () => {
  const odd = ['"quoted", he said', 'two\nlines', '  blanks around ', 'comma, comma', '=1+1', 'é\u00a0漢字'];
  const cells = begun({ rows: 46 }).map((row, i) => (i < 40 ? row : { ...row, prompt: odd[i - 40] }));
  const next = await nextLabels(10, { files: [fileOf(cells)] });
  assert.deepEqual(promptsOf(next).sort(), [...odd].sort());
  const { plan } = await planOf([fileOf(cells), filled(next)], { index: false });
  assert.equal(plan.rows, 46);
  const { report } = await planOf([fileOf(cells), csvFile(gradingSheet(next))], { index: false });
  assert.equal(report.dropped.no_score.count, 6, 'the sheet names the same rows');
});

it('asks first for the missing grades of rows that were drawn before', async () => {
  const cells = begun().map((row, i) => (i < 3 ? { ...row, small: '' } : row));
  const { rows, left } = await nextLabels(5, { files: [fileOf(cells)] });
  assert.equal(left, 83);
  assert.deepEqual(
    rows.map(({ models }) => models),
    [['small'], ['small'], ['small'], MODELS, MODELS],
  );
  assert.equal(rows[0].reason, 'drawn before, grades are missing');
  assert.match(gradingSheet({ rows, candidates: MODELS }), /,random,1,-,\n/);
});

it('takes other prompts that nobody has graded, each once', async () => {
  const cells = begun({ rows: 40 });
  const prompts = ['A new one', 'a  NEW one', 'Another', ' ', cells[0].prompt.toUpperCase()];
  const next = await nextLabels(10, { files: [fileOf(cells)], prompts });
  assert.deepEqual(promptsOf(next).sort(), ['A new one', 'Another']);
  const { plan } = await planOf([fileOf(cells), filled(next)], { index: false });
  assert.equal(plan.rows, 42);
  await assert.rejects(nextLabels(10, { files: [fileOf(begun({ rows: 40, dataset: true }))], prompts }), {
    code: 'invalid_argument',
    message: /^the files have 4 datasets, and the other prompts name none/,
  });
});

it('chooses prompts on which the answers differ, if asked', async () => {
  const cells = begun({ rows: 200, answers: true });
  const differing = new Set(cells.slice(40).flatMap((row) => (row['answer:small'] === 'no' ? [row.prompt] : [])));
  const next = await nextLabels(20, { files: [fileOf(cells)], chosen: 12 });
  assert.equal(next.disagreeing, differing.size);
  const [random, chosen] = [next.rows.slice(0, 8), next.rows.slice(8)];
  assert.ok(random.every(({ selectedBy, weight }) => selectedBy === 'random' && weight === 20));
  assert.equal(chosen.length, 12);
  const left = [...differing].filter((prompt) => !random.some((row) => row.prompt === prompt)).length;
  for (const row of chosen) {
    assert.ok(differing.has(row.prompt));
    assert.deepEqual([row.selectedBy, row.reason], ['disagreement', 'the answers differ']);
    assert.ok(Math.abs(row.weight - left / 12) < 1e-4);
    assert.deepEqual(row.answers, { large: 'yes', small: 'no' });
  }
  assert.equal(gradingSheet(next).split('\n', 1)[0].endsWith('large,small,answer:large,answer:small'), true);
  const { plan } = await planOf([fileOf(cells), filled(next)], { index: false });
  assert.deepEqual(plan.selection, { random: 48, chosen: 12 });
});

it('has a random sample in the end, however many were chosen on the way', async () => {
  // Every batch chooses; in the end the random rows are the first ones of the lot, as if nothing had been chosen.
  const cells = begun({ rows: 140, answers: true });
  const files = [fileOf(cells)];
  let random = 0;
  for (let batch = 0; batch < 4; ++batch) {
    const next = await nextLabels(20, { files, chosen: 10 });
    random += next.rows.filter(({ selectedBy }) => selectedBy === 'random').length;
    files.push(filled(next, `next-${batch}.csv`));
  }
  assert.equal(random, 40);
  const lot = new Set(promptsOf(await nextLabels(40, { files: [fileOf(cells)] })));
  const { plan } = await planOf(files, { index: false });
  assert.equal(plan.selection.random, 80);
  const drawnNext = await nextLabels(100, { files });
  assert.ok(
    promptsOf(drawnNext).every((prompt) => !lot.has(prompt)),
    'the first 40 of the lot are drawn',
  );
});

it('says so where nothing is left', async () => {
  const all = await nextLabels(5, { files: [fileOf(begun({ rows: 40 }))] });
  assert.deepEqual([all.rows, all.nothingLeft], [[], 'all_graded']);
  assert.match(nextSentences(all)[0], /^Nothing is left to grade/);
  const cells = begun({ answers: true }).map((row) => ({ ...row, 'answer:small': 'YES' }));
  const agree = await nextLabels(5, { files: [fileOf(cells)], chosen: 5 });
  assert.deepEqual([agree.rows, agree.nothingLeft], [[], 'answers_agree']);
  assert.match(nextSentences(agree).join(' '), /the answers of the models agree on all that are left/);
});

it('reads thousands of ways of choosing, and no grade at all', async () => {
  const cells = begun({ rows: 10_050, graded: 10_000 }).map((row, i) => ({ ...row, selected_by: `way ${i}` }));
  const next = await nextLabels(3, { files: [fileOf(cells)] });
  assert.deepEqual([next.graded, next.rows.length], [10_000, 3]);
  const fresh = await nextLabels(3, { files: [fileOf(begun({ graded: 0 }))] });
  assert.deepEqual([fresh.graded, fresh.left, fresh.rows.length], [0, 120, 3]);
  assert.match(nextSentences(fresh).join(' '), /A plan takes 30 prompts drawn at random/);
});

for (const [what, call, message] of [
  ['no number', () => nextLabels(undefined, { files: [] }), /^got undefined prompts, expected 1 to 10000$/],
  ['too many', () => nextLabels(10_001, { files: [] }), /^got 10001 prompts/],
  ['an unknown option', () => nextLabels(1, { files: [], choose: 2 }), /choose/],
  [
    'more chosen than all',
    () => nextLabels(5, { files: [fileOf(begun())], chosen: 6 }),
    /^got 6 prompts to choose, expected at most 5$/,
  ],
  [
    'no answers',
    () => nextLabels(5, { files: [fileOf(begun())], chosen: 2 }),
    /expected columns 'answer:<model>', such as 'answer:large'/,
  ],
  [
    'one model',
    () => nextLabels(5, { files: [csvFile('prompt,a\nx,1\ny,\n')] }),
    /^got 1 models, expected at least two/,
  ],
  [
    'a list as an answer',
    () =>
      nextLabels(5, {
        files: [fileFromBytes('a.jsonl', new TextEncoder().encode('{"prompt":"x","a":1,"b":null,"answer:a":[1]}'))],
      }),
    /got a list in column 'answer:a', expected text/,
  ],
]) {
  it(`refuses ${what}`, () => assert.rejects(call, { code: 'invalid_argument', message }));
}

it('refuses a small file that names thousands of models', async () => {
  const lines = Array.from({ length: 5000 }, (_, i) => JSON.stringify({ prompt: `prompt ${i}`, [`model ${i}`]: 1 }));
  const file = fileFromBytes('sparse.jsonl', new TextEncoder().encode(lines.join('\n')));
  await assert.rejects(nextLabels(5, { files: [file] }), {
    code: 'size_overflow',
    message: /^got 5000 models, expected at most 64/,
  });
});

it('chooses the same in a worker', async () => {
  const text = csvOf(begun({ answers: true }));
  const options = { chosen: 4, seed: 3 };
  const file = { file: new File([text], 'graded.csv'), path: 'graded.csv' };
  const steps = [];
  const inWorker = await nextLabelsInWorker(10, {
    ...options,
    files: [file],
    onProgress: ({ step }) => steps.push(step),
  });
  assert.deepEqual(inWorker, await nextLabels(10, { ...options, files: [file] }));
  assert.ok(steps.includes('reading prompts'));
  await assert.rejects(nextLabelsInWorker(0, { files: [file] }), { code: 'invalid_argument' });
});
