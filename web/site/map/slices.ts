/** Long work in short pieces: what a person does meanwhile comes first. */

/** Half a frame. */
const SLICE_MS = 8;

const pause = () => new Promise<void>((resolve) => setTimeout(resolve));

/** Runs work that yields now and then. Throws the signal's reason once it is given up. */
export async function inSlices<T>(work: Generator<void, T>, signal: AbortSignal): Promise<T> {
  await pause();
  let end = performance.now() + SLICE_MS;
  for (;;) {
    signal.throwIfAborted();
    const step = work.next();
    if (step.done) return step.value;
    if (performance.now() < end) continue;
    await pause();
    end = performance.now() + SLICE_MS;
  }
}
