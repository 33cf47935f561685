// Reads price lists in their real shapes, and finds the prices of an index's models in them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { matchPrices, readPriceList } from '../../../dist/index.js';

const refusedAs = (list, message, options) =>
  assert.throws(() => readPriceList(list, options), { name: 'SignalboxError', code: 'invalid_argument', message });
const byName = ({ prices }) => Object.fromEntries(prices.map(({ name, ...price }) => [name, price]));

const OPENROUTER = {
  data: [
    { id: 'Org/Model-A', pricing: { prompt: '0.0000005', completion: '0.0000015', input_cache_read: '0.00000005' } },
    { id: 'Org/Model-A:free', pricing: { prompt: '0', completion: '0' } },
    { id: 'cloaked/zero', pricing: { prompt: '0', completion: '0' } },
    {
      id: 'org/long',
      hugging_face_id: 'Org/Long-7B-Chat',
      pricing: { prompt: '0.000002', completion: '0.000008', overrides: [] },
    },
    { id: 'openrouter/auto', pricing: { prompt: '-1', completion: '-1' } },
    { id: 'without', pricing: {} },
  ],
};
const MODELS_DEV = {
  host: { id: 'host', npm: 'x', models: { 'org/model-a': { id: 'org/model-a', cost: { input: 0.4, output: 1 } } } },
  org: {
    id: 'org',
    models: {
      'model-a': { id: 'model-a', cost: { input: 0.5, output: 1.5, cache_read: 0.05, tiers: [{ input: 1 }] } },
      plan: { id: 'plan', cost: { input: 0, output: 0 } },
      voice: { id: 'voice' },
    },
  },
  openrouter: {
    id: 'openrouter',
    models: { 'org/model-a': { id: 'org/model-a', cost: { input: 0.45, output: 1.2 } } },
  },
};
const LITELLM = {
  sample_spec: { input_cost_per_token: 0, output_cost_per_token: 0, mode: 'one of: chat' },
  'model-a': {
    input_cost_per_token: 5e-7,
    output_cost_per_token: 1.5e-6,
    mode: 'chat',
    cache_read_input_token_cost: 5e-8,
  },
  'us.org.model-a-v1:0': { input_cost_per_token: 5.5e-7, output_cost_per_token: 1.65e-6, mode: 'chat' },
  'azure/model-b': {
    input_cost_per_token: 1e-6,
    output_cost_per_token: 2e-6,
    input_cost_per_token_above_200k_tokens: 2e-6,
  },
  painter: { input_cost_per_token: 1e-6, output_cost_per_token: 2e-6, mode: 'image_generation' },
};
const GENAI = [
  {
    id: 'org',
    models: [
      { id: 'model-a', prices: { input_mtok: 0.5, output_mtok: { base: 1.5, tiers: [{ start: 200000, price: 3 }] } } },
      {
        id: 'model-b',
        prices_checked: '2026-09-02',
        prices: [
          { prices: { input_mtok: 4, output_mtok: 8 } },
          { constraint: { type: 'start_date', start_date: '2026-09-01' }, prices: { input_mtok: 2, output_mtok: 6 } },
          { constraint: { type: 'start_date', start_date: '2027-01-01' }, prices: { input_mtok: 1, output_mtok: 3 } },
          {
            constraint: { type: 'time_of_date', start_time: '01:00', end_time: '04:00' },
            prices: { input_mtok: 9, output_mtok: 9 },
          },
        ],
      },
      { id: 'voice', prices: { input_audio_mtok: 1 } },
    ],
  },
];

