/** Receives the progress of a long operation. */
export interface Steps {
  readonly signal?: AbortSignal | undefined;
  /** Begins a step; users read its name. */
  begin(step: string): void;
  /** Records how much of the step is done, lets pending events in, and throws `aborted` if one asks to stop. */
  update(done: number, total: number): Promise<void>;
}

/** Yields to the event loop, which keeps a page responsive, delivers an abort, and lets a worker answer other calls. */
export const turn = (): Promise<void> =>
  new Promise((resolve) => {
    // Node.js handles all timers that are due before the messages of a thread, which would never get a turn.
    setTimeout(() => (globalThis.setImmediate === undefined ? resolve() : setImmediate(resolve)));
  });
