// Fills the box of a page with long texts.
import { promptsOf } from './extension-prompts.mjs';

/** Returns a text of this length: several prompts, one per line. */
export function textOf(characters) {
  const lines = promptsOf(Math.ceil(characters / 50), 23).join('\n');
  return lines.slice(0, characters);
}

/**
 * Runs in the page. Fills the box as a paste would, with the caret at the start, so that each key changes the part that
 * the extension reads.
 */
export function fill(selector, text) {
  const box = document.querySelector(selector);
  box.focus();
  if (box.localName === 'textarea') {
    box.value = text;
    box.setSelectionRange(0, 0);
  } else {
    box.replaceChildren(
      ...text.split('\n').map((line) => Object.assign(document.createElement('p'), { textContent: line })),
    );
    getSelection().collapse(box.firstChild, 0);
  }
  box.dispatchEvent(new InputEvent('input', { bubbles: true }));
}
