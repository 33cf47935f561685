// Long texts in the box of a page.
import { promptsOf } from './extension-prompts.mjs';

/** The text of several prompts, one a line. */
export function textOf(characters) {
  const lines = promptsOf(Math.ceil(characters / 50), 23).join('\n');
  return lines.slice(0, characters);
}

/** Runs in the page: as if it had been pasted, with the caret at its start, so that each key changes the part that is read. */
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
