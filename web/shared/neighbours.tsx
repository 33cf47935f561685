/** The benchmark samples nearest to the prompt, and the models that got them right. */
import type { Decision, Neighbour } from 'signalbox';
import { count } from './format.js';

function verdict(outcome: number | null | undefined): string {
  if (outcome === null || outcome === undefined) return 'not measured';
  if (outcome === 1) return 'right';
  return outcome === 0 ? 'wrong' : `scored ${outcome.toFixed(2)}`;
}

function namesOf({ outcomes }: Neighbour, isRight: boolean): string[] {
  return Object.entries(outcomes).flatMap(([name, y]) => (y !== null && y >= 0.5 === isRight ? [name] : []));
}

function WhoWasRight({ neighbour }: { neighbour: Neighbour }) {
  const right = namesOf(neighbour, true);
  const wrong = namesOf(neighbour, false);
  return (
    <details>
      <summary>
        {right.length} of {count(right.length + wrong.length, 'model')}
      </summary>
      <p>
        <b>Right:</b> {right.join(', ') || 'none'}
      </p>
      <p>
        <b>Wrong:</b> {wrong.join(', ') || 'none'}
      </p>
    </details>
  );
}

export function Neighbours({ decision }: { decision: Decision }) {
  const { neighbours, model: pick } = decision;
  if (neighbours.length === 0) return <p>No sample is near: the embedder can't read the prompt.</p>;
  return (
    <div class="wide">
      <table>
        <caption>Nearest benchmark samples</caption>
        <thead>
          <tr>
            <th scope="col">Task and sample</th>
            <th scope="col">Similarity</th>
            <th scope="col">The pick was</th>
            <th scope="col">Models that were right</th>
          </tr>
        </thead>
        <tbody data-neighbours>
          {neighbours.map((neighbour) => (
            <tr key={neighbour.row}>
              <th scope="row">
                {neighbour.task} <small>{neighbour.id}</small>
              </th>
              <td>{neighbour.similarity.toFixed(2)}</td>
              <td>{verdict(neighbour.outcomes[pick])}</td>
              <td>
                <WhoWasRight neighbour={neighbour} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
