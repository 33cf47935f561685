// From graded prompts to a plan and an index that follows it: what is planned, said, stored and routed agrees.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { buildFromFiles, plan, planInWorker, planSentences, readPriceList, reportText } from '../../../dist/build.js';
import { Router, StaticEmbedder } from '../../../dist/index.js';
import { VERSION } from '../../../dist/version.js';
import manifest from '../../../package.json' with { type: 'json' };
import { expectNothingOpen } from '../support/fixtures.mjs';
import { cellsOf, csvOf, fileOf, gradedFile, gradedRows } from './graded.mjs';

let embedder;
before(async () => {
  embedder = await StaticEmbedder.load();
});
after(() => embedder.dispose());
expectNothingOpen();

const ROWS = gradedRows({ rows: 240 });
const planned = (file, options = {}) => plan([file], { embedder, index: false, ...options });
const codesOf = ({ notes }) => notes.map(({ code }) => code);
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

describe('a plan', () => {
  let result;
  before(async () => {
    result = await planned(fileOf(cellsOf(ROWS)), { atMost: 2, volume: 10_000 });
  });

  it('states what the file says', () => {
    const { plan: made, report } = result;
    assert.equal(made.format, 'signalbox-plan-1');
    assert.equal(made.version, manifest.version);
    assert.equal(VERSION, manifest.version);
    assert.deepEqual([made.rows, made.groups, made.graded, made.seed, made.volume], [240, 240, false, 1, 10_000]);
    assert.deepEqual(made.target, { kind: 'at-most', value: 2, reached: true });
    for (const { name, measured, right, usdPer1000, costFrom } of made.models) {
      assert.deepEqual([measured, costFrom], [240, 'file']);
      const mean = sum(ROWS.map(({ outcomes }) => outcomes[name])) / 240;
      assert.ok(Math.abs(right.value - mean) < 1e-6, name);
      assert.ok(right.low < mean && mean < right.high, name);
      const usd = (1000 * sum(ROWS.map((row) => row.usd[name]))) / 240;
      assert.ok(Math.abs(usdPer1000 - usd) < 1e-4 * usd, name);
    }
    assert.deepEqual([made.baseline.model, made.baseline.given], ['large', false]);
    assert.equal(report.rows, 240);
  });

  it('finds the kinds of work, and saves where the small model is as good', () => {
    const { proposed, families, curve, familiesFrom } = result.plan;
    assert.equal(familiesFrom, 'found');
    assert.ok(families.length >= 3, families.map(({ name }) => name).join('; '));
    const sql = families.find(({ name }) => /SQL/.test(name));
    assert.equal(sql?.pick, 'large');
    assert.ok(families.every(({ name, pick }) => name === sql.name || pick === 'small'));
    assert.ok(proposed.saved.low > 0.2, JSON.stringify(proposed.saved));
    assert.ok(proposed.points.value >= -2.5, JSON.stringify(proposed.points));
    assert.equal(sum(families.map(({ rows }) => rows)), 240);
    assert.ok(Math.abs(sum(families.map(({ share }) => share)) - 1) < 1e-4);
    for (const point of [proposed, ...curve])
      assert.ok(Math.abs(sum(point.picks.map(({ share }) => share)) - 1) < 1e-4);
  });

  it('says so', () => {
    const { headline, verdict, month } = planSentences(result.plan);
    assert.equal(verdict, 'split');
    assert.match(
      headline,
      /^Send \d\d% to small, the rest to large: \$\d\.\d\d less per 1,000 answers \(\d\d%, 95% interval \d+ to \d+\), /,
    );
    assert.match(month, /^At 10,000 answers a month: \$\d+(\.\d\d)? instead of \$\d+/);
  });

  it('is routed by its index as it counts', async () => {
    const router = await Router.load({ index: result.index, embedder });
    try {
      const decisions = await router.routeMany(ROWS.map(({ prompt }) => prompt));
      assert.ok(decisions.every(({ policy }) => policy === 'families'));
      for (const { model, share } of result.plan.proposed.picks) {
        assert.equal(decisions.filter((decision) => decision.model === model).length, Math.round(240 * share), model);
      }
      assert.deepEqual(router.info.plan, result.plan);
      assert.deepEqual(
        new Set(router.info.tasks.map(({ name }) => name)),
        new Set(result.plan.families.map(({ name }) => name)),
      );
      const cheapest = await router.route(ROWS[0].prompt, { prefer: 'cheap' });
      const best = await router.route(ROWS[0].prompt, { prefer: 'best' });
      assert.deepEqual([best.model, typeof cheapest.model], ['large', 'string']);
    } finally {
      router.dispose();
    }
  });

  it('is the same for the same file, options and seed, here and in a worker', async () => {
    const options = { atMost: 2, volume: 10_000 };
    const again = await planned(fileOf(cellsOf(ROWS)), options);
    assert.deepEqual(again, result);
    const file = new File([csvOf(cellsOf(ROWS))], 'graded.csv');
    const progress = [];
    const there = await planInWorker([file], {
      index: false,
      ...options,
      onProgress: ({ step }) => progress.push(step),
    });
    assert.deepEqual(there, result);
    assert.ok(progress.includes('planning'));
    const other = await planned(fileOf(cellsOf(ROWS)), { ...options, seed: 2 });
    assert.notDeepEqual(other.plan.curve, result.plan.curve);
  });

  it('survives JSON', () => {
    assert.deepEqual(JSON.parse(JSON.stringify(result.plan)), result.plan);
  });
});

