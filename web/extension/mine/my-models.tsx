/** The models that the user can choose in a chat, from the dated list of what it offers; and how the user pays there. */
import { count } from '../../shared/format.js';
import type { Offer } from '../chats/index.js';
import type { Site } from '../stored/schema.js';
import { changeSite, nameModel, setNames } from './changing-sites.js';
import { chatAt, monthWords, namesIn, planOf, plansOf, siteName } from './offered.js';

interface Props {
  origin: string;
  site: Site;
}

const idOf = (origin: string, part: string) => `${part}-${origin.replace(/[^a-z0-9]+/gi, '-')}`;

function Plan({ origin, site, offer }: Props & { offer: Offer }) {
  const plan = planOf(offer, site);
  return (
    <label class="plan">
      <span>Your plan</span>
      <select
        data-plan={origin}
        value={plan ?? ''}
        onChange={({ currentTarget: { value } }) => value !== '' && setNames(origin, namesIn(offer, value))}
      >
        {plan === undefined && <option value="">As ticked below</option>}
        {plansOf(offer).map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </select>
    </label>
  );
}

function OfferedModels({ origin, site, offer }: Props & { offer: Offer }) {
  const all = namesIn(offer, offer.plans.at(-1) ?? '');
  const labels = offer.models.filter(({ model, label }) => all[model] === label);
  return (
    <ul class="ticks" data-offered={origin}>
      {labels.map(({ model, label }) => (
        <li key={model}>
          <label>
            <input
              type="checkbox"
              data-model={model}
              checked={Object.hasOwn(site.names, model)}
              onChange={({ currentTarget: { checked } }) => nameModel(origin, model, checked ? label : '')}
            />
            {label}
          </label>
        </li>
      ))}
    </ul>
  );
}

/** Says what follows from the number of ticked models. */
function tickedWords(ticked: number): string {
  if (ticked === 0) return 'With none ticked, each of them may be suggested.';
  if (ticked === 1)
    return 'With one model there is nothing to choose. If you have more, choose your plan or tick them.';
  return 'Only the ticked ones are suggested there.';
}

/** The models of one chat. */
export function MyModels({ origin, site }: Props) {
  const offer = chatAt(origin)?.offer;
  const title = idOf(origin, 'models');
  const hasNone = Object.keys(site.names).length === 0;
  return (
    <article class="card mine" aria-labelledby={title} data-models-of={origin}>
      <header>
        <h3 id={title}>
          <bdi>{siteName(origin)}</bdi>
        </h3>
        {offer !== undefined && <Plan origin={origin} site={site} offer={offer} />}
      </header>
      {offer !== undefined && (
        <>
          <OfferedModels origin={origin} site={site} offer={offer} />
          <p>
            <small>
              List of {monthWords(offer.asOf)}. {tickedWords(Object.keys(site.names).length)}
            </small>
          </p>
        </>
      )}
      {offer === undefined && (
        <p>
          <small>
            {hasNone
              ? 'What this chat offers is not known, so any model may be suggested. '
              : `Only its ${count(Object.keys(site.names).length, 'named model')} can be suggested. `}
            <a href="../settings/index.html#sites">Name its models</a>
          </small>
        </p>
      )}
    </article>
  );
}

const PAYS: readonly { value: Site['pays']; label: string }[] = [
  { value: 'plan', label: 'Nothing: free, or a fixed price per month' },
  { value: 'use', label: 'Something: each answer is charged' },
];

/** How the user pays in one chat. */
export function Pays({ origin, site }: Props) {
  const group = idOf(origin, 'pays');
  return (
    <fieldset class="pays" data-pays={origin}>
      <legend>
        <bdi>{siteName(origin)}</bdi>
      </legend>
      {PAYS.map(({ value, label }) => (
        <label key={value}>
          <input
            type="radio"
            name={group}
            value={value}
            checked={site.pays === value}
            onChange={() => changeSite(origin, { pays: value })}
          />
          <span>{label}</span>
        </label>
      ))}
    </fieldset>
  );
}
