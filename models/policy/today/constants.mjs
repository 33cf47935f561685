// Chooses the constants of the policy for each benchmark on the tasks of all others, and says what that is worth.
import { holdOutTasks, picksUnder } from './held-out.mjs';
import { weightedMean } from './measures.mjs';

/** Values to choose from; the other constants are those of the index. */
export const GRID = { temperature: [0.05, 0.1, 0.15], priorTasks: [1, 2, 4], cellPrior: [10, 30, 100] };
/** Places of these constants in the section `mixture` (models/FORMAT.md): those of tasks and of single inputs alike. */
const PLACES = { temperature: [0], priorTasks: [1, 11], cellPrior: [12] };

/** Returns every combination of the values as { name: value }. */
const combinations = (grid) =>
  Object.entries(grid).reduce(
    (sets, [name, values]) => sets.flatMap((set) => values.map((value) => ({ ...set, [name]: value }))),
    [{}],
  );

/** Returns [{ task, weight, picked, fixed }] over both ways of holding out, means over the limits. */
function picksWith(study, mixture, { limits, halves, seed }) {
  return ['task', 'benchmark'].flatMap((unit) => {
    const held = holdOutTasks(study, unit, { mixture });
    const lists = limits.map((usd) => picksUnder(study, held, usd, { halves, seed }));
    return lists.flatMap((list) => list.map((item) => ({ ...item, unit })));
  });
}

/** Chooses constants from a grid as GRID for each benchmark on the tasks of all others, and prints the result. */
export function chooseConstants(study, { grid, limits, halves, seed, say }) {
  const shipped = study.mixture;
  if (shipped.length === 0) throw new Error('the index has no constants of its own');
  const sets = combinations(grid);
  const benchmarkOf = ({ task }) => study.tasks[task].benchmark;
  const measured = sets.map((set) => {
    const mixture = [...shipped];
    for (const [name, value] of Object.entries(set)) for (const at of PLACES[name]) mixture[at] = value;
    return picksWith(study, mixture, { limits, halves, seed });
  });
  const fixed = picksWith(study, shipped, { limits, halves, seed });
  const benchmarks = [...new Set(fixed.map(benchmarkOf))];
  const chosen = benchmarks.map((benchmark) => {
    const others = measured.map((list) =>
      weightedMean(
        list.filter((x) => benchmarkOf(x) !== benchmark),
        (x) => x.picked,
      ),
    );
    return others.indexOf(Math.max(...others));
  });
  for (const name of Object.keys(grid)) {
    const counts = grid[name].map((value) => `${value}: ${chosen.filter((i) => sets[i][name] === value).length}`);
    say(`${name}, chosen for ${benchmarks.length} benchmarks: ${counts.join(', ')}`);
  }
  for (const unit of ['task', 'benchmark']) {
    const own = fixed.filter((x) => x.unit === unit);
    const nested = benchmarks.flatMap((benchmark, i) =>
      measured[chosen[i]].filter((x) => x.unit === unit && benchmarkOf(x) === benchmark),
    );
    const single = weightedMean(own, (x) => x.fixed);
    const gain = (list) => (weightedMean(list, (x) => x.picked) - single).toFixed(4);
    say(
      `${unit} held out: gain with the constants of the index ${gain(own)}, with those chosen elsewhere ${gain(nested)}`,
    );
  }
}
