// Rows that `selected_by` says were chosen: how they are read, and that no number of a plan is of them.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { buildFromFiles, fileFromBytes, plan as planOf, planSentences } from '../../../dist/build.js';
import { Router } from '../../../dist/index.js';
import { cellsOf, csvOf, fileOf, gradedRows } from './graded.mjs';

const OPTIONS = { index: false };

/** Returns rows of which every third one was chosen, with outcomes that would turn the plan over. */
function mixedRows({ rows = 150, by = (i) => (i % 3 === 2 ? 'disagreement' : 'random') } = {}) {
  return cellsOf(gradedRows({ rows }), {
    more: (_, i) => ({
      selected_by: by(i),
      weight: i % 3 === 2 ? 4.5 : 1,
      // Chosen rows say that the small model is always right, and the large one never.
      ...(by(i) !== 'random' && by(i) !== '' && { large: 0, small: 1 }),
    }),
  });
}

const randomOnly = (cells) =>
  cells.filter(({ selected_by: by }) => by === 'random').map(({ selected_by: _, weight: _w, ...row }) => row);

it('says how many rows were random and chosen, and estimates from the random ones', async () => {
  const cells = mixedRows();
  const { plan } = await planOf([fileOf(cells)], OPTIONS);
  const { plan: alone } = await planOf([fileOf(randomOnly(cells))], OPTIONS);
  assert.deepEqual(plan.selection, { random: 100, chosen: 50 });
  assert.deepEqual(alone.selection, { random: 100, chosen: 0 });
  assert.equal(plan.rows, 100);
  assert.equal(plan.groups, 100);
  assert.deepEqual(
    plan.models.map(({ measured }) => measured),
    [100, 100],
  );
  assert.deepEqual(plan.singles, alone.singles);
  assert.deepEqual(plan.baseline, alone.baseline);
  assert.equal(
    plan.families.reduce((sum, { rows }) => sum + rows, 0),
    100,
  );
  const said = planSentences(plan).why.join(' ');
  assert.match(said, /50 more prompts were chosen, not drawn at random: they help to make the rules/);
  assert.doesNotMatch(planSentences(alone).why.join(' '), /chosen/);
});

it('trains the rule on chosen rows', async () => {
  const cells = mixedRows();
  const [{ plan }, { plan: alone }] = await Promise.all([
    planOf([fileOf(cells)], OPTIONS),
    planOf([fileOf(randomOnly(cells))], OPTIONS),
  ]);
  const smallRight = ({ families }) =>
    families.reduce((sum, { right, rows }) => sum + rows * right[1], 0) /
    families.reduce((sum, { rows }) => sum + rows, 0);
  assert.ok(smallRight(plan) > smallRight(alone) + 0.03, `${smallRight(plan)} > ${smallRight(alone)}`);
});

it('keeps chosen rows out of the index, which falls back on the best model of the traffic', async () => {
  const { index } = await planOf([fileOf(mixedRows())], OPTIONS);
  const router = await Router.load({ index, embedder: null });
  assert.equal(router.info.rows, 100);
  router.dispose();
});

it('reads empty cells and any case of random as random, and everything else as chosen', async () => {
  const names = ['', 'random', ' Random ', 'RANDOM', 'disagreement', 'by me', '0', 'randomly'];
  const { plan } = await planOf([fileOf(mixedRows({ rows: 160, by: (i) => names[i % 8] }))], OPTIONS);
  assert.deepEqual(plan.selection, { random: 80, chosen: 80 });
});

for (const [what, by, message] of [
  [
    'all rows chosen',
    () => 'x',
    /got 0 prompts drawn at random among 150 graded ones, expected at least 30: rows that/,
  ],
  ['few random rows', (i) => (i < 29 ? '' : 'x'), /got 29 prompts drawn at random among 150 graded ones/],
]) {
  it(`states that nothing can be estimated from ${what}`, async () => {
    await assert.rejects(planOf([fileOf(mixedRows({ by }))], OPTIONS), { code: 'invalid_argument', message });
  });
}

it('states that a model was graded on chosen rows only', async () => {
  const cells = mixedRows().map((row) => ({
    ...row,
    tiny: row.selected_by === 'random' ? '' : 1,
    'tiny|cost_usd': 0.001,
  }));
  await assert.rejects(planOf([fileOf(cells)], OPTIONS), {
    code: 'invalid_argument',
    message: /^tiny: no grade on a prompt drawn at random, expected some/,
  });
});

