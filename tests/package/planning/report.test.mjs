// The report of a plan: self-contained, without scripts, and names in the data cannot break out of their place.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { planReport } from '../../../dist/build.js';
import { planSentences } from '../../../dist/planning/sentences.js';

const read = () => JSON.parse(readFileSync(new URL('../../fixtures/plan/plan.json', import.meta.url), 'utf8'));

const ATTACK = '</title></style><script>alert(1)</script><img src=https://evil.example/x onerror="alert(1)">\'"&<!--';

/** Returns the plan with the attack before all names and notes. */
function hostile() {
  const names = new Set(['name', 'model', 'best', 'pick', 'first', 'second', 'message']);
  return JSON.parse(JSON.stringify(read()), (key, value) =>
    names.has(key) && typeof value === 'string' ? ATTACK + value : value,
  );
}

const textOf = (page) =>
  page
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replace(/<[^>]*>/g, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&');

describe('the report of a plan', () => {
  it('says the sentences, and both costs of each family', async () => {
    const plan = read();
    const text = textOf(await planReport(plan));
    const said = planSentences(plan);
    for (const sentence of [said.headline, said.month, ...said.risk, ...said.why, ...said.notes]) {
      assert.ok(text.includes(sentence), sentence);
    }
    for (const { name } of plan.families) assert.ok(text.includes(name));
    assert.doesNotMatch(text, /undefined|NaN|null|\[object/);
  });

  it('has no scripts and loads nothing, by its own policy too', async () => {
    const page = await planReport(read());
    assert.doesNotMatch(page, /<script|<link|<img|<iframe|\son\w+=|@import|url\(|https?:/i);
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)[1];
    const style = /<style>([\s\S]*?)<\/style>/.exec(page)[1];
    const hash = createHash('sha256').update(style).digest('base64');
    assert.equal(policy, `default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-${hash}'`);
    assert.doesNotMatch(page, /\sstyle="/);
  });

  it('keeps hostile names as text', async () => {
    const page = await planReport(hostile());
    assert.equal(page.match(/<style>/g).length, 1);
    assert.doesNotMatch(page, /<script|<img|<!--/);
    const shape = (of) => [...of.matchAll(/<\/?(\w+)/g)].map(([tag]) => tag);
    const plain = shape(await planReport(read()));
    assert.deepEqual(shape(page), plain, 'the same elements');
    assert.ok(textOf(page).includes(ATTACK));
  });

  it('is the same page for the same plan, in letters for 30 models', async () => {
    const plan = read();
    assert.equal(await planReport(plan), await planReport(read()));
    const [single] = plan.singles;
    plan.singles = Array.from({ length: 30 }, (_, i) => ({ ...single, model: `m${i}` }));
    assert.match(await planReport(plan), />Z<.*>#</s);
  });

  it('needs no costs, no loss and no families', async () => {
    const plan = read();
    const without = (of) => ({ ...of, usdPer1000: null, saved: null, answerValue: null });
    const [family] = plan.families;
    const page = await planReport({
      ...plan,
      graded: true,
      volume: null,
      predictor: 'constant',
      familiesFrom: 'one',
      proposed: without(plan.proposed),
      curve: plan.curve.slice(0, 1).map(without),
      singles: plan.singles.map(without),
      mixtures: [],
      models: plan.models.map((of) => ({ ...of, usdPer1000: null, costFrom: 'unknown' })),
      baseline: { ...plan.baseline, usdPer1000: null },
      families: [{ ...family, usdPer1000: null, baselineUsdPer1000: null, usd: family.usd.map(() => null) }],
      worst: null,
    });
    assert.doesNotMatch(textOf(page), /\$|undefined|NaN|null/);
    assert.doesNotMatch(page, /<svg/);
    assert.match(page, /Models alone/);
  });
});
