/** The page of one model: what it costs, how it compares, and where it is better or worse than its overall level. */
import { count, dollars, percent } from '../../shared/format.js';
import {
  comparisonOf,
  Day,
  DifferenceBar,
  inAndOut,
  MEASURES,
  ModelLink,
  pointRange,
  points,
  priceOrder,
  Share,
  Table,
} from './parts.js';
import { PriceChart } from './price-chart.js';
import { domainsOf, type InDomain, type OnTask, rivalsOf, type standingsOf, tasksOf } from './standings.js';
import { meanDifference, taskDifferences } from './statistics.js';
import type { Facts, Model, Result } from './types.js';

/** Kinds of everyday work that are shown at first, from either end. */
const FIRST_KINDS = 6;
const MOST_NAMED = 4;

/** Returns the sentence below the name, which is also the page's description. */
export function sentenceOf(facts: Facts, number: number): string {
  const model = facts.models[number] as Model;
  const measured = facts.results[number]?.length ?? 0;
  const price = model.price === null ? 'Price unknown' : `${inAndOut(model)} per million tokens`;
  return (
    `${price}. Number ${model.place} of ${facts.models.length} by mean score, ` +
    `measured on ${measured} of ${count(facts.tasks.length, 'task')}.`
  );
}

function Figures({ model, facts, results }: { model: Model; facts: Facts; results: readonly Result[] }) {
  const { price, released, context, openWeights, paramsB, input, tools } = model;
  const questions = Math.round(results.reduce((sum, one) => sum + one.questions, 0));
  return (
    <dl class="figures">
      <div>
        <dt>Place by mean score</dt>
        <dd>
          <b>{model.place}</b> of {facts.models.length}
        </dd>
      </div>
      <div>
        <dt>Mean score</dt>
        <dd>
          <b>{percent(model.strength)}</b>
        </dd>
      </div>
      <div>
        <dt>Price per million tokens</dt>
        <dd>
          <b>{price === null ? 'unknown' : dollars(price.in)}</b>
          {price !== null && ` in, ${dollars(price.out)} out`}
          {price !== null && price.cacheRead !== null && `, ${dollars(price.cacheRead)} cached`}
        </dd>
      </div>
      <div>
        <dt>Measured</dt>
        <dd>
          <b>{results.length}</b> of {count(facts.tasks.length, 'task')}, {count(questions, 'question')}
        </dd>
      </div>
      <div>
        <dt>Released</dt>
        <dd>{released === null ? 'unknown' : <Day day={released} />}</dd>
      </div>
      <div>
        <dt>Weights</dt>
        <dd>
          {openWeights === null ? 'unknown' : openWeights ? 'open' : 'closed'}
          {paramsB !== null && `, ${paramsB} billion parameters`}
        </dd>
      </div>
      {context !== null && (
        <div>
          <dt>Context</dt>
          <dd>{count(context, 'token')}</dd>
        </div>
      )}
      {input !== null && (
        <div>
          <dt>Takes</dt>
          <dd>{input.join(', ')}</dd>
        </div>
      )}
      {tools !== null && (
        <div>
          <dt>Calls tools</dt>
          <dd>{tools ? 'yes' : 'no'}</dd>
        </div>
      )}
    </dl>
  );
}

function PriceNote({ price }: { price: Model['price'] }) {
  if (price === null)
    return <p>No list that signalbox reads has a price of this model, so no dial or limit picks it.</p>;
  return (
    <p>
      <small>
        Price{' '}
        {price.date !== null && (
          <>
            of <Day day={price.date} />
          </>
        )}
        {price.source !== null && <> by {price.source}</>}.{price.tiered && ' Long prompts, or some hours, cost more.'}
      </small>
    </p>
  );
}

