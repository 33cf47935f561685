/** The lamp as the state of the page: in the header, and in the icon of the tab. */
import { effect } from '@preact/signals';
import type { Lamp } from '../shared/words.js';
import { isStale, shown, status } from './state.js';

type State = 'green' | 'amber' | 'red' | 'dark' | 'off';

const STATES: Readonly<Record<Lamp, State>> = { clear: 'green', caution: 'amber', stop: 'red', dark: 'dark' };

/** The lens in the icon of the tab, which no style reaches. */
const LENSES: Readonly<Record<State, string>> = {
  green: '#2ccb6d',
  amber: '#f0b429',
  red: '#f0503c',
  dark: '#6b7683',
  off: '#2a343e',
};

const iconOf = (state: State) =>
  `data:image/svg+xml,${encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#10171f"/><path d="M5.5 17.5a10.5 10.5 0 0 1 21 0" fill="none" stroke="#8c9aa8" stroke-width="3" stroke-linecap="round"/><circle cx="16" cy="17.5" r="7" fill="${LENSES[state]}"/></svg>`,
  )}`;

/** Keeps the lamp up to date. It is off while the answer is looked for; then the icon, which flickers, keeps its state. */
export function showLamp(): void {
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  let last: State | undefined;
  effect(() => {
    const card = shown.value?.card;
    const failed = status.value.kind === 'failed';
    const state: State = card === undefined || isStale.value ? 'off' : STATES[card.lamp];
    document.documentElement.dataset.lamp = failed ? 'dark' : state;
    if (isStale.value || state === last || icon === null) return;
    last = state;
    icon.href = iconOf(state);
  });
}
