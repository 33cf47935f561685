// Routes with an ONNX embedder: its details in an index, two speeds, and the command.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { buildIndex } from '../../../dist/build.js';
import { detailsIn } from '../../../dist/embedding/embedder-details.js';
import { RefiningRouter, Router, SignalboxError, StaticEmbedder } from '../../../dist/index.js';
import { OnnxEmbedder } from '../../../dist/onnx.js';
import { writeModelFolder } from '../../onnx/model-folder.mjs';
import { writeBenchmark } from '../evaluation/fixtures.mjs';
import { dist, embedderFiles, expectNothingOpen, refused } from '../support/fixtures.mjs';
import { CODE, POEM, topicsIndex, topicsSpec } from '../support/topics.mjs';

let folder;
/** The topics as embedded by the ONNX model in fp32. */
let index;
let fp32;

const place = (name) => path.join(folder, name);
const load = (dtype, more) => OnnxEmbedder.load(place('model'), { dtype, threads: 1, ...more });

const embed = (texts) => fp32.embed(texts);

/** Returns an index of the topics for this embedder. */
async function indexBy(embedder, more) {
  const { prompts, ...spec } = await topicsSpec({}, { keepPrompts: true });
  const embeddings = await embedder.embed(prompts);
  const flat = Float32Array.from(embeddings.flatMap(({ vector }) => [...vector]));
  return buildIndex({ ...spec, embeddings: flat, dim: embedder.dim, embedder, ...more });
}

before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'signalbox-onnx-'));
  await writeModelFolder(place('model'), { precisions: ['fp32', 'int8'] });
  await writeModelFolder(place('cls'), { precisions: ['fp32'], pooling: 'cls' });
  fp32 = await load('fp32');
  index = await indexBy(fp32);
  writeFileSync(place('topics.sbx'), index);
});
after(() => {
  fp32.dispose();
  rmSync(folder, { recursive: true });
});
expectNothingOpen();

