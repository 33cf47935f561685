/** What the labels changed, and what they measured. */
import { count, percent, shortName } from '../../shared/format.js';
import type { Change } from './history.js';
import { countOutcomes, type Mean, measure } from './labels.js';
import { POLICY_WORDS, TASK_POLICIES, twoPlaces } from './policies.js';
import { decisions, history, labels } from './task.js';

function ChangeWords({ change }: { change: Change }) {
  const { from, to } = change;
  const isSame = from.model === to.model;
  const [before, after] = [twoPlaces(from.p), twoPlaces(to.p)];
  return (
    <>
      {isSame ? shortName(to.model) : <strong>{`${shortName(from.model)} → ${shortName(to.model)}`}</strong>}
      {`, p ${before === after ? before : `${before} → ${after}`}`}
    </>
  );
}

function History() {
  if (history.value.length === 0) return null;
  return (
    <div class="wide task-history">
      <table>
        <caption>How the labels moved pick and p</caption>
        <thead>
          <tr>
            <th scope="col">After</th>
            {TASK_POLICIES.map((policy) => (
              <th key={policy} scope="col">
                {POLICY_WORDS[policy].name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody data-history>
          {history.value.map(({ id, labels: known, changes }) => (
            <tr key={id}>
              <th scope="row">{count(known, 'label')}</th>
              {TASK_POLICIES.map((policy) => {
                const change = changes[policy];
                return <td key={policy}>{change && <ChangeWords change={change} />}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const meanWords = ({ mean, count: of }: Mean) => `${percent(mean)} of ${of}`;

function MeasuredTable() {
  const { models, oracle, pick } = measure(labels.value, decisions.value.signalbox?.model);
  if (models.length === 0) return null;
  return (
    <div class="wide">
      <table>
        <caption>Measured on the labels</caption>
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
              <th scope="row">{model}</th>
              <td>{percent(mean)}</td>
              <td>{of}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {oracle && (
        <p data-oracle>
          Oracle where known: {meanWords(oracle)} inputs with labels of two models or more, taking the better one each
          time
          {pick ? `; the pick alone: ${meanWords(pick)}.` : '; the pick is not among them.'}
        </p>
      )}
    </div>
  );
}

export function Evidence() {
  if (history.value.length === 0 && countOutcomes(labels.value) === 0) return null;
  return (
    <div class="task-part">
      <History />
      <MeasuredTable />
    </div>
  );
}
