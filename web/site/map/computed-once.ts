/** What is computed from a benchmark's samples in pieces, once for each benchmark; it goes with the samples. */
import { useEffect, useState } from 'preact/hooks';
import type { Loaded } from './samples.js';
import { inSlices } from './slices.js';

/** A hook that gives undefined until the work is done. It begins when `isWanted`, and is given up with its component. */
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
