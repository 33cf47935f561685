import { hosted } from './hosted.js';

/** The modes are radio buttons above the box; the box has lost its id, so it is the page's text area. */
export const deepSeek = hosted({
  name: 'deepseek',
  label: 'DeepSeek',
  homes: ['https://chat.deepseek.com'],
  box: '#chat-input, textarea[placeholder*="DeepSeek"]',
  picker: ['[role="radio"][aria-checked="true"]'],
  offer: {
    asOf: '2026-10',
    plans: ['Free'],
    models: [
      { label: 'Instant', model: 'deepseek/deepseek-v4.1-flash', plan: 'Free', shownAs: ['Quick'] },
      { label: 'Expert', model: 'deepseek/deepseek-v4-pro-0813', plan: 'Free' },
    ],
  },
});
