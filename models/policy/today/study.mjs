// An index of which parts can be held out, forecast by the core in the lab's module (see held-out.mjs).
import { loadLab } from '../../../dist/wasm/lab-module.js';

/** Prompts that speak for a held-out task; more of them change little. */
const MOST_INPUTS = 60;
/** Rows of one request, so that an answer stays small. */
const BLOCK = 400;
/** Input tokens for one output token, in the price of a model. */
const INPUT_SHARE = 0.75;

const toNumber = (x) => x ?? Number.NaN;
const toNumbers = (list) => Float64Array.from(list, toNumber);

/** Returns at most `most` of the rows, evenly spaced. */
function spread(rows, most) {
  if (rows.length <= most) return rows;
  return Array.from({ length: most }, (_, i) => rows[Math.floor((i * rows.length) / most)]);
}

/** Opens the bytes of an index file as a study, to be closed. */
export async function openStudy(bytes) {
  const lab = await loadLab();
  const study = lab.openStudy(bytes);
  const { models, tasks, mixture: shipped } = study.describe();
  const described = tasks.map(({ name, weight, rows, scores, evidence, record }) => ({
    name,
    weight,
    rows,
    scores: toNumbers(scores),
    evidence: Float64Array.from(evidence),
    benchmark: record.benchmark ?? record.source ?? name,
    domain: record.domain ?? '',
  }));
  const inputsOf = (task) => spread(described[task].rows, MOST_INPUTS);
  return {
    models: models.map(({ name, usdPerMTokIn, usdPerMTokOut }) => ({
      name,
      usdPerMTok: INPUT_SHARE * toNumber(usdPerMTokIn) + (1 - INPUT_SHARE) * toNumber(usdPerMTokOut),
    })),
    tasks: described,
    mixture: shipped,
    outcomesOf: (rows) => study.outcomes(rows).map(toNumbers),
    /** A task without rows of its own is asked about by its centroid. */
    forecastTasks({ tasks: held, mixture }, asked) {
      const withRows = asked.filter((task) => inputsOf(task).length > 0);
      const without = asked.filter((task) => inputsOf(task).length === 0);
      const request = { tasks: held, inputs: withRows.map(inputsOf), centroids: without };
      const { meanOutcome, ofInputs, ofCentroids } = study.forecast(mixture ? { ...request, mixture } : request);
      const byTask = new Map([
        ...withRows.map((task, i) => [task, toNumbers(ofInputs[i])]),
        ...without.map((task, i) => [task, toNumbers(ofCentroids[i])]),
      ]);
      return { meanOutcome: toNumbers(meanOutcome), forecasts: asked.map((task) => byTask.get(task)) };
    },
    forecastRows({ tasks: held, rows }, asked) {
      const out = [];
      for (let first = 0; first < asked.length; first += BLOCK) {
        const inputs = asked.slice(first, first + BLOCK).map((row) => [row]);
        out.push(...study.forecast({ tasks: held, rows, inputs }).ofInputs.map(toNumbers));
      }
      return out;
    },
    close: () => study.close(),
  };
}
