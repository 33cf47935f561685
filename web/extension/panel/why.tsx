/** The reasons: predictions per model and the questions behind them. Below: the models that may be picked. */
import { useMemo } from 'preact/hooks';
import { taskLabel } from 'signalbox';
import { Candidates } from '../../shared/candidates.js';
import { Folded } from '../../shared/folded.js';
import { count } from '../../shared/format.js';
import { Neighbours } from '../../shared/neighbours.js';
import { Ranking } from '../../shared/ranking.js';
import { isCandidate } from '../../shared/settings.js';
import { change, stored } from '../stored/stored-signals.js';
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

function Models() {
  const models = info.value?.models;
  const now = stored.value.settings;
  // A chat with models of its own has its list in the settings.
  const hasOwn = Object.keys(site.value?.names ?? {}).length > 0;
  // Reuses the elements while only the dial moves.
  return useMemo(() => {
    if (models === undefined || hasOwn) return null;
    const left = models.filter((model) => isCandidate(model, now)).length;
    return (
      <section aria-label="Candidates">
        <Folded summary={`Candidates: ${left} of ${count(models.length, 'model')}`}>
          {() => <Candidates models={models} settings={now} onChange={change} />}
        </Folded>
      </section>
    );
  }, [models, hasOwn, now.excluded, now.prices, now.pricedOnly]);
}

export function Why() {
  return (
    <>
      <Reasons />
      <Models />
    </>
  );
}
