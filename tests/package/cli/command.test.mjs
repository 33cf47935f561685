// The command as a user runs it: its output, on the right stream, and its exit codes.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { dist, OPENLLM } from '../support/fixtures.mjs';

const CLI = fileURLToPath(new URL('cli.js', dist));
const PRIMES = 'How many prime numbers lie between 10 and 50?';
const QWEN = 'Qwen/Qwen2.5-72B-Instruct';
const QWQ = 'Qwen/QwQ-32B-Preview';
const ESCAPE = String.fromCharCode(27);

let folder;
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'signalbox-cli-'));
});
after(() => rm(folder, { recursive: true }));

function run(args, { stdin = '' } = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [CLI, ...args], { cwd: folder });
    const out = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => (out.stdout += chunk));
    child.stderr.on('data', (chunk) => (out.stderr += chunk));
    child.on('close', (code) => resolve({ code, ...out }));
    child.stdin.end(stdin);
  });
}

/** Runs a command that must succeed, with nothing on stderr. */
async function runs(args, options) {
  const { code, stdout, stderr } = await run(args, options);
  assert.equal(stderr, '');
  assert.equal(code, 0);
  return stdout;
}

const runsJson = async (args, options) => JSON.parse(await runs([...args, '--json'], options));

async function file(name, text) {
  await writeFile(path.join(folder, name), text);
  return name;
}

describe('signalbox route', () => {
  it('routes a prompt on the shipped defaults, with its reasons', async () => {
    const d = await runsJson(['route', PRIMES]);
    assert.ok(d.ranking.some(({ model }) => model === d.model));
    const [{ model, pCorrect, interval }] = d.ranking;
    assert.equal(typeof model, 'string');
    assert.ok(interval[0] <= pCorrect && pCorrect <= interval[1]);
    assert.ok(d.confidence > 0 && d.confidence <= 1);
    assert.equal(typeof d.fallback, 'boolean');
    assert.equal(typeof d.coverage.percentile, 'number');
    assert.equal(d.neighbours.length, 5);
    const { models } = await runsJson(['inspect']);
    assert.equal(d.ranking.length + d.excluded.length, models.length);
  });

  it('finds benchmark questions about numbers for a question about numbers', async () => {
    const d = await runsJson(['route', PRIMES, '--index', OPENLLM]);
    assert.equal(d.ranking.length, 56);
    assert.match(d.neighbours[0].task, /^mmlu_pro_math$/);
  });

  it('prints text without colours if the output is not a terminal', async () => {
    const text = await runs(['route', PRIMES, '--index', OPENLLM]);
    assert.ok(!text.includes(ESCAPE));
    assert.ok(!(await runs(['route', PRIMES])).includes(ESCAPE));
    assert.match(text, /P\(correct\)/);
    assert.match(text, /nearest benchmark question/);
    assert.match(text, /confidence \d\.\d\d, coverage percentile \d+/);
  });

  it('reads the prompt from the standard input for -', async () => {
    const expected = await runsJson(['route', PRIMES]);
    const utf16 = Buffer.from(`\ufeff${PRIMES}`, 'utf16le');
    for (const stdin of [PRIMES, `\ufeff${PRIMES}`, utf16, Buffer.from(utf16).swap16()]) {
      assert.deepEqual(await runsJson(['route', '-'], { stdin }), expected);
    }
    for (const stdin of [utf16.subarray(2), Buffer.from([0x50, 0xe9])]) {
      const { code, stderr } = await run(['route', '-'], { stdin });
      assert.equal(code, 1);
      assert.match(stderr, /^signalbox: standard input is not UTF-8.*\(invalid_argument\)/);
    }
  });

  it('obeys candidates, prices and the policy', async () => {
    const route = ['route', PRIMES, '--index', OPENLLM];
    const cheap = await runsJson([...route, '--max-usd-per-mtok', '0.3']);
    assert.ok(cheap.price.usdPerMTok <= 0.3);
    assert.ok(cheap.excluded.some(({ reason }) => reason === 'price_unknown'));
    const two = await runsJson([...route, '--candidates', `${QWEN},${QWQ}`, '--policy', 's1', '--k', '20']);
    assert.equal(two.ranking.length, 2);
    assert.equal(two.policy, 's1');
    assert.ok(two.ranking.every(({ votes }) => votes === 20));
    const others = await runsJson([...route, '--deny', QWEN]);
    assert.ok(others.ranking.every(({ model }) => model !== QWEN));
  });

  it('reports a fallback for an empty prompt', async () => {
    const d = await runsJson(['route', '', '--prefer', 'best']);
    assert.equal(d.fallbackReason, 'empty_prompt');
    assert.equal(d.model, d.bestSingleModel);
  });

  it('refuses unknown arguments with a code and an exit code', async () => {
    for (const [args, pattern, exit = 2] of [
      [['route', PRIMES, '--candidates', 'nobody'], /^signalbox: .*'nobody' \(unknown_model\)\n$/, 1],
      [
        ['route', PRIMES, '--prefer', '101'],
        /'101' is invalid\. Expected best, balanced, cheap or a number from 0 to 100/,
      ],
      [
        ['route', PRIMES, '--index', 'missing.sbx'],
        /missing\.sbx could not be read: no such file or directory \(network\)/,
        1,
      ],
      [['route', PRIMES, '--k', 'many'], /'--k <n>' argument 'many' is invalid\. Expected a whole number/],
      [['route', PRIMES, '--k', '2.5'], /Expected a whole number of at least 1/],
      [['route', PRIMES, '--neighbours', '0.5'], /Expected a whole number from 0 to 1000/],
      [['route', PRIMES, '--eta', '0x1'], /Expected a number/],
      [['route', PRIMES, '--candidates', ','], /'--candidates <names>' argument ',' is invalid.*an empty one/],
      [['cascade', PRIMES, '--max-steps', '5'], /Expected a whole number from 1 to 4/],
      [['cascade'], /missing required argument/],
      [['fly'], /unknown command/],
    ]) {
      const { code, stdout, stderr } = await run(args);
      assert.equal(code, exit, args.join(' '));
      assert.equal(stdout, '');
      assert.match(stderr, pattern);
    }
    const { stderr } = await run(['route', PRIMES, '--candidates', 'nobody', '--json']);
    assert.equal(JSON.parse(stderr).error.code, 'unknown_model');
  });
});

