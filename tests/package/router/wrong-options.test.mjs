// Every public call refuses options that it would not honour: of another kind, of another container, or misspelt.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { buildFromFiles, buildIndex, buildInWorker, fileFromBytes, plan, planInWorker } from '../../../dist/build.js';
import {
  answerPort,
  matchPrices,
  RefiningRouter,
  Router,
  routeWithFeedback,
  SignalboxError,
  StaticEmbedder,
} from '../../../dist/index.js';
import { OnnxEmbedder } from '../../../dist/onnx.js';
import { WorkerRouter } from '../../../dist/worker.js';
import { embedderFiles, expectNothingOpen, refused } from '../support/fixtures.mjs';
import { POEM, topicsIndex, topicsSpec } from '../support/topics.mjs';

const VECTOR = Array(8).fill(1);
const CSV = 'prompt,dataset,a,b\nwrite a poem,poems,1,0\nsort a list,code,0,1\n';

let index;
let embedder;
let router;
let worker;
let refining;

before(async () => {
  index = await topicsIndex();
  embedder = await StaticEmbedder.load(embedderFiles());
  router = await Router.load({ index, embedder });
  worker = await WorkerRouter.load({ index, embedder });
  refining = new RefiningRouter(router, worker);
});
after(() => {
  refining.dispose();
  embedder.dispose();
});
expectNothingOpen();

const files = () => [fileFromBytes('rows.csv', new TextEncoder().encode(CSV))];
const blobs = () => [new File([CSV], 'rows.csv')];
const first = async (answers) => (await answers.next()).value;
/** Disposes of what a call returned, if it was not refused. */
const disposing = async (loading) => {
  const loaded = await loading;
  loaded.dispose();
  return loaded;
};

/** Calls by name: with these options, and a key that they know as it might be misspelt. */
const CALLS = {
  'Router.load': [(o) => disposing(Router.load(o)), 'indx', 'index'],
  'WorkerRouter.load': [(o) => disposing(WorkerRouter.load(o)), 'startTimeoutMS', 'startTimeoutMs'],
  'StaticEmbedder.load': [(o) => disposing(StaticEmbedder.load(embedderFiles(), o)), 'singal', 'signal'],
  'StaticEmbedder.embed': [(o) => embedder.embed([POEM], o), 'signals', 'signal'],
  route: [(o) => router.route(VECTOR, o), 'maxUsdPerMtok', 'maxUsdPerMTok'],
  routeMany: [(o) => router.routeMany([VECTOR], o), 'onprogress', 'onProgress'],
  routeTask: [(o) => router.routeTask([VECTOR], o), 'label', 'labels'],
  embed: [(o) => router.embed([POEM], o), 'abortSignal', undefined],
  cascade: [(o) => router.cascade(VECTOR, o), 'maxStep', 'maxSteps'],
  samples: [(o) => router.samples(o), 'outcome', 'outcomes'],
  'worker.route': [(o) => worker.route(VECTOR, o), 'cost_weight', 'costWeight'],
  'worker.routeMany': [(o) => worker.routeMany([VECTOR], o), 'preferr', 'prefer'],
  'worker.routeTask': [(o) => worker.routeTask([VECTOR], o), 'label', 'labels'],
  'worker.embed': [(o) => worker.embed([POEM], o), 'onProgres', 'onProgress'],
  'worker.cascade': [(o) => worker.cascade(VECTOR, o), 'model', 'models'],
  'worker.samples': [(o) => worker.samples(o), 'id', 'ids'],
  'new RefiningRouter': [(o) => new RefiningRouter(router, worker, o), 'onUnavailible', 'onUnavailable'],
  'refining.route': [(o) => first(refining.route(POEM, o)), 'candidate', 'candidates'],
  'refining.routeTask': [(o) => first(refining.routeTask([POEM], o)), 'label', 'labels'],
  routeWithFeedback: [(o) => routeWithFeedback(router, VECTOR, [], o), 'similarty', 'similarity'],
  buildIndex: [async (o) => buildIndex(await topicsSpec(), o), 'wasn', 'wasm'],
  buildFromFiles: [(o) => buildFromFiles(files(), o), 'maxrows', 'maxRows'],
  buildInWorker: [(o) => buildInWorker(blobs(), o), 'exludeModels', 'excludeModels'],
  plan: [(o) => plan(files(), o), 'atmost', 'atMost'],
  planInWorker: [(o) => planInWorker(blobs(), o), 'basline', 'baseline'],
  'OnnxEmbedder.load': [(o) => OnnxEmbedder.load('./nowhere', o), 'maxToken', 'maxTokens'],
  'OnnxEmbedder.isCached': [(o) => OnnxEmbedder.isCached('./nowhere', o), 'dtpye', 'dtype'],
};

