/** The table of models: which may be picked, and their prices. */

import { useMemo, useRef, useState } from 'preact/hooks';
import type { IndexInfo } from 'signalbox';
import { count } from './format.js';
import { PriceField } from './price-field.js';
import { isCandidate, priceOf, type Settings } from './settings.js';

/** Rows shown at a time: a benchmark may have hundreds of models, and each row has three fields. */
const PAGE = 60;

type Model = IndexInfo['models'][number];
type Change = (part: Partial<Settings>) => void;

interface Props {
  models: readonly Model[];
  settings: Settings;
  onChange: Change;
}

interface RowProps {
  model: Model;
  /** Prefix of the ids of the row's fields. */
  id: string;
  isAllowed: boolean;
  price: { in: number; out: number } | null;
  isOwnPrice: boolean;
  onAllow: (name: string, isAllowed: boolean) => void;
  /** `null` restores the benchmark's price. */
  onPrice: (name: string, price: { in: number; out: number } | null) => void;
}

function Row({ model, id, isAllowed, price, isOwnPrice, onAllow, onPrice }: RowProps) {
  const { name, paramsB } = model;
  const set = (side: 'in' | 'out', usd: number | null) =>
    // The first price counts for both sides until the other one is set.
    onPrice(name, usd === null ? null : { in: usd, out: usd, ...price, [side]: usd });
  const reset = () => {
    onPrice(name, null);
    // The button disappears: keep the focus in its row.
    document.getElementById(`${id}-in`)?.focus();
  };
  // There may be hundreds of rows: Preact skips a row that is the same element again.
  return useMemo(
    () => (
      <tr class={isAllowed ? '' : 'denied'}>
        <td>
          <input
            type="checkbox"
            id={id}
            checked={isAllowed}
            aria-label={`${name} may be picked`}
            onChange={(event) => onAllow(name, event.currentTarget.checked)}
          />
        </td>
        <th scope="row">
          <label for={id} dir="auto">
            {name}
          </label>
        </th>
        <td>{paramsB === null ? '' : `${Number(paramsB.toPrecision(3))} B`}</td>
        <td>
          <PriceField
            id={`${id}-in`}
            label={`Price in of ${name}`}
            usd={price?.in ?? null}
            onChange={(usd) => set('in', usd)}
          />
        </td>
        <td>
          <PriceField
            id={`${id}-out`}
            label={`Price out of ${name}`}
            usd={price?.out ?? null}
            onChange={(usd) => set('out', usd)}
          />
        </td>
        <td>
          {isOwnPrice && (
            <button
              type="button"
              class="secondary outline small"
              aria-label={`Reset the price of ${name}`}
              onClick={reset}
            >
              Reset
            </button>
          )}
        </td>
      </tr>
    ),
    [model, id, isAllowed, price?.in, price?.out, isOwnPrice, onAllow, onPrice],
  );
}

/** Returns callbacks that stay the same for the component's life and read the current settings. */
function useRowActions(props: Props) {
  const now = useRef(props);
  now.current = props;
  return useMemo(
    () => ({
      allow(name: string, isAllowed: boolean) {
        const { settings, onChange } = now.current;
        const others = settings.excluded.filter((other) => other !== name);
        onChange({ excluded: isAllowed ? others : [...others, name] });
      },
      price(name: string, price: { in: number; out: number } | null) {
        const { settings, onChange } = now.current;
        const others = Object.entries(settings.prices).filter(([other]) => other !== name);
        // fromEntries accepts any name as an own key, even "__proto__".
        onChange({ prices: Object.fromEntries(price === null ? others : [...others, [name, price]]) });
      },
    }),
    [],
  );
}

interface BarProps extends Props {
  filter: string;
  onFilter: (filter: string) => void;
  /** Names that match the filter. */
  shown: ReadonlySet<string>;
}

