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

/** By what its makers call it, and by what it says to people: a prompt box may well suggest to write an e-mail. */
const CALLED = {
  names: ['name', 'id', 'inputmode', 'enterkeyhint'],
  is: /(^|[^a-z])(search|e-?mail|password|passphrase|card-?number|cvc|cvv|iban)/i,
};
const SAYS = { names: ['aria-label', 'placeholder'], is: /^\W*(web )?search\b|password|card number/i };
const SEARCH = '[role="search"], [role="searchbox"], search';

/** Whether it is made for something that is no prompt: a search, an address, a password, a card. */
export function isPrivate(box: HTMLElement): boolean {
  // The browser would fill in something of the person's own.
  if (!['', 'on', 'off'].includes((box.getAttribute('autocomplete') ?? '').trim().toLowerCase())) return true;
  const isSo = ({ names, is }: typeof CALLED) => names.some((name) => is.test(box.getAttribute(name) ?? ''));
  return box.closest(SEARCH) !== null || isSo(CALLED) || isSo(SAYS);
}

/** Editors of code have hidden ones that catch the keys. */
export function isTiny(box: HTMLElement): boolean {
  const { width, height } = box.getBoundingClientRect();
  return width < 150 || height < 16;
}
