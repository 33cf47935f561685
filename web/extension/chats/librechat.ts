import { encode, withPrompt } from './address.js';
import { type Chat, calledIn } from './chat.js';
import { editableOf } from './editable.js';
import { pickedIn } from './picked.js';

/** The box is a textarea with this id and, in all but the oldest versions, with this test id. */
const MARKED = 'textarea[data-testid="text-input"]';
const BOX = `#prompt-textarea, ${MARKED}`;

const PICKER = 'button[aria-label^="Select a model"]';

export const libreChat = {
  name: 'librechat',
  label: 'LibreChat',
  homes: [],
  // Another chat with a similar page has the same id, so the test id or the name is needed as well.
  fits: (document) =>
    document.querySelector(MARKED) !== null ||
    (document.querySelector(BOX) !== null && /librechat/i.test(calledIn(document))),
  isHealthy: (document) => document.querySelector(BOX) !== null,
  box: (element) => {
    const editable = editableOf(element);
    return editable?.closest(BOX) === null ? undefined : editable;
  },
  // LibreChat only fills in `prompt`, and sends it only if `submit=true` is there, too.
  link: (parts) => {
    const endpoint = parts.endpoint === '' ? '' : `endpoint=${encode(parts.endpoint)}&`;
    return withPrompt(`/c/new?${endpoint}model=${encode(parts.siteModel)}`, parts);
  },
  picked: (document) =>
    pickedIn(document, ['button[data-testid="model-selector-button"]', PICKER], /^Select a model:? ?/i)[0],
} as const satisfies Chat;
