// `signalbox route` for many prompts, single facts, and what is piped in; the summary of an index, and completion.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { toConversationState, toNeeds } from '../../../dist/cli/needs.js';
import { EXCLUSION_REASONS, FALLBACK_REASONS, NOTE_CODES, Router } from '../../../dist/index.js';
import { fails, inOwnFolders, read, run, runs, write } from '../building/fixtures.mjs';
import { schemaFaults } from '../support/json-schema.mjs';

inOwnFolders();

const CLI = fileURLToPath(new URL('../../../dist/cli.js', import.meta.url));
const PROMPTS = ['Translate cat into French', 'say "hello",\nplease', '', 'What is 17.5% of 2340?'];
const SCHEMA = JSON.parse(readFileSync(new URL('../../../docs/decision.schema.json', import.meta.url), 'utf8'));
const writePrompts = (prompts = PROMPTS) =>
  write('in.jsonl', prompts.map((prompt) => JSON.stringify({ prompt })).join('\n'));
const rowsOf = (name) => parse(read(name), { columns: true });

async function decide(use) {
  const router = await Router.load();
  try {
    return await use(router);
  } finally {
    router.dispose();
  }
}

describe('signalbox route --file', () => {
  it('writes a row for each prompt, as CSV and as JSON lines', async () => {
    writePrompts();
    await runs('route', '--file', 'in.jsonl', '-o', 'out.csv', '--prefer', 'cheap');
    const decisions = await decide((router) => router.routeMany(PROMPTS, { prefer: 'cheap' }));
    const rows = rowsOf('out.csv');
    assert.deepEqual(Object.keys(rows[0]), [
      'index',
      'prompt',
      'model',
      'confidence',
      'usd_per_answer',
      'fallback_reason',
      'reason',
    ]);
    assert.deepEqual(
      rows.map(({ prompt }) => prompt),
      PROMPTS,
    );
    assert.deepEqual(
      rows.map(({ model }) => model),
      decisions.map(({ model }) => model),
    );
    assert.deepEqual(
      rows.map((row) => row.fallback_reason),
      decisions.map(({ fallbackReason }) => fallbackReason ?? ''),
    );

    await runs('route', '--file', 'in.jsonl', '-o', 'out.jsonl', '--fields', 'model,kind,tokens', '--prefer', 'cheap');
    const lines = read('out.jsonl')
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      lines,
      decisions.map(({ model, kind, tokens }, index) => ({
        index,
        prompt: PROMPTS[index],
        model,
        kind: kind?.name ?? null,
        tokens,
      })),
    );
  });

  it('continues the table of an earlier run, wherever it was cut', async () => {
    const prompts = Array.from({ length: 70 }, (_, i) => `Translate "${i}"\ninto French, number ${i}`);
    writePrompts(prompts);
    await runs('route', '--file', 'in.jsonl', '-o', 'whole.csv');
    await runs('route', '--file', 'in.jsonl', '-o', 'whole.jsonl');
    for (const name of ['csv', 'jsonl']) {
      const whole = read(`whole.${name}`);
      for (const share of [0, 0.001, 0.4, 0.9, 1]) {
        write(`cut.${name}`, whole.subarray(0, Math.floor(share * whole.length)));
        const { code, stderr } = await run(['route', '--file', 'in.jsonl', '-o', `cut.${name}`, '--resume']);
        assert.equal(code, 0, stderr);
        assert.ok(read(`cut.${name}`).equals(whole), `${name} ${share}`);
      }
    }
    const { stderr } = await run(['route', '--file', 'in.jsonl', '-o', 'whole.csv', '--resume']);
    assert.match(stderr, /70 decisions, 70 of them before/);
  });

  it('spends a budget on all prompts together', async () => {
    writePrompts();
    const args = ['route', '--file', 'in.jsonl', '-o', 'out.csv'];
    const decisions = await decide((router) => router.routeMany(PROMPTS, { budgetUsd: 0.02 }));
    const usd = decisions.reduce((sum, { price }) => sum + price.usdPerAnswer, 0);
    const { stderr } = await run([...args, '--budget-usd', '0.02']);
    assert.ok(stderr.includes(`4 decisions, expected to cost $${usd.toFixed(4)} of $0.02`), stderr);
    const whole = read('out.csv').toString();
    assert.deepEqual(
      rowsOf('out.csv').map(({ model }) => model),
      decisions.map(({ model }) => model),
    );

    write('out.csv', whole.slice(0, whole.indexOf('\n2,') + 1));
    await fails(
      'invalid_argument',
      /row 1: got \S+, expected \S+ within this budget/,
      ...args,
      '--budget-usd',
      '2',
      '--resume',
    );
    await runs(...args, '--budget-usd', '0.02', '--resume');
    assert.equal(read('out.csv').toString(), whole);
    await fails(
      'no_candidate',
      /budgetUsd is 1e-7/,
      'route',
      '--file',
      'in.jsonl',
      '-o',
      'none.csv',
      '--budget-usd',
      '1e-7',
    );
    assert.throws(() => read('none.csv'), { code: 'ENOENT' });
  });

  it('replaces no file, and continues no other one', async () => {
    writePrompts();
    const args = ['route', '--file', 'in.jsonl', '-o', 'out.csv'];
    write('out.csv', 'mine');
    await fails('invalid_argument', /out\.csv exists: --resume continues it/, ...args);
    write('out.csv', 'index,prompt\r\n');
    await fails('invalid_argument', /other columns/, ...args, '--resume');
    write('out.csv', 'index,prompt,model\r\n0,another prompt,x\r\n');
    await fails('invalid_argument', /row 1: not of prompt 1/, ...args, '--resume', '--fields', 'model');
    assert.equal(read('out.csv').toString(), 'index,prompt,model\r\n0,another prompt,x\r\n');
    await fails(
      'network',
      /nowhere\/out\.csv could not be written/,
      'route',
      '--file',
      'in.jsonl',
      '-o',
      'nowhere/out.csv',
    );
  });

  it('refuses what does not go together', async () => {
    writePrompts();
    const cases = [
      [['hello', '--file', 'in.jsonl', '-o', 'out.csv'], /a prompt and --file are given/],
      [['--file', 'in.jsonl'], /without -o/],
      [['--file', 'in.jsonl', '-o', 'out.csv', '--json'], /no --quiet and no --json/],
      [['--file', 'in.jsonl', '-o', 'out.txt'], /ends in \.csv or \.jsonl/],
      [['--file', 'in.jsonl', '-o', 'out.csv', '--messages', 'chat.json'], /--messages and --file are given/],
      [['--file', 'in.jsonl', '-o', 'out.csv', '--conversation', 'model=gpt-5.4'], /expected no --file/],
      [
        ['--file', 'in.jsonl', '-o', 'out.csv', '--budget-usd', '1', '--prefer', '0'],
        /--budget-usd and --prefer are given/,
      ],
      [['--file', 'in.jsonl', '-o', 'out.csv', '--budget-usd', '-1'], /at least 0/],
      [
        ['--file', 'in.jsonl', '-o', 'out.csv', '--budget-usd', '1', '--resume', '--fields', 'reason,tokens'],
        /--fields is reason,tokens, expected model among them/,
      ],
      [['hello', '--budget-usd', '1'], /--budget-usd is given without --file/],
      [['hello', '--messages', 'chat.json'], /a prompt and --messages are given/],
      [['hello', '-o', 'out.csv'], /--output is given without --file/],
      [['hello', '--resume'], /--resume is given without --file/],
      [['hello', '--quiet', '--json'], /--quiet prints the name only/],
      [['hello', '--fields', 'modle'], /'modle' is not a field, expected model, reason/],
    ];
    for (const [args, message] of cases) {
      const { code, stderr } = await run(['route', ...args]);
      assert.equal(code, 2, stderr);
      assert.match(stderr, message);
    }
  });
});