function Bar({ models, settings, onChange, filter, onFilter, shown }: BarProps) {
  const left = models.filter((model) => isCandidate(model, settings)).length;
  const which = filter.trim() === '' ? 'all' : `these ${shown.size}`;
  const others = settings.excluded.filter((name) => !shown.has(name));
  const unseen = models.filter(({ name }) => !shown.has(name)).map(({ name }) => name);
  return (
    <div class="candidates-bar">
      <input
        type="search"
        aria-label="Find a model"
        placeholder="Find a model"
        autocomplete="off"
        spellcheck={false}
        dir="auto"
        value={filter}
        onInput={(event) => onFilter(event.currentTarget.value)}
      />
      <div class="buttons">
        <button type="button" class="secondary outline small" onClick={() => onChange({ excluded: others })}>
          Allow {which}
        </button>
        <button
          type="button"
          class="secondary outline small"
          onClick={() => onChange({ excluded: [...others, ...shown] })}
        >
          Exclude {which}
        </button>
        {unseen.length > 0 && shown.size > 0 && (
          <button type="button" class="secondary outline small" onClick={() => onChange({ excluded: unseen })}>
            Only {which}
          </button>
        )}
        <button type="button" class="secondary outline small" onClick={() => onChange({ prices: {} })}>
          Reset all prices
        </button>
      </div>
      <label>
        <input
          type="checkbox"
          data-priced-only
          checked={settings.pricedOnly}
          onChange={(event) => onChange({ pricedOnly: event.currentTarget.checked })}
        />
        Only models with a price
      </label>
      <p role="status">
        {left} of {count(models.length, 'model')} may be picked.
        {filter.trim() !== '' && ` ${count(shown.size, 'name')} found.`}
      </p>
    </div>
  );
}

const ORDER = new Intl.Collator('en', { numeric: true });

const byName = (a: { model: Model }, b: { model: Model }) => ORDER.compare(a.model.name, b.model.name);

export function Candidates(props: Props) {
  const { models, settings } = props;
  const [filter, setFilter] = useState('');
  const [most, setMost] = useState(PAGE);
  const actions = useRowActions(props);
  const sorted = useMemo(() => models.map((model, i) => ({ model, id: `candidate-${i}` })).sort(byName), [models]);
  const excluded = new Set(settings.excluded);
  const wanted = filter.trim().toLowerCase();
  const found = sorted.filter(({ model }) => model.name.toLowerCase().includes(wanted));
  const shown = new Set(found.map(({ model }) => model.name));
  return (
    <div class="candidates">
      <Bar {...props} filter={filter} onFilter={setFilter} shown={shown} />
      <p>
        <small>
          Clear a field to restore the benchmark's own price. For a model without a price, the first one that you enter
          counts for both input and output.
        </small>
      </p>
      <div class="wide candidates-list">
        <table>
          <caption>Candidates, with prices in US dollars per million tokens</caption>
          <thead>
            <tr>
              <th scope="col">
                <span class="visually-hidden">May be picked</span>
              </th>
              <th scope="col">Model</th>
              <th scope="col">Parameters</th>
              <th scope="col">Price in</th>
              <th scope="col">Price out</th>
              <th scope="col">
                <span class="visually-hidden">Reset</span>
              </th>
            </tr>
          </thead>
          <tbody data-candidates>
            {found.slice(0, most).map(({ model, id }) => (
              <Row
                key={model.name}
                id={id}
                model={model}
                isAllowed={!excluded.has(model.name)}
                price={priceOf(model, settings)}
                isOwnPrice={Object.hasOwn(settings.prices, model.name)}
                onAllow={actions.allow}
                onPrice={actions.price}
              />
            ))}
          </tbody>
        </table>
        {found.length > most && (
          <button type="button" class="secondary outline small" onClick={() => setMost(most + PAGE)}>
            Show {Math.min(PAGE, found.length - most)} more
          </button>
        )}
      </div>
    </div>
  );
}
