// The sentences, the table and the code of a plan: every verdict, and roundings that hide nothing.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { planCode, planSentences, planTable, policyTable } from '../../../dist/build.js';
import {
  percentWords,
  pointInterval,
  pointWords,
  savedInterval,
  signedInterval,
  signedPoints,
  usdWords,
} from '../../../dist/planning/amounts.js';

const FIXTURE = JSON.parse(readFileSync(new URL('../../fixtures/plan/plan.json', import.meta.url), 'utf8'));
const bounded = (value, low = value, high = value) => ({ value, low, high });

/** Returns the plan of the example, with changes. */
function planWith({ proposed = {}, ...changes } = {}) {
  return {
    ...FIXTURE,
    baseline: { ...FIXTURE.baseline, model: 'claude-opus-4.8', usdPer1000: 2.97 },
    volume: null,
    proposed: {
      answerValue: 0.1,
      right: bounded(0.86, 0.82, 0.9),
      points: bounded(-1.1, -2, -0.2),
      usdPer1000: bounded(2.05, 1.9, 2.2),
      saved: bounded(0.31, 0.24, 0.37),
      picks: [
        { model: 'claude-opus-4.8', share: 0.52 },
        { model: 'gemini-3.5-flash', share: 0.48 },
      ],
      ...proposed,
    },
    ...changes,
  };
}

const headline = (changes) => planSentences(planWith(changes)).headline;

test('says a split as the user would', () => {
  assert.equal(
    headline(),
    'Send 48% to gemini-3.5-flash, the rest to claude-opus-4.8: $0.92 less per 1,000 answers (31%, 95% interval 24 to 37), 1.1 points fewer right (0.2 to 2.0).',
  );
  const worst = { ...FIXTURE.families[0], name: 'SQL', points: bounded(-3.4, -7, 1) };
  assert.equal(planSentences(planWith({ worst })).worst, 'Worst family: SQL, -3.4 (shrunk, -7 to +1).');
  assert.equal(planSentences(planWith({ worst: null })).worst, null);
});

test('names three models, and counts those beyond four', () => {
  const shares = (...list) => list.map(([model, share]) => ({ model, share }));
  const of = (...list) => headline({ proposed: { picks: shares(...list) } }).split(':')[0];
  assert.equal(
    of(['claude-opus-4.8', 0.5], ['a', 0.3], ['b', 0.2]),
    'Send 30% to a, 20% to b, the rest to claude-opus-4.8',
  );
  assert.equal(
    of(['a', 0.4], ['b', 0.2], ['c', 0.2], ['claude-opus-4.8', 0.1], ['d', 0.07], ['e', 0.03]),
    'Send 40% to a, 20% to b, 20% to c, the rest to claude-opus-4.8 and 2 others',
  );
  assert.equal(of(['claude-opus-4.8', 0.996], ['a', 0.004]), 'Send less than 1% to a, the rest to claude-opus-4.8');
  assert.equal(of(['a', 0.996], ['claude-opus-4.8', 0.004]), 'Send more than 99% to a, the rest to claude-opus-4.8');
});

