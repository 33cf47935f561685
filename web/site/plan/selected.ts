/** The family that the user selected, on the map or in the table. */
import { signal } from '@preact/signals';

/** Its name; a new plan may have it, too. */
export const selected = signal<string | undefined>(undefined);

/** Selects a family; `undefined` for none. */
export function select(family: string | undefined): void {
  selected.value = family;
}
