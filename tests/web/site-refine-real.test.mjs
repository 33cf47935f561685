// The site with the real MiniLM, and the real mpnet if it is here: their twins of the default index, and the decisions in
// Node.js to compare with.
import assert from 'node:assert/strict';
import { cpSync, existsSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Router } from '../../dist/index.js';
import { OnnxEmbedder } from '../../dist/onnx.js';
import { MINILM, MPNET, realModel } from '../onnx/real-models.mjs';
import { filesOf, manifestOf } from '../package/support/model-server.mjs';
import { violations } from './axe.mjs';
import { stage } from './refining-site.mjs';
import { describeSiteWith } from './site-page.mjs';

const indexOf = (file) => fileURLToPath(new URL(`../../models/${file}`, import.meta.url));
const OFFERS = [
  {
    key: 'minilm',
    name: MINILM,
    id: 'Xenova/all-MiniLM-L6-v2',
    file: 'onnx/model_quantized.onnx',
    index: indexOf('minilm/index-minilm.sbx'),
    sizes: /This downloads [34]\d\.\d MB:.*the weights, 2[34]\.\d MB/,
  },
  {
    key: 'mpnet',
    name: MPNET,
    id: 'Xenova/all-mpnet-base-v2',
    file: 'onnx/model_signalbox.onnx',
    index: indexOf('mpnet/index-mpnet.sbx'),
    sizes: /This downloads 1[12]\d MB:.*the weights, 10\d MB/,
  },
];
const PROMPTS = [
  'Write a short melancholic poem about a lighthouse keeper.',
  'my kubernetes pod is in CrashLoopBackOff with exit code 137',
  'Translate into formal Japanese: "We regret to inform you that your order is late."',
];

/** Returns why a model cannot be offered here; `undefined` if it can. */
function whyNot({ file, index }, { folder, skip }) {
  if (skip !== undefined) return skip;
  if (!existsSync(index)) return `skipped: ${index} is not here`;
  return existsSync(path.join(folder, file)) ? undefined : `skipped: ${folder} has no ${file}`;
}

/**
 * Puts the files of a model into the folder of the host. Returns the options of the site, and `picks`: those in Node.js by
 * prompt, of the default index and of its twin.
 */
async function prepare(host, { key, id, file, index }, folder) {
  const weights = path.join(host, 'weights');
  cpSync(folder, weights, { recursive: true, filter: (from) => !/\.(onnx|safetensors|bin)$/.test(from) });
  cpSync(path.join(folder, file), path.join(weights, file));
  const { files } = manifestOf(filesOf(weights));
  const embedder = await OnnxEmbedder.load(weights, { manifest: { files }, id, file });
  const own = await Router.load();
  const twin = await Router.load({ index, embedder });
  const picks = new Map();
  for (const prompt of PROMPTS) {
    picks.set(prompt, { own: (await own.route(prompt)).model, refined: (await twin.route(prompt)).model });
  }
  for (const router of [own, twin]) router.dispose();
  embedder.dispose();
  return { picks, options: { embedders: { [key]: { address: '../weights/', files, file, index } } } };
}

const isRefined = (prompt) =>
  document.querySelector('#prompt').value === prompt &&
  document.querySelector('.ask-answer').ariaBusy === 'false' &&
  /^(agrees|differs)$/.test(document.querySelector('[data-read-by]')?.dataset.readBy);

for (const offer of OFFERS) {
  const { key, name, sizes } = offer;
  const model = await realModel(name);
  const skip = whyNot(offer, model);
  if (skip !== undefined) {
    it(`refines with the real ${name}`, { skip });
    continue;
  }
  let picks;
  const prepared = async (host) => {
    const { options, ...rest } = await prepare(host, offer, model.folder);
    picks = rest.picks;
    return options;
  };
  describeSiteWith(prepared, `the site with the real ${name}`, (site) => {
    it('refines as Node.js routes, and the next visit asks for none of its files', async () => {
      const page = await site.open({ fragment: '#embedder' });
      // A key of the user: the page no longer goes to the section that its address names.
      await page.press('Shift');
      await page.until(() => document.querySelector('[data-offline]')?.dataset.offline === 'kept');
      if (key !== 'minilm') await page.click(`#offer-${key} summary`);
      assert.match(await page.text(`[data-offer=${key}] [data-source]`), sizes);
      await page.click(`[data-offer=${key}] [data-refine]`);
      await stage(page, 'on', key);
      for (const [prompt, { own, refined }] of picks) {
        await page.paste('#prompt', prompt);
        await page.until(isRefined, prompt);
        assert.equal(await page.evaluate(() => document.querySelector('[data-pick]').dataset.pick), refined);
        assert.match(
          await page.text('[data-read-by]'),
          own === refined ? /the same pick/ : new RegExp(`picked ${own}`),
        );
        assert.deepEqual(await violations(page, '.ask'), []);
      }
      const served = [];
      site.host.server.prependListener('request', ({ url }) => served.push(url));
      await page.reload();
      if (key !== 'minilm') await page.click(`#offer-${key} summary`);
      await stage(page, 'on', key);
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
