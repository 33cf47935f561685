/** Refines the page's answers with a larger embedder, where both indexes are of the same benchmark. */
import { type IndexInfo, RefiningRouter, type Routing } from 'signalbox';
import type { Refinement } from '../state.js';

const namesOf = (list: readonly { name: string }[]) => JSON.stringify(list.map(({ name }) => name).sort());

/** Whether both indexes have the same models, tasks and number of rows: the page then shows the rows of either. */
const isSameBenchmark = (one: IndexInfo, other: IndexInfo) =>
  one.rows === other.rows &&
  namesOf(one.models) === namesOf(other.models) &&
  namesOf(one.tasks) === namesOf(other.tasks);

/** Returns the refinement by a router, which it does not own. */
export function refinementBy(name: string, larger: Routing): Refinement {
  let last: { first: Routing; both: RefiningRouter | undefined } | undefined;
  let failure: (error: unknown) => void = () => undefined;
  return {
    name,
    route(first, prompt, options, onFailed) {
      if (last?.first !== first) {
        const isSame = isSameBenchmark(first.info, larger.info);
        // Never disposed of, since it would dispose of routers that others use.
        last = {
          first,
          both: isSame ? new RefiningRouter(first, larger, { onUnavailable: (error) => failure(error) }) : undefined,
        };
      }
      failure = onFailed;
      return last.both?.route(prompt, options);
    },
  };
}