describe('a price list', () => {
  it("may be OpenRouter's: texts in dollars per token, without free and undecided offers", () => {
    const list = readPriceList(OPENROUTER);
    assert.equal(list.kind, 'OpenRouter');
    assert.equal(list.date, null);
    assert.equal(list.ignored, 4);
    assert.deepEqual(byName(list), {
      'Org/Model-A': { in: 0.5, out: 1.5, cacheRead: 0.05 },
      'org/long': { in: 2, out: 8, tiered: true, huggingFaceId: 'Org/Long-7B-Chat' },
    });
    assert.deepEqual(readPriceList(OPENROUTER.data), list);
    assert.deepEqual(readPriceList(JSON.stringify(OPENROUTER)), list);
  });

  it("may be models.dev's: dollars per million by provider", () => {
    const list = readPriceList(MODELS_DEV, { asOf: '2026-11-30' });
    assert.equal(list.kind, 'models.dev');
    assert.equal(list.date, '2026-11-30');
    assert.equal(list.ignored, 2);
    assert.deepEqual(list.prices[1], {
      name: 'model-a',
      in: 0.5,
      out: 1.5,
      cacheRead: 0.05,
      tiered: true,
      provider: 'org',
    });
  });

  it("may be LiteLLM's map, of which only texts count", () => {
    const list = readPriceList(LITELLM);
    assert.equal(list.kind, 'LiteLLM');
    assert.deepEqual(byName(list), {
      'model-a': { in: 0.5, out: 1.5, cacheRead: 0.05 },
      'us.org.model-a-v1:0': { in: 0.55, out: 1.65 },
      'azure/model-b': { in: 1, out: 2, tiered: true },
    });
  });

  it('may be the data of genai-prices: the lowest tier, the latest start, no hours', () => {
    const list = readPriceList(GENAI);
    assert.equal(list.kind, 'genai-prices');
    assert.deepEqual(byName(list), {
      'model-a': { in: 0.5, out: 1.5, tiered: true, provider: 'org' },
      'model-b': { in: 2, out: 6, date: '2026-09-02', provider: 'org' },
    });
  });

  it('may be a plain object, with or without a date, where nothing is a price, too', () => {
    const plain = readPriceList({ mine: { in: 0, out: 0 }, b: 3, c: { in: 1, out: 2, cacheRead: 0.1 }, d: 'dear' });
    assert.equal(plain.kind, 'plain');
    assert.deepEqual(byName(plain), {
      mine: { in: 0, out: 0 },
      b: { in: 3, out: 3 },
      c: { in: 1, out: 2, cacheRead: 0.1 },
    });
    const dated = readPriceList({
      date: '2026-08-21',
      models: { a: { in: 1, out: 2, cache_read: 0.1, date: '2026-07-01' } },
    });
    assert.equal(dated.date, '2026-08-21');
    assert.deepEqual(byName(dated), { a: { in: 1, out: 2, cacheRead: 0.1, date: '2026-07-01' } });
  });

  it('may be CSV with headers as people write them', () => {
    const table =
      'Model;Input ($/MTok);Output ($/MTok);Cached input;Cache write;Date\na;"1,5";6;0,15;2;2026-11-01\nb;;2;;;\n';
    const list = readPriceList(`\ufeff${table}`);
    assert.equal(list.kind, 'CSV');
    assert.deepEqual(byName(list), { a: { in: 1.5, out: 6, cacheRead: 0.15, date: '2026-11-01' } });
    assert.equal(list.ignored, 1);
    for (const [header, in1, out1] of [
      ['model,in,out', '1', '2'],
      ['name,usdPerMTokIn,usdPerMTokOut', '$1', '$ 2'],
      ['id,prompt price per token,completion price per token', '0.000001', '0.000002'],
      ['model_id,input_per_1k_tokens,output_per_1k_tokens', '0.001', '0.002'],
    ]) {
      assert.deepEqual(byName(readPriceList(`${header}\na,${in1},${out1}`)), { a: { in: 1, out: 2 } }, header);
    }
  });

  it('is as old as it says, or as the caller says', () => {
    assert.equal(readPriceList(OPENROUTER, { asOf: new Date('2026-11-30T23:59:00Z') }).date, '2026-11-30');
    assert.equal(readPriceList({ date: '2026-08-21', models: { a: 1 } }, { asOf: '2026-11-30' }).date, '2026-08-21');
    for (const asOf of ['yesterday', 7, new Date(Number.NaN), '2026-13-01']) refusedAs(OPENROUTER, /asOf is/, { asOf });
    refusedAs(OPENROUTER, /'asof' is not known/, { asof: '2026-11-30' });
  });

  it('in another unit is refused', () => {
    const perToken = /'a' would cost \$0\.000001 per million tokens, which looks like US dollars per token/;
    refusedAs({ a: { in: 1e-6, out: 2e-6 } }, perToken);
    refusedAs('model,in,out\na,0.000001,0.000002', perToken);
    refusedAs({ p: { models: { a: { cost: { input: 1e-6, output: 2e-6 } } } } }, perToken);
    const perMillion = /'a' would cost \$1000000 per million tokens, .* in a list of prices per token/;
    refusedAs({ data: [{ id: 'a', pricing: { prompt: '1', completion: '2' } }] }, perMillion);
    refusedAs({ a: { input_cost_per_token: 1, output_cost_per_token: 2 } }, perMillion);
    const mixed = readPriceList({ a: 1, b: 2, c: 1e-7, d: 1e9 });
    assert.deepEqual(Object.keys(byName(mixed)), ['a', 'b'], 'single ones are ignored');
    assert.equal(mixed.ignored, 2);
  });

  it('of another shape, or without a price, is refused', () => {
    for (const list of [
      null,
      undefined,
      [],
      {},
      7,
      { data: [] },
      { data: [{ id: 'a' }] },
      'text',
      '',
      'model,in\na,1',
      '[1]',
    ]) {
      refusedAs(list, /^no prices/);
    }
    refusedAs(
      { data: [{ id: 'a:free', pricing: { prompt: '0', completion: '0' } }] },
      /none of 1 entries has a usable/,
    );
    refusedAs('{"a":', /the price list is not JSON/);
    refusedAs('model,in,out\n"a,1,2', /the price list is not CSV/);
    refusedAs('model,in,out\na,1,2\na,1,3', /'a' has two prices, 1 \/ 2 and 1 \/ 3/);
  });

  it('that is hostile costs bounded time, and its names are only names', () => {
    const many = Object.fromEntries(Array.from({ length: 50_001 }, (_, i) => [`m${i}`, 1]));
    refusedAs(many, /50001 entries, expected at most 50000/);
    refusedAs('['.repeat(1e6), /not JSON/);
    refusedAs(`model,in,out\n${'x'.repeat(2e6)},1,2`, /not CSV/);
    const list = readPriceList('{"__proto__":{"in":1,"out":2},"constructor":{"in":3,"out":4},"a":1}');
    assert.equal(list.prices.length, 3);
    const { prices } = matchPrices(['__proto__', 'constructor', 'a'], list);
    assert.deepEqual(Object.keys(prices), ['__proto__', 'constructor', 'a']);
    assert.equal({}.in, undefined);
    const numbers = readPriceList({
      a: 1,
      b: Number.NaN,
      c: '1e400',
      d: { in: '0x10', out: [] },
      e: { in: -1, out: 1 },
    });
    assert.deepEqual(Object.keys(byName(numbers)), ['a']);
  });
});

