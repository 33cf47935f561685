import { hosted } from './hosted.js';
import { modelsOfSeveral } from './several.js';

/** In a battle the models are hidden, and the page has no picker. */
export const lmArena = hosted({
  name: 'lmarena',
  label: 'LMArena',
  homes: ['https://arena.ai', 'https://lmarena.ai', 'https://beta.lmarena.ai'],
  box: 'textarea[name="message"]',
  picker: ['main button[role="combobox"][aria-haspopup="dialog"]', 'button[role="combobox"]'],
  offer: { asOf: '2026-10', plans: ['Free'], models: modelsOfSeveral('Free', 'Free') },
});
