/** What the picker of a chat shows. */

/** Longer texts are not the name of a model. */
export const LONGEST_PICKED = 80;

/** Returns the text of the first of these elements that has one: a label is more stable than what is drawn. */
export function pickedIn(document: Document, selectors: readonly string[], prefix = /^$/): string | undefined {
  for (const selector of selectors) {
    for (const element of document.querySelectorAll(selector)) {
      const said = [element.getAttribute('aria-label') ?? '', element.textContent ?? ''];
      const [text] = said.map((each) => each.replace(prefix, '').trim()).filter((each) => each !== '');
      if (text !== undefined && text.length <= LONGEST_PICKED) return text.replace(/\s+/g, ' ');
    }
  }
  return undefined;
}
