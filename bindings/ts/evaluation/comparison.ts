/** Compares evaluations of the same rows, folds, pairs and draws by different embedders: paired differences to the first. */
import type { Steps } from '../steps.js';
import type { EvaluationData } from './data.js';
import { type Difference, sampleDifference, taskDifference } from './paired.js';
import { type CostDifferences, type CostValues, costDifferences, costValues } from './paired-cost.js';
import type { EvaluationReport, LabelPoint } from './report.js';
import type { Units, UnitValues } from './units.js';

/** One embedder's evaluation. */
export interface NamedEvaluation {
  name: string;
  report: EvaluationReport;
  units: Units;
}

export interface PolicyDifference {
  policy: string;
  accuracy: Difference;
}

/** Differences of one embedder to the first; lists are in the order of the reports'. */
export interface DifferenceReport {
  embedder: string;
  pools: { name: string; rows: PolicyDifference[] }[];
  labels: { pool: string; points: { labels: LabelPoint['labels']; rows: PolicyDifference[] }[] }[];
  instances: { heldOut: 'task' | 'share'; policy: string; quality: Difference }[];
  cost: ({ heldOut: 'task' | 'share'; policy: string } & CostDifferences)[];
  robustness: { kind: string; survived: Difference }[];
}

/** The report on several embedders, as in its JSON. NaN, which JSON writes as null, means "not available". */
export interface ComparisonReport {
  format: 'signalbox-comparison-1';
  version: string;
  embedders: string[];
  /** By embedder. */
  reports: EvaluationReport[];
  /** By embedder, as in the cost reports, but with the best single model among the settings. */
  cost: CostValues[][];
  /** By embedder, from the second on. */
  differences: DifferenceReport[];
}

const ofPolicies = (a: Record<string, UnitValues>, b: Record<string, UnitValues>): PolicyDifference[] =>
  Object.entries(a).flatMap(([policy, values]) => {
    const theirs = b[policy];
    return theirs === undefined ? [] : [{ policy, accuracy: taskDifference(values, theirs) }];
  });

/** Calls `use` with each entry of a list and the one in the same place of another list. */
function together<T, R>(a: readonly T[], b: readonly T[], use: (a: T, b: T, i: number) => R): R[] {
  return a.flatMap((entry, i) => (i < b.length ? [use(entry, b[i] as T, i)] : []));
}

async function differencesOf(
  first: NamedEvaluation,
  other: NamedEvaluation,
  data: EvaluationData,
  progress: Steps,
): Promise<DifferenceReport> {
  const { report, units: a } = first;
  const { name, units: b } = other;
  const { rowTasks } = data;
  const cost: DifferenceReport['cost'] = [];
  progress.begin(`comparing ${name} with ${first.name}`);
  for (const [i, units] of a.costs.entries()) {
    await progress.update(i, a.costs.length);
    const { heldOut, policy } = units;
    const theirs = b.costs[i];
    if (theirs === undefined) continue;
    cost.push({ heldOut, policy, ...costDifferences(units, theirs, data, report.settings.seed) });
  }
  await progress.update(1, 1);
  return {
    embedder: name,
    pools: together(a.pools, b.pools, (x, y, i) => ({ name: report.pools[i]?.name ?? '', rows: ofPolicies(x, y) })),
    labels: together(a.labels, b.labels, (x, y, pool) => ({
      pool: report.labels[pool]?.pool ?? '',
      points: together(x, y, (p, q, i) => ({
        labels: report.labels[pool]?.points[i]?.labels ?? { count: 0 },
        rows: ofPolicies(p, q),
      })),
    })),
    instances: together(a.instances, b.instances, (x, y, i) => {
      const { heldOut, policy } = report.instances[i] as EvaluationReport['instances'][number];
      const weighting = heldOut === 'task' ? 'tasks' : 'samples';
      return { heldOut, policy, quality: sampleDifference(x, y, rowTasks, weighting) };
    }),
    cost,
    robustness: together(a.robustness, b.robustness, (x, y, i) => ({
      kind: report.robustness?.kinds[i]?.kind ?? '',
      survived: sampleDifference(x, y, rowTasks, 'samples'),
    })),
  };
}

/** Makes the report; the evaluations have the same data and settings. Errors: `aborted`. */
export async function compareEvaluations(
  evaluations: readonly NamedEvaluation[],
  data: EvaluationData,
  progress: Steps,
): Promise<ComparisonReport> {
  const [first, ...others] = evaluations as [NamedEvaluation, ...NamedEvaluation[]];
  const differences: DifferenceReport[] = [];
  for (const other of others) differences.push(await differencesOf(first, other, data, progress));
  return {
    format: 'signalbox-comparison-1',
    version: first.report.version,
    embedders: evaluations.map(({ name }) => name),
    reports: evaluations.map(({ report }) => report),
    cost: evaluations.map(({ units }) => units.costs.map((costs) => costValues(costs, data))),
    differences,
  };
}
