// A few small files of each source, in the shape that its tool writes.
import { readFileSync } from 'node:fs';
import { lines } from './fixtures.mjs';

const DATE = '2026-01-01T00-00-00.000000';

/** A sample and a log of inspect_ai. */
export const sample = { id: 1, epoch: 1, input: 'a question', target: 'A', scores: { match: { value: 'C' } } };
export const evaluation = {
  version: 2,
  status: 'success',
  eval: {
    task: 't',
    task_id: 'i',
    created: '2025-01-01T00:00:00Z',
    model: 'm',
    task_args: { level: 1 },
    model_roles: { grader: { model: 'j' } },
    scorers: [{ name: 'match', options: { model: 'j' } }],
  },
  plan: { steps: [{ solver: 'generate' }], config: { temperature: 1 } },
  stats: { completed_at: '2025-01-01T00:01:00Z' },
  samples: [sample, { ...sample, id: 2, events: [{ timestamp: '2025-01-02T00:00:00Z' }] }],
};
/** A few small files of each source, by path: each has at least one score. */
export const EXAMPLES = {
  helm: {
    'run/run_spec.json': { name: 'mmlu:subject=x,model=m', adapter_spec: { model: 'm' } },
    'run/scenario_state.json': {
      adapter_spec: { model: 'm' },
      request_states: [{ instance: { id: 'id1', input: { text: 'q' } } }],
    },
    'run/per_instance_stats.json': [
      {
        instance_id: 'id1',
        train_trial_index: 0,
        stats: [{ name: { name: 'exact_match' }, count: 1, sum: 1, mean: 1 }],
      },
    ],
  },
  'lm-eval': {
    'm/samples_t_2025-01-01T00-00-00.jsonl': lines(
      { doc_id: 0, doc_hash: 'h', arguments: { gen_args_0: { arg_0: 'q' } }, filter: 'none', metrics: ['acc'], acc: 1 },
      { doc_id: 1, doc_hash: 'i', arguments: { gen_args_0: { arg_0: 'p' } }, filter: 'none', metrics: ['acc'], acc: 0 },
    ),
  },
  opencompass: {
    'predictions/m/d.json': { 0: { origin_prompt: 'q', prediction: 'x' } },
    'results/m/d.json': { accuracy: 1, details: { 0: { correct: true } } },
    'predictions/m/e.json': { 0: { 'label: a': { 'testing input': 'q a' }, 'label: b': { 'testing input': 'q b' } } },
    'results/m/e.json': { accuracy: 1, details: [{ correct: [true, false] }] },
  },
  inspect: { 'log.json': evaluation, 'log-scored.json': evaluation },
  'alpaca-eval': {
    'annotations.json': [{ instruction: 'i', generator_1: 'a', generator_2: 'b', preference: 1.5 }],
    'm/annotations.json': [{ instruction: 'i', output_2: 'o', annotator: 'j', preference: 1 }],
  },
  promptfoo: {
    'r.json': {
      evalId: 'e',
      results: {
        version: 3,
        results: [
          { prompt: { raw: 'q', label: 'q' }, promptIdx: 0, provider: { id: 'm' }, score: 1, vars: { q: 'q' } },
        ],
      },
      config: { description: 'd' },
    },
  },
  routerbench: { 'r.csv': `,sample_id,prompt,eval_name,a,a|total_cost\n0,1,"['q']",e,1,0.1\n` },
  routellm: { 'r.csv': 'prompt,a,b\nq,True,False\np,False,True\n' },
  mixinstruct: {
    'r.jsonl': lines({ id: '1', instruction: 'i', candidates: [{ model: 'm', scores: { bertscore: 0.5 } }] }),
  },
  llmrouter: { 'r.jsonl': lines({ task_name: 't', query: 'q', model_name: 'm', performance: 1 }) },
  llmrouterbench: { 'r.json': { model_name: 'm', dataset_name: 'd', records: [{ index: 0, prompt: 'q', score: 1 }] } },
  wide: { 'r.csv': 'dataset,id,prompt,a\nd,1,"one, two",1\nd,2,two,0\n' },
  long: { 'r.jsonl': lines({ dataset: 'd', id: '1', prompt: 'q', model: 'm', score: 1 }) },
  'lmms-eval': {
    'm/1_samples_t.jsonl': lines({ doc_id: 0, doc_hash: 'h', input: 'q', target: 'a', filtered_resps: 'a', acc: 1 }),
    'm/1_results.json': { results: { t: {} }, configs: { t: {} }, model_name: 'm' },
  },
  evalscope: {
    '20260101_000000/reviews/m/d_default.jsonl': lines({
      index: 0,
      messages: [{ role: 'user', content: 'q' }],
      sample_score: { group_id: 0, score: { value: { acc: 1 }, metadata: { metric_errors: {} } } },
    }),
    '20260101_000000/predictions/m/d_default.jsonl': lines({
      index: 0,
      model: 'm',
      model_output: {
        choices: [{ stop_reason: 'stop' }],
        usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
      },
      messages: [],
    }),
    '20260101_000000/reports/m/d.json': {
      dataset_name: 'd',
      model_name: 'm',
      metrics: [{ identity: { name: 'acc' } }],
    },
    '20260101_000000/configs/task_config.yaml': 'model: m\ndataset_args: { d: { few_shot_num: 0 } }\n',
  },
  lighteval: {
    [`details/m/${DATE}/details_d|0_${DATE}.parquet`]: readFileSync(
      new URL('../../fixtures/importing/lighteval-0.9.parquet', import.meta.url),
    ),
    [`results/m/results_${DATE}.json`]: { config_general: { model_name: 'm' }, results: {}, config_tasks: {} },
  },
  'openai-evals': {
    'e.jsonl': lines(
      { spec: { completion_fns: ['m'], eval_name: 'e.v0', base_eval: 'e', split: 'dev', run_config: {}, run_id: 'r' } },
      { run_id: 'r', event_id: 0, sample_id: 'e.0', type: 'sampling', data: { prompt: 'q', sampled: ['a'] } },
      { run_id: 'r', event_id: 1, sample_id: 'e.0', type: 'match', data: { correct: true } },
      { final_report: { accuracy: 1 }, run_id: 'r' },
    ),
  },
  fastchat: {
    'b/question.jsonl': lines({ question_id: 1, category: 'c', turns: ['q', 'p'] }),
    'b/model_judgment/j_single.jsonl': lines({ question_id: 1, model: 'm', judge: ['j', 's'], score: 7, turn: 1 }),
    'b/model_judgment/j/m.jsonl': lines({ question_id: 1, model: 'm', judge: 'j', games: [{ score: 'A>B' }] }),
    'b/model_answer/m.jsonl': lines({ question_id: 1, answer_id: 'a', model_id: 'm', choices: [{ turns: ['a'] }] }),
  },
  'code-tests': {
    'm_eval_results.json': {
      date: '2026-01-01',
      hash: 'h',
      eval: { 'HumanEval/0': [{ task_id: 'HumanEval/0', solution: 's', base_status: 'pass', plus_status: 'fail' }] },
    },
    'HumanEval.jsonl': lines({ task_id: 'HumanEval/0', prompt: 'def f():', entry_point: 'f' }),
    'n.jsonl_results.jsonl': lines({ task_id: 'HumanEval/0', completion: 'x', result: 'passed', passed: true }),
  },
  bfcl: {
    'score/m/non_live/BFCL_v4_simple_score.json': lines(
      { accuracy: 0.5, correct_count: 1, total_count: 2 },
      { id: 'simple_1', valid: false },
    ),
    'result/m/non_live/BFCL_v4_simple_result.json': lines(
      { id: 'simple_0', result: [], input_token_count: 1, output_token_count: 1 },
      { id: 'simple_1', result: [], input_token_count: [[1]], output_token_count: [[1]] },
    ),
    'data/BFCL_v4_simple.json': lines(
      { id: 'simple_0', question: [[{ role: 'user', content: 'q' }]] },
      { id: 'simple_1', question: [[{ role: 'user', content: 'p' }]] },
    ),
  },
  deepeval: {
    'test_run_1.json': {
      testFile: 't.py',
      testCases: [{ name: 'c', input: 'q', metricsData: [{ name: 'a', score: 1, threshold: 0.5, success: true }] }],
      metricsScores: [],
      hyperparameters: { model: 'm' },
    },
  },
  langfuse: {
    'scores.json': [{ id: 's', traceId: 't', name: 'good', value: 1, dataType: 'NUMERIC', source: 'API' }],
    'traces.json': [
      {
        id: 't',
        name: 'n',
        timestamp: 'd',
        sessionId: null,
        public: false,
        bookmarked: false,
        input: { question: 'q' },
      },
    ],
    'observations.jsonl': lines({
      id: 'o',
      traceId: 't',
      type: 'GENERATION',
      startTime: 'd',
      parentObservationId: null,
      model: 'm',
      usageDetails: { input: 1, output: 1 },
    }),
  },
  langsmith: {
    'runs.jsonl': lines(
      {
        id: 'a',
        trace_id: 'a',
        name: 'n',
        run_type: 'chain',
        inputs: { question: 'q' },
        feedback_stats: { f: { n: 1, avg: 1 } },
      },
      {
        id: 'b',
        trace_id: 'a',
        parent_run_id: 'a',
        run_type: 'llm',
        extra: { metadata: { ls_model_name: 'm' } },
        total_cost: 0.1,
      },
    ),
    'feedback.json': [{ id: 'f', run_id: 'a', key: 'g', score: 1 }],
  },
  'swe-bench': {
    'm.r.json': {
      submitted_instances: 1,
      resolved_instances: 1,
      submitted_ids: ['a__b-1'],
      resolved_ids: ['a__b-1'],
      unresolved_ids: [],
    },
    'statements.jsonl': lines({ instance_id: 'a__b-1', problem_statement: 'q' }),
  },
  'every-eval-ever': {
    'x_samples.jsonl': lines({
      schema_version: '0.2.1',
      evaluation_id: 'e',
      model_id: 'm',
      evaluation_name: 'n',
      sample_id: 's',
      input: { raw: 'q', reference: [] },
      evaluation: { score: 1, is_correct: true },
    }),
    'x.json': {
      schema_version: '0.2.1',
      evaluation_id: 'e',
      retrieved_timestamp: '1',
      evaluation_results: [{ evaluation_name: 'n', metric_config: { lower_is_better: false } }],
    },
  },
};
