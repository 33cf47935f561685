/** Runs the page that compares two models: loads the results of the chosen ones, and keeps the choice in the address. */
import { render } from 'preact';
import { Comparison, type Side, verdict } from './comparison.js';
import { enhanceTables } from './tables.js';
import type { Task } from './types.js';

async function load<T>(address: string): Promise<T> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`got status ${response.status} for ${address}`);
  return response.json();
}

const has = (select: HTMLSelectElement, value: string | undefined) =>
  [...select.options].some((option) => option.value === value);

/** `place` is the element for the comparison, `said` the one for its outcome in a sentence. */
export function startComparison(place: HTMLElement, said: HTMLElement): void {
  const [first, second] = place.ownerDocument.querySelectorAll<HTMLSelectElement>('select[data-side]');
  const { folder } = place.dataset;
  if (first === undefined || second === undefined || folder === undefined) return;

  /** Takes the choice of the address, which is untrusted: only models of the lists count. */
  const choose = () => {
    const [a, b] = location.hash.slice(1).split(',');
    if (has(first, a)) first.value = a as string;
    if (has(second, b)) second.value = b as string;
  };

  const show = async () => {
    const wanted = [first.value, second.value];
    const isCurrent = () => first.value === wanted[0] && second.value === wanted[1];
    place.ariaBusy = 'true';
    try {
      const tasks = await load<Task[]>(`${folder}tasks.json`);
      const [one, other] = (await Promise.all(wanted.map((slug) => load<Side>(`${folder}${slug}.json`)))) as [
        Side,
        Side,
      ];
      if (!isCurrent()) return;
      // Sorted tables and fields to narrow them are not Preact's, so each pair gets an element of its own.
      const own = document.createElement('div');
      render(<Comparison first={one} second={other} tasks={tasks} />, own);
      place.replaceChildren(own);
      enhanceTables(own);
      said.textContent = verdict({ first: one, second: other, tasks });
      document.title = `${one.model.title} and ${other.model.title}, compared · signalbox`;
    } catch {
      if (!isCurrent()) return;
      place.replaceChildren();
      said.textContent = 'The results could not be loaded. Check the connection, and choose a model again.';
    }
    place.ariaBusy = 'false';
  };

  const change = () => {
    history.replaceState(null, '', `#${first.value},${second.value}`);
    void show();
  };
  first.addEventListener('change', change);
  second.addEventListener('change', change);
  addEventListener('hashchange', () => {
    choose();
    void show();
  });
  choose();
  void show();
}
