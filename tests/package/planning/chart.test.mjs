// The chart of a plan: its axes, its picture in a terminal, and its text.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { chartText } from '../../../dist/cli/plan-chart.js';
import { planText, shellWord, wrapped } from '../../../dist/cli/plan-text.js';
import { planChart } from '../../../dist/planning/chart.js';
import { planSentences } from '../../../dist/planning/sentences.js';
import { randomFrom } from '../support/fixtures.mjs';

const read = () => JSON.parse(readFileSync(new URL('../../fixtures/plan/plan.json', import.meta.url), 'utf8'));
/** Returns the report of a file with these models, and with one that the plan left out. */
const reportOf = ({ models }, dropped = {}) => ({ dropped, models: [...models.map(({ name }) => name), 'left-out'] });

/** Returns the plan with costs times `usd` and differences times `points`. */
function scaled(usd, points) {
  const plan = read();
  const bounded = (of, by) => of && { value: of.value * by, low: of.low * by, high: of.high * by };
  const point = (of) => ({ ...of, usdPer1000: bounded(of.usdPer1000, usd), points: bounded(of.points, points) });
  return {
    ...plan,
    proposed: point(plan.proposed),
    curve: plan.curve.map(point),
    singles: plan.singles.map((of) => ({
      ...of,
      usdPer1000: of.usdPer1000 * usd,
      points: bounded(of.points, points),
      right: { ...of.right, value: plan.baseline.right.value + (points * of.points.value) / 100 },
    })),
    mixtures: plan.mixtures.map((of) => ({
      ...of,
      usdPer1000: of.usdPer1000 * usd,
      right: plan.baseline.right.value + points * (of.right - plan.baseline.right.value),
    })),
  };
}

describe('the axes of a chart', () => {
  const random = randomFrom(7);
  const cases = [
    [1, 1],
    [0, 0],
    [1e-9, 1e-9],
    [1e9, 5],
    ...Array.from({ length: 40 }, () => [10 ** (8 * random() - 4), 10 ** (4 * random() - 3)]),
  ];
  for (const [usd, points] of cases) {
    it(`hold everything for costs times ${usd} and differences times ${points}`, () => {
      const chart = planChart(scaled(usd, points));
      for (const [axis, values] of [
        [chart.usd, [...chart.settings.map((s) => s.usd.value), ...chart.models.map((m) => m.usd)]],
        [chart.points, [...chart.settings.map((s) => s.points.value), ...chart.models.map((m) => m.points)]],
      ]) {
        assert.ok(axis.high > axis.low && axis.ticks.length >= 2 && axis.ticks.length <= 8, JSON.stringify(axis));
        assert.equal(new Set(axis.ticks.map(({ label }) => label)).size, axis.ticks.length, JSON.stringify(axis));
        const slack = 1e-6 * (axis.high - axis.low);
        for (const value of values) assert.ok(value >= axis.low - slack && value <= axis.high + slack, `${value}`);
        assert.ok(axis.low <= 0 && axis.high >= 0);
      }
      const lines = chartText(chart, 80);
      assert.ok(
        lines.every((line) => line.length <= 80 && /^[ -~]*$/.test(line)),
        lines.join('\n'),
      );
      assert.equal(lines.join('').match(/@/g).length, 1, lines.join('\n'));
    });
  }

  it('are missing without costs', () => {
    const plan = read();
    assert.equal(planChart({ ...plan, proposed: { ...plan.proposed, usdPer1000: null } }), undefined);
  });
});

describe('a chart in a terminal', () => {
  it('has the plan, the models and the zero line in their places', () => {
    const lines = chartText(planChart(read()), 80);
    const find = (mark) => {
      const row = lines.findIndex((line) => line.includes(mark));
      return { row, column: lines[row].indexOf(mark) };
    };
    const [plan, opus, gemini, gpt, qwen] = ['@', 'A', 'B', 'C', 'D'].map(find);
    assert.equal(lines[opus.row].slice(0, 8).trim().replace('+', '').trim(), '0', 'the baseline is at 0');
    assert.ok(plan.column < opus.column && plan.column > gemini.column, 'the plan costs less');
    assert.ok(gpt.column > opus.column && gpt.row > opus.row && qwen.row > gemini.row);
    assert.ok(lines.at(-1).includes('$0') && lines.at(-1).includes('$3'));
  });

  it('fits into narrow and wide terminals', () => {
    for (const columns of [1, 40, 63, 80, 100, 300]) {
      const lines = chartText(planChart(read()), columns);
      assert.ok(Math.max(...lines.map(({ length }) => length)) <= Math.max(40, Math.min(columns, 100)));
    }
  });
});

describe('the text of a plan', () => {
  it('says the sentences, and keeps to the width', () => {
    const plan = read();
    const text = planText({ plan, report: reportOf(plan) }, { data: 'graded.csv' });
    const said = planSentences(plan);
    const flat = text.replaceAll('\n', ' ');
    for (const sentence of [said.headline, said.worst, said.month, ...said.risk, ...said.why, ...said.notes]) {
      assert.ok(flat.includes(sentence), sentence);
    }
    for (const line of text.split('\n')) assert.ok(line.length <= 85, line);
    assert.doesNotMatch(text, /undefined|NaN|null/);
    assert.match(text, /npx signalbox plan graded\.csv -o plan\.sbx/);
    assert.match(text, new RegExp(`${plan.models.length} of ${plan.models.length + 1} models`));
  });

  it('needs no costs, and names what was not used and what was written', () => {
    const plan = read();
    const without = (of) => ({ ...of, usdPer1000: null, saved: null, answerValue: null });
    const free = {
      ...plan,
      proposed: without(plan.proposed),
      curve: plan.curve.map(without),
      singles: plan.singles.map(without),
      mixtures: [],
      models: plan.models.map((of) => ({ ...of, usdPer1000: null, costFrom: 'unknown' })),
      baseline: { ...plan.baseline, usdPer1000: null },
      families: plan.families.map((of) => ({ ...of, usdPer1000: null, baselineUsdPer1000: null })),
    };
    const report = reportOf(plan, { no_score: { count: 3, examples: ['support 7'] } });
    const text = planText({ plan: free, report }, { data: 'a.csv', output: 'my plan.sbx', html: 'p.html' });
    assert.doesNotMatch(text, /\$|undefined|NaN|--html/);
    assert.match(text, /Note: not used: 3 samples without a usable score \(support 7\)\./);
    assert.match(text, /--index 'my plan\.sbx'/);
  });

  it('breaks lines between words only', () => {
    assert.equal(wrapped('one two three', 7), 'one two\nthree');
    assert.equal(wrapped('a-very-long-word b', 5), 'a-very-long-word\nb');
    assert.equal(wrapped('', 5), '');
    assert.equal(shellWord('a/b-1.csv'), 'a/b-1.csv');
    assert.equal(shellWord("it's $HOME\u001b"), "'it'\\''s $HOME\\u{1b}'");
  });
});
