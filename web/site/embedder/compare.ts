/** Compares two embedders on the prompt: the decision of each, and its time. */
import { effect, signal, untracked } from '@preact/signals';
import { type Decision, SignalboxError } from 'signalbox';
import { routeOptionsOf } from '../../shared/settings.js';
import { answer, currentRouter, info, prompt, settings } from '../state.js';
import { large } from './large.js';
import { model } from './model.js';

/** Length of a pause in typing: the large embedder does not run for each letter. */
const PAUSE_MS = 250;
/** Number of timed runs, and the total time after which they stop. */
const RUNS = 5;
const LONG_MS = 400;

export interface Side {
  /** `undefined` if there is no index. */
  decision: Decision | undefined;
  tokens: number | null;
  isTruncated: boolean;
  /** Embedding and routing together, the median of `runs`. */
  ms: number;
  runs: number;
}

export interface Comparison {
  prompt: string;
  small: Side;
  large: Side;
}

export const comparison = signal<Comparison | undefined>(undefined);
export const comparing = signal<{ kind: 'idle' | 'busy' } | { kind: 'failed'; error: unknown }>({ kind: 'idle' });

const median = (times: readonly number[]) => [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;

type Answered = Omit<Side, 'ms' | 'runs'>;

/** Asks a few times, and reports after each run so that the first result shows at once. */
async function timed(ask: () => Promise<Answered>, mine: AbortSignal, tell: (side: Side) => void): Promise<void> {
  const times: number[] = [];
  while (times.length < RUNS && median(times) < LONG_MS) {
    const start = performance.now();
    const answered = await ask();
    if (mine.aborted) return;
    times.push(performance.now() - start);
    tell({ ...answered, ms: median(times), runs: times.length });
  }
}

const answeredOf = (decision: Decision): Answered => ({
  decision,
  tokens: decision.tokens,
  isTruncated: decision.truncated,
});

async function askSmall(text: string, mine: AbortSignal): Promise<Answered> {
  const found = info.peek();
  const options = found === undefined ? {} : routeOptionsOf(settings.peek(), found);
  const router = await currentRouter();
  return answeredOf(await router.route(text, { ...options, signal: mine }));
}

async function askLarge(text: string, mine: AbortSignal): Promise<Answered> {
  const router = large.peek()?.router;
  if (router !== undefined) {
    return answeredOf(await router.route(text, { ...routeOptionsOf(settings.peek(), router.info), signal: mine }));
  }
  const now = model.peek();
  if (now.kind !== 'ready') throw new SignalboxError('disposed', 'no model is loaded');
  const [read] = await now.embedder.embed([text], { signal: mine });
  return { decision: undefined, tokens: read?.tokens ?? null, isTruncated: read?.truncated ?? false };
}

async function compare(text: string, mine: AbortSignal): Promise<void> {
  comparing.value = { kind: 'busy' };
  let small: Side | undefined;
  try {
    await timed(
      () => askSmall(text, mine),
      mine,
      (side) => {
        small = side;
      },
    );
    await timed(
      () => askLarge(text, mine),
      mine,
      (side) => {
        if (small !== undefined) comparison.value = { prompt: text, small, large: side };
      },
    );
    if (!mine.aborted) comparing.value = { kind: 'idle' };
  } catch (error) {
    if (mine.aborted || (error instanceof SignalboxError && error.code === 'aborted')) return;
    comparing.value = { kind: 'failed', error };
  }
}

/** Whether the comparison is on screen: otherwise the model does not run. */
export const isSeen = signal(false);

let asking = new AbortController();
let pause: ReturnType<typeof setTimeout> | undefined;

// Follows the prompt, the settings and the loaded model; aborts comparisons that are out of date.
effect(() => {
  const text = prompt.value;
  settings.value;
  answer.value; // The small embedder may route with another benchmark now.
  const router = large.value;
  clearTimeout(pause);
  asking.abort();
  if (model.value.kind !== 'ready') comparison.value = undefined;
  if (model.value.kind !== 'ready' || !isSeen.value) return;
  asking = new AbortController();
  const { signal: mine } = asking;
  untracked(() => {
    // A result of another index is out of date.
    if (comparison.peek()?.large.decision !== undefined && router === undefined) comparison.value = undefined;
    pause = setTimeout(() => compare(text, mine), PAUSE_MS);
  });
});
