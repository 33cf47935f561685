// The site with the real MiniLM, its twin of the default index, and their decisions in Node.js to compare with.
import assert from 'node:assert/strict';
import { cpSync, existsSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Router } from '../../dist/index.js';
import { OnnxEmbedder } from '../../dist/onnx.js';
import { MINILM, realModel } from '../onnx/real-models.mjs';
import { filesOf, manifestOf } from '../package/support/model-server.mjs';
import { violations } from './axe.mjs';
import { stage } from './refining-site.mjs';
import { describeSiteWith } from './site-page.mjs';

const INDEX = fileURLToPath(new URL('../../models/minilm/index-minilm.sbx', import.meta.url));
const ID = 'Xenova/all-MiniLM-L6-v2';
const PROMPTS = [
  'Write a short melancholic poem about a lighthouse keeper.',
  'my kubernetes pod is in CrashLoopBackOff with exit code 137',
  'Translate into formal Japanese: "We regret to inform you that your order is late."',
];

const model = await realModel(MINILM);
const skip = existsSync(INDEX) ? model.skip : 'models/minilm has no index';
/** The picks in Node.js by prompt: of the default index, and of its twin. */
const picks = new Map();

async function prepare(folder) {
  const weights = path.join(folder, 'weights');
  cpSync(model.folder, weights, { recursive: true });
  const { files } = manifestOf(filesOf(weights));
  const embedder = await OnnxEmbedder.load(weights, { manifest: { files }, id: ID });
  const own = await Router.load();
  const twin = await Router.load({ index: INDEX, embedder });
  for (const prompt of PROMPTS) {
    picks.set(prompt, { own: (await own.route(prompt)).model, refined: (await twin.route(prompt)).model });
  }
  for (const router of [own, twin]) router.dispose();
  embedder.dispose();
  return { embedders: { minilm: { address: '../weights/', files, index: INDEX } } };
}

const isRefined = (prompt) =>
  document.querySelector('#prompt').value === prompt &&
  document.querySelector('.ask-answer').ariaBusy === 'false' &&
  /^(agrees|differs)$/.test(document.querySelector('[data-read-by]')?.dataset.readBy);

if (skip) it('refines with the real MiniLM', { skip });
else {
  describeSiteWith(prepare, 'the site with the real MiniLM', (site) => {
    it('refines as Node.js routes, and the next visit asks for none of its files', async () => {
      const page = await site.open();
      await page.until(() => document.querySelector('[data-offline]')?.dataset.offline === 'kept');
      assert.match(await page.text('[data-source]'), /This downloads [34]\d\.\d MB:.*the weights, 2[34]\.\d MB/);
      await page.click('[data-refine]');
      await stage(page, 'on');
      for (const [prompt, { own, refined }] of picks) {
        await page.paste('#prompt', prompt);
        await page.until(isRefined, prompt);
        assert.equal(await page.text('[data-pick]'), refined);
        assert.match(
          await page.text('[data-read-by]'),
          own === refined ? /the same pick/ : new RegExp(`picked ${own}`),
        );
        assert.deepEqual(await violations(page, '.ask'), []);
      }
      const served = [];
      site.host.server.prependListener('request', ({ url }) => served.push(url));
      await page.reload();
      await stage(page, 'on');
      await page.paste('#prompt', PROMPTS[0]);
      await page.until(isRefined, PROMPTS[0]);
      assert.deepEqual(
        served.filter((url) => /weights|twins|ort-/.test(url)),
        [],
      );
      await site.close(page);
    });
  });
}
