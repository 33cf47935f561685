/** The report of a build: datasets, models, and what was not used and why. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { BuildReport, ReportedDataset, ReportedModel } from 'signalbox/build';
import { bytes, count, percent } from '../../shared/format.js';
import { ModelName } from '../../shared/model-name.js';
import { Wide } from '../../shared/wide.js';
import type { Built } from '../building/build.js';
import { DROP_WORDS, warningsOf } from './words.js';

const FIRST = 8;

interface TableProps<T> {
  caption: string;
  columns: readonly string[];
  items: readonly T[];
  row: (item: T) => ComponentChildren;
}

/** A table that shows only its first rows until it is expanded. */
function Table<T>({ caption, columns, items, row }: TableProps<T>) {
  const [isOpen, setOpen] = useState(false);
  return (
    <div>
      <Wide label={caption}>
        <table>
          <caption>{caption}</caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>{(isOpen ? items : items.slice(0, FIRST)).map(row)}</tbody>
        </table>
      </Wide>
      {items.length > FIRST && (
        <button type="button" class="secondary outline small" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? `Show only the first ${FIRST}` : `Show all ${items.length.toLocaleString('en')}`}
        </button>
      )}
    </div>
  );
}

function scoreWords({ range: [low, high], threshold }: ReportedDataset): string {
  const scale = low === 0 && high === 1 ? '' : `, ${low} to ${high}`;
  return scale + (threshold === null ? '' : `, counts as right above ${threshold}`);
}

function Datasets({ datasets }: BuildReport) {
  return (
    <Table
      caption="Datasets"
      columns={['Dataset', 'Rows', 'Models', 'Metric']}
      items={datasets}
      row={(dataset) => (
        <tr key={dataset.name}>
          <th scope="row" dir="auto">
            {dataset.name}
          </th>
          <td>{dataset.rows.toLocaleString('en')}</td>
          <td>{dataset.models}</td>
          <td>
            <bdi>{dataset.metric}</bdi>
            {scoreWords(dataset)}
          </td>
        </tr>
      )}
    />
  );
}

function notesOn({ missingDatasets, isConstant, name }: ReportedModel, unpriced: ReadonlySet<string>): string {
  const notes = [
    missingDatasets.length > 0 && `not in ${count(missingDatasets.length, 'dataset')}`,
    isConstant && 'always the same outcome',
    unpriced.has(name) && 'no price',
  ];
  return notes.filter(Boolean).join(', ');
}

function Models({ report: { models, rows }, unpriced }: Pick<Built, 'report' | 'unpriced'>) {
  const withoutPrice = new Set(unpriced);
  return (
    <Table
      caption="Models"
      columns={['Model', 'Right', 'Measured', 'Notes']}
      items={models}
      row={(model) => (
        <tr key={model.name}>
          <th scope="row" dir="auto">
            <ModelName name={model.name} />
          </th>
          <td>{percent(model.meanOutcome)}</td>
          <td>{model.outcomes === rows ? 'all rows' : `${model.outcomes.toLocaleString('en')} rows`}</td>
          <td>
            <small>{notesOn(model, withoutPrice)}</small>
          </td>
        </tr>
      )}
    />
  );
}

function Dropped({ dropped }: BuildReport) {
  const findings = Object.entries(dropped) as [keyof typeof DROP_WORDS, { count: number; examples: string[] }][];
  if (findings.length === 0) return <p>Everything in the files was used.</p>;
  return (
    <Table
      caption="Not used"
      columns={['Reason', 'Count', 'Example']}
      items={findings}
      row={([reason, { count: times, examples }]) => (
        <tr key={reason}>
          <th scope="row">{DROP_WORDS[reason] ?? reason}</th>
          <td>{times.toLocaleString('en')}</td>
          <td dir="auto">{examples[0] ?? ''}</td>
        </tr>
      )}
    />
  );
}

export function Report({ built: { benchmark, report, text, unpriced } }: { built: Built }) {
  const { rows, models, datasets, files, missingOutcomes, graded, source } = report;
  const warnings = warningsOf(report);
  const missing =
    missingOutcomes === 0 ? 'none are missing' : `${percent(missingOutcomes / (rows * models.length))} are missing`;
  return (
    <div class="report" data-report>
      <h3>
        Contents of <bdi>{benchmark.name}</bdi>
      </h3>
      <p>
        {count(rows, 'row')}, {count(models.length, 'model')}, {count(datasets.length, 'dataset')}, from{' '}
        {count(files.read, 'file')} ({source}). Outcomes are {graded ? 'graded' : 'right or wrong'}; {missing}. The
        index takes {bytes(benchmark.index?.byteLength ?? 0)}.
      </p>
      {warnings.length > 0 && (
        <ul class="plain">
          {warnings.map((line) => (
            <li key={line} dir="auto">
              {line}
            </li>
          ))}
        </ul>
      )}
      <div class="columns">
        <Datasets {...report} />
        <Models report={report} unpriced={unpriced} />
      </div>
      <Dropped {...report} />
      <details>
        <summary>The report as text, as the command prints it</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard */}
        <pre class="wide" tabIndex={0}>
          {text}
        </pre>
      </details>
    </div>
  );
}