describe('signalbox route', () => {
  it('prints the name only, or some facts', async () => {
    const { model, price } = await decide((router) => router.route(PROMPTS[0]));
    assert.equal(await runs('route', '-q', PROMPTS[0]), `${model}\n`);
    assert.equal(
      await runs('route', '--fields', 'model,usd_per_answer', PROMPTS[0]),
      `${model}\t${price.usdPerAnswer}\n`,
    );
    assert.deepEqual(JSON.parse(await runs('route', '--fields', 'model', '--json', PROMPTS[0])), { model });
  });

  it('reads a prompt from a pipe', async () => {
    const { model } = await decide((router) => router.route(PROMPTS[0]));
    for (const args of [['-q'], ['-q', '-']]) {
      const { stdout } = spawnSync(process.execPath, [CLI, 'route', ...args], { input: PROMPTS[0], encoding: 'utf8' });
      assert.equal(stdout, `${model}\n`);
    }
    for (const input of ['', ' \n']) {
      const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, 'route', '--json'], {
        input,
        encoding: 'utf8',
      });
      assert.deepEqual([status, stdout], [2, '']);
      assert.match(JSON.parse(stderr).error.message, /a prompt is missing/);
    }
  });

  it('prints JSON as its schema says', async () => {
    write('task.txt', `${PROMPTS[0]}\n${PROMPTS[3]}`);
    const outputs = [
      await runs('route', '--json', '--neighbours', '2', PROMPTS[0]),
      await runs('route', '--json', '--max-usd-per-mtok', '1', '--k', '3', ''),
      await runs('route-task', '--json', 'task.txt'),
    ];
    for (const output of outputs) assert.deepEqual(schemaFaults(SCHEMA, JSON.parse(output)), []);
    const { excluded, fallbackReason, notes } = SCHEMA.properties;
    assert.deepEqual(excluded.items.properties.reason.enum, [...EXCLUSION_REASONS]);
    assert.deepEqual(fallbackReason.enum, [null, ...FALLBACK_REASONS]);
    assert.deepEqual(notes.items.properties.code.enum, [...NOTE_CODES]);
  });
});

