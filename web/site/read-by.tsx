/** Says which embedder read the prompt, and whether a larger one changed the pick. */
import { errorWords } from '../shared/words.js';
import type { Reading } from './state.js';

/** Formats a time in whole milliseconds, at least one. */
export const msWords = (ms: number) => `${Math.max(1, Math.round(ms))} ms`;

export function ReadBy({ reading, pick }: { reading: Reading; pick: string }) {
  switch (reading.kind) {
    case 'own':
      return (
        <p class="read-by quiet" data-read-by="own">
          Read by the page's small embedder. <a href="#embedder">Refine with a larger one</a>
        </p>
      );
    case 'refining':
      return (
        <p class="read-by quiet" data-read-by="refining">
          Read by the page's small embedder; {reading.by} refines this.
        </p>
      );
    case 'refined': {
      const isSame = reading.first === pick;
      return (
        <p class={isSame ? 'read-by quiet' : 'read-by'} data-read-by={isSame ? 'agrees' : 'differs'}>
          {isSame ? (
            `Read by ${reading.by}, too, in ${msWords(reading.elapsedMs)}: the same pick.`
          ) : (
            <>
              <b>Refined by {reading.by}</b> in {msWords(reading.elapsedMs)}. The small embedder picked{' '}
              <bdi>{reading.first}</bdi>.
            </>
          )}
        </p>
      );
    }
    case 'not refined':
      return (
        <p class="read-by quiet" data-read-by="not refined">
          Read by the page's small embedder.{' '}
          {reading.error === undefined
            ? `${reading.by} has no index of this benchmark.`
            : `${reading.by} could not read it: ${errorWords(reading.error)}`}
        </p>
      );
  }
}
