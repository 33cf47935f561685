/** The benchmark that the page routes with, and the actions on it. */
import { useSignal } from '@preact/signals';
import { bytes, count, percent } from '../../shared/format.js';
import { backToShipped, download, example } from '../building/build.js';
import { EXAMPLE_PROMPTS } from '../building/example.js';
import { readKept } from '../kept/storage.js';
import { answer, ask, benchmark, info, prompt, refused, SHIPPED } from '../state.js';
import { keepThis, remove } from './kept-list.js';
import { NewModel } from './new-model.js';

/** Repeats the pick: the decision is at the top of the page, out of sight. */
function NowPicks() {
  const found = answer.value;
  if (found === undefined) return <p role="status">Loading the benchmark.</p>;
  const { model, chance } = found.decision;
  return (
    <p role="status">
      The pick for <a href="#prompt">your prompt</a> is{' '}
      <b dir="auto" data-picks>
        {model}
      </b>
      {chance !== null && `, with a ${percent(chance)} chance of being right`}.
    </p>
  );
}

function TryIt() {
  if (!example.has(benchmark.value)) return null;
  return (
    <p class="actions">
      Try a prompt:
      {EXAMPLE_PROMPTS.map((text) => (
        <button
          key={text}
          type="button"
          class="secondary outline small"
          aria-pressed={prompt.value === text}
          onClick={() => ask(text)}
        >
          {text}
        </button>
      ))}
    </p>
  );
}

/** The form to keep a benchmark under a name. It explains first what is stored. */
function KeepForm() {
  const which = benchmark.value;
  const name = useSignal<string | undefined>(undefined);
  const isBusy = useSignal(false);
  if (which.index === undefined || which.kept !== undefined) return null;
  const keepIt = async (event: Event) => {
    event.preventDefault();
    isBusy.value = true;
    await keepThis(which, (name.peek() ?? which.name).trim() || which.name);
    isBusy.value = false;
  };
  return (
    <form class="keep" onSubmit={keepIt}>
      <label for="keep-name">Keep this benchmark as</label>
      <div class="actions">
        <input
          id="keep-name"
          dir="auto"
          maxLength={120}
          value={name.value ?? which.name}
          aria-describedby="keep-help"
          onInput={(event) => {
            name.value = event.currentTarget.value;
          }}
        />
        <button type="submit" class="small" data-keep aria-busy={isBusy} disabled={isBusy}>
          Keep in this browser
        </button>
      </div>
      <small id="keep-help">
        The index ({bytes(which.index.byteLength)}) stays in this browser's storage (IndexedDB) until you remove it, and
        your next visit opens with it. It holds the names of models and datasets, ids, scores and vectors of the
        prompts, but not the prompts themselves. Nothing is sent anywhere.
      </small>
    </form>
  );
}

function Refused() {
  const gone = refused.value;
  if (gone === undefined) return null;
  const { benchmark: which, error } = gone;
  const { kept } = which;
  const code = (error as { code?: string } | undefined)?.code;
  return (
    <div role="alert" class="failed" data-refused>
      <p>
        <b dir="auto">{which.name}</b> cannot be used: {error instanceof Error ? error.message : String(error)}
        {code !== undefined && (
          <>
            {' '}
            (<code>{code}</code>)
          </>
        )}
        . The page is using the shipped benchmark again.
      </p>
      {kept !== undefined && (
        <button
          type="button"
          class="small"
          onClick={async () => {
            await remove(kept);
            refused.value = undefined;
          }}
        >
          Remove from this browser
        </button>
      )}
    </div>
  );
}

export function RoutedOn() {
  const which = benchmark.value;
  const found = info.value;
  const save = async () => {
    const index = which.index ?? (which.kept === undefined ? undefined : (await readKept(which.kept)).index);
    if (index !== undefined) download(which.name, index);
  };
  return (
    <>
      <Refused />
      <article class="routed-on" aria-label="Current benchmark">
        <p>
          Current benchmark:{' '}
          <strong dir="auto" data-benchmark>
            {which.name}
          </strong>
          {found &&
            `, ${count(found.rows, 'row')}, ${count(found.models.length, 'model')}, ${count(found.tasks.length, 'dataset')}, ${bytes(found.sizeBytes)}`}
          .
        </p>
        {which !== SHIPPED && (
          <>
            <NowPicks />
            <TryIt />
            <div class="actions">
              <button type="button" class="secondary outline small" data-shipped onClick={backToShipped}>
                Back to the shipped benchmark
              </button>
              <button type="button" class="secondary outline small" data-download onClick={save}>
                Download the index
              </button>
            </div>
            <KeepForm key={`${which.name} ${which.index?.byteLength}`} />
            <NewModel />
          </>
        )}
      </article>
    </>
  );
}
