/** Two models side by side: their figures, and the differences by domain and task. */
import type { ComponentChildren } from 'preact';
import { count, percent } from '../../shared/format.js';
import { Day, DifferenceBar, inAndOut, MEASURES, ModelLink, pointRange, points, Table } from './parts.js';
import { type MeanDifference, meanDifference, type TaskDifference, taskDifferences } from './statistics.js';
import type { Model, Result, Task } from './types.js';

export interface Side {
  model: Model;
  results: Result[];
}

interface Props {
  first: Side;
  second: Side;
  tasks: readonly Task[];
}

function words(first: Model, second: Model, mean: MeanDifference | undefined): string {
  if (mean === undefined) return `No task has results of both ${first.title} and ${second.title}.`;
  const [ahead, behind] = mean.difference >= 0 ? [first, second] : [second, first];
  const size = Math.abs(100 * mean.difference).toFixed(1);
  const where = `on ${count(mean.tasks, 'shared task')} of ${count(mean.benchmarks, 'benchmark')}`;
  const start = `${ahead.title} is ${size} points ahead of ${behind.title} ${where}`;
  if (mean.interval === null) return `${start}; these are too few benchmarks to say how certain that is.`;
  const isSure = mean.interval[0] > 0 || mean.interval[1] < 0;
  const [low, high] = mean.difference >= 0 ? mean.interval : [-mean.interval[1], -mean.interval[0]];
  return `${start} (95% interval ${pointRange([low, high])})${isSure ? '' : ', which may be chance'}.`;
}

/** Says which model is ahead, and how sure that is. */
export function verdict({ first, second, tasks }: Props): string {
  const mean = meanDifference(taskDifferences(first.results, second.results), tasks);
  return words(first.model, second.model, mean);
}

function Row({ name, of, sides }: { name: string; of: (side: Side) => ComponentChildren; sides: Side[] }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      {sides.map((side) => (
        <td key={side.model.name}>{of(side)}</td>
      ))}
    </tr>
  );
}

function Figures({ sides }: { sides: Side[] }) {
  return (
    <div class="wide">
      <table>
        <caption>Figures</caption>
        <thead>
          <tr>
            <td />
            {sides.map(({ model }) => (
              <th key={model.name} scope="col">
                <ModelLink model={model} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Row name="Maker" sides={sides} of={({ model }) => model.maker ?? 'unknown'} />
          <Row
            name="Released"
            sides={sides}
            of={({ model }) => (model.released === null ? 'unknown' : <Day day={model.released} />)}
          />
          <Row name="Price per million tokens" sides={sides} of={({ model }) => inAndOut(model)} />
          <Row name="Mean score" sides={sides} of={({ model }) => `${percent(model.strength)}, place ${model.place}`} />
          <Row
            name="Context"
            sides={sides}
            of={({ model }) => (model.context === null ? 'unknown' : count(model.context, 'token'))}
          />
          <Row
            name="Weights"
            sides={sides}
            of={({ model }) => (model.openWeights === null ? 'unknown' : model.openWeights ? 'open' : 'closed')}
          />
          <Row name="Tasks measured" sides={sides} of={({ results }) => results.length} />
        </tbody>
      </table>
    </div>
  );
}

function Domains({ differences, tasks }: { differences: readonly TaskDifference[]; tasks: readonly Task[] }) {
  const domains = [...new Set(differences.map(({ task }) => tasks[task]?.domain ?? ''))];
  const rows = domains.map((domain) => {
    const own = differences.filter(({ task }) => tasks[task]?.domain === domain);
    // Within a domain few benchmarks are left, so this is the interval that the number of questions leaves.
    const spread = Math.hypot(...own.map(({ interval: [low, high] }) => (high - low) / 2)) / own.length;
    const difference = own.reduce((sum, one) => sum + one.difference, 0) / own.length;
    return { domain, tasks: own.length, difference, spread };
  });
  rows.sort((a, b) => b.difference - a.difference);
  return (
    <Table caption="By domain" columns={['Domain', 'Difference (95% interval)', 'Tasks']}>
      {rows.map(({ domain, difference, spread, tasks: number }) => {
        const interval = [difference - spread, difference + spread] as const;
        return (
          <tr key={domain}>
            <th scope="row">{domain}</th>
            <td data-order={difference}>
              <DifferenceBar value={difference} interval={interval} /> {points(difference)}{' '}
              <small>({pointRange(interval)})</small>
            </td>
            <td>{number}</td>
          </tr>
        );
      })}
    </Table>
  );
}

function Tasks({ first, second, tasks, differences }: Props & { differences: readonly TaskDifference[] }) {
  const rows = [...differences].sort((a, b) => b.difference - a.difference);
  return (
    <Table
      caption="By task"
      columns={['Task', first.model.title, second.model.title, 'Difference (95% interval)', 'Questions']}
      filter="tasks"
    >
      {rows.map(({ task, first: one, second: other, difference, interval, shared }) => (
        <tr key={task}>
          <th scope="row">
            {tasks[task]?.title} <small>{tasks[task] && MEASURES[tasks[task].measure]}</small>
          </th>
          <td data-order={one}>{percent(one)}</td>
          <td data-order={other}>{percent(other)}</td>
          <td data-order={difference}>
            <DifferenceBar value={difference} interval={interval} /> {points(difference)}{' '}
            <small>({pointRange(interval)})</small>
          </td>
          <td data-order={shared}>{shared > 0 ? `${shared}, the same` : 'scores only'}</td>
        </tr>
      ))}
    </Table>
  );
}

export function Comparison({ first, second, tasks }: Props) {
  const differences = taskDifferences(first.results, second.results);
  return (
    <>
      <Figures sides={[first, second]} />
      {differences.length > 0 && (
        <>
          <p>
            Differences are {first.model.title} less {second.model.title}, in points. Where both answered the same
            questions, intervals are of the paired differences; elsewhere, of two independent results. The interval of
            the mean takes benchmarks as its units.
          </p>
          <Domains differences={differences} tasks={tasks} />
          <Tasks first={first} second={second} tasks={tasks} differences={differences} />
        </>
      )}
    </>
  );
}
