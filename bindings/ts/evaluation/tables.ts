/** Makes the tables of a report, for a terminal and for a page. */
import type { LabelAmount } from './curves.js';
import {
  type BinPoint,
  type CascadeReport,
  type CostReport,
  type EvaluationReport,
  type InstanceReport,
  type LabelPoint,
  LOSSES,
  type PoolReport,
  type RobustnessReport,
} from './report.js';
import type { Estimate } from './statistics.js';

export interface Table {
  header: string[];
  /** The first cell of each row is its name. */
  rows: string[][];
}

const NAMES: Readonly<Record<string, string>> = {
  s1: 'S1',
  s2: 'S2',
  s3: 'S3',
  s3_true_p: 'S3, true p',
  best_single: 'best single',
  labels_only: 'labels only',
};

export const policyName = (policy: string): string =>
  Object.hasOwn(NAMES, policy) ? (NAMES[policy] as string) : policy;

export const figure = (value: number, digits = 4): string => (Number.isFinite(value) ? value.toFixed(digits) : '-');

export const signed = (value: number, digits = 4): string =>
  Number.isFinite(value) ? `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(digits)}` : '-';

const range = ({ interval: [low, high] }: Estimate, format: (x: number) => string) =>
  `${format(low)} to ${format(high)}`;

/** Formats an amount to four significant digits. */
const money = (value: number): string => (Number.isFinite(value) ? `$${Number(value.toPrecision(4))}` : '-');

export const percent = (share: number): string => (Number.isFinite(share) ? `${(100 * share).toFixed(1)}%` : '-');

export function policyTable({ rows }: PoolReport): Table {
  return {
    header: [
      ...[
        'policy',
        'accuracy',
        '95%',
        'to oracle',
        'Pearson',
        'Spearman',
        'is BSM',
        'params',
        'rank',
        'gap closed',
        '95%',
      ],
      ...['vs BSM', '95%'],
    ],
    rows: rows.map((row) => [
      policyName(row.policy),
      figure(row.accuracy.value),
      range(row.accuracy, (x) => figure(x, 3)),
      figure(row.ratioToOracle, 3),
      figure(row.pearson, 3),
      figure(row.spearman, 3),
      figure(row.shareBestSingle, 2),
      Number.isFinite(row.meanParamsB) ? `${row.meanParamsB.toFixed(1)}B` : '-',
      figure(row.meanRank, 2),
      figure(row.gapClosed.value, 2),
      range(row.gapClosed, (x) => figure(x, 2)),
      signed(row.difference.value),
      range(row.difference, (x) => signed(x, 3)),
    ]),
  };
}

/** Shows the gap closed by each policy in each pool. */
export function gapTable(pools: readonly PoolReport[]): Table {
  const policies = (pools[0]?.rows ?? []).map(({ policy }) => policy);
  return {
    header: ['pool', 'models', ...policies.map(policyName)],
    rows: pools.map(({ name, models, rows }) => [
      name,
      String(models),
      ...rows.map(({ gapClosed }) => figure(gapClosed.value, 3)),
    ]),
  };
}

const amountName = (amount: LabelAmount): string =>
  'count' in amount ? String(amount.count) : `alpha ${amount.alpha}`;

/** Shows accuracy and, in brackets, the gap closed. */
export function labelTable(points: readonly LabelPoint[]): Table {
  const policies = (points.at(-1)?.rows ?? []).map(({ policy }) => policy);
  return {
    header: ['labels', 'mean', ...policies.map(policyName)],
    rows: points.map(({ labels, meanLabelled, rows }) => [
      amountName(labels),
      figure(meanLabelled, 1),
      ...policies.map((policy) => {
        const row = rows.find((candidate) => candidate.policy === policy);
        return row === undefined ? '-' : `${figure(row.accuracy.value)} (${figure(row.gapClosed, 2)})`;
      }),
    ]),
  };
}

export function binTable(bins: readonly BinPoint[], what: string, count: string): Table {
  const policies = Object.keys(bins[0]?.accuracy ?? {});
  return {
    header: [what, 'from', 'to', count, ...policies.map(policyName)],
    rows: bins.map(({ at, from, to, count, accuracy }) => [
      figure(at, 3),
      figure(from, 3),
      figure(to, 3),
      String(count),
      ...policies.map((policy) => figure(accuracy[policy] ?? Number.NaN, 3)),
    ]),
  };
}

export const heldOutName = (mode: InstanceReport['heldOut']): string =>
  mode === 'task' ? 'whole tasks held out' : 'in distribution';

export function instanceTable(instances: readonly InstanceReport[]): Table {
  return {
    header: [
      ...[
        'held out',
        'policy',
        'rows',
        'quality',
        '95%',
        'best single',
        'oracle',
        'gap closed',
        'vs BSM',
        '95%',
        'is BSM',
      ],
      ...['params', 'ECE', 'Brier'],
    ],
    rows: instances.map((r) => [
      heldOutName(r.heldOut),
      policyName(r.policy),
      String(r.rows),
      figure(r.quality.value),
      range(r.quality, (x) => figure(x, 3)),
      figure(r.bestSingle),
      figure(r.oracle),
      figure(r.gapClosed, 3),
      signed(r.difference.value),
      range(r.difference, (x) => signed(x, 3)),
      figure(r.shareBestSingle, 2),
      Number.isFinite(r.meanParamsB) ? `${r.meanParamsB.toFixed(1)}B` : '-',
      figure(r.calibration.ece, 3),
      figure(r.calibration.brier, 3),
    ]),
  };
}

