import { hosted } from './hosted.js';

/** "Smart" chooses the model by itself, so it stands for none. */
export const copilot = hosted({
  name: 'copilot',
  label: 'Copilot',
  homes: ['https://copilot.microsoft.com', 'https://m365.cloud.microsoft'],
  box: '#userInput, [data-testid="composer-input"], #m365-chat-editor-target-element',
  picker: [
    'button[data-testid^="composer-chat-mode-"]',
    'button[aria-label*="Response mode"]',
    'button[data-testid="model-selector"]',
  ],
  prefix: /^Response mode[:,]? ?/i,
  offer: {
    asOf: '2026-10',
    plans: ['Free', 'Microsoft 365'],
    models: [
      {
        label: 'GPT-5.5 Quick response',
        model: 'openai/gpt-5.5-instant',
        plan: 'Free',
        shownAs: ['Quick response', 'Quick'],
      },
      { label: 'GPT-5.5 Think deeper', model: 'openai/gpt-5.5', plan: 'Free', shownAs: ['Think deeper'] },
      { label: 'Claude Sonnet', model: 'anthropic/claude-sonnet-5', plan: 'Microsoft 365', shownAs: ['Sonnet'] },
      { label: 'Claude Opus', model: 'anthropic/claude-opus-5', plan: 'Microsoft 365', shownAs: ['Opus'] },
    ],
  },
});
