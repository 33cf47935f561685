/** The samples of the benchmark that is routed on, read once it has decided something. */
import { effect, signal } from '@preact/signals';
import type { IndexInfo, Samples } from 'signalbox';
import { benchmark, info, liveRouter } from '../state.js';

export interface Loaded extends Samples {
  info: IndexInfo;
}

export const samples = signal<Loaded | undefined>(undefined);
export const failure = signal<unknown>(undefined);

/** Reads them now and with every change of the benchmark, until the function that it gives is called. */
export function followBenchmark(): () => void {
  let mine = 0;
  const stop = effect(() => {
    benchmark.value;
    const of = info.value;
    const turn = ++mine;
    if (of === samples.peek()?.info) return;
    samples.value = undefined;
    failure.value = undefined;
    if (of === undefined) return;
    liveRouter()
      .ask((router) => router.samples())
      .then(
        (read) => {
          if (turn === mine) samples.value = { ...read, info: of };
        },
        (error: unknown) => {
          if (turn === mine) failure.value = error;
        },
      );
  });
  return () => {
    mine += 1;
    stop();
  };
}
