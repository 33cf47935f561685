/** Results that are computed from a benchmark's samples in pieces, once per benchmark, and released with the samples. */
import { useEffect, useState } from 'preact/hooks';
import type { Loaded } from './samples.js';
import { inSlices } from './slices.js';

/** Returns a hook that yields `undefined` until the work is done. It starts when `isWanted`, and is aborted with its component. */
export function computedOnce<T>(work: (loaded: Loaded) => Generator<void, T>) {
  const known = new WeakMap<Loaded, T>();
  return (loaded: Loaded, isWanted: boolean): T | undefined => {
    const [, draw] = useState({});
    useEffect(() => {
      if (!isWanted || known.has(loaded)) return;
      const life = new AbortController();
      inSlices(work(loaded), life.signal).then(
        (result) => {
          known.set(loaded, result);
          draw({});
        },
        (error: unknown) => {
          if (!life.signal.aborted) throw error;
        },
      );
      return () => life.abort();
    }, [loaded, isWanted]);
    return known.get(loaded);
  };
}
