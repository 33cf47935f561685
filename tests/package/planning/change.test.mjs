// Comparisons of new prompts with those of a plan: findings, sentences, and refusals.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { changeSentences, checkPlan, plan } from '../../../dist/build.js';
import { StaticEmbedder } from '../../../dist/index.js';
import { expectNothingOpen } from '../support/fixtures.mjs';
import { cellsOf, fileOf, gradedRows, KINDS } from './graded.mjs';

const { sql, mail } = KINDS;
const promptsOf = (rows) => rows.map(({ prompt }) => prompt);
const strangers = Array.from(
  { length: 40 },
  (_, i) => `Who won the chess match number ${i} between the two old masters?`,
);

let embedder;
let index;
before(async () => {
  embedder = await StaticEmbedder.load();
  ({ index } = await plan([fileOf(cellsOf(gradedRows({ rows: 240 })))], { embedder, index: false }));
});
after(() => embedder.dispose());
expectNothingOpen();

describe('checkPlan', () => {
  const check = (prompts, options = {}) => checkPlan(index, prompts, { embedder, ...options });

  it('finds no change in more prompts of the same kinds', async () => {
    const change = await check(promptsOf(gradedRows({ rows: 120, seed: 9 })));
    assert.equal(change.changed, false, JSON.stringify(change.tests));
    assert.deepEqual([change.before, change.now, change.unread], [240, 120, 0]);
    assert.equal(changeSentences(change)[0], 'No change found.');
    assert.match(changeSentences(change).join(' '), /Outcomes were not compared/);
  });

  it('finds other shares of the kinds', async () => {
    const change = await check(promptsOf(gradedRows({ rows: 120, seed: 9, kinds: { sql, mail } })));
    assert.equal(change.tests.families.changed, true);
    assert.equal(change.tests.meaning.changed, true);
    assert.match(changeSentences(change).join('\n'), /^Changed\.\n.*\nFamilies: changed, p .*, most of all /);
  });

  it('finds prompts of an unknown kind', async () => {
    const change = await check([...promptsOf(gradedRows({ rows: 120, seed: 9 })), ...strangers]);
    assert.equal(change.tests.coverage.changed, true, JSON.stringify(change.tests));
    assert.ok(change.uncovered.now > change.uncovered.before + 0.1);
  });

  it('counts prompts that cannot be read apart', async () => {
    const change = await check([...promptsOf(gradedRows({ rows: 40, seed: 9 })), '', '你好，你好吗']);
    assert.deepEqual([change.now, change.unread], [40, 2]);
  });

  it('gives the same numbers for the same seed', async () => {
    const prompts = promptsOf(gradedRows({ rows: 60, seed: 3 }));
    assert.deepEqual(await check(prompts), await check(prompts));
  });

  it('refuses too few prompts, other indexes and unknown options', async () => {
    const refused = (promise, message) => assert.rejects(promise, { code: 'invalid_argument', message });
    await refused(check(strangers.slice(0, 19)), /got 19 prompts to compare, expected at least 20/);
    await refused(checkPlan(undefined, strangers), /index/);
    await refused(check(strangers, { sead: 1 }), /sead/);
  });
});
