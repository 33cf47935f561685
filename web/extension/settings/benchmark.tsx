/** Which benchmark is routed on: the shipped one, or a file of one's own. */
import { bytes, count } from '../../shared/format.js';
import { errorWords } from '../../shared/words.js';
import type { OwnIndex } from '../stored/schema.js';
import { stored } from '../stored/stored-signals.js';
import { fetchNeeded, isThere, modelOf, need, needed } from './embedder.js';
import { MissingEmbedderCard } from './missing-embedder.js';
import { nameOf, OtherEmbedder, readFile, routeOnFile, routeOnShipped } from './own-benchmark.js';
import { benchmark, lookAtIndex } from './state.js';
import { StatusLine, useStatus } from './status-line.js';

function Held() {
  const now = benchmark.value;
  if (now.kind === 'loading') return <p role="status">Looking into it.</p>;
  if (now.kind === 'failed') {
    return (
      <div role="alert" class="failed" data-benchmark-failed>
        <p dir="auto">It cannot be used: {errorWords(now.error)}</p>
        <button type="button" class="secondary outline small" onClick={lookAtIndex}>
          Try again
        </button>
      </div>
    );
  }
  const { models, rows, tasks, sizeBytes } = now.info;
  return (
    <p data-held>
      {count(models.length, 'model')}, {count(rows, 'question')} of {count(tasks.length, 'task')}, {bytes(sizeBytes)}.
    </p>
  );
}

/** At once where its sentence transformer is on this device; else the person is asked. */
async function useWith(model: Pick<OwnIndex, 'model' | 'dtype'>, file: File): Promise<void> {
  if (model.model === null) return;
  need({ ...model, model: model.model, name: nameOf(file), read: () => readFile(file), isNew: true });
  if (await isThere(model)) await fetchNeeded();
}

export function BenchmarkSection() {
  const { status, attempt } = useStatus();
  const { index } = stored.value;
  const open = (file: File, field: HTMLInputElement) =>
    attempt(async () => {
      need(undefined);
      try {
        await routeOnFile(file);
      } catch (error) {
        const model = error instanceof OtherEmbedder ? modelOf(error.info) : undefined;
        if (model === undefined) {
          throw new Error(`${file.name} cannot be used, and nothing has changed: ${(error as Error).message}`);
        }
        await useWith(model, file);
        return needed.peek() === undefined ? `${file.name} is used from now on.` : '';
      }
      field.value = ''; // The card says what is used.
      return `${file.name} is used from now on.`;
    }, `Looking into ${file.name}.`);
  const back = () =>
    attempt(async () => {
      if (index !== null) await routeOnShipped(index);
      document.getElementById('own-index')?.focus();
      return 'Your own index is erased. The shipped benchmark is used from now on.';
    });
  return (
    <section id="benchmark" aria-labelledby="benchmark-title">
      <h2 id="benchmark-title">Benchmark</h2>
      <p>Models are suggested by how they did on questions like yours. These are the results that count:</p>
      <article class="card" data-benchmark>
        <p>
          <strong dir="auto">{index === null ? 'The shipped benchmark' : index.name}</strong>{' '}
          {index !== null && <small>a file of your own</small>}
        </p>
        <Held />
        {index !== null && (
          <button type="button" class="secondary outline small" data-shipped onClick={back}>
            Erase it, and use the shipped benchmark
          </button>
        )}
      </article>
      <label for="own-index">Results of your own, as an index that signalbox has built (.sbx)</label>
      <input
        id="own-index"
        type="file"
        accept=".sbx"
        aria-describedby="own-index-help"
        // The same file can be chosen again after it was put right.
        onClick={(event) => {
          event.currentTarget.value = '';
        }}
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? [];
          if (file !== undefined) open(file, event.currentTarget);
        }}
      />
      <small id="own-index-help">
        It is looked into first, and then kept in this browser's storage. It is sent nowhere.
      </small>
      <MissingEmbedderCard onDone={lookAtIndex} />
      <StatusLine status={status} name="benchmark" />
    </section>
  );
}
