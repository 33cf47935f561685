/** The benchmark in use: the built-in one, or the user's own file. */
import { bytes, count } from '../../shared/format.js';
import { errorWords } from '../../shared/words.js';
import { nameOf, OtherEmbedder, readFile, routeOnFile, routeOnShipped } from '../mine/own-benchmark.js';
import { StatusLine, useStatus } from '../mine/status-line.js';
import type { OwnIndex } from '../stored/schema.js';
import { stored } from '../stored/stored-signals.js';
import { fetchNeeded, isThere, modelOf, need, needed } from './embedder.js';
import { MissingEmbedderCard } from './missing-embedder.js';
import { benchmark, lookAtIndex } from './state.js';

function Held() {
  const now = benchmark.value;
  if (now.kind === 'loading') return <p role="status">Reading the benchmark</p>;
  if (now.kind === 'failed') {
    return (
      <div role="alert" class="failed" data-benchmark-failed>
        <p dir="auto">This benchmark cannot be used: {errorWords(now.error)}</p>
        <button type="button" class="secondary outline small" onClick={lookAtIndex}>
          Try again
        </button>
      </div>
    );
  }
  const { models, rows, tasks, sizeBytes } = now.info;
  return (
    <p data-held>
      {count(models.length, 'model')}, {count(rows, 'question')} in {count(tasks.length, 'task')}, {bytes(sizeBytes)}.
    </p>
  );
}

/** Uses the index at once if its sentence transformer is on this device; otherwise asks the user first. */
async function useWith(model: Pick<OwnIndex, 'model' | 'dtype'>, file: File): Promise<void> {
  if (model.model === null) return;
  const isStored = await isThere(model);
  need({ ...model, model: model.model, name: nameOf(file), read: () => readFile(file), isNew: true });
  if (isStored) await fetchNeeded();
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
          throw new Error(`${file.name} cannot be used, and nothing was changed: ${(error as Error).message}`);
        }
        await useWith(model, file);
        return needed.peek() === undefined ? `${file.name} is now in use.` : '';
      }
      field.value = ''; // The card names the index in use.
      return `${file.name} is now in use.`;
    }, `Reading ${file.name}`);
  const back = () =>
    attempt(async () => {
      if (index !== null) await routeOnShipped(index);
      document.getElementById('own-index')?.focus();
      return 'Your own index was erased. The built-in benchmark is now in use.';
    });
  return (
    <section id="benchmark" aria-labelledby="benchmark-title">
      <h2 id="benchmark-title">Benchmark</h2>
      <p>Suggestions are based on how models did on questions like yours. The benchmark in use:</p>
      <article class="card" data-benchmark>
        <p>
          <strong dir="auto">{index === null ? 'The built-in benchmark' : index.name}</strong>{' '}
          {index !== null && <small>your own file</small>}
        </p>
        <Held />
        {index !== null && (
          <button type="button" class="secondary outline small" data-shipped onClick={back}>
            Erase it and use the built-in benchmark
          </button>
        )}
      </article>
      <label for="own-index">Use your own results: an index built with signalbox (.sbx)</label>
      <input
        id="own-index"
        type="file"
        accept=".sbx"
        aria-describedby="own-index-help"
        // Lets the user choose the same file again after correcting it.
        onClick={(event) => {
          event.currentTarget.value = '';
        }}
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? [];
          if (file !== undefined) open(file, event.currentTarget);
        }}
      />
      <small id="own-index-help">
        The index is checked, then kept in this browser's storage. It is not sent anywhere.
      </small>
      <MissingEmbedderCard onDone={lookAtIndex} />
      <StatusLine status={status} name="benchmark" />
    </section>
  );
}
