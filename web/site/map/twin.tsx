/** The map for those who cannot see it: the prompt's neighbours, and every task with its place. */
import { useMemo } from 'preact/hooks';
import type { Decision } from 'signalbox';
import { percent } from '../../shared/format.js';
import type { Place } from './place.js';
import type { Loaded } from './samples.js';

/** Hundredths of the map's width, from its top left corner. */
const hundredths = (x: number) => Math.round(100 * x);

interface NeighbourProps {
  decision: Decision;
  map: Float32Array;
  place: Place | undefined;
}

export function NeighbourTable({ decision, map, place }: NeighbourProps) {
  return (
    <div class="wide">
      <table>
        <caption>
          The prompt's nearest samples, and where they lie: hundredths of the map's width, from the top left
        </caption>
        <thead>
          <tr>
            <th scope="col">Task and sample</th>
            <th scope="col">Similarity</th>
            <th scope="col">Across</th>
            <th scope="col">Down</th>
          </tr>
        </thead>
        <tbody data-map-neighbours>
          {place && (
            <tr>
              <th scope="row">the prompt</th>
              <td />
              <td>{hundredths(place.x)}</td>
              <td>{hundredths(place.y)}</td>
            </tr>
          )}
          {decision.neighbours.map(({ row, task, id, similarity }) => (
            <tr key={row}>
              <th scope="row">
                {task} <small>{id}</small>
              </th>
              <td>{similarity.toFixed(2)}</td>
              <td>{hundredths(map[2 * row] ?? 0)}</td>
              <td>{hundredths(map[2 * row + 1] ?? 0)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface TaskSummary {
  name: string;
  rows: number;
  x: number;
  y: number;
  /** Mean outcome of each model, NaN where none was measured. */
  means: Float64Array;
}

function summarise({ tasks, outcomes, info }: Loaded, map: Float32Array): TaskSummary[] {
  const models = info.models.length;
  const all = info.tasks.map(({ name, rows }) => ({ name, rows, x: 0, y: 0, means: new Float64Array(models) }));
  const known = all.map(() => new Float64Array(models));
  tasks.forEach((task, row) => {
    const mine = all[task] as TaskSummary;
    const count = known[task] as Float64Array;
    mine.x += (map[2 * row] ?? 0) / mine.rows;
    mine.y += (map[2 * row + 1] ?? 0) / mine.rows;
    for (let model = 0; model < models; ++model) {
      const y = outcomes[row * models + model] as number;
      if (Number.isNaN(y)) continue;
      mine.means[model] = (mine.means[model] as number) + y;
      count[model] = (count[model] as number) + 1;
    }
  });
  return all.map((task, t) => ({ ...task, means: task.means.map((sum, m) => sum / (known[t]?.[m] as number)) }));
}

/** The first of the best; -1 where nothing was measured. */
function bestOf(means: Float64Array): number {
  let best = -1;
  means.forEach((mean, model) => {
    if (!Number.isNaN(mean) && (best < 0 || mean > (means[best] as number))) best = model;
  });
  return best;
}

interface TaskProps {
  loaded: Loaded;
  map: Float32Array;
  pick: number;
  decision: Decision | undefined;
}

export function TaskTable({ loaded, map, pick, decision }: TaskProps) {
  const summaries = useMemo(() => summarise(loaded, map), [loaded, map]);
  const weights = new Map(decision?.tasks.map(({ task, weight }) => [task, weight]));
  const sorted = [...summaries].sort((a, b) => (weights.get(b.name) ?? 0) - (weights.get(a.name) ?? 0));
  const share = (mean: number | undefined) => (mean === undefined || Number.isNaN(mean) ? '' : percent(mean));
  return (
    <div class="wide">
      <table>
        <caption>The benchmark's tasks, those that the prompt resembles first</caption>
        <thead>
          <tr>
            <th scope="col">Task</th>
            <th scope="col">Samples</th>
            <th scope="col">Across</th>
            <th scope="col">Down</th>
            <th scope="col">The pick was right</th>
            <th scope="col">Best model there</th>
          </tr>
        </thead>
        <tbody data-map-tasks>
          {sorted.map(({ name, rows, x, y, means }) => {
            const best = bestOf(means);
            return (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{rows.toLocaleString('en')}</td>
                <td>{hundredths(x)}</td>
                <td>{hundredths(y)}</td>
                <td>{share(means[pick])}</td>
                <td>
                  {loaded.info.models[best]?.name} {share(means[best])}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
