// The card of a plan: its figures, the link that shows them again, and hostile links. And the islands of its families.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { fileFromBytes, plan as planOf, planSentences } from '../../dist/build.js';
import { importExtension } from '../extension/import-module.mjs';

const EXAMPLE = readFileSync(new URL('../fixtures/plan/support.csv', import.meta.url));

describe('the card of a plan', () => {
  let card;
  let link;
  let plan;
  let figures;
  before(async () => {
    // The package itself is not bundled once more.
    globalThis.planSentences = planSentences;
    const standIns = { 'signalbox/build': 'export const planSentences = (plan) => globalThis.planSentences(plan);' };
    card = await importExtension('../site/plan/card/figures.ts', { standIns });
    link = await importExtension('../site/plan/card/link.ts', { standIns });
    ({ plan } = await planOf([fileFromBytes('support.csv', EXAMPLE)]));
    figures = card.figuresOf(plan, false);
  });

  /** Returns a link to other parts than those of the figures. */
  function forged(change) {
    const parts = JSON.parse(Buffer.from(link.fragmentOf(figures).slice('#result='.length), 'base64url').toString());
    change(parts);
    return `#result=${Buffer.from(JSON.stringify(parts)).toString('base64url')}`;
  }
  const problemOf = (fragment) => link.readResult(fragment).problem;

  it('says what the plan says', () => {
    assert.equal(card.headlineOf(figures), planSentences(plan).headline);
  });

  it('goes through a link as it is, in few characters', () => {
    const fragment = link.fragmentOf(figures);
    assert.ok(fragment.length < 2000, `${fragment.length} characters`);
    assert.match(fragment, /^#result=[\w-]+$/);
    assert.deepEqual(link.readResult(fragment), { figures });
    const named = card.figuresOf(plan, true);
    assert.deepEqual(link.readResult(link.fragmentOf(named)), { figures: named });
  });

  it('has no words of prompts, unless the user wants them', () => {
    const text = (of) => Buffer.from(link.fragmentOf(of).slice('#result='.length), 'base64url').toString();
    for (const { name } of plan.families) assert.ok(!text(figures).includes(name), name);
    assert.ok(text(card.figuresOf(plan, true)).includes(plan.families[0].name));
  });

  it('carries long and foreign names, without half a character', () => {
    const long = { ...figures, baseline: { ...figures.baseline, model: `${'ä'.repeat(119)}😀` } };
    const read = link.readResult(link.fragmentOf(long));
    assert.equal(read.figures.baseline.model, 'ä'.repeat(119));
  });

  it('is not read from other fragments', () => {
    for (const fragment of ['', '#plan', '#prompt=result%3D', '#results=x']) {
      assert.equal(link.readResult(fragment), undefined);
    }
  });

  it('refuses damaged links', () => {
    const fragment = link.fragmentOf(figures);
    for (const broken of [
      '#result=',
      '#result=%%%',
      `${fragment.slice(0, -9)}`,
      '#result=bnVsbA',
      '#result=eyJhIjoxfQ',
    ]) {
      assert.match(problemOf(broken), /^(it is damaged|expected .*)$/, broken);
    }
    assert.match(problemOf(`#result=${'A'.repeat(10_000)}`), /10008 characters, expected at most 6000/);
  });

  it('refuses figures out of their bounds, and names that could mislead', () => {
    const wrong = [
      [(parts) => (parts[0] = 2), /version 1/],
      [(parts) => (parts[1] = 1.5), /whole number/],
      [(parts) => (parts[1] = 1e12), /prompts from 1 to 100000/],
      [(parts) => (parts[2] = true), /graded/],
      [(parts) => (parts[3][0] = ''), /name of a model/],
      [(parts) => (parts[3][0] = 'x'.repeat(121)), /1 to 120/],
      [(parts) => (parts[3][0] = 'a\u202eb'), /printable/],
      [(parts) => (parts[3][0] = 'a\nb'), /printable/],
      [(parts) => (parts[3][1] = -1), /US dollars/],
      [(parts) => (parts[4] = []), /expected a model/],
      [(parts) => (parts[4] = Array(9).fill(['a', 0.1])), /at most 8 models/],
      [(parts) => (parts[4] = Array(8).fill(['a', 1])), /sum to at most 1/],
      [(parts) => (parts[5] = [0, 1, 2]), /within its interval/],
      [(parts) => (parts[5] = [0, null, 2]), /points from -100 to 100/],
      [(parts) => (parts[7] = [2, 2, 2]), /a share/],
      [(parts) => (parts[8] = Array(25).fill([1, 1])), /at most 24 settings/],
      [(parts) => (parts[8] = [[1, 'x']]), /points/],
      [(parts) => (parts[9] = [['<b>', 2, 'a']]), /a share/],
      [(parts) => (parts[9] = { length: 0 }), /families/],
      [(parts) => parts.push('more'), /at most 10 parts/],
    ];
    for (const [change, message] of wrong) assert.match(problemOf(forged(change)), message, String(change));
    assert.equal(
      problemOf(forged((parts) => (parts[3][0] = '<img src=x>'))),
      undefined,
      'markup is a name like others',
    );
  });

  it('has a lamp that follows the interval', async () => {
    const { lampOf } = await importExtension('../site/plan/lamp.ts');
    const of = (low, models = ['a', 'b']) =>
      lampOf({
        picks: models.map((model) => ({ model, share: 1 / models.length })),
        points: { value: 0, low, high: 1 },
        baseline: { model: 'b' },
      });
    assert.deepEqual([of(-1), of(-1.1), of(-1.1, ['b']), of(0, ['a'])], ['clear', 'caution', 'stop', 'clear']);
  });
});

describe('the islands of families', () => {
  let islandsOf;
  before(async () => {
    ({ islandsOf } = await importExtension('../site/plan/islands/land.ts'));
  });

  /** Says whether a point is inside of the rings, by the even-odd rule. */
  const isOn = ({ rings }, { x, y }) =>
    rings.reduce((isIn, ring) => {
      ring.forEach((a, i) => {
        const b = ring[(i + 1) % ring.length];
        if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) isIn = !isIn;
      });
      return isIn;
    }, false);

  it('hold their own prompts, and not those of others', () => {
    // Three families in three corners, a small one within the first.
    const places = [0.1, 0.1, 0.9, 0.1, 0.5, 0.9, 0.15, 0.12];
    const rows = [200, 60, 40, 6].flatMap((count, family) => Array(count).fill(family));
    const map = new Float32Array(
      rows.flatMap((family, i) => [
        places[2 * family] + 0.03 * Math.sin(7 * i),
        places[2 * family + 1] + 0.03 * Math.cos(5 * i),
      ]),
    );
    const islands = islandsOf(map, Uint16Array.from(rows), 4);
    assert.equal(islands.length, 4);
    for (const [i, island] of islands.entries()) {
      assert.ok(island.rings.length > 0, `family ${i} has land`);
      for (const { x, y } of island.rings.flat()) assert.ok(x >= 0 && x <= 1 && y >= 0 && y <= 1);
      for (const [j, other] of islands.entries()) {
        if (i < 3 && j < 3) assert.equal(isOn(island, other.middle), i === j, `${i} and ${j}`);
      }
    }
  });

  it('exist for a family without prompts, for one prompt, and for prompts in one place', () => {
    const one = islandsOf(new Float32Array([0.5, 0.5]), new Uint16Array([1]), 2);
    assert.deepEqual(one[0].rings, []);
    assert.ok(one[1].rings.length > 0);
    const same = islandsOf(
      new Float32Array(200).fill(0.3),
      new Uint16Array(100).map((_, i) => i % 3),
      3,
    );
    for (const island of same) assert.ok(island.rings.length > 0);
  });

  it('draws a bounded number of prompts', () => {
    const map = new Float32Array(200_000).map((_, i) => (i % 997) / 997);
    const [island] = islandsOf(map, new Uint16Array(100_000), 1);
    assert.ok(island.prompts.length > 1000 && island.prompts.length <= 3000, `${island.prompts.length}`);
  });

  it('are neighbours by arrow keys', async () => {
    const { nextIn } = await importExtension('../site/plan/islands/next-in.ts');
    const places = [
      { x: 0, y: 0 },
      { x: 10, y: 1 },
      { x: 30, y: 0 },
      { x: 1, y: 10 },
    ];
    assert.equal(nextIn('ArrowRight', places, 0), 1);
    assert.equal(nextIn('ArrowRight', places, 1), 2);
    assert.equal(nextIn('ArrowDown', places, 0), 3);
    assert.equal(nextIn('ArrowLeft', places, 0), undefined);
    assert.equal(nextIn('End', places, 0), 3);
    assert.equal(nextIn('Home', places, 3), 0);
    assert.equal(nextIn('constructor', places, 0), undefined);
  });
});
