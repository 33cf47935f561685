/** Models that chats of several makers have in common. */
import type { OfferedModel } from './chat.js';

type Named = Omit<OfferedModel, 'plan'>;

const SMALL: readonly Named[] = [
  { label: 'Gemini 3.8 Flash', model: 'google/gemini-3.8-flash' },
  { label: 'GPT-6 Luna', model: 'openai/gpt-6-luna' },
  { label: 'DeepSeek V4.1 Flash', model: 'deepseek/deepseek-v4.1-flash' },
  { label: 'GLM 5.3 Flash', model: 'z-ai/glm-5.3-flash' },
  { label: 'Qwen3.7 Flash', model: 'qwen/qwen3.7-flash' },
];
const LARGE: readonly Named[] = [
  { label: 'GPT-6 Sol', model: 'openai/gpt-6-sol' },
  { label: 'Claude Haiku 4.5', model: 'anthropic/claude-haiku-4.5' },
  { label: 'Claude Sonnet 5.5', model: 'anthropic/claude-sonnet-5.5' },
  { label: 'Claude Opus 5.5', model: 'anthropic/claude-opus-5.5' },
  { label: 'Gemini 3.1 Pro', model: 'google/gemini-3.1-pro' },
  { label: 'DeepSeek V4 Pro', model: 'deepseek/deepseek-v4-pro-0813' },
  { label: 'Grok 4.6', model: 'x-ai/grok-4.6' },
  { label: 'Kimi K3', model: 'moonshotai/kimi-k3' },
  { label: 'GLM 5.3', model: 'z-ai/glm-5.3' },
  { label: 'Qwen3.7 Max', model: 'qwen/qwen3.7-max' },
];

/** Returns the models of a chat of several makers: the small ones in one plan, all of them in another. */
export const modelsOfSeveral = (small: string, large: string): OfferedModel[] => [
  ...SMALL.map((model) => ({ ...model, plan: small })),
  ...LARGE.map((model) => ({ ...model, plan: large })),
];
