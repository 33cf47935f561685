/** The samples of the current benchmark, read after its first decision. */
import { effect, signal } from '@preact/signals';
import type { IndexInfo, Samples } from 'signalbox';
import { benchmark, currentRouter, info } from '../state.js';

export interface Loaded extends Samples {
  info: IndexInfo;
  /** A different number for each reading, used as a key for components. */
  reading: number;
}

export const samples = signal<Loaded | undefined>(undefined);
export const failure = signal<unknown>(undefined);
const tries = signal(0);
let readings = 0;

/** Reads the samples again, after a failure. */
export function readAgain(): void {
  tries.value += 1;
}

async function read(of: IndexInfo, mine: AbortSignal): Promise<void> {
  try {
    const found = await (await currentRouter()).samples({ signal: mine });
    if (!mine.aborted) samples.value = { ...found, info: of, reading: ++readings };
  } catch (error) {
    if (!mine.aborted) failure.value = error;
  }
}

/** Reads the samples now and with every change of the benchmark. Returns a function that stops this. */
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
