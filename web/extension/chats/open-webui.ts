import { encode } from './address.js';
import { type Chat, calledIn } from './chat.js';
import { editableOf } from './editable.js';
import { pickedIn } from './picked.js';

/** `#chat-input` is a textarea in older versions, and an editable element in `#chat-input-container` in newer ones. */
const BOX = '#chat-input, #chat-input-container';

export const openWebUi = {
  name: 'open-webui',
  label: 'Open WebUI',
  homes: [],
  // Installations under another name keep the elements around the box.
  fits: (document) =>
    document.querySelector(BOX) !== null &&
    (/open ?webui/i.test(calledIn(document)) ||
      document.querySelector('#message-input-container #chat-input') !== null),
  isHealthy: (document) => document.querySelectorAll('#chat-input').length === 1,
  box: (element) => {
    const editable = editableOf(element);
    return editable?.closest(BOX) === null ? undefined : editable;
  },
  // Without the prompt: Open WebUI would send `q` at once.
  link: ({ siteModel }) => `/?models=${encode(siteModel)}`,
  picked: (document) => pickedIn(document, ['#model-selector-0-button'], /^(Selected model: |Select a model)/i)[0],
} as const satisfies Chat;