function RivalRow({ facts, own, rival, why }: { facts: Facts; own: number; rival: Model; why: string }) {
  const model = facts.models[own] as Model;
  const other = facts.models.indexOf(rival);
  const differences = taskDifferences(facts.results[own] ?? [], facts.results[other] ?? []);
  const mean = meanDifference(differences, facts.tasks);
  return (
    <tr>
      <th scope="row">
        <ModelLink model={rival} /> <small>{why}</small>
      </th>
      <td data-order={priceOrder(rival)}>{inAndOut(rival)}</td>
      <td data-order={mean?.difference ?? ''}>
        {mean === undefined ? 'no shared task' : `${points(mean.difference)} points`}{' '}
        {mean !== undefined && (
          <small>
            {mean.interval === null ? 'too few benchmarks for an interval' : `(${pointRange(mean.interval)})`}
          </small>
        )}
      </td>
      <td>{differences.length}</td>
      <td>
        <a href={comparisonOf(model, rival)} aria-label={`Compare with ${rival.title}`}>
          Compare
        </a>
      </td>
    </tr>
  );
}

function Rivals({ facts, number }: { facts: Facts; number: number }) {
  const model = facts.models[number] as Model;
  const { best, cheaper, peers } = rivalsOf(facts, model);
  const reasons = new Map<Model, string[]>();
  const add = (rival: Model | undefined, why: string) => {
    if (rival !== undefined && rival !== model) reasons.set(rival, [...(reasons.get(rival) ?? []), why]);
  };
  add(best, 'the best');
  add(cheaper, 'the cheapest with as high a mean score');
  for (const peer of peers) add(peer, model.price === null ? 'like strength' : 'like price');
  return (
    <section aria-labelledby="rivals">
      <h2 id="rivals">Compared with</h2>
      <Table
        caption={`${model.title} less each other model, on the tasks that both were measured on`}
        columns={['Model', 'Price per million tokens', 'Difference (95% interval)', 'Shared tasks', 'All results']}
      >
        {[...reasons].map(([rival, why]) => (
          <RivalRow key={rival.name} facts={facts} own={number} rival={rival} why={why.join(', ')} />
        ))}
      </Table>
    </section>
  );
}

