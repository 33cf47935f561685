import { hosted } from './hosted.js';

export const mistral = hosted({
  name: 'mistral',
  label: 'Le Chat (Mistral)',
  homes: ['https://chat.mistral.ai'],
  box: 'div[contenteditable="true"].ProseMirror, textarea[name="message.text"]',
  picker: ['button[data-testid="model-selector"]', 'form button[aria-haspopup="menu"][aria-label^="Model"]'],
  prefix: /^Model[:,]? ?/i,
  offer: {
    asOf: '2026-10',
    plans: ['Free', 'Pro'],
    models: [
      { label: 'Mistral Small', model: 'mistralai/mistral-small-2603', plan: 'Free', shownAs: ['Small'] },
      { label: 'Mistral Medium 3.5', model: 'mistralai/mistral-medium-3.5', plan: 'Free', shownAs: ['Medium 3.5'] },
      { label: 'Mistral Large 3', model: 'mistralai/mistral-large-2512', plan: 'Pro', shownAs: ['Large 3'] },
    ],
  },
});
