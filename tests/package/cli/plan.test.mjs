// `signalbox plan` as a user runs it: on the example, and on files that these tests write.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { planCode, planSentences, planTable } from '../../../dist/build.js';
import { supportCsv } from '../../fixtures/plan/make.mjs';
import { csv, fails, folder, inOwnFolders, MODELS, read, run, runs, write } from '../building/fixtures.mjs';
import { randomFrom } from '../support/fixtures.mjs';
import { schemaFaults } from '../support/json-schema.mjs';

inOwnFolders();

const SUPPORT = fileURLToPath(new URL('../../fixtures/plan/support.csv', import.meta.url));
const SCHEMA = JSON.parse(readFileSync(new URL('../../../docs/plan.schema.json', import.meta.url), 'utf8'));
const BUILD_EXAMPLE = csv(MODELS, 40);

const plans = async (...args) => JSON.parse(await runs('plan', ...args, '--json'));
const flat = (text) => text.replace(/\s+/g, ' ');

/** Fails unless the text says everything that the sentences say about the plan. */
function says(text, plan, { worst = true } = {}) {
  const said = planSentences(plan);
  const sentences = [said.headline, worst ? said.worst : null, said.month, ...said.risk, ...said.why, ...said.notes];
  for (const sentence of sentences.filter((each) => each !== null)) {
    assert.ok(flat(text).includes(flat(sentence)), `${sentence} is missing in ${text}`);
  }
}

describe('grades of logged requests', () => {
  it('get their prompts from the log, by id', async () => {
    const [header, ...lines] = readFileSync(SUPPORT, 'utf8').trim().split('\n');
    const rows = parse([header, ...lines].join('\n'), { columns: true });
    const entry = (row, i) => JSON.stringify({ id: `r${i}`, path: '/v1/responses', model: 'any', prompt: row.prompt });
    write('log.jsonl', rows.map(entry).reverse().join('\n'));
    write('grades.jsonl', rows.map(({ prompt: _, ...row }, i) => JSON.stringify({ ...row, id: `r${i}` })).join('\n'));
    const [joined, whole] = [await plans('grades.jsonl', '--log', 'log.jsonl'), await plans(SUPPORT)];
    assert.equal(joined.rows, whole.rows);
    assert.deepEqual(planSentences(joined).headline, planSentences(whole).headline);

    write('log.jsonl', rows.map((row, i) => (i === 3 ? '{"id":"r3"}' : entry(row, i))).join('\n'));
    await fails(
      'invalid_argument',
      /row 4: log\.jsonl has no prompt for the id 'r3'/,
      'plan',
      'grades.jsonl',
      '--log',
      'log.jsonl',
    );
    write('log.jsonl', entry(rows[0], 0));
    await fails(
      'invalid_argument',
      /row 2: log\.jsonl does not have the id 'r1'/,
      'plan',
      'grades.jsonl',
      '--log',
      'log.jsonl',
    );
    write('grades.jsonl', '{"large":1,"small":0}');
    await fails('invalid_argument', /row 1: no text in the column "id"/, 'plan', 'grades.jsonl', '--log', 'log.jsonl');
  });
});

