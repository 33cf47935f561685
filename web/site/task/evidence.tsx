/** The effect of the labels on the decisions, and the outcomes they measured. */
import { count, percent, shortName } from '../../shared/format.js';
import { ModelName } from '../../shared/model-name.js';
import { Wide } from '../../shared/wide.js';
import { recordOf } from '../state.js';
import type { Change } from './history.js';
import { type Mean, measure } from './labels.js';
import { decisions, history, labels } from './task.js';

function pickWords(change: Change | undefined) {
  if (change === undefined) return null;
  const { from, to } = change;
  if (from.model === to.model) return `: still ${shortName(to.model)}`;
  return (
    <>
      : <strong>{shortName(to.model)}</strong> instead of {shortName(from.model)}
    </>
  );
}

/** The changes of the pick, newest first. */
function History() {
  if (history.value.length === 0) return <p class="placeholder">What each mark changes appears here.</p>;
  return (
    <ol class="task-history" data-history>
      {history.value.map(({ id, labels: known, changes }) => (
        <li key={id}>
          After {count(known, 'label')}
          {pickWords(changes.signalbox)}
        </li>
      ))}
    </ol>
  );
}

const meanWords = ({ mean, count: of }: Mean) => `${percent(mean)} of ${of}`;

function MeasuredTable() {
  const { models, oracle, pick } = measure(labels.value, decisions.value.signalbox?.model);
  if (models.length === 0) return null;
  return (
    <Wide label="Measured on your marks">
      <table>
        <caption>Measured on your marks</caption>
        <thead>
          <tr>
            <th scope="col">Model</th>
            <th scope="col">Right</th>
            <th scope="col">Labels</th>
          </tr>
        </thead>
        <tbody data-measured>
          {models.map(({ model, mean, count: of }) => (
            <tr key={model} class={model === decisions.value.signalbox?.model ? 'picked' : ''}>
              <th scope="row">
                <ModelName name={model} record={recordOf(model)} />
              </th>
              <td>{percent(mean)}</td>
              <td>{of}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {oracle && (
        <p data-oracle>
          Always taking the better model: {meanWords(oracle)} prompts with labels for at least two models
          {pick ? `. The pick alone: ${meanWords(pick)}.` : '. The pick is not among them.'}
        </p>
      )}
    </Wide>
  );
}

export function Evidence() {
  return (
    <aside class="task-evidence" aria-labelledby="task-history-title">
      <MeasuredTable />
      <h4 id="task-history-title">Effect of your marks</h4>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard. */}
      <section class="task-scroll" aria-labelledby="task-history-title" tabIndex={0}>
        <History />
      </section>
    </aside>
  );
}
