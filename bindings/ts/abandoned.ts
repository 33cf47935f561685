/**
 * A net for objects that nobody disposed of. The garbage collector decides when it works, and may never do: `dispose` stays
 * the way to release memory and workers at a known time.
 */
let registry: FinalizationRegistry<() => void> | undefined;

/** Runs `release` once `owner` was collected, unless `disposed(owner)` came first. `release` must not refer to `owner`. */
export function whenAbandoned(owner: object, release: () => void): void {
  if (typeof FinalizationRegistry === 'undefined') return;
  registry ??= new FinalizationRegistry((late) => {
    try {
      late();
    } catch {
      // The module may have stopped, and nobody waits for the error.
    }
  });
  registry.register(owner, release, owner);
}

/** Notes that `owner` was disposed of. */
export function disposed(owner: object): void {
  registry?.unregister(owner);
}

/** The use of an object in here keeps it alive until then, and no longer. */
const used = /* @__PURE__ */ new WeakSet<object>();

/** Waits for work on behalf of `owner`, which is not collected before its end. */
export async function onBehalfOf<T>(owner: object, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } finally {
    used.add(owner);
  }
}
