// The tasks that are made of frontier_2026's datasets, and the datasets that are left out.

const HARD_AND_EASY = ['algebra', 'algorithmic', 'arc', 'arithmetic', 'code', 'cognition', 'games', 'geometry']
  .concat(['graphs', 'induction', 'logic'])
  .map((part) => [part, [`rg_easy_${part}`, `rg_hard_${part}`]]);

const DOMAIN_OF_PART = { algebra: 'maths', arithmetic: 'maths', geometry: 'maths', games: 'games', code: 'coding' };

/** Rows that a task keeps of a dataset, evenly spaced: the others repeat a generator or a contest. */
const CAPS = { livecodebench: 150, reasoning_gym: 40 };

/** Suites in Spanish are a few tests each: they are merged by what they ask for. */
const SPANISH = {
  business: ['es_business_audit', 'es_business_strategy', 'es_strategy'],
  agents: ['es_agent_long_horizon', 'es_task_management'],
  writing: ['es_content_verificable'],
  extraction: ['es_ocr_extraction'],
  support: ['es_policy_adherence'],
  security: ['es_prompt_injection_es'],
  reasoning: ['es_reasoning'],
  summarization: ['es_summarization'],
  'fact checking': ['es_verificar_claim'],
};
const SPANISH_DOMAINS = {
  agents: 'tool use',
  extraction: 'data analysis',
  support: 'tool use',
  summarization: 'summarisation',
  'fact checking': 'honesty',
};

/**
 * Task definitions: name, display name, domain, datasets, whether a single right answer can be checked, whether the
 * beginnings of prompts may be shown. Names are `benchmark/task`; a benchmark of one task has no second part.
 */
export const FRONTIER_TASKS = [
  {
    name: 'openhands/swebench_verified',
    displayName: 'SWE-bench Verified in OpenHands',
    domain: 'agentic coding',
    datasets: ['swebench_verified'],
    checkable: true,
    texts: true,
  },
  ...['easy', 'medium', 'hard'].map((level) => ({
    name: `livecodebench/${level}`,
    displayName: `LiveCodeBench, ${level}`,
    domain: 'coding',
    datasets: [`livecodebench_${level}`],
    cap: CAPS.livecodebench,
    checkable: true,
    texts: false,
  })),
  ...['dialect', 'optimization', 'understanding'].map((part) => ({
    name: `scale_sql/${part}`,
    displayName: `SQL: ${part}`,
    domain: 'data analysis',
    datasets: [`sql_${part}`],
    checkable: true,
    texts: true,
  })),
  {
    name: 'svelte_bench',
    displayName: 'Svelte components',
    domain: 'web development',
    datasets: ['svelte_bench'],
    checkable: true,
    texts: true,
  },
  {
    name: 'ruby_fixer',
    displayName: 'Mending Ruby programs',
    domain: 'coding',
    datasets: ['ruby_program_fixer'],
    checkable: true,
    texts: true,
  },
  {
    name: 'misguided_attention',
    displayName: 'Altered classic puzzles',
    domain: 'reasoning',
    datasets: ['misguided_attention'],
    checkable: true,
    // Its authors ask not to post the prompts in clear.
    texts: false,
  },
  ...HARD_AND_EASY.map(([part, datasets]) => ({
    name: `reasoning_gym/${part}`,
    displayName: `Reasoning Gym: ${part}`,
    domain: DOMAIN_OF_PART[part] ?? 'reasoning',
    datasets,
    cap: CAPS.reasoning_gym,
    checkable: true,
    texts: true,
  })),
];

/** Tasks whose rows are left out and whose means are kept: the prompts are another task's, or the embedder can't read them. */
export const FRONTIER_MEANS = [
  {
    name: 'openhands/swt_bench',
    displayName: 'SWT-bench in OpenHands',
    domain: 'agentic coding',
    datasets: ['swt_bench'],
    rowsOf: ['openhands/swebench_verified'],
    checkable: true,
  },
  {
    name: 'slovak_quiz',
    displayName: 'Slovak quiz',
    domain: 'languages',
    datasets: ['sk_trick', 'sk_math', 'sk_spatial', 'sk_social'],
    rowsOf: [],
    checkable: true,
  },
  ...Object.entries(SPANISH).map(([part, datasets]) => ({
    name: `es_practical/${part.replace(' ', '_')}`,
    displayName: `Practical tests in Spanish: ${part}`,
    domain: SPANISH_DOMAINS[part] ?? part,
    datasets,
    rowsOf: [],
    checkable: false,
  })),
];

const SUSPECT = 'orders models unlike strength elsewhere';

/** Returns why a dataset is left out. */
export function whyLeftOut({ source, suspect, weak_signal: isWeak, models }) {
  if (source === 'swebench_mini') return 'CC BY-NC';
  if (source === 'pm_llm_bench') return 'GPL-3.0';
  if (['mcpmark', 'thematic_generalization', 'creative_writing'].includes(source)) return 'no licence stated';
  if (suspect || isWeak) return SUSPECT;
  if (models < 5) return 'fewer than five models';
  throw new Error(`${source}: a dataset is neither in a task nor left out for a reason`);
}
