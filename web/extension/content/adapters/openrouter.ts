import type { Adapter } from './adapter.js';
import { generic } from './generic.js';

/** Its markup has no lasting names: the box is the one that is typed into on /chat, outside of dialogs, which hold the settings of a model. */
export const openRouter: Adapter = {
  name: 'openrouter',
  fits: (_, { hostname }) => hostname === 'openrouter.ai',
  isHealthy: (document, { pathname }) =>
    /^\/chat(\/|$)/.test(pathname) && document.querySelector('textarea, [contenteditable]') !== null,
  box: (element) => {
    const box = generic.box(element);
    return box?.closest('dialog, [role="dialog"]') === null ? box : undefined;
  },
};
