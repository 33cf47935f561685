/** The page of all models: one table, by mean score. */
import { count, percent } from '../../shared/format.js';
import { Day, inAndOut, ModelLink, priceOrder, Table } from './parts.js';
import type { Facts } from './types.js';

const makersOf = (facts: Facts) =>
  [...new Set(facts.models.flatMap(({ maker }) => maker ?? []))].sort((a, b) => a.localeCompare(b, 'en'));

export const modelsSentence = ({ models, tasks }: Facts) =>
  `${count(models.length, 'model')} on ${count(tasks.length, 'benchmark task')}: results, prices and dates of release.`;

export function ModelsPage({ facts }: { facts: Facts }) {
  const byPlace = facts.models.map((model, i) => ({ model, results: facts.results[i] ?? [] }));
  byPlace.sort((a, b) => a.model.place - b.model.place);
  return (
    <>
      <h1>Models</h1>
      <p class="lead">
        {modelsSentence(facts)} <a href="compare.html">Compare two models.</a>
      </p>
      <p>
        The mean score is over all tasks of the index. Tasks on which a model was not measured are predicted from its
        strength, so a model with few measured tasks may be off by more.
      </p>
      <form class="filters" data-filters>
        <label>
          Find models
          <input type="search" autocomplete="off" />
        </label>
        <label>
          Maker
          <select name="maker">
            <option value="">All</option>
            {makersOf(facts).map((maker) => (
              <option key={maker}>{maker}</option>
            ))}
          </select>
        </label>
        <label>
          Weights
          <select name="weights">
            <option value="">All</option>
            <option value="open">Open</option>
            <option value="closed">Closed or unknown</option>
          </select>
        </label>
        <label>
          Price
          <select name="price">
            <option value="">All</option>
            <option value="known">Known</option>
          </select>
        </label>
        <small role="status" />
      </form>
      <Table
        caption="All models"
        columns={[
          'Place',
          'Model',
          'Maker',
          'Mean score',
          'Price per million tokens',
          'Released',
          'Tasks measured',
          'Weights',
        ]}
        filter="models"
      >
        {byPlace.map(({ model, results }) => (
          <tr
            key={model.name}
            data-maker={model.maker ?? ''}
            data-weights={model.openWeights === true ? 'open' : 'closed'}
            data-price={model.price === null ? 'unknown' : 'known'}
          >
            <td>{model.place}</td>
            <th scope="row">
              <ModelLink model={model} />
            </th>
            <td>{model.maker ?? 'unknown'}</td>
            <td data-order={model.strength}>{percent(model.strength)}</td>
            <td data-order={priceOrder(model)}>{inAndOut(model)}</td>
            <td data-order={model.released ?? ''}>
              {model.released === null ? 'unknown' : <Day day={model.released} />}
            </td>
            <td>{results.length}</td>
            <td>{model.openWeights === null ? 'unknown' : model.openWeights ? 'open' : 'closed'}</td>
          </tr>
        ))}
      </Table>
    </>
  );
}
