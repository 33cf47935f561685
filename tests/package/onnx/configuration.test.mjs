// Reads the settings of a model's folder, and locates its files.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { poolingFolder, readConfiguration } from '../../../dist/onnx/configuration.js';
import { knownModel } from '../../../dist/onnx/known-models.js';
import { checkPath, findFolder, isHubId } from '../../../dist/onnx/location.js';
import { refused } from '../support/fixtures.mjs';

/** Returns the settings of all-mpnet-base-v2, with some of them changed. */
const filesWith = (changed = {}) => ({
  config: { model_type: 'mpnet', max_position_embeddings: 514 },
  tokenizerConfig: { model_max_length: 512 },
  modules: undefined,
  pooling: { pooling_mode_mean_tokens: true, pooling_mode_cls_token: false },
  sentenceBert: { max_seq_length: 384, do_lower_case: false },
  sentenceTransformers: undefined,
  ...changed,
});

const read = (changed, wanted = {}) => readConfiguration(filesWith(changed), wanted);

describe('the pooling', () => {
  const UNDERSTOOD = [
    [{ pooling_mode_mean_tokens: true }, 'mean'],
    [{ pooling_mode_cls_token: true, pooling_mode_mean_tokens: false }, 'cls'],
    [{ pooling_mode_max_tokens: true, word_embedding_dimension: 32 }, 'max'],
    [{ pooling_mode: 'mean' }, 'mean'],
    [{ pooling_mode: 'cls' }, 'cls'],
    [{ pooling_mode: 'max', include_prompt: true }, 'max'],
    [{ pooling_mode: ['mean'] }, 'mean'],
  ];
  for (const [pooling, expected] of UNDERSTOOD) {
    it(`of ${JSON.stringify(pooling)} is ${expected}`, () => assert.equal(read({ pooling }).pooling, expected));
  }

  const REFUSED = [
    [{}, /the pooling is not given, expected one of mean, cls and max/],
    [{ pooling_mode_mean_tokens: 'true' }, /not given/],
    [{ pooling_mode_mean_tokens: true, pooling_mode_cls_token: true }, /mean_tokens and pooling_mode_cls_token/],
    [{ pooling_mode: ['mean', 'max'] }, /mean_tokens and pooling_mode_max_tokens/],
    [{ pooling_mode: [] }, /not given/],
    [{ pooling_mode_weightedmean_tokens: true }, /weightedmean/],
    [{ pooling_mode_mean_sqrt_len_tokens: true }, /mean_sqrt_len/],
    [{ pooling_mode_lasttoken: true }, /lasttoken/],
    [{ pooling_mode: 'lasttoken' }, /lasttoken/],
    [{ pooling_mode: null }, /null/],
    [{ pooling_mode: '__proto__' }, /__proto__/],
  ];
  for (const [pooling, pattern] of REFUSED) {
    it(`of ${JSON.stringify(pooling)} is refused`, () => refused(() => read({ pooling }), 'bad_embedder', pattern));
  }

  it('must be given if the folder does not state it', async () => {
    await refused(() => read({ pooling: undefined }), 'bad_embedder', /no modules\.json\): set pooling/);
    assert.equal(read({ pooling: undefined }, { pooling: 'cls' }).pooling, 'cls');
  });

  it('of the options overrides that of the folder', () => {
    assert.equal(read({}, { pooling: 'max' }).pooling, 'max');
  });
});

const moduleOf = (kind, more) => ({ type: `sentence_transformers.models.${kind}`, ...more });

describe('modules', () => {
  const TRANSFORMER = moduleOf('Transformer', { path: '' });

  it('name the folder of the pooling', () => {
    const normalize = moduleOf('Normalize', { path: '2_Normalize' });
    assert.equal(poolingFolder([TRANSFORMER, moduleOf('Pooling', { path: '1_Pooling' }), normalize]), '1_Pooling');
    assert.equal(poolingFolder([TRANSFORMER, moduleOf('Pooling', { path: 'other' })]), 'other');
    for (const path of ['', undefined, 7]) {
      assert.equal(poolingFolder([TRANSFORMER, moduleOf('Pooling', { path })]), '1_Pooling');
    }
  });

  it('may be missing', () => assert.equal(poolingFolder(undefined), undefined));

  const REFUSED = [
    ['a dense layer', [TRANSFORMER, moduleOf('Pooling'), moduleOf('Dense')], /the module 'Dense'/],
    ['a bag of words', [moduleOf('BoW')], /the module 'BoW'/],
    ['a module without a type', [TRANSFORMER, moduleOf('Pooling'), { path: '' }], /the module 'undefined'/],
    ['a null', [null], /the module 'undefined'/],
    ['no pooling', [TRANSFORMER], /followed by one Pooling/],
    ['two poolings', [TRANSFORMER, moduleOf('Pooling'), moduleOf('Pooling')], /followed by one Pooling/],
    ['no transformer', [moduleOf('Pooling')], /not a Transformer/],
    ['the pooling first', [moduleOf('Pooling'), TRANSFORMER], /not a Transformer/],
    ['nothing', [], /not a Transformer/],
  ];
  for (const [what, modules, pattern] of REFUSED) {
    it(`with ${what} are refused`, () => refused(() => poolingFolder(modules), 'bad_embedder', pattern));
  }

  it('are refused if they are not a list', async () => {
    for (const modules of [null, {}, 'Transformer', 3]) {
      await refused(() => poolingFolder(modules), 'bad_embedder', /not a list/);
    }
  });
});

