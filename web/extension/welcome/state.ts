/** The first suggestion: the prompt, the chat that it is for, and the decision. */
import { batch, computed, effect, signal } from '@preact/signals';
import type { IndexInfo } from 'signalbox';
import { type Answer, Engine } from '../engine/engine.js';
import { siteFor } from '../mine/offered.js';
import { isLoaded, stored } from '../stored/stored-signals.js';

/** Length of a pause in typing. */
const PAUSE_MS = 150;

type Found =
  | { kind: 'none' }
  | { kind: 'busy' }
  | { kind: 'found'; answer: Answer; prompt: string }
  | { kind: 'failed'; error: unknown };

export const prompt = signal('');
export const found = signal<Found>({ kind: 'none' });
export const info = signal<IndexInfo | undefined>(undefined);
const chosen = signal<string | undefined>(undefined);

/** The origin of the chat that the suggestion is for: the chosen one, or else the first. */
export const origin = computed<string | undefined>(() => {
  const origins = Object.keys(stored.value.sites);
  return origins.find((each) => each === chosen.value) ?? origins[0];
});
export const choose = (next: string) => {
  chosen.value = next;
};

const engine = new Engine();

/** Number of the last question; answers to earlier ones are dropped. */
let asked = 0;
let pause: ReturnType<typeof setTimeout> | undefined;

async function decide(): Promise<void> {
  asked += 1;
  const mine = asked;
  const text = prompt.peek();
  if (text.trim() === '') {
    found.value = { kind: 'none' };
    return;
  }
  if (found.peek().kind !== 'found') found.value = { kind: 'busy' };
  try {
    const settings = stored.peek();
    const held = await engine.info(settings.index);
    const at = origin.peek() ?? '';
    const site = settings.sites[at];
    const answer = await engine.decide(text, settings, site && siteFor(at, site));
    if (mine !== asked) return;
    batch(() => {
      info.value = held;
      found.value = { kind: 'found', answer, prompt: text };
    });
  } catch (error) {
    if (mine === asked) found.value = { kind: 'failed', error };
  }
}

/** Decides after a pause in typing. */
export function type(text: string): void {
  prompt.value = text;
  clearTimeout(pause);
  pause = setTimeout(decide, PAUSE_MS);
}

/** Decides at once. */
export function take(text: string): void {
  clearTimeout(pause);
  prompt.value = text;
  decide();
}

// Decides again with every change of the chats and their models.
effect(() => {
  stored.value.sites;
  origin.value;
  if (isLoaded.value) decide();
});
