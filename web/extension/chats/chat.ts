/** The record of a kind of chat: its name, its signs, its links, and the models that it offers. */

export interface ChatLink {
  /** Origin of the site; no link leads elsewhere. */
  origin: string;
  /** LibreChat: the endpoint, which may be empty. */
  endpoint: string;
  /** The site's own name for the model. */
  siteModel: string;
  prompt: string;
}

/** Pages of chats change without notice: a record goes by several signs, and takes none of them for granted. */
export interface Chat {
  /** The name under which settings are stored: never change it. */
  name: string;
  /** The name in the settings. */
  label: string;
  /** Origins of the chat, if it has its own: it is then recognised by the address alone. The first one is for links. */
  homes: readonly string[];
  /** Whether a page is one of this chat. */
  fits(document: Document, location: Location): boolean;
  /** Whether the page has the elements that `box` needs. If not, there is no badge. */
  isHealthy(document: Document, location: Location): boolean;
  /** Returns the prompt box that an element is, or lies in. */
  box(element: Element): HTMLElement | undefined;
  /**
   * Returns the address, from the origin on, that opens a chat with a model; `undefined` if the chat has none. It must not
   * submit the prompt.
   */
  link(parts: ChatLink): string | undefined;
  /** Returns what the picker shows as the current model; `undefined` if the page does not say. */
  picked(document: Document): string | undefined;
  /** The models of the picker; without it, the chat may offer any model. */
  offer?: Offer;
}

/** One model in the picker of a chat. */
export interface OfferedModel {
  /** Its name in the list of the picker. */
  label: string;
  /** Name of the model in the built-in index. */
  model: string;
  /** The smallest plan with this model, one of `Offer.plans`. */
  plan: string;
  /** Other texts by which the closed picker shows it, such as the name of a mode. */
  shownAs?: readonly string[];
}

/** The choice that the picker of a chat offers. It changes without notice: users can edit their own list in the settings. */
export interface Offer {
  /** Month of the list, such as "2026-10". */
  asOf: string;
  /** From the smallest to the largest; each has the models of those before it. */
  plans: readonly string[];
  models: readonly OfferedModel[];
}

/** Returns a page's names for itself: title, description, and the name for installation. */
export function calledIn(document: Document): string {
  const metas = 'meta[name="description"], meta[name="application-name"], meta[name="apple-mobile-web-app-title"]';
  const said = [...document.querySelectorAll(metas)].map((meta) => meta.getAttribute('content') ?? '');
  return [document.title, ...said].join('\n');
}
