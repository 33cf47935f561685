/** Reads from a plan's index where its prompts are on the map, and which family each of them belongs to. */
import type { PlanFamily } from 'signalbox/build';
import { WorkerRouter } from 'signalbox/worker';
import { type Island, islandsOf } from './land.js';

/** Returns an island for each family, in the order of `families`; `undefined` if the index has no map of them. */
export async function readIslands(
  index: Uint8Array<ArrayBuffer>,
  families: readonly PlanFamily[],
  signal: AbortSignal,
): Promise<readonly Island[] | undefined> {
  const router = await WorkerRouter.load({ index, embedder: null, signal });
  try {
    const { map, tasks } = await router.samples({ ids: false, outcomes: false, signal });
    if (map === null) return undefined;
    const placeOf = new Map(families.map(({ name }, i) => [name, i]));
    // Rows of a task that is not a family of the plan are left out.
    const familyOf = router.info.tasks.map(({ name }) => placeOf.get(name) ?? families.length);
    return islandsOf(
      map,
      tasks.map((task) => familyOf[task] ?? families.length),
      families.length,
    );
  } finally {
    router.dispose();
  }
}