describe('signalbox route-task', () => {
  const prompts = [PRIMES, 'Integrate x^2 from 0 to 1.', 'What is the derivative of sin(x)?'];

  it('reads text, JSONL, CSV and TSV alike', async () => {
    const quoted = (text) => `"${text.replaceAll('"', '""')}"`;
    const text = await file('prompts.txt', `${prompts.join('\n')}\n\n`);
    const jsonl = await file('prompts.jsonl', prompts.map((prompt) => JSON.stringify({ prompt })).join('\n'));
    const strings = await file('strings.ndjson', prompts.map((prompt) => JSON.stringify(prompt)).join('\n'));
    const csv = await file(
      'prompts.csv',
      `\ufeffid,prompt\n${prompts.map((p, i) => `${i},${quoted(p)}`).join('\n')}\n`,
    );
    const tsv = await file('prompts.tsv', `prompt\tid\n${prompts.map((p, i) => `${p}\t${i}`).join('\n')}\n`);
    const expected = await runsJson(['route-task', text]);
    assert.equal(expected.inputs, 3);
    for (const { s1, s2, s3, p } of expected.ranking) for (const x of [s1, s2, s3, p]) assert.ok(x >= 0 && x <= 1);
    for (const name of [jsonl, strings, csv, tsv])
      assert.deepEqual(await runsJson(['route-task', name]), expected, name);
  });

  it('reads JSON as a list, whatever its lines are', async () => {
    const text = await file('prompts.txt', prompts.join('\n'));
    const expected = await runsJson(['route-task', text]);
    for (const [name, content] of [
      ['list.json', JSON.stringify(prompts)],
      [
        'objects.json',
        JSON.stringify(
          prompts.map((Prompt) => ({ Prompt })),
          null,
          1,
        ),
      ],
      ['inner.json', JSON.stringify({ name: 'mine', rows: prompts })],
      ['lines.json', prompts.map((prompt) => JSON.stringify({ prompt })).join('\n')],
      ['bracket.md', prompts.join('\r\n')],
      ['semicolons.csv', `Nr; Prompt\n${prompts.map((p, i) => `${i};${p}`).join('\n')}\n`],
    ]) {
      assert.deepEqual(await runsJson(['route-task', await file(name, content)]), expected, name);
    }
    const one = await runsJson(['route-task', await file('one.json', '{"prompt": "[1, 2] has how many numbers?"}')]);
    assert.equal(one.inputs, 1);
  });

  it('reads UTF-16 by its mark', async () => {
    const text = await file('prompts.txt', prompts.join('\n'));
    const utf16 = Buffer.from(`\ufeff${prompts.join('\r\n')}`, 'utf16le');
    const expected = await runsJson(['route-task', text]);
    assert.deepEqual(await runsJson(['route-task', await file('little.txt', utf16)]), expected);
    assert.deepEqual(await runsJson(['route-task', await file('big.txt', Buffer.from(utf16).swap16())]), expected);
  });

  it('takes labels from CSV and JSONL', async () => {
    const text = await file('prompts.txt', prompts.join('\n'));
    const csv = await file('labels.csv', `index,${QWEN},${QWQ}\n0,1,0\n2,,true\n`);
    const lines = [
      { index: 0, outcomes: { [QWEN]: 1, [QWQ]: 0 } },
      { index: 2, [QWQ]: true },
    ];
    const jsonl = await file('labels.jsonl', lines.map((line) => JSON.stringify(line)).join('\n'));
    const labelled = await runsJson(['route-task', text, '--index', OPENLLM, '--labels', csv, '--policy', 's3']);
    assert.equal(labelled.labelled, 2);
    const measured = labelled.ranking.filter(({ pMeasured }) => pMeasured).map(({ model }) => model);
    assert.deepEqual(measured.sort(), [QWQ, QWEN].sort());
    const list = await file('labels.json', JSON.stringify(lines));
    const sheet = await file('sheet.csv', `Unnamed: 0;Index;${QWEN};${QWQ}\n0;0;TRUE;FALSE\n1;2;n/a;yes\n`);
    for (const name of [jsonl, list, sheet]) {
      assert.deepEqual(
        await runsJson(['route-task', text, '--index', OPENLLM, '--labels', name, '--policy', 's3']),
        labelled,
        name,
      );
    }
    assert.match(
      await runs(['route-task', text, '--index', OPENLLM, '--labels', csv]),
      /3 prompts, 2 labelled, policy signalbox/,
    );
  });

  it('names the row of an error', async () => {
    const text = await file('prompts.txt', prompts.join('\n'));
    for (const [args, pattern] of [
      [[await file('bad.jsonl', '{"prompt":"a"}\n{oops\n')], /bad\.jsonl, line 2: not JSON \(invalid_argument\)/],
      [[await file('other.csv', 'question\nwhy\n')], /other\.csv, row 1: no text in the column "prompt"/],
      [[await file('empty.txt', '\n')], /at least one prompt/],
      [[await file('latin.txt', Buffer.from([0xe9, 0x0a]))], /is not UTF-8/],
      [[await file('pointer.txt', 'version https://git-lfs.github.com/spec/v1\noid sha256:0\n')], /git lfs pull/],
      [[await file('bare.txt', Buffer.from('Name a prime', 'utf16le'))], /is not UTF-8: .*byte order mark/],
      [[await file('cut.json', '["What is 2?",\n"Name')], /cut\.json: not JSON/],
      [[await file('table.json', '{"name": "mine"}')], /row 1: no text in the column "prompt"/],
      [
        [text, '--index', OPENLLM, '--labels', await file('l1.csv', `index,${QWEN}\nx,1\n`)],
        /row 1: "index" is not the number/,
      ],
      [
        [text, '--index', OPENLLM, '--labels', await file('l2.csv', `index,${QWEN}\n0,maybe\n`)],
        /'maybe', expected 0 to 1/,
      ],
      [[text, '--index', OPENLLM, '--labels', await file('l3.csv', `index,${QWEN}\n9,1\n`)], /input 9, the task has 3/],
    ]) {
      const { code, stderr } = await run(['route-task', ...args]);
      assert.equal(code, 1, args.join(' '));
      assert.match(stderr, pattern);
    }
  });
});

