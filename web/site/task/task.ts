/** The page's task as signals: its prompts, the decisions, and the work in progress. */
import { batch, effect, signal } from '@preact/signals';
import type { Embedding, RouteTaskOptions, TaskDecision } from 'signalbox';
import { routeOptionsOf } from '../../shared/settings.js';
import { benchmark, currentRouter, settings } from '../state.js';
import { type Step, withStep } from './history.js';
import { type InputDecision, inputDecisionOf } from './inputs.js';
import { countOutcomes, type Labels, labelOptionsOf, NO_LABELS, type Outcome, withLabel } from './labels.js';
import { Latest } from './latest.js';
import { TASK_POLICIES, type TaskDecisions } from './policies.js';

/** Prompts sent to the router at a time: copying more would be noticeable. */
const EMBED_BLOCK = 512;
/** Prompts routed at a time. */
const ROUTE_BLOCK = 16;
/** Larger tasks are routed prompt by prompt only on request. */
export const MOST_UNASKED = 500;

export interface Task {
  /** Distinguishes tasks of the same name. */
  id: number;
  name: string;
  prompts: readonly string[];
}

/** The embedded prompts. */
interface Embedded {
  vectors: Float32Array;
  dim: number;
  unknown: number;
  truncated: number;
}

export type Work =
  | { kind: 'idle' }
  | { kind: 'embedding' | 'routing'; done: number; total: number }
  | { kind: 'deciding' }
  | { kind: 'cancelled' }
  | { kind: 'failed'; error: unknown };
const IDLE: Work = { kind: 'idle' };

export const task = signal<Task | undefined>(undefined);
export const embedded = signal<Embedded | undefined>(undefined);
export const decisions = signal<TaskDecisions>({});
export const labels = signal<Labels>(NO_LABELS);
export const history = signal<readonly Step[]>([]);
/** Progress for the task as a whole, and for its prompts one by one. */
export const work = signal<Work>(IDLE);
export const inputWork = signal<Work>(IDLE);
export const inputs = signal<readonly InputDecision[] | undefined>(undefined);

let lastId = 0;
const whole = new Latest();
const single = new Latest();

/** The last complete decisions, and the labels and settings they are based on. */
let settled: { labels: Labels; settings: object; decisions: TaskDecisions } | undefined;

/** Reports a failure, and removes the decisions shown before. */
function fail(error: unknown): void {
  batch(() => {
    decisions.value = {};
    work.value = { kind: 'failed', error };
  });
}

function failInputs(error: unknown): void {
  inputWork.value = { kind: 'failed', error };
}

function matrixOf(embeddings: readonly Embedding[], dim: number): Embedded {
  const vectors = new Float32Array(embeddings.length * dim);
  let [unknown, truncated] = [0, 0];
  embeddings.forEach((embedding, i) => {
    vectors.set(embedding.vector, i * dim);
    if (embedding.unread !== undefined) unknown += 1;
    if (embedding.truncated) truncated += 1;
  });
  return { vectors, dim, unknown, truncated };
}

async function embed({ prompts }: Task, signal: AbortSignal): Promise<void> {
  const router = await currentRouter();
  const { dim } = router.info;
  const all: Embedding[] = [];
  for (let first = 0; first < prompts.length; first += EMBED_BLOCK) {
    signal.throwIfAborted();
    const show = (done: number) => {
      if (!signal.aborted) work.value = { kind: 'embedding', done: first + done, total: prompts.length };
    };
    show(0);
    const block = prompts.slice(first, first + EMBED_BLOCK);
    const options = { signal, onProgress: ({ done }: { done: number }) => show(done) };
    all.push(...(await router.embed(block, options)));
  }
  signal.throwIfAborted();
  embedded.value = matrixOf(all, dim);
}

