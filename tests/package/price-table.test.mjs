// The shipped table of prices, and how `npm run prices` refreshes it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { describe, it } from 'node:test';
import { waitForUpdate } from '@pydantic/genai-prices';
import { listedPrices, movesOf, priceFinder, refreshed, withOlder, writtenTable } from '../../models/prices/table.mjs';

const FOLDER = new URL('../../models/prices/', import.meta.url);
const text = readFileSync(new URL('prices.json', FOLDER), 'utf8');
const table = JSON.parse(text);

const list = { package: 'x', version: '1.0.0', date: '2026-09-23' };
const PROVIDERS = [
  {
    id: 'openrouter',
    models: [
      { id: 'anthropic/claude-opus-5.5', prices: { input_mtok: 4.4, output_mtok: 22 } },
      { id: 'anthropic/claude-opus-5.5:batch', prices: { input_mtok: 2, output_mtok: 11 } },
      { id: 'z-ai/glm-5', prices: { input_mtok: 0.7, output_mtok: 2 } },
      { id: 'free/model', prices: { input_mtok: 0, output_mtok: 0 } },
    ],
  },
  {
    id: 'anthropic',
    models: [
      { id: 'claude-opus-5-5', prices: { input_mtok: 4, cache_read_mtok: 0.2, output_mtok: 20 } },
      {
        id: 'claude-opus-4-0',
        prices: { input_mtok: { base: 15, tiers: [{ start: 200000, price: 30 }] }, output_mtok: 75 },
      },
    ],
  },
  { id: 'zhipuai', models: [{ id: 'GLM-5', prices: { input_mtok: 1, output_mtok: 3 } }] },
  {
    id: 'deepseek',
    models: [
      {
        id: 'deepseek-v4',
        prices: [
          { prices: { input_mtok: 1, output_mtok: 2 } },
          { constraint: { type: 'start_date', start_date: '2026-09-01' }, prices: { input_mtok: 3, output_mtok: 4 } },
          { constraint: { type: 'start_date', start_date: '2026-12-01' }, prices: { input_mtok: 9, output_mtok: 9 } },
          { constraint: { type: 'time_of_date', start_time: '01:00' }, prices: { input_mtok: 8, output_mtok: 8 } },
        ],
      },
      { id: 'deepseek-ocr', prices: { input_mtok: 1 } },
    ],
  },
  {
    id: 'novita',
    models: [
      { id: 'Qwen/Qwen3-4B-FP8', prices: { input_mtok: 0.03, output_mtok: 0.05 } },
      { id: 'deepseek-ai/DeepSeek-V4', prices: { input_mtok: 5, output_mtok: 5 } },
    ],
  },
];

describe('the shipped table', () => {
  it('has a date, a source and plausible prices for every model', () => {
    assert.ok(Object.keys(table.models).length > 500);
    for (const [name, price] of Object.entries(table.models)) {
      assert.match(price.date, /^20\d\d-\d\d-\d\d$/, name);
      assert.ok(typeof price.source === 'string' && price.source !== '', name);
      for (const usd of [price.in, price.out]) assert.ok(usd === 0 || (usd >= 0.001 && usd <= 1000), `${name}: ${usd}`);
      assert.ok(price.cacheRead === undefined || price.cacheRead <= price.in, name);
    }
  });

  it('has the prices of current models, by any of their names', () => {
    const priceOf = priceFinder(table);
    for (const name of [
      'openai/gpt-6-sol',
      'anthropic/claude-opus-5.5',
      'google/gemini-3.8-flash',
      'claude-opus-4-8@20260801',
    ]) {
      assert.ok(priceOf(name)?.out > 0, name);
    }
    assert.equal(priceOf('nobody/nothing'), null);
    assert.deepEqual(priceOf('anthropic/claude-sonnet-4:thinking'), priceOf('anthropic/claude-sonnet-4'));
  });

  it('is what the installed package says, byte for byte', async (t) => {
    const lock = JSON.parse(readFileSync(new URL('../../package-lock.json', FOLDER), 'utf8'));
    const { version } = lock.packages['node_modules/@pydantic/genai-prices'];
    if (version !== table.list.version) return t.skip(`the package is ${version}, the table of ${table.list.version}`);
    const { models } = listedPrices(await waitForUpdate(), table.list);
    assert.equal(writtenTable(refreshed(table, models, table.list)), text);
    assert.deepEqual(movesOf(table, refreshed(table, models, table.list)), []);
  });
});

