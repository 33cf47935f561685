import { type Adapter, calledIn } from './adapter.js';
import { editableOf } from './editable.js';

/** The box is `#chat-input`: a textarea in older versions, an edited element in newer ones; newer ones wrap it in `#chat-input-container`. */
const BOX = '#chat-input, #chat-input-container';

export const openWebUi: Adapter = {
  name: 'open-webui',
  // Those who give it a name of their own leave the box's wrappers.
  fits: (document) =>
    document.querySelector(BOX) !== null &&
    (/open ?webui/i.test(calledIn(document)) ||
      document.querySelector('#message-input-container #chat-input') !== null),
  isHealthy: (document) => document.querySelectorAll('#chat-input').length === 1,
  box: (element) => {
    const editable = editableOf(element);
    return editable?.closest(BOX) === null ? undefined : editable;
  },
};
