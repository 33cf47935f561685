// The pages of models and documents in Chromium: keys, themes, no script, no network; and Lighthouse on three pages.
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { serveFolder } from '../../scripts/site.mjs';
import { violations } from './axe.mjs';
import { openBrowser } from './browsers.mjs';
import { builtSite } from './built-once.mjs';

const MODEL = 'models/anthropic--claude-opus-5.html';
const PAGES = ['models/index.html', MODEL, 'models/compare.html', 'docs/results.html'];

/** At most, in bytes as they are served here, without compression, and in requests. */
const LIMITS = {
  'index.html': { bytes: 6_000_000, requests: 45 },
  [MODEL]: { bytes: 200_000, requests: 10 },
  'docs/results.html': { bytes: 250_000, requests: 10 },
};
const LEAST_SCORE = 0.95;
const MOST_SHIFT = 0.02;

/** Returns a port that nothing listens on. */
function freePort() {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

const lighthouse = await import('lighthouse').then(
  (module) => module.default,
  () => undefined,
);

describe('pages of models and documents, in Chromium', () => {
  let browser;
  let server;
  let origin;
  let port;
  before(async () => {
    server = await serveFolder(await builtSite(), 0);
    origin = `http://127.0.0.1:${server.address().port}/`;
    port = await freePort();
    browser = await openBrowser('chromium', { args: [`--remote-debugging-port=${port}`] });
  });
  after(async () => {
    await browser?.close();
    server?.close();
  });

  const open = (page) => browser.newPage(`${origin}${page}`);

  it('pass axe in both themes, and do not scroll sideways', async () => {
    const page = await open('models/index.html');
    for (const file of PAGES) {
      await page.raw.goto(`${origin}${file}`);
      if (file.includes('compare')) await page.until(() => document.querySelector('#comparison table') !== null);
      await page.evaluate(() => {
        for (const details of document.querySelectorAll('details')) details.open = true;
      });
      for (const [width, colorScheme] of [
        [390, 'light'],
        [1280, 'dark'],
      ]) {
        await page.raw.setViewportSize({ width, height: 800 });
        await page.raw.emulateMedia({ colorScheme });
        assert.deepEqual(await violations(page), [], `${file} at ${width}, ${colorScheme}`);
        const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(tooWide <= 0, `${file} at ${width} is ${tooWide} pixels too wide`);
      }
    }
    assert.deepEqual(page.consoleErrors, []);
    assert.deepEqual(
      page.requests.filter((url) => !url.startsWith(origin)),
      [],
    );
    await page.close();
  });

  it('have the colour of the browser in both themes', async () => {
    const page = await open('models/index.html');
    for (const colorScheme of ['light', 'dark']) {
      await page.raw.emulateMedia({ colorScheme });
      const [said, seen] = await page.evaluate((theme) => {
        const context = document.createElement('canvas').getContext('2d');
        const bytesOf = (colour) => {
          context.fillStyle = colour;
          context.fillRect(0, 0, 1, 1);
          return [...context.getImageData(0, 0, 1, 1).data];
        };
        const { content } = document.querySelector(`meta[name=theme-color][media*=${theme}]`);
        return [content, getComputedStyle(document.documentElement).backgroundColor].map(bytesOf);
      }, colorScheme);
      assert.deepEqual(said, seen, colorScheme);
    }
    await page.close();
  });

  it('sort and narrow the list of models', async () => {
    const page = await open('models/index.html');
    const firstName = () => page.evaluate(() => document.querySelector('tbody tr:not([hidden]) th').textContent);
    const best = await firstName();
    await page.raw.focus('th:nth-child(1) button');
    await page.press('Enter');
    assert.equal(await firstName(), best);
    await page.press('Enter');
    assert.notEqual(await firstName(), best);
    assert.equal(await page.evaluate(() => document.querySelector('th[aria-sort]').ariaSort), 'descending');
    await page.type('[type=search]', 'claude opus');
    await page.until(() => document.querySelector('form [role=status]').textContent.endsWith('models shown'));
    const names = () =>
      page.evaluate(() =>
        [...document.querySelectorAll('tbody tr:not([hidden])')].map((row) => row.textContent.toLowerCase()),
      );
    const shown = await names();
    assert.ok(shown.length > 2 && shown.every((text) => text.includes('claude opus')), `${shown}`);
    await page.type('[type=search]', '');
    await page.raw.selectOption('select[name=weights]', 'open');
    await page.until(() => document.querySelector('tbody tr:not([hidden]) td:last-child').textContent === 'open');
    assert.ok((await names()).every((text) => text.endsWith('open')));
    await page.close();
  });

  it('compare the two models of the address, and others by the keyboard', async () => {
    const page = await open('models/compare.html#anthropic--claude-opus-5,openai--gpt-5.6-sol');
    await page.until(() => document.querySelector('#verdict').textContent !== '');
    assert.match(await page.text('#verdict'), /Claude Opus 5 .*GPT-5\.6 Sol|GPT-5\.6 Sol .*Claude Opus 5/);
    await page.raw.focus('select[data-side=second]');
    await page.press('ArrowDown');
    await page.until(() => !document.querySelector('#verdict').textContent.includes('Sol'));
    const { hash, chosen } = await page.evaluate(() => ({
      hash: location.hash,
      chosen: document.querySelector('select[data-side=second]').value,
    }));
    assert.equal(hash, `#anthropic--claude-opus-5,${chosen}`);
    assert.notEqual(chosen, 'openai--gpt-5.6-sol');
    // An address with anything else changes nothing.
    await page.evaluate(() => {
      location.hash = '#../../secret,%00';
    });
    await page.until(() => document.querySelector('#comparison').ariaBusy === 'false');
    assert.equal(await page.evaluate(() => document.querySelector('select').value), 'anthropic--claude-opus-5');
    assert.deepEqual(page.consoleErrors, []);
    await page.close();
  });

  it('are complete without JavaScript', async () => {
    const page = await open('models/index.html');
    const context = await page.raw.context().browser().newContext({ javaScriptEnabled: false });
    const plain = await context.newPage();
    await plain.goto(`${origin}${MODEL}`);
    assert.equal(await plain.locator('h1').textContent(), 'Claude Opus 5');
    await plain.locator('summary', { hasText: 'Results on' }).click();
    assert.ok((await plain.locator('section:last-of-type tbody tr').count()) > 20);
    await plain.goto(`${origin}models/compare.html`);
    assert.match(await plain.locator('noscript').textContent(), /needs JavaScript/);
    await context.close();
    await page.close();
  });

  it('open without a network once they were visited', async () => {
    const page = await open('');
    await page.until(() => navigator.serviceWorker.controller !== null);
    await page.raw.goto(`${origin}${MODEL}`);
    await page.until(async () => {
      const cache = await caches.open('pages');
      return (await cache.keys()).length > 0;
    });
    await browser.setOffline(true);
    try {
      await page.reload();
      assert.equal(await page.text('h1'), 'Claude Opus 5');
    } finally {
      await browser.setOffline(false);
    }
    await page.close();
  });

  for (const [file, limits] of Object.entries(LIMITS)) {
    const skip = lighthouse === undefined && 'the package lighthouse is not installed';
    it(`satisfy Lighthouse: ${file}`, { skip }, async (t) => {
      const { lhr } = await lighthouse(`${origin}${file}`, {
        port,
        logLevel: 'error',
        disableFullPageScreenshot: true,
        onlyCategories: ['performance', 'accessibility', 'best-practices', 'seo'],
        // The speed of this machine, without the pauses that make it comparable: it is not asserted.
        throttlingMethod: 'provided',
        ...{ pauseAfterFcpMs: 0, pauseAfterLoadMs: 0, networkQuietThresholdMs: 500, cpuQuietThresholdMs: 0 },
      });
      assert.equal(lhr.runtimeError, undefined);
      const { performance, ...asserted } = lhr.categories;
      t.diagnostic(`performance ${performance.score}, which depends on this machine`);
      for (const { id, score, auditRefs } of Object.values(asserted)) {
        const failed = auditRefs.filter((audit) => audit.weight > 0 && lhr.audits[audit.id].score === 0);
        assert.ok(score >= LEAST_SCORE, `${id}: ${score}, for ${failed.map((audit) => audit.id)}`);
      }
      const numberOf = (name) => lhr.audits[name].numericValue;
      const requests = lhr.audits['network-requests'].details.items.length;
      t.diagnostic(`${numberOf('total-byte-weight')} bytes in ${requests} requests`);
      assert.ok(numberOf('cumulative-layout-shift') < MOST_SHIFT, `${numberOf('cumulative-layout-shift')}`);
      assert.ok(numberOf('total-byte-weight') <= limits.bytes, `${numberOf('total-byte-weight')} bytes`);
      assert.ok(requests <= limits.requests, `${requests} requests`);
    });
  }
});
