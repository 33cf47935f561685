/** The stored settings as signals, for the pages: a change shows at once, and is written after a pause. */
import { batch, signal } from '@preact/signals';
import type { Settings } from '../../shared/settings.js';
import { DEFAULT_STORED, type Stored } from './schema.js';
import { changeStored, loadStored, onStored } from './store.js';

/** Length of the pause: dials move in many steps. */
const PAUSE_MS = 300;

export const stored = signal<Stored>(DEFAULT_STORED);
/** Whether the settings were read. Earlier decisions would use defaults instead of the user's settings. */
export const isLoaded = signal(false);
/** The error if the last change could not be written. */
export const notWritten = signal<unknown>(undefined);

/** Changes that are shown, but not written yet. */
let pending: Partial<Settings> = {};
let pause: ReturnType<typeof setTimeout> | undefined;

const withSettings = (now: Stored, part: Partial<Settings>): Stored => ({
  ...now,
  settings: { ...now.settings, ...part } as Stored['settings'],
});

/** Shows new settings. Equal ones keep their object: written changes come back, and must not cause another decision. */
function show(next: Stored): void {
  const shown = withSettings(next, pending);
  batch(() => {
    if (JSON.stringify(shown) !== JSON.stringify(stored.peek())) stored.value = shown;
    isLoaded.value = true;
  });
}

/** Changes and writes the settings at once. A failure is also in `notWritten`. Errors: those of `changeStored`. */
export async function rewrite(change: (now: Stored) => Stored): Promise<void> {
  try {
    show(await changeStored(change));
    notWritten.value = undefined;
  } catch (error) {
    notWritten.value = error;
    throw error;
  }
}

function write(): void {
  clearTimeout(pause);
  const part = pending;
  if (Object.keys(part).length === 0) return;
  rewrite((now) => withSettings(now, part))
    .catch(() => undefined)
    .finally(() => {
      // Later changes wait for their own pause.
      const later = Object.entries(pending).filter(([key, value]) => part[key as keyof Settings] !== value);
      pending = Object.fromEntries(later);
    });
}

export function change(part: Partial<Settings>): void {
  pending = { ...pending, ...part };
  stored.value = withSettings(stored.peek(), part);
  clearTimeout(pause);
  pause = setTimeout(write, PAUSE_MS);
}

/** Reads the settings, and follows changes made in other pages. */
export function openStored(): void {
  loadStored().then(show, (error: unknown) => {
    notWritten.value = error;
    isLoaded.value = true;
  });
  onStored(show);
  addEventListener('pagehide', write);
}