describe('families', () => {
  it('are the datasets of the file, if it has several', async () => {
    const { plan: made } = await planned(fileOf(cellsOf(ROWS, { dataset: true })));
    assert.equal(made.familiesFrom, 'dataset');
    assert.deepEqual(new Set(made.families.map(({ name }) => name)), new Set(['sql', 'mail', 'poem', 'triage']));
    assert.ok(made.families.every(({ rows }) => rows === 60));
  });

  it('have no words of prompts with words: false, nor has anything else', async () => {
    const { plan: made, index } = await planned(fileOf(cellsOf(ROWS)), { words: false });
    assert.ok(made.families.every(({ name }) => /^family \d+$/.test(name)));
    const written = `${JSON.stringify(made)}${Buffer.from(index).toString('latin1')}`;
    const words = new Set(ROWS.flatMap(({ prompt }) => prompt.match(/[A-Za-z]{5,}/g)));
    // Words of the format itself.
    for (const word of ['lines', 'number', 'table', 'other', 'large', 'small', 'short', 'lists']) words.delete(word);
    const found = [...words].filter((word) => written.includes(word));
    assert.deepEqual(found, []);
  });

  it('have such names in a build of one dataset, too, or numbers on request', async () => {
    const built = async (words) => {
      const { report, index } = await buildFromFiles([fileOf(cellsOf(ROWS))], { embedder, measure: false, words });
      const router = await Router.load({ index, embedder: null });
      const names = router.info.tasks.map(({ name }) => name);
      router.dispose();
      assert.deepEqual(
        report.families.map(({ name }) => name),
        names,
      );
      assert.equal(sum(report.families.map(({ rows }) => rows)), 240);
      assert.ok(reportText(report).includes(`compares ${names.length} families of its prompts: ${names[0]} (`));
      return names;
    };
    const names = await built();
    assert.ok(
      names.some((name) => /SQL/.test(name)),
      names.join('; '),
    );
    assert.equal(new Set(names).size, names.length);
    const numbered = await built(false);
    assert.equal(numbered.length, names.length);
    const dataset = numbered[0].replace(/ 1$/, '');
    assert.deepEqual(
      numbered,
      names.map((_, i) => `${dataset} ${i + 1}`),
    );
  });

  it('keep texts only on request', async () => {
    const { index } = await planned(fileOf(cellsOf(ROWS)), { texts: true });
    const router = await Router.load({ index, embedder });
    try {
      const { texts } = await router.samples({ texts: true });
      assert.deepEqual(new Set(texts), new Set(ROWS.map(({ prompt }) => prompt.slice(0, 160))));
    } finally {
      router.dispose();
    }
  });
});

