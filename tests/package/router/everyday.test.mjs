// The default index and prompts as people type them: coverage, current models, prices. tests/bench/everyday.mjs prints
// the same decisions.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { Router } from '../../../dist/index.js';
import {
  CURRENT_SINCE,
  cheaperMatches,
  difficultyPairs,
  everydayPrompts,
  kindsOf,
  lampOf,
  meets,
  pickOf,
  priceOf,
  releases,
  SETTINGS,
} from '../support/everyday.mjs';
import { expectNothingOpen } from '../support/fixtures.mjs';

const prompts = everydayPrompts();
const POINTS = { best: 0, balanced: 0.02, cheap: 0.05 };
/** Sums of floats in the core and here may differ in the last places. */
const ROUNDING = 1e-9;

const named = (entries) => entries.map(({ id, prompt, lamp }) => `${id} ${lamp ?? ''} ${prompt.slice(0, 60)}`);

describe('everyday prompts', () => {
  let router;
  /** Decisions by setting, in the order of `prompts`. */
  const decided = {};

  before(async () => {
    router = await Router.load();
    for (const prefer of SETTINGS) {
      decided[prefer] = [];
      for (const { prompt } of prompts) decided[prefer].push(await router.route(prompt, { prefer }));
    }
  });
  after(() => {
    router?.dispose();
    expectNothingOpen();
  });

  /** Calls `check` with every decision; it names the prompt and setting in its message. */
  function forAll(check) {
    for (const prefer of SETTINGS) {
      decided[prefer].forEach((decision, i) => {
        check(decision, `${prefer}: ${prompts[i].id} ${prompts[i].prompt.slice(0, 60)}`, prefer);
      });
    }
  }

  const lit = () => prompts.map((entry, i) => ({ ...entry, lamp: lampOf(decided.balanced[i]) }));

  it('are in coverage if they are greetings, code, writing, mail, recipes, SQL, law or health', () => {
    const groups = ['greetings', 'code', 'writing', 'mail', 'recipe', 'SQL', 'law', 'health'];
    const asked = lit().filter(({ group }) => groups.includes(group));
    assert.deepEqual(new Set(asked.map(({ group }) => group)), new Set(groups));
    assert.deepEqual(named(asked.filter(({ lamp }) => !meets('covered', lamp))), []);
  });

  it('are dark or red if they are emoji, gibberish or in a script that the embedder cannot read', () => {
    const groups = ['emoji', 'gibberish', 'script'];
    const asked = lit().filter(({ group }) => groups.includes(group));
    assert.deepEqual(new Set(asked.map(({ group }) => group)), new Set(groups));
    assert.deepEqual(named(asked.filter(({ lamp }) => !meets('red_or_dark', lamp))), []);
  });

  it('are in coverage otherwise too, with few exceptions', () => {
    const asked = lit().filter(({ group, expect }) => group === null && expect === 'covered');
    const outside = asked.filter(({ lamp }) => !meets('covered', lamp));
    assert.ok(asked.length >= 15, `${asked.length} prompts`);
    assert.ok(outside.length <= 2, named(outside).join('\n'));
  });

  it('get a model of today', () => {
    const released = releases(router.info);
    forAll(({ model }, what) =>
      assert.ok(released.get(model) >= CURRENT_SINCE, `${what}: ${model}, ${released.get(model)}`),
    );
  });

  it('get a price with a date', () => {
    forAll(({ price, model }, what) => {
      assert.ok(price.usdPerMTok > 0, `${what}: ${model} has no price`);
      assert.match(price.date ?? '', /^20\d\d-\d\d(-\d\d)?$/, `${what}: ${model}`);
    });
  });

  it('get a model that no cheaper one matches', () => {
    forAll((decision, what) => assert.deepEqual(cheaperMatches(decision), [], `${what}: ${decision.model}`));
  });

  it('give up no more than the dial says, for the lowest price', () => {
    forAll((decision, what, prefer) => {
      const priced = decision.ranking.filter((ranked) => priceOf(ranked) !== null);
      const floor = Math.max(...priced.map(({ pCorrect }) => pCorrect)) - POINTS[prefer];
      const pick = pickOf(decision);
      assert.ok(pick.pCorrect >= floor - ROUNDING, `${what}: ${pick.pCorrect} below ${floor}`);
      if (prefer === 'best') return;
      const cheaper = priced.filter((ranked) => ranked.pCorrect >= floor + ROUNDING && priceOf(ranked) < priceOf(pick));
      assert.deepEqual(
        cheaper.map(({ model }) => model),
        [],
        what,
      );
    });
  });

  it('get cheaper models from a lower setting, and more than one model', () => {
    const cost = ({ usdPerAnswer, usdPerMTok }) => usdPerAnswer ?? usdPerMTok;
    prompts.forEach(({ id }, i) => {
      const [best, balanced, cheap] = SETTINGS.map((prefer) => cost(decided[prefer][i].price));
      assert.ok(cheap <= balanced && balanced <= best, `${id}: ${best}, ${balanced}, ${cheap}`);
    });
    assert.ok(new Set(decided.balanced.map(({ model }) => model)).size >= 3);
  });

  it('are told by kind', () => {
    const asked = prompts.map((entry, i) => ({ ...entry, told: kindsOf(decided.balanced[i]) }));
    const readable = asked.filter(({ expect, kinds }) => expect === 'covered' && kinds.length > 0);
    const first = readable.filter(({ kinds, told }) => kinds.includes(told[0]));
    const three = readable.filter(({ kinds, told }) => told.some((name) => kinds.includes(name)));
    assert.ok(first.length >= 0.55 * readable.length, `first: ${first.length} of ${readable.length}`);
    assert.ok(three.length >= 0.8 * readable.length, `among three: ${three.length} of ${readable.length}`);
  });

  it('that are named by kind are named right, nearly always', () => {
    const told = prompts.map((entry, i) => ({ ...entry, decision: decided.balanced[i] }));
    const surely = told.filter(({ decision }) => decision.kind);
    const wrong = surely.filter(({ kinds, decision }) => !kinds.includes(kindsOf(decision)[0]));
    assert.ok(surely.length >= 5, `${surely.length} named`);
    assert.ok(
      wrong.length <= 0.25 * surely.length,
      wrong.map(({ id, decision }) => `${id} ${decision.kind.name}`).join(', '),
    );
  });
});

describe('fixtures of everyday prompts', () => {
  const key = (text) =>
    text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{S}]+/gu, ' ')
      .trim();

  it('are 42 prompts and 40 pairs, none of them twice', () => {
    const pairs = difficultyPairs();
    assert.deepEqual([prompts.length, pairs.length], [42, 40]);
    assert.equal(new Set(prompts.map(({ prompt }) => key(prompt))).size, 42);
    assert.equal(new Set(pairs.flatMap(({ easy, hard }) => [key(easy), key(hard)])).size, 80);
  });

  it('do not occur among the rows of the index', () => {
    const folder = new URL('../../../models/everyday/', import.meta.url);
    const files = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
    const rows = files.flatMap((name) => readFileSync(new URL(name, folder), 'utf8').split('\n').filter(Boolean));
    const known = new Set(rows.map((line) => key(JSON.parse(line).prompt)));
    const asked = [
      ...prompts.map(({ prompt }) => prompt),
      ...difficultyPairs().flatMap(({ easy, hard }) => [easy, hard]),
    ];
    assert.ok(known.size > 752, `${known.size} rows`);
    assert.deepEqual(
      asked.filter((prompt) => known.has(key(prompt))),
      [],
    );
  });
});
