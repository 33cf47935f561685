// The tasks that are made of published_2026's: which are merged, renamed or left out, and why.

/** Benchmarks left out as a whole, with the reason. */
const BENCHMARKS_OUT = {
  arena_text: 'the votes of arena_text_style_control, without control of length and form',
  livebench_2025: 'an older edition of livebench',
};

/** Single tasks left out. */
const TASKS_OUT = {
  'arena_text_style_control/exclude_ties': 'the votes of another category',
  'arena_text_style_control/hard_prompts_english': 'the votes of another category',
  'arena_webdev/image_to_webdev': 'needs images',
  'arena_webdev/webdev': 'equal to arena_webdev/overall',
  'bfcl_v4/multi_turn_base': 'a part of bfcl_v4/multi_turn',
  'bfcl_v4/multi_turn_long_context': 'a part of bfcl_v4/multi_turn',
  'bfcl_v4/multi_turn_miss_func': 'a part of bfcl_v4/multi_turn',
  'bfcl_v4/multi_turn_miss_param': 'a part of bfcl_v4/multi_turn',
  'bfcl_v4/relevance_detection': 'orders models unlike strength elsewhere',
  'epoch_compiled/lech_mazur_writing': 'no licence stated by its source',
};

const FEW_MODELS = 8;

/** Prompts of these tasks are those of others, or stand for the same: merged into one task. */
const MERGED = {
  aider_polyglot: ['aider_polyglot/aider_polyglot', 'epoch_compiled/aider_polyglot'],
  mmlu_pro: ['helm_capabilities/helm_capabilities_mmlu_pro', 'swallow_en_post/en_post_mmlu_pro'],
  gpqa: ['epoch/gpqa_diamond', 'helm_capabilities/helm_capabilities_gpqa', 'swallow_en_post/en_post_gpqa'],
  'epoch/frontiermath': ['epoch/frontiermath', 'epoch/frontiermath_tier_4'],
  'epoch_compiled/fiction_livebench_short': /^epoch_compiled\/fiction_livebench_(0|400|[1248]k)$/,
  'epoch_compiled/fiction_livebench_long': /^epoch_compiled\/fiction_livebench_(16|32|60|120|192)k$/,
  'livebench/agentic_2026_01': /^livebench_agentic_2026_01\//,
  'livebench/agentic_2026_06': /^livebench_agentic_2026_06\//,
  'swallow/japanese_mt_bench': /^swallow_ja_mtb\//,
  'swallow/translation': /^swallow_ja_post\/ja_post_wmt/,
  'swallow/japanese': /^swallow_ja_post\//,
};

const RENAMED = [
  [/^arena_text_style_control\//, 'arena/'],
  [/^bfcl_v4\//, 'bfcl/'],
  [/^helm_capabilities\/helm_capabilities_/, 'helm/'],
  [/^swallow_en_mtb\/en_mtb_/, 'swallow/mt_bench_'],
  [/^swallow_en_post\/en_post_/, 'swallow/'],
  [/^tau2_bench\/tau2_/, 'tau2/'],
  [/^vectara\/summary_faithfulness$/, 'vectara/faithfulness'],
];

const DOMAINS = {
  'swallow/japanese_mt_bench': 'languages',
  'livebench/typos': 'writing',
  'livebench/plot_unscrambling': 'writing',
  'epoch_compiled/cybench': 'agentic coding',
  'epoch_compiled/hle': 'general knowledge',
};

const BENCHMARK_TITLES = {
  aider_polyglot: 'Aider polyglot',
  arena: 'Arena',
  arena_webdev: 'Arena web development',
  bfcl: 'Function calling (BFCL)',
  epoch: 'Epoch',
  epoch_compiled: 'Epoch, compiled',
  euroeval: 'EuroEval',
  helm: 'HELM',
  livebench: 'LiveBench',
  swallow: 'Swallow',
  tau2: 'tau2',
  vectara: 'Vectara',
  mmlu_pro: 'MMLU-Pro',
  gpqa: 'GPQA',
};

/** Returns why a task of published_2026 is left out, or undefined. */
export function whyTaskLeftOut(key, task, currentModels) {
  if (!task.may_be_shipped)
    return /Artificial/.test(task.licence) ? 'terms of Artificial Analysis' : 'no licence stated';
  const whole = BENCHMARKS_OUT[task.benchmark] ?? TASKS_OUT[key];
  if (whole !== undefined) return whole;
  if (task.benchmark === 'euroeval' && task.flags.length > 0) return `EuroEval: ${task.flags.join(', ')}`;
  if (currentModels < FEW_MODELS) return `fewer than ${FEW_MODELS} current models`;
  return undefined;
}

/** Returns the name of the index's task that a task of published_2026 becomes part of. */
export function nameOf(key) {
  const language = /^euroeval\/euroeval_([a-z]+)_/.exec(key);
  if (language) return `euroeval/${language[1]}`;
  for (const [name, parts] of Object.entries(MERGED)) {
    if (parts instanceof RegExp ? parts.test(key) : parts.includes(key)) return name;
  }
  const rule = RENAMED.find(([pattern]) => pattern.test(key));
  return rule ? key.replace(...rule) : key;
}

export const domainOf = (name, task) => DOMAINS[name] ?? task.domain;

export function displayNameOf(name) {
  const [benchmark, task] = name.split('/');
  const title = BENCHMARK_TITLES[benchmark] ?? benchmark;
  if (task === undefined) return title;
  const words = task
    .replace(/^industry_/, '')
    .replaceAll(/[_-]/g, ' ')
    .replaceAll(/ and /g, ', ');
  return `${title}: ${benchmark === 'euroeval' ? words[0].toUpperCase() + words.slice(1) : words}`;
}

/** Tasks without a right answer: votes, and grades by a judge. */
export const isCheckable = ({ kind }) => kind === 'accuracy';

/** Prompt sets that may not go in, not even as embeddings. */
export function whySetLeftOut({ licence }) {
  if (/canary/.test(licence)) return 'carries a canary';
  if (/none stated/.test(licence)) return 'no licence stated';
  return undefined;
}

/** Returns whether the beginnings of a set's prompts may be shown: not where licences vary or ask to share alike. */
export const mayShow = ({ licence }) => /^(Apache-2.0$|Apache-2.0 \(repository\)$|MIT|CC BY 4.0|ODC-BY)/.test(licence);
