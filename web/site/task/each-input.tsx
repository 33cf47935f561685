/** Routes the prompts one by one, and offers the decisions as files. */
import { count, percent } from '../../shared/format.js';
import { ModelName } from '../../shared/model-name.js';
import { save } from '../../shared/save.js';
import { Wide } from '../../shared/wide.js';
import { info } from '../state.js';
import { csvLines, type DecidedTask, jsonParts } from './download.js';
import { meanChance, sharesOf } from './inputs.js';
import { labelOptionsOf } from './labels.js';
import { Progress } from './progress.js';
import { cancelInputs, decisions, inputs, inputWork, labels, MOST_UNASKED, startInputs, task } from './task.js';

function decided(): DecidedTask {
  return {
    prompts: task.value?.prompts ?? [],
    inputs: inputs.value ?? [],
    decisions: decisions.value,
    labels: labelOptionsOf(labels.value, info.value?.models ?? []),
  };
}

function Downloads() {
  return (
    <p class="task-actions">
      <button
        type="button"
        class="secondary outline small"
        onClick={() => save('decisions.csv', 'text/csv', csvLines(decided()))}
      >
        Download as CSV
      </button>{' '}
      <button
        type="button"
        class="secondary outline small"
        onClick={() => save('decisions.json', 'application/json', jsonParts(decided()))}
      >
        Download as JSON
      </button>{' '}
      <small>
        One line per prompt, numbered from 0. In the CSV, texts that a spreadsheet would run as a formula start with an
        apostrophe.
      </small>
    </p>
  );
}

function Shares() {
  const found = inputs.value ?? [];
  const records = new Map(info.value?.models.map(({ name, record }) => [name, record]));
  const mean = meanChance(found);
  const withChance = found.filter(({ chance }) => chance !== null).length;
  return (
    <>
      <Wide label="Prompts per model">
        <table>
          <caption>Prompts per model</caption>
          <thead>
            <tr>
              <th scope="col">Model</th>
              <th scope="col">Prompts</th>
              <th scope="col">Share</th>
            </tr>
          </thead>
          <tbody data-shares>
            {sharesOf(found).map(({ model, inputs: of, share }) => (
              <tr key={model}>
                <th scope="row">
                  <ModelName name={model} record={records.get(model)} />
                </th>
                <td>{of.toLocaleString('en')}</td>
                <td>{percent(share)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
      {mean !== undefined && (
        <p>
          Mean chance of being right, with a model for each prompt: {percent(mean)}
          {withChance < found.length && ` (of ${withChance.toLocaleString('en')} prompts with a checkable answer)`}.
        </p>
      )}
    </>
  );
}

export function EachInput() {
  const total = task.value?.prompts.length ?? 0;
  const isThere = inputs.value !== undefined;
  return (
    <section aria-labelledby="task-each-title" class="task-part" data-each-input>
      <h3 id="task-each-title">A model for each prompt</h3>
      {isThere && <Shares />}
      {!isThere && inputWork.value.kind === 'idle' && total > MOST_UNASKED && (
        <p>
          <button type="button" class="secondary outline small" onClick={startInputs} data-route-inputs>
            Route {count(total, 'prompt')} one by one
          </button>
        </p>
      )}
      <Progress of={inputWork} onCancel={cancelInputs} onAgain={startInputs} />
      {isThere && <Downloads />}
    </section>
  );
}
