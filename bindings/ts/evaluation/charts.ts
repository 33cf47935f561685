/** Makes the charts of a report as data: title, caption, plot and table of each. */
import type { ComparisonReport } from './comparison.js';
import { BOUNDS, comparedPools } from './comparison-tables.js';
import type {
  BinPoint,
  CascadeReport,
  CostReport,
  EvaluationReport,
  InstanceReport,
  LabelPoint,
  PoolReport,
} from './report.js';
import {
  binTable,
  calibrationTable,
  cascadeCurveTable,
  figure,
  frontierTable,
  gapTable,
  heldOutName,
  labelTable,
  percent,
  policyName,
  policyTable,
  robustnessTable,
  type Table,
  unitName,
} from './tables.js';

export interface ChartSeries {
  label: string;
  /** Key of the colour and dash; see report-script.ts. */
  look: string;
  values: (number | null)[];
  low?: (number | null)[];
  high?: (number | null)[];
  isLine: boolean;
  /** A line without points. */
  isBare?: boolean;
}

/** A plot for the page's script to draw. */
export interface Plot {
  x: number[];
  /** Names of the x values, if these are only places. */
  names?: string[];
  xLabel: string;
  yLabel: string;
  isLog?: boolean;
  /** A level for comparison. */
  reference?: number;
  series: ChartSeries[];
}

export interface Chart {
  title: string;
  caption: string;
  plot: Plot;
  table: Table;
}

const orNull = (value: number | undefined) => (value !== undefined && Number.isFinite(value) ? value : null);

const places = (names: readonly string[]) => ({ x: names.map((_, i) => i), names: [...names] });

/** Shows each policy with its interval. */
export function policyChart(pool: PoolReport): Chart {
  const { rows } = pool;
  const of = (policy: string) => rows.find((row) => row.policy === policy)?.accuracy.value ?? Number.NaN;
  const at = <T>(i: number, value: T) => rows.map((_, j) => (i === j ? value : null));
  return {
    title: `Accuracy over held-out tasks, pool: ${pool.name}`,
    caption:
      `Mean accuracy of the picks on ${pool.tasks} held-out tasks, among ${pool.models} models; whiskers are 95% bootstrap ` +
      `intervals over tasks. The dashed line is the best single model, ${figure(of('best_single'))}; the oracle, which ` +
      `knows each task's best model, has ${figure(of('oracle'))}. Whiskers are wide because tasks differ more than ` +
      'policies do: compare policies by the column "vs BSM", which is paired.',
    plot: {
      ...places(rows.map(({ policy }) => policyName(policy))),
      xLabel: 'policy',
      yLabel: 'accuracy',
      reference: of('best_single'),
      series: rows.map(({ policy, accuracy }, i) => ({
        label: policyName(policy),
        look: policy,
        values: at(i, orNull(accuracy.value)),
        low: at(i, orNull(accuracy.interval[0])),
        high: at(i, orNull(accuracy.interval[1])),
        isLine: false,
      })),
    },
    table: policyTable(pool),
  };
}

export function poolChart(pools: readonly PoolReport[]): Chart {
  const policies = (pools[0]?.rows ?? []).map(({ policy }) => policy);
  const value = (pool: PoolReport, policy: string) => pool.rows.find((row) => row.policy === policy);
  return {
    title: "Accuracy against the pool's size limit",
    caption:
      'Each place is a pool of models up to a number of parameters. Routing can gain at most the gap between the best ' +
      'single model and the oracle; the table shows the share of it that each policy closes (below 0: worse than not routing).',
    plot: {
      ...places(pools.map(({ name }) => name)),
      xLabel: 'pool',
      yLabel: 'accuracy',
      series: policies.map((policy) => ({
        label: policyName(policy),
        look: policy,
        values: pools.map((pool) => orNull(value(pool, policy)?.accuracy.value)),
        isLine: true,
      })),
    },
    table: gapTable(pools),
  };
}

export function labelChart(pool: string, points: readonly LabelPoint[]): Chart {
  const ordered = [...points].sort((a, b) => a.meanLabelled - b.meanLabelled);
  const policies = (points.at(-1)?.rows ?? []).map(({ policy }) => policy);
  const value = (point: LabelPoint, policy: string) => point.rows.find((row) => row.policy === policy)?.accuracy.value;
  return {
    title: `Accuracy against labels, pool: ${pool}`,
    caption:
      'The value of a few labelled samples of the new task: they join the pool and measure the predictor; the rest of ' +
      'the task is scored. "Labels only" picks the best model on the labels and needs no benchmark. The table shows the ' +
      'accuracy and, in brackets, the share of the gap that is closed.',
    plot: {
      x: ordered.map(({ meanLabelled }) => meanLabelled),
      xLabel: 'labelled samples per task (mean)',
      yLabel: 'accuracy on the rest',
      series: policies.map((policy) => ({
        label: policyName(policy),
        look: policy,
        values: ordered.map((point) => orNull(value(point, policy))),
        isLine: true,
      })),
    },
    table: labelTable(points),
  };
}

