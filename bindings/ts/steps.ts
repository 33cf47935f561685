/** Receives the progress of a long operation. */
export interface Steps {
  readonly signal?: AbortSignal | undefined;
  /** Begins a step; users read its name. */
  begin(step: string): void;
  /** Records how much of the step is done, lets pending events in, and throws `aborted` if one asks to stop. */
  update(done: number, total: number): Promise<void>;
}
