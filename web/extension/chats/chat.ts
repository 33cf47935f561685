/** The record of a kind of chat: its name, its signs and its links. */

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
  /** The only site of the chat, if there is just one: it is then recognised by the address alone. */
  home?: string;
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
}

/** Returns a page's names for itself: title, description, and the name for installation. */
export function calledIn(document: Document): string {
  const metas = 'meta[name="description"], meta[name="application-name"], meta[name="apple-mobile-web-app-title"]';
  const said = [...document.querySelectorAll(metas)].map((meta) => meta.getAttribute('content') ?? '');
  return [document.title, ...said].join('\n');
}
