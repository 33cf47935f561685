/** Makes the tables of a comparison: the tables of each embedder's report side by side, with differences to the first. */
import type { ComparisonReport, PolicyDifference } from './comparison.js';
import type { Difference, Interval } from './paired.js';
import { LOSSES } from './report.js';
import {
  binTable,
  figure,
  heldOutName,
  instanceTable,
  labelTable,
  percent,
  policyName,
  policyTable,
  robustnessTable,
  signed,
  type Table,
} from './tables.js';

/** Policies to which the embedder makes no difference. */
export const BOUNDS: readonly string[] = ['best_single', 'oracle', 'labels_only'];

const OTHER_TASKS = '95%, other tasks';
const THESE_TASKS = '95%, these tasks';

/** Explains the columns of the tables. */
export const INTERVALS =
  'Differences are paired. Their 95% is for other tasks like these (Student, tasks as units); "these tasks" is for other ' +
  'samples of the same tasks. The 95% of single columns: bootstrap.';

const range = ([low, high]: Interval, format: (x: number) => string) =>
  Number.isFinite(low) && Number.isFinite(high) ? `${format(low)} to ${format(high)}` : '-';

/** Formats a difference of shares in points. */
const points = (value: number) => signed(100 * value, 1);

const differenceCells = (difference: Difference | undefined, format: (x: number) => string, hasSamples: boolean) => {
  if (difference === undefined) return hasSamples ? ['', '', ''] : ['', ''];
  const { value, interval, withinTasks = [Number.NaN, Number.NaN] } = difference;
  return [format(value), range(interval, format), ...(hasSamples ? [range(withinTasks, format)] : [])];
};

interface Side {
  /** Number of cells that name a row; the embedder comes after them. */
  keys: number;
  /** Number of cells, without the embedder, before the differences. */
  before?: number;
  /** Differences of each embedder but the first, by row. */
  differences?: readonly (readonly (Difference | undefined)[])[];
  hasSamples?: boolean;
  format?: (x: number) => string;
}

/** Puts tables of equal shape side by side: row by row, the embedders below each other; one line if all are equal. */
function sideBySide(
  names: readonly string[],
  tables: readonly Table[],
  { keys, before = keys, differences, hasSamples = false, format = (x) => signed(x) }: Side,
): Table {
  const { header } = tables[0] as Table;
  const added =
    differences === undefined ? [] : [`vs ${names[0]}`, ...(hasSamples ? [OTHER_TASKS, THESE_TASKS] : ['95%'])];
  const most = Math.max(...tables.map(({ rows }) => rows.length));
  const line = (cells: readonly string[], name: string, extra: readonly string[]) => [
    ...[...cells.slice(0, keys), name, ...cells.slice(keys, before)],
    ...[...extra, ...cells.slice(before)],
  ];
  return {
    header: line(header, 'embedder', added),
    rows: Array.from({ length: most }, (_, row) => {
      const ofRow = tables.map(({ rows }) => rows[row]);
      const [one] = ofRow;
      const blank = added.map(() => '');
      const isShared = ofRow.every((cells) => cells?.every((cell, i) => cell === one?.[i]));
      if (isShared && one !== undefined) return [line(one, 'all', blank)];
      return ofRow.flatMap((cells, e) => {
        if (cells === undefined) return [];
        const difference = e === 0 ? undefined : differences?.[e - 1]?.[row];
        const extra = differences === undefined ? [] : differenceCells(difference, format, hasSamples);
        return [line(cells, names[e] as string, extra)];
      });
    }).flat(),
  };
}

export function comparedPools(comparison: ComparisonReport, pool: number): Table {
  const { embedders, reports, differences } = comparison;
  return sideBySide(
    embedders,
    reports.map(({ pools }) => policyTable(pools[pool] as (typeof pools)[number])),
    {
      keys: 1,
      before: 3,
      differences: differences.map(({ pools }) => (pools[pool]?.rows ?? []).map((row) => row.accuracy)),
    },
  );
}

export function comparedLabels({ embedders, reports }: ComparisonReport, pool: number): Table {
  const tables = reports.map(({ labels }) => labelTable(labels[pool]?.points ?? []));
  return sideBySide(embedders, tables, { keys: 1 });
}

const policyCell = (rows: readonly PolicyDifference[], policy: string) => {
  const found = rows.find((row) => row.policy === policy)?.accuracy;
  if (found === undefined) return '-';
  return `${signed(found.value)} (${range(found.interval, (x) => signed(x, 3))})`;
};

/** Shows the differences of one pool's curves, with their intervals in brackets. */
export function labelDifferences({ differences, reports }: ComparisonReport, pool: number): Table {
  const policies = (differences[0]?.labels[pool]?.points.at(-1)?.rows ?? [])
    .map(({ policy }) => policy)
    .filter((policy) => !BOUNDS.includes(policy));
  const names = labelTable(reports[0]?.labels[pool]?.points ?? []).rows.map(([name = '']) => name);
  return {
    header: ['labels', 'embedder', ...policies.map(policyName)],
    rows: names.flatMap((name, point) =>
      differences.map(({ embedder, labels }) => [
        name,
        embedder,
        ...policies.map((policy) => policyCell(labels[pool]?.points[point]?.rows ?? [], policy)),
      ]),
    ),
  };
}

export function comparedCoverage({ embedders, reports }: ComparisonReport): Table {
  return sideBySide(
    embedders,
    reports.map(({ coverage }) => binTable(coverage, 'u', 'tasks')),
    { keys: 0 },
  );
}

export function comparedInstances({ embedders, reports, differences }: ComparisonReport): Table {
  return sideBySide(
    embedders,
    reports.map(({ instances }) => instanceTable(instances)),
    {
      keys: 2,
      before: 5,
      hasSamples: true,
      differences: differences.map((of) => of.instances.map(({ quality }) => quality)),
    },
  );
}

/** Shows one row per measure: the cost saved at each loss, and AIQ. */
export function comparedCosts({ embedders, reports, cost, differences }: ComparisonReport): Table {
  const table = (e: number): Table => ({
    header: ['held out', 'policy', 'measure', 'value'],
    rows: (reports[e]?.cost ?? []).flatMap(({ heldOut, policy }, i) => {
      const { costSaved = [], aiq = Number.NaN } = cost[e]?.[i] ?? {};
      const key = [heldOutName(heldOut), policyName(policy)];
      return [
        ...LOSSES.map((loss, at) => [...key, `saved at ${loss} points`, percent(costSaved[at] ?? Number.NaN)]),
        [...key, 'AIQ x 100', figure(100 * aiq, 2)],
      ];
    }),
  });
  return sideBySide(
    embedders,
    reports.map((_, e) => table(e)),
    {
      keys: 3,
      before: 4,
      hasSamples: true,
      format: points,
      differences: differences.map((of) => of.cost.flatMap(({ costSaved, aiq }) => [...costSaved, aiq])),
    },
  );
}

export function comparedRobustness({ embedders, reports, differences }: ComparisonReport): Table {
  return sideBySide(
    embedders,
    reports.map(({ robustness }) => (robustness === null ? { header: [], rows: [] } : robustnessTable(robustness))),
    {
      keys: 1,
      before: 4,
      hasSamples: true,
      format: points,
      differences: differences.map((of) => of.robustness.map(({ survived }) => survived)),
    },
  );
}
