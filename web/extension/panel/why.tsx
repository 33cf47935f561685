/** The reasons: predictions per model and the questions behind them. Below: the number of models that may be picked. */
import { taskLabel } from 'signalbox';
import { Folded } from '../../shared/folded.js';
import { count } from '../../shared/format.js';
import { Neighbours } from '../../shared/neighbours.js';
import { Ranking } from '../../shared/ranking.js';
import { isCandidate } from '../../shared/settings.js';
import { stored } from '../stored/stored-signals.js';
import { answer, info, recordOf, site } from './state.js';

const labelOf = (task: string) => (info.value === undefined ? task : taskLabel(info.value, task));

function Reasons() {
  const decision = answer.value?.decision;
  if (decision === undefined) return null;
  return (
    <section aria-labelledby="why-title" data-why>
      <h2 id="why-title">Why this model</h2>
      {decision.tasks.length > 0 && (
        <>
          <p class="tasks-title">Most similar benchmark tasks</p>
          <ul class="tasks">
            {decision.tasks.map(({ task }) => (
              <li key={task}>
                <span dir="auto">{labelOf(task)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      <Ranking decision={decision} recordOf={recordOf} />
      {decision.neighbours.length > 0 && (
        <Folded summary={`The ${count(decision.neighbours.length, 'nearest question')}`}>
          {() => <Neighbours decision={decision} labelOf={labelOf} />}
        </Folded>
      )}
    </section>
  );
}

/** The way to the list of all models; a chat with models of its own has another one. */
function Models() {
  if (info.value === undefined || Object.keys(site.value?.names ?? {}).length > 0) return null;
  const left = info.value.models.filter((model) => isCandidate(model, stored.value.settings)).length;
  return (
    <p class="by">
      <a href="../settings/index.html#models" target="_blank" data-models rel="noopener">
        {left} of {count(info.value.models.length, 'model')} may be suggested
      </a>
    </p>
  );
}

export function Why() {
  return (
    <>
      <Reasons />
      <Models />
    </>
  );
}