describe('signalbox plan', () => {
  it('says on the example what to send where, and writes policy, report and JSON', async () => {
    const outputs = ['-o', 'plan.sbx', '--html', 'plan.html', '--json=plan.json', '--volume', '100000'];
    const { code, stdout, stderr } = await run(['plan', SUPPORT, ...outputs]);
    assert.equal(code, 0, stderr);
    const plan = JSON.parse(read('plan.json'));
    assert.deepEqual(schemaFaults(SCHEMA, plan), []);
    assert.deepEqual([plan.rows, plan.models.length, plan.volume], [300, 4, 100_000]);
    says(stdout, plan);
    const [, percent, points] = /\((\d+)%.*, ([\d.]+) points fewer right/s.exec(planSentences(plan).headline);
    const page = readFileSync(new URL('../../../web/site/ask.tsx', import.meta.url), 'utf8');
    assert.ok(page.includes(`${percent}% cheaper, ${points} points fewer right`), 'the first screen has other figures');
    const html = read('plan.html').toString();
    assert.match(html, /^<!doctype html>/);
    says(html.replace(/<[^>]*>/g, '').replaceAll('&#39;', "'"), plan, { worst: false });
    for (const file of ['plan.sbx', 'plan.html', 'plan.json']) assert.match(stderr, new RegExp(`wrote ${file}: `));
    assert.doesNotMatch(stdout, /--html/, 'what was done is not proposed');
    assert.match(stdout, /npx signalbox route "a prompt" --index plan\.sbx/);
    const decision = JSON.parse(await runs('route', 'Which queue gets this ticket?', '--index', 'plan.sbx', '--json'));
    assert.ok(plan.models.some(({ name }) => name === decision.model));
  });

  it('prints 80 columns of plain text if nobody looks on', async () => {
    const text = await runs('plan', SUPPORT);
    const chart = text.split('\n').filter((line) => /^ *[+-]?[\d.]* [+|]/.test(line));
    assert.ok(chart.length >= 10, text);
    for (const line of chart) assert.ok(line.length <= 80 && /^[ -~]*$/.test(line), line);
    assert.ok(!text.includes('\u001b'));
    assert.doesNotMatch(text, /undefined|NaN/);
  });

  it('is the example that its script makes', () => {
    assert.ok(readFileSync(SUPPORT, 'utf8') === supportCsv());
  });

  it('is the same for the same file and seed', async () => {
    write('a.csv', BUILD_EXAMPLE);
    const texts = [];
    for (const name of ['one', 'two']) {
      await runs('plan', 'a.csv', '--seed', '7', '-o', `${name}.sbx`, `--json=${name}.json`, '--html', `${name}.html`);
      texts.push(['sbx', 'json', 'html'].map((kind) => read(`${name}.${kind}`).toString('base64')));
    }
    assert.deepEqual(texts[0], texts[1]);
    assert.equal((await plans('a.csv', '--seed', '8')).seed, 8);
  });

  it('plans for the target, the baseline and the volume that are given', async () => {
    write('a.csv', BUILD_EXAMPLE);
    const prices = [['model', 'in', 'out'].join(), 'large,5,25', 'middle,1,5', 'small,.1,.5'].join('\n');
    write('prices.csv', prices);
    const target = async (...args) => (await plans('a.csv', '--prices', 'prices.csv', ...args)).target;
    const kinds = [await target('--at-most', '1pt'), await target('--save', '30%')];
    assert.deepEqual(
      kinds.map(({ kind, value }) => [kind, value]),
      [
        ['at-most', 1],
        ['save', 0.3],
      ],
    );
    const plan = await plans(
      'a.csv',
      '--prices',
      'prices.csv',
      '--budget',
      '$5',
      '--volume',
      '1e4',
      '--baseline',
      'large',
    );
    assert.deepEqual([plan.target.kind, plan.target.value, plan.volume], ['budget', 5, 10_000]);
    assert.deepEqual([plan.baseline.model, plan.baseline.given], ['large', true]);
    assert.deepEqual(schemaFaults(SCHEMA, plan), []);
    await fails(
      'unknown_model',
      /'larg' is not a model of the files, did you mean 'large'/,
      'plan',
      'a.csv',
      '--baseline',
      'larg',
    );
  });

  it('plans for a part of the data', async () => {
    write('a.csv', BUILD_EXAMPLE);
    const plan = await plans('a.csv', '--models', 'large,small', '--datasets', 'sums,words');
    assert.deepEqual(plan.models.map(({ name }) => name).sort(), ['large', 'small']);
    assert.equal(plan.rows, 80);
    assert.equal(plan.familiesFrom, 'dataset');
    assert.deepEqual(plan.families.map(({ name }) => name).sort(), ['sums', 'words']);
  });

  it('asks the shipped index for prices, or no index', async () => {
    write('a.csv', csv(['openai/gpt-5.4', 'google/gemini-3.5-flash'], 40));
    const origins = ({ models }) => models.map(({ costFrom }) => costFrom);
    const known = await plans('a.csv');
    assert.deepEqual(origins(known), ['prices', 'prices']);
    assert.ok(known.notes.some(({ code }) => code === 'costs_from_prices'));
    const unknown = await plans('a.csv', '--no-index');
    assert.deepEqual(origins(unknown), ['unknown', 'unknown']);
    assert.ok(unknown.notes.some(({ code }) => code === 'no_costs'));
    assert.deepEqual(schemaFaults(SCHEMA, unknown), []);
    await fails('network', /no-such\.sbx/, 'plan', 'a.csv', '--index', 'no-such.sbx');
  });

  it('says first that a model without a cost is left out', async () => {
    const [head, ...lines] = csv(MODELS, 20).trim().split('\n');
    const costs = [`${head},large|cost_usd,small|cost_usd`, ...lines.map((line) => `${line},0.01,0.001`)];
    write('a.csv', costs.join('\n'));
    const text = await runs('plan', 'a.csv', '--no-index');
    assert.match(text, /^60 prompts, 2 of 3 models, right or wrong\n/);
    const [, first] = flat(text).split('Note: ');
    assert.match(first, /^middle is left out, because the cost is not known/);
    const { notes } = await plans('a.csv', '--no-index');
    assert.ok(notes.length > 1);
    assert.notEqual(notes[0].code, 'model_without_cost', 'the order of the JSON has changed');
    assert.match(await runs('plan', SUPPORT), /^300 prompts, 4 models, /);
  });

  it('prints only the table, or the code, or both', async () => {
    write('a.csv', BUILD_EXAMPLE);
    const plan = await plans('a.csv');
    assert.equal(await runs('plan', 'a.csv', '--table'), `${planTable(plan)}\n`);
    assert.equal(await runs('plan', 'a.csv', '--code'), planCode(plan));
    const both = await runs('plan', 'a.csv', '--table', '--code', '-o', 'mine.sbx');
    assert.equal(both, `${planTable(plan)}\n\n${planCode(plan, 'mine.sbx')}`);
  });

  it('names what is wrong with a file, and writes nothing', async () => {
    write('one.csv', csv(['large'], 40));
    write('few.csv', csv(MODELS, 5));
    write('broken.csv', `${BUILD_EXAMPLE}\nsums,99,cut off`);
    const outputs = ['-o', 'x.sbx', '--html', 'x.html', '--json=x.json'];
    const refuses = async (file, pattern) => {
      const { code, stdout, stderr } = await run(['plan', file, ...outputs]);
      assert.deepEqual([code, stdout], [1, '']);
      const { error } = JSON.parse(stderr.trim().split('\n').at(-1));
      assert.match(error.message, pattern);
      return error.code;
    };
    assert.equal(await refuses('one.csv', /got one model, 'large', expected at least two/), 'invalid_argument');
    assert.equal(await refuses('few.csv', /got 15 graded prompts, expected at least 30/), 'invalid_argument');
    assert.equal(await refuses('broken.csv', /broken\.csv, line \d+: got 3 cells, expected 6/), 'invalid_argument');
    assert.equal(await refuses('none.csv', /none\.csv could not be read/), 'network');
    assert.deepEqual(readdirSync(folder).sort(), ['broken.csv', 'few.csv', 'one.csv']);
  });

  it('says that an output cannot be written', async () => {
    write('a.csv', BUILD_EXAMPLE);
    await fails('network', /no\/such\/plan\.html could not be written/, 'plan', 'a.csv', '--html', 'no/such/plan.html');
  });

  it('ends with 130 after Ctrl-C, and leaves nothing behind', async () => {
    write('a.csv', csv(MODELS, 300));
    let isSent = false;
    const { code, stderr } = await run(['plan', 'a.csv', '-o', 'x.sbx', '--html', 'x.html', '--no-cache'], {
      onStderr: (child, text) => {
        if (isSent || !text.includes('planning')) return;
        isSent = true;
        child.kill('SIGINT');
      },
    });
    assert.equal(code, 130, stderr);
    assert.match(stderr, /\(aborted\)\n$/);
    assert.deepEqual(readdirSync(folder), ['a.csv']);
  });
});

describe('words of prompts', () => {
  const WORDS = 60;

  /** Returns a file whose prompts are made of words that occur nowhere else, in two kinds. */
  function secretFile(random) {
    const letters = 'bdfgklmnprstvz';
    const vowels = 'aeiou';
    const pick = (from) => from[Math.floor(random() * from.length)];
    const syllable = () => pick(letters) + pick(vowels);
    const vocabulary = Array.from({ length: WORDS }, () => `qx${syllable()}${syllable()}${syllable()}`);
    const lines = ['prompt,small,large,small|cost_usd,large|cost_usd'];
    for (let i = 0; i < 90; i += 1) {
      const half = i % 2 === 0 ? vocabulary.slice(0, WORDS / 2) : vocabulary.slice(WORDS / 2);
      const words = Array.from({ length: 12 }, () => pick(half));
      lines.push([words.join(' '), Number(i % 2 === 0 || i % 3 === 0), Number(i % 7 !== 0), 0.001, 0.01].join());
    }
    return { vocabulary, text: lines.join('\n') };
  }

  /** Returns how many of the words are in anything that the command printed or wrote. */
  async function leaked(seed, ...args) {
    const { vocabulary, text } = secretFile(randomFrom(seed));
    write('secret.csv', text);
    const outputs = ['-o', 'p.sbx', '--html', 'p.html', '--json=p.json', '--cache', 'cache'];
    const { code, stdout, stderr } = await run(['plan', 'secret.csv', ...outputs, ...args]);
    assert.equal(code, 0, stderr);
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== 'secret.csv')
      .map((entry) => readFileSync(path.join(entry.parentPath ?? entry.path, entry.name), 'latin1'));
    assert.ok(files.length >= 4 && existsSync(path.join(folder, 'p.sbx')));
    const all = [stdout, stderr, await runs('inspect', 'p.sbx', '--json'), ...files].join('\n').toLowerCase();
    return vocabulary.filter((word) => all.includes(word)).length;
  }

  for (const seed of [1, 2, 3]) {
    it(`are in no output with --no-words, and name the families without it (seed ${seed})`, async () => {
      assert.equal(await leaked(seed, '--no-words'), 0);
      assert.ok((await leaked(seed)) > 0);
    });
  }
});

