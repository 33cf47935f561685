// The real all-MiniLM-L6-v2, and all-mpnet-base-v2 if it is here, in Chromium and Firefox: the vectors of the Python libraries.
import assert from 'node:assert/strict';
import { readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { MINILM, MPNET, realModel } from '../onnx/real-models.mjs';
import { expectReference, filesWithReference, referenceOf, textsFor, textsNamed } from '../onnx/reference.mjs';
import { sha256Of } from '../package/support/model-server.mjs';
import { BROWSERS, openBrowser } from './browsers.mjs';
import { buildPage, embedThere, servePage, withThreads } from './onnx-page.mjs';

/** Files that a load reads besides the weights. */
const SETTINGS = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'modules.json', '1_Pooling/config.json'];
const LIMIT = 'sentence_bert_config.json';
/** Texts for what differs between threads and workers only. */
const FEW = textsNamed('question', 'code', 'Arabic', 'empty');
const wordsOf = (texts) => texts.map(({ text }) => text);

const models = [];
for (const name of [MINILM, MPNET]) models.push({ name, ...(await realModel(name)) });
const isAnyHere = models.some(({ folder }) => folder !== undefined);

let site;
before(async () => {
  if (!isAnyHere) return;
  site = await buildPage();
  for (const { name, folder } of models) if (folder) symlinkSync(folder, path.join(site.folder, name));
});
after(() => site?.remove());

function manifestOf(folder, file) {
  const hashOf = (name) => [name, { sha256: sha256Of(readFileSync(path.join(folder, name))) }];
  return { files: Object.fromEntries([...SETTINGS, LIMIT, file].map(hashOf)) };
}

for (const { name, folder, skip } of models) {
  const reference = referenceOf(name);
  const texts = textsFor(name);

  for (const kind of BROWSERS) {
    describe(`${name} in ${kind}`, { skip }, () => {
      let browser;
      before(async () => {
        browser = await openBrowser(kind);
      });
      after(() => browser?.close());

      /** Embeds on an origin of its own. */
      async function embed(some, options, behaviour = {}) {
        const server = await servePage(site.folder);
        Object.assign(server.behaviour, behaviour);
        const page = await browser.newPage(`${server.origin}/`);
        try {
          const { value, ...error } = await page.evaluate(embedThere, wordsOf(some), options, `/${name}`);
          assert.deepEqual(error, {});
          return value;
        } finally {
          await page.close();
          await server.close();
        }
      }

      for (const known of skip === undefined ? filesWithReference(folder, reference) : []) {
        const { file } = known;
        // The cache of a page would be another copy of 436 MB.
        const options = { file, manifest: manifestOf(folder, file), cache: file !== 'onnx/model.onnx' };

        it(`${file} computes the vectors of the reference`, { skip: known.skip }, async () => {
          const { embeddings } = await embed(texts, options);
          expectReference(embeddings, texts, reference, known);
        });

        it(`${file} computes them in the page itself, too`, { skip: known.skip }, async () => {
          const { embeddings } = await embed(FEW, { ...options, worker: false });
          expectReference(embeddings, FEW, reference, known);
        });

        it(`${file} computes them with two threads`, { skip: known.skip }, async () => {
          const isolated = { isIsolated: true };
          const { embeddings } = await withThreads(kind, () => embed(FEW, { ...options, threads: 2 }, isolated));
          expectReference(embeddings, FEW, reference, known);
        });
      }
    });
  }
}
