import type { AdapterName } from '../../stored/schema.js';

/** What is known of a chat site's pages. They change without notice: several signs, none of them taken for granted. */
export interface Adapter {
  name: Exclude<AdapterName, 'auto'>;
  /** Whether a page is one of this site's. */
  fits(document: Document, location: Location): boolean;
  /** Whether the page has what the adapter goes by. Where it has not, there is no badge. */
  isHealthy(document: Document, location: Location): boolean;
  /** The prompt box that an element is, or lies in. */
  box(element: Element): HTMLElement | undefined;
}

/** How a page calls itself: its title, and what it says to those who install it. */
export function calledIn(document: Document): string {
  const metas = 'meta[name="description"], meta[name="application-name"], meta[name="apple-mobile-web-app-title"]';
  const said = [...document.querySelectorAll(metas)].map((meta) => meta.getAttribute('content') ?? '');
  return [document.title, ...said].join('\n');
}
