// The groups of tasks in the legend of the map.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { Router } from '../../dist/index.js';
import { importExtension } from '../extension/import-module.mjs';

describe('the families of tasks', () => {
  let familiesOf;
  let titleOf;
  before(async () => {
    ({ familiesOf, titleOf } = await importExtension('../site/map/families.ts'));
  });

  it('are collections before a slash, or else names with the same first word', () => {
    const names = ['a/x', 'a_b/x', 'law_1', 'a/y_z', 'gsm8k', 'a_b/y', 'law_2', 'law/1'];
    assert.deepEqual(familiesOf(names), [
      { prefix: 'a/', members: [0, 3] },
      { prefix: 'a_b/', members: [1, 5] },
      { prefix: 'law_', members: [2, 6] },
      { prefix: '', members: [4] },
      { prefix: '', members: [7] },
    ]);
  });

  it('have a title, and shorter names for their members', () => {
    const of = (prefix, ...labels) =>
      titleOf(
        prefix,
        labels.map((label) => ({ name: `${prefix}x`, label })),
      );
    assert.deepEqual(of('gym/', 'Gym: algebra', 'Gym: logic'), { title: 'Gym', rest: ['algebra', 'logic'] });
    assert.deepEqual(of('live/', 'Live, easy', 'Live, hard'), { title: 'Live', rest: ['easy', 'hard'] });
    assert.deepEqual(of('every/', 'a poem', 'law'), { title: 'every', rest: ['a poem', 'law'] });
    assert.deepEqual(of('bbh_', 'bbh_x', 'bbh_x'), { title: 'bbh', rest: ['x', 'x'] });
    assert.deepEqual(of('', 'IFEval'), { title: '', rest: ['IFEval'] });
  });

  it('have a common beginning, each task of the default index in one', async () => {
    const router = await Router.load();
    const names = router.info.tasks.map(({ name }) => name);
    router.dispose();
    const families = familiesOf(names);
    for (const { prefix, members } of families) {
      assert.equal(prefix !== '', members.length > 1);
      for (const i of members) assert.ok(names[i].startsWith(prefix), names[i]);
    }
    assert.deepEqual(
      families.flatMap(({ members }) => members).toSorted((a, b) => a - b),
      names.map((_, i) => i),
    );
  });
});
