/**
 * Runs only the latest work. Starting new work aborts the current one at once and waits until it has stopped, so that a
 * busy worker never gets a queue.
 */
export class Latest {
  #controller = new AbortController();
  #stopped: Promise<unknown> = Promise.resolve();

  /** Starts `work`, which must stop when its signal aborts. Its errors go to `onFailure` unless it was aborted. */
  start(work: (signal: AbortSignal) => Promise<void>, onFailure: (error: unknown) => void): void {
    this.cancel();
    this.#controller = new AbortController();
    const { signal } = this.#controller;
    this.#stopped = this.#stopped
      .then(() => (signal.aborted ? undefined : work(signal)))
      .catch((error: unknown) => {
        if (!signal.aborted) onFailure(error);
      });
  }

  cancel(): void {
    this.#controller.abort();
  }
}