export function calibrationTable({ calibration }: InstanceReport): Table {
  return {
    header: ['predicted', 'outcome', 'predictions'],
    rows: calibration.bins
      .filter(({ count }) => count > 0)
      .map(({ predicted, outcome, count }) => [figure(predicted, 3), figure(outcome, 3), String(count)]),
  };
}

export const unitName = ({ unit }: Pick<CostReport, 'unit'>): string =>
  unit === 'usd_per_call' ? 'US dollars per call' : 'US dollars per million tokens';

const SAVED = `cost saved at ${LOSSES.join(' / ')} points`;

export function costTable(reports: readonly CostReport[]): Table {
  return {
    header: [
      ...['held out', 'policy', 'models', 'best single', 'its cost', 'AIQ routing', 'AIQ models', SAVED],
      ...['by models mixed', 'quality gained', 'best quality', 'its cost'],
    ],
    rows: reports.map((r) => {
      const best = r.points.reduce((a, b) => (b.quality > a.quality ? b : a));
      return [
        heldOutName(r.heldOut),
        policyName(r.policy),
        String(r.models),
        figure(r.bestSingle.quality),
        money(r.bestSingle.cost),
        figure(r.aiq.router),
        figure(r.aiq.singles),
        r.costSaved.router.map(percent).join(' / '),
        r.costSaved.singles.map(percent).join(' / '),
        signed(r.qualityGained),
        figure(best.quality),
        money(best.cost),
      ];
    }),
  };
}

export function frontierTable(report: CostReport): Table {
  return {
    header: ['what', 'cost', 'quality'],
    rows: [
      ...report.points.map((p) => [
        `routing, weight ${Number(p.costWeight.toPrecision(3))}`,
        money(p.cost),
        figure(p.quality),
      ]),
      ...report.singles.map((s) => [s.model, money(s.cost), figure(s.quality)]),
    ],
  };
}

/** Shows one row per judge. */
export function cascadeTable(reports: readonly CascadeReport[]): Table {
  return {
    header: [
      ...['held out', 'what', 'models', 'best single', 'its cost', 'AIQ', 'AIQ models', SAVED],
      ...['quality gained', 'best quality', 'its cost', 'asked'],
    ],
    rows: reports.flatMap((r) =>
      r.judges.map((judge) => {
        const best = judge.points.reduce((a, b) => (b.quality > a.quality ? b : a));
        return [
          heldOutName(r.heldOut),
          `cascade, ${judge.name}`,
          String(r.models),
          figure(r.bestSingle.quality),
          money(r.bestSingle.cost),
          figure(judge.aiq),
          figure(r.routing.aiq.singles),
          judge.costSaved.map(percent).join(' / '),
          signed(judge.qualityGained),
          figure(best.quality),
          money(best.cost),
          figure(best.asked, 2),
        ];
      }),
    ),
  };
}

export function cascadeCurveTable(report: CascadeReport): Table {
  return {
    header: ['what', 'cost', 'quality', 'models asked', 'plans expected: cost', 'quality'],
    rows: [
      ...report.judges.flatMap(({ name, points }) =>
        points.map((p) => [
          `${name}, weight ${Number(p.costWeight.toPrecision(3))}`,
          money(p.cost),
          figure(p.quality),
          figure(p.asked, 2),
          money(p.expectedCost),
          figure(p.expectedQuality),
        ]),
      ),
      ...report.routing.points.map((p) => [
        `routing, weight ${Number(p.costWeight.toPrecision(3))}`,
        money(p.cost),
        figure(p.quality),
        '1',
        '-',
        '-',
      ]),
      ...report.singles.map((s) => [s.model, money(s.cost), figure(s.quality), '1', '-', '-']),
    ],
  };
}

export function robustnessTable({ kinds }: RobustnessReport): Table {
  return {
    header: ['change', 'prompts', 'survived', '95%', 'mean shift', 'quality before', 'after'],
    rows: kinds.map(({ kind, prompts, survived, meanShift, quality }) => [
      kind,
      String(prompts),
      percent(survived.value),
      range(survived, percent),
      figure(meanShift, 3),
      figure(quality.original),
      figure(quality.paraphrased),
    ]),
  };
}

/** Shows each policy's pick on each task, with its accuracy. */
export function taskTable({ tasks }: EvaluationReport): Table {
  const policies = Object.keys(tasks[0]?.picks ?? {});
  return {
    header: ['task', 'rows', 'dropped', 'u', ...policies.map(policyName)],
    rows: tasks.map(({ name, rows, duplicatesDropped, u, picks }) => [
      name,
      String(rows),
      String(duplicatesDropped),
      figure(u, 3),
      ...policies.map((policy) => {
        const pick = picks[policy];
        return pick == null ? '-' : `${figure(pick.accuracy, 3)} ${pick.model}`;
      }),
    ]),
  };
}
