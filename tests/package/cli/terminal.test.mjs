// Nothing that comes from files, arguments or paths controls the terminal; usage errors are one line, or JSON.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { buildIndex } from '../../../dist/build.js';
import { printable, printableJson, printableMessage, printableValues } from '../../../dist/files/printable.js';
import { folder, inOwnFolders, QUICK, run, write } from '../building/fixtures.mjs';
import { randomSpec } from '../support/fixtures.mjs';

inOwnFolders();

/** Colours, clears the screen, rings, returns to the start of the line, and reverses the text. */
const HOSTILE = '\u001b[31mred\u001b[2J\u0007\r\u009b1m\u007f\u202eabc\u2066\u2028\tx';
const UNSAFE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;

/** Fails for a character that a terminal obeys. A text may have line breaks; JSON escapes those in names. */
function expectPrintable({ stdout, stderr }, what) {
  for (const text of [stdout, stderr]) {
    assert.doesNotMatch(text.replaceAll('\n', ''), UNSAFE, `${what}: ${JSON.stringify(text.slice(0, 300))}`);
  }
}

async function hostileIndex() {
  const models = ['m0', 'm1', 'm2', 'm3'].map((name) => `${name}${HOSTILE}\nnew line`);
  const tasks = randomSpec().tasks.map((task) => `${task}${HOSTILE}`);
  const sampleIds = tasks.map((_, i) => `${i}${HOSTILE}`);
  const metadata = { [`key${HOSTILE}`]: HOSTILE, datasets: [{ name: tasks[0], metric: HOSTILE }] };
  const embedder = { id: 'signalbox-static-128-v1' };
  const spec = randomSpec({ dim: 128, rows: 60 });
  const bytes = await buildIndex({ ...spec, models, tasks, sampleIds, metadata, embedder });
  writeFileSync(path.join(folder, 'hostile.sbx'), bytes);
  return { models };
}

