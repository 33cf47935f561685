/** How far a build is, for whoever shows it. */
export interface Steps {
  readonly signal?: AbortSignal | undefined;
  /** Begins a step, which a person reads. */
  begin(step: string): void;
  /** Notes how much of the step is done; lets pending events in, and throws `aborted` where one asked to stop. */
  update(done: number, total: number): Promise<void>;
}