describe('costs', () => {
  const three = gradedRows({ rows: 120, models: ['large', 'small', 'tiny'] });

  it('that are missing make a plan about correctness', async () => {
    const { plan: made } = await planned(gradedFile({ costs: false }));
    assert.ok(codesOf(made).includes('no_costs'));
    assert.equal(made.proposed.usdPer1000, null);
    assert.equal(made.proposed.saved, null);
    assert.ok(made.models.every(({ usdPer1000, costFrom }) => usdPer1000 === null && costFrom === 'unknown'));
    assert.doesNotMatch(planSentences(made).headline, /\$/);
  });

  it('of zero everywhere count as missing', async () => {
    const cells = cellsOf(gradedRows(), { costs: false, more: () => ({ 'large|cost_usd': 0, 'small|cost_usd': 0 }) });
    const { plan: made } = await planned(fileOf(cells));
    assert.match(made.notes.find(({ code }) => code === 'no_costs').message, /^All costs are zero/);
  });

  it('of one model that are zero are costs', async () => {
    const cells = cellsOf(gradedRows(), {
      costs: false,
      more: (row) => ({ 'large|cost_usd': row.usd.large, 'small|cost_usd': 0 }),
    });
    const { plan: made } = await planned(fileOf(cells), { atMost: 5 });
    assert.match(made.notes.find(({ code }) => code === 'free_model').message, /^small costs nothing/);
    assert.equal(made.models.find(({ name }) => name === 'small').usdPer1000, 0);
  });

  it('come from tokens and prices, and say so', async () => {
    const cells = cellsOf(three, {
      costs: false,
      more: (row) => ({ 'large|cost_usd': row.usd.large, 'small|tokens_in': 100, 'small|tokens_out': 200 }),
    });
    const prices = readPriceList({ small: { in: 1, out: 4 }, tiny: { in: 0.1, out: 0.2 } }, { asOf: '2026-09-01' });
    const { plan: made } = await planned(fileOf(cells), { prices });
    assert.deepEqual(Object.fromEntries(made.models.map(({ name, costFrom }) => [name, costFrom])), {
      large: 'file',
      small: 'tokens',
      tiny: 'prices',
    });
    assert.ok(Math.abs(made.models.find(({ name }) => name === 'small').usdPer1000 - 0.9) < 1e-3);
    const message = (code) => made.notes.find((note) => note.code === code).message;
    assert.equal(
      message('costs_from_tokens'),
      'The cost of small rests on the tokens in the files and prices of 2026-09-01.',
    );
    assert.match(message('costs_from_prices'), /^The cost of tiny rests on prices of 2026-09-01 and typical lengths/);
  });

  it('that only some models have leave the others out', async () => {
    const cells = cellsOf(three).map(({ 'small|cost_usd': _, ...row }) => row);
    const { plan: made, index } = await planned(fileOf(cells));
    assert.deepEqual(
      made.models.map(({ name }) => name),
      ['large', 'tiny'],
    );
    assert.match(made.notes.find(({ code }) => code === 'model_without_cost').message, /^small is left out/);
    const router = await Router.load({ index, embedder });
    assert.deepEqual(
      router.info.models.map(({ name }) => name),
      ['large', 'tiny'],
    );
    router.dispose();
  });

  it('of models that an index knows rest on its prices, unless it may not be asked', async () => {
    const names = { large: 'claude-opus-4.8', small: 'gemini-3.5-flash' };
    const cells = gradedRows().map(({ prompt, outcomes }) => ({
      prompt,
      ...Object.fromEntries(Object.entries(outcomes).map(([model, outcome]) => [names[model], outcome])),
    }));
    const asked = await planned(fileOf(cells), { index: undefined });
    assert.ok(asked.plan.models.every(({ costFrom, usdPer1000 }) => costFrom === 'prices' && usdPer1000 > 0));
    assert.match(
      asked.plan.notes.find(({ code }) => code === 'costs_from_prices').message,
      /prices of \d{4}-\d\d-\d\d/,
    );
    const not = await planned(fileOf(cells));
    assert.ok(codesOf(not.plan).includes('no_costs'));
  });

  it('that are odd are left out with a note', async () => {
    const cells = cellsOf(gradedRows()).map((row, i) => (i === 3 ? { ...row, 'large|cost_usd': -5 } : row));
    const { plan: made } = await planned(fileOf(cells));
    assert.match(
      made.notes.find(({ code }) => code === 'odd_costs').message,
      /^1 cost or token count .* such as graded\.csv, line 5: -5\.$/,
    );
  });
});

