// The larger embedder that the page offers: described before it is downloaded, cancelled, resumed, refining each answer,
// remembered, deleted. Its weights are on another host, as a deployment may serve them.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { after, beforeEach, it } from 'node:test';
import { runtimeBytes } from '../../scripts/embedders.mjs';
import { violations } from './axe.mjs';
import { AGREED, DISPUTED, MODEL_FILE, prepareRefining, read, stage } from './refining-site.mjs';
import { comparisonSays, describeSiteWith } from './site-page.mjs';

let weights;
/** Size of all that a refinement needs. */
let total = runtimeBytes();
const prepare = async (folder) => {
  const { weights: server, ...site } = await prepareRefining(folder);
  weights = server;
  total += statSync(site.embedders.minilm.index).size;
  for (const bytes of Object.values(weights.bytes)) total += bytes.length;
  return site;
};
after(() => weights?.close());

const isStored = () => document.querySelector('[data-offline]')?.dataset.offline === 'kept';
const source = (page) => page.text('[data-offer=minilm] [data-source]');
const answered = ({ requests }, origin) => requests.filter((url) => url.startsWith(origin));

/** Opens the page, with its own files stored and nothing for a larger embedder. */
async function openStored(site, init) {
  const page = await site.open({ fragment: '#embedder', init });
  // A key of the user: the page no longer goes to the section that its address names.
  await page.press('Shift');
  await page.until(isStored);
  await clean(page);
  return page;
}

async function deleteAll(page) {
  await page.click('[data-delete]');
  await page.until(() => document.querySelector('[data-delete]') === null);
  await stage(page, 'off');
}

/** Deletes what is stored, if anything is: the pages of a browser share it. */
async function clean(page) {
  if (await page.evaluate(() => caches.has('signalbox-models-1'))) await deleteAll(page);
}

async function turnOn(page) {
  await page.click('[data-refine]');
  await stage(page, 'on');
}

async function close(site, page, errors = []) {
  await clean(page);
  const complaints = page.consoleErrors.filter((text) => !errors.some((expected) => expected.test(text)));
  assert.deepEqual(complaints, []);
  const own = [site.host.origin, weights.host, 'blob:'];
  assert.deepEqual(
    page.requests.filter((url) => !own.some((start) => url.startsWith(start))),
    [],
  );
  await page.close();
}

