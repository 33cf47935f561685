/** The models that this chat may use, by their names in the index. */
export const MODELS = ['openai/gpt-5.5', 'openai/gpt-5-mini', 'google/gemini-3-flash'];
