/** The families of prompts: how many, the best model, where the plan sends them, and what that changes. */
import { useEffect, useState } from 'preact/hooks';
import type { Plan, PlanFamily } from 'signalbox/build';
import { count, percent, shortName } from '../../shared/format.js';
import { ModelName } from '../../shared/model-name.js';
import { Wide } from '../../shared/wide.js';
import { cents, shareWords } from './amounts.js';
import { Islands } from './islands/islands.js';
import { Points, scaleOf } from './points.js';
import type { Shown } from './run.js';
import { select, selected } from './selected.js';

/** Families that are shown until the table is expanded. */
const FIRST = 12;

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
          {shareWords(share)}, the rest to <bdi>{others.map(({ model }) => shortName(model)).join(', ')}</bdi>
        </small>
      )}
      {best !== pick && (
        <small class="best-narrow">
          best: <bdi>{shortName(best)}</bdi>
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

/** The name of a family: pressing it selects its island, too. */
function Name({ family: { name, rows, share } }: { family: PlanFamily }) {
  const isSelected = selected.value === name;
  return (
    <>
      <button
        type="button"
        class="plain-button"
        aria-pressed={isSelected}
        onClick={() => select(isSelected ? undefined : name)}
      >
        <bdi>{name}</bdi>
      </button>
      <small>
        {count(rows, 'prompt')}, {percent(share)}
      </small>
    </>
  );
}

export function Families({ shown }: { shown: Shown }) {
  const { plan } = shown;
  const { families, baseline } = plan;
  const [isOpen, setOpen] = useState(false);
  const chosen = families.findIndex(({ name }) => name === selected.value);
  // A family that was selected on the map is in sight in the table.
  useEffect(() => {
    if (chosen >= FIRST) setOpen(true);
  }, [chosen]);
  const scale = scaleOf(families.map(({ points }) => points));
  const hasCosts = plan.proposed.usdPer1000 !== null;
  return (
    <>
      <h3>{families.length === 1 ? 'The prompts' : `${count(families.length, 'kind')} of prompts`}</h3>
      <p>
        {ORIGINS[plan.familiesFrom]} Points are percentage points against <bdi>{baseline.model}</bdi> alone, with the
        95% interval.
      </p>
      {families.length > 1 && <Islands shown={shown} />}
      <Wide label="Families">
        <table data-families>
          <thead>
            <tr>
              <th scope="col">Prompts like</th>
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
              <tr key={i} class={i === chosen ? 'chosen' : ''}>
                <th scope="row">
                  <Name family={family} />
                </th>
                <td class="best" dir="auto">
                  <ModelName name={family.best} />
                </td>
                <td>
                  <Picks {...family} />
                </td>
                <td>
                  <Points points={family.points} scale={scale} />
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
      </Wide>
      {families.length > FIRST && (
        <button type="button" class="secondary outline small" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? `Show only the first ${FIRST}` : `Show all ${families.length}`}
        </button>
      )}
    </>
  );
}
