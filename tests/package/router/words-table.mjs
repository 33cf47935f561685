// Situations in which a model is picked, and the sentences for each. The tests compare them with a file.
//   node tests/package/router/words-table.mjs    rewrites the file: read it before you commit it
import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { cascadeWords, sourceWords, withReasons } from '../../../dist/routing/words.js';

export const TABLE = new URL('../../fixtures/words/reasons.txt', import.meta.url);

/** The best model overall, one that is better on some prompts, and one that is cheaper. */
export const LARGE = 'acme/large';
export const MATHS = 'acme/maths';
export const SMALL = 'acme/small';

/** The finding of the policy before prices count; `p` is the predicted correctness. */
const FOUND = {
  'the best overall leads': { challenger: LARGE, p: { [LARGE]: 0.7, [MATHS]: 0.66 }, confidence: 0.57 },
  'another one leads': { challenger: MATHS, p: { [LARGE]: 0.7, [MATHS]: 0.74 }, confidence: 0.71 },
  'another one leads, too weakly': {
    challenger: MATHS,
    p: { [LARGE]: 0.7, [MATHS]: 0.71 },
    confidence: 0.52,
    fallbackReason: 'low_confidence',
  },
};
const FOUND_OUTSIDE = {
  'the means decide': { challenger: LARGE, p: { [LARGE]: 0.66, [MATHS]: 0.62 }, confidence: 0.57 },
  'a correction decides': { challenger: MATHS, p: { [LARGE]: 0.66, [MATHS]: 0.7 }, confidence: 0.57 },
};

/** The effect of the dial: the difference of the pick to the wanted model, and the share of its price. `null`: no price is known. */
const TRADES = {
  'no trade': undefined,
  '1 point lower, 25% cheaper': { points: -1, price: 0.75 },
  '12 points lower, free': { points: -12, price: 0 },
  'as good, slightly cheaper': { points: 0, price: 0.999 },
  '2 points higher, same price': { points: 2, price: 1 },
  '3 points lower, wanted without a price': { points: -3, price: null },
};

const COVERAGES = {
  some: { percentile: 80 },
  few: { percentile: 95 },
  none: { percentile: 100, fallbackReason: 'out_of_coverage' },
  unread: { percentile: 100, fallbackReason: 'unread' },
  empty: { percentile: 100, fallbackReason: 'empty_prompt' },
};

export const isOutside = (coverage) => COVERAGES[coverage].fallbackReason !== undefined;
export const foundIn = (coverage) => Object.keys(isOutside(coverage) ? FOUND_OUTSIDE : FOUND);
export const coverages = Object.keys(COVERAGES);
/** `to the best overall`: whether the trade ends at that model, which another one led. */
export const tradesOf = (found) => [
  ...Object.keys(TRADES),
  ...(found === 'another one leads' ? ['to the best overall, 4 points lower, 40% cheaper'] : []),
];

const FEEDBACK = {
  'no feedback': undefined,
  '1 rating, no effect': { ratings: 1 },
  '3 ratings, no effect': { ratings: 3 },
  '1 rating changed the pick': { ratings: 1, without: 'acme/before' },
  '3 ratings changed the pick': { ratings: 3, without: 'acme/before' },
};
export const feedbacks = Object.keys(FEEDBACK);

export const POLICIES = ['signalbox', 'families', 's1', 's2', 's3'];

