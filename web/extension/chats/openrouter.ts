import { encode } from './address.js';
import type { Chat } from './chat.js';
import { generic } from './generic.js';
import { pickedIn } from './picked.js';

/**
 * Its markup has no stable names: the box is the one that the user types into on /chat, outside of dialogs, which hold the
 * settings of a model.
 */
export const openRouter = {
  name: 'openrouter',
  label: 'OpenRouter',
  homes: ['https://openrouter.ai'],
  fits: (_, { hostname }) => hostname === 'openrouter.ai',
  isHealthy: (document, { pathname }) =>
    /^\/chat(\/|$)/.test(pathname) && document.querySelector('textarea, [contenteditable]') !== null,
  box: (element) => {
    const box = generic.box(element);
    return box?.closest('dialog, [role="dialog"]') === null ? box : undefined;
  },
  link: ({ siteModel }) => `/chat?models=${encode(siteModel)}`,
  picked: (document) =>
    pickedIn(document, ['main button[data-testid="model-selector"]', 'a[data-testid="model-name"]'])[0],
} as const satisfies Chat;