describe('matchPrices', () => {
  const priceOf = (list, model, more = []) => matchPrices([model, ...more], readPriceList(list)).prices[model];

  it('counts what it does not use, on both sides', () => {
    const { prices, unmatched, ignored, date } = matchPrices(
      ['org/model-a', 'nobody'],
      readPriceList(OPENROUTER, { asOf: '2026-11-30' }),
    );
    assert.deepEqual(prices, {
      'org/model-a': { in: 0.5, out: 1.5, cacheRead: 0.05, date: '2026-11-30', source: 'OpenRouter' },
    });
    assert.deepEqual(unmatched, ['nobody']);
    assert.equal(ignored, 1);
    assert.equal(date, '2026-11-30');
  });

  it("takes the maker's price before OpenRouter's, and that before other hosts'", () => {
    const { org: _, ...withoutMaker } = MODELS_DEV;
    const { openrouter: __, ...hostOnly } = withoutMaker;
    assert.deepEqual(priceOf(MODELS_DEV, 'org/model-a'), {
      in: 0.5,
      out: 1.5,
      cacheRead: 0.05,
      source: 'models.dev (org)',
    });
    assert.deepEqual(priceOf(withoutMaker, 'org/model-a'), { in: 0.45, out: 1.2, source: 'models.dev (openrouter)' });
    assert.deepEqual(priceOf(hostOnly, 'org/model-a'), { in: 0.4, out: 1, source: 'models.dev (host)' });
    const hosts = { ...hostOnly, dear: { models: { x: { id: 'org/model-a', cost: { input: 0.6, output: 1 } } } } };
    assert.equal(priceOf(hosts, 'org/model-a').in, 0.4, 'the cheapest of several');
  });

  it('takes a faithful name before a loose one, and neither regions nor hosts before the plain name', () => {
    assert.equal(priceOf(LITELLM, 'org/model-a').in, 0.5);
    assert.equal(priceOf({ 'org/model-a-20260801': 3, 'org/model-a': 4 }, 'org/model-a').in, 4);
    assert.equal(priceOf({ 'org/model-a-20260801': 3 }, 'org/model-a').in, 3);
    assert.equal(priceOf({ 'azure/model-a': 3, 'model-a': 4 }, 'org/model-a').in, 4);
  });

  it('leaves out a model of which two prices are equally good', () => {
    const list = { 'x/same': 2, 'y/same': 3, 'y/other': 4, 'z/other': 4 };
    const { prices, unmatched } = matchPrices(['same', 'other'], readPriceList(list));
    assert.deepEqual(unmatched, ['same']);
    assert.deepEqual(prices, { other: { in: 4, out: 4 } });
  });

  it('knows the aliases and hub ids of the records, and the model behind a thinking one', () => {
    const model = (name, record) => ({ name, paramsB: null, record: { name, ...record } });
    const models = [
      model('vendor/long', { huggingFaceId: 'Org/Long-7B-Chat' }),
      model('vendor/a', { aliases: ['Org/Model-A'] }),
    ];
    const { prices } = matchPrices(models, readPriceList(OPENROUTER));
    assert.deepEqual([prices['vendor/long'].in, prices['vendor/a'].in], [2, 0.5]);
    assert.equal(priceOf({ 'a/b': 2 }, 'a/b:thinking', ['a/b']).in, 2);
  });
});
