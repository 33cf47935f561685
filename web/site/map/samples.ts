/** The samples of the benchmark that is routed on, read once it has decided something. */
import { effect, signal } from '@preact/signals';
import type { IndexInfo, Samples } from 'signalbox';
import { benchmark, info, liveRouter } from '../state.js';

export interface Loaded extends Samples {
  info: IndexInfo;
  /** No two readings share one: neither does what is drawn of them. */
  reading: number;
}

export const samples = signal<Loaded | undefined>(undefined);
export const failure = signal<unknown>(undefined);
const tries = signal(0);
let readings = 0;

/** After a failure. */
export function readAgain(): void {
  tries.value += 1;
}

async function read(of: IndexInfo, mine: AbortSignal): Promise<void> {
  try {
    const found = await liveRouter().ask((router) => router.samples({ signal: mine }));
    if (!mine.aborted) samples.value = { ...found, info: of, reading: ++readings };
  } catch (error) {
    if (!mine.aborted) failure.value = error;
  }
}

/** Reads them now and with every change of the benchmark, until the function that it gives is called. */
export function followBenchmark(): () => void {
  let reading = new AbortController();
  const stop = effect(() => {
    tries.value;
    benchmark.value;
    const of = info.value;
    if (of !== undefined && of === samples.peek()?.info) return;
    reading.abort();
    reading = new AbortController();
    samples.value = undefined;
    failure.value = undefined;
    if (of !== undefined) read(of, reading.signal);
  });
  return () => {
    reading.abort();
    stop();
  };
}
