// Reading of graded tables for a plan: figures of each answer, groups, repeated rows; and that a build ignores them.
import assert from 'node:assert/strict';
import test from 'node:test';
import { buildFromFiles, fileFromBytes } from '../../../dist/build.js';
import { importFiles } from '../../../dist/building/import-files.js';
import { RowDetails } from '../../../dist/building/row-details.js';
import { memoryStorage } from '../../../dist/building/storage.js';
import { expectNothingOpen } from '../support/fixtures.mjs';

expectNothingOpen();

const encoder = new TextEncoder();
const file = (text, name = 'graded.csv') => fileFromBytes(name, encoder.encode(text));
const steps = { begin: () => undefined, update: async () => undefined };

/** Reads files as a plan does; returns the collector and the details, with what the rows have by place. */
async function read(...files) {
  const details = new RowDetails(1000);
  const { collector } = await importFiles(files, { details }, memoryStorage(), steps);
  const rows = Array.from({ length: collector.rows }, (_, row) => row);
  return {
    collector,
    details,
    outcomes: rows.map((row) => collector.models.map((_, m) => collector.outcome(row, m))),
    costs: rows.map((row) => collector.models.map((_, m) => Number(details.figure(row, m, 'costUsd').toPrecision(6)))),
    groups: rows.map((row) => details.groupsOf(row)),
  };
}

test('keeps cost and tokens of each answer in a wide table', async () => {
  const { costs, details } = await read(
    file('prompt,a,b,a|cost_usd,b|tokens_in,b|tokens_out\none,1,0,0.01,10,20\ntwo,0,1,0.03,30,40\n'),
  );
  assert.deepEqual(costs, [
    [0.01, Number.NaN],
    [0.03, Number.NaN],
  ]);
  assert.deepEqual(
    [0, 1].map((row) => details.figure(row, 1, 'tokensOut')),
    [20, 40],
  );
});

test('keeps them in a long table', async () => {
  const { costs } = await read(
    file('prompt,model,score,cost_usd\none,a,1,0.01\none,b,0,0.02\ntwo,a,1,0.03\ntwo,b,0,\n'),
  );
  assert.deepEqual(costs, [
    [0.01, 0.02],
    [0.03, Number.NaN],
  ]);
});

test('rows of a table that repeat a prompt or an id are rows of one group', async () => {
  const prompts = await read(file('prompt,a,b\nsame,1,0\nother,0,1\nsame,0,0\nsame,1,1\n'));
  assert.deepEqual(prompts.outcomes, [
    [1, 0],
    [0, 1],
    [0, 0],
    [1, 1],
  ]);
  const [first, other, again, third] = prompts.groups;
  assert.deepEqual([again, third], [first, first]);
  assert.notDeepEqual(other, first);
  const ids = await read(file('id,prompt,a,b\nx,turn one,1,0\nx,turn two,0,1\ny,turn one,1,1\n'));
  assert.equal(ids.collector.rows, 3);
  assert.deepEqual(ids.groups[0], ids.groups[1]);
  assert.equal(ids.collector.promptsDiffer.count, 0);
});

test('files with other models of the same prompts still join', async () => {
  const { outcomes, collector } = await read(
    file('dataset,prompt,a\nd,one,1\nd,two,0\nd,one,0\n', 'a.csv'),
    file('dataset,prompt,b\nd,one,0.5\nd,two,1\nd,one,0.25\n', 'b.csv'),
  );
  assert.deepEqual(
    collector.models.map(({ name }) => name),
    ['a', 'b'],
  );
  assert.deepEqual(outcomes, [
    [1, 0.5],
    [0, 1],
    [0, 0.25],
  ]);
});

test('averages repeated scores of a long table, and notes contradictions', async () => {
  const { outcomes, details, collector } = await read(
    file('prompt,model,score\none,a,1\none,a,0\none,b,1\none,b,1\ntwo,a,0\ntwo,b,0\n'),
  );
  assert.deepEqual(outcomes, [
    [0.5, 1],
    [0, 0],
  ]);
  assert.deepEqual([...details.contradictory], [0]);
  assert.equal(collector.dropped.get('conflicting_score').count, 0);
});

test('reads groups from columns, in any case, in wide and long tables', async () => {
  const wide = await read(file('Prompt,Conversation,template_id,a,b\none,c1,t1,1,0\ntwo,c1,t2,0,1\nthree,,t1,1,1\n'));
  assert.deepEqual(
    wide.collector.models.map(({ name }) => name),
    ['a', 'b'],
  );
  const [one, two, three] = wide.groups;
  assert.ok(one.some((group) => two.includes(group)) && one.some((group) => three.includes(group)));
  assert.ok(!two.some((group) => three.includes(group)));
  const long = await read(file('prompt,model,score,group\none,a,1,g\ntwo,a,0,g\nthree,a,0,h\n'));
  const shared = (a, b) => long.groups[a].some((group) => long.groups[b].includes(group));
  assert.deepEqual([shared(0, 1), shared(0, 2)], [true, false]);
});

test('JSONL lines name groups, too, in columns that begin late', async () => {
  const lines = [
    { prompt: 'one', a: 1, b: 0 },
    { prompt: 'two', a: 1, b: 0, session: 7 },
    { prompt: 'three', a: 0, b: 1, session: 7 },
  ];
  const { groups } = await read(file(lines.map((line) => JSON.stringify(line)).join('\n'), 'graded.jsonl'));
  assert.ok(groups[1].some((group) => groups[2].includes(group)));
  assert.equal(groups[0].length, 1);
});

test('a build takes no group column for a model, and joins repeated rows as before', async () => {
  const { report } = await buildFromFiles([file('prompt,conversation,a,b\none,x,1,0\ntwo,x,0,1\none,y,1,0\n')]);
  assert.deepEqual(
    report.models.map(({ name }) => name),
    ['a', 'b'],
  );
  assert.equal(report.rows, 2);
  assert.equal(report.dropped.repeated.count, 2);
});

test('refuses more rows than the limit while it reads', async () => {
  const rows = Array.from({ length: 20 }, (_, i) => `prompt ${i},1,0`).join('\n');
  const details = new RowDetails(10);
  await assert.rejects(importFiles([file(`prompt,a,b\n${rows}\n`)], { details }, memoryStorage(), steps), {
    code: 'size_overflow',
    message: /more than 10 prompts/,
  });
});
