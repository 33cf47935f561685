/** Makes one self-contained page of an evaluation, with a script that draws its charts. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { html, inlineJson, Markup } from '../../files/html-template.js';
import { policiesFor } from '../../policies.js';
import {
  type Chart,
  calibrationChart,
  cascadeChart,
  coverageChart,
  distanceChart,
  frontierChart,
  labelChart,
  policyChart,
  poolChart,
  robustnessChart,
} from '../charts.js';
import type { EvaluationReport, PolicyRow, PoolReport } from '../report.js';
import { REPORT_STYLE } from '../report-style.js';
import {
  cascadeTable,
  costTable,
  figure,
  instanceTable,
  policyName,
  policyTable,
  signed,
  type Table,
  taskTable,
} from '../tables.js';

/** Styles and scripts of the page. */
interface Parts {
  style: string;
  library: string;
  script: string;
}

async function readParts(): Promise<Parts> {
  const read = (name: string) => readFile(new URL(`../../${name}`, import.meta.url), 'utf8');
  const style = (await read('vendor/uPlot.min.css')) + REPORT_STYLE;
  return { style, library: await read('vendor/uPlot.iife.min.js'), script: await read('evaluation/report-script.js') };
}

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/**
 * Returns the page's Content-Security-Policy: no fetches, and only its own scripts and styles, whatever names in the
 * data contain.
 */
const policyOf = ({ style, library, script }: Parts) =>
  `default-src 'none'; base-uri 'none'; form-action 'none'; style-src ${hashOf(style)}; ` +
  `script-src ${hashOf(library)} ${hashOf(script)}`;

