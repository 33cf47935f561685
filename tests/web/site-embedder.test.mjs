// A larger embedder of the user's own choice: requested by a click, cached, cancelled, refused if damaged, compared with the
// small one.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, it } from 'node:test';
import { buildFromFiles, fileFromBytes } from '../../dist/build.js';
import { DEFAULT_MODEL, OnnxEmbedder } from '../../dist/onnx.js';
import { writeModelFolder } from '../onnx/model-folder.mjs';
import { violations } from './axe.mjs';
import { comparisonSays, describeSite } from './site-page.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'signalbox-larger-'));
const tiny = path.join(folder, 'tiny');
const MODEL_FILE = 'onnx/model_quantized.onnx';
const made = { manifest: path.join(folder, 'manifest.json'), index: path.join(folder, 'topics.sbx') };

function resultsCsv() {
  const lines = ['dataset,id,prompt,poet,coder'];
  for (let i = 0; i < 20; ++i) lines.push(`poems,${i},write a poem ${i},1,0`, `code,${i},sort a python list ${i},0,1`);
  return Buffer.from(lines.join('\n'));
}

before(async () => {
  writeModelFolder(tiny, { precisions: ['fp32', 'int8'] });
  const embedder = await OnnxEmbedder.load(tiny, { dtype: 'q8', manifest: null });
  writeFileSync(made.manifest, JSON.stringify(embedder.manifest));
  const { index } = await buildFromFiles([fileFromBytes('topics.csv', resultsCsv())], { embedder });
  writeFileSync(made.index, index);
  embedder.dispose();
});
after(() => rmSync(folder, { recursive: true, force: true }));

const state = (page, text) =>
  page.until((wanted) => document.querySelector('[data-model-state]')?.textContent.includes(wanted), text);
const refused = async (page) => {
  await page.until(() => document.querySelector('[data-model-error]') !== null);
  return page.text('[data-model-error]');
};

/** Copies the model beside the site, one copy per test, and records the requests for it. */
function serveModel({ host, kind }, name) {
  const own = `${name}-${kind}`;
  cpSync(tiny, path.join(host.folder, own), { recursive: true });
  const asked = [];
  const listener = ({ url }) => {
    if (url.startsWith(`/${own}/`)) asked.push(url.slice(own.length + 2));
  };
  host.server.prependListener('request', listener);
  const stop = () => host.server.off('request', listener);
  return { name: own, address: `../${own}`, file: path.join(host.folder, own, MODEL_FILE), asked, stop };
}

/** Sends only half of the model's weights. */
function holdWeights({ server }, { name, file }) {
  const listener = ({ url }, response) => {
    if (url !== `/${name}/${MODEL_FILE}`) return;
    const bytes = readFileSync(file);
    response.writeHead(200, { 'Content-Length': bytes.length });
    response.write(bytes.subarray(0, bytes.length / 2));
    // Disables the server's own handling of the response.
    for (const method of ['writeHead', 'write', 'end']) response[method] = () => response;
  };
  server.prependListener('request', listener);
  return () => server.off('request', listener);
}

/** Opens the page and the part of it for models of one's own. */
async function openOwn(site) {
  const page = await site.open({ fragment: '#embedder' });
  await openFold(page);
  return page;
}

async function openFold(page) {
  await page.until(() => document.querySelector('#own-model') !== null);
  // A key of the user: the page no longer goes to the section that its address names.
  await page.press('Shift');
  await page.evaluate(() => {
    document.querySelector('#own-model').open = true;
  });
  await page.until(() => document.querySelector('#model-name') !== null);
}

async function load(page, address) {
  await page.type('#model-name', address);
  await page.click('[data-load]');
}

