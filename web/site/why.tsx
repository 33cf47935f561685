/** Why this model: what is predicted of each, and the samples that say so. */
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
        <p class="placeholder">There is no decision yet.</p>
      ) : (
        <div class="columns">
          <div>
            <Ranking decision={decision} />
          </div>
          <div>
            <Neighbours decision={decision} />
            {decision.tasks.length > 0 && (
              <p>
                Benchmark tasks that it resembles:{' '}
                {decision.tasks.map(({ task, weight }) => `${task} (${percent(weight)})`).join(', ')}.
              </p>
            )}
          </div>
        </div>
      )}
    </section>
  );
}