describe('outcomes', () => {
  /** Plans for rows whose outcomes are replaced. */
  const withOutcomes = async (outcomesOf, options) => {
    const rows = gradedRows().map((row, i) => ({ ...row, outcomes: outcomesOf(row, i) }));
    return (await planned(fileOf(cellsOf(rows)), options)).plan;
  };

  it('that are all right lead to the cheapest model', async () => {
    const made = await withOutcomes(() => ({ large: 1, small: 1 }));
    assert.ok(codesOf(made).includes('all_right'));
    assert.deepEqual(
      made.proposed.picks.map(({ model }) => model),
      ['small'],
    );
  });

  it('that are all wrong are noted', async () => {
    assert.ok(codesOf(await withOutcomes(() => ({ large: 0, small: 0 }))).includes('all_wrong'));
  });

  it('that never differ between models are noted', async () => {
    const made = await withOutcomes((_, i) => ({ large: i % 2, small: i % 2 }));
    assert.ok(codesOf(made).includes('no_differences'));
    assert.deepEqual(
      made.proposed.picks.map(({ model }) => model),
      ['small'],
    );
  });

  it('may be graded, and missing', async () => {
    const made = await withOutcomes(({ outcomes }, i) => ({
      large: 0.8 * outcomes.large,
      small: i % 9 === 0 ? '' : outcomes.small,
    }));
    assert.equal(made.graded, true);
    assert.ok(codesOf(made).includes('missing_outcomes'));
    assert.equal(made.models.find(({ name }) => name === 'small').measured, 142);
    assert.match(planSentences(made).why[0], /mean score/);
  });

  it('that contradict each other count, and are noted', async () => {
    const rows = gradedRows({ rows: 80 });
    const again = rows.slice(0, 7).map((row) => ({
      ...row,
      prompt: ` ${row.prompt.toUpperCase()}`,
      outcomes: { large: 1 - row.outcomes.large, small: 0 },
    }));
    const { plan: made } = await planned(fileOf(cellsOf([...rows, ...again])));
    assert.deepEqual([made.rows, made.groups], [87, 80]);
    assert.match(made.notes.find(({ code }) => code === 'contradictory_rows').message, /^7 rows have another outcome/);
    assert.match(made.notes.find(({ code }) => code === 'repeated_prompts').message, /^14 of 87 rows/);
    assert.ok(codesOf(made).includes('few_rows'));
  });

  it('of rows in one conversation stay together', async () => {
    const { plan: made } = await planned(fileOf(cellsOf(ROWS, { more: (_, i) => ({ conversation: i >> 1 }) })));
    assert.deepEqual([made.rows, made.groups], [240, 120]);
  });
});

describe('nothing to gain', () => {
  /** Rows of models that are equally good at everything, at random. */
  const noise = (options) => gradedRows({ rows: 120, right: () => 0.6, ...options });

  for (const dataset of [false, true]) {
    it(`leads to one model for all prompts, ${dataset ? 'with' : 'without'} datasets`, async () => {
      const rows = noise({ right: (_, model) => (model === 'large' ? 0.95 : 0.3) });
      const { plan: made, index } = await planned(fileOf(cellsOf(rows, { dataset })), { atMost: 0 });
      assert.deepEqual(made.proposed.picks, [{ model: 'large', share: 1 }]);
      const { verdict, headline } = planSentences(made);
      assert.equal(verdict, 'keep');
      assert.match(headline, /^Send everything to large: no other choice/);
      const router = await Router.load({ index, embedder });
      try {
        const decisions = await router.routeMany(rows.map(({ prompt }) => prompt));
        assert.ok(decisions.every(({ model }) => model === 'large'));
      } finally {
        router.dispose();
      }
    });
  }
});

describe('targets', () => {
  it('of savings and budgets are reached, if they can be', async () => {
    const file = gradedFile({ rows: 240 });
    const save = (await planned(file, { save: 0.4 })).plan;
    assert.deepEqual(save.target, { kind: 'save', value: 0.4, reached: true });
    assert.ok(save.proposed.saved.value > 0.3, JSON.stringify(save.proposed.saved));
    const budget = (await planned(file, { budget: 60, volume: 10_000 })).plan;
    assert.equal(budget.target.value, 60);
    assert.ok(budget.proposed.usdPer1000.value < 7, JSON.stringify(budget.proposed.usdPer1000));
  });

  it('out of reach propose the nearest setting, and say so', async () => {
    const { plan: made } = await planned(gradedFile(), { budget: 0.01, volume: 10_000 });
    assert.equal(made.target.reached, false);
    assert.ok(codesOf(made).includes('target_not_reached'));
    assert.match(
      planSentences(made).headline,
      /^No setting costs at most \$0\.01 a month for 10,000 answers\. The nearest: /,
    );
  });

  it('compare with the given baseline', async () => {
    const { plan: made } = await planned(gradedFile(), { baseline: 'small', atMost: 0 });
    assert.deepEqual([made.baseline.model, made.baseline.given], ['small', true]);
    assert.deepEqual(made.singles.find(({ model }) => model === 'small').points, { value: 0, low: 0, high: 0 });
  });
});