test('compares with the baseline by name if no prompt goes to it', () => {
  const { headline: text, verdict } = planSentences(
    planWith({ proposed: { picks: [{ model: 'gemini-3.5-flash', share: 1 }] } }),
  );
  assert.equal(verdict, 'switch');
  assert.match(
    text,
    /^Send everything to gemini-3\.5-flash: \$0\.92 less per 1,000 answers than claude-opus-4\.8 alone \(31%/,
  );
});

test('says that nothing is to be gained', () => {
  const proposed = { picks: [{ model: 'claude-opus-4.8', share: 1 }], points: bounded(0), saved: bounded(0) };
  const knee = planSentences(planWith({ proposed, predictor: 'constant' }));
  assert.equal(knee.verdict, 'keep');
  assert.equal(
    knee.headline,
    'Send everything to claude-opus-4.8: no other choice among these models is estimated to be better.',
  );
  assert.ok(knee.why.some((text) => text.includes('Nothing in these prompts tells the models apart')));
  assert.ok(!knee.why.some((text) => text.includes('No target')), 'with one model there is nothing to trade');
  const target = { kind: 'at-most', value: 0, reached: true };
  assert.match(headline({ proposed, target }), /better at this target\.$/);
});

test('says savings that come with more right answers, and losses on both sides', () => {
  assert.match(
    headline({ proposed: { points: bounded(0.5, -0.3, 1.2) } }),
    /0\.5 points more right \(from 0\.3 fewer to 1\.2 more\)\.$/,
  );
  assert.match(
    headline({ proposed: { points: bounded(0.5, 0.1, 1.2) } }),
    /0\.5 points more right \(0\.1 to 1\.2\)\.$/,
  );
  const dearer = { usdPer1000: bounded(3.47), saved: bounded(-0.17, -0.3, 0.02), points: bounded(1, 0.2, 2) };
  assert.match(
    headline({ proposed: dearer }),
    /\$0\.50 more per 1,000 answers \(17%, 95% interval from 2% less to 30% more\), 1\.0 point more right/,
  );
  assert.match(headline({ proposed: { points: bounded(0, -1, 1) } }), /as many right \(from 1\.0 fewer to 1\.0 more\)/);
  assert.match(headline({ graded: true }), /1\.1 points lower in score \(0\.2 to 2\.0\)/);
});

test('speaks of correctness only without costs', () => {
  const proposed = { usdPer1000: null, saved: null, points: bounded(1.4, 0.2, 2.6) };
  const baseline = { ...FIXTURE.baseline, usdPer1000: null };
  const { headline: text, month, why } = planSentences(planWith({ proposed, baseline, volume: 10_000 }));
  assert.equal(
    text,
    'Send 48% to gemini-3.5-flash, the rest to claude-opus-4.8: 1.4 points more right (95% interval 0.2 to 2.6).',
  );
  assert.equal(month, 'At 10,000 answers a month: about 140 more right answers.');
  assert.ok(!why.join(' ').includes('$2.9'));
});

test('says first that a target is not reached', () => {
  assert.match(
    headline({ target: { kind: 'save', value: 0.6, reached: false } }),
    /^No setting saves 60%\. The nearest: Send 48% to/,
  );
  assert.match(
    headline({ target: { kind: 'budget', value: 50, reached: false }, volume: 1e5 }),
    /^No setting costs at most \$50 a month for 100,000 answers\. The nearest: /,
  );
  assert.match(
    headline({ target: { kind: 'at-most', value: 0.5, reached: false } }),
    /^No setting loses at most 0\.5 points\. /,
  );
});

test('counts a month', () => {
  assert.equal(
    planSentences(planWith({ volume: 100_000 })).month,
    'At 100,000 answers a month: $205 instead of $297, and about 1,100 fewer right answers.',
  );
  assert.equal(planSentences(planWith()).month, null);
  const few = planSentences(planWith({ volume: 10 })).month;
  assert.equal(few, 'At 10 answers a month: $0.02 instead of $0.03.');
});

test('says the risk as wrong answers, and what would make it smaller', () => {
  const { risk } = planSentences(planWith({ proposed: { points: bounded(-1.1, -4, 1.5) } }));
  assert.equal(risk[0], 'At the bad end of the 95% interval: 40 more wrong answers per 1,000.');
  assert.match(risk.at(-1), /^The interval is 5\.5 points wide\. With 1,188 prompts/);
  assert.match(planSentences(planWith({ graded: true })).risk[0], /2\.0 points lower in score/);
});

test('never rounds something to nothing, or a part to all', () => {
  assert.deepEqual([0, 0.001, 0.31, 0.997, 1].map(percentWords), [
    '0%',
    'less than 1%',
    '31%',
    'more than 99%',
    '100%',
  ]);
  assert.deepEqual([0, 0.000123, 0.0042, 0.92, 99.99, 123.4, 1234, 1_234_567].map(usdWords), [
    '$0',
    '$0.00012',
    '$0.0042',
    '$0.92',
    '$99.99',
    '$123',
    '$1,230',
    '$1,230,000',
  ]);
  assert.deepEqual([0, 0.03, 0.96, 1.1].map(pointWords), [
    '0.0 points',
    'less than 0.1 points',
    '1.0 point',
    '1.1 points',
  ]);
  assert.equal(pointInterval(bounded(-0.04, -0.08, -0.01), { down: 'fewer', up: 'more' }), '<0.1 to 0.1');
  assert.equal(savedInterval(bounded(0.003, 0.001, 0.2)), '<1 to 20');
  assert.deepEqual(
    [-3.44, 0.04, 2].map((points) => signedPoints(points)),
    ['-3.4', '0', '+2.0'],
  );
  assert.equal(signedInterval(bounded(-3.4, -7.4, 1.2)), '-7 to +1');
  assert.equal(signedInterval(bounded(-0.4, -2.8, 1.2)), '-2.8 to +1.2');
});

test('escapes control characters of names', () => {
  const name = 'evil\u001b[31m\nmodel';
  const plan = planWith({
    proposed: { picks: [{ model: name, share: 1 }] },
    families: [{ ...FIXTURE.families[0], name, pick: name, picks: [{ model: name, share: 1 }] }],
    worst: { ...FIXTURE.families[0], name },
    notes: [{ code: 'free_model', message: `${name} costs nothing.` }],
  });
  const everything = JSON.stringify([planSentences(plan), planTable(plan), planCode(plan)]);
  assert.ok(!everything.includes('\\u001b'), everything);
});

test('describes each family and each note', () => {
  const { families, notes } = planSentences(FIXTURE);
  assert.equal(families.length, FIXTURE.families.length);
  assert.equal(families[2], 'SQL / table / query, 58 prompts (19%): to claude-opus-4.8; as before.');
  assert.match(
    families[1],
    /^invoice \/ total \/ extract, 71 prompts \(23%\): 85% to gemini-3\.5-flash, the rest to claude-opus-4\.8; \$0\.50 per 1,000 answers instead of \$1\.60; -0\.8 points \(-3 to \+2\)\.$/,
  );
  assert.deepEqual(
    notes,
    FIXTURE.notes.map(({ message }) => message),
  );
});

test('tabulates the policy in at most ten lines', () => {
  const many = Array.from({ length: 24 }, (_, i) => ({ ...FIXTURE.families[0], name: `family ${i}`, rows: 10 }));
  const { columns, rows } = policyTable(planWith({ families: many, rows: 240 }));
  assert.equal(rows.length, 10);
  assert.ok(rows.every((row) => row.length === columns.length));
  assert.deepEqual(rows.at(-1).slice(0, 4), ['all others', 'gemini-3.5-flash', '150', '63%']);
  const lines = planTable(FIXTURE).split('\n');
  assert.equal(lines.length, FIXTURE.families.length + 2);
  assert.match(lines[3], /^SQL \/ table \/ query +claude-opus-4\.8 +58 +19% +0 +\$4\.20$/);
  assert.match(lines[2], /^invoice \/ total \/ extract +gemini-3\.5-flash \(85%\) +71 /, 'the rest goes elsewhere');
  assert.match(lines.at(-1), /^all others +claude-opus-4\.8$/);
});

test('writes code that Node.js can parse, whatever the names are', async () => {
  const odd = planWith({ proposed: { picks: [{ model: "it's */ `$(x)`", share: 1 }] } });
  const code = planCode(odd, "it's \\ odd.sbx");
  const stub = code.replace(
    "from 'signalbox'",
    "from 'data:text/javascript,export const Router = { load: async (o) => ({ route: async (p) => ({ model: o.index + p }) }) }'",
  );
  const { modelFor } = await import(`data:text/javascript,${encodeURIComponent(stub)}`).catch(async () => {
    throw new Error(stub);
  });
  assert.equal(await modelFor('!'), "it's \\ odd.sbx!");
});
