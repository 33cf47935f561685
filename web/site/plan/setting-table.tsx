/** The numbers behind the picture: settings and single models. */
import type { Bounded, Plan } from 'signalbox/build';
import { percent } from '../../shared/format.js';
import { Wide } from '../../shared/wide.js';
import { cents, shareWords, signed } from './amounts.js';
import type { Setting } from './picture.js';

const tenths = (share: number) => `${(100 * share).toFixed(1)}%`;
const pointsWords = ({ value, low, high }: Bounded) => `${signed(value)} (${signed(low)} to ${signed(high)})`;

export function SettingTable({ plan, settings }: { plan: Plan; settings: readonly Setting[] }) {
  const hasCosts = plan.proposed.usdPer1000 !== null;
  return (
    <Wide label="Settings and models">
      <table data-settings>
        <thead>
          <tr>
            <th scope="col">{settings.length > 0 ? 'Setting or model' : 'Model'}</th>
            {hasCosts && <th scope="col">Per 1,000 answers</th>}
            {hasCosts && <th scope="col">Saved</th>}
            <th scope="col">{plan.graded ? 'Mean score' : 'Right'}</th>
            <th scope="col">Points (95%)</th>
          </tr>
        </thead>
        <tbody>
          {settings.map(({ point, usd }, i) => (
            <tr key={i}>
              <th scope="row" dir="auto">
                {point.picks.map(({ model, share }) => `${shareWords(share)} ${model}`).join(', ')}
              </th>
              <td>{cents(usd.value)}</td>
              <td>{point.saved === null ? '' : percent(point.saved.value)}</td>
              <td>{tenths(point.right.value)}</td>
              <td>{pointsWords(point.points)}</td>
            </tr>
          ))}
          {plan.singles.map(({ model, right, points, usdPer1000, saved }) => (
            <tr key={model}>
              <th scope="row" dir="auto">
                {model} alone
              </th>
              {hasCosts && <td>{cents(usdPer1000)}</td>}
              {hasCosts && <td>{saved === null ? '' : percent(saved)}</td>}
              <td>{tenths(right.value)}</td>
              <td>{pointsWords(points)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}
