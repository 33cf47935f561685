// Chooses the models of the index, and writes what is known of each.

/** Models released before this day are not current. */
const SINCE = '2025';
/** Models of 2024 whose date no source states. */
const OLD = /^google\/gemma-2-/;

/** Prices that cannot be: their only source states half the price of the same model without its extra effort. */
const DOUBTED = new Set(['openai/gpt-5.6-luna-pro', 'openai/gpt-5.6-terra-pro']);

/** Makers by the first part of a name; others are written as the name has them. */
const MAKERS = {
  ai21: 'AI21',
  allenai: 'Ai2',
  amazon: 'Amazon',
  anthropic: 'Anthropic',
  'arcee-ai': 'Arcee AI',
  baidu: 'Baidu',
  'bytedance-seed': 'ByteDance Seed',
  cohere: 'Cohere',
  deepseek: 'DeepSeek',
  google: 'Google',
  'ibm-granite': 'IBM',
  inception: 'Inception',
  inclusionai: 'inclusionAI',
  kwaipilot: 'Kwaipilot',
  lgai: 'LG AI Research',
  liquid: 'Liquid AI',
  meituan: 'Meituan',
  meta: 'Meta',
  'meta-llama': 'Meta',
  microsoft: 'Microsoft',
  minimax: 'MiniMax',
  mistralai: 'Mistral AI',
  moonshotai: 'Moonshot AI',
  motif: 'Motif',
  'nex-agi': 'Nex AGI',
  nousresearch: 'Nous Research',
  nvidia: 'NVIDIA',
  openai: 'OpenAI',
  poolside: 'Poolside',
  'prime-intellect': 'Prime Intellect',
  qwen: 'Qwen',
  stepfun: 'StepFun',
  'swiss-ai': 'Swiss AI',
  tencent: 'Tencent',
  thinkingmachines: 'Thinking Machines',
  upstage: 'Upstage',
  'x-ai': 'xAI',
  xiaomi: 'Xiaomi',
  'z-ai': 'Z.ai',
};

/** Parts of names as their makers write them. */
const WRITTEN = {
  '4o': '4o',
  deepseek: 'DeepSeek',
  ernie: 'ERNIE',
  exaone: 'EXAONE',
  glm: 'GLM',
  gpt: 'GPT',
  it: 'IT',
  kat: 'KAT',
  lfm2: 'LFM2',
  mimo: 'MiMo',
  minimax: 'MiniMax',
  o1: 'o1',
  o3: 'o3',
  o4: 'o4',
  olmo: 'OLMo',
  oss: 'OSS',
  qwq: 'QwQ',
  vl: 'VL',
};
const SIZE_OR_VERSION = /^[a-z]?\d[\d.]*[a-z]?\d*[a-z]?$/;

/** Writes a name for people: `qwen3.8-max` is `Qwen3.8 Max`. */
function displayed(name) {
  const words = name.replace(/^.*\//, '').split('-');
  const written = words.map((word) => {
    if (WRITTEN[word] !== undefined) return WRITTEN[word];
    return SIZE_OR_VERSION.test(word) ? word.toUpperCase() : word[0].toUpperCase() + word.slice(1);
  });
  return written.join(' ').replace(/^(GPT|GLM) (?=[\dO])/, '$1-');
}

const isVariant = (name) => name.includes(':');

/** Returns the fields that are known, in this order. */
const known = (fields) => Object.fromEntries(Object.entries(fields).filter(([, x]) => x !== undefined && x !== null));

/**
 * Returns { models, undated, older }: the models of the index by name, each with its numbers and its record, and the
 * names that are left out: with neither date nor price, or older. A model is current if it was released since 2025, or
 * if its date is unknown and it has a price.
 */
export function chooseModels({ frontier, published }, priceOf, catalogueOf) {
  const names = [...new Set([...published.models.keys(), ...frontier.models.keys()])].filter(
    (name) => !isVariant(name),
  );
  const models = new Map();
  const undated = [];
  const older = [];
  for (const name of names.sort()) {
    const own = { ...frontier.models.get(name), ...published.models.get(name) };
    const price = DOUBTED.has(name) ? null : priceOf(name);
    const { released: listed, openWeights, aliases, ...facts } = catalogueOf(name);
    const released = own.release_date ?? listed;
    if (released === undefined && price === null) undated.push(name);
    if (own.before_2025 || OLD.test(name) || (released ?? SINCE) < SINCE) older.push(name);
    if (undated.includes(name) || older.includes(name)) continue;
    const { date, source, tiered } = price ?? {};
    const maker = name.slice(0, name.indexOf('/'));
    models.set(name, {
      name,
      paramsB: own.params_b ?? null,
      usdPerMTokIn: price?.in ?? null,
      usdPerMTokOut: price?.out ?? null,
      usdPerMTokCacheRead: price?.cacheRead ?? null,
      ability: own.ability ?? null,
      record: known({
        name,
        displayName: displayed(name),
        maker: MAKERS[maker] ?? maker,
        released,
        price: price === null ? undefined : known({ currency: 'USD', date, source, tiered }),
        ...facts,
        openWeights: own.open_weights ?? openWeights,
        aliases: aliases.filter((alias) => !name.endsWith(`/${alias}`)).slice(0, 6),
      }),
    });
  }
  return { models, undated, older };
}
