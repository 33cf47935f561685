// The sentences of a decision: a table of them that people have read, and properties of all.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { Router, routeWithFeedback } from '../../../dist/index.js';
import { kindOf } from '../../../dist/routing/words.js';
import { embedderFiles, expectNothingOpen } from '../support/fixtures.mjs';
import { POEM, topicsIndex } from '../support/topics.mjs';
import {
  coverages,
  factsOf,
  feedbacks,
  foundIn,
  isOutside,
  kindsOf,
  LARGE,
  MATHS,
  POLICIES,
  SMALL,
  TABLE,
  tableText,
  told,
  tradesOf,
} from './words-table.mjs';

const SHARES = [0, 0.002, 0.35, 0.4, 0.57, 0.6, 0.79, 0.8, 0.996, 1];

/** Yields every situation of the table with every policy, feedback and confidence. */
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

/** Calls `check` with the facts and sentences of every situation; a failure names the situation. */
function forAll(check) {
  let count = 0;
  for (const situation of situations()) {
    const facts = factsOf(situation);
    const { reason, reasons } = told(facts);
    try {
      check(facts, reasons, reason, situation);
    } catch (cause) {
      throw new Error(`${JSON.stringify(situation)}: ${reason}`, { cause });
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
  it('there are sentences, each with a full stop and only once', () => {
    forAll((_, reasons, reason) => {
      assert.deepEqual(Object.keys(reasons), ['choice', 'resemblance', 'price', 'feedback']);
      assert.notEqual(reasons.resemblance, '');
      assert.equal(reason.length, Object.values(reasons).filter(Boolean).join(' ').length, 'the parts, and no more');
      const sentences = sentencesOf(reason);
      assert.equal(new Set(sentences).size, sentences.length);
      for (const sentence of sentences) assert.match(sentence, /^[A-Z\d][^.]*[^\s.]\.$/);
      assert.doesNotMatch(reason, / {2}|undefined|null|NaN|^\s|\s$/);
    });
  });

  it('no model is named, and there is no percentage', () => {
    forAll((_, { choice, resemblance, price, feedback }) => {
      assert.deepEqual(namesIn(`${choice} ${resemblance} ${price} ${feedback}`), []);
      assert.doesNotMatch(`${choice} ${resemblance} ${price} ${feedback}`, /%|percent/);
    });
  });

  it('the reason begins with the pick or its gain, or says that there is nothing to go by', () => {
    forAll(({ model, bestSingleModel }, { choice }, reason, { coverage, found }) => {
      const begins = /^(Best|\d+ points? (below|above) the best|As good as the best|Predicted to be best)\b/;
      if (choice !== '') assert.match(reason, begins);
      else assert.ok(isOutside(coverage) && model !== bestSingleModel && found === 'a correction decides');
    });
  });

  it('only the best model overall is called that', () => {
    forAll(({ model, bestSingleModel, challenger }, { choice }) => {
      assert.equal(/^Best overall/.test(choice) && model !== bestSingleModel, false);
      if (/^Best for|and (clearly best |by a narrow margin )?for th/.test(choice)) assert.equal(model, challenger);
      if (/ (below|above|as) the best overall/.test(choice)) assert.notEqual(model, bestSingleModel);
    });
  });

  it('one prompt is singular, and a task plural', () => {
    forAll(({ inputs }, { choice, resemblance }) => {
      assert.doesNotMatch(`${choice} ${resemblance}`, inputs === 1 ? /these prompts/ : /this prompt/);
    });
  });

  it('the price is mentioned if and only if it decided', () => {
    forAll(({ model, challenger, bestSingleModel, fallbackReason, ranking }, { choice }, _, { coverage }) => {
      if (isOutside(coverage)) return;
      const wanted = fallbackReason === null ? challenger : bestSingleModel;
      assert.equal(/, (for|but|and) .*(price|less|free)|price/.test(choice), model !== wanted);
      const priced = ranking.find((ranked) => ranked.model === wanted).usdPerMTok !== null;
      assert.equal(/price is not known|a known price/.test(choice), !priced);
    });
  });

  it('the distance is that of the predictions, in points', () => {
    forAll(({ model, challenger, bestSingleModel, fallbackReason, ranking }, { choice }, _, { coverage }) => {
      const said = /^(\d+) points? (below|above) the best( overall)?[,.]/.exec(choice);
      if (said === null || isOutside(coverage)) return;
      const p = (name) => ranking.find((ranked) => ranked.model === name).pCorrect;
      const wanted = fallbackReason === null ? challenger : bestSingleModel;
      const points = 100 * (p(wanted) - p(model));
      assert.ok(Math.abs(points - Number(said[1]) * (said[2] === 'below' ? 1 : -1)) <= 0.5 + 1e-9);
      assert.equal(said[3] !== undefined, wanted !== challenger);
    });
  });

  it('doubts about a trade are told if it is more likely than not to be worse', () => {
    forAll(({ model, challenger, bestSingleModel, fallbackReason, confidence }, { choice }, _, { coverage }) => {
      const wanted = fallbackReason === null ? challenger : bestSingleModel;
      const isDoubted = !isOutside(coverage) && model !== wanted && confidence < 0.5;
      const isUnpriced = /price is not known/.test(choice);
      assert.equal(/may well/.test(choice), isDoubted, String(isUnpriced));
    });
  });

  it('no confidence is stated if nothing in the benchmark is like the prompt', () => {
    forAll((_, { choice }, reason, { coverage }) => {
      if (!isOutside(coverage)) return;
      assert.match(choice, /^$|^Best overall(, and the most expensive one)?\.$|the best overall on average/);
      assert.doesNotMatch(reason, /likely|probably|may well|predicted|Based on|looks? like/i);
    });
  });
});

describe('a kind of work', () => {
  it('is named from .75, told as the likeliest from .4, and not outside the coverage', () => {
    for (const coverage of coverages) {
      for (const [probability, inside] of [
        [1, 'This looks like writing SQL.'],
        [0.75, 'This looks like writing SQL.'],
        [0.749, 'Most like writing SQL.'],
        [0.4, 'Most like writing SQL.'],
        [0.399, undefined],
      ]) {
        const facts = factsOf({ coverage, found: foundIn(coverage)[0], changes: { kinds: kindsOf(probability) } });
        const { reasons } = told(facts);
        const isTold = !isOutside(coverage) && inside !== undefined;
        assert.equal(reasons.resemblance.startsWith(inside ?? 'This looks'), isTold, `${coverage} ${probability}`);
        assert.equal(reasons.resemblance.includes('SQL'), isTold);
        const named = !isOutside(coverage) && probability >= 0.75 ? kindsOf(probability)[0] : null;
        assert.deepEqual(kindOf(facts), named);
      }
    }
    assert.equal(kindOf(factsOf({ coverage: 'some', found: foundIn('some')[0] })), null);
  });
});

describe('feedback', () => {
  const withoutFeedback = ({ choice, resemblance, price }) => ({ choice, resemblance, price });

  it('has a part of its own', () => {
    forAll((facts, reasons, _, { feedback }) => {
      const { feedback: given, ...others } = facts;
      assert.deepEqual(withoutFeedback(told(others).reasons), withoutFeedback(reasons));
      assert.equal(/rating/i.test(reasons.feedback), feedback !== 'no feedback');
      if (given !== undefined) assert.equal(reasons.feedback.includes(given.without), given.without !== facts.model);
      assert.doesNotMatch(Object.values(withoutFeedback(reasons)).join(' '), /rating|correct|feedback|\byou/i);
    });
  });

  // A page with a badge sees all other parts, and must not learn from them that there is feedback.
  it('cannot be told from a price by the other parts if both lead to the same pick', () => {
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
        const byPrice = told(by(LARGE, [large, maths])).reasons;
        const byFeedback = told({
          ...by(MATHS, [{ ...maths, pCorrect: 0.69 }, large]),
          feedback: { ratings: 3, without: LARGE },
        }).reasons;
        assert.deepEqual(withoutFeedback(byFeedback), withoutFeedback(byPrice));
        assert.notEqual(byFeedback.feedback, byPrice.feedback);
      }
    }
  });
});