class Settings {
  signal = undefined;
}

const KINDS = [
  ['null', null, /options is null, expected an object/],
  ['a text', 'mine.sbx', /options is the text 'mine\.sbx', expected an object/],
  ['a number', 7, /options is 7, expected an object/],
  ['a list', [], /options is a list, expected an object/],
  ['a function', () => undefined, /options is a function, expected an object/],
  ['a Map', new Map(), /options is a Map, expected an object/],
  ['a Set', new Set(['k']), /options is a Set, expected an object/],
  ['an instance of a class', new Settings(), /options is a Settings, expected an object/],
  ['inherited options', Object.create({ signal: undefined }), /options is an object, expected an object/],
  ['bytes', new Uint8Array(2), /options is a Uint8Array, expected an object/],
];

for (const [name, [call, misspelt, meant]] of Object.entries(CALLS)) {
  describe(name, () => {
    for (const [kind, options, message] of KINDS) {
      it(`refuses ${kind} in place of options`, async () => {
        await refused(async () => call(options), 'invalid_argument', message);
      });
    }

    it('refuses a misspelt option and names the nearest', async () => {
      const question = meant === undefined ? `'${misspelt}' is not known, expected ` : `did you mean '${meant}'\\?`;
      await refused(async () => call({ [misspelt]: undefined }), 'invalid_argument', new RegExp(question));
    });

    it('lets an error of a getter through', async () => {
      const own = new Error('a getter');
      const options = {};
      Object.defineProperty(options, meant ?? 'signal', {
        enumerable: true,
        get: () => {
          throw own;
        },
      });
      await assert.rejects(
        async () => call(options),
        (error) => error === own,
      );
    });
  });
}