describe('signalbox route, of a conversation', () => {
  const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } };
  const messages = [
    { role: 'user', content: 'Prove that the square root of 2 is irrational, step by step' },
    { role: 'assistant', content: 'Assume p / q in lowest terms. Shall I go on?' },
    { role: 'user', content: [{ type: 'text', text: 'Yes' }, image] },
  ];

  it('reads messages from a file or a pipe, whatever else a request has', async () => {
    const { model, excluded } = await decide((router) => router.route({ messages }));
    const request = JSON.stringify({ model: 'auto', messages, stream: true });
    write('list.json', JSON.stringify(messages));
    write('request.json', request);
    assert.equal(await runs('route', '-q', '--messages', 'list.json'), `${model}\n`);
    const decision = JSON.parse(await runs('route', '--json', '--messages', 'request.json'));
    assert.deepEqual([decision.model, decision.excluded], [model, excluded]);
    assert.ok(excluded.some(({ reason }) => reason === 'lacks_modality'));
    const args = [CLI, 'route', '-q', '--messages', '-'];
    assert.equal(spawnSync(process.execPath, args, { input: request, encoding: 'utf8' }).stdout, `${model}\n`);
  });

  it('stays with the model of the state', async () => {
    const options = { conversation: { model: 'openai/gpt-5-mini', tokens: 90_000, cachedTokens: 80_000, id: 'a b' } };
    const { conversation } = await decide((router) => router.route(PROMPTS[3], options));
    const state = 'model=openai/gpt-5-mini,tokens=90000,cached-tokens=80000,id=a b';
    const output = JSON.parse(await runs('route', '--json', '--conversation', state, PROMPTS[3]));
    assert.deepEqual(output.conversation, conversation);
    assert.deepEqual(schemaFaults(SCHEMA, output), []);
    const after = ['--conversation', 'model=openai/gpt-5-mini,failed,mid-task,answer-usd=2'];
    assert.equal(JSON.parse(await runs('route', '--json', ...after, PROMPTS[3])).conversation.reason, 'failed');
  });

  it('keeps models with the needed abilities', async () => {
    const needs = { tools: true, modalities: ['image', 'pdf'], context: 300_000 };
    const { excluded } = await decide((router) => router.route(PROMPTS[3], { needs }));
    const given = 'tools,vision,pdf,context=300000';
    assert.deepEqual(JSON.parse(await runs('route', '--json', '--needs', given, PROMPTS[3])).excluded, excluded);
    assert.ok(excluded.some(({ reason }) => reason === 'context_too_small'));
    const { stderr } = await run(['route', '--needs', 'structured-output', PROMPTS[3]]);
    assert.match(stderr, /may have structured output or not/);
  });

  it('says what is wrong with them', async () => {
    write('object.json', '{"prompt":"hi"}');
    write('text.json', 'hi');
    await fails(
      'invalid_argument',
      /object\.json is an object without messages, expected a list/,
      'route',
      '--messages',
      'object.json',
    );
    await fails('invalid_argument', /text\.json is not JSON/, 'route', '--messages', 'text.json');
    await fails('network', /none\.json could not be read/, 'route', '--messages', 'none.json');
    const { code, stderr } = await run(['route', '--needs', 'visoin', 'hello']);
    assert.deepEqual([code, /'visoin' is not known, expected tools, vision/.test(stderr)], [2, true], stderr);
    const unknown = await run(['route', '--conversation', 'model=openai/gpt-5-mni', 'hello']);
    assert.equal(unknown.code, 2, unknown.stderr);
    assert.match(
      unknown.stderr,
      /got model=openai\/gpt-5-mni, did you mean 'openai\/.*'\? expected a model of the index/,
    );
    const cases = [
      [toNeeds, 'context=1,tools,context=2', /Got context= more than once/],
      [toConversationState, 'model=a,failed,model=b', /Got model= more than once/],
      [toNeeds, 'context', /Got context without a value/],
      [toNeeds, 'context=many', /context is 'many'\. Expected a whole number/],
      [toNeeds, 'tools=yes', /tools takes no value, got 'yes'/],
      [toConversationState, 'failed', /Got no model=<name>/],
      [toConversationState, 'model=a,modle=b', /'modle' is not known, expected model, tokens/],
      [toConversationState, 'model=', /Got model without a value/],
      [toConversationState, 'model=a,answer-usd=-1', /answer-usd is '-1'\. Expected a number of at least 0/],
    ];
    for (const [parse, text, message] of cases) assert.throws(() => parse(text), { message });
  });
});

