import { type Decision, type Preference, SignalboxError } from 'signalbox';
import { WorkerRouter } from 'signalbox/worker';

const find = <E extends Element>(selector: string) => document.querySelector(selector) as E;
const prompt = find<HTMLTextAreaElement>('#prompt');
const prefer = find<HTMLSelectElement>('#prefer');
const status = find<HTMLElement>('[role=status]');
const table = find<HTMLTableElement>('table');

// Vite finds the worker's script and the files of the package by itself.
const loading = WorkerRouter.load({
  onProgress: (event) => {
    if (event.status === 'progress_total') status.textContent = `Loading ${Math.round(event.progress)}%`;
  },
});

// Without this, each hot update of this module would leave a worker behind.
import.meta.hot?.dispose(async () => (await loading).dispose());

function show({ model, reason, ranking }: Decision): void {
  const best = Math.max(...ranking.map(({ pCorrect }) => pCorrect));
  status.textContent = `${model}: ${reason}`;
  table.hidden = false;
  const rows = ranking.slice(0, 5).map((ranked) => {
    const row = document.createElement('tr');
    const usd = ranked.usdPerAnswer === null ? 'not known' : `$${(1000 * ranked.usdPerAnswer).toFixed(2)}`;
    for (const text of [ranked.model, `${(100 * (best - ranked.pCorrect)).toFixed(1)} points`, usd]) {
      row.insertCell().textContent = text;
    }
    return row;
  });
  table.tBodies[0]?.replaceChildren(...rows);
}

let latest = new AbortController();

async function suggest(): Promise<void> {
  // A newer question takes the place of the one that is still being decided.
  latest.abort();
  latest = new AbortController();
  const { signal } = latest;
  try {
    const router = await loading;
    if (prompt.value.trim() === '') {
      table.hidden = true;
      status.textContent = 'Type a prompt.';
      return;
    }
    show(await router.route(prompt.value, { prefer: prefer.value as Preference, signal }));
  } catch (error) {
    if (error instanceof SignalboxError && error.code === 'aborted') return;
    table.hidden = true;
    status.textContent = `No suggestion: ${error instanceof Error ? error.message : error}`;
  }
}

prompt.addEventListener('input', suggest);
prefer.addEventListener('change', suggest);
suggest();