describe('output', () => {
  it('of an index with hostile names is printable, and exact as JSON', async () => {
    const { models } = await hostileIndex();
    write('prompts.txt', 'How many primes are there?\nWrite a poem.\n');
    for (const args of [
      ['route', 'How many primes are there?'],
      ['route', 'How many primes are there?', '--candidates', 'm0', '--policy', 's1'],
      ['route-task', 'prompts.txt'],
    ]) {
      const text = await run([...args, '--index', 'hostile.sbx']);
      expectPrintable(text, args[0]);
    }
    const inspected = await run(['inspect', 'hostile.sbx']);
    assert.equal(inspected.code, 0, inspected.stderr);
    expectPrintable(inspected, 'inspect');
    expectPrintable(await run(['inspect', 'hostile.sbx', '--all']), 'inspect --all');
    assert.match(inspected.stdout, /m0\\u\{1b\}\[31mred/, 'escapes tell two names apart');
    const routed = await run(['route', 'How many primes?', '--index', 'hostile.sbx']);
    assert.equal(routed.code, 0, routed.stderr);
    assert.match(routed.stdout, /\\u\{1b\}\[31mred/);
    const json = await run(['inspect', 'hostile.sbx', '--json']);
    expectPrintable(json, 'inspect --json');
    const info = JSON.parse(json.stdout);
    assert.deepEqual(
      info.models.map(({ name }) => name),
      models,
    );
    const decision = JSON.parse((await run(['route', 'How?', '--index', 'hostile.sbx', '--json'])).stdout);
    assert.ok(models.includes(decision.model));
  });

  it('of a build of hostile files is printable', async () => {
    const lines = ['one', 'two', 'three'].flatMap((prompt, i) =>
      ['a', 'b'].map((model) =>
        JSON.stringify({
          dataset: `d${i % 2}${HOSTILE}`,
          id: `${i}`,
          prompt: `${prompt}${HOSTILE}`,
          model: `${model}${HOSTILE}`,
          score: i % 2,
        }),
      ),
    );
    const name = write('rows\u001b[31m\u202e.jsonl', lines.join('\n'));
    for (const more of [['--dry-run'], ['-o', 'out\u001b[1m.sbx', ...QUICK], ['--dry-run', '--json']]) {
      const built = await run(['build', name, ...more]);
      assert.equal(built.code, 0, built.stderr);
      expectPrintable(built, more.join(' '));
    }
  });

  it('of errors that name files and arguments is printable', async () => {
    write('bad\u001b[31m.jsonl', '{"prompt":1}');
    write('list\u001b.csv', `dataset,prompt,a\n`);
    for (const args of [
      ['route', 'a', '--index', 'gone\u001b[31m\u009b.sbx'],
      ['route', 'a', '--candidates', HOSTILE],
      ['route', 'a', '--policy', HOSTILE],
      ['route', `-${HOSTILE}`],
      ['route', 'a', '--embedder', `onnx:a/b?${HOSTILE}=1`],
      ['route-task', 'bad\u001b[31m.jsonl'],
      ['inspect', 'gone\u001b\nsignalbox: forged.sbx'],
      ['build', 'list\u001b.csv', '-o', 'x.sbx'],
      ['build', 'gone\u001b.csv', '-o', 'x.sbx'],
      ['merge', 'gone\u001b.sbx', '-o', 'x.sbx'],
      ['eval', '--data', 'gone\u001b.csv', '--models', 'gone\u009b.json'],
      [`fly${HOSTILE}`],
    ]) {
      for (const more of [[], ['--json']]) {
        const failed = await run([...args, ...(args[0] === 'merge' || args[0] === 'eval' ? [] : more)]);
        assert.notEqual(failed.code, 0, args.join(' '));
        expectPrintable(failed, args.join(' '));
        assert.ok(!/^signalbox: forged/m.test(failed.stderr), 'a line break in a name does not begin a line');
      }
    }
  });

  it('shows prices with all their digits', async () => {
    const spec = randomSpec({ dim: 128, models: 3 });
    const models = [
      { name: 'a', usdPerMTokIn: 0.1, usdPerMTokOut: 0.1 },
      { name: 'b', usdPerMTokIn: 0.0375, usdPerMTokOut: 0.15 },
      { name: 'c', usdPerMTokIn: 1.2, usdPerMTokOut: 1.2 },
    ];
    const embedder = { id: 'signalbox-static-128-v1' };
    writeFileSync(path.join(folder, 'priced.sbx'), await buildIndex({ ...spec, models, embedder }));
    const { stdout } = await run(['inspect', 'priced.sbx', '--all']);
    assert.match(stdout, /b .*\$0\.0375 +\$0\.15\n/);
    assert.match(stdout, /c .*\$1\.20 +\$1\.20\n/);
    const routed = await run(['route', 'hi', '--index', 'priced.sbx', '--candidates', 'b']);
    const shown = /\$([\d.]+) per million tokens/.exec(routed.stdout)[1];
    assert.equal(shown, '0.065625');
    const limited = await run(['route', 'hi', '--index', 'priced.sbx', '--max-usd-per-mtok', shown]);
    assert.equal(limited.code, 0, limited.stderr);
    assert.match(limited.stdout, /^b /);
  });

  it('shows the notes of a decision', async () => {
    writeFileSync(
      path.join(folder, 'plain.sbx'),
      await buildIndex(randomSpec({ dim: 128, embedder: { id: 'signalbox-static-128-v1' } })),
    );
    const { stdout } = await run(['route', 'hi', '--index', 'plain.sbx', '--prefer', '10', '--k', '3']);
    assert.match(stdout, /^Note: prefer has no effect: no candidate has a known price\.$/m);
    assert.match(stdout, /^Note: k does not affect the choice of the policy signalbox\.$/m);
  });
});

describe('a usage error', () => {
  const USAGE = [
    [['route', 'hi', '--k', 'abc'], /option '--k <n>' argument 'abc' is invalid\. Expected a whole number/, 'route'],
    [['route', 'hi', '--prefer', 'cheapest'], /Expected best, balanced, cheap or a number from 0 to 100/, 'route'],
    [['route', 'hi', '--max-usd-per-mtok', '-1'], /Expected a number of at least 0/, 'route'],
    [['route', 'hi', '--policy', 'best'], /Allowed choices are signalbox, paper/, 'route'],
    [['route', 'hi', '--polcy', 's1'], /unknown option '--polcy', did you mean --policy\?/, 'route'],
    [['cascade'], /missing required argument 'prompt'/, 'cascade'],
    [['route', 'hi', 'there'], /too many arguments.*; quote a prompt of several words/, 'route'],
    [['route', '-5 + 3 = ?'], /after --: signalbox route -- '-5 \+ 3 = \?'/, 'route'],
    [['cascade', '- one\n- two'], /after --: signalbox cascade -- /, 'cascade'],
    [['cascade', 'hi', '--max-steps', '9'], /Expected a whole number from 1 to 4/, 'cascade'],
    [['route-task'], /missing required argument 'file'/, 'route-task'],
    [['build', 'x.csv'], /expected --output FILE for the index, or --dry-run/, 'build'],
    [['build', 'x.csv', '-o', 'x.sbx', '--partial', '--shard', '1/2'], /cannot be combined/, 'build'],
    [['merge', 'a.sbx'], /required option '-o, --output <file>' not specified/, 'merge'],
    [['eval', '--data', 'x.csv'], /required option '--models <file>' not specified/, 'eval'],
    [['eval', '--data', 'x', '--models', 'y', '--seed', 'x'], /Expected a whole number/, 'eval'],
    [['fly'], /unknown command 'fly' \(try/, ''],
    [['write a poem'], /unknown command 'write a poem'; a prompt goes after route: signalbox route "\.\.\."/, ''],
    [['one\ntwo'], /; a prompt goes after route/, ''],
  ];

  for (const [args, pattern, command] of USAGE) {
    it(`is one line with the way to the help: ${JSON.stringify(args.join(' '))}`, async () => {
      const { code, stdout, stderr } = await run(args);
      assert.equal(code, 2);
      assert.equal(stdout, '');
      assert.match(stderr, pattern);
      assert.match(stderr, /^signalbox: [^\n]*\n$/);
      assert.ok(stderr.endsWith(` (try 'signalbox${command && ` ${command}`} --help')\n`), stderr);
    });
  }

  it('is JSON with --json, wherever that stands before --', async () => {
    for (const args of [
      ['route', 'hi', '--k', 'abc', '--json'],
      ['cascade', '--json'],
      ['--json'],
      ['route', '--json', 'hi', '--policy', 'best'],
      ['build', 'x.csv', '--json'],
      ['eval', '--json=report.json'],
    ]) {
      const { code, stdout, stderr } = await run(args);
      assert.equal(code, 2, args.join(' '));
      assert.equal(stdout, '');
      const { error } = JSON.parse(stderr);
      assert.equal(error.code, 'invalid_argument');
      assert.equal(typeof error.message, 'string');
    }
    const { stdout } = await run(['route', '--', '--json']);
    assert.match(stdout, /P\(correct\)|below best/, 'after -- it is a prompt');
  });

  it('is told from a failure by the exit code', async () => {
    assert.equal((await run(['inspect', 'gone.sbx'])).code, 1);
    const failed = await run(['inspect', 'gone.sbx', '--json']);
    assert.equal(failed.code, 1);
    assert.equal(JSON.parse(failed.stderr).error.code, 'network');
  });
});

describe('help', () => {
  it('is not a failure, and names the exit codes', async () => {
    const { code, stdout, stderr } = await run(['--help']);
    assert.deepEqual([code, stderr], [0, '']);
    for (const exit of ['0 ', '1 ', '2 ', '129', '130', '143']) assert.match(stdout, new RegExp(`^ +${exit} `, 'm'));
    assert.equal((await run(['route', '--help'])).code, 0);
    assert.equal((await run(['--version'])).code, 0);
  });

  it('is named by what is shown without a command', async () => {
    const { code, stdout, stderr } = await run([]);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /signalbox --help\n$/);
  });
});

describe('printable text', () => {
  it('has escapes for what a terminal obeys, and nothing else', () => {
    assert.equal(printable('a\u001b[31mb\u202e\u0000\t\n\u009b'), 'a\\u{1b}[31mb\\u{202e}\\u{0}\\u{9}\\u{a}\\u{9b}');
    assert.equal(printable('half \ud83d, whole \ud83d\ude00'), 'half \\u{d83d}, whole \ud83d\ude00');
    assert.equal(printable('Grüße, 日本, \u200d joined'), 'Grüße, 日本, \u200d joined');
  });

  it('keeps the lists of messages', () => {
    assert.equal(printableMessage('choose:\n  a\r\n  b\nc'), 'choose:\n  a\\u{d}\n  b\\u{a}c');
  });

  it('reaches keys and lists of values', () => {
    const value = { 'a\u001b': ['\u0007', 1, null, { b: '\r' }], c: true };
    assert.deepEqual(printableValues(value), { 'a\\u{1b}': ['\\u{7}', 1, null, { b: '\\u{d}' }], c: true });
  });

  it('of JSON reads back unchanged', () => {
    const value = { [HOSTILE]: [HOSTILE, '\ud83d', 'plain\n'] };
    const json = printableJson(JSON.stringify(value, null, 2));
    assert.doesNotMatch(json.replaceAll('\n', ''), UNSAFE);
    assert.deepEqual(JSON.parse(json), value);
  });
});
