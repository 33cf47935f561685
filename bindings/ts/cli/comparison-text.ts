/** Formats the comparison of several embedders as text for a terminal. */
import type { ComparisonReport } from '../evaluation/comparison.js';
import {
  comparedCosts,
  comparedCoverage,
  comparedInstances,
  comparedLabels,
  comparedPools,
  comparedRobustness,
  INTERVALS,
  labelDifferences,
} from '../evaluation/comparison-tables.js';
import { percent, unitName } from '../evaluation/tables.js';
import { printable } from '../files/printable.js';
import { style } from './decision-text.js';
import { dataLines, lines, section } from './eval-text.js';

function heading({ reports, embedders }: ComparisonReport): string[] {
  return [
    ...dataLines(reports[0] as (typeof reports)[number]),
    ...reports.map(({ data }, e) => {
      const id = data.embedder === embedders[e] ? '' : `${data.embedder}, `;
      return `embedder ${printable(embedders[e] as string)} (${printable(id)}${data.dim} dimensions)`;
    }),
    style('dim', `Each task is held out in turn. BSM: best single model on the other tasks. ${INTERVALS}`),
  ];
}

function taskSections(comparison: ComparisonReport): string[] {
  const [first] = comparison.reports;
  const curves = (first?.labels ?? []).flatMap(({ pool, points }, i) =>
    points.length === 0
      ? []
      : [
          ...section(`Labels, pool: ${pool} - accuracy (gap closed)`, ...lines(comparedLabels(comparison, i))),
          ...section(
            `Labels, pool: ${pool} - vs ${comparison.embedders[0]} (95%)`,
            ...lines(labelDifferences(comparison, i)),
          ),
        ],
  );
  return [
    ...(first?.pools ?? []).flatMap(({ name, models, tasks }, i) =>
      section(`Pool: ${name} (${models} models, ${tasks} tasks)`, ...lines(comparedPools(comparison, i))),
    ),
    ...curves,
    ...((first?.coverage.length ?? 0) > 1
      ? section('Tasks by distance u, in groups of equal size', ...lines(comparedCoverage(comparison)))
      : []),
  ];
}

function sampleSections(comparison: ComparisonReport): string[] {
  const { reports } = comparison;
  const [first] = reports;
  const unit = first?.cost[0];
  return [
    ...((first?.instances.length ?? 0) > 0 ? section('Single samples', ...lines(comparedInstances(comparison))) : []),
    ...(unit === undefined
      ? []
      : section(
          `Cost, means over samples (${unitName(unit)}), the best single model among the settings; differences in points`,
          ...lines(comparedCosts(comparison)),
        )),
    ...(first?.robustness == null
      ? []
      : section(
          `Changed prompts, an index of ${first.robustness.indexRows} other rows; the original pick is the best single model for ` +
            `${reports.map(({ robustness }) => percent(robustness?.shareBestSingle ?? Number.NaN)).join(' / ')}`,
          ...lines(comparedRobustness(comparison)),
        )),
  ];
}

export function comparisonText(comparison: ComparisonReport): string {
  return [...heading(comparison), ...taskSections(comparison), ...sampleSections(comparison)].join('\n');
}