describe('the limit of tokens', () => {
  const bert = { model_type: 'bert', max_position_embeddings: 512 };
  const none = { sentenceBert: undefined, tokenizerConfig: undefined };
  const LIMITS = [
    ['is the one of sentence-transformers', {}, {}, 384],
    ['is the requested one', {}, { maxTokens: 100 }, 100],
    ["is the tokenizer's if sentence-transformers states none", { sentenceBert: {} }, {}, 512],
    [
      "is the tokenizer's if it is less than the positions",
      { ...none, tokenizerConfig: { model_max_length: 77 } },
      {},
      77,
    ],
    [
      'is that of the positions if the tokenizer states 1e30',
      { ...none, tokenizerConfig: { model_max_length: 1e30 } },
      {},
      512,
    ],
    ['excludes the two positions before the first token', none, {}, 512],
    ['includes all positions of a BERT', { ...none, config: bert }, {}, 512],
    ['may include all positions', { ...none, config: bert }, { maxTokens: 512 }, 512],
    ['may be given if the model states no positions', { ...none, config: {} }, { maxTokens: 9000 }, 9000],
    ['ignores a text', { sentenceBert: { max_seq_length: '384' } }, {}, 512],
    ['ignores null', { sentenceBert: { max_seq_length: null } }, {}, 512],
  ];
  for (const [what, changed, wanted, expected] of LIMITS) {
    it(what, () => assert.equal(read(changed, wanted).maxTokens, expected));
  }

  it('is the same for all variants of RoBERTa', () => {
    for (const model_type of ['mpnet', 'roberta', 'xlm-roberta', 'camembert']) {
      assert.equal(read({ ...none, config: { model_type, max_position_embeddings: 130 } }).maxTokens, 128);
    }
  });

  it('must be given if the folder does not state it', () =>
    refused(() => read({ ...none, config: {} }), 'bad_embedder', /how many tokens the model reads: set maxTokens/));

  it('is refused if it is larger than the positions', async () => {
    await refused(
      () => read({}, { maxTokens: 513 }),
      'bad_embedder',
      /maxTokens is 513, the model has positions for 512/,
    );
    await refused(() => read({ sentenceBert: { max_seq_length: 514 } }), 'bad_embedder', /is 514.* for 512/);
  });
});

describe('the preparation of a text', () => {
  it('is empty by default', () => {
    assert.deepEqual(read(), { pooling: 'mean', maxTokens: 384, lowerCase: false, prefix: '' });
  });

  it('may convert it to lower case', () => {
    const lowerCaseOf = (do_lower_case) => read({ sentenceBert: { max_seq_length: 384, do_lower_case } }).lowerCase;
    assert.deepEqual([true, false, undefined, 'true', null].map(lowerCaseOf), [true, false, false, false, false]);
  });

  const prompts = { query: 'query: ', passage: '' };
  it('may prepend the default prompt', () => {
    const prefixOf = (sentenceTransformers) => read({ sentenceTransformers }).prefix;
    assert.equal(prefixOf({ prompts, default_prompt_name: 'query' }), 'query: ');
    assert.equal(prefixOf({ prompts, default_prompt_name: 'passage' }), '');
    assert.equal(prefixOf({ prompts, default_prompt_name: null }), '');
    assert.equal(prefixOf({ prompts }), '');
  });

  it('is refused if the default prompt is missing', async () => {
    for (const sentenceTransformers of [
      { prompts, default_prompt_name: 'document' },
      { prompts, default_prompt_name: 'toString' },
      { prompts: { query: 7 }, default_prompt_name: 'query' },
      { prompts: ['query'], default_prompt_name: 'query' },
      { default_prompt_name: 'query' },
    ]) {
      await refused(
        () => read({ sentenceTransformers }),
        'bad_embedder',
        /default prompt '\w+' is not among the prompts/,
      );
    }
  });

  it('is refused if the prompt is left out of the pooling', async () => {
    const pooling = { pooling_mode_mean_tokens: true, include_prompt: false };
    const sentenceTransformers = { prompts, default_prompt_name: 'query' };
    await refused(() => read({ pooling, sentenceTransformers }), 'bad_embedder', /left out of the pooling/);
    assert.equal(read({ pooling }).prefix, '');
  });
});

