// ONNX embedders in Chromium and Firefox: they compute the same vectors as Node, with and without a worker, with threads, under a strict policy.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Tokenizer } from '@huggingface/tokenizers';
import { buildIndex } from '../../dist/build.js';
import { Router } from '../../dist/index.js';
import { OnnxEmbedder } from '../../dist/onnx.js';
import { expectNothingOpen } from '../package/support/fixtures.mjs';
import { embed } from '../reference/mpnet.mjs';
import { BROWSERS, openBrowser } from './browsers.mjs';
import { buildPage, close, embedThere, servePage, vectorsOf, withThreads } from './onnx-page.mjs';

const TEXTS = [
  'What is the sum of all prime numbers below 100?',
  'Write a poem (in french) about the river & the sea!',
  '質問: what is the capital of 日本?',
  'speed of light 🚀🌍 energy',
  '',
  '漢字🚀',
  'the force of a word in a story '.repeat(80),
];
/** A size that a software graphics card can process. */
const SHORT = TEXTS.slice(0, 3);
/** Texts without a known word. */
const MEANINGLESS = [4, 5];
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; img-src data:";
const FP32 = { dtype: 'fp32', manifest: null };
const INT8 = { file: 'onnx/model_quantized.onnx', manifest: null };
const MODELS = ['poet', 'coder'];
const TOPICS = {
  poems: ['write', 'poem', 'story', 'history', 'word', 'french', 'river', 'people'],
  code: ['python', 'code', 'sort', 'list', 'string', 'function', 'number', 'sum'],
};

let site;
/** Vectors computed in Node, by dtype. */
const inNode = {};
let reference;

before(async () => {
  site = await buildPage();
  for (const [name, options] of Object.entries({ FP32, INT8 })) {
    const embedder = await OnnxEmbedder.load(path.join(site.folder, 'small'), options);
    inNode[name] = await embedder.embed(TEXTS);
    if (name === 'FP32') await writeIndex(embedder);
    embedder.dispose();
  }
  reference = referenceVectors();
});
after(() => site?.remove());
expectNothingOpen();

/** Prompts of two topics, one for each of two models. */
const topicRows = () =>
  Object.entries(TOPICS).flatMap(([task, words]) =>
    words.flatMap((word) => words.map((next) => ({ task, prompt: `${word} ${next}` }))),
  );
const topicLines = () =>
  topicRows().map(({ task, prompt }, i) => `${task},${i},${prompt},${task === 'poems' ? '1,0' : '0,1'}`);

async function writeIndex(embedder) {
  const rows = topicRows();
  const vectors = await embedder.embed(rows.map(({ prompt }) => prompt));
  const { id, hash, dim, details } = embedder;
  const index = await buildIndex({
    models: MODELS,
    tasks: rows.map(({ task }) => task),
    embeddings: Float32Array.from(vectors.flatMap(({ vector }) => [...vector])),
    outcomes: Float32Array.from(rows.flatMap(({ task }) => (task === 'poems' ? [1, 0] : [0, 1]))),
    dim,
    codes: 'float32',
    embedder: { id, hash },
    routing: { k: 3 },
    metadata: { name: 'topics', embedder: details },
  });
  writeFileSync(path.join(site.folder, 'topics.sbx'), index);
}

/** Returns the model's input as transformers would make it: cut to 384 tokens, <s> and </s> included. */
function referenceVectors() {
  const file = (name) => JSON.parse(readFileSync(path.join(site.folder, 'small', name), 'utf8'));
  const tokenizer = new Tokenizer(file('tokenizer.json'), file('tokenizer_config.json'));
  const { weights, config } = site.small;
  return TEXTS.map((text, i) => {
    if (MEANINGLESS.includes(i)) return Array(config.hidden).fill(0);
    const ids = tokenizer.encode(text, { add_special_tokens: false }).ids.slice(0, 382);
    return embed(weights, config, [0, ...ids, 2]);
  });
}

