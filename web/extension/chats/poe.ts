import { hosted } from './hosted.js';
import { modelsOfSeveral } from './several.js';

/** Class names end in a hash. The title of a chat is the name of its bot, and most bots are called as their model. */
export const poe = hosted({
  name: 'poe',
  label: 'Poe',
  homes: ['https://poe.com'],
  box: 'textarea[class*="GrowingTextArea_textArea"]',
  picker: ['[class*="BotInfoCardHeader_name"]', 'header [class*="ChatHeader_title"]', 'header [class*="BotName"]'],
  offer: { asOf: '2026-10', plans: ['Free', 'Subscription'], models: modelsOfSeveral('Free', 'Subscription') },
});
