/** The map as tables, for users who cannot see it: the prompt's neighbours, and every task with its position. */
import { type Decision, taskLabel } from 'signalbox';
import { percent } from '../../shared/format.js';
import { ModelName } from '../../shared/model-name.js';
import { Wide } from '../../shared/wide.js';
import { info } from '../state.js';
import { computedOnce } from './computed-once.js';
import { farFrom, type Place } from './place.js';
import type { Loaded } from './samples.js';
import { bestOf, summarise, type TaskSummary } from './task-summaries.js';

const labelOf = (task: string) => (info.value === undefined ? task : taskLabel(info.value, task));

/** Converts a position to hundredths of the map's width, from its top left corner. */
const hundredths = (x: number) => Math.round(100 * x);

const PlaceHeads = () => (
  <>
    <th scope="col">Across</th>
    <th scope="col">Down</th>
  </>
);

const PlaceCells = ({ x, y }: { x: number; y: number }) => (
  <>
    <td>{hundredths(x)}</td>
    <td>{hundredths(y)}</td>
  </>
);

interface NeighbourProps {
  decision: Decision;
  /** Null if the index has none: the columns of positions are then left out. */
  map: Float32Array | null;
  place: Place | undefined;
}

export function NeighbourTable({ decision, map, place }: NeighbourProps) {
  return (
    <Wide label="Nearest samples">
      <table>
        <caption>
          The prompt's nearest samples{map !== null && ', with positions in hundredths of the map from the top left'}
        </caption>
        <thead>
          <tr>
            <th scope="col">Task and sample</th>
            <th scope="col">Similarity</th>
            {map !== null && <PlaceHeads />}
            {map !== null && <th scope="col">Distance</th>}
          </tr>
        </thead>
        <tbody data-map-neighbours>
          {place && (
            <tr>
              <th scope="row">the prompt</th>
              <td />
              <PlaceCells x={place.x} y={place.y} />
              <td />
            </tr>
          )}
          {decision.neighbours.map(({ row, task, id, similarity }) => (
            <tr key={row}>
              <th scope="row">
                {labelOf(task)} <small>{id}</small>
              </th>
              <td>{similarity.toFixed(2)}</td>
              {map !== null && <PlaceCells x={map[2 * row] ?? 0} y={map[2 * row + 1] ?? 0} />}
              {map !== null && <td>{place && hundredths(farFrom(place, map, row))}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}

const useSummaries = computedOnce(summarise);

interface TaskProps {
  loaded: Loaded;
  pick: number;
  decision: Decision | undefined;
}

/** Maximum number of rows. */
const MOST_TASKS = 200;

export function TaskTable({ loaded, pick, decision }: TaskProps) {
  const summaries = useSummaries(loaded, true);
  if (summaries === undefined) return <p class="placeholder">Computing</p>;
  const weights = new Map(decision?.tasks.map(({ task, weight }) => [task, weight]));
  const weightOf = ({ name }: TaskSummary) => weights.get(name) ?? 0;
  const sorted = summaries
    .filter((task) => task.rows > 0 || weightOf(task) > 0)
    .sort((a, b) => weightOf(b) - weightOf(a));
  const share = (mean: number | undefined) => (mean === undefined || Number.isNaN(mean) ? '' : percent(mean));
  return (
    <Wide label="Tasks">
      <table>
        <caption>
          {sorted.length > MOST_TASKS
            ? `${MOST_TASKS} of the benchmark's ${sorted.length} tasks`
            : "The benchmark's tasks"}
          , most similar to the prompt first
        </caption>
        <thead>
          <tr>
            <th scope="col">Task</th>
            <th scope="col">Weight</th>
            <th scope="col">Samples</th>
            {loaded.map !== null && <PlaceHeads />}
            <th scope="col">Pick was right</th>
            <th scope="col">Best model</th>
          </tr>
        </thead>
        <tbody data-map-tasks>
          {sorted.slice(0, MOST_TASKS).map(({ name, rows, x, y, means }) => {
            const best = bestOf(means);
            return (
              <tr key={name}>
                <th scope="row">{labelOf(name)}</th>
                <td>{share(weights.get(name))}</td>
                <td>{rows.toLocaleString('en')}</td>
                {loaded.map !== null && (rows > 0 ? <PlaceCells x={x} y={y} /> : <td colSpan={2} />)}
                <td>{share(means[pick])}</td>
                <td>
                  <ModelName name={loaded.info.models[best]?.name ?? ''} record={loaded.info.models[best]?.record} />{' '}
                  {share(means[best])}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Wide>
  );
}