function Named({ title, domains }: { title: string; domains: readonly InDomain[] }) {
  if (domains.length === 0) return null;
  return (
    <div>
      <h3>{title}</h3>
      <ul>
        {domains.slice(0, MOST_NAMED).map(({ domain, lead, interval, tasks, questions }) => (
          <li key={domain}>
            <b>{domain}</b>: {points(lead ?? 0)} points{' '}
            <small>
              ({pointRange(interval)}; {count(tasks.length, 'task')}, {count(Math.round(questions), 'question')})
            </small>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Domains({ domains }: { domains: readonly InDomain[] }) {
  const above = domains.filter(({ standsOut }) => standsOut === 'above');
  const below = domains.filter(({ standsOut }) => standsOut === 'below').reverse();
  return (
    <section aria-labelledby="domains">
      <h2 id="domains">Strengths and weaknesses</h2>
      <p>
        Points above or below what a model of this mean score gets on the same tasks. An interval that contains zero
        says that the difference may be chance.
      </p>
      {above.length + below.length === 0 ? (
        <p>No domain stands out from its overall level.</p>
      ) : (
        <div class="columns">
          <Named title="Better than its level at" domains={above} />
          <Named title="Worse than its level at" domains={below} />
        </div>
      )}
      <details>
        <summary>All {count(domains.length, 'domain')}</summary>
        <Table
          caption="Domains"
          columns={['Domain', 'Against its level (95% interval)', 'Tasks', 'Questions', 'Best place on a task']}
        >
          {domains.map(({ domain, lead, interval, tasks, questions }) => {
            const [best] = [...tasks].sort((a, b) => a.place / a.of - b.place / b.of) as [OnTask];
            return (
              <tr key={domain}>
                <th scope="row">{domain}</th>
                <td data-order={lead ?? ''}>
                  {lead === null ? (
                    'too few models measured'
                  ) : (
                    <>
                      <DifferenceBar value={lead} interval={interval} /> {points(lead)}{' '}
                      <small>({pointRange(interval)})</small>
                    </>
                  )}
                </td>
                <td>{tasks.length}</td>
                <td data-order={questions}>{Math.round(questions).toLocaleString('en')}</td>
                <td data-order={best.place / best.of}>
                  {best.place} of {best.of} <small>{best.task.title}</small>
                </td>
              </tr>
            );
          })}
        </Table>
      </details>
    </section>
  );
}

function Kinds({ facts, number }: { facts: Facts; number: number }) {
  const { models, kinds } = facts;
  if (kinds.length === 0) return null;
  const placed = kinds.map(({ title, places }) => ({
    title,
    place: places[number] as number,
    best: models[places.indexOf(1)] as Model,
  }));
  placed.sort((a, b) => a.place - b.place);
  const first = placed.slice(0, FIRST_KINDS);
  const last = placed.slice(-FIRST_KINDS).reverse();
  const row = ({ title, place, best }: (typeof placed)[number]) => (
    <tr key={title}>
      <th scope="row">{title}</th>
      <td data-order={place}>
        {place} of {models.length}
      </td>
      <td>
        <ModelLink model={best} />
      </td>
    </tr>
  );
  return (
    <section aria-labelledby="kinds">
      <h2 id="kinds">Everyday work</h2>
      <p>
        The place that the router predicts for prompts of each kind, without looking at prices. Predictions follow from
        results on benchmarks that resemble the kind; nobody graded answers to these prompts.
      </p>
      <p>
        <b>Highest:</b> {first.map(({ title, place }) => `${title} (${place})`).join(', ')}.
      </p>
      <p>
        <b>Lowest:</b> {last.map(({ title, place }) => `${title} (${place})`).join(', ')}.
      </p>
      <details>
        <summary>All {count(placed.length, 'kind')} of work</summary>
        <Table caption="Kinds of everyday work" columns={['Kind', 'Predicted place', 'First']} filter="kinds">
          {placed.map(row)}
        </Table>
      </details>
    </section>
  );
}

function Results({ tasks }: { tasks: readonly OnTask[] }) {
  return (
    <section aria-labelledby="results">
      <h2 id="results">All results</h2>
      <p>
        Of ratings and of scores that others compiled, the questions are what these are worth in questions. A rating is
        the chance of beating a panel of models.{' '}
        <a href="../docs/index-card.html">Sources, licences, and how the numbers were made</a>
      </p>
      <details>
        <summary>Results on {count(tasks.length, 'task')}</summary>
        <Table
          caption="Results by task"
          columns={['Task', 'Domain', 'Result (95% interval)', 'Questions', 'Place', 'Best', 'Source']}
          filter="tasks"
        >
          {tasks.map(({ task, result, interval, place, of, best, bestScore }) => (
            <tr key={task.name}>
              <th scope="row">{task.title}</th>
              <td>{task.domain}</td>
              <td data-order={result.score}>
                <Share value={result.score} interval={interval} /> <small>{MEASURES[task.measure]}</small>
              </td>
              <td data-order={result.questions}>{Math.round(result.questions).toLocaleString('en')}</td>
              <td data-order={place}>
                {place} of {of}
              </td>
              <td data-order={bestScore}>
                {percent(bestScore)} <ModelLink model={best} />
              </td>
              <td>
                {task.source ?? 'unknown'}
                {task.date !== null && task.date !== '' && `, ${task.date}`}
              </td>
            </tr>
          ))}
        </Table>
      </details>
    </section>
  );
}

export function ModelPage({
  facts,
  standings,
  number,
}: {
  facts: Facts;
  standings: ReturnType<typeof standingsOf>;
  number: number;
}) {
  const model = facts.models[number] as Model;
  const tasks = tasksOf(facts, standings, number);
  return (
    <>
      <p>
        <a href="index.html">All models</a>
      </p>
      <h1>{model.title}</h1>
      <p class="lead">
        {model.maker !== null && <>By {model.maker}. </>}
        {sentenceOf(facts, number)}
      </p>
      <p>
        <code>{model.name}</code>
        {model.huggingFaceId !== null && (
          <>
            , on Hugging Face <code>{model.huggingFaceId}</code>
          </>
        )}
      </p>
      <Figures model={model} facts={facts} results={facts.results[number] ?? []} />
      <PriceNote price={model.price} />
      <PriceChart models={facts.models} own={model} />
      <Rivals facts={facts} number={number} />
      <Domains domains={domainsOf(tasks)} />
      <Kinds facts={facts} number={number} />
      <Results tasks={tasks} />
    </>
  );
}
