// Puts models, tasks, kinds and rows together into the specification that buildIndex takes.

import { clamp, round } from './numbers.mjs';

/** Offsets are sixteenths of a logit in a byte; the lowest one says that a row's is not known. */
const UNKNOWN_OFFSET = -8;
const OFFSETS = [-127 / 16, 127 / 16];
/**
 * Constants of the votes, which depend on the embedder's cosines: the temperature, and for kinds the length of a centroid,
 * which divides the temperature, and the cosine of an even prior.
 */
export const STATIC_VOTES = { temperature: 0.1, kindNorm: 2, kindCosine: 0.3 };

const known = (fields) => Object.fromEntries(Object.entries(fields).filter(([, x]) => x !== undefined && x !== null));

export const recordOf = (task) =>
  known({
    name: task.name,
    displayName: task.displayName,
    kind: task.kind,
    benchmark: task.benchmark,
    domain: task.domain,
    date: task.date,
    licence: task.licence,
    source: task.source,
    score: task.score,
    checkable: task.checkable,
    needs: task.needs,
    textsMayBeShown: task.textsMayBeShown,
  });

/** Returns the sum of vectors as a unit vector; all zeros stay zeros. */
function unit(sum) {
  const norm = Math.hypot(...sum);
  return norm === 0 ? sum : sum.map((x) => x / norm);
}

/**
 * Returns each task's centroid: the unit mean of the vectors of all prompts that stand for it, rows of other tasks
 * included; zeros without any. The prior of a vote is the task's weight, shared by the tasks with the same prompts; a kind
 * has a sharper centroid, and a prior that is even at the cosine of `votes`.
 */
export function centroidsOf(tasks, vectorOf, dim, votes) {
  const bySet = new Map();
  const add = (key, row) => bySet.set(key, [...(bySet.get(key) ?? []), row]);
  for (const task of tasks) {
    for (const row of task.rows) {
      add(row.set, row);
      // A set of published_2026 that is a dataset of frontier_2026 is written as a path.
      add(`../${row.set}`, row);
      add(task.name, row);
    }
  }
  const rowsOf = (task) => new Set([...task.rows, ...task.sets.flatMap((set) => bySet.get(set) ?? [])]);
  const same = new Map();
  const keys = tasks.map((task) => {
    const key = [...rowsOf(task)]
      .map(({ id, set }) => `${set}/${id}`)
      .sort()
      .join('\n');
    same.set(key, (same.get(key) ?? 0) + 1);
    return key;
  });
  const values = new Float32Array(tasks.length * dim);
  for (const [t, task] of tasks.entries()) {
    const sum = new Float64Array(dim);
    for (const row of rowsOf(task)) {
      const vector = vectorOf(row);
      for (let i = 0; i < dim; ++i) sum[i] += vector[i];
    }
    const norm = task.kind === 'kind' ? votes.kindNorm : 1;
    values.set(
      unit(sum).map((x) => norm * x),
      t * dim,
    );
  }
  const biases = Float32Array.from(tasks, (task, t) => {
    if (task.kind === 'kind') return (-(votes.kindNorm - 1) * votes.kindCosine) / votes.temperature;
    return keys[t] === '' ? 0 : Math.log(task.weight / same.get(keys[t]));
  });
  return { values, biases };
}

/** Returns the flat specification; `rows` keeps the objects behind its rows, in its order. */
export function makeSpec({ models, tasks, tokens }) {
  const names = [...models.keys()];
  const numberOfModel = new Map(names.map((name, i) => [name, i]));
  const numberOfTask = new Map(tasks.map((task, i) => [task, i]));
  const rows = tasks.flatMap((task) => task.rows.map((row) => ({ ...row, task: numberOfTask.get(task), of: row })));
  const outcomes = new Float32Array(rows.length * names.length).fill(Number.NaN);
  for (const [r, row] of rows.entries()) {
    for (const [model, value] of row.outcomes) outcomes[r * names.length + numberOfModel.get(model)] = value;
  }
  return {
    rows,
    models: [...models.values()].map(({ ability: _ability, ...model }) => model),
    taskNames: tasks.map(({ name }) => name),
    taskRecords: tasks.map(recordOf),
    taskWeights: tasks.map(({ weight }) => weight),
    rowTasks: Uint16Array.from(rows, ({ task }) => task),
    sampleIds: rows.map(({ id }) => id),
    outcomes,
    taskScores: tasks.map(({ scores }) =>
      scores
        .map(({ model, score, evidence }) => [numberOfModel.get(model), score, evidence])
        .sort((a, b) => a[0] - b[0]),
    ),
    links: tasks.map(({ links = [] }) =>
      links.map(([task, weight]) => [numberOfTask.get(task), weight]).sort((a, b) => a[0] - b[0]),
    ),
    rowOffsets: rows.map(({ offset }) => (offset === undefined ? UNKNOWN_OFFSET : clamp(round(offset, 4), ...OFFSETS))),
    answerTokens: {
      tasks: tasks.map(({ name }) => tokens.tasks.get(name)),
      models: names.map((name) => tokens.models.get(name) ?? -1),
    },
  };
}

/** Constants of the policy for this index, in the order of `MixtureConstants` (docs/policy.md); the rest are defaults. */
const MIXTURE = {
  priorTasks: 2,
  priorLabels: 40,
  independentModels: 4,
  deviationVariance: 0.2,
  differenceVariance: 0.15,
  difficultyVariance: 0.003,
  difficultyNoise: 0.15,
  difficultyOutcomes: 2,
  eta: 0.5,
  modelVariance: 0.04,
  inputPriorTasks: 2,
};

/** Description of the index, in its metadata. */
const METADATA = {
  name: 'signalbox-2026',
  description: "Published results of today's models, and kinds of everyday work that are linked to them",
  outcome: 'accuracy, grades from 0 to 1, and chances to beat a panel of models',
  licence: 'Figures only: embeddings, outcomes, scores, names and prices. See the card beside the index.',
  caveats: [
    'Most pairs of model and task were not measured: they are completed by the strength of the model.',
    'A score of a benchmark is not the quality of an answer to your prompt.',
    'Prices have a date; those of open weights are those of one host.',
  ],
};

/** Returns the specification in the form that buildIndex takes. */
export function indexSpec(spec, { embeddings, dim, centroids, embedder, votes, codes }) {
  const numbered = (lists, make) => lists.flatMap((list, t) => list.map((entry) => make(t, entry)));
  return {
    models: spec.models.map(({ record, ...numbers }) => ({ ...record, ...numbers })),
    taskNames: spec.taskNames,
    tasks: spec.rowTasks,
    embeddings,
    dim,
    outcomes: spec.outcomes,
    codes,
    sampleIds: spec.sampleIds,
    embedder,
    metadata: METADATA,
    taskScores: numbered(spec.taskScores, (task, [model, score, evidence]) => ({ task, model, score, evidence })),
    links: numbered(spec.links, (kind, [task, weight]) => ({ kind, task, weight })),
    taskWeights: spec.taskWeights,
    centroids: { vectors: centroids.values, bias: centroids.biases },
    rowOffsets: spec.rowOffsets,
    mixture: [votes.temperature, ...Object.values(MIXTURE)],
    answerTokens: spec.answerTokens,
    taskRecords: spec.taskRecords,
  };
}
