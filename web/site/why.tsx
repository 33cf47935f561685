/** Why this model: the predictions for all models, and the nearest samples. */
import { percent } from '../shared/format.js';
import { Neighbours } from '../shared/neighbours.js';
import { Ranking } from '../shared/ranking.js';
import { answer } from './state.js';

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
            <Ranking decision={decision} />
          </div>
          <div>
            <Neighbours decision={decision} />
            {decision.tasks.length > 0 && (
              <p>
                Similar benchmark tasks:{' '}
                {decision.tasks.map(({ task, weight }) => `${task} (${percent(weight)})`).join(', ')}.
              </p>
            )}
          </div>
        </div>
      )}
    </section>
  );
}
