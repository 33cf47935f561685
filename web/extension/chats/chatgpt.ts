import { hosted } from './hosted.js';

/** The pill in the composer shows a mode where the picker has modes, and the older button at the top names a model. */
export const chatGpt = hosted({
  name: 'chatgpt',
  label: 'ChatGPT',
  homes: ['https://chatgpt.com', 'https://chat.openai.com'],
  box: '#prompt-textarea',
  picker: [
    'form button[class*="__composer-pill"][aria-haspopup="menu"]',
    'button[data-testid="model-switcher-dropdown-button"]',
  ],
  prefix: /^Model selector,? (current model is )?/i,
  // The efforts are those of the newest model. "Pro" is a way of working that no benchmark of the index has measured.
  offer: {
    asOf: '2026-10',
    plans: ['Free', 'Plus', 'Pro'],
    models: [
      { label: 'GPT-5.5 Instant', model: 'openai/gpt-5.5-instant', plan: 'Free', shownAs: ['Instant'] },
      { label: 'GPT-6 Sol', model: 'openai/gpt-6-sol', plan: 'Plus', shownAs: ['Medium', 'High', 'Extra High'] },
      { label: 'GPT-6 Luna', model: 'openai/gpt-6-luna', plan: 'Plus' },
      { label: 'GPT-5.6 Sol', model: 'openai/gpt-5.6-sol', plan: 'Plus' },
      { label: 'GPT-5.5', model: 'openai/gpt-5.5', plan: 'Plus' },
      { label: 'o3', model: 'openai/o3', plan: 'Plus' },
      { label: 'GPT-6 Astra', model: 'openai/gpt-6-astra', plan: 'Pro' },
    ],
  },
});
