/** Elements that users type prompts into, and those that they type other things into. */

/** Returns the textarea, or the root of the editable text, that an element is or lies in. */
export function editableOf(element: Element): HTMLElement | undefined {
  if (element instanceof HTMLTextAreaElement) return element.disabled || element.readOnly ? undefined : element;
  if (!(element instanceof HTMLElement) || !element.isContentEditable) return undefined;
  let root = element;
  while (root.parentElement?.isContentEditable) root = root.parentElement;
  // A page that is editable as a whole is not a box.
  return root === document.body || root === document.documentElement ? undefined : root;
}

/**
 * Names in the markup, and texts for the user. The texts are matched more narrowly: the placeholder of a prompt box may
 * well suggest writing an e-mail.
 */
const CALLED = {
  names: ['name', 'id', 'inputmode', 'enterkeyhint'],
  is: /(^|[^a-z])(search|e-?mail|password|passphrase|card-?number|cvc|cvv|iban)/i,
};
const SAYS = { names: ['aria-label', 'placeholder'], is: /^\W*(web )?search\b|password|card number/i };
const SEARCH = '[role="search"], [role="searchbox"], search';

/** Whether a box is meant for something other than a prompt: a search, an address, a password, a card. */
export function isPrivate(box: HTMLElement): boolean {
  // The browser would fill in personal data.
  if (!['', 'on', 'off'].includes((box.getAttribute('autocomplete') ?? '').trim().toLowerCase())) return true;
  const isSo = ({ names, is }: typeof CALLED) => names.some((name) => is.test(box.getAttribute(name) ?? ''));
  return box.closest(SEARCH) !== null || isSo(CALLED) || isSo(SAYS);
}

/** Whether a box is too small for prompts: code editors catch the keys with hidden ones. */
export function isTiny(box: HTMLElement): boolean {
  const { width, height } = box.getBoundingClientRect();
  return width < 150 || height < 16;
}
