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

/** Names for people, where the task's own name would not do. */
const TITLES = {
  aider_polyglot: 'Aider polyglot',
  'arena/industry_business_and_management_and_financial_operations': 'Arena: business and finance',
  'arena/industry_entertainment_and_sports_and_media': 'Arena: entertainment, sports and media',
  'arena/industry_legal_and_government': 'Arena: law and government',
  'arena/industry_life_and_physical_and_social_science': 'Arena: science',
  'arena/industry_medicine_and_healthcare': 'Arena: medicine',
  'arena/industry_software_and_it_services': 'Arena: software and IT',
  'arena/industry_writing_and_literature_and_language': 'Arena: writing and literature',
  'arena/expert': 'Arena: expert questions',
  'arena/industry_mathematical': 'Arena: applied mathematics',
  'arena/math': 'Arena: maths',
  'arena/non_english': 'Arena: other languages than English',
  'arena/overall': 'Arena: all prompts',
  'arena/longer_query': 'Arena: long prompts',
  'arena/multi_turn': 'Arena: conversations',
  'arena_webdev/overall': 'Arena: web development',
  'arena_webdev/webdev-html': 'Arena: web pages in HTML',
  'arena_webdev/webdev-react': 'Arena: web pages in React',
  'bfcl/live': 'Function calling: calls by users',
  'bfcl/multi_turn': 'Function calling: conversations',
  'bfcl/non_live_ast': 'Function calling: calls by experts',
  'epoch/frontiermath': 'FrontierMath',
  'epoch/math_level_5': 'MATH, level 5',
  'epoch/otis_mock_aime_2024_2025': 'OTIS mock AIME',
  'epoch/simpleqa_verified': 'SimpleQA Verified',
  'epoch/swe_bench_verified': 'SWE-bench Verified by Epoch',
  'epoch/chess_puzzles': 'Chess puzzles',
  'epoch_compiled/arc_agi': 'ARC-AGI',
  'epoch_compiled/arc_agi_2': 'ARC-AGI 2',
  'epoch_compiled/cybench': 'Cybench',
  'epoch_compiled/deepresearchbench': 'Deep Research Bench',
  'epoch_compiled/fiction_livebench_long': 'Fiction.LiveBench, long',
  'epoch_compiled/fiction_livebench_short': 'Fiction.LiveBench, short',
  'epoch_compiled/gso': 'GSO',
  'epoch_compiled/hle': "Humanity's Last Exam",
  'epoch_compiled/simplebench': 'SimpleBench',
  gpqa: 'GPQA Diamond',
  'helm/ifeval': 'IFEval',
  'helm/omni_math': 'Omni-MATH',
  'helm/wildbench': 'WildBench',
  'livebench/AMPS_Hard': 'LiveBench: hard exercises of AMPS',
  'livebench/agentic_2026_01': 'LiveBench: agentic coding, January 2026',
  'livebench/agentic_2026_06': 'LiveBench: agentic coding, June 2026',
  'livebench/math_comp': 'LiveBench: maths competitions',
  mmlu_pro: 'MMLU-Pro',
  'swallow/aime': 'AIME',
  'swallow/hellaswag': 'HellaSwag',
  'swallow/japanese': 'Exams in Japanese',
  'swallow/japanese_mt_bench': 'MT-Bench in Japanese',
  'swallow/lcb': 'LiveCodeBench by Swallow',
  'swallow/math500': 'MATH-500',
  'swallow/mifevalja': 'M-IFEval',
  'swallow/mt_bench_math': 'MT-Bench: maths',
  'swallow/mt_bench_stem': 'MT-Bench: science',
  'swallow/translation': 'Translation between English and Japanese',
  'vectara/faithfulness': 'Faithful summaries (Vectara)',
};

/** First words of the other tasks' names. */
const BENCHMARK_TITLES = {
  arena: 'Arena',
  bfcl: 'Function calling',
  euroeval: 'EuroEval',
  livebench: 'LiveBench',
  swallow: 'MT-Bench',
  tau2: 'tau2-bench',
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
  if (TITLES[name] !== undefined) return TITLES[name];
  const [benchmark, task] = name.split('/');
  const words = task.replace(/^(industry|mt_bench)_/, '').replaceAll(/[_-]/g, ' ');
  const isLanguage =
    benchmark === 'euroeval' || /^(chinese|english|french|german|japanese|korean|polish|russian|spanish)$/.test(task);
  return `${BENCHMARK_TITLES[benchmark]}: ${isLanguage ? words[0].toUpperCase() + words.slice(1) : words}`;
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
