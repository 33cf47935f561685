/** A setting in figures: what it saves, what it loses, and which share of the prompts goes where. */
import type { Plan, PlanPoint } from 'signalbox/build';
import { percent, shortName } from '../../shared/format.js';
import { isDark } from '../map/scheme.js';
import { cents, shareWords, signed } from './amounts.js';
import { modelColours } from './colours.js';

/** The shares as a bar. Decorative: the list beside it has them in words. */
function Split({ plan, point: { picks } }: { plan: Plan; point: PlanPoint }) {
  const colours = modelColours(plan, isDark.value);
  return (
    <div class="split">
      <div class="split-bar" aria-hidden="true">
        {picks.map(({ model, share }) => (
          <span key={model} style={{ 'flex-grow': `${share}`, '--land': colours.get(model) ?? '' }} />
        ))}
      </div>
      <ul class="legend" aria-label="Shares of the prompts">
        {picks.map(({ model, share }) => (
          <li key={model}>
            <span class="swatch-land" style={{ '--land': colours.get(model) ?? '' }} aria-hidden="true" />
            <b>{shareWords(share)}</b> <bdi>{shortName(model)}</bdi>
          </li>
        ))}
      </ul>
    </div>
  );
}

export function SettingFigures({ plan, point }: { plan: Plan; point: PlanPoint }) {
  const { saved, usdPer1000, points } = point;
  return (
    <div class="setting-figures">
      <dl class="figures">
        {saved !== null && (
          <div>
            <dt>{saved.value < 0 ? 'Costs more' : 'Saves'}</dt>
            <dd>
              <b data-saved>{percent(Math.abs(saved.value))}</b>
            </dd>
          </div>
        )}
        {usdPer1000 !== null && (
          <div>
            <dt>Per 1,000 answers</dt>
            <dd>
              <b>{cents(usdPer1000.value)}</b> <small>was {cents(plan.baseline.usdPer1000)}</small>
            </dd>
          </div>
        )}
        <div>
          <dt>{plan.graded ? 'Points of score' : 'Points of right answers'}</dt>
          <dd>
            <b>{signed(points.value)}</b>{' '}
            <small>
              {signed(points.low)} to {signed(points.high)}
            </small>
          </dd>
        </div>
      </dl>
      <Split plan={plan} point={point} />
    </div>
  );
}
