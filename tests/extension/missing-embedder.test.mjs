// Tests a user's own index that needs a sentence transformer: no requests before a click, then requests to one host, and
// no requests after the download.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, it } from 'node:test';
import { buildFromFiles, fileFromBytes } from '../../dist/build.js';
import { OnnxEmbedder } from '../../dist/onnx.js';
import { writeModelFolder } from '../onnx/model-folder.mjs';
import { COMMIT, filesOf, HUB_ID, listingOf } from '../package/support/model-server.mjs';
import { waitFor } from '../web/waiting.mjs';
import { CHAT, describeExtension } from './installed.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'signalbox-needed-'));
const index = path.join(folder, 'poems.sbx');
let files = {};
const asked = [];

/** Stands in for the model host. */
function hub(request, response) {
  const { pathname } = new URL(request.url, 'https://huggingface.co');
  asked.push(pathname);
  response.setHeader('Access-Control-Allow-Origin', '*');
  response.setHeader('Access-Control-Allow-Headers', 'range');
  const listing = `/api/models/${HUB_ID}/revision/main`;
  if (pathname === listing) return response.end(JSON.stringify(listingOf(files)));
  const file = files[pathname.replace(`/${HUB_ID}/resolve/${COMMIT}/`, '')];
  if (file === undefined) response.writeHead(404);
  return response.end(file);
}

before(async () => {
  const tiny = path.join(folder, 'tiny');
  writeModelFolder(tiny, { precisions: ['fp32', 'int8'] });
  files = filesOf(tiny);
  const embedder = await OnnxEmbedder.load(tiny, { dtype: 'q8', manifest: null });
  const { dim, hash, details } = embedder;
  const named = { id: HUB_ID, dim, hash, details, embed: (texts, options) => embedder.embed(texts, options) };
  const lines = ['dataset,id,prompt,poet,coder'];
  for (let i = 0; i < 20; ++i) lines.push(`poems,${i},write a poem ${i},1,0`, `code,${i},sort a python list ${i},0,1`);
  const results = fileFromBytes('results.csv', Buffer.from(lines.join('\n')));
  writeFileSync(index, (await buildFromFiles([results], { embedder: named })).index);
  embedder.dispose();
});
after(() => rmSync(folder, { recursive: true, force: true }));

describeExtension(
  'an index that needs a sentence transformer',
  (installed) => {
    it('offers the download, names the model and the host, and routes with the model afterwards', async () => {
      asked.length = 0;
      const settings = await installed.settings();
      await settings.chooseFiles('#own-index', index);
      await settings.until(() => document.querySelector('[data-needed]') !== null);
      const said = await settings.text('[data-needed]');
      assert.match(said, /owner\/name/);
      assert.match(said, /huggingface\.co/);
      assert.equal((await installed.stored())?.index ?? null, null);
      assert.deepEqual(asked, [], 'nobody is asked before the click');
      await settings.click('[data-download]');
      await waitFor('the index to be used', async () => (await installed.stored())?.index?.model === HUB_ID);
      assert.ok(asked.length > 0);

      asked.length = 0;
      const page = await installed.browser.newPage(CHAT);
      await installed.browser.action(page);
      const panel = await installed.browser.panel();
      await panel.until(() => document.querySelector('[data-status="ready"]') !== null);
      for (const [prompt, model] of [
        ['write a poem 7', 'poet'],
        ['sort a python list 7', 'coder'],
      ]) {
        await panel.type('#prompt', prompt);
        await panel.until((wanted) => document.querySelector('[data-pick]')?.textContent === wanted, model);
      }
      assert.deepEqual(asked, [], 'it is on this device');
    });
  },
  { sites: { 'huggingface.co': hub }, onnx: true },
);
