import type { Chat } from './chat.js';
import { editableOf, isPrivate, isTiny } from './editable.js';

/** Any focused box for longer texts. Single-line fields hold names, searches and passwords, and are left alone. */
export const generic = {
  name: 'generic',
  label: 'Any prompt box',
  homes: [],
  fits: () => true,
  isHealthy: () => true,
  box: (element) => {
    const editable = editableOf(element);
    return editable === undefined || isPrivate(editable) || isTiny(editable) ? undefined : editable;
  },
  link: () => undefined,
  picked: () => undefined,
} as const satisfies Chat;