describe('signalbox', () => {
  it('says in six lines what it does', async () => {
    const lines = (await runs()).trimEnd().split('\n');
    assert.equal(lines.length, 6);
    assert.ok(lines.every((line) => line.length <= 80));
  });

  it('sums an index up for people', async () => {
    const summary = await runs('inspect');
    const { models, bestSingleModel } = await decide(async ({ info }) => info);
    assert.ok(summary.includes(`${models.length} models`) && summary.includes(bestSingleModel));
    assert.ok(summary.split('\n').length < 30);
    assert.ok((await runs('inspect', '--all')).split('\n').length > models.length);
  });

  it('has an example in the help of every command', async () => {
    const help = await runs('--help');
    const commands = [...help.slice(help.indexOf('Commands:')).matchAll(/^ {2}([a-z][\w-]+)/gm)].map(
      ([, name]) => name,
    );
    assert.ok(commands.length > 10);
    for (const name of commands.filter((command) => command !== 'help')) {
      assert.match(await runs(name, '--help'), new RegExp(`Examples?[^]*\\b${name}\\b`), name);
    }
  });

  it('completes commands and options in shells', async () => {
    for (const shell of ['bash', 'zsh', 'fish']) {
      const script = await runs('completion', shell);
      for (const word of ['route-task', 'add-model', 'max-usd-per-answer', 'shadow'])
        assert.ok(script.includes(word), `${shell} ${word}`);
    }
    const asked = `${await runs('completion', 'bash')}\nCOMP_WORDS=(signalbox pl) COMP_CWORD=1; _signalbox; echo "\${COMPREPLY[@]}"
      COMP_WORDS=(signalbox plan --max-l) COMP_CWORD=2; _signalbox; echo "\${COMPREPLY[@]}"`;
    assert.equal(spawnSync('bash', ['-c', asked], { encoding: 'utf8' }).stdout, 'plan\n--max-loss\n');
  });
});
