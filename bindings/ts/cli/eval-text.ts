/** Formats an evaluation as text for a terminal. */
import type { EvaluationReport } from '../evaluation/report.js';
import {
  binTable,
  cascadeTable,
  costTable,
  figure,
  instanceTable,
  labelTable,
  percent,
  policyName,
  policyTable,
  robustnessTable,
  type Table,
  unitName,
} from '../evaluation/tables.js';
import { printable } from '../files/printable.js';
import { table as columns, style } from './decision-text.js';

export const lines = ({ header, rows }: Table): string[] =>
  columns(
    header.map(printable),
    rows.map((row) => row.map(printable)),
  );

export const section = (title: string, ...content: string[]): string[] => ['', style('bold', title), ...content];

function droppedText(dropped: Readonly<Record<string, number>>): string {
  const parts = Object.entries(dropped).filter(([, count]) => count > 0);
  return parts.length === 0 ? 'none' : parts.map(([reason, n]) => `${n} ${reason.replaceAll('_', ' ')}`).join(', ');
}

/** Says which rows were used, and with which constants. */
export function dataLines({ data, settings }: EvaluationReport): string[] {
  const { k, kappa, threshold, sigma, eta } = settings.routing;
  return [
    style('bold', `${data.rows} samples, ${data.tasks} tasks, ${data.models.length} models`),
    `of ${data.rowsInFile} rows; dropped: ${droppedText(data.dropped)}`,
    `${data.duplicatePrompts} rows share their prompt with another row; ` +
      `${data.duplicatesDropped} duplicates of held-out prompts were excluded from pools`,
    `k ${k}, kappa ${kappa}, t ${threshold}, sigma ${sigma}, eta ${eta}, seed ${settings.seed}`,
  ];
}

function heading(report: EvaluationReport): string[] {
  const { embedder, dim } = report.data;
  return [
    ...dataLines(report),
    `embedder ${printable(embedder)} (${dim} dimensions)`,
    style(
      'dim',
      'Each task is held out in turn. BSM: best single model on the other tasks. 95%: bootstrap over tasks.',
    ),
  ];
}

function poolSections({ pools }: EvaluationReport): string[] {
  return pools.flatMap((pool) =>
    section(
      `Pool: ${pool.name} (${pool.models} models, ${pool.tasks} tasks)`,
      ...lines(policyTable(pool)),
      `  predictor accuracy ${figure(pool.predictorAccuracy, 3)}, ` +
        `mean absolute error of its estimate ${figure(pool.predictorAccuracyError, 3)}`,
    ),
  );
}

function curveSections({ labels, coverage }: EvaluationReport): string[] {
  return [
    ...labels
      .filter(({ points }) => points.length > 0)
      .flatMap(({ pool, points }) =>
        section(`Labels, pool: ${pool} - accuracy (gap closed)`, ...lines(labelTable(points))),
      ),
    ...(coverage.length > 1 ? section('Tasks by distance u', ...lines(binTable(coverage, 'u', 'tasks'))) : []),
  ];
}

function sampleSections({ instances, cost, cascades, robustness }: EvaluationReport): string[] {
  const unit = cost[0];
  return [
    ...(instances.length > 0 ? section('Single samples', ...lines(instanceTable(instances))) : []),
    ...(unit === undefined
      ? []
      : section(`Quality and cost, means over samples (${unitName(unit)})`, ...lines(costTable(cost)))),
    ...(cascades.length > 0
      ? section(
          'Cascades, means over samples: cheap models first, until a judge accepts (noisy: the judge errs one time in five)',
          ...lines(cascadeTable(cascades)),
        )
      : []),
    ...(robustness === null
      ? []
      : section(
          `Changed prompts, decided by ${policyName(robustness.policy)} on ${robustness.indexRows} rows of other prompts; ` +
            `the original pick is the best single model for ${percent(robustness.shareBestSingle)}`,
          ...lines(robustnessTable(robustness)),
        )),
  ];
}

export function reportText(report: EvaluationReport): string {
  return [...heading(report), ...poolSections(report), ...curveSections(report), ...sampleSections(report)].join('\n');
}
