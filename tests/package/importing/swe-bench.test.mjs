// Imports reports of SWE-bench with the statements of the instances.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { sweBenchImporter } from '../../../dist/importing/sources/swe-bench.js';
import { claimed, imported, lines, refuses, scoreLines } from './fixtures.mjs';

const report = (more = {}) => ({
  total_instances: 5,
  submitted_instances: 4,
  completed_instances: 2,
  resolved_instances: 1,
  completed_ids: ['acme__oar-1', 'acme__oar-2'],
  incomplete_ids: ['acme__oar-5'],
  empty_patch_ids: ['acme__oar-3'],
  submitted_ids: ['acme__oar-1', 'acme__oar-2', 'acme__oar-3', 'acme__oar-4'],
  resolved_ids: ['acme__oar-1'],
  unresolved_ids: ['acme__oar-2'],
  error_ids: ['acme__oar-4'],
  schema_version: 2,
  ...more,
});
const STATEMENTS = [1, 2, 3, 4, 5].map((n) => ({
  instance_id: `acme__oar-${n}`,
  problem_statement: `Oar ${n} leaks.`,
  repo: 'acme/oar',
}));
const FILES = { 'acme__little-4.1.run7.json': report(), 'test.jsonl': lines(...STATEMENTS) };

it('claims reports and statements', async () => {
  const contents = {
    ...FILES,
    'evaluation/verified/20260301_great/results/results.json': {
      no_generation: [],
      no_logs: [],
      resolved: ['acme__oar-1'],
    },
    'statements.json': STATEMENTS,
    'swe-bench_verified.parquet': 'PAR1',
    'preds.json': [{ instance_id: 'acme__oar-1', model_patch: 'x', model_name_or_path: 'm' }],
    'other.json': { resolved: true },
  };
  const names = Object.keys(contents).filter((name) => !['preds.json', 'other.json'].includes(name));
  assert.deepEqual((await claimed(sweBenchImporter, contents)).sort(), names.sort());
});

it('counts instances that were submitted and not resolved as wrong', async () => {
  const record = await imported(sweBenchImporter, FILES);
  assert.deepEqual(
    scoreLines(record),
    [1, 2, 3, 4].map((n) => `SWE-bench/acme__oar-${n} acme/little-4.1 resolved=${Number(n === 1)}`),
  );
  assert.equal(record.samples[1].prompt, 'Oar 2 leaks.');
});

it('does not count instances of which the machinery failed', async () => {
  const infra = report({ infra_failure_ids: ['acme__oar-4'], ambiguous_failure_ids: ['acme__oar-2'] });
  const record = await imported(sweBenchImporter, { ...FILES, 'acme__little-4.1.run7.json': infra });
  assert.equal(record.scores.length, 3);
  assert.deepEqual(record.dropped, { failed: 1 });
});

it('reads the lists of a submission, and statements from a list or Parquet', async () => {
  const submission = { no_generation: ['acme__oar-2'], no_logs: ['acme__oar-3'], resolved: ['acme__oar-1'] };
  const columns = ['instance_id', 'problem_statement'];
  const columnData = columns.map((name) => ({ name, data: STATEMENTS.map((row) => row[name]), type: 'STRING' }));
  for (const [name, content] of [
    ['statements.json', STATEMENTS],
    ['SWE-bench_Verified/test.parquet', new Uint8Array(parquetWriteBuffer({ columnData }))],
  ]) {
    const record = await imported(sweBenchImporter, {
      '20260301_great/results/results.json': submission,
      [name]: content,
    });
    assert.deepEqual(
      record.scores.map(({ key, model, value }) => [key, model, value]).sort(),
      [1, 2, 3].map((n) => [`acme__oar-${n}`, '20260301_great', Number(n === 1)]),
      name,
    );
    assert.ok(record.samples.every(({ prompt }) => /^Oar \d leaks/.test(prompt)));
  }
});

it('says what is missing', async () => {
  const { 'test.jsonl': statements, ...reports } = FILES;
  await refuses(
    sweBenchImporter,
    reports,
    'invalid_argument',
    /expected the statements of the instances too: .*problem_statement/,
  );
  await refuses(sweBenchImporter, { 'test.jsonl': statements }, 'invalid_argument', /expected a report of SWE-bench/);
  const counts = { 'm.r.json': { submitted_instances: 1, resolved_instances: 1 }, 'test.jsonl': statements };
  await refuses(sweBenchImporter, counts, 'invalid_argument', /m\.r\.json: no list at 'resolved_ids'/);
});