/** Expected parts of a router's reasons for prompts and options. */
const ROUTED = [
  {
    what: 'a model beats the best one overall',
    choice: 'Best for this prompt, and very likely better than the best overall.',
    resemblance: 'Based on similar questions, mostly from poems.',
  },
  {
    what: 'few questions are similar',
    prompt: 'write',
    resemblance: 'Based on only a few similar questions, mostly from poems.',
  },
  {
    what: 'the evidence is too weak',
    options: { eta: 1 },
    choice: 'Best overall: the evidence for another model is too weak.',
  },
  {
    what: 'the dial leads to the best model overall',
    options: { prefer: 60 },
    choice: /^\d+ points below the best, for a twelfth of its price\.$/,
  },
  {
    what: 'so does a cost weight',
    options: { costWeight: 0.5 },
    choice: /^\d+ points below the best, for a twelfth of its price\.$/,
  },
  {
    what: 'the evidence is too weak, and another model is cheaper',
    options: { eta: 1, prefer: 60, prices: { generalist: 5 } },
    choice: /^\d+ points below the best overall, for a seventh of its price\.$/,
  },
  {
    what: 'the best model here has no price',
    options: { candidates: ['unpriced', 'coder'], prefer: 80 },
    choice: /^\d+ points below the best, whose price is not known\.$/,
  },
  {
    what: 'there is one candidate',
    options: { candidates: ['poet'] },
    choice: 'The only model that may be picked.',
  },
  {
    what: 'nothing is similar',
    prompt: 'law court',
    choice: 'Best overall.',
    resemblance: 'Nothing in the benchmark is like this prompt.',
  },
  {
    what: 'nothing is similar, and another model is cheaper',
    prompt: 'law court',
    options: { prefer: 100, prices: { coder: 0.1 } },
    choice: '10 points below the best overall on average, for two fifths of its price.',
    resemblance: 'Nothing in the benchmark is like this prompt.',
  },
  {
    what: 'the language is unknown',
    prompt: 'zzz',
    choice: 'Best overall.',
    resemblance: "This language can't be read.",
  },
  {
    what: 'there are only marks',
    prompt: '…?',
    choice: 'Best overall.',
    resemblance: 'There are no words in this prompt.',
  },
  {
    what: 'there is nothing',
    prompt: ' ',
    choice: 'Best overall.',
    resemblance: 'The prompt is empty.',
  },
  {
    what: 'nothing is similar, and a correction decides',
    prompt: 'law court',
    options: { corrections: { generalist: -0.5 } },
    choice: '',
    price: '',
    feedback: 'The given corrections put this model ahead of the best one overall.',
  },
  {
    what: 'the nearest samples vote',
    options: { policy: 's1' },
    choice: 'Best for this prompt, and very likely better than the best overall.',
    resemblance: 'Based on similar questions of the benchmark.',
  },
];

