// Output tokens of answers: of the median model on each task, and each model's ratio to it.
import { FRONTIER_MEANS, FRONTIER_TASKS } from './frontier-tasks.mjs';
import { groupBy, mean, median, round, sum } from './numbers.mjs';
import { nameOf } from './published-tasks.mjs';

const ROUNDS = 40;
/** Tasks that a model's ratio needs to count half: with fewer it stays near 1. */
const HALF = 3;

const OWN = new Map(
  [...FRONTIER_TASKS, ...FRONTIER_MEANS].flatMap(({ name, datasets }) => datasets.map((dataset) => [dataset, name])),
);

/** Returns the index's task for a source's task. */
const taskOf = ({ benchmark, task }) => OWN.get(task) ?? nameOf(`${benchmark}/${task}`);

/** Returns the mean logarithm of the tokens of the kinds that lead to a task. */
function meansOfKinds(tasks) {
  const sums = new Map();
  for (const { links = [], answerTokens } of tasks) {
    for (const [task, weight] of links) {
      const [total, weights] = sums.get(task) ?? [0, 0];
      sums.set(task, [total + weight * Math.log(answerTokens), weights + weight]);
    }
  }
  return new Map([...sums].map(([task, [total, weights]]) => [task, total / weights]));
}

/**
 * Fits log tokens = task + model, with the models shrunk toward 0. Returns { tasks, models }: tokens by task's name
 * (-1 unknown), and the ratio by model's name. A kind has an estimate of its own in kinds.json. A task without counts
 * takes the mean of its domain, or of the kinds that lead to it; in an arena people ask everyday questions, so there the
 * kinds go first.
 */
export function fitTokens(measured, tasks, isCurrent) {
  const cells = measured
    .filter(({ model }) => isCurrent(model))
    .map((cell) => ({ task: taskOf(cell), model: cell.model, value: Math.log(Math.max(1, cell.tokens)) }));
  const byTask = groupBy(cells, ({ task }) => task);
  const byModel = groupBy(cells, ({ model }) => model);
  const ratio = new Map([...byModel.keys()].map((model) => [model, 0]));
  const level = new Map();
  for (let i = 0; i < ROUNDS; ++i) {
    for (const [task, own] of byTask) level.set(task, mean(own.map(({ model, value }) => value - ratio.get(model))));
    for (const [model, own] of byModel) {
      ratio.set(model, sum(own.map(({ task, value }) => value - level.get(task))) / (own.length + HALF));
    }
    const middle = median([...ratio.values()]);
    for (const [model, x] of ratio) ratio.set(model, x - middle);
  }
  const byDomain = groupBy(
    tasks.filter(({ name }) => level.has(name)),
    ({ domain }) => domain,
  );
  const fromKinds = meansOfKinds(tasks);
  const tokensOf = (task) => {
    if (task.answerTokens !== undefined) return task.answerTokens;
    const kin = byDomain.get(task.domain)?.map(({ name }) => level.get(name));
    const everyday = fromKinds.get(task);
    const guesses = task.benchmark.startsWith('arena') ? [everyday, kin && mean(kin)] : [kin && mean(kin), everyday];
    const logarithm = level.get(task.name) ?? guesses.find((x) => x !== undefined);
    return logarithm === undefined ? -1 : Math.round(Math.exp(logarithm));
  };
  return {
    tasks: new Map(tasks.map((task) => [task.name, tokensOf(task)])),
    models: new Map([...ratio].map(([model, x]) => [model, round(Math.exp(x), 3)])),
    measuredTasks: level.size,
  };
}
