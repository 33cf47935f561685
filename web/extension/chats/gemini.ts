import { hosted } from './hosted.js';

/** The label of the button always names the mode; its text is sometimes drawn late. */
export const gemini = hosted({
  name: 'gemini',
  label: 'Gemini',
  homes: ['https://gemini.google.com'],
  box: 'rich-textarea .ql-editor',
  picker: [
    'button[aria-label^="Open mode picker"]',
    '[data-test-id="bard-mode-menu-button"]',
    'bard-mode-switcher button',
  ],
  prefix: /^Open mode picker(, currently )?/i,
  offer: {
    asOf: '2026-10',
    plans: ['Free', 'AI Pro', 'AI Ultra'],
    models: [
      { label: '3.5 Flash-Lite', model: 'google/gemini-3.5-flash-lite', plan: 'Free', shownAs: ['Flash-Lite'] },
      { label: '3.8 Flash', model: 'google/gemini-3.8-flash', plan: 'Free', shownAs: ['Flash', 'Fast'] },
      { label: '3.1 Pro', model: 'google/gemini-3.1-pro', plan: 'AI Pro', shownAs: ['Pro'] },
    ],
  },
});
