/** The chats that the extension knows, one record each. CONTRIBUTING.md says how to add one. */
import { LONGEST_ADDRESS } from './address.js';
import type { Chat, ChatLink, Offer } from './chat.js';
import { chatGpt } from './chatgpt.js';
import { claude } from './claude.js';
import { copilot } from './copilot.js';
import { deepSeek } from './deepseek.js';
import { gemini } from './gemini.js';
import { generic } from './generic.js';
import { libreChat } from './librechat.js';
import { lmArena } from './lmarena.js';
import { mistral } from './mistral.js';
import { modelShown, offeredIn } from './offer.js';
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

/** A page as it is now. */
export interface Recognised {
  /** The chat whose box is used: `generic` where the page is not as the record of its chat says. */
  chat: (typeof CHATS)[number];
  /** The chat that the page belongs to. */
  of: (typeof CHATS)[number];
}

/**
 * Recognises a page: with `auto` as the first chat that fits, otherwise as the chat of that name; `undefined` if the page is
 * not as that chat.
 */
export function recognise(name: ChatName, document: Document, location: Location): Recognised | undefined {
  const isHealthy = (chat: (typeof CHATS)[number]) => chat.isHealthy(document, location);
  const of = CHATS.find((chat) => (name === 'auto' ? chat.fits(document, location) : chat.name === name));
  const chat = name === 'auto' ? CHATS.find((each) => each.fits(document, location) && isHealthy(each)) : of;
  return of === undefined || chat === undefined || !isHealthy(chat) ? undefined : { chat, of };
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

type Names = Readonly<Record<string, string>>;

const offerOf = (name: ChatName | undefined): Offer | undefined => CHATS.find((chat) => chat.name === name)?.offer;

/** Whether the models of a chat are known, by their names in its picker. */
export const hasList = (name: ChatName | undefined) => offerOf(name) !== undefined;

/** Returns the site's names for the models that it offers: those that the user set, or else the chat's list. */
export function namesOn(name: ChatName | undefined, names: Names): Names {
  if (Object.keys(names).length > 0) return names;
  return Object.fromEntries((offerOf(name)?.models ?? []).map(({ label, model }) => [model, label]));
}

/**
 * Returns the site's names that are a list of the chat, rather than models that the user chose one by one: all of its models,
 * or those of a plan.
 */
export function listedOn(name: ChatName | undefined, names: Names): Names {
  const offer = offerOf(name);
  if (offer === undefined) return {};
  if (Object.keys(names).length === 0) return namesOn(name, names);
  const key = (models: readonly string[]) => [...new Set(models)].sort().join('\n');
  const has = key(Object.keys(names));
  return offer.plans.some((plan) => key(offeredIn(offer, plan).map(({ model }) => model)) === has) ? names : {};
}

/** Returns the index's name of the model that the picker of a chat shows, if it is in the chat's list or the user's. */
export function pickedOn(name: ChatName | undefined, names: Names, picked: string): string | undefined {
  const named = Object.entries(names).map(([model, label]) => ({ label, model, plan: '' }));
  return modelShown([...(offerOf(name)?.models ?? []), ...named], picked);
}