export function tableMarkup({ header, rows }: Table, caption: string): Markup {
  const body = rows.map(
    ([name = '', ...cells]) =>
      html`<tr><th scope="row">${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>\n`,
  );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table class="numbers">
<thead><tr>${header.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead>
<tbody>${body}</tbody></table></div>`;
}

export const fold = (summary: string, content: Markup): Markup =>
  html`<details><summary>${summary}</summary>${content}</details>`;

/** Collects the plots of a page, in order. */
export class Page {
  readonly plots: Chart['plot'][] = [];

  chart({ title, caption, plot, table }: Chart, isOpen = false): Markup {
    const number = this.plots.push(plot) - 1;
    const label = `Chart: ${title}. ${caption} The same numbers are in the table below.`;
    const twin = tableMarkup(table, title);
    return html`<figure><h3>${title}</h3>
<div class="plot" data-plot="${number}" role="img" aria-label="${label}"></div>
<figcaption>${caption}</figcaption>
${isOpen ? twin : fold('Numbers', twin)}</figure>
`;
  }
}

export const section = (title: string, intro: string, content: readonly Markup[]): Markup | string =>
  content.length === 0 ? '' : html`<section><h2>${title}</h2><p class="soft">${intro}</p>${content}</section>`;

const tile = (name: string, value: string, note: string) =>
  html`<div class="tile"><span>${name}</span><b>${value}</b><span>${note}</span></div>`;

const ROUTING: readonly string[] = policiesFor('task');
const BOUNDS: readonly string[] = policiesFor('evaluation').filter((policy) => !ROUTING.includes(policy));

function tiles(pool: PoolReport): Markup {
  const of = (policy: string) => pool.rows.find((row) => row.policy === policy)?.accuracy.value ?? Number.NaN;
  const policies = pool.rows.filter(({ policy }) => !BOUNDS.includes(policy));
  const note = (row: PolicyRow) =>
    `${signed(row.difference.value)} vs the best single model (${signed(row.difference.interval[0], 3)} to ` +
    `${signed(row.difference.interval[1], 3)})`;
  return html`<div class="tiles">${tile('best single model', figure(of('best_single')), 'of the other tasks')}${policies.map(
    (row) => tile(policyName(row.policy), figure(row.accuracy.value), note(row)),
  )}${tile('oracle', figure(of('oracle')), 'the best model of each task')}</div>`;
}

function poolsSection(page: Page, { pools }: EvaluationReport): Markup | string {
  const largest = pools.at(-1);
  if (largest === undefined) return '';
  const others = pools.slice(0, -1).map((pool) => {
    const title = `Pool: ${pool.name} (${pool.models} models, ${pool.tasks} tasks)`;
    return fold(title, tableMarkup(policyTable(pool), title));
  });
  const predictor = html`<p>Over all models, the predictor is right for ${figure(largest.predictorAccuracy, 3)} of the
inputs; its estimate from the distance u has a mean absolute error of ${figure(largest.predictorAccuracyError, 3)}.</p>`;
  return section(
    'Policies',
    'Each task is held out in turn: no pool, mean or constant contains it. BSM is the best single model on the other ' +
      'tasks; gap closed is (accuracy - BSM) / (oracle - BSM).',
    [
      page.chart(policyChart(largest), true),
      predictor,
      ...others,
      ...(pools.length > 1 ? [page.chart(poolChart(pools))] : []),
    ],
  );
}

function curvesSections(page: Page, { labels, coverage }: EvaluationReport): (Markup | string)[] {
  const usable = labels.filter(({ points }) => points.length > 1);
  return [
    section(
      'Labels',
      'Labelled samples of the new task, drawn several times.',
      [...usable].reverse().map(({ pool, points }) => page.chart(labelChart(pool, points))),
    ),
    section(
      'Coverage',
      'Distance of the new task to the benchmark.',
      coverage.length > 1 ? [page.chart(coverageChart(coverage))] : [],
    ),
  ];
}

function samplesSections(page: Page, { instances, cost, cascades, robustness }: EvaluationReport): (Markup | string)[] {
  const charts = instances.flatMap((report) => [
    ...(report.byDistance.length > 1 ? [page.chart(distanceChart(report))] : []),
    page.chart(calibrationChart(report)),
  ]);
  return [
    section(
      'Single samples',
      'Each sample is routed on its own, with a tenth of each task held out and with whole tasks held out.',
      instances.length > 0 ? [tableMarkup(instanceTable(instances), 'Single samples'), ...charts] : [],
    ),
    section(
      'Cost',
      'Only models with known cost; means over samples.',
      cost.length > 0
        ? [tableMarkup(costTable(cost), 'Quality and cost'), ...cost.map((report) => page.chart(frontierChart(report)))]
        : [],
    ),
    section(
      'Cascades',
      'Several models for one sample, cheap ones first, until a judge accepts an answer.',
      cascades.length > 0
        ? [
            tableMarkup(cascadeTable(cascades), 'Cascades'),
            ...cascades.map((report) => page.chart(cascadeChart(report))),
          ]
        : [],
    ),
    section(
      'Robustness',
      'Reworded prompts (typos, letter case, politeness, order of options), or queries from another embedder.',
      robustness === null ? [] : [page.chart(robustnessChart(robustness), true)],
    ),
  ];
}

export function aboutSection({ data, settings, version }: EvaluationReport): Markup | string {
  const { k, kappa, threshold, sigma, eta } = settings.routing;
  const dropped = Object.entries(data.dropped).map(([reason, count]) => `${reason.replaceAll('_', ' ')}: ${count}`);
  const entries: [string, string][] = [
    ['data', `${data.file}, SHA-256 ${data.sha256}`],
    ['rows', `${data.rows} of ${data.rowsInFile}; dropped: ${dropped.join(', ')}`],
    [
      'duplicates',
      `${data.duplicatePrompts} rows share their prompt with another row; ${data.duplicatesDropped} excluded from pools`,
    ],
    ['missing outcomes', String(data.missingOutcomes)],
    ['embedder', `${data.embedder}, ${data.dim} dimensions, rows stored as ${settings.codes}`],
    ['constants', `k ${k}, kappa ${kappa}, t ${threshold}, sigma ${sigma}, eta ${eta}`],
    ['training pairs', `alpha ${settings.pairs.alphas.join(', ')}, ${settings.pairs.repeats} draws each`],
    ['seed', `${settings.seed}; intervals from 2,000 bootstrap resamples`],
    ['models', data.models.join(', ')],
    ['made by', `signalbox ${version}`],
  ];
  return section('Setup', 'All that is needed to reproduce this page.', [
    html`<dl>${entries.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`,
  ]);
}

function bodyOf(page: Page, report: EvaluationReport): Markup {
  const { data, pools, tasks } = report;
  const largest = pools.at(-1);
  return html`<header><h1>Routing, measured on ${data.tasks} held-out tasks</h1>
<p class="soft">${data.rows} samples, ${data.models.length} models, from ${data.file}</p>
${largest === undefined ? '' : tiles(largest)}</header>
<main>${poolsSection(page, report)}${curvesSections(page, report)}${samplesSections(page, report)}${section(
    'All tasks',
    'Accuracy of the picks in the largest pool.',
    [fold(`${tasks.length} tasks`, tableMarkup(taskTable(report), 'All tasks'))],
  )}${aboutSection(report)}</main>`;
}

/** Returns a page as one self-contained file. */
export async function documentOf(page: Page, title: string, body: Markup): Promise<string> {
  const parts = await readParts();
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(policyOf(parts))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${new Markup(parts.style)}</style>
</head>
<body>
${body}
<script type="application/json" id="plots">${inlineJson(page.plots)}</script>
<script>${new Markup(parts.library)}</script>
<script type="module">${new Markup(parts.script)}</script>
</body>
</html>
`.text;
}

/** Returns the report as one self-contained file. */
export async function reportHtml(report: EvaluationReport): Promise<string> {
  const page = new Page();
  const body = bodyOf(page, report);
  return documentOf(page, `Routing evaluation: ${report.data.file}`, body);
}