describeSiteWith(prepare, 'refined answers', (site) => {
  beforeEach(() => {
    weights.reset();
    weights.allow();
  });

  it('says what is downloaded, from which host, how much of it, and where it is kept, and requests nothing', async () => {
    const page = await openStored(site);
    const said = await source(page);
    const host = new URL(weights.host).host.replaceAll('.', '\\.');
    assert.match(said, /^This downloads 14\.\d MB:/);
    assert.match(said, new RegExp(`From ${host}: the weights, 74\\.\\d KB\\.`));
    assert.match(said, /From this page’s own host: their index, [\d.]+ KB; ONNX Runtime, which runs them, 14\.\d MB/);
    assert.match(said, /kept in this browser.*“Delete” below removes them\. Your prompts are never sent\./s);
    assert.match(await page.text('[data-refine]'), /^Download 14\.\d MB and refine$/);
    assert.equal(await page.evaluate(() => document.querySelector('[data-read-by]').dataset.readBy), 'own');
    assert.deepEqual(weights.requests, []);
    assert.ok(page.requests.every((url) => !/\/(ort|onnx|refine|twins)[-./]/.test(url)));
    assert.deepEqual(await violations(page, '#embedder'), []);
    await page.click('#offer-mpnet summary');
    assert.match(await page.text('[data-offer=mpnet] [data-source]'), /This downloads/);
    await close(site, page);
  });

  it('shows one progress, cancels, and resumes where it stopped', async () => {
    const page = await openStored(site);
    const half = Math.round(weights.bytes[MODEL_FILE].length / 2);
    const headers = { 'access-control-allow-origin': '*' };
    weights.behave(MODEL_FILE, { headers, stopsAfter: half });
    await page.click('[data-refine]');
    // All but the other half, give or take some bytes.
    const share = 1 - (1.1 * (weights.bytes[MODEL_FILE].length - half)) / total;
    await page.until((least) => document.querySelector('[data-offer=minilm] progress')?.value > least, share);
    assert.match(await page.text('[data-offer-bytes]'), /^Loading MiniLM: 14\.\d MB of 14\.\d MB$/);
    assert.equal(await page.evaluate(() => document.querySelectorAll('.offer progress').length), 1);
    assert.deepEqual(await violations(page, '#embedder'), []);
    await page.click('[data-cancel-offer]');
    await stage(page, 'cancelled');
    assert.match(await page.text('[data-offer=minilm]'), /The next try continues where this one stopped\./);
    assert.deepEqual(await violations(page, '#embedder'), []);
    weights.allow();
    await turnOn(page);
    assert.deepEqual(weights.rangesOf(MODEL_FILE), [undefined, `bytes=${half}-`]);
    assert.equal(weights.rangesOf('tokenizer.json').length, 1, 'what was loaded is not loaded again');
    await close(site, page);
  });

  it('refines each answer: quietly where both agree, and with both picks where they do not', async () => {
    const page = await openStored(site);
    await turnOn(page);
    await page.paste('#prompt', AGREED);
    await read(page, AGREED, 'agrees');
    assert.match(await page.text('[data-read-by]'), /^Read by MiniLM, too, in \d+ ms: the same pick\.$/);
    await page.paste('#prompt', DISPUTED.prompt);
    await read(page, DISPUTED.prompt, 'differs');
    assert.match(
      await page.text('[data-read-by]'),
      new RegExp(`^Refined by MiniLM in \\d+ ms\\. The small embedder picked ${DISPUTED.own}\\.$`),
    );
    assert.equal(await page.text('[data-pick]'), DISPUTED.refined);
    assert.deepEqual(await violations(page, '.ask'), []);
    await comparisonSays(page, 'They disagree');
    assert.match(await page.text('[data-sides]'), /MiniLM.*coder.*clerk/s);
    assert.deepEqual(await violations(page, '#embedder'), []);
    await page.click('[data-off]');
    await read(page, DISPUTED.prompt, 'own');
    assert.equal(await page.text('[data-pick]'), DISPUTED.own);
    await close(site, page);
  });

  it('shows the answer of the small embedder at once, and never the refined one of an earlier prompt', async () => {
    const page = await openStored(site);
    await turnOn(page);
    const seen = await page.evaluate(
      async ([agreed, disputed]) => {
        const field = document.querySelector('#prompt');
        const states = [];
        const until = (condition) =>
          new Promise((resolve) => {
            const watch = new MutationObserver(() => {
              const card = document.querySelector('.ask-answer');
              const kind = card.querySelector('[data-read-by]').dataset.readBy;
              const last = `${field.value} ${card.ariaBusy} ${card.querySelector('[data-pick]').textContent} ${kind}`;
              if (states.at(-1) !== last) states.push(last);
              if (!condition(kind, card.ariaBusy === 'true')) return;
              watch.disconnect();
              resolve();
            });
            watch.observe(document.querySelector('.ask-answer'), {
              subtree: true,
              childList: true,
              attributes: true,
              characterData: true,
            });
          });
        const enter = (text) => {
          field.value = text;
          field.dispatchEvent(new Event('input', { bubbles: true }));
        };
        const isRefining = until((kind, isBusy) => kind === 'refining' && !isBusy);
        enter(agreed);
        await isRefining;
        // The larger embedder still reads the first prompt.
        const isRefined = until((kind, isBusy) => !isBusy && kind === 'differs');
        enter(disputed);
        await isRefined;
        return states;
      },
      [AGREED, DISPUTED.prompt],
    );
    const current = seen.filter((state) => state.includes(' false ') && state.startsWith(DISPUTED.prompt));
    assert.deepEqual(current, [
      `${DISPUTED.prompt} false ${DISPUTED.own} refining`,
      `${DISPUTED.prompt} false ${DISPUTED.refined} differs`,
    ]);
    assert.ok(
      seen.some((state) => state.startsWith(`${DISPUTED.prompt} true `)),
      'the stale answer is marked',
    );
    await close(site, page);
  });

  it('refines from the start of the next visit without a request, until it is turned off', async () => {
    const page = await openStored(site);
    await turnOn(page);
    await page.paste('#prompt', AGREED);
    await read(page, AGREED, 'agrees');
    const asked = weights.requests.length;
    const { requests } = page;
    const before = requests.length;
    const served = [];
    const listen = ({ url }) => served.push(url);
    site.host.server.prependListener('request', listen);
    await page.reload();
    await stage(page, 'on');
    await page.until(() => /agrees|differs/.test(document.querySelector('[data-read-by]')?.dataset.readBy));
    assert.equal(weights.requests.length, asked);
    assert.deepEqual(answered({ requests: requests.slice(before) }, weights.host), []);
    assert.deepEqual(
      served.filter((url) => /twins|ort-/.test(url)),
      [],
    );
    site.host.server.off('request', listen);
    await page.click('[data-off]');
    await stage(page, 'off');
    await page.reload();
    await page.until(() => document.querySelector('[data-offer=minilm] [data-source]') !== null);
    await page.until(() => document.querySelector('[data-source]').textContent.includes('nothing is downloaded'));
    assert.equal(await page.text('[data-refine]'), 'Refine with MiniLM');
    await turnOn(page);
    assert.equal(weights.requests.length, asked);
    await close(site, page);
  });

  it('works without its host and that of the weights, and deletes everything', async () => {
    const page = await openStored(site);
    await turnOn(page);
    weights.behave(MODEL_FILE, { status: 500 });
    await site.host.stop();
    try {
      await page.reload();
      await stage(page, 'on');
      await page.paste('#prompt', DISPUTED.prompt);
      await read(page, DISPUTED.prompt, 'differs');
      await deleteAll(page);
    } finally {
      await site.host.start();
    }
    const left = await page.evaluate(async () => [Object.keys(localStorage), await caches.keys()]);
    assert.deepEqual(left[0], []);
    assert.ok(
      left[1].every((name) => name.startsWith('workbox-precache')),
      left[1].join(),
    );
    assert.match(await source(page), /This downloads 14\.\d MB/);
    await close(site, page, [/./]);
  });

  it('asks before it downloads over a metered or slow connection, or with too little space', async () => {
    const page = await openStored(site, () => {
      const connection = { saveData: true, type: 'cellular', effectiveType: '3g', downlink: 0.4 };
      Object.defineProperty(navigator, 'connection', { value: connection });
      navigator.storage.estimate = async () => ({ quota: 10e6, usage: 7e6 });
    });
    await page.click('[data-refine]');
    await stage(page, 'asking');
    const question = await page.text('[data-question]');
    for (const words of [
      /This browser has room for only 3\.0 MB, and 14\.\d MB are needed\. Free some space first\./,
      /This device is set to save data\./,
      /This is a mobile connection, which may cost money\./,
      /This connection is slow: the download may take about 5 minutes\./,
      /Download anyway\?/,
    ]) {
      assert.match(question, words);
    }
    await page.until(() => document.activeElement.closest('[data-question]') !== null);
    assert.deepEqual(await violations(page, '#embedder'), []);
    await page.click('[data-question] .outline');
    await stage(page, 'off');
    assert.deepEqual(weights.requests, []);
    await page.click('[data-refine]');
    await page.click('[data-anyway]');
    await stage(page, 'on');
    await close(site, page);
  });

  it('says why a download failed, and works at the next try', async () => {
    const page = await openStored(site);
    const headers = { 'access-control-allow-origin': '*' };
    const failed = async (words) => {
      await page.click('[data-refine]');
      // The message of an earlier failure stays until this one.
      const said = (source) => new RegExp(source).test(document.querySelector('[data-offer-error]')?.textContent ?? '');
      await page.until(said, words.source);
      await stage(page, 'failed');
      assert.equal(await page.evaluate(() => document.querySelector('[data-read-by]').dataset.readBy), 'own');
    };
    const damaged = Buffer.from(weights.bytes[MODEL_FILE]);
    damaged[damaged.length - 100] ^= 1;
    weights.behave(MODEL_FILE, { headers, body: damaged });
    await failed(/^A file failed its check and was not kept: .*SHA-256/);
    assert.deepEqual(await violations(page, '#embedder'), []);
    weights.behave(MODEL_FILE, { headers, status: 503 });
    await failed(/^The model could not be loaded: .*503/);
    weights.allow();
    await turnOn(page);
    await deleteAll(page);
    const twins = path.join(site.host.folder, 'site/assets/twins');
    const [twin] = readdirSync(twins);
    renameSync(path.join(twins, twin), path.join(twins, 'away'));
    const asked = weights.requests.length;
    await failed(/^The model could not be loaded: .*twins.* answered 404/);
    assert.equal(weights.requests.length, asked, 'nothing large is downloaded without the index');
    renameSync(path.join(twins, 'away'), path.join(twins, twin));
    await turnOn(page);
    await close(site, page, [/404|503/]);
  });

  it('leaves the answers of another benchmark as they are, and says so', async () => {
    const page = await openStored(site);
    await turnOn(page);
    await page.click('[data-example]');
    await page.until(() => document.querySelector('[data-read-by]')?.dataset.readBy === 'not refined');
    assert.match(await page.text('[data-read-by]'), /MiniLM has no index of this benchmark\./);
    await close(site, page);
  });

  it('replaces one model by the other, of which only one is loaded', async () => {
    const page = await openStored(site);
    await turnOn(page);
    await page.click('#offer-mpnet summary');
    await page.click('[data-offer=mpnet] [data-refine]');
    await stage(page, 'on', 'mpnet');
    await stage(page, 'off');
    await page.paste('#prompt', DISPUTED.prompt);
    await read(page, DISPUTED.prompt, 'differs');
    assert.match(await page.text('[data-read-by]'), /^Refined by mpnet/);
    await close(site, page);
  });

  it('allows the host of the weights in its policy, besides itself and the hub', async () => {
    const html = readFileSync(path.join(site.host.folder, 'site/index.html'), 'utf8');
    assert.ok(
      html.includes(
        `connect-src 'self' ${weights.host} https://huggingface.co https://*.huggingface.co https://*.hf.co;`,
      ),
    );
  });
});
