/**
 * Work of which only the last counts. What is overtaken is told so at once, and the next begins when it has stopped:
 * a worker that is busy is never given a queue.
 */
export class Latest {
  #controller = new AbortController();
  #stopped: Promise<unknown> = Promise.resolve();

  /** `work` gives up where its signal says so. What it throws goes to `onFailure`, unless it was overtaken. */
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