describeSite('a larger embedder', (site) => {
  it('requests nothing before the click, and says what it would request from which host', async () => {
    const page = await openOwn(site);
    assert.equal(await page.evaluate(() => document.querySelector('#model-name').value), DEFAULT_MODEL);
    assert.match(await page.text('#own-model [data-source]'), /Downloads about 110 MB from huggingface\.co/);
    const model = serveModel(site, 'unasked');
    await page.type('#model-name', model.address);
    assert.match(await page.text('#own-model [data-source]'), /this page’s own host/);
    await page.type('#model-name', 'https://example.com/model');
    await page.until(() =>
      document.querySelector('#own-model .failed')?.textContent.includes('may not load files from example.com'),
    );
    assert.ok(await page.evaluate(() => document.querySelector('[data-load]').disabled));
    assert.deepEqual(model.asked, []);
    assert.ok(page.requests.every((url) => !/\/(ort|onnx)[-.]/.test(url)));
    assert.deepEqual(await violations(page, '#embedder'), []);
    model.stop();
    await site.close(page);
  });

  it('shows the progress of a download, cancels, resumes, and caches it until the cache is cleared', async () => {
    const page = await openOwn(site);
    const model = serveModel(site, 'slow');
    const release = holdWeights(site.host, model);
    await load(page, model.address);
    await page.until(() => /[\d.]+ KB of [\d.]+ KB/.test(document.querySelector('[data-files]')?.textContent));
    assert.deepEqual(await violations(page, '#embedder'), []);
    await page.click('[data-cancel]');
    await state(page, 'Cancelled.');
    release();
    await page.click('[data-load]');
    await state(page, 'is ready: q8');
    await page.until(() => document.querySelector('[data-delete]') !== null);

    await page.reload();
    await page.until(() => document.querySelector('[data-delete]') !== null);
    await openFold(page);
    const asked = model.asked.length;
    await page.type('#model-name', model.address);
    await page.until(() =>
      document.querySelector('#own-model [data-source]')?.textContent.includes('needs no network'),
    );
    await page.click('[data-load]');
    await state(page, 'is ready: q8');
    assert.equal(model.asked.length, asked, 'the second visit asks nobody');
    await page.click('[data-unload]');
    await page.click('[data-delete]');
    await page.until(() => document.querySelector('#own-model [data-source]')?.textContent.includes('Downloads'));
    await page.until(() => document.querySelector('[data-delete]') === null);
    model.stop();
    await site.close(page, { errors: [/404/] });
  });

  it('refuses a file that differs from the manifest, and a file that is not a model', async () => {
    const page = await openOwn(site);
    const model = serveModel(site, 'damaged');
    const bytes = readFileSync(model.file);
    bytes[bytes.length - 100] ^= 1;
    writeFileSync(model.file, bytes);
    await page.evaluate(() => {
      document.querySelector('#own-model details').open = true;
    });
    await page.chooseFiles('#model-manifest', made.manifest);
    await load(page, model.address);
    assert.match(await refused(page), /failed its check and was not kept: .*SHA-256/);
    truncateSync(model.file, 1000);
    await page.evaluate(() => document.querySelector('#model-manifest').form.reset());
    const other = serveModel(site, 'truncated');
    truncateSync(other.file, 1000);
    await page.reload();
    await page.until(() => document.querySelector('#own-model') !== null);
    await openFold(page);
    await load(page, other.address);
    assert.match(await refused(page), /This model cannot be used/);
    assert.deepEqual(await violations(page, '#embedder'), []);
    await load(page, '../nothing-here');
    await page.until(() => document.querySelector('[data-model-error]')?.textContent.includes('404'));
    model.stop();
    other.stop();
    await site.close(page, { errors: [/404/] });
  });

  it('reads the prompt without an index, and decides beside the small embedder once the example is built', async () => {
    const page = await openOwn(site);
    const model = serveModel(site, 'beside');
    await load(page, model.address);
    await state(page, 'is ready');
    await page.paste('#prompt', 'write a poem about the river');
    await comparisonSays(page, 'no index yet');
    assert.match(await page.text('[data-sides]'), /Tokens read.*Time.*ms/s);
    await page.click('[data-example-both]');
    await page.until(() => document.querySelector('[data-index-state]')?.textContent.includes('a made-up example'));
    await comparisonSays(page, 'They (dis)?agree');
    // As while the next prompt is measured: its sentences are long, and still wrap.
    await page.evaluate(() => document.querySelector('[data-sides]').setAttribute('aria-busy', 'true'));
    assert.deepEqual(await violations(page, '#embedder'), []);
    await page.paste('#prompt', 'What is 12 plus 345?');
    await comparisonSays(page, 'They (dis)?agree');
    assert.match(await page.text('[data-sides]'), /Pick.*counts-well.*Similar tasks.*sums.*Embedding and routing/s);
    assert.equal(await page.text('[data-compared-prompt]'), 'What is 12 plus 345?');
    assert.deepEqual(await violations(page, '#embedder'), []);
    await page.click('[data-unload]');
    await page.until(() => document.querySelector('[data-sides]') === null);
    model.stop();
    await site.close(page, { errors: [/404/] });
  });

  it('opens an index that was built elsewhere, even before its model is loaded', async () => {
    const page = await openOwn(site);
    const model = serveModel(site, 'named');
    cpSync(path.join(site.host.folder, model.name), path.join(site.host.folder, site.kind, 'tiny'), {
      recursive: true,
    });
    await page.chooseFiles('#large-index', made.index);
    await page.until(() => document.querySelector('[data-waiting]')?.textContent.includes('was built with tiny (q8)'));
    await load(page, `../${site.kind}/tiny`);
    await page.until(() => document.querySelector('[data-index-state]')?.textContent.includes('topics: 40 rows'));
    await page.paste('#prompt', 'sort a python list');
    await comparisonSays(page, 'They cannot agree');
    assert.match(await page.text('[data-sides]'), /coder/);
    // The index refuses another model.
    await load(page, model.address);
    await state(page, `${model.name} is ready`);
    const again = path.join(folder, `again-${site.kind}.sbx`);
    cpSync(made.index, again);
    await page.chooseFiles('#large-index', again);
    await page.until(() => document.querySelector('[data-index-error]')?.textContent.includes('tiny'));
    model.stop();
    await site.close(page, { errors: [/404/] });
  });
});
