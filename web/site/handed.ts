/** Graded prompts that the first screen hands to the section that plans with them. */
import { signal } from '@preact/signals';
import type { BenchmarkFile } from 'signalbox/build';

/** Files, the example, or why dropped files could not be read. */
export type Handed = readonly BenchmarkFile[] | 'example' | { error: unknown };

/** The last of it: the section takes it and sets `undefined` again, also if it is loaded only later. */
export const handed = signal<Handed | undefined>(undefined);

/** Hands files or the example to the section of plans, and goes there. */
export function hand(what: Handed): void {
  handed.value = what;
  document.getElementById('plan')?.scrollIntoView();
}
