import { hosted } from './hosted.js';
import { modelsOfSeveral } from './several.js';

export const t3Chat = hosted({
  name: 't3',
  label: 'T3 Chat',
  homes: ['https://t3.chat', 'https://www.t3.chat'],
  box: '#chat-input',
  picker: ['form button[aria-label^="Select model"]', 'form button[data-testid="model-picker"]'],
  prefix: /^Select model[.:,]? ?(Current model: )?/i,
  offer: { asOf: '2026-10', plans: ['Free', 'Pro'], models: modelsOfSeveral('Free', 'Pro') },
});
