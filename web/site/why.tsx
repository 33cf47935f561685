/** Why this model: the predictions for all models, and the nearest questions. */
import { taskLabel } from 'signalbox';
import { Neighbours } from '../shared/neighbours.js';
import { Ranking } from '../shared/ranking.js';
import { answer, info, recordOf } from './state.js';
import { ShowTexts, texts } from './texts.js';

const labelOf = (task: string) => (info.value === undefined ? task : taskLabel(info.value, task));

export function Why() {
  const decision = answer.value?.decision;
  return (
    <section id="why" aria-labelledby="why-title">
      <h2 id="why-title">Why this model</h2>
      {decision === undefined ? (
        <p class="placeholder">No decision yet.</p>
      ) : (
        <div class="columns">
          <div>
            <Ranking decision={decision} recordOf={recordOf} />
          </div>
          <div>
            <Neighbours decision={decision} texts={texts.value} labelOf={labelOf} />
            <ShowTexts decision={decision} />
            {decision.tasks.length > 0 && (
              <p>Similar benchmark tasks: {decision.tasks.map(({ task }) => labelOf(task)).join('; ')}.</p>
            )}
          </div>
        </div>
      )}
    </section>
  );
}