describe('signalbox inspect', () => {
  it('shows the content of the shipped index', async () => {
    const info = await runsJson(['inspect']);
    assert.equal(info.embedder.id, 'signalbox-static-128-v1');
    assert.match(
      await runs(['inspect', '--all']),
      new RegExp(`${info.tasks.length} tasks, ${info.models.length} models`),
    );
  });

  it('shows the content of an index', async () => {
    const info = await runsJson(['inspect', OPENLLM]);
    assert.equal(info.rows, 19090);
    assert.equal(info.tasks.length, 42);
    assert.equal(info.models.length, 56);
    assert.equal(info.embedder.id, 'signalbox-static-128-v1');
    const text = await runs(['inspect', OPENLLM, '--all']);
    assert.match(text, /19090 samples, 42 tasks, 56 models/);
    for (const shown of [text, await runs(['inspect', OPENLLM])])
      assert.match(shown, /math_\*_hard/, 'the caveats are shown');
  });

  it('refuses a file that is not an index', async () => {
    const { code, stderr } = await run(['inspect', await file('noise.sbx', 'not an index')]);
    assert.equal(code, 1);
    assert.match(stderr, /\(bad_magic\)/);
  });

  it('ends quietly if its output is closed early', async () => {
    const child = spawn(process.execPath, [CLI, 'inspect'], { stdio: ['ignore', 'pipe', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (chunk) => (stderr += chunk));
    child.stdout.destroy();
    const code = await new Promise((resolve) => child.on('close', resolve));
    assert.equal(stderr, '');
    assert.equal(code, 0);
  });
});