describe('a location', () => {
  it('is the id of a hub only as owner/name', () => {
    for (const id of ['Xenova/all-mpnet-base-v2', 'a/b', '_x/y.z', 'BAAI/bge-small-en-v1.5', '-/-'])
      assert.ok(isHubId(id), id);
    const others = ['', 'name', 'a/b/c', './a/b', '../a', 'a/..', '/a/b', 'a/b/', 'a\\b', 'a/b?c', 'a b/c', 'a/b\n'];
    for (const other of [...others, 'http://a/b', 'a/b#c', 'a/%2e']) assert.ok(!isHubId(other), other);
  });

  it('has paths that stay below it', async () => {
    for (const file of ['a', 'onnx/model.onnx', 'a/b/c', '.hidden', '...', '__proto__', 'ü/ü']) {
      assert.equal(checkPath(file, 'it is'), file);
    }
    const others = [
      '',
      '/',
      '/a',
      'a/',
      'a//b',
      '.',
      '..',
      '../a',
      'a/../b',
      'a/.',
      'a\\b',
      'a?b',
      'a#b',
      'a%2fb',
      'a\0',
    ];
    for (const other of others) {
      await refused(
        () => checkPath(other, 'the file is'),
        'invalid_argument',
        /^the file is '.*' is not a path below/s,
      );
    }
  });

  const noListing = () => assert.fail('no list of files is needed');
  const hash = 'ab'.repeat(32);

  it('of a folder has all files in it', async () => {
    const manifest = { files: { 'config.json': { sha256: hash.toUpperCase(), sizeBytes: 7 } } };
    for (const place of ['http://host/some/model', 'http://host/some/model/', new URL('http://host/some/model//')]) {
      const folder = await findFolder(place, { manifest }, noListing);
      assert.equal(folder.name, 'model');
      assert.equal(folder.revision, undefined);
      assert.equal(folder.address('onnx/model.onnx'), 'http://host/some/model/onnx/model.onnx');
      assert.deepEqual([...folder.files], [['config.json', { sha256: hash, sizeBytes: 7 }]]);
    }
    assert.equal((await findFolder('./owner/name', {}, noListing)).address('a'), './owner/name/a');
    assert.equal((await findFolder('/', {}, noListing)).name, 'onnx');
    assert.equal((await findFolder('http://host/x', { manifest: null }, noListing)).files, undefined);
  });

  it('on a server needs a manifest', () =>
    refused(findFolder('https://host/x', {}, noListing), 'invalid_argument', /set a manifest, or null if you trust/));

  it('on a hub is resolved to a commit', async () => {
    const sha = 'c0ffee'.padEnd(40, '0');
    let asked;
    const listing = {
      sha,
      siblings: [
        { rfilename: 'a', size: 3, lfs: { sha256: hash } },
        { rfilename: 'b', size: 4 },
      ],
    };
    const readJson = async (address) => {
      asked = address;
      return listing;
    };
    const folder = await findFolder('owner/name', { host: 'http://hub//', revision: 'a/b c' }, readJson);
    assert.equal(asked, 'http://hub/api/models/owner/name/revision/a%2Fb%20c?blobs=true');
    assert.equal(folder.address('a'), `http://hub/owner/name/resolve/${sha}/a`);
    assert.equal(folder.revision, sha);
    const [a, b] = [
      { sha256: hash, sizeBytes: 3 },
      { sha256: undefined, sizeBytes: 4 },
    ];
    assert.deepEqual(Object.fromEntries(folder.files), { a, b });
    const trusted = await findFolder('owner/name', { manifest: null, revision: 'v1' }, noListing);
    assert.equal(trusted.address('a'), 'https://huggingface.co/owner/name/resolve/v1/a');
  });

  it('of the default model has the hashes of the package, regardless of the hub', async () => {
    const rfilename = 'onnx/model.onnx';
    const siblings = [{ rfilename, size: 3, lfs: { sha256: hash } }, { rfilename: 'onnx/model_quantized.onnx' }];
    const listing = { sha: 'f'.repeat(40), siblings };
    const readJson = async () => listing;
    const folder = await findFolder('Xenova/all-mpnet-base-v2', {}, readJson);
    assert.match(folder.files.get(rfilename).sha256, /^a488b290/);
    assert.equal(folder.files.size, 2, 'a file that the hub lacks is left out');
  });

  it('of MiniLM has known settings, and hashes of the hub of its own', async () => {
    const files = ['config.json', 'tokenizer.json', 'onnx/model_quantized.onnx', 'onnx/model_int8.onnx'];
    const listing = { sha: 'f'.repeat(40), siblings: files.map((rfilename) => ({ rfilename, lfs: { sha256: hash } })) };
    const folder = await findFolder('Xenova/all-MiniLM-L6-v2', {}, async () => listing);
    assert.deepEqual(
      files.map((file) => folder.files.get(file).sha256.slice(0, 8)),
      ['7135149f', 'da0e7993', 'afdb6f1a', hash.slice(0, 8)],
    );
    const { pooling, maxTokens } = knownModel('Xenova/all-MiniLM-L6-v2');
    assert.deepEqual([pooling, maxTokens], ['mean', 256]);
    assert.deepEqual(knownModel('sentence-transformers/all-mpnet-base-v2'), {
      ...{ pooling: 'mean', maxTokens: 384 },
      vectors: 'Xenova/all-mpnet-base-v2',
    });
    assert.equal(knownModel('toString'), undefined);
  });
});