/** The facts of a situation. `weight`: of the first task. `changes` replace facts. */
export function factsOf({
  coverage,
  found,
  trade = 'no trade',
  feedback = 'no feedback',
  policy = 'signalbox',
  ...rest
}) {
  const { inputs = 1, weight = 0.6, ownMean = false, changes = {} } = rest;
  const { percentile, fallbackReason: outside } = COVERAGES[coverage];
  const { challenger, p, confidence, fallbackReason: weak } = { ...FOUND, ...FOUND_OUTSIDE }[found];
  const fallbackReason = outside ?? weak ?? null;
  const wanted = weak === undefined ? challenger : LARGE;
  const prices = { [LARGE]: 1, [MATHS]: 1 };
  const shares = { ...p, 'acme/tiny': 0.2 };
  let model = wanted;
  if (trade.startsWith('to the best overall')) {
    model = LARGE;
    prices[LARGE] = 0.6;
  } else if (TRADES[trade] !== undefined) {
    const { points, price } = TRADES[trade];
    // If the evidence for the challenger was too weak, it may still be the cheaper one.
    model = weak !== undefined && points > 0 ? MATHS : SMALL;
    shares[model] = shares[wanted] + points / 100;
    prices[model] = price ?? 0.5;
    if (price === null) prices[wanted] = null;
  }
  const ranking = Object.entries(shares).map(([name, pCorrect]) => ({
    model: name,
    pCorrect,
    // The difference between the two is the correction.
    meanOutcome: found === 'a correction decides' && name !== LARGE ? pCorrect - 0.08 : pCorrect,
    ownMean: name === model && (ownMean || isOutside(coverage)),
    usdPerMTok: prices[name] ?? null,
  }));
  ranking.sort((a, b) => b.pCorrect - a.pCorrect);
  return {
    model,
    policy,
    confidence: model === LARGE ? 1 : 0.83,
    challengerConfidence: confidence,
    fallbackReason,
    bestSingleModel: LARGE,
    challenger,
    coverage: { percentile, outOfCoverage: outside !== undefined },
    tasks:
      policy === 'signalbox' && outside !== 'unread' && outside !== 'empty_prompt'
        ? [{ task: 'high_school_maths', weight }]
        : [],
    ranking,
    inputs,
    ...(FEEDBACK[feedback] && { feedback: { without: model, ...FEEDBACK[feedback] } }),
    ...changes,
  };
}

const INPUTS = { 'one prompt': 1, 'a task': 12 };

/** Adds the sentences to the facts of a situation. */
export const told = ({ feedback, unread, taskLabel, ...facts }) => withReasons(facts, { feedback, unread, taskLabel });

/** A line for the situation, and its sentences below. */
const entry = (situation, facts) => `${situation}\n    ${told(facts).reason}\n`;

function* decisions() {
  for (const [kind, inputs] of Object.entries(INPUTS)) {
    for (const coverage of coverages) {
      yield `\n## ${kind}, similar questions: ${coverage}\n\n`;
      for (const found of foundIn(coverage)) {
        for (const trade of tradesOf(found)) {
          yield entry(`${found}; ${trade}`, factsOf({ coverage, found, trade, inputs }));
        }
      }
    }
  }
}

function* confidences() {
  yield '\n## how sure, for one prompt\n\n';
  for (const share of [0.002, 0.35, 0.5, 0.71, 0.9, 0.999]) {
    const changes = { challengerConfidence: share, confidence: share };
    for (const [found, trade] of [
      ['the best overall leads', 'no trade'],
      ['another one leads', 'no trade'],
      ['another one leads', '1 point lower, 25% cheaper'],
    ]) {
      yield entry(`${found}; ${trade}; ${share}`, factsOf({ coverage: 'some', found, trade, changes }));
    }
  }
}

function* feedback() {
  yield '\n## feedback, for one prompt\n\n';
  for (const coverage of ['some', 'none']) {
    for (const found of foundIn(coverage)) {
      for (const name of feedbacks) {
        yield entry(`${coverage}; ${found}; ${name}`, factsOf({ coverage, found, feedback: name }));
      }
    }
  }
}

function* policies() {
  yield '\n## policies\n\n';
  for (const policy of POLICIES) {
    for (const [kind, inputs] of Object.entries(INPUTS)) {
      for (const found of foundIn('some')) {
        yield entry(`${policy}; ${kind}; ${found}`, factsOf({ coverage: 'some', found, policy, inputs }));
      }
    }
  }
}

