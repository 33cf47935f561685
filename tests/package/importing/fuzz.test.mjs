// Damaged files: if any byte is changed, cut or doubled, an importer continues, or returns an error with a code that
// names the file.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { detect } from '../../../dist/importing/detect.js';
import { fileFromBytes } from '../../../dist/importing/input-file.js';
import { SignalboxError } from '../../../dist/index.js';
import { randomFrom } from '../support/fixtures.mjs';
import { lines, recordingSink } from './fixtures.mjs';

const SEED = 20;
const ROUNDS = 150;
const bytes = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));

async function zip(members) {
  const writer = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
  for (const [name, value] of Object.entries(members)) await writer.add(name, new Uint8ArrayReader(bytes(value)));
  return writer.close();
}

const sample = { id: 1, epoch: 1, input: 'a question', target: 'A', scores: { match: { value: 'C' } } };
const evaluation = {
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
const FILES = {
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
};

/** Sets or flips a byte, cuts the rest off, or doubles a piece. */
function damage(original, random) {
  const out = Buffer.from(original);
  const at = Math.floor(random() * out.length);
  const kind = Math.floor(4 * random());
  if (kind === 0) out[at] = Math.floor(256 * random());
  if (kind === 1) out[at] ^= 1 << Math.floor(8 * random());
  if (kind === 2) return out.subarray(0, at);
  if (kind === 3) return Buffer.concat([out.subarray(0, at), out.subarray(Math.floor(at / 2))]);
  return out;
}

async function survives(source, files, what) {
  const input = Object.entries(files).map(([name, content]) => fileFromBytes(name, new Uint8Array(content)));
  try {
    const { groups } = await detect(input, source);
    for (const { importer, files: claimed } of groups) await importer.read(claimed, { sink: recordingSink().sink });
  } catch (error) {
    assert.ok(error instanceof SignalboxError, `${what}: ${error.stack}`);
    assert.ok(['invalid_argument', 'truncated', 'size_overflow'].includes(error.code), `${what}: ${error.code}`);
  }
}

async function fuzz(source, contents) {
  const random = randomFrom(SEED);
  const names = Object.keys(contents);
  for (let round = 0; round < ROUNDS; ++round) {
    const victim = names[Math.floor(random() * names.length)];
    const damaged = Object.fromEntries(
      names.map((name) => [name, name === victim ? damage(contents[name], random) : contents[name]]),
    );
    await survives(source, damaged, `seed ${SEED}, round ${round}, ${victim}`);
  }
}

for (const [source, contents] of Object.entries(FILES)) {
  it(`damaged files of ${source} are read, or refused with a code`, () =>
    fuzz(source, Object.fromEntries(Object.entries(contents).map(([name, value]) => [name, bytes(value)]))));
}

it('damaged archives, gzip and Parquet are read, or refused with a code', async () => {
  const archive = await zip({ 'header.json': { eval: evaluation.eval }, 'samples/1_epoch_1.json': sample });
  await fuzz('inspect', { 'log.eval': archive });
  await fuzz('wide', { 'r.csv.gz': gzipSync(FILES.wide['r.csv']) });
  const column = (name, data, type) => ({ name, data, type });
  const columnData = [column('prompt', ['q', 'p'], 'STRING'), column('m', [1, 0], 'INT32')];
  await fuzz('wide', { 'r.parquet': Buffer.from(parquetWriteBuffer({ columnData })) });
});
