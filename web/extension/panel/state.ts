/** What the panel knows, as signals: the components read them, the functions here change them. */
import { batch, computed, effect, signal } from '@preact/signals';
import type { IndexInfo } from 'signalbox';
import { type Answer as Decided, Engine } from '../engine/engine.js';
import { onFeedback } from '../stored/feedback.js';
import { eraseIndex } from '../stored/own-index.js';
import { FRESH_MS, onQuestion, type Question, readQuestion } from '../stored/question.js';
import type { Site } from '../stored/schema.js';
import { isLoaded, rewrite, stored } from '../stored/stored-signals.js';

/** A pause in typing. */
const PAUSE_MS = 100;

/** `isIndex`: it could not even be loaded. */
type Status = { kind: 'loading' } | { kind: 'ready' } | { kind: 'failed'; error: unknown; isIndex: boolean };

/** A decision, and what it is about. */
export interface Answer extends Decided {
  prompt: string;
}

export const prompt = signal('');
/** The page that the last question came from. */
export const origin = signal<string | null>(null);
/** The last question brought no text. */
export const isNothingSelected = signal(false);
export const info = signal<IndexInfo | undefined>(undefined);
export const status = signal<Status>({ kind: 'loading' });
export const answer = signal<Answer | undefined>(undefined);
/** The person is ahead of the answer. */
export const isStale = computed(() => answer.value !== undefined && answer.value.prompt !== prompt.value);
/** What the settings say of the page that is asked about. */
export const site = computed<Site | undefined>(() => {
  const { sites } = stored.value;
  return origin.value !== null && Object.hasOwn(sites, origin.value) ? sites[origin.value] : undefined;
});

const engine = new Engine();

/** Only the last question counts. */
let asked = 0;
let pause: ReturnType<typeof setTimeout> | undefined;

async function decide(): Promise<void> {
  clearTimeout(pause);
  // It is called again then.
  if (!isLoaded.peek()) return;
  asked += 1;
  const mine = asked;
  const text = prompt.peek();
  const isEmpty = text.trim() === '';
  // Nothing is decided about nothing, and the last decision was about something else.
  if (isEmpty) answer.value = undefined;
  let found: IndexInfo | undefined;
  try {
    const settings = stored.peek();
    found = await engine.info(settings.index);
    if (mine === asked) info.value = found;
    const decided = isEmpty ? undefined : await engine.decide(text, settings, site.peek());
    if (mine !== asked) return;
    batch(() => {
      answer.value = decided && { ...decided, prompt: text };
      status.value = { kind: 'ready' };
    });
  } catch (error) {
    if (mine !== asked) return;
    batch(() => {
      info.value = found;
      answer.value = undefined;
      status.value = { kind: 'failed', error, isIndex: found === undefined };
    });
  }
}

function decideSoon(): void {
  clearTimeout(pause);
  pause = setTimeout(decide, PAUSE_MS);
}

/** Decides at once, also after a failure. */
export function retry(): void {
  status.value = { kind: 'loading' };
  decide();
}

/** What stands in the prompt was typed here, and did not come from a page. */
let isTyped = false;

/** While someone types. */
export function type(text: string): void {
  isTyped = text !== '';
  batch(() => {
    prompt.value = text;
    isNothingSelected.value = false;
  });
  decideSoon();
}

/** Forgets the page: every candidate counts again. */
export function leavePage(): void {
  origin.value = null;
}

/** Where an index of one's own is of no use any more. */
export async function backToShipped(): Promise<void> {
  const { index } = stored.peek();
  if (index === null) return;
  status.value = { kind: 'loading' };
  await rewrite((now) => ({ ...now, index: null }));
  await eraseIndex(index);
}

function take({ text, origin: from }: Question): void {
  if (text.trim() !== '') isTyped = false;
  batch(() => {
    origin.value = from;
    isNothingSelected.value = text.trim() === '';
    if (!isNothingSelected.value) prompt.value = text;
  });
  decide();
}

/** Listens to what is asked on pages of this window, and to judgements. */
export async function openPanel(): Promise<void> {
  const { id } = await chrome.windows.getCurrent();
  let ofBadge = '';
  const takeMine = (question: Question) => {
    if (question.windowId !== id) return;
    ofBadge = question.isOfBadge ? question.text : '';
    take(question);
  };
  onQuestion((question) => {
    // Whoever types here clicks on no badge (a panel that was just opened has the focus, too); and what was taken over
    // already may have been changed since.
    const isTyping = document.hasFocus() && isTyped;
    const isUnasked = question.isOfBadge && (isTyping || question.text === ofBadge);
    if (!isUnasked) takeMine(question);
  });
  // After the engine heard of it, too.
  onFeedback(decideSoon);
  const last = await readQuestion();
  if (last !== undefined && Date.now() - last.at < FRESH_MS) takeMine(last);
}

// Settings and sites decide anew: once for the start, and with every change.
effect(() => {
  stored.value.settings;
  stored.value.index;
  site.value;
  if (isLoaded.value) decide();
});