it('Node computes what the reference computes', () => {
  close(vectorsOf(inNode.FP32), reference, 1e-4);
});

for (const kind of BROWSERS) {
  describe(kind, () => {
    let browser;
    let server;
    let page;

    before(async () => {
      browser = await openBrowser(kind);
    });
    after(() => browser?.close());

    /** Opens a page on a new origin, which has nothing stored by an earlier test. */
    async function open(behaviour = {}) {
      server = await servePage(site.folder);
      Object.assign(server.behaviour, behaviour);
      page = await browser.newPage(`${server.origin}/`);
    }
    async function closeAll() {
      await page?.close();
      await server?.close();
    }
    /** Replaces the page if it has been used. */
    async function reopen(behaviour) {
      if (server.requests.some(({ path: at }) => at.startsWith('/small'))) {
        await closeAll();
        await open(behaviour);
      }
    }
    const test = (name, behaviour, action) =>
      it(name, async () => {
        try {
          await open(behaviour);
          await action();
        } finally {
          await closeAll();
        }
      });
    const embedAll = async (options) => {
      const { value, ...error } = await page.evaluate(embedThere, TEXTS, options);
      assert.deepEqual(error, {});
      return value;
    };

    for (const [name, options] of Object.entries({ FP32, INT8 })) {
      for (const worker of [true, false]) {
        test(`${name} computes the vectors of Node, ${worker ? 'in a worker' : 'in the page'}`, {}, async () => {
          const got = await embedAll({ ...options, ...(worker ? {} : { worker }) });
          close(vectorsOf(got.embeddings), vectorsOf(inNode[name]), 1e-4);
          const said = ({ tokens, truncated }) => ({ tokens, truncated });
          assert.deepEqual(got.embeddings.map(said), inNode[name].map(said));
          assert.equal(got.embeddings.at(-1).truncated, true);
          for (const i of MEANINGLESS) assert.ok(got.embeddings[i].vector.every((x) => x === 0));
          assert.equal(got.ranHere, !worker, 'the runtime is where the model is');
          assert.deepEqual(await page.evaluate(() => globalThis.workers), {
            started: Number(worker),
            ended: Number(worker),
          });
        });
      }
    }

    test('the vectors are those of the reference', {}, async () => {
      close(vectorsOf((await embedAll(FP32)).embeddings), reference, 1e-4);
    });

    test('the description of the model is that of Node, and its manifest loads it again', {}, async () => {
      const [there, again] = await page.evaluate(async (options) => {
        const { OnnxEmbedder } = globalThis;
        const first = await OnnxEmbedder.load('/small', options);
        const second = await OnnxEmbedder.load('/small', { ...options, manifest: first.manifest });
        const both = [first, second].map(({ id, hash, dim, details, manifest }) => ({
          id,
          hash,
          dim,
          details,
          manifest,
        }));
        first.dispose();
        second.dispose();
        return both;
      }, FP32);
      const embedder = await OnnxEmbedder.load(path.join(site.folder, 'small'), FP32);
      const { id, hash, dim, details, manifest } = embedder;
      embedder.dispose();
      assert.deepEqual(there, { id, hash, dim, details, manifest });
      assert.deepEqual(again, there);
    });

    test('the page stays responsive while a worker embeds one batch', {}, async () => {
      const ticks = await page.evaluate(async (options) => {
        const embedder = await globalThis.OnnxEmbedder.load('/small', options);
        const { port1, port2 } = new MessageChannel();
        let count = 0;
        port1.onmessage = () => {
          ++count;
          port2.postMessage(0);
        };
        port2.postMessage(0);
        await embedder.embed(Array(5).fill('word '.repeat(400)));
        port1.close();
        embedder.dispose();
        return count;
      }, FP32);
      assert.ok(ticks > 20, `${ticks} turns of the page's event loop`);
    });

    for (const worker of [true, false]) {
      const isolated = { isIsolated: true };
      test(`two threads compute the same vectors, ${worker ? 'in a worker' : 'in the page'}`, isolated, async () => {
        const got = await withThreads(kind, async () => {
          await reopen(isolated);
          assert.equal(await page.evaluate(() => globalThis.crossOriginIsolated), true);
          return embedAll({ ...FP32, worker, threads: 2 });
        });
        close(vectorsOf(got.embeddings), vectorsOf(inNode.FP32), 1e-5);
        // Each thread starts with the runtime's script: once to import it, once for the second thread.
        assert.equal(server.requests.filter(({ path: at }) => at.startsWith('/ort.wasm.')).length, 2);
      });
    }

    test('threads that never start are replaced by one in another worker', { isIsolated: true }, async () => {
      const script = readdirSync(site.folder).find((name) => /^ort\.wasm\..*\.js$/.test(name));
      // The first request is for the runtime itself, the second for its thread.
      server.behaviour.stop = { path: `/${script}`, bytes: 10, end: 'hold', after: 1 };
      const got = await embedAll({ ...FP32, threads: 2 });
      assert.equal(got.threads, 1);
      close(vectorsOf(got.embeddings), vectorsOf(inNode.FP32), 1e-5);
      assert.deepEqual(await page.evaluate(() => globalThis.workers), { started: 2, ended: 2 });
    });

    test('a page without isolation has one thread and starts no other script', {}, async () => {
      assert.equal(await page.evaluate(() => globalThis.crossOriginIsolated), false);
      await embedAll(FP32);
      assert.equal(server.requests.filter(({ path: at }) => at.startsWith('/ort.wasm.')).length, 1);
    });

    const expectPolicyKept = () => {
      const complaints = page.consoleErrors.filter((text) => !text.includes('404'));
      assert.deepEqual([server.breaches, complaints], [[], []]);
    };

    test('a strict policy is kept', { policy: POLICY }, async () => {
      for (const worker of [true, false]) {
        close(vectorsOf((await embedAll({ ...FP32, worker })).embeddings), vectorsOf(inNode.FP32), 1e-4);
      }
      expectPolicyKept();
    });

    const strict = { isIsolated: true, policy: POLICY };
    test('a strict policy is kept with threads', strict, async () => {
      const got = await withThreads(kind, async () => {
        await reopen(strict);
        return embedAll({ ...FP32, threads: 2 });
      });
      close(vectorsOf(got.embeddings), vectorsOf(inNode.FP32), 1e-4);
      expectPolicyKept();
    });

    test('a build in a worker uses the embedder of the page, which stays usable', {}, async () => {
      const got = await page.evaluate(
        async (csv, options) => {
          const { buildInWorker, OnnxEmbedder, Router, workers } = globalThis;
          const embedder = await OnnxEmbedder.load('/small', options);
          const { index, report } = await buildInWorker([new File([csv], 'topics.csv')], { embedder });
          const router = await Router.load({ index, embedder });
          const { info } = router;
          const decision = await router.route('river people');
          router.dispose();
          const now = { ...workers };
          embedder.dispose();
          return { rows: report.rows, embedder: info.embedder, model: decision.model, workers: now };
        },
        ['dataset,id,prompt,poet,coder', ...topicLines()].join('\n'),
        FP32,
      );
      assert.deepEqual([got.rows, got.model], [128, 'poet']);
      assert.deepEqual(got.workers, { started: 2, ended: 1 }, 'the embedder is the caller’s');
      const here = await Router.load({ index: path.join(site.folder, 'topics.sbx'), embedder: null });
      assert.deepEqual(got.embedder, here.info.embedder);
      here.dispose();
    });

    test('a router in a worker uses the embedder of the page, and disposes of it', {}, async () => {
      const prompts = ['river people', 'python code'];
      const got = await page.evaluate(
        async (asked, options) => {
          const { WorkerRouter, OnnxEmbedder, workers } = globalThis;
          const embedder = () => OnnxEmbedder.load('/small', options);
          const router = await WorkerRouter.load({ index: '/topics.sbx', embedder });
          const decisions = [];
          for (const prompt of asked) decisions.push(await router.route(prompt, { neighbours: 1 }));
          router.dispose();
          return { decisions, workers };
        },
        prompts,
        FP32,
      );
      assert.deepEqual(got.workers, { started: 2, ended: 2 });
      const router = await Router.load({
        index: path.join(site.folder, 'topics.sbx'),
        embedder: () => OnnxEmbedder.load(path.join(site.folder, 'small'), FP32),
      });
      const decisions = [];
      for (const prompt of prompts) decisions.push(await router.route(prompt, { neighbours: 1 }));
      router.dispose();
      const said = ({ model, tokens, truncated, embedder, neighbours }) => ({
        ...{ model, tokens, truncated, embedder },
        nearest: neighbours[0].row,
      });
      assert.deepEqual(got.decisions.map(said), decisions.map(said));
      assert.deepEqual(
        decisions.map(({ model }) => model),
        MODELS,
      );
    });

    test('an abort ends an embed, and the embedder works on', {}, async () => {
      const [aborted, before, later] = await page.evaluate(async (options) => {
        const { attempt, OnnxEmbedder, plain } = globalThis;
        const embedder = await OnnxEmbedder.load('/small', options);
        const controller = new AbortController();
        const many = embedder.embed(Array(400).fill('word '.repeat(400)), { signal: controller.signal });
        const outcome = attempt(() => many);
        setTimeout(() => controller.abort());
        const results = [await outcome];
        results.push(await attempt(() => embedder.embed(['a'], { signal: AbortSignal.abort() })));
        results.push(
          await attempt(async () => plain(await embedder.embed(['What is the sum of all prime numbers below 100?']))),
        );
        embedder.dispose();
        return results;
      }, FP32);
      assert.deepEqual([aborted.code, before.code], ['aborted', 'aborted']);
      close(vectorsOf(later.value), vectorsOf(inNode.FP32.slice(0, 1)), 1e-4);
    });

    test('dispose ends the worker and pending calls; later calls are refused', {}, async () => {
      const { codes, workers } = await page.evaluate(async (options) => {
        const { attempt, OnnxEmbedder, workers: counted } = globalThis;
        const embedder = await OnnxEmbedder.load('/small', options);
        const waiting = attempt(() => embedder.embed(Array(50).fill('word '.repeat(400))));
        embedder.dispose();
        embedder.dispose();
        const all = [await waiting, await attempt(() => embedder.embed(['a']))];
        return { codes: all.map(({ code }) => code), workers: counted };
      }, FP32);
      assert.deepEqual(codes, ['disposed', 'disposed']);
      assert.deepEqual(workers, { started: 1, ended: 1 });
    });

    test('webgpu without an adapter is refused', {}, async () => {
      for (const worker of [true, false]) {
        const { code, message } = await page.evaluate(embedThere, TEXTS, { ...FP32, worker, device: 'webgpu' });
        assert.equal(code, 'invalid_argument', message);
        assert.match(message, /webgpu/);
      }
    });
  });
}

describe('chromium with a software graphics card', () => {
  let browser;
  let server;
  before(async () => {
    const args = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];
    [browser, server] = await Promise.all([openBrowser('chromium', { args }), servePage(site.folder)]);
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  for (const worker of [true, false]) {
    it(`webgpu computes the same vectors, ${worker ? 'in a worker' : 'in the page'}`, async () => {
      const page = await browser.newPage(`${server.origin}/`);
      const { value, ...error } = await page.evaluate(embedThere, SHORT, { ...FP32, worker, device: 'webgpu' });
      assert.deepEqual(error, {});
      close(vectorsOf(value.embeddings), vectorsOf(inNode.FP32.slice(0, SHORT.length)), 1e-3);
      await page.close();
    });
  }
});
