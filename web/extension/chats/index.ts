/** The chats that the extension knows, one record each. CONTRIBUTING.md says how to add one. */
import { LONGEST_ADDRESS } from './address.js';
import type { Chat, ChatLink } from './chat.js';
import { chatGpt } from './chatgpt.js';
import { claude } from './claude.js';
import { copilot } from './copilot.js';
import { deepSeek } from './deepseek.js';
import { gemini } from './gemini.js';
import { generic } from './generic.js';
import { libreChat } from './librechat.js';
import { lmArena } from './lmarena.js';
import { mistral } from './mistral.js';
import { openWebUi } from './open-webui.js';
import { openRouter } from './openrouter.js';
import { perplexity } from './perplexity.js';
import { poe } from './poe.js';
import { t3Chat } from './t3.js';

export type { ChatLink, Offer, OfferedModel } from './chat.js';
export { modelShown, offeredIn } from './offer.js';

/** In the order in which a page is tried; `generic` fits every page and comes last. */
const RECORDS = [
  ...[chatGpt, claude, gemini, copilot, perplexity, mistral, deepSeek, poe, lmArena, t3Chat],
  ...[openWebUi, libreChat, openRouter, generic],
] as const;

/** `auto`: the first chat that fits the page. */
export type ChatName = 'auto' | (typeof RECORDS)[number]['name'];

export const CHATS: readonly (Chat & { name: ChatName })[] = RECORDS;

/**
 * Returns the chat for the page as it is now: with `auto` the first one that fits and is healthy, otherwise the one of that
 * name if it is healthy.
 */
export function chatFor(name: ChatName, document: Document, location: Location) {
  return CHATS.find(
    (chat) =>
      (name === 'auto' ? chat.fits(document, location) : chat.name === name) && chat.isHealthy(document, location),
  );
}

/** Returns the address that opens a chat with a model, without sending anything; `undefined` if the site has none. */
export function chatLink(name: ChatName, parts: ChatLink): string | undefined {
  const { origin, siteModel } = parts;
  const address = CHATS.find((chat) => (name === 'auto' ? chat.homes.includes(origin) : chat.name === name))?.link(
    parts,
  );
  if (address === undefined || siteModel === '') return undefined;
  try {
    const url = new URL(address, origin);
    const isOfSite = url.origin === origin && (url.protocol === 'https:' || url.protocol === 'http:');
    return isOfSite && url.href.length <= LONGEST_ADDRESS ? url.href : undefined;
  } catch {
    return undefined; // `origin` is not an origin.
  }
}
