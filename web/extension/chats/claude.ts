import { hosted } from './hosted.js';

export const claude = hosted({
  name: 'claude',
  label: 'Claude',
  homes: ['https://claude.ai'],
  box: 'div[contenteditable="true"].ProseMirror, [data-testid="chat-input"]',
  picker: ['[data-testid="model-selector-dropdown"]'],
  prefix: /^(Model: |Model selector,? )/i,
  offer: {
    asOf: '2026-10',
    plans: ['Free', 'Pro', 'Max'],
    models: [
      { label: 'Haiku 4.5', model: 'anthropic/claude-haiku-4.5', plan: 'Free' },
      { label: 'Sonnet 5.5', model: 'anthropic/claude-sonnet-5.5', plan: 'Free' },
      { label: 'Sonnet 5', model: 'anthropic/claude-sonnet-5', plan: 'Pro' },
      { label: 'Opus 5.5', model: 'anthropic/claude-opus-5.5', plan: 'Pro' },
      { label: 'Opus 5', model: 'anthropic/claude-opus-5', plan: 'Pro' },
      { label: 'Opus 4.8', model: 'anthropic/claude-opus-4.8', plan: 'Pro' },
      { label: 'Fable 5.1', model: 'anthropic/claude-fable-5.1', plan: 'Max' },
    ],
  },
});
