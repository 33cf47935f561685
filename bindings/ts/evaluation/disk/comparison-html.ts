/** Makes one self-contained page of a comparison of embedders. */
import { html, type Markup } from '../../files/html-template.js';
import { type Chart, differenceChart } from '../charts.js';
import type { ComparisonReport } from '../comparison.js';
import {
  comparedCosts,
  comparedCoverage,
  comparedInstances,
  comparedLabels,
  comparedPools,
  comparedRobustness,
  INTERVALS,
  labelDifferences,
} from '../comparison-tables.js';
import { type Table, taskTable } from '../tables.js';
import { aboutSection, documentOf, fold, Page, section, tableMarkup } from './html.js';

/** A table that is shown, or only folded. */
const part = (title: string, table: Table, isOpen: boolean): Markup =>
  isOpen ? html`<h3>${title}</h3>${tableMarkup(table, title)}` : fold(title, tableMarkup(table, title));

function poolsSection(page: Page, comparison: ComparisonReport): Markup | string {
  const pools = comparison.reports[0]?.pools ?? [];
  const largest = pools.length - 1;
  const charts: Chart[] = pools.length === 0 ? [] : [differenceChart(comparison, largest)];
  return section('Policies', `Each task is held out in turn. ${INTERVALS}`, [
    ...charts.map((chart) => page.chart(chart)),
    ...pools
      .map(({ name, models, tasks }, i) =>
        part(`Pool: ${name} (${models} models, ${tasks} tasks)`, comparedPools(comparison, i), i === largest),
      )
      .reverse(),
  ]);
}

function curvesSections(comparison: ComparisonReport): (Markup | string)[] {
  const [first] = comparison.reports;
  const labels = (first?.labels ?? []).map(({ pool, points }, i) => ({ pool, points, i }));
  return [
    section(
      'Labels',
      'Labelled samples of the new task, the same draws for all embedders; accuracy and, in brackets, the gap closed.',
      labels
        .filter(({ points }) => points.length > 1)
        .reverse()
        .flatMap(({ pool, i }) => [
          part(`Pool: ${pool}`, comparedLabels(comparison, i), i === labels.length - 1),
          part(
            `Pool: ${pool}, differences to ${comparison.embedders[0]}`,
            labelDifferences(comparison, i),
            i === labels.length - 1,
          ),
        ]),
    ),
    section(
      'Coverage',
      'Tasks in groups of equal size, by their distance to the benchmark in each embedder.',
      (first?.coverage.length ?? 0) > 1 ? [part('Tasks by distance u', comparedCoverage(comparison), true)] : [],
    ),
  ];
}

function samplesSections(comparison: ComparisonReport): (Markup | string)[] {
  const [first] = comparison.reports;
  return [
    section(
      'Single samples',
      'Each sample is routed on its own, with a tenth of each task held out and with whole tasks held out.',
      (first?.instances.length ?? 0) > 0 ? [part('Single samples', comparedInstances(comparison), true)] : [],
    ),
    section(
      'Cost',
      'Only models with known cost; means over samples, the best single model among the settings; differences in points.',
      (first?.cost.length ?? 0) > 0 ? [part('Cost saved', comparedCosts(comparison), true)] : [],
    ),
    section(
      'Robustness',
      'Decisions that survive reworded prompts; differences in points.',
      first?.robustness == null ? [] : [part('Changed prompts', comparedRobustness(comparison), true)],
    ),
  ];
}

/** Returns the comparison as one self-contained file. */
export async function comparisonHtml(comparison: ComparisonReport): Promise<string> {
  const page = new Page();
  const { embedders, reports } = comparison;
  const [first] = reports as [(typeof reports)[number]];
  const { data } = first;
  const body = html`<header><h1>${embedders.length} embedders, measured on ${data.tasks} held-out tasks</h1>
<p class="soft">${embedders.join(', ')}: ${data.rows} samples, ${data.models.length} models, from ${data.file}</p></header>
<main>${poolsSection(page, comparison)}${curvesSections(comparison)}${samplesSections(comparison)}${section(
    'All tasks',
    'Accuracy of the picks in the largest pool.',
    reports.map((report, e) => part(embedders[e] as string, taskTable(report), false)),
  )}${reports.map((report) => aboutSection(report))}</main>`;
  return documentOf(page, `Embedders compared: ${data.file}`, body);
}
