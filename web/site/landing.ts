/** Lands on the section that the address names, although sections above it are still growing. */
import { effect } from '@preact/signals';
import { unloaded } from './lazy-section.js';
import { whenIdle } from './state.js';

/** Events by which users move the page themselves. */
const MOVES = ['wheel', 'touchstart', 'pointerdown', 'keydown'];

/** Goes to the named section again whenever the page has grown, until the user moves or every section is there. */
export function landOnFragment(): void {
  const page = document.getElementById('app');
  const target = document.getElementById(location.hash.slice(1));
  if (page === null || target === null) return;
  const land = () => target.scrollIntoView({ behavior: 'instant' });
  const watch = new ResizeObserver(land);
  const stop = () => {
    watch.disconnect();
    for (const name of MOVES) removeEventListener(name, stop);
  };
  for (const name of MOVES) addEventListener(name, stop, { passive: true });
  watch.observe(page);
  effect(() => {
    // What the sections draw at first comes with their code.
    if (unloaded.value === 0) whenIdle(stop);
  });
}
