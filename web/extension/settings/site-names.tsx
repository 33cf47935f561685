/** A site's names for the models of the benchmark, as its addresses use them. */
import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { ModelInfo } from 'signalbox';
import { count, percent } from '../../shared/format.js';
import { nameModel } from '../mine/changing-sites.js';
import { benchmark } from './state.js';

/** Number of rows shown at a time. */
const PAGE = 30;

interface Props {
  origin: string;
  names: Readonly<Record<string, string>>;
  /** Prefix of the fields' ids. */
  id: string;
}

const nameIn = (names: Props['names'], model: string) => (Object.hasOwn(names, model) ? (names[model] ?? '') : '');

/** Sorts models with a name first, then by average. The order stays while names are edited. */
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
          placeholder="Not on this site"
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
          <caption>The benchmark's models and their names on this site</caption>
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
            Show {Math.min(PAGE, found.length - most.value)} more
          </button>
        )}
      </div>
      {strangers > 0 && (
        <p>
          {count(strangers, 'name')} of models that are not in this benchmark {strangers === 1 ? 'is' : 'are'} kept for
          other benchmarks.
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
          If you set any names, only those models are suggested on this site. Use the names in the site's addresses: the
          badge then links to a chat with the model.
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