/** Fails unless the command refuses its options. */
async function misused(pattern, ...args) {
  const { code, stderr } = await run(args);
  assert.equal(code, 2, stderr);
  assert.match(stderr, pattern);
}

describe('signalbox plan --max-loss and --check', () => {
  it('says a promise, or that it cannot be made, and prints it as JSON', async () => {
    const plan = await plans(SUPPORT, '--max-loss', '8pt');
    assert.deepEqual(schemaFaults(SCHEMA, plan), []);
    assert.deepEqual([plan.promise.made, plan.promise.kind, plan.promise.points], [true, 'net', 8]);
    says(await runs('plan', SUPPORT, '--max-loss', '8pt'), plan);
    const worse = await plans(SUPPORT, '--max-loss', '1', '--loss-kind', 'worse', '--delta', '.01');
    assert.deepEqual([worse.promise.made, worse.promise.kind, worse.promise.delta], [false, 'worse', 0.01]);
    assert.match(planSentences(worse).headline, /^Cannot promise at most 1% of the answers worse/);
    await misused(/cannot be used with/, 'plan', SUPPORT, '--max-loss', '3', '--at-most', '3');
    await misused(/chance/, 'plan', SUPPORT, '--max-loss', '3', '--delta', '2');
    await misused(/expected --max-loss/, 'plan', SUPPORT, '--loss-kind', 'worse');
  });

  it('compares new prompts with those of a plan', async () => {
    await runs('plan', SUPPORT, '-o', 'plan.sbx');
    const strangers = Array.from({ length: 40 }, (_, i) => `Who won chess match number ${i} of the two old masters?`);
    write('new.txt', strangers.join('\n'));
    assert.match(await runs('plan', 'plan.sbx', '--check', 'new.txt'), /^Changed\.\nCoverage: /);
    const change = JSON.parse(await runs('plan', 'plan.sbx', '--check', 'new.txt', '--json'));
    assert.deepEqual([change.changed, change.now], [true, 40]);
    await misused(/--check/, 'plan', SUPPORT, '--check', 'new.txt');
    await misused(/--html/, 'plan', 'plan.sbx', '--check', 'new.txt', '--html', 'x.html');
  });
});
