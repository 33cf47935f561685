/** What people type prompts into, and what they type other things into. */

/** The textarea, or the root of what is edited, that an element is or lies in. */
export function editableOf(element: Element): HTMLElement | undefined {
  if (element instanceof HTMLTextAreaElement) return element.disabled || element.readOnly ? undefined : element;
  if (!(element instanceof HTMLElement) || !element.isContentEditable) return undefined;
  let root = element;
  while (root.parentElement?.isContentEditable) root = root.parentElement;
  // A page that can be edited as a whole is no box.
  return root === document.body || root === document.documentElement ? undefined : root;
}

const WORDS = /search|e-?mail|password|passphrase|card ?number|cvc|cvv|iban/i;
const NAMES = ['name', 'id', 'aria-label', 'placeholder', 'enterkeyhint', 'inputmode'];
const ROLES = '[role="search"], [role="searchbox"], search';

/** Whether it is made for something that is no prompt: a search, an address, a password, a card. */
export function isPrivate(box: HTMLElement): boolean {
  // The browser would fill in something of the person's own.
  if (!['', 'on', 'off'].includes((box.getAttribute('autocomplete') ?? '').trim().toLowerCase())) return true;
  return box.closest(ROLES) !== null || NAMES.some((name) => WORDS.test(box.getAttribute(name) ?? ''));
}

/** Editors of code have hidden ones that catch the keys. */
export function isTiny(box: HTMLElement): boolean {
  const { width, height } = box.getBoundingClientRect();
  return width < 150 || height < 16;
}