function* oddities() {
  yield '\n## other cases\n\n';
  const some = { coverage: 'some', found: 'another one leads' };
  const coverage = { percentile: 30, outOfCoverage: false };
  yield entry('many similar questions', factsOf({ ...some, changes: { coverage } }));
  yield entry('no task stands out', factsOf({ ...some, weight: 0.3 }));
  yield entry('a task with a label', { ...factsOf(some), taskLabel: () => 'MMLU-Pro, maths' });
  yield entry('no similar question has a result of the pick', factsOf({ ...some, policy: 's1', ownMean: true }));
  const ranking = [{ model: LARGE, pCorrect: 0.7, ownMean: false, meanOutcome: 0.7, usdPerMTok: 1 }];
  const alone = factsOf({ coverage: 'some', found: 'the best overall leads', changes: { ranking } });
  yield entry('no other candidate', alone);
  for (const unread of ['language', 'marks', 'gibberish']) {
    for (const [kind, inputs] of Object.entries(INPUTS)) {
      const facts = factsOf({ coverage: 'unread', found: 'the means decide', inputs, changes: { unread } });
      yield entry(`${kind} without words: ${unread}`, facts);
    }
  }
  const corrected = factsOf({ coverage: 'none', found: 'a correction decides' });
  const dearer = corrected.ranking.map((m) => (m.model === MATHS ? { ...m, usdPerMTok: 2 } : m));
  yield entry('a correction decides for a dearer model', { ...corrected, ranking: dearer });
}

/** The kinds that a prompt may be of: the likeliest one with this probability. */
export const kindsOf = (probability) => [
  { name: 'sql', label: 'writing SQL', probability },
  { name: 'code_write', label: 'writing code', probability: (1 - probability) / 2 },
];

function* kinds() {
  yield '\n## kinds of work\n\n';
  for (const coverage of coverages) {
    for (const probability of [0.9, 0.75, 0.74, 0.4, 0.39]) {
      const changes = { kinds: kindsOf(probability) };
      const [found] = foundIn(coverage);
      const trade = '1 point lower, 25% cheaper';
      yield entry(`${coverage}; ${probability}`, factsOf({ coverage, found, trade, changes }));
    }
  }
  const changes = { kinds: kindsOf(0.9) };
  yield entry('a task', factsOf({ coverage: 'few', found: 'another one leads', inputs: 12, changes }));
  const ownMean = factsOf({ coverage: 'some', found: 'another one leads', policy: 's1', ownMean: true, changes });
  yield entry('no similar question has a result of the pick', ownMean);
}

/** Returns families with this weight of the first one. */
const familiesOf = (weight) => [
  { name: 'tickets', weight },
  { name: 'SQL, query', weight: 1 - weight },
];

function* families() {
  yield '\n## families of prompts\n\n';
  for (const coverage of coverages) {
    for (const [kind, inputs] of Object.entries(INPUTS)) {
      for (const weight of [0.9, 0.6, 0.59]) {
        const [found] = foundIn(coverage);
        const facts = factsOf({
          coverage,
          found,
          policy: 'families',
          inputs,
          changes: { families: familiesOf(weight) },
        });
        yield entry(`${coverage}; ${kind}; ${weight}`, facts);
      }
    }
  }
  const changes = { families: [{ name: 'all', weight: 1 }] };
  const one = factsOf({ coverage: 'some', found: 'another one leads', policy: 'families', changes });
  yield entry('one family', one);
  const trade = '1 point lower, 25% cheaper';
  const traded = factsOf({ coverage: 'some', found: 'another one leads', policy: 'families', trade, changes });
  const perAnswer = { [SMALL]: 0.001, [MATHS]: 0.01 };
  const ranking = traded.ranking.map((m) => ({ ...m, usdPerMTok: null, usdPerAnswer: perAnswer[m.model] ?? 0.02 }));
  yield entry('costs of answers only', { ...traded, ranking });
  const outside = factsOf({ coverage: 'none', found: 'the means decide', policy: 'families' });
  const cheap = outside.ranking.map((m) => ({ ...m, usdPerAnswer: m.model === outside.model ? 0.001 : 0.02 }));
  yield entry('outside, where the best overall is not the most expensive one', { ...outside, ranking: cheap });
}

