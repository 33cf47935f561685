/** Lands on the section that the address names, although sections above it are still growing. */
import { effect } from '@preact/signals';
import { unloaded } from './lazy-section.js';

/** Events by which users move the page themselves. */
const MOVES = ['wheel', 'touchstart', 'pointerdown', 'keydown'];

/** Time without growth after which the page counts as complete: sections draw a little after their code is there. */
const QUIET_MS = 1000;

/** Goes to the named section again whenever the page has grown, until the user moves or the page is complete. */
export function landOnFragment(): void {
  const page = document.getElementById('app');
  const target = document.getElementById(location.hash.slice(1));
  if (page === null || target === null) return;
  let quiet: ReturnType<typeof setTimeout> | undefined;
  const stop = () => {
    clearTimeout(quiet);
    watch.disconnect();
    for (const name of MOVES) removeEventListener(name, stop);
  };
  const land = () => {
    target.scrollIntoView({ behavior: 'instant' });
    clearTimeout(quiet);
    if (unloaded.peek() === 0) quiet = setTimeout(stop, QUIET_MS);
  };
  const watch = new ResizeObserver(land);
  for (const name of MOVES) addEventListener(name, stop, { passive: true });
  watch.observe(page);
  effect(() => {
    if (unloaded.value === 0) land();
  });
}
