/** The settings as a signal, for the pages: what a person moves shows at once, and is written down after a pause. */
import { batch, signal } from '@preact/signals';
import type { Settings } from '../../shared/settings.js';
import { DEFAULT_STORED, type Stored } from './schema.js';
import { changeStored, loadStored, onStored } from './store.js';

/** Dials move in many steps. */
const PAUSE_MS = 300;

export const stored = signal<Stored>(DEFAULT_STORED);
/** Before that nothing should be decided: it would be by settings that are not the person's. */
export const isLoaded = signal(false);
/** Why the last change could not be written down. */
export const notWritten = signal<unknown>(undefined);

/** On the screen, and not in storage yet. */
let pending: Partial<Settings> = {};
let pause: ReturnType<typeof setTimeout> | undefined;

const withSettings = (now: Stored, part: Partial<Settings>): Stored => ({
  ...now,
  settings: { ...now.settings, ...part } as Stored['settings'],
});

/** What is the same already stays the same object: what was written comes back, and nothing is decided or drawn anew. */
function show(next: Stored): void {
  const shown = withSettings(next, pending);
  batch(() => {
    if (JSON.stringify(shown) !== JSON.stringify(stored.peek())) stored.value = shown;
    isLoaded.value = true;
  });
}

/** Changes anything, at once. A failure is told by `notWritten`, too. Errors: those of `changeStored`. */
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
      // What was changed meanwhile waits for its own pause.
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

/** Reads them, and follows what other pages change. */
export function openStored(): void {
  loadStored().then(show, (error: unknown) => {
    notWritten.value = error;
    isLoaded.value = true;
  });
  onStored(show);
  addEventListener('pagehide', write);
}
