/** Chromium's offscreen document: the router for badges. It stays when the background is stopped, and closes when idle. */
import { Engine } from '../engine/engine.js';
import { suggest } from '../engine/suggestion.js';
import type { NoSuggestion, Suggestion, ToOffscreen } from '../messages.js';

/** Close when idle this long, to free memory. */
const IDLE_MS = 10 * 60_000;

const engine = new Engine();

/** Whether the background sent a message: unlike a content script, it has no tab. */
const isBackground = ({ id, tab, url }: chrome.runtime.MessageSender) =>
  id === chrome.runtime.id && tab === undefined && url === chrome.runtime.getURL('background.js');

let idle: ReturnType<typeof setTimeout>;

function stayAwhile(): void {
  clearTimeout(idle);
  idle = setTimeout(() => window.close(), IDLE_MS);
}
stayAwhile();

async function answer(message: ToOffscreen): Promise<Suggestion | NoSuggestion | undefined> {
  if (message.kind === 'ask') return suggest(engine, message.text, message.stored, message.site, message.page);
  await engine.warm(message.index).catch(() => undefined); // The first question reports the error.
  return undefined;
}

chrome.runtime.onMessage.addListener((raw: Partial<ToOffscreen>, sender, reply) => {
  if (raw?.to !== 'offscreen' || !isBackground(sender)) return false;
  stayAwhile();
  answer(raw as ToOffscreen).then(reply);
  return true;
});
