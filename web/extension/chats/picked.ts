/** The texts that the picker of a chat shows. */

/** Longer texts are not the name of a model. */
export const LONGEST_PICKED = 80;

/**
 * Returns the texts of the elements that these selectors find, in this order: the label, which is more stable than what is
 * drawn, or else the content. `prefix` is what a label says before the name.
 */
export function pickedIn(document: Document, selectors: readonly string[], prefix = /^$/): string[] {
  const elements = selectors.flatMap((selector) => [...document.querySelectorAll(selector)]);
  return elements.flatMap((element) => {
    const said = [element.getAttribute('aria-label') ?? '', element.textContent ?? ''];
    const [text] = said.map((each) => each.replace(prefix, '').trim()).filter((each) => each !== '');
    return text === undefined || text.length > LONGEST_PICKED ? [] : [text.replace(/\s+/g, ' ')];
  });
}
