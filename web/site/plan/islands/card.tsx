/** The selected family: where its prompts go, and what that changes. */
import type { Plan } from 'signalbox/build';
import { count, percent } from '../../../shared/format.js';
import { ModelName } from '../../../shared/model-name.js';
import { cents, shareWords } from '../amounts.js';
import { Points, scaleOf } from '../points.js';
import { selected } from '../selected.js';

export function FamilyCard({ plan }: { plan: Plan }) {
  const family = plan.families.find(({ name }) => name === selected.value);
  if (family === undefined) {
    return (
      <aside class="family-card" aria-label="Family">
        <p class="placeholder" data-family-card="">
          Each island is a kind of prompt, each dot a prompt. Select an island to see where its prompts go.
        </p>
      </aside>
    );
  }
  const { name, rows, share, best, pick, picks, points, usdPer1000, baselineUsdPer1000 } = family;
  const others = picks.filter(({ model }) => model !== pick);
  return (
    <aside class="family-card" aria-label="Family" data-family-card={name}>
      <h4 dir="auto">{name}</h4>
      <p>
        {count(rows, 'prompt')}, {percent(share)}
      </p>
      <dl>
        <div>
          <dt>Send to</dt>
          <dd dir="auto">
            <b>
              <ModelName name={pick} />
            </b>
            {others.length > 0 && (
              <small>
                {shareWords(picks.find(({ model }) => model === pick)?.share ?? 0)}, the rest to{' '}
                {others.map(({ model }) => model).join(', ')}
              </small>
            )}
          </dd>
        </div>
        {best !== pick && (
          <div>
            <dt>Most often right</dt>
            <dd dir="auto">
              <ModelName name={best} />
            </dd>
          </div>
        )}
        {usdPer1000 !== null && (
          <div>
            <dt>Per 1,000 answers</dt>
            <dd>
              <b>{cents(usdPer1000)}</b>
              {usdPer1000 !== baselineUsdPer1000 && <small>was {cents(baselineUsdPer1000)}</small>}
            </dd>
          </div>
        )}
        <div>
          <dt>
            Points against <bdi>{plan.baseline.model}</bdi>
          </dt>
          <dd>
            <Points points={points} scale={scaleOf([points])} />
          </dd>
        </div>
      </dl>
    </aside>
  );
}