/** Prices of the pick and of the best model: the age of the one, and the share of the other. */
function* prices() {
  yield '\n## prices\n\n';
  const situation = { coverage: 'some', found: 'another one leads' };
  for (const [what, price] of [
    ['recent', { date: '2026-09-23', ageDays: 68, stale: false }],
    ['old', { date: '2026-05-23', ageDays: 190.6, stale: true }],
    ['old, month only', { date: '2026-05', ageDays: 213, stale: true }],
    ['without a date', { date: null, ageDays: null, stale: false }],
  ]) {
    yield entry(what, factsOf({ ...situation, changes: { price: { usdPerMTok: 1, ...price } } }));
  }
  const old = { price: { date: '2026-05-23', ageDays: 190, stale: true } };
  yield entry('old, outside', factsOf({ coverage: 'none', found: 'the means decide', changes: old }));
  for (const share of SHARES_OF_A_PRICE) {
    const facts = factsOf({ ...situation, trade: '1 point lower, 25% cheaper' });
    const ranking = facts.ranking.map((m) => (m.model === SMALL ? { ...m, usdPerMTok: share } : m));
    yield entry(`${share} of the price`, { ...facts, ranking });
  }
  const facts = factsOf({ ...situation, trade: '1 point lower, 25% cheaper' });
  const perAnswer = { [SMALL]: 0.001, [MATHS]: 0.01 };
  const ranking = facts.ranking.map((m) => ({ ...m, usdPerAnswer: perAnswer[m.model] ?? 0.02 }));
  yield entry('known per answer', { ...facts, ranking });
  const half = ranking.map((m) => (m.model === MATHS ? { ...m, usdPerAnswer: null } : m));
  yield entry('known per answer for the pick only', { ...facts, ranking: half });
  const unpriced = factsOf({ ...situation, trade: '3 points lower, wanted without a price' });
  yield entry('the pick is not the best with a price', {
    ...unpriced,
    ranking: unpriced.ranking.map((m) => (m.model === SMALL ? { ...m, pCorrect: 0.69 } : m)),
  });
}

/** From more than any name to less than any. */
const SHARES_OF_A_PRICE = [
  ...[0.98, 0.97, 0.85, 0.84, 0.77, 0.76, 0.69, 0.57, 0.44, 1 / 3, 0.25, 0.2, 1 / 6, 1 / 7, 1 / 8, 0.1, 1 / 12],
  ...[1 / 15, 0.05, 0.034, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005, 0],
];

function* others() {
  yield '\n## where a prediction comes from\n\n';
  for (const policy of POLICIES) {
    for (const votes of [1, 12]) yield `${policy}; ${votes}\n    ${sourceWords({ ownMean: false, votes }, policy)}\n`;
  }
  yield `its own mean\n    ${sourceWords({ ownMean: true, votes: 0 }, 's1')}\n`;
  yield '\n## cascades\n\n';
  for (const reason of ['out_of_coverage', 'unread', 'empty_prompt']) yield `${reason}\n    ${cascadeWords(reason)}\n`;
}

export function tableText() {
  const decided = [...decisions(), ...confidences(), ...feedback(), ...policies(), ...oddities()];
  const parts = [...decided, ...kinds(), ...families(), ...prices(), ...others()];
  return `# The sentences about a decision. They do not name the pick, which is shown beside them.\n${parts.join('')}`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(TABLE, tableText());
  console.log(fileURLToPath(TABLE));
}