function binChart(
  bins: readonly BinPoint[],
  text: Pick<Chart, 'title' | 'caption'>,
  xLabel: string,
  count: string,
): Chart {
  const policies = Object.keys(bins[0]?.accuracy ?? {});
  return {
    ...text,
    plot: {
      x: bins.map(({ at }) => at),
      xLabel,
      yLabel: 'quality',
      series: policies.map((policy) => ({
        label: policyName(policy),
        look: policy,
        values: bins.map(({ accuracy }) => orNull(accuracy[policy])),
        isLine: true,
      })),
    },
    table: binTable(bins, xLabel, count),
  };
}

export function coverageChart(bins: readonly BinPoint[]): Chart {
  const caption =
    'Tasks in groups of equal size, by u, the mean cosine distance of their inputs to the nearest benchmark samples. Tasks ' +
    'on the left resemble others: routing should beat the best single model there, and fall back to it on the right.';
  return binChart(bins, { title: 'Accuracy against coverage', caption }, 'distance u', 'tasks');
}

export function distanceChart(report: InstanceReport): Chart {
  const caption =
    `Single samples (${heldOutName(report.heldOut)}) in groups of equal size, by the mean distance of their neighbours. ` +
    'Routing gains most where its line is farthest above the best single model.';
  const title = `Quality by neighbour distance, ${policyName(report.policy)}, ${heldOutName(report.heldOut)}`;
  return binChart(report.byDistance, { title, caption }, 'mean distance', 'samples');
}

export function calibrationChart(report: InstanceReport): Chart {
  const bins = report.calibration.bins.filter(({ count }) => count > 0);
  const x = bins.map(({ predicted }) => predicted);
  return {
    title: `Predicted correctness against outcome, ${policyName(report.policy)}, ${heldOutName(report.heldOut)}`,
    caption:
      'All (sample, model) pairs in 20 bins of predicted correctness (the table has their counts: small bins say little). ' +
      'Predictions on the dotted line are calibrated; ' +
      `those below it are too optimistic. ECE ${figure(report.calibration.ece, 3)}, Brier score ` +
      `${figure(report.calibration.brier, 3)}.`,
    plot: {
      x,
      xLabel: 'predicted',
      yLabel: 'outcome',
      series: [
        {
          label: policyName(report.policy),
          look: report.policy,
          values: bins.map(({ outcome }) => orNull(outcome)),
          isLine: true,
        },
        { label: 'perfect', look: 'oracle', values: x, isLine: true, isBare: true },
      ],
    },
    table: calibrationTable(report),
  };
}

interface Operating {
  label: string;
  look: string;
  isLine: boolean;
  points: readonly { cost: number; quality: number }[];
}

/** Plots series with different costs on one axis. */
function costPlot(report: Pick<CostReport, 'unit'>, parts: readonly Operating[]): Plot {
  const usable = ({ cost, quality }: { cost: number; quality: number }) => cost > 0 && Number.isFinite(quality);
  const x = [...new Set(parts.flatMap(({ points }) => points.filter(usable).map(({ cost }) => cost)))].sort(
    (a, b) => a - b,
  );
  return {
    x,
    xLabel: `mean cost, ${unitName(report)}`,
    yLabel: 'quality',
    isLog: true,
    series: parts.map(({ points, ...rest }) => {
      const at = new Map<number, number>();
      for (const p of points.filter(usable)) at.set(p.cost, Math.max(p.quality, at.get(p.cost) ?? 0));
      return { ...rest, values: x.map((cost) => at.get(cost) ?? null) };
    }),
  };
}

