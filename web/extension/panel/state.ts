/** The state of the panel as signals: components read them, the functions here change them. */
import { batch, computed, effect, signal } from '@preact/signals';
import type { IndexInfo } from 'signalbox';
import { currentOn } from '../engine/current.js';
import { type Answer as Decided, Engine } from '../engine/engine.js';
import type { PageFacts } from '../messages.js';
import { siteFor } from '../mine/offered.js';
import { onFeedback } from '../stored/feedback.js';
import { eraseIndex } from '../stored/own-index.js';
import { isFresh, onQuestion, type Question, readQuestion } from '../stored/question.js';
import type { Site } from '../stored/schema.js';
import { isLoaded, rewrite, stored } from '../stored/stored-signals.js';

/** Length of a pause in typing. */
const PAUSE_MS = 100;

/** `isIndex`: the index could not be loaded. */
type Status = { kind: 'loading' } | { kind: 'ready' } | { kind: 'failed'; error: unknown; isIndex: boolean };

/** A decision and its prompt. */
export interface Answer extends Decided {
  prompt: string;
}

export const prompt = signal('');
/** The page that the last question came from. */
export const origin = signal<string | null>(null);
/** Facts about that page, as it tells them. */
export const facts = signal<PageFacts | null>(null);
/** Whether the last question came without text. */
export const isNothingSelected = signal(false);
export const info = signal<IndexInfo | undefined>(undefined);

/** Returns what the index tells about a model beside its results. */
export const recordOf = (model: string) => info.value?.models.find(({ name }) => name === model)?.record;
export const status = signal<Status>({ kind: 'loading' });
export const answer = signal<Answer | undefined>(undefined);
/** Whether the prompt has changed since the answer. */
export const isStale = computed(() => answer.value !== undefined && answer.value.prompt !== prompt.value);
/** The settings of the site that the question came from. */
export const site = computed<Site | undefined>(() => {
  const { sites } = stored.value;
  return origin.value !== null && Object.hasOwn(sites, origin.value) ? sites[origin.value] : undefined;
});

/** The model that the user has now, as of the last decision; `null` if it is not known. */
export const current = signal<string | null>(null);

/** The site as decisions see it. */
export const here = computed(() =>
  site.value === undefined || origin.value === null ? undefined : siteFor(origin.value, site.value, current.value),
);

const engine = new Engine();

/** Number of the last question; answers to earlier ones are dropped. */
let asked = 0;
let pause: ReturnType<typeof setTimeout> | undefined;

async function decide(): Promise<void> {
  clearTimeout(pause);
  // An effect decides again once the settings are loaded.
  if (!isLoaded.peek()) return;
  asked += 1;
  const mine = asked;
  const text = prompt.peek();
  const isEmpty = text.trim() === '';
  // An empty prompt has no decision, and the last decision was for another prompt.
  if (isEmpty) answer.value = undefined;
  let found: IndexInfo | undefined;
  try {
    const settings = stored.peek();
    found = await engine.info(settings.index);
    const there = site.peek();
    const now = there && (await currentOn(there, facts.peek() ?? undefined, engine, settings.index));
    if (mine !== asked) return;
    batch(() => {
      info.value = found;
      current.value = now ?? null;
    });
    const decided = isEmpty ? undefined : await engine.decide(text, settings, here.peek());
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

/** Decides at once, for example after a failure. */
export function retry(): void {
  status.value = { kind: 'loading' };
  decide();
}

/** Whether the prompt was typed here, rather than taken from a page. */
let isTyped = false;

/** Sets the prompt while the user types, and decides after a pause. */
export function type(text: string): void {
  isTyped = text !== '';
  batch(() => {
    prompt.value = text;
    isNothingSelected.value = false;
  });
  decideSoon();
}

/** Forgets the page, so that all candidates can be suggested again. */
export function leavePage(): void {
  batch(() => {
    origin.value = null;
    facts.value = null;
  });
}

/** Removes the user's own index, which cannot be used. */
export async function backToShipped(): Promise<void> {
  const { index } = stored.peek();
  if (index === null) return;
  status.value = { kind: 'loading' };
  await rewrite((now) => ({ ...now, index: null }));
  await eraseIndex(index);
}

function take({ text, origin: from, page: there = null }: Question): void {
  if (text.trim() !== '') isTyped = false;
  batch(() => {
    origin.value = from;
    facts.value = there;
    isNothingSelected.value = text.trim() === '';
    if (!isNothingSelected.value) prompt.value = text;
  });
  decide();
}

/** Listens to questions from pages of this window, and to feedback. */
export async function openPanel(): Promise<void> {
  const { id } = await chrome.windows.getCurrent();
  let ofBadge = '';
  const takeMine = (question: Question) => {
    if (question.windowId !== id) return;
    ofBadge = question.isOfBadge ? question.text : '';
    take(question);
  };
  onQuestion((question) => {
    // A user who types here has not clicked a badge (a panel that has just opened has the focus, too), and a prompt that
    // was taken over already may have been edited since.
    const isTyping = document.hasFocus() && isTyped;
    const isUnasked = question.isOfBadge && (isTyping || question.text === ofBadge);
    if (!isUnasked) takeMine(question);
  });
  // The engine listens first, and has forgotten the old feedback by then.
  onFeedback(decideSoon);
  const last = await readQuestion();
  if (last !== undefined && isFresh(last)) takeMine(last);
}

// Decides at the start and with every change of settings and site.
effect(() => {
  stored.value.settings;
  stored.value.index;
  site.value;
  facts.value;
  if (isLoaded.value) decide();
});
