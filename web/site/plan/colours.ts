/** Colours of models, the same on the map and in bars. The baseline has none: what it gets stays as it was. */
import type { Plan } from 'signalbox/build';
import { cssOf, hues } from '../map/colours.js';

export function modelColours({ models, proposed, baseline }: Plan, isDark: boolean): ReadonlyMap<string, string> {
  const picked = proposed.picks.map(({ model }) => model);
  const all = [...new Set([...picked, ...models.map(({ name }) => name)])].filter((name) => name !== baseline.model);
  const found = hues(all.length);
  return new Map(
    all.flatMap((name, i) => {
      const hue = found[i];
      return hue === undefined ? [] : [[name, cssOf(hue, isDark)] as const];
    }),
  );
}