export function frontierChart(report: CostReport): Chart {
  const parts = [
    { label: policyName(report.policy), look: report.policy, isLine: true, points: report.points },
    { label: 'single models', look: 'models', isLine: false, points: report.singles },
    { label: 'best single', look: 'best_single', isLine: false, points: [report.bestSingle] },
  ];
  return {
    title: `Quality and cost, ${policyName(report.policy)}, ${heldOutName(report.heldOut)}`,
    caption:
      'The line is routing by predicted correctness minus weight x cost, for increasing weights; the points are single ' +
      `models. Higher and further left is better. Area below the hull (AIQ): routing ${figure(report.aiq.router)}, single models ` +
      `mixed at random ${figure(report.aiq.singles)}.`,
    plot: costPlot(report, parts),
    table: frontierTable(report),
  };
}

/** Looks of the judges, in order. */
const JUDGE_LOOKS = ['s2', 's3'];

export function cascadeChart(report: CascadeReport): Chart {
  const { judges, routing, singles, bestSingle } = report;
  const parts = [
    ...judges.map(({ name, points }, i) => ({
      label: `cascade, ${name}`,
      look: JUDGE_LOOKS[i] ?? name,
      isLine: true,
      points,
    })),
    { label: `routing, ${policyName(routing.policy)}`, look: routing.policy, isLine: true, points: routing.points },
    { label: 'single models', look: 'models', isLine: false, points: singles },
    { label: 'best single', look: 'best_single', isLine: false, points: [bestSingle] },
  ];
  return {
    title: `Cascades and routing, ${heldOutName(report.heldOut)}`,
    caption:
      'A cascade asks one model after another, cheap ones first, and pays for each, until a judge accepts an answer. ' +
      'The perfect judge knows which answers are correct; the noisy one errs one time in five either way. The judge is ' +
      `free here. AIQ: ${judges.map(({ name, aiq }) => `${name} ${figure(aiq)}`).join(', ')}, routing ` +
      `${figure(routing.aiq.router)}, single models mixed at random ${figure(routing.aiq.singles)}.`,
    plot: costPlot(report, parts),
    table: cascadeCurveTable(report),
  };
}

export function robustnessChart(robustness: NonNullable<EvaluationReport['robustness']>): Chart {
  const { kinds } = robustness;
  return {
    title: 'Decisions that survive a change',
    caption:
      `The share of prompts for which the router (${policyName(robustness.policy)}, ${robustness.indexRows} rows of other ` +
      'prompts) picks the same model after a change that does not alter the question, ' +
      `with 95% intervals; ${percent(robustness.shareBestSingle)} of the original picks are the best single model. ` +
      'The table shows the cost of the changes in quality: often none, if two models are about equal.',
    plot: {
      ...places(kinds.map(({ kind }) => kind)),
      xLabel: 'change',
      yLabel: 'same decision',
      series: [
        {
          label: 'same decision',
          look: 's1',
          values: kinds.map(({ survived }) => orNull(survived.value)),
          low: kinds.map(({ survived }) => orNull(survived.interval[0])),
          high: kinds.map(({ survived }) => orNull(survived.interval[1])),
          isLine: false,
        },
      ],
    },
    table: robustnessTable(robustness),
  };
}

/** Shows each embedder's accuracy minus the first one's, by policy, in one pool. */
export function differenceChart(comparison: ComparisonReport, pool: number): Chart {
  const { embedders, differences } = comparison;
  const rows = differences.flatMap(({ embedder, pools }) =>
    (pools[pool]?.rows ?? [])
      .filter(({ policy }) => !BOUNDS.includes(policy))
      .map(({ policy, accuracy }) => ({ embedder, policy, accuracy })),
  );
  const ofEmbedder = <T>(name: string, value: (row: (typeof rows)[number]) => T) =>
    rows.map((row) => (row.embedder === name ? value(row) : null));
  return {
    title: `Accuracy against ${embedders[0]}, pool: ${comparison.reports[0]?.pools[pool]?.name}`,
    caption:
      `Difference in the mean accuracy of the picks to the embedder ${embedders[0]} on the same held-out tasks; whiskers are ` +
      '95% intervals with the tasks as units. If an interval contains 0, no difference is shown.',
    plot: {
      ...places(rows.map(({ policy }) => policyName(policy))),
      xLabel: 'policy',
      yLabel: 'difference in accuracy',
      reference: 0,
      series: differences.map(({ embedder }) => ({
        label: embedder,
        look: embedder,
        values: ofEmbedder(embedder, ({ accuracy }) => orNull(accuracy.value)),
        low: ofEmbedder(embedder, ({ accuracy }) => orNull(accuracy.interval[0])),
        high: ofEmbedder(embedder, ({ accuracy }) => orNull(accuracy.interval[1])),
        isLine: false,
      })),
    },
    table: comparedPools(comparison, pool),
  };
}