describe('a refresh', () => {
  it("takes the maker's price, then OpenRouter's, then a converted one, then a host's", () => {
    const { models, skipped } = listedPrices(PROVIDERS, list);
    const shown = Object.fromEntries(
      Object.entries(models).map(([name, { in: low, out, source }]) => [name, [low, out, source]]),
    );
    assert.deepEqual(shown, {
      'anthropic/claude-opus-5.5': [4, 20, 'genai-prices 1.0.0 anthropic:claude-opus-5-5'],
      'anthropic/claude-opus-4': [15, 75, 'genai-prices 1.0.0 anthropic:claude-opus-4-0'],
      'deepseek/deepseek-v4': [3, 4, 'genai-prices 1.0.0 deepseek:deepseek-v4'],
      'z-ai/glm-5': [0.7, 2, 'genai-prices 1.0.0 openrouter:z-ai/glm-5'],
      'qwen/qwen3-4b': [0.03, 0.05, 'genai-prices 1.0.0 novita:Qwen/Qwen3-4B-FP8'],
    });
    assert.equal(models['anthropic/claude-opus-5.5'].cacheRead, 0.2);
    assert.equal(models['anthropic/claude-opus-4'].tiered, true);
    assert.equal(models['deepseek/deepseek-v4'].tiered, true, 'some hours cost more');
    assert.equal(skipped, 3, 'a batch, a free model, one without output');
    assert.deepEqual(listedPrices([...PROVIDERS].reverse(), list).models, models, 'whatever the order');
  });

  it('keeps the price and date of a model that vanished', () => {
    const before = { models: { gone: { in: 1, out: 2, date: '2026-01-01', source: 'x' } } };
    const after = refreshed(before, { 'b/new': { in: 1, out: 1, date: list.date, source: 'y' } }, list);
    assert.deepEqual(Object.keys(after.models), ['b/new', 'gone']);
    assert.equal(after.models.gone.date, '2026-01-01');
    assert.deepEqual(JSON.parse(writtenTable(after)), after);
  });

  it('adds the models of an older list that nothing newer has', () => {
    const older = {
      date: '2026-08-21',
      models: { 'b/new-latest': { in: 9, out: 9, src: 'old' }, 'a/b': { in: 1, out: 2, cache_read: 0.1, src: 'old' } },
    };
    const { models } = withOlder({ models: { 'b/new': { in: 1, out: 1 } }, list }, older);
    assert.deepEqual(models, {
      'a/b': { in: 1, out: 2, cacheRead: 0.1, date: '2026-08-21', source: 'old' },
      'b/new': { in: 1, out: 1 },
    });
  });

  it('finds jumps over 1.6x, up and down, and prices that begin or cease to be 0', () => {
    const at = (low, out) => ({ in: low, out, source: 's' });
    const before = { models: { a: at(1, 1), b: at(1, 1), c: at(1, 1), d: at(0, 1), e: at(1.6, 1), f: at(1, 1) } };
    const after = {
      models: { a: at(1.61, 1), b: at(1, 0.6), c: at(1.6, 0.625), d: at(1, 1), e: at(0, 1), g: at(9, 9), f: at(1, 1) },
    };
    assert.deepEqual(
      movesOf(before, after).map(({ model, words }) => `${model}: ${words}`),
      ['a: in 1 -> 1.61 (s -> s)', 'b: out 1 -> 0.6 (s -> s)', 'd: in 0 -> 1 (s -> s)', 'e: in 1.6 -> 0 (s -> s)'],
    );
  });

  it('writes nothing over a jump until it is accepted', () => {
    const root = mkdtempSync(path.join(tmpdir(), 'signalbox-prices-'));
    try {
      mkdirSync(path.join(root, 'models'));
      cpSync(FOLDER, path.join(root, 'models/prices'), { recursive: true });
      const here = new URL('../../', FOLDER);
      for (const name of ['node_modules', 'dist', 'package-lock.json', 'package.json']) {
        symlinkSync(new URL(name, here), path.join(root, name));
      }
      const file = path.join(root, 'models/prices/prices.json');
      const moved = {
        ...table,
        models: { ...table.models, 'openai/gpt-5.5': { ...table.models['openai/gpt-5.5'], in: 1 } },
      };
      writeFileSync(file, writtenTable(moved));
      const refresh = (...more) =>
        spawnSync(
          process.execPath,
          [path.join(root, 'models/prices/refresh.mjs'), '--date', table.list.date, ...more],
          { encoding: 'utf8' },
        );
      const refused = refresh();
      assert.equal(refused.status, 1, refused.stderr);
      assert.match(refused.stdout, /^refused: openai\/gpt-5\.5 in 1 -> 5 /m);
      assert.match(refused.stdout, /Nothing was written/);
      assert.equal(readFileSync(file, 'utf8'), writtenTable(moved));
      const accepted = refresh('--accept', 'openai/gpt-5.5');
      assert.equal(accepted.status, 0, accepted.stderr);
      assert.match(accepted.stdout, /^accepted: openai\/gpt-5\.5/m);
      assert.equal(readFileSync(file, 'utf8'), text);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });
});