for (const [weight, message] of [
  [0, /graded\.csv, line 2: got 0 in column 'weight', expected a number above 0/],
  [-2, /got -2 in column 'weight', expected a number above 0/],
  ['inf', /got 'inf' in column 'weight', expected a number/],
  ['1e999', /got '1e999' in column 'weight', expected a number/],
  ['many', /got 'many' in column 'weight', expected a number/],
]) {
  it(`refuses the weight ${weight}`, async () => {
    const cells = mixedRows().map((row, i) => ({ ...row, weight: i === 0 ? weight : 1 }));
    await assert.rejects(planOf([fileOf(cells)], OPTIONS), { code: 'invalid_argument', message });
  });
}

it('takes NaN and an empty weight as not given', async () => {
  const cells = mixedRows().map((row, i) => ({ ...row, weight: i % 2 === 0 ? 'NaN' : '' }));
  assert.deepEqual((await planOf([fileOf(cells)], OPTIONS)).plan.selection, { random: 100, chosen: 50 });
});

it('does not take a weight without selected_by for a model, nor for a choice', async () => {
  const cells = mixedRows().map(({ selected_by: _, ...row }) => ({ ...row, weight: -1 }));
  const { plan } = await planOf([fileOf(cells)], OPTIONS);
  assert.deepEqual(plan.selection, { random: 150, chosen: 0 });
  assert.deepEqual(
    plan.models.map(({ name }) => name),
    ['large', 'small'],
  );
});

it('reads the columns of long tables and of JSON lines', async () => {
  const cells = mixedRows();
  const lines = cells.map((row) => JSON.stringify(row)).join('\n');
  const jsonl = fileFromBytes('graded.jsonl', new TextEncoder().encode(lines));
  const long = cells.flatMap(({ prompt, large, small, selected_by, weight, ...costs }) =>
    Object.entries({ large, small }).map(([model, score]) => ({
      ...{ prompt, model, score, selected_by, weight },
      cost_usd: costs[`${model}|cost_usd`],
    })),
  );
  const wide = await planOf([fileOf(cells)], OPTIONS);
  const others = [await planOf([jsonl], OPTIONS), await planOf([fileOf(long)], OPTIONS)];
  for (const { plan } of others) {
    assert.deepEqual(plan.selection, wide.plan.selection);
    assert.deepEqual(plan.singles, wide.plan.singles);
  }
});

it('counts a row that was chosen first and drawn later as random, in whatever order the files come', async () => {
  const cells = mixedRows().map((row, i) => ({ dataset: 'd', ...row, selected_by: i % 3 === 2 ? 'disagreement' : '' }));
  const drawn = cells
    .filter((_, i) => i % 6 === 2)
    .map(({ dataset, prompt }) => ({ dataset, prompt, selected_by: 'random', weight: 2, large: '-', small: '-' }));
  for (const files of [
    [fileOf(cells), fileOf(drawn, 'next.csv')],
    [fileOf(drawn, 'next.csv'), fileOf(cells)],
  ]) {
    assert.deepEqual((await planOf(files, OPTIONS)).plan.selection, { random: 125, chosen: 25 });
  }
});

it('tests a promise on random rows only', async () => {
  const cells = mixedRows({ rows: 600 });
  const { plan } = await planOf([fileOf(cells)], { ...OPTIONS, maxLoss: { points: 20 } });
  const { promise, rows, selection } = plan;
  assert.deepEqual(selection, { random: 400, chosen: 200 });
  assert.equal(promise.ruleRows, 120);
  assert.equal(rows, 280);
  const { plan: alone } = await planOf([fileOf(randomOnly(cells))], { ...OPTIONS, maxLoss: { points: 20 } });
  assert.deepEqual(plan.baseline, alone.baseline, 'the same rows test both');
  assert.match(planSentences(plan).why.join(' '), /200 more prompts were chosen/);
});

it('does not take the columns for models when an index is built', async () => {
  const { report } = await buildFromFiles([fileOf(mixedRows())]);
  assert.deepEqual(
    report.models.map(({ name }) => name),
    ['large', 'small'],
  );
});

it('refuses a list as a way of choosing', async () => {
  const rows = mixedRows().map((row) => ({ ...row, selected_by: ['random'] }));
  const bytes = new TextEncoder().encode(rows.map((row) => JSON.stringify(row)).join('\n'));
  await assert.rejects(planOf([fileFromBytes('graded.jsonl', bytes)], OPTIONS), {
    code: 'invalid_argument',
    message: /got a list in column 'selected_by', expected text/,
  });
});

it('knows the columns in other case', async () => {
  const text = csvOf(mixedRows()).replace('selected_by,weight', 'Selected_By,Weight');
  const file = fileFromBytes('graded.csv', new TextEncoder().encode(text));
  assert.deepEqual((await planOf([file], OPTIONS)).plan.selection, { random: 100, chosen: 50 });
});
