// Logs of inspect_ai in the form of current versions, for the tests of its importer.
import { inspectImporter } from '../../../dist/importing/sources/inspect.js';
import { imported } from './fixtures.mjs';

/** Returns the specification of a run, in the form of current versions. */
export const spec = (more = {}) => ({
  eval_id: 'e1',
  run_id: 'r1',
  task_id: 't1',
  created: '2026-03-01T10:00:00+00:00',
  task: 'rivers',
  task_version: 0,
  task_args: { depth: 'low' },
  task_args_passed: {},
  model: 'lab/m',
  model_generate_config: {},
  model_args: {},
  config: { epochs: 1 },
  scorers: [{ name: 'match', options: {} }],
  ...more,
});
export const sample = (id, value, more = {}) => ({
  id,
  epoch: 1,
  input: `How long is river ${id}?`,
  output: { choices: [{ stop_reason: 'stop' }] },
  scores: { match: { value } },
  ...more,
});
export const log = (of, samples, more = {}) => ({
  version: 2,
  status: 'success',
  eval: spec(of),
  plan: { steps: [{ solver: 'generate', params: {} }] },
  stats: { completed_at: '2026-03-01T10:05:00+00:00' },
  ...more,
  samples,
});
export const read = (contents) => imported(inspectImporter, contents);
/** Another run: other ids. */
export const other = (n, more = {}) => ({ eval_id: `e${n}`, run_id: `r${n}`, task_id: `t${n}`, ...more });