describe('a router', () => {
  let router;
  before(async () => {
    router = await Router.load({ index: await topicsIndex(), embedder: embedderFiles() });
  });
  after(() => router.dispose());
  expectNothingOpen();

  function expectReasons({ reasons }, expected) {
    for (const [part, text] of Object.entries({ price: '', feedback: '', ...expected })) {
      if (typeof text === 'string') assert.equal(reasons[part], text, part);
      else assert.match(reasons[part], text, part);
    }
  }

  for (const { what, prompt = POEM, options = {}, ...expected } of ROUTED) {
    it(`gives the reasons if ${what}`, async () => {
      const decision = await router.route(prompt, options);
      expectReasons(decision, expected);
      const [embedding] = await router.embed([prompt]);
      // A vector of zeros does not say why the prompt could not be read.
      const inputs = embedding.unread === undefined ? [embedding, embedding.vector] : [embedding];
      for (const input of inputs) assert.deepEqual((await router.route(input, options)).reasons, decision.reasons);
    });
  }

  it('speaks of the prompts of a task', async () => {
    for (const options of [{}, { policy: 's2' }, { policy: 's3', prefer: 60 }]) {
      const prompts = [POEM, `${POEM} sun`];
      const decision = await router.routeTask(prompts, options);
      assert.match(decision.reason, /these prompts|the best/);
      assert.doesNotMatch(decision.reason, /this prompt/);
      const vectors = (await router.embed(prompts)).map(({ vector }) => vector);
      assert.deepEqual((await router.routeTask(vectors, options)).reasons, decision.reasons);
    }
  });

  it('mentions the effect of feedback in one part only', async () => {
    const [{ vector }] = await router.embed([POEM]);
    const rated = (count) => Array.from({ length: count }, () => ({ vector, outcomes: { poet: 0, generalist: 1 } }));
    const plain = await router.route(POEM);
    const [none, one, many] = await Promise.all([0, 1, 40].map((n) => routeWithFeedback(router, POEM, rated(n))));
    assert.deepEqual(none.reasons, plain.reasons);
    assert.equal(one.reasons.feedback, 'Your rating of a similar prompt does not change the pick.');
    assert.equal(many.reasons.feedback, 'Your 40 ratings of similar prompts changed the pick from poet.');
    for (const { reason, reasons } of [one, many]) {
      assert.ok(reason.endsWith(` ${reasons.feedback}`));
      assert.doesNotMatch(`${reasons.choice}${reasons.price}${reasons.resemblance}`, /rating|your/i);
    }
  });
});
