/** The families of prompts: how many, the best model, where the plan sends them, and what that changes. */
import { useState } from 'preact/hooks';
import type { Bounded, Plan, PlanFamily } from 'signalbox/build';
import { count, percent } from '../../shared/format.js';
import { ModelName } from '../../shared/model-name.js';
import { cents, shareWords, signed } from './amounts.js';

/** Families that are shown until the table is expanded. */
const FIRST = 12;

function Points({ value, low, high }: Bounded) {
  return (
    <>
      <b>{signed(value)}</b>
      <small>
        {signed(low)} to {signed(high)}
      </small>
    </>
  );
}

/** Names the pick and what else gets prompts; on a narrow screen also the best model, whose column is hidden there. */
function Picks({ best, pick, picks }: PlanFamily) {
  const others = picks.filter(({ model }) => model !== pick);
  const share = picks.find(({ model }) => model === pick)?.share ?? 0;
  return (
    <>
      <b dir="auto">
        <ModelName name={pick} />
      </b>
      {others.length > 0 && (
        <small>
          {shareWords(share)}, the rest to <bdi>{others.map(({ model }) => model).join(', ')}</bdi>
        </small>
      )}
      {best !== pick && (
        <small class="best-narrow">
          best: <bdi>{best}</bdi>
        </small>
      )}
    </>
  );
}

const ORIGINS: Record<Plan['familiesFrom'], string> = {
  dataset: 'The families are those of the file.',
  found: 'The families were found in the prompts.',
  one: 'All prompts are one family: telling kinds apart gained nothing.',
};

export function Families({ plan }: { plan: Plan }) {
  const { families, baseline } = plan;
  const [isOpen, setOpen] = useState(false);
  const hasCosts = plan.proposed.usdPer1000 !== null;
  return (
    <>
      <h3>{families.length === 1 ? 'The prompts' : `${count(families.length, 'kind')} of prompts`}</h3>
      <p>
        {ORIGINS[plan.familiesFrom]} Points are percentage points against <bdi>{baseline.model}</bdi> alone, with the
        95% interval.
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard */}
      <section class="wide" tabIndex={0} aria-label="Families">
        <table data-families>
          <thead>
            <tr>
              <th scope="col">Family</th>
              <th scope="col" class="best">
                Best
              </th>
              <th scope="col">Send to</th>
              <th scope="col">Points</th>
              {hasCosts && <th scope="col">Per 1,000</th>}
            </tr>
          </thead>
          <tbody>
            {(isOpen ? families : families.slice(0, FIRST)).map((family, i) => (
              <tr key={i}>
                <th scope="row">
                  <bdi>{family.name}</bdi>
                  <small>
                    {count(family.rows, 'prompt')}, {percent(family.share)}
                  </small>
                </th>
                <td class="best" dir="auto">
                  <ModelName name={family.best} />
                </td>
                <td>
                  <Picks {...family} />
                </td>
                <td>
                  <Points {...family.points} />
                </td>
                {hasCosts && (
                  <td>
                    {cents(family.usdPer1000)}
                    {family.usdPer1000 !== family.baselineUsdPer1000 && (
                      <small>was {cents(family.baselineUsdPer1000)}</small>
                    )}
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {families.length > FIRST && (
        <button type="button" class="secondary outline small" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? `Show only the first ${FIRST}` : `Show all ${families.length}`}
        </button>
      )}
    </>
  );
}
