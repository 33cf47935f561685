// The sentences of a decision: those of a table that people have read, and what holds for all of them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { reasonOf, reasonsOf } from '../../dist/routing/words.js';
import {
  coverages,
  factsOf,
  feedbacks,
  foundIn,
  isOutside,
  LARGE,
  MATHS,
  POLICIES,
  SMALL,
  TABLE,
  tableText,
  tradesOf,
} from './words-table.mjs';

const SHARES = [0, 0.002, 0.35, 0.4, 0.57, 0.6, 0.79, 0.8, 0.996, 1];

/** Every situation of the table with every policy, feedback and confidence. */
function* situations() {
  for (const coverage of coverages) {
    for (const found of foundIn(coverage)) {
      for (const trade of tradesOf(found)) {
        for (const feedback of feedbacks) {
          for (const policy of POLICIES) {
            for (const inputs of [1, 12]) {
              for (const share of SHARES) {
                const changes = { challengerConfidence: share, confidence: share };
                yield { coverage, found, trade, feedback, policy, inputs, weight: share, changes };
              }
            }
          }
        }
      }
    }
  }
}

/** Calls `check` with the facts of every situation and what is said of them; a failure says which one it was. */
function forAll(check) {
  let count = 0;
  for (const situation of situations()) {
    const facts = factsOf(situation);
    const reasons = reasonsOf(facts);
    try {
      check(facts, reasons, reasonOf(reasons), situation);
    } catch (cause) {
      throw new Error(`${JSON.stringify(situation)}: ${reasonOf(reasons)}`, { cause });
    }
    count += 1;
  }
  assert.ok(count > 10_000, `only ${count} situations`);
}

const NAMES = [LARGE, MATHS, SMALL];
const namesIn = (text) => NAMES.filter((name) => text.includes(name));
const sentencesOf = (text) => text.split(/(?<=\.) /);

it('the sentences are those of the table', () => {
  assert.equal(tableText(), readFileSync(TABLE, 'utf8'));
});

describe('of every decision', () => {
  it('there is something to say, in sentences that end with a full stop and stand there once', () => {
    forAll((_, reasons, reason) => {
      assert.deepEqual(Object.keys(reasons), ['choice', 'resemblance', 'price', 'feedback']);
      assert.notEqual(reasons.resemblance, '');
      assert.equal(reason.length, Object.values(reasons).filter(Boolean).join(' ').length, 'the parts, and no more');
      const sentences = sentencesOf(reason);
      assert.equal(new Set(sentences).size, sentences.length);
      for (const sentence of sentences) assert.match(sentence, /^[A-Z][^.]*[^\s.]\.$/);
      assert.doesNotMatch(reason, / {2}|undefined|null|NaN|^\s|\s$/);
    });
  });

  it('the pick is not named, and no other model but the one it is compared with', () => {
    forAll(({ model, challenger, bestSingleModel }, { choice, resemblance, price, feedback }) => {
      assert.deepEqual(namesIn(`${resemblance}${feedback}`), []);
      assert.ok(!`${choice}${price}`.includes(model), 'the pick');
      assert.deepEqual(namesIn(choice), choice.includes(' beat acme') ? [bestSingleModel] : []);
      if (model !== challenger) assert.deepEqual(namesIn(choice), []);
      assert.ok(namesIn(price).length <= 1);
    });
  });

  it('only the best model overall is called that', () => {
    forAll(({ model, bestSingleModel, challenger }, { choice, price }) => {
      const claims = /^Best model overall/.test(choice);
      if (claims) assert.equal(model, bestSingleModel);
      if (/and for th/.test(choice)) assert.equal(model, challenger);
      const compared = /(acme\/\w+), the best model overall/.exec(`${choice} ${price}`);
      if (compared !== null) assert.equal(compared[1], bestSingleModel);
      if (claims) assert.doesNotMatch(price, /the best model overall/);
    });
  });

  it('one prompt is one, and a task several', () => {
    forAll(({ inputs }, { choice, resemblance, price }) => {
      assert.doesNotMatch(`${choice} ${resemblance} ${price}`, inputs === 1 ? /these prompts/ : /this prompt/);
    });
  });

  it('a price is told where it decided, and not where it did not', () => {
    forAll(({ model, challenger, bestSingleModel, fallbackReason, ranking }, { choice, price }, _, { coverage }) => {
      if (isOutside(coverage)) return;
      const wanted = fallbackReason === null ? challenger : bestSingleModel;
      assert.equal(price !== '', model !== wanted);
      assert.equal(/chosen/i.test(choice), model !== wanted);
      const priced = ranking.find((ranked) => ranked.model === wanted).usdPerMTok !== null;
      assert.equal(/price is known/.test(choice), !priced);
      assert.equal(/price is not known/.test(price), !priced);
    });
  });

  it('nothing is said of how sure it is where nothing in the benchmark is like the prompt', () => {
    forAll((_, { choice }, reason, { coverage }) => {
      if (!isOutside(coverage)) return;
      assert.ok(['', 'Best model overall.'].includes(choice), choice);
      assert.doesNotMatch(reason, /likely|predicted|Based on/i);
    });
  });
});

describe('feedback', () => {
  const withoutFeedback = ({ choice, resemblance, price }) => ({ choice, resemblance, price });

  it('is told in a part of its own', () => {
    forAll((facts, reasons, _, { feedback }) => {
      const { feedback: told, ...others } = facts;
      assert.deepEqual(withoutFeedback(reasonsOf(others)), withoutFeedback(reasons));
      assert.equal(/rating/i.test(reasons.feedback), feedback !== 'no feedback');
      if (told !== undefined) assert.equal(reasons.feedback.includes(told.without), told.without !== facts.model);
      assert.doesNotMatch(Object.values(withoutFeedback(reasons)).join(' '), /rating|correct|feedback|\byou/i);
    });
  });

  // Whoever sees the parts but the feedback, as a page does that shows a badge, must not learn that there is some.
  it('cannot be told from a price by the other parts, where both pick the same model', () => {
    for (const coverage of coverages.filter(isOutside)) {
      for (const usd of [0, 0.5, 1, null]) {
        const large = {
          model: LARGE,
          pCorrect: 0.66,
          meanOutcome: 0.66,
          ownMean: true,
          usdPerMTok: usd === null ? null : 1,
        };
        const maths = { model: MATHS, pCorrect: 0.6, meanOutcome: 0.6, ownMean: true, usdPerMTok: usd ?? 1 };
        const by = (challenger, ranking) =>
          factsOf({ coverage, found: 'the means decide', changes: { model: MATHS, challenger, ranking } });
        const byPrice = reasonsOf(by(LARGE, [large, maths]));
        const byFeedback = reasonsOf({
          ...by(MATHS, [{ ...maths, pCorrect: 0.69 }, large]),
          feedback: { ratings: 3, without: LARGE },
        });
        assert.deepEqual(withoutFeedback(byFeedback), withoutFeedback(byPrice));
        assert.notEqual(byFeedback.feedback, byPrice.feedback);
      }
    }
  });
});