/** Decides by one policy after the other, so that a prompt typed meanwhile waits for one at most. */
async function decide(signal: AbortSignal): Promise<void> {
  const on = embedded.peek();
  if (on === undefined) return;
  work.value = { kind: 'deciding' };
  const router = await currentRouter();
  const { info } = router;
  const basis = { labels: labels.peek(), settings: settings.peek() };
  const options: RouteTaskOptions = {
    ...routeOptionsOf(basis.settings, info),
    labels: labelOptionsOf(basis.labels, info.models),
    neighbours: 0,
  };
  const found: TaskDecisions = {};
  for (const policy of TASK_POLICIES) {
    signal.throwIfAborted();
    const decision: TaskDecision = await router.routeTask(on.vectors, { ...options, policy, signal });
    signal.throwIfAborted();
    found[policy] = decision;
    decisions.value = { ...decisions.peek(), [policy]: decision };
  }
  batch(() => {
    if (settled !== undefined && settled.settings === basis.settings && settled.labels !== basis.labels) {
      history.value = withStep(history.peek(), countOutcomes(basis.labels), settled.decisions, found);
    }
    work.value = IDLE;
  });
  settled = { ...basis, decisions: found };
}

async function routeInputs(signal: AbortSignal): Promise<void> {
  const on = embedded.peek();
  if (on === undefined) return;
  const router = await currentRouter();
  const options = { ...routeOptionsOf(settings.peek(), router.info), neighbours: 1, signal };
  const total = on.vectors.length / on.dim;
  const found: InputDecision[] = [];
  while (found.length < total) {
    signal.throwIfAborted();
    inputWork.value = { kind: 'routing', done: found.length, total };
    const end = Math.min(found.length + ROUTE_BLOCK, total);
    const block = on.vectors.slice(found.length * on.dim, end * on.dim);
    for (const decision of await router.routeMany(block, options)) found.push(inputDecisionOf(decision));
  }
  signal.throwIfAborted();
  batch(() => {
    inputs.value = found;
    inputWork.value = IDLE;
  });
}

export function startInputs(): void {
  single.start(routeInputs, failInputs);
}

function forgetInputs(): void {
  single.cancel();
  batch(() => {
    inputs.value = undefined;
    inputWork.value = IDLE;
  });
}

async function decideAll(signal: AbortSignal): Promise<void> {
  await decide(signal);
  const count = task.peek()?.prompts.length ?? 0;
  if (count <= MOST_UNASKED && inputs.peek() === undefined && inputWork.peek().kind === 'idle') startInputs();
}

/** Starts with embedding: another benchmark may have another embedder. */
function startOver(): void {
  const now = task.peek();
  forgetInputs();
  settled = undefined;
  batch(() => {
    embedded.value = undefined;
    decisions.value = {};
    history.value = [];
    work.value = now === undefined ? IDLE : { kind: 'embedding', done: 0, total: now.prompts.length };
  });
  whole.cancel();
  if (now === undefined) return;
  whole.start(async (signal) => {
    await embed(now, signal);
    await decideAll(signal);
  }, fail);
}

/** Continues after a failure or a cancel. */
export function goOn(): void {
  if (embedded.peek() === undefined) startOver();
  else whole.start(decideAll, fail);
}

export function routeTask(next: Omit<Task, 'id'> | undefined): void {
  batch(() => {
    task.value = next && { ...next, id: ++lastId };
    labels.value = NO_LABELS;
  });
  startOver();
}

export function cancel(): void {
  whole.cancel();
  work.value = { kind: 'cancelled' };
}

export function cancelInputs(): void {
  single.cancel();
  inputWork.value = { kind: 'cancelled' };
}

export function label(index: number, model: string, outcome: Outcome | undefined): void {
  labels.value = withLabel(labels.peek(), index, model, outcome);
  if (embedded.peek() !== undefined) whole.start(decideAll, fail);
}

// New settings need new decisions, and a new benchmark new vectors. Both effects run at the start, without a task.
effect(() => {
  settings.value;
  forgetInputs();
  if (embedded.peek() !== undefined) whole.start(decideAll, fail);
});
effect(() => {
  benchmark.value;
  startOver();
});
