import { type Adapter, calledIn } from './adapter.js';
import { editableOf } from './editable.js';

/** The box is a textarea with this id, and in all but the oldest versions with this mark for tests. */
const MARKED = 'textarea[data-testid="text-input"]';
const BOX = `#prompt-textarea, ${MARKED}`;

export const libreChat: Adapter = {
  name: 'librechat',
  // Another chat of the same look has the id, too: the mark or the name must be there.
  fits: (document) =>
    document.querySelector(MARKED) !== null ||
    (document.querySelector(BOX) !== null && /librechat/i.test(calledIn(document))),
  isHealthy: (document) => document.querySelector(BOX) !== null,
  box: (element) => {
    const editable = editableOf(element);
    return editable?.closest(BOX) === null ? undefined : editable;
  },
};
