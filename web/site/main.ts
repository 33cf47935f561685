/** The first page: a prompt is routed in a worker as one types. */
import { type Decision, type ProgressEvent, SignalboxError } from 'signalbox';
import { WorkerRouter } from 'signalbox/worker';
import { setUpBuilding } from './building.js';
import { element } from './element.js';

const SHOWN = 5;
const PAUSE_MS = 120;

const prompt = element<HTMLTextAreaElement>('prompt');
const status = element('status');

const percent = (share: number) => `${Math.round(100 * share)}%`;
const dollars = (usd: number | null) => (usd === null ? 'not known' : `$${usd.toFixed(2)}`);

function fill(body: HTMLElement, rows: readonly (readonly string[])[]): void {
  body.replaceChildren(
    ...rows.map((cells) => {
      const row = document.createElement('tr');
      row.append(...cells.map((cell) => Object.assign(document.createElement('td'), { textContent: cell })));
      return row;
    }),
  );
}

function show(decision: Decision, elapsedMs: number): void {
  element('model').textContent = decision.model;
  const { usdPerMTok: usd } = decision.price;
  element('price').textContent = usd === null ? 'price not known' : `${dollars(usd)} per million tokens`;
  element('reason').textContent = decision.reason;
  fill(
    element('ranking'),
    decision.ranking.slice(0, SHOWN).map(({ model, pCorrect, interval: [low, high], usdPerMTok }) => {
      return [model, percent(pCorrect), `${percent(low)} to ${percent(high)}`, dollars(usdPerMTok)];
    }),
  );
  fill(
    element('neighbours'),
    decision.neighbours.map(({ task, id, similarity, outcomes }) => {
      const known = Object.values(outcomes).filter((y) => y !== null);
      const right = known.reduce((sum, y) => sum + y, 0) / Math.max(known.length, 1);
      return [`${task} ${id}`, similarity.toFixed(2), percent(right)];
    }),
  );
  element('decision').hidden = false;
  status.textContent = `Decided in ${elapsedMs.toFixed(0)} ms.`;
}

function fail(error: unknown): void {
  if (error instanceof SignalboxError && error.code === 'aborted') return;
  status.textContent = error instanceof Error ? error.message : String(error);
}

const onProgress = (event: ProgressEvent) => {
  if (event.status === 'progress') status.textContent = `Loading ${event.file}, ${event.progress.toFixed(0)}%`;
};

let loading = WorkerRouter.load({ onProgress });

/** The decision that is wanted now; an older one is given up, so that no stale answer shows. */
let current = new AbortController();

async function decide(): Promise<void> {
  current.abort();
  current = new AbortController();
  const { signal } = current;
  try {
    const router = await loading;
    const start = performance.now();
    const decision = await router.route(prompt.value, { signal });
    if (!signal.aborted) show(decision, performance.now() - start);
  } catch (error) {
    fail(error);
  }
}

/** Routes on another index from now on; without one on the shipped one. */
async function routeOn(index: Uint8Array<ArrayBuffer> | undefined): Promise<void> {
  current.abort();
  const before = loading;
  loading = WorkerRouter.load({ index, onProgress });
  before.then((router) => router.dispose()).catch(() => undefined);
  await decide();
}
setUpBuilding(routeOn);

let pause: ReturnType<typeof setTimeout> | undefined;
prompt.addEventListener('input', () => {
  clearTimeout(pause);
  pause = setTimeout(decide, PAUSE_MS);
});
for (const sample of element('samples').querySelectorAll('button')) {
  sample.addEventListener('click', () => {
    prompt.value = sample.textContent ?? '';
    decide();
  });
}
decide();
