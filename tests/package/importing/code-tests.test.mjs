// Imports results of EvalPlus, BigCodeBench and HumanEval.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { codeTestsImporter } from '../../../dist/importing/sources/code-tests.js';
import { claimed, imported, lines, refuses, scoreLines } from './fixtures.mjs';

const problem = (id, more) => ({ task_id: id, prompt: `def f():\n    """Row ${id}."""\n`, entry_point: 'f', ...more });
const plus = (task, base, more, solution = 'def f(): pass') => ({
  task_id: task,
  solution,
  base_status: base,
  plus_status: more,
  base_fail_tests: [],
  plus_fail_tests: [],
});
const evalPlus = (tasks) => ({ date: '2026-03-01', hash: 'h', eval: tasks });
const NAME = 'evalplus_results/humaneval/acme--little-7b_vllm_temp_0.0_eval_results.json';

describe('code benchmarks', () => {
  it('are recognised by names and keys: results, problems and answers', async () => {
    const contents = {
      [NAME]: evalPlus({ 'HumanEval/0': [plus('HumanEval/0', 'pass', 'fail')] }),
      'HumanEval.jsonl': lines(problem('HumanEval/0', { canonical_solution: '', test: '' })),
      'samples.jsonl': lines({ task_id: 'HumanEval/0', completion: 'pass' }),
      'samples.jsonl_results.jsonl': lines({ task_id: 'HumanEval/0', completion: 'x', result: 'passed', passed: true }),
      'inspect.json': { version: 2, eval: { task: 't' }, status: 'success' },
      'tasks.jsonl': lines({ task_id: 1, prompt: 'q' }),
    };
    assert.deepEqual((await claimed(codeTestsImporter, contents)).sort(), Object.keys(contents).slice(0, 4).sort());
  });

  it('have two metrics in EvalPlus, whose answers must pass both sets of tests', async () => {
    const record = await imported(codeTestsImporter, {
      [NAME]: evalPlus({
        'HumanEval/0': [plus('HumanEval/0', 'pass', 'pass'), plus('HumanEval/0', 'fail', 'pass')],
        'HumanEval/1': [plus('HumanEval/1', 'pass', 'timeout'), plus('HumanEval/1', 'pass', null)],
      }),
      'HumanEvalPlus.jsonl': lines(problem('HumanEval/0'), problem('HumanEval/1')),
    });
    assert.deepEqual(scoreLines(record), [
      'HumanEval/HumanEval/0 acme/little-7b base=0',
      'HumanEval/HumanEval/0 acme/little-7b base=1',
      'HumanEval/HumanEval/0 acme/little-7b plus=0',
      'HumanEval/HumanEval/0 acme/little-7b plus=1',
      'HumanEval/HumanEval/1 acme/little-7b base=1',
      'HumanEval/HumanEval/1 acme/little-7b base=1',
      'HumanEval/HumanEval/1 acme/little-7b plus=0',
    ]);
    assert.equal(record.samples[1].prompt, problem('HumanEval/1').prompt);
  });

  it('take the docstring of a solution as the prompt if there are no problems', async () => {
    const solution = 'def f(n):\n    """Count the oars of n boats.\n    """\n    return 2 * n';
    const { samples } = await imported(codeTestsImporter, {
      'great/eval_results.json': evalPlus({ 'Mbpp/2': [plus('Mbpp/2', 'pass', 'pass', solution)] }),
    });
    assert.equal(samples[0].prompt, 'Count the oars of n boats.');
    assert.equal(samples[0].dataset, 'Mbpp');
  });

  it('tell the splits of BigCodeBench apart, and use their prompts', async () => {
    const of = (split) => `acme--great--main--bigcodebench-${split}--vllm-0-1-sanitized_calibrated_eval_results.json`;
    const entry = (status) => ({ task_id: 'BigCodeBench/0', solution: 'x', status, details: {} });
    const record = await imported(codeTestsImporter, {
      [of('instruct')]: { date: 'd', eval: { 'BigCodeBench/0': [entry('pass')] } },
      [of('complete')]: { date: 'd', eval: { 'BigCodeBench/0': [entry('fail')] } },
      'BigCodeBench.jsonl': lines(
        problem('BigCodeBench/0', { prompt: undefined, instruct_prompt: 'Do it.', complete_prompt: 'def it():' }),
      ),
    });
    assert.deepEqual(scoreLines(record), [
      'BigCodeBench (split=complete)/BigCodeBench/0 acme/great pass=0',
      'BigCodeBench (split=instruct)/BigCodeBench/0 acme/great pass=1',
    ]);
    assert.deepEqual(
      record.samples.map(({ prompt }) => prompt),
      ['def it():', 'Do it.'],
    );
  });

  it('are read from the lines of HumanEval, with the problems', async () => {
    const results = {
      'little/samples.jsonl_results.jsonl': lines({ task_id: 'HumanEval/0', completion: 'x', passed: false }),
    };
    const problems = { 'HumanEval.jsonl.gz': lines(problem('HumanEval/0')) };
    const record = await imported(codeTestsImporter, { ...results, ...problems });
    assert.deepEqual(scoreLines(record), ['HumanEval/HumanEval/0 little passed=0']);
    await refuses(codeTestsImporter, results, 'invalid_argument', /expected the problems beside it.*HumanEval\.jsonl/);
    await refuses(codeTestsImporter, problems, 'invalid_argument', /without scores: run the evaluation/);
  });
});
