/** How a site calls the models of the benchmark: the names that it shows, and takes in its addresses. */
import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { ModelInfo } from 'signalbox';
import { count, percent } from '../../shared/format.js';
import { nameModel } from './changing-sites.js';
import { benchmark } from './state.js';

/** So many rows at once. */
const PAGE = 30;

interface Props {
  origin: string;
  names: Readonly<Record<string, string>>;
  /** Names the fields. */
  id: string;
}

const nameIn = (names: Props['names'], model: string) => (Object.hasOwn(names, model) ? (names[model] ?? '') : '');

/** Those that have a name first, then those that do best. It stays like that while names are given. */
const byUse = (names: Props['names']) => (a: ModelInfo, b: ModelInfo) =>
  Number(Object.hasOwn(names, b.name)) - Number(Object.hasOwn(names, a.name)) ||
  (b.meanOutcome ?? 0) - (a.meanOutcome ?? 0);

interface RowProps {
  model: ModelInfo;
  id: string;
  name: string;
  onName: (name: string) => void;
}

function Row({ model, id, name, onName }: RowProps) {
  return (
    <tr>
      <th scope="row">
        <label for={id} dir="auto">
          {model.name}
        </label>
      </th>
      <td>{model.meanOutcome === null ? '' : percent(model.meanOutcome)}</td>
      <td>
        <input
          id={id}
          class="site-name"
          maxLength={300}
          autocomplete="off"
          spellcheck={false}
          dir="auto"
          placeholder="The site does not have it"
          value={name}
          onChange={(event) => onName(event.currentTarget.value.trim())}
        />
      </td>
    </tr>
  );
}

function Table({ origin, names, id, models }: Props & { models: readonly ModelInfo[] }) {
  const filter = useSignal('');
  const most = useSignal(PAGE);
  const sorted = useMemo(
    () => models.map((model, i) => ({ model, id: `${id}-name-${i}` })).sort((a, b) => byUse(names)(a.model, b.model)),
    [models],
  );
  const wanted = filter.value.trim().toLowerCase();
  const found = sorted.filter(({ model }) => model.name.toLowerCase().includes(wanted));
  const known = new Set(models.map(({ name }) => name));
  const strangers = Object.keys(names).filter((name) => !known.has(name)).length;
  return (
    <>
      <input
        type="search"
        class="find"
        aria-label="Find a model"
        placeholder="Find a model"
        autocomplete="off"
        spellcheck={false}
        value={filter}
        onInput={(event) => {
          filter.value = event.currentTarget.value;
        }}
      />
      <div class="wide candidates-list">
        <table>
          <caption>The benchmark's models, and what this site calls them</caption>
          <thead>
            <tr>
              <th scope="col">Model</th>
              <th scope="col">Right on average</th>
              <th scope="col">Name on this site</th>
            </tr>
          </thead>
          <tbody data-names>
            {found.slice(0, most.value).map(({ model, id: field }) => (
              <Row
                key={model.name}
                model={model}
                id={field}
                name={nameIn(names, model.name)}
                onName={(name) => nameModel(origin, model.name, name)}
              />
            ))}
          </tbody>
        </table>
        {found.length > most.value && (
          <button
            type="button"
            class="secondary outline small"
            onClick={() => {
              most.value += PAGE;
            }}
          >
            Show more, {found.length - most.value} are left
          </button>
        )}
      </div>
      {strangers > 0 && (
        <p>
          {count(strangers, 'name')} of models that are not in this benchmark {strangers === 1 ? 'is' : 'are'} kept for
          the next one.
        </p>
      )}
    </>
  );
}

export function SiteNames(props: Props) {
  const now = benchmark.value;
  return (
    <>
      <p>
        <small>
          If you name any, only these are suggested there. The name is what its addresses say: with it the badge can
          open the chat with that model.
        </small>
      </p>
      {now.kind === 'ready' ? (
        <Table {...props} models={now.info.models} />
      ) : (
        <p class="placeholder">The benchmark's models appear here.</p>
      )}
    </>
  );
}
