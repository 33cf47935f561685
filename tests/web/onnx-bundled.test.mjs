// ONNX Runtime bundled into the scripts that need it: an isolated page computes the same vectors as Node.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { OnnxEmbedder } from '../../dist/onnx.js';
import { BROWSERS, openBrowser } from './browsers.mjs';
import { buildPage, close, embedThere, servePage, vectorsOf, withThreads } from './onnx-page.mjs';

const TEXTS = ['What is the sum of all prime numbers below 100?', '質問: what is the capital of 日本?', ''];
const FP32 = { dtype: 'fp32', manifest: null };

describe('a page bundled without splitting', () => {
  let site;
  let expected;
  before(async () => {
    site = await buildPage({ splitting: false });
    const embedder = await OnnxEmbedder.load(path.join(site.folder, 'small'), FP32);
    expected = vectorsOf(await embedder.embed(TEXTS));
    embedder.dispose();
  });
  after(() => site?.remove());

  for (const kind of BROWSERS) {
    it(`${kind}: an isolated page loads with the defaults, and with two threads in a worker`, async () => {
      const [browser, server] = await Promise.all([openBrowser(kind), servePage(site.folder)]);
      server.behaviour.isIsolated = true;
      try {
        const embed = async (options) => {
          const page = await browser.newPage(`${server.origin}/`);
          const { value, ...error } = await page.evaluate(embedThere, TEXTS, { ...FP32, ...options });
          await page.close();
          assert.deepEqual(error, {});
          return value;
        };
        for (const options of [{}, { threads: 2 }, { worker: false }]) {
          const load = () => embed(options);
          const { embeddings } = options.threads === 2 ? await withThreads(kind, load) : await load();
          close(vectorsOf(embeddings), expected, 1e-5);
        }
      } finally {
        await browser.close();
        await server.close();
      }
    });
  }
});
