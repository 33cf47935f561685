import type { Adapter } from './adapter.js';
import { editableOf, isPrivate, isTiny } from './editable.js';

/** Any box for longer texts that has the focus. Single lines hold names, searches and passwords: they are left alone. */
export const generic: Adapter = {
  name: 'generic',
  fits: () => true,
  isHealthy: () => true,
  box: (element) => {
    const editable = editableOf(element);
    return editable === undefined || isPrivate(editable) || isTiny(editable) ? undefined : editable;
  },
};
