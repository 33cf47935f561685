/** Reports on routing each sample on its own: what it gains, and where. */
import type { InstanceEvaluation } from '../wasm/lab-module.js';
import { binned } from './curves.js';
import type { EvaluationData } from './data.js';
import { toNumber } from './held-out.js';
import type { InstanceReport } from './report.js';
import { Bootstrap, gapClosed, mean } from './statistics.js';

export type HeldOutMode = InstanceReport['heldOut'];
/** Share of each task to hold out, for an evaluation in distribution. */
export const HELD_OUT_SHARE = 0.1;
const DISTANCE_BINS = 10;
const LEAST_ROWS_A_BIN = 20;

/** Averages values by the task of their row, for tasks with rows. */
function byTask(values: readonly number[], rows: readonly number[], data: EvaluationData): number[] {
  const groups = data.taskNames.map((): number[] => []);
  for (const [i, row] of rows.entries()) groups[data.rowTasks[row] as number]?.push(values[i] as number);
  return groups.filter((group) => group.length > 0).map(mean);
}

/** Makes the report; `bestSingle` is the evaluation of the best single model on the same rows. */
export function instanceReport(
  heldOut: HeldOutMode,
  policy: string,
  evaluation: InstanceEvaluation,
  bestSingle: InstanceEvaluation,
  data: EvaluationData,
  seed: number,
): InstanceReport {
  const { rows, pick, picked, oracle, meanDistance, calibration } = evaluation;
  const units = (values: readonly number[]) => (heldOut === 'task' ? byTask(values, rows, data) : [...values]);
  const [quality, best, bound] = [units(picked), units(evaluation.bestSingle), units(oracle)];
  const bootstrap = new Bootstrap(quality.length, seed);
  const bins = Math.min(DISTANCE_BINS, Math.floor(rows.length / LEAST_ROWS_A_BIN));
  return {
    heldOut,
    policy,
    rows: rows.length,
    duplicatesDropped: evaluation.duplicatesDropped,
    quality: bootstrap.mean(quality),
    bestSingle: mean(best),
    oracle: mean(bound),
    difference: bootstrap.difference(quality, best),
    gapClosed: gapClosed(mean(quality), mean(best), mean(bound)),
    overRows: { quality: mean(picked), bestSingle: mean(evaluation.bestSingle), oracle: mean(oracle) },
    shareBestSingle: mean(pick.map((model, i) => Number(model === bestSingle.pick[i]))),
    meanParamsB: mean(pick.map((model) => toNumber(data.models[model]?.paramsB))),
    meanDistance: mean(meanDistance),
    byDistance: binned(meanDistance, { [policy]: picked, best_single: evaluation.bestSingle, oracle }, bins),
    calibration: {
      ece: toNumber(calibration.ece),
      brier: toNumber(calibration.brier),
      bins: calibration.bins.map(({ count, predicted, outcome }) => ({
        count,
        predicted: toNumber(predicted),
        outcome: toNumber(outcome),
      })),
    },
  };
}
