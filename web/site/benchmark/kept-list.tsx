/** The list of benchmarks that the user chose to keep in this browser. */
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { bytes, count } from '../../shared/format.js';
import { backToShipped, download, open } from '../building/build.js';
import { isAnythingKept } from '../kept/remembered.js';
import { type Kept, keep, listKept, persist, readKept, removeKept, storageWords } from '../kept/storage.js';
import { type Benchmark, benchmark, currentRouter } from '../state.js';

const list = signal<readonly Kept[]>([]);
/** The last message about storage. */
const said = signal('');
const isFailed = signal(false);

const say = (text: string, failed = false) => {
  said.value = text;
  isFailed.value = failed;
};

/** Reads the list. Does not open the database for a visitor who never kept anything. */
async function refresh(): Promise<void> {
  list.value = isAnythingKept() ? await listKept() : [];
}

/** Runs an action, then refreshes the list; reports a failure. */
async function attempt(action: () => Promise<unknown>): Promise<void> {
  say('');
  try {
    await action();
    await refresh();
  } catch (error) {
    say(await storageWords(error), true);
  }
}

const PERSISTENCE = {
  true: ' The browser will not remove it on its own.',
  false: ' The browser may remove it if it runs out of space.',
};

/** Keeps a benchmark that the page routes with. */
export function keepThis(which: Benchmark, name: string): Promise<void> {
  return attempt(async () => {
    const { index } = which;
    if (index === undefined) return;
    const found = (await currentRouter()).info;
    const kept = await keep(index, { name, rows: found.rows, models: found.models.length });
    if (benchmark.peek() === which) benchmark.value = { ...which, name, kept: kept.id };
    say(`Kept: ${bytes(kept.sizeBytes)}.`);
    // Firefox asks the user first: don't wait for the answer.
    persist().then((isPersistent) => {
      if (isPersistent !== undefined) say(`Kept: ${bytes(kept.sizeBytes)}.${PERSISTENCE[`${isPersistent}`]}`);
    });
  });
}

export function remove(id: string): Promise<void> {
  return attempt(async () => {
    await removeKept(id);
    if (benchmark.peek().kept === id) backToShipped();
    say('Removed.');
  });
}

const downloadKept = (id: string) =>
  attempt(async () => {
    const { name, index } = await readKept(id);
    download(name, index);
  });

function Item({ kept: { id, name, keptAt, sizeBytes, rows, models } }: { kept: Kept }) {
  const isUsed = benchmark.value.kept === id;
  return (
    <li data-kept={id} class={isUsed ? 'used' : ''}>
      <div>
        <b dir="auto">{name}</b> {isUsed && <small>in use</small>}
        <br />
        <small>
          {count(rows, 'row')}, {count(models, 'model')}, {bytes(sizeBytes)}, kept on{' '}
          <time dateTime={new Date(keptAt).toISOString()}>
            {new Date(keptAt).toLocaleDateString('en', { dateStyle: 'medium' })}
          </time>
        </small>
      </div>
      <div class="actions">
        <button
          type="button"
          class="secondary outline small"
          disabled={isUsed}
          aria-label={`Use ${name}`}
          data-use
          onClick={() => open(name, async () => (await readKept(id)).index, id)}
        >
          Use
        </button>
        <button
          type="button"
          class="secondary outline small"
          aria-label={`Download ${name}`}
          onClick={() => downloadKept(id)}
        >
          Download
        </button>
        <button
          type="button"
          class="secondary outline small"
          aria-label={`Remove ${name}`}
          data-remove
          onClick={() => remove(id)}
        >
          Remove
        </button>
      </div>
    </li>
  );
}

export function KeptList() {
  useEffect(() => {
    attempt(async () => undefined);
  }, []);
  return (
    <div class="kept">
      {list.value.length > 0 && (
        <>
          <h3>Kept in this browser</h3>
          <ul>
            {list.value.map((kept) => (
              <Item key={kept.id} kept={kept} />
            ))}
          </ul>
        </>
      )}
      <p role={isFailed.value ? 'alert' : 'status'} class={isFailed.value ? 'failed' : 'status'}>
        {said}
      </p>
    </div>
  );
}
