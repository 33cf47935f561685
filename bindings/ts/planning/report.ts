/** Makes one self-contained page of a plan, without scripts: for people who decide, with the details below. */
import { html, Markup } from '../files/html-template.js';
import {
  counted,
  countWords,
  percentWords,
  rightWords,
  savedInterval,
  signedInterval,
  signedPoints,
  usdWords,
} from './amounts.js';
import { letterOf, planChart } from './chart.js';
import { rowsOf } from './promise-words.js';
import { CHART_SIZES, chartMarkup } from './report-chart.js';
import { PLAN_STYLE } from './report-style.js';
import { type PlanSentences, planSentences } from './sentences.js';
import type { Bounded, Plan, PlanFamily, PlanPoint, PlanShare } from './types.js';

/** A cell: text, or markup that is already escaped. */
type Cell = string | Markup;

interface Column {
  name: string;
  /** Words, which may wrap, and stand to the left. */
  isText?: boolean | undefined;
}

interface Row {
  cells: readonly Cell[];
  /** A class of the style. */
  look?: string | undefined;
}

function tableMarkup(caption: string, columns: readonly Column[], rows: readonly Row[]): Markup {
  const lookOf = (i: number) => (columns[i]?.isText ? 'text' : 'number');
  const head = columns.map(({ name }, i) => html`<th scope="col" class="${lookOf(i)}">${name}</th>`);
  const body = rows.map(({ cells: [first = '', ...others], look = '' }) => {
    const cells = others.map((cell, i) => html`<td class="${lookOf(i + 1)}">${cell}</td>`);
    return html`<tr class="${look}"><th scope="row">${first}</th>${cells}</tr>\n`;
  });
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table>
<thead><tr>${head}</tr></thead>
<tbody>${body}</tbody></table></div>`;
}

const list = (items: readonly string[]): Markup => html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`;

const tile = (name: string, value: string, note: string): Markup =>
  html`<li><span>${name}</span><b>${value}</b><span>${note}</span></li>`;

/** Says a share that is saved, such as "31% less". */
function savedWords({ value }: Bounded): string {
  if (value === 0) return 'the same';
  return `${percentWords(Math.abs(value))} ${value < 0 ? 'more' : 'less'}`;
}

function costTile({ proposed: { saved, usdPer1000 }, baseline, volume }: Plan): Markup[] {
  if (saved === null || usdPer1000 === null || baseline.usdPer1000 === null) return [];
  const [now, before] = [usdPer1000.value, baseline.usdPer1000];
  const amounts =
    volume === null
      ? `${usdWords(now)} instead of ${usdWords(before)} per 1,000 answers`
      : `${usdWords((now * volume) / 1000)} instead of ${usdWords((before * volume) / 1000)} a month`;
  return [tile('Cost', savedWords(saved), `${amounts}; 95% interval: ${savedInterval(saved)}`)];
}

function rightTile({ proposed: { points, right }, baseline, graded }: Plan): Markup {
  const value = points.value === 0 ? 'the same' : `${signedPoints(points.value)} points`;
  const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
  const amounts = `${percent(right.value)} instead of ${percent(baseline.right.value)}`;
  return tile(graded ? 'Score' : 'Right answers', value, `${amounts}; 95% interval: ${signedInterval(points)}`);
}

const sharesWords = (picks: readonly PlanShare[]) =>
  picks.map(({ model, share }) => `${percentWords(share)} to ${model}`).join(', ');

function tiles(plan: Plan): Markup {
  const { worst } = plan;
  const risk =
    worst === null
      ? []
      : [
          tile(
            'Worst family',
            `${signedPoints(worst.points.value)} points`,
            `${worst.name}; 95% interval: ${signedInterval(worst.points)}`,
          ),
        ];
  return html`<ul class="tiles">${[...costTile(plan), rightTile(plan), ...risk]}</ul>`;
}

function figure(plan: Plan): Markup | string {
  const chart = planChart(plan);
  if (chart === undefined) return '';
  const { usd, points } = chart.proposed;
  const label =
    'Chart of the settings of the rule beside the single models, by cost. ' +
    `The plan costs ${usdWords(usd.value)} per 1,000 answers, at ${signedPoints(points.value)} points. ` +
    'The same numbers are in the tables.';
  return html`<figure>${CHART_SIZES.map((size) => chartMarkup(chart, label, size))}
<figcaption><span class="key dot"></span>the plan, with its 95% intervals.
<span class="key"></span>all settings; the band is the 95% interval.
<span class="key dotted"></span>single models mixed at random.
Letters are the models alone, below.
The line at 0 is ${plan.baseline.model} alone: higher is better, and further left is cheaper.</figcaption></figure>`;
}

function modelsSection(plan: Plan): Markup {
  const picture = figure(plan);
  const heading = picture === '' ? 'The models alone' : 'What each setting costs, and how often it is right';
  return html`<section><h2>${heading}</h2>${picture}${modelsTable(plan)}</section>`;
}

function modelsTable({ singles, baseline, graded }: Plan): Markup {
  const rows = singles.map(({ model, right, points, usdPer1000, saved }, i) => ({
    cells: [
      html`<span class="letter">${letterOf(i)}</span>\u00a0${model}${model === baseline.model ? ' (compared with)' : ''}`,
      rightWords(right),
      signedPoints(points.value),
      usdPer1000 === null ? 'not known' : usdWords(usdPer1000),
      saved === null ? '' : savedWords({ value: saved, low: saved, high: saved }),
    ],
  }));
  const columns = ['model alone', graded ? 'score (95%)' : 'right (95%)', 'points', 'per 1,000', 'cost'];
  return tableMarkup(
    'Models alone',
    columns.map((name) => ({ name })),
    rows,
  );
}

/** Returns the costs of a family now and by the plan: a month's if there is a volume, else those of 1,000 answers. */
function familyCosts({ volume }: Plan, { baselineUsdPer1000, usdPer1000, share }: PlanFamily): string[] {
  const thousands = volume === null ? 1 : (share * volume) / 1000;
  return [baselineUsdPer1000, usdPer1000].map((usd) => (usd === null ? '' : usdWords(usd * thousands)));
}

function familySection(plan: Plan): Markup {
  const hasCosts = plan.proposed.usdPer1000 !== null;
  const unit = plan.volume === null ? 'per 1,000' : 'a month';
  const columns: Column[] = [
    { name: 'prompts like', isText: true },
    { name: 'share' },
    { name: 'send to', isText: true },
    { name: 'points (95%)' },
    ...(hasCosts ? [{ name: `${unit} now` }, { name: 'by the plan' }] : []),
  ];
  const rows = plan.families.map((family) => ({
    look: family.name === plan.worst?.name ? 'worst' : '',
    cells: [
      family.name,
      percentWords(family.share),
      family.picks.length < 2 ? family.pick : sharesWords(family.picks),
      `${signedPoints(family.points.value)} (${signedInterval(family.points)})`,
      ...(hasCosts ? familyCosts(plan, family) : []),
    ],
  }));
  const heading = plan.familiesFrom === 'one' ? 'The prompts' : 'Kinds of prompts, and where they go';
  return html`<section><h2>${heading}</h2>${tableMarkup(heading, columns, rows)}</section>`;
}

function riskSection({ risk, notes }: PlanSentences): Markup | string {
  const lines = [...risk, ...notes];
  return lines.length === 0 ? '' : html`<section><h2>What may go wrong</h2>${list(lines)}</section>`;
}

const boundedUsd = ({ value, low, high }: Bounded) => `${usdWords(value)} (${usdWords(low)} to ${usdWords(high)})`;

function settingCells(point: PlanPoint): Cell[] {
  const { answerValue, right, points, usdPer1000, saved, picks } = point;
  return [
    answerValue === null ? 'only quality counts' : usdWords(answerValue),
    rightWords(right),
    `${signedPoints(points.value)} (${signedInterval(points)})`,
    usdPer1000 === null ? '' : boundedUsd(usdPer1000),
    saved === null ? '' : `${savedWords(saved)} (${savedInterval(saved)})`,
    sharesWords(picks),
  ];
}

function settingsTable({ curve, graded }: Plan): Markup {
  const columns: Column[] = [
    { name: 'a right answer is worth', isText: true },
    { name: graded ? 'score (95%)' : 'right (95%)' },
    { name: 'points (95%)' },
    { name: 'per 1,000 (95%)' },
    { name: 'cost (95%)' },
    { name: 'picks', isText: true },
  ];
  return tableMarkup(
    'All settings',
    columns,
    curve.map((point) => ({ cells: settingCells(point) })),
  );
}

/** Returns what is predicted of each model in each family. */
function predictedTable({ families, models, graded }: Plan): Markup {
  const caption = `Predicted ${graded ? 'score' : 'right answers'} and cost per 1,000 answers, by family and model`;
  const rows = families.map(({ name, right, usd }) => ({
    cells: [
      name,
      ...models.map((_, m) => {
        const cost = usd[m] ?? null;
        return `${percentWords(right[m] ?? 0)}${cost === null ? '' : `, ${usdWords(cost)}`}`;
      }),
    ],
  }));
  const columns = [{ name: 'family', isText: true }, ...models.map(({ name }) => ({ name }))];
  return html`<h3>${caption}</h3>${tableMarkup(caption, columns, rows)}`;
}

function detailsSection(plan: Plan, { why }: PlanSentences): Markup {
  const { version, seed, rows, groups, volume } = plan;
  const counts = groups < rows ? `${counted(rows, 'prompt')} in ${counted(groups, 'group')}` : counted(rows, 'prompt');
  const month = volume === null ? '' : `, ${countWords(volume)} answers a month`;
  return html`<section><h2>Details</h2>
<h3>How this was estimated</h3>${list(why)}
<details><summary>All ${plan.curve.length} settings</summary>${settingsTable(plan)}</details>
${predictedTable(plan)}
<p class="soft small">Made by signalbox ${version} (seed ${seed}) from ${counts} with outcomes of ${counted(plan.models.length, 'model')}${month}. Nothing left the machine.</p></section>`;
}

function bodyOf(plan: Plan): Markup {
  const said = planSentences(plan);
  const month = said.month === null ? '' : html`<p>${said.month}</p>`;
  return html`<header><p class="soft small">Which model should answer what: a plan from ${counted(plan.promise === null ? plan.rows : rowsOf(plan, plan.promise), 'graded prompt')} and ${counted(plan.models.length, 'model')}</p>
<h1>${said.headline}</h1>
${month}${tiles(plan)}</header>
<main>${modelsSection(plan)}${familySection(plan)}${riskSection(said)}${detailsSection(plan, said)}</main>`;
}

async function hashOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return `'sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}'`;
}

/**
 * Returns the report of a plan as one self-contained file of HTML, without scripts: it loads nothing, and names in the data
 * stay text.
 *
 * @example
 * ```js
 * save(await planReport((await plan(files)).plan));
 * ```
 */
export async function planReport(plan: Plan): Promise<string> {
  const policy = `default-src 'none'; base-uri 'none'; form-action 'none'; style-src ${await hashOf(PLAN_STYLE)}`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Plan for ${counted(plan.rows, 'prompt')} and ${counted(plan.models.length, 'model')}</title>
<style>${new Markup(PLAN_STYLE)}</style>
</head>
<body>
${bodyOf(plan)}
</body>
</html>
`.text;
}