describe('an index', () => {
  it('stores its embedder: id, hash, pooling, limit, tokenizer and type of the weights', async () => {
    const router = await Router.load({ index });
    assert.deepEqual(router.info.embedder, { id: 'model', hash: fp32.hash, details: fp32.details });
    assert.equal(router.info.metadata.name, 'topics', 'the other metadata is kept');
    assert.equal(fp32.details.pooling, 'mean');
    assert.equal(fp32.details.maxTokens, 384);
    assert.match(fp32.details.tokenizerHash, /^sha256:[0-9a-f]{64}$/);
    await refused(router.route(POEM), 'embedder_mismatch', /built with the embedder 'model'/);
    router.dispose();
  });

  it('refuses another embedder, and names both', async () => {
    const changed = (changes) => ({ ...identityOf(fp32), ...changes, embed: async () => [] });
    const details = (changes) => changed({ details: { ...fp32.details, ...changes } });
    for (const [embedder, message] of [
      [changed({ id: 'other' }), /the id 'other', the index was built with 'model'/],
      [changed({ dim: 16 }), /16 dimensions, the index was built with 32/],
      [changed({ hash: 'sha256:00' }), /other files than expected \(sha256:00/],
      [details({ pooling: 'cls' }), /the pooling "cls", the index was built with "mean"/],
      [details({ maxTokens: 128 }), /the maxTokens 128, the index was built with 384/],
      [details({ prefix: 'query: ' }), /the prefix "query: ", the index was built with ""/],
      [details({ tokenizerHash: 'sha256:11' }), /the tokenizerHash "sha256:11"/],
    ]) {
      await refused(Router.load({ index, embedder }), 'embedder_mismatch', message);
    }
    const cls = await OnnxEmbedder.load(place('cls'), { dtype: 'fp32', id: 'model', threads: 1 });
    await refused(Router.load({ index, embedder: cls }), 'embedder_mismatch', /the pooling "cls"/);
    cls.dispose();
  });

  it('that names no file accepts queries from every file of the model', async () => {
    const named = { pooling: 'mean', maxTokens: 384 };
    const open = await indexBy({ ...identityOf(fp32), hash: undefined, details: { ...named, dtype: 'fp32' }, embed });
    const details = { ...fp32.details, tokenizerHash: 'sha256:11' };
    const as = (changes) => ({ ...identityOf(fp32), details, ...changes, embed });
    for (const embedder of [
      fp32,
      as({}),
      as({ hash: 'sha256:00' }),
      as({ hash: 'sha256:00', details: { ...details, dtype: 'q8' } }),
      as({ hash: 'sha256:00', details: { ...details, dtype: 'onnx/mine.onnx' } }),
    ]) {
      const router = await Router.load({ index: open, embedder });
      assert.equal((await router.route(POEM)).model, 'poet');
      router.dispose();
    }
    for (const [embedder, message] of [
      [as({ id: 'other' }), /the id 'other'/],
      [as({ details: { ...details, pooling: 'cls' } }), /the pooling "cls"/],
      [as({ details: { ...details, maxTokens: 128 } }), /the maxTokens 128/],
    ]) {
      await refused(Router.load({ index: open, embedder }), 'embedder_mismatch', message);
    }
  });

  it('accepts queries from int8 weights of the same model, with similar vectors and equal decisions', async () => {
    const int8 = await load('q8');
    const [exact, coarse] = await Promise.all([fp32, int8].map((embedder) => embedder.embed([POEM, CODE])));
    for (const [i, { vector }] of exact.entries()) {
      const cosine = vector.reduce((sum, x, d) => sum + x * coarse[i].vector[d], 0);
      // Each activation loses one part in 127, in two layers.
      assert.ok(cosine > 0.999 && cosine < 1, `cosine ${cosine}`);
    }
    const routers = await Promise.all([fp32, int8].map((embedder) => Router.load({ index, embedder })));
    for (const prompt of [POEM, CODE]) {
      const [a, b] = await Promise.all(routers.map((router) => router.route(prompt)));
      assert.equal(a.model, b.model);
      assert.equal(a.embedder, 'model');
    }
    for (const router of routers) router.dispose();
    int8.dispose();
  });

  it('has only known details', () => {
    const details = { dtype: 'fp32', pooling: 'mean', maxTokens: 384 };
    assert.deepEqual(detailsIn({ embedder: { ...details, revision: 'main', more: 1 } }), {
      ...details,
      revision: 'main',
    });
    for (const metadata of [
      undefined,
      null,
      'text',
      [],
      {},
      { embedder: 'text' },
      { embedder: { ...details, maxTokens: '384' } },
    ]) {
      assert.equal(detailsIn(metadata), undefined);
    }
  });

  it('is not built with details that cannot be stored', async () => {
    const spec = await topicsSpec();
    const embedder = { id: 'a', details: { dtype: 'fp32', pooling: 'mean', maxTokens: 1 } };
    await refused(
      buildIndex({ ...spec, embedder, metadata: 'text' }),
      'invalid_argument',
      /the metadata is not an object/,
    );
    await refused(buildIndex({ ...spec, embedder, metadata: { embedder: 1 } }), 'invalid_argument', /without the key/);
    await refused(
      buildIndex({ ...spec, embedder: { id: 'a', details: {} } }),
      'invalid_argument',
      /need dtype, pooling/,
    );
  });
});

const identityOf = ({ id, hash, dim, details }) => ({ id, hash, dim, details });

describe('two speeds', () => {
  const fastRouter = async () => Router.load({ index: await topicsIndex(), embedder: embedderFiles() });
  const preciseRouter = () => Router.load({ index, embedder: () => load('fp32') });
  const collect = async (answers) => {
    const list = [];
    for await (const answer of answers) list.push(answer);
    return list;
  };
  const stages = (answers) => answers.map(({ embedder, refined }) => [embedder, refined]);

  it('answer with the first embedder, then with the second, and name the embedder', async () => {
    const router = new RefiningRouter(await fastRouter(), preciseRouter());
    const answers = await collect(router.route(POEM));
    assert.deepEqual(stages(answers), [
      ['tiny', false],
      ['model', true],
    ]);
    assert.ok(answers.every(({ model }) => model === 'poet'));
    assert.ok(router.isRefining);
    const tasks = await collect(router.routeTask([POEM, CODE]));
    assert.deepEqual(stages(tasks), stages(answers));
    assert.ok(tasks.every(({ inputs }) => inputs === 2));
    router.dispose();
    router.dispose();
    await refused(collect(router.route(POEM)), 'disposed');
  });

  it('answer at once while the second one is loading', async () => {
    let arrive;
    const late = new Promise((resolve) => {
      arrive = resolve;
    });
    const router = new RefiningRouter(await fastRouter(), late);
    const answers = router.route(CODE);
    assert.equal((await answers.next()).value.refined, false);
    assert.equal(router.isRefining, false);
    arrive(await preciseRouter());
    assert.equal((await answers.next()).value.refined, true);
    assert.equal((await answers.next()).done, true);
    router.dispose();
  });

  it('stop waiting if the signal is aborted, as by the next keystroke', async () => {
    const router = new RefiningRouter(await fastRouter(), new Promise(() => undefined));
    const controller = new AbortController();
    const answers = router.route(CODE, { signal: controller.signal });
    await answers.next();
    controller.abort();
    await refused(answers.next(), 'aborted');
    assert.equal((await router.route(POEM).next()).value.model, 'poet');
    router.dispose();
  });

  it('continue with the first alone on request, and report once that the second one failed', async () => {
    const failing = () => Promise.reject(new SignalboxError('network', 'offline'));
    const seen = [];
    const router = new RefiningRouter(await fastRouter(), failing(), { onUnavailable: ({ code }) => seen.push(code) });
    for (const prompt of [POEM, CODE]) assert.deepEqual(stages(await collect(router.route(prompt))), [['tiny', false]]);
    assert.deepEqual(seen, ['network']);
    router.dispose();
    const strict = new RefiningRouter(await fastRouter(), failing());
    const answers = strict.route(POEM);
    assert.equal((await answers.next()).value.model, 'poet');
    await refused(answers.next(), 'network', /offline/);
    strict.dispose();
  });

  it('are refused for indexes of two benchmarks', async () => {
    const spec = await topicsSpec();
    const models = spec.models.map((model, i) => (i === 0 ? { ...model, name: 'novelist' } : model));
    const other = Router.load({ index: await buildIndex({ ...spec, models }), embedder: embedderFiles() });
    const router = new RefiningRouter(await fastRouter(), other);
    await refused(collect(router.route(POEM)), 'invalid_argument', /only one of them has 'novelist' among its models/);
    router.dispose();
  });

  it('leave nothing open if the second one is loaded after the end', async () => {
    let arrive;
    const late = new Promise((resolve) => {
      arrive = resolve;
    });
    const router = new RefiningRouter(await fastRouter(), late);
    router.dispose();
    const second = await preciseRouter();
    arrive(second);
    await late;
    await new Promise((resolve) => setTimeout(resolve));
    await refused(second.route(POEM), 'disposed');
  });
});

const cli = (...args) =>
  spawnSync(process.execPath, [fileURLToPath(new URL('cli.js', dist)), ...args], { encoding: 'utf8' });

describe('the command', () => {
  const onnx = (query) => `onnx:${place('model')}?threads=1${query}`;

  it('routes with an ONNX embedder', () => {
    const { status, stdout, stderr } = cli(
      ...['route', POEM, '--index', place('topics.sbx'), '--embedder', onnx('&dtype=fp32'), '--json'],
    );
    assert.equal(stderr, '');
    assert.equal(status, 0);
    const { model, embedder } = JSON.parse(stdout);
    assert.deepEqual([model, embedder], ['poet', 'model']);
  });

  it('prints a manifest that the next load accepts, and writes no files', () => {
    const { stdout } = cli('manifest', `${place('model')}?dtype=fp32&threads=1`);
    const manifest = JSON.parse(stdout);
    assert.deepEqual(manifest, fp32.manifest);
    writeFileSync(place('manifest.json'), stdout);
    const query = `&dtype=fp32&manifest=${place('manifest.json')}`;
    const ask = () => cli('route', POEM, '--index', place('topics.sbx'), '--embedder', onnx(query));
    assert.equal(ask().status, 0);
    manifest.files['onnx/model.onnx'].sha256 = '0'.repeat(64);
    writeFileSync(place('manifest.json'), JSON.stringify(manifest));
    assert.match(ask().stderr, /the SHA-256 [0-9a-f]{64}, expected 0{64}: the file is not used \(bad_checksum\)/);
  });

  it('reads the model at a place like the one that has its name', () => {
    const ask = (name, ...more) => cli('route', POEM, '--embedder', name, ...more).stderr;
    const other = ask(`minilm:${place('model')}?threads=1&dtype=fp32`, '--index', place('topics.sbx'));
    assert.match(other, /the id 'Xenova\/all-MiniLM-L6-v2', the index was built with 'model'/);
    const cut = ask(`mpnet:${place('model')}?threads=1&dtype=fp32`);
    assert.match(cut, /32 dimensions, the index was built with 768/);
    assert.match(
      ask('minilm'),
      /^signalbox: signalbox-minilm is not installed \(npm install signalbox-minilm\); or name a folder of the model, minilm:<folder>, and an index, --index \(network\)/,
    );
  });

  it('names unknown options', () => {
    const ask = (query) => cli('route', POEM, '--embedder', onnx(query)).stderr;
    assert.match(ask('&colour=red'), /'colour' is not known, expected dtype, file/);
    assert.match(ask('&dtype=q2'), /dtype is q2, expected fp32, fp16/);
    assert.match(ask('&maxTokens=many'), /maxTokens is 'many', expected a whole number/);
    assert.match(ask('&dtype=fp16'), /model_fp16.onnx could not be read: no such file or directory \(network\)/);
    assert.match(ask('&manifest=/nowhere.json'), /the manifest \/nowhere.json could not be read/);
    assert.match(
      cli('route', POEM, '--embedder', onnx('')).stderr,
      /the id 'model', the index was built with 'signalbox/,
    );
  });

  it('builds an index that stores the embedder, and caches vectors by embedder', async () => {
    const rows = ['prompt,poet,coder', `"${POEM}",1,0`, `"${CODE}",0,1`, '"sort a list",0,1', '"the sea",1,0'];
    writeFileSync(place('results.csv'), rows.join('\n'));
    const build = (dtype) => {
      const cache = ['--cache', place('vectors'), '--no-measure'];
      const args = ['build', place('results.csv'), '-o', place(`${dtype}.sbx`), '--embedder', onnx(`&dtype=${dtype}`)];
      const { status, stderr } = cli(...args, ...cache);
      assert.equal(status, 0, stderr);
    };
    for (const dtype of ['fp32', 'q8', 'fp32']) build(dtype);
    const router = await Router.load({ index: place('q8.sbx'), embedder: fp32 });
    assert.equal(router.info.embedder.details.dtype, 'q8');
    assert.equal((await router.route(POEM, { neighbours: 1 })).neighbours[0].outcomes.poet, 1);
    router.dispose();
  });
});

describe('an evaluation', () => {
  it('measures which decisions survive queries with other weights', async () => {
    const { data, models } = await writeBenchmark(folder);
    const onnx = (dtype) => `onnx:${place('model')}?threads=1&dtype=${dtype}`;
    const args = [
      'eval',
      '--data',
      data,
      '--models',
      models,
      '--json',
      place('report.json'),
      '--embedder',
      onnx('fp32'),
    ];
    const { status, stdout, stderr } = cli(...args, '--query-embedder', onnx('q8'));
    assert.equal(status, 0, stderr);
    assert.match(stdout, /embedder model, q8/);
    const { data: described, robustness } = JSON.parse(readFileSync(place('report.json'), 'utf8'));
    assert.deepEqual([described.embedder, described.dim], ['model', 32]);
    assert.equal(robustness.kinds.length, 1);
    const [{ kind, prompts, survived, meanShift }] = robustness.kinds;
    assert.equal(kind, 'embedder model, q8');
    assert.ok(prompts > 0 && survived.value > 0.5);
    assert.ok(meanShift > 0 && meanShift < 0.01, `mean shift ${meanShift}`);
  });

  it('refuses queries of other dimensions, and vectors without words', async () => {
    const { data, models } = await writeBenchmark(folder);
    const args = ['eval', '--data', data, '--models', models, '--query-embedder', `onnx:${place('model')}?dtype=fp32`];
    assert.match(cli(...args).stderr, /queries have 32 dimensions, the rows have 128 \(embedder_mismatch\)/);
    assert.match(
      cli(...args, '--embeddings', 'a.npy').stderr,
      /--query-embedder embeds prompts.*\(try 'signalbox eval --help'\)/,
    );
  });
});

it('a static embedder has no details, nor does its index', async () => {
  const embedder = await StaticEmbedder.load(embedderFiles());
  const router = await Router.load({ index: await topicsIndex(), embedder });
  assert.equal(router.info.embedder.details, undefined);
  assert.equal((await router.route(POEM)).embedder, 'tiny');
  router.dispose();
  embedder.dispose();
});