/** [description, call, message] */
const VALUES = [
  ['an object as signal', () => router.route(VECTOR, { signal: {} }), /signal is an object, expected an AbortSignal/],
  ['an EventTarget as signal', () => router.embed([POEM], { signal: new EventTarget() }), /signal is an EventTarget/],
  ['a text as callback', () => router.routeMany([VECTOR], { onProgress: 'log' }), /onProgress is the text 'log'/],
  ['a callback of route', () => router.route(VECTOR, { onProgress: () => {} }), /'onProgress' is not known/],
  ['a Set of candidates', () => router.route(VECTOR, { candidates: new Set(['poet']) }), /candidates is a Set/],
  ['a Set of denied', () => router.route(VECTOR, { candidates: { deny: new Set(['poet']) } }), /deny is a Set/],
  ['a text as allow', () => router.route(VECTOR, { candidates: { allow: 'poet' } }), /allow is the text 'poet'/],
  ['a Map of prices', () => router.route(VECTOR, { prices: new Map([['poet', 0]]) }), /prices is a Map/],
  ['a Map as price', () => router.route(VECTOR, { prices: { poet: new Map([['in', 1]]) } }), /poet is a Map/],
  ['a misspelt side', () => router.route(VECTOR, { prices: { poet: { in: 1, outt: 1 } } }), /did you mean 'out'\?/],
  ['a Map of corrections', () => router.route(VECTOR, { corrections: new Map() }), /corrections is a Map/],
  ['a Set of labels', () => router.routeTask([VECTOR], { labels: new Set() }), /labels is a Set/],
  [
    'a Map of outcomes',
    () => router.routeTask([VECTOR], { labels: [{ index: 0, outcomes: new Map([['poet', 1]]) }] }),
    /outcomes is a Map/,
  ],
  [
    'a misspelt key of a label',
    () => router.routeTask([VECTOR], { labels: [{ indx: 0, index: 0, outcomes: {} }] }),
    /label: 'indx' is not known, did you mean 'index'\?/,
  ],
  ['a Set of models', () => router.cascade(VECTOR, { models: new Set(['poet']) }), /models is a Set/],
  ['a text as flag', () => router.samples({ ids: 'no' }), /ids is the text 'no', expected true or false/],
  ['a Set of inputs', () => router.routeTask(new Set([POEM])), /expected a list of inputs/],
  ['null as index', () => Router.load({ index: null }), /index is null, expected an address, bytes/],
  ['a number as wasm', () => Router.load({ wasm: 1 }), /wasm is 1, expected an address, bytes or a WebAssembly/],
  [
    'an unknown cache mode',
    () => Router.load({ cache: 'relaod' }),
    /cache is the text 'relaod', did you mean 'reload'/,
  ],
  ['a misspelt file', () => Router.load({ embedder: { ...embedderFiles(), modell: 1 } }), /did you mean 'model'\?/],
  ['a missing file', () => Router.load({ embedder: { tokenizer: 'a', config: 'b' } }), /embedder has no model/],
  ['null as embedder source', () => StaticEmbedder.load(null), /the source is null/],
  ['a text as texts', () => embedder.embed('poem'), /the texts is the text 'poem', expected a list/],
  ['null as feedback', () => routeWithFeedback(router, VECTOR, null), /feedback is null, expected a list/],
  ['null as entry', () => routeWithFeedback(router, VECTOR, [null]), /feedback 0 is null, expected \{ vector/],
  [
    'a Map of rated outcomes',
    () => routeWithFeedback(router, VECTOR, [{ vector: VECTOR, outcomes: new Map([['poet', 1]]) }]),
    /feedback 0: outcomes is a Map/,
  ],
  ['no first router', () => new RefiningRouter(null, worker), /the first router is null/],
  ['a text as bytes', async () => fileFromBytes('a.csv', 'x'), /bytes is the text 'x', expected a Uint8Array/],
  ['no path', async () => fileFromBytes(null, new Uint8Array(1)), /path is null, expected a text/],
  ['no port', () => answerPort(null), /the port is null/],
  ['a text as models', () => matchPrices('poet', []), /models is the text 'poet', expected a list of names/],
  ['an object as list', () => matchPrices(['poet'], { poet: 1 }), /the price list is an object/],
  [
    'a price of another form',
    () => matchPrices(['poet'], { prices: [{ name: 'poet', in: 1, Out: 1 }] }),
    /the price of poet is not/,
  ],
  ['a Map as metadata', async () => buildIndex({ ...(await topicsSpec()), metadata: { a: new Map() } }), /a is a Map/],
  [
    'a misspelt key of a spec',
    async () => buildIndex({ ...(await topicsSpec()), code: 'int8' }),
    /did you mean 'codes'/,
  ],
  ['an unknown source', () => buildFromFiles(files(), { from: 'lm_eval' }), /did you mean 'lm-eval'/],
  [
    'a text as globs',
    () => buildFromFiles(files(), { models: 'a' }),
    /models is the text 'a', expected a list of texts/,
  ],
  [
    'a text as metrics',
    () => buildFromFiles(files(), { metrics: 'acc' }),
    /metrics is the text 'acc', expected a list/,
  ],
  [
    'a misspelt rule',
    () => buildFromFiles(files(), { metrics: [{ dataset: '*', value: 'acc' }] }),
    /metrics: 'dataset' is not known, did you mean 'datasets'\?/,
  ],
  [
    'a rule without datasets',
    () => buildFromFiles(files(), { thresholds: [{ value: 1 }] }),
    /thresholds: datasets is undefined/,
  ],
  [
    'a range of one number',
    () => buildFromFiles(files(), { ranges: [{ datasets: '*', value: [0] }] }),
    /\[worst, best\]/,
  ],
  ['a text as number', () => buildFromFiles(files(), { dims: '64' }), /dims is the text '64', expected a whole number/],
  ['an unknown type of codes', () => buildFromFiles(files(), { codes: 'int9' }), /did you mean 'int8'\?/],
  ['null as files', () => buildFromFiles(null), /got null, expected a list of File/],
  ['paths as files', () => buildFromFiles(['rows.csv']), /got the text 'rows\.csv', expected a list of File/],
  ['a Map as manifest', () => OnnxEmbedder.load('./nowhere', { manifest: new Map() }), /manifest is a Map/],
  ['an object as cache', () => OnnxEmbedder.clearCache({}), /cache is an object, expected true, false or a folder/],
  ['a number as cache', () => OnnxEmbedder.cacheSizeBytes(1), /cache is 1, expected true, false or a folder/],
];

describe('a value that would have no effect, or another one', () => {
  for (const [what, call, message] of VALUES) {
    it(`is refused: ${what}`, async () => {
      await refused(async () => call(), 'invalid_argument', message);
    });
  }

  it('is refused in a verdict', async () => {
    const plan = await router.cascade(VECTOR);
    assert.throws(() => router.next(plan, { correct: true, sensitvity: 0.8 }), /did you mean 'sensitivity'\?/);
  });
});

describe('options that are taken', () => {
  it('may come from another realm or have no prototype', async () => {
    const { runInNewContext } = await import('node:vm');
    const expected = await router.route(VECTOR, { neighbours: 1 });
    assert.deepEqual(await router.route(VECTOR, runInNewContext('({ neighbours: 1 })')), expected);
    assert.deepEqual(await router.route(VECTOR, Object.assign(Object.create(null), { neighbours: 1 })), expected);
  });

  it('may leave out a signal by null, as for fetch', async () => {
    const decision = await router.route(VECTOR, {
      signal: null,
      prices: null,
    });
    assert.equal(typeof decision.model, 'string');
  });
});

describe('half of a surrogate pair', () => {
  it('becomes U+FFFD in the names of an index, and finds them', async () => {
    const spec = await topicsSpec();
    const models = spec.models.map((model, i) => (i === 0 ? { ...model, name: 'poet\ud83d' } : model));
    const bytes = await buildIndex({ ...spec, models, metadata: { 'key\udc00': '\\ud83d and \ud83d\ude00' } });
    const cut = await Router.load({ index: bytes, embedder: null });
    assert.equal(cut.info.models[0].name, 'poet\ufffd');
    assert.deepEqual(cut.info.metadata, { 'key\ufffd': '\\ud83d and \ud83d\ude00' });
    for (const name of ['poet\ufffd', 'poet\ud83d', 'poet\udc00']) {
      const decision = await cut.route(VECTOR, { candidates: [name], prices: { [name]: 1.5 } });
      assert.deepEqual([decision.model, decision.price.usdPerMTok], ['poet\ufffd', 1.5]);
    }
    await refused(() => cut.route(VECTOR, { candidates: ['x\ud83d'] }), 'unknown_model', /no model 'x\ufffd'/);
    cut.dispose();
  });
});

describe('messages name what was got and what is near', () => {
  const said = async (call, code) => (await refused(call, code)).message;

  it('of model names', async () => {
    assert.match(
      await said(() => router.route(VECTOR, { candidates: ['Poets'] }), 'unknown_model'),
      /did you mean 'poet'\?/,
    );
    assert.match(
      await said(() => router.route(VECTOR, { prices: { generalists: 1 } }), 'unknown_model'),
      /'generalist'\?/,
    );
    assert.doesNotMatch(await said(() => router.route(VECTOR, { candidates: ['zebra'] }), 'unknown_model'), /did you/);
  });

  it('of prices, labels and inputs', async () => {
    const price = await said(() => router.route(VECTOR, { prices: { poet: '0.5' } }), 'invalid_argument');
    assert.match(price, /price of poet is "0\.5", expected US dollars per million tokens/);
    const label = await said(
      () => router.routeTask([VECTOR], { labels: [{ outcomes: { poet: 1 } }] }),
      'invalid_argument',
    );
    assert.match(label, /index is missing/);
    const chat = await said(() => router.route([{ role: 'user', content: 'hi' }]), 'invalid_argument');
    assert.match(chat, /the input is a list of messages/);
    assert.match(await said(() => router.route(['a', 'b']), 'invalid_argument'), /the input is a list of texts/);
    const vector = [...VECTOR.slice(1), null];
    assert.match(await said(() => router.route(vector), 'non_finite'), /vector 0 holds null at 7, expected numbers/);
  });

  it('of limits that leave no model', async () => {
    const none = await said(() => router.route(VECTOR, { maxUsdPerMTok: 0.1 }), 'no_candidate');
    assert.equal(none, 'no model is left: of 4 models, 3 cost more than the maximum price, 1 has no known price');
    const denied = await said(() => router.route(VECTOR, { candidates: [] }), 'no_candidate');
    assert.equal(denied, 'no model is left: of 4 models, 4 are not candidates');
    const plan = await said(() => router.cascade(VECTOR, { maxUsdPerMTok: 0.1 }), 'no_candidate');
    assert.match(plan, /3 cost more than the maximum price, 1 has no known price/);
  });

  it('are errors with a code', async () => {
    const error = await refused(() => router.route(VECTOR, null), 'invalid_argument');
    assert.ok(error instanceof SignalboxError);
  });
});
