import { hosted } from './hosted.js';

/** Sonar and "Best" are not models of the index. Without a paid plan there is nothing to choose. */
export const perplexity = hosted({
  name: 'perplexity',
  label: 'Perplexity',
  homes: ['https://www.perplexity.ai', 'https://perplexity.ai'],
  box: '#ask-input',
  picker: ['button[aria-label="Choose a model"]', 'button[aria-label="Model"]', 'button[data-testid="model-picker"]'],
  prefix: /^(Choose a model|Model)$/i,
  offer: {
    asOf: '2026-10',
    plans: ['Free', 'Pro', 'Max'],
    models: [
      { label: 'GPT-6 Sol', model: 'openai/gpt-6-sol', plan: 'Pro' },
      { label: 'Claude Sonnet 5.5', model: 'anthropic/claude-sonnet-5.5', plan: 'Pro' },
      { label: 'Gemini 3.1 Pro', model: 'google/gemini-3.1-pro', plan: 'Pro' },
      { label: 'Grok 4.6', model: 'x-ai/grok-4.6', plan: 'Pro' },
      { label: 'Kimi K3', model: 'moonshotai/kimi-k3', plan: 'Pro' },
      { label: 'Claude Opus 5.5', model: 'anthropic/claude-opus-5.5', plan: 'Max' },
    ],
  },
});
