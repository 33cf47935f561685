// The site as visitors get it: built, served from a folder of a host, opened in Chromium and Firefox.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe } from 'node:test';
import { buildServiceWorker, buildSite, serveFolder } from '../../scripts/site.mjs';
import { BROWSERS, openBrowser } from './browsers.mjs';
import { builtSite } from './built-once.mjs';

/** Forgets the settings of earlier pages of the browser, unless the page was loaded again. Runs in the page. */
function forgetSettings() {
  if (performance.getEntriesByType('navigation')[0]?.type === 'navigate') localStorage.removeItem('signalbox-settings');
}

/** Looks at the sections that load only then, and goes back up. Runs in the page. */
function lookAtAll() {
  for (const fold of document.querySelectorAll('.section-fold')) fold.open = true;
  document.querySelector('#cost').scrollIntoView({ behavior: 'instant' });
}

/** Returns a server that can stop and restart at the same address. */
function hostOf() {
  const host = { port: 0 };
  host.start = async () => {
    host.server = await serveFolder(host.folder, host.port);
    host.port = host.server.address().port;
  };
  host.stop = async () => {
    if (host.server === undefined) return;
    const closed = new Promise((resolve) => host.server.close(resolve));
    host.server.closeAllConnections();
    await closed;
    host.server = undefined;
  };
  return host;
}

/** The index of 2024: its outcomes and prices do not change when the default index is built anew. */
export const OPENLLM = new URL('../../models/openllm-v2/index.sbx', import.meta.url);

/** A link to a prompt whose nearest questions in that index are about health. */
export const HORMONE = `#${new URLSearchParams({
  prompt: 'Which hormone do the beta cells of the pancreas release when blood glucose rises?',
})}`;

/**
 * Waits until the comparison of two embedders says something that matches. Only what is in view is measured: what is above may
 * still grow and push it out of view, and in the next frame Firefox scrolls back to a field that was just filled.
 */
export const comparisonSays = (page, pattern) =>
  page.until((wanted) => {
    document.querySelector('[data-compared-prompt]')?.scrollIntoView({ behavior: 'instant' });
    const isBusy = document.querySelector('[data-sides]')?.getAttribute('aria-busy') !== 'false';
    return !isBusy && new RegExp(wanted).test(document.querySelector('[data-agreement]')?.textContent);
  }, pattern);

/** Gives a built site another default index. */
export async function replaceIndex(folder, bytes) {
  const assets = path.join(folder, 'assets');
  const file = readdirSync(assets).find((name) => name.endsWith('.sbx'));
  writeFileSync(path.join(assets, file), bytes);
  // The service worker knows the hash of every file but its own.
  rmSync(path.join(folder, 'service-worker.js'));
  await buildServiceWorker(folder);
}

/**
 * Runs the suite in every browser. `site.open()` returns a page with its first decision and all sections; see `openBrowser`.
 */
export const describeSite = (name, suite, browsers) => describeSiteOn(undefined, name, suite, browsers);

/** The same with the file of another default index. */
export const describeSiteOn = (index, name, suite, browsers) =>
  describeSiteWith(async () => ({ index: index && readFileSync(index) }), name, suite, browsers);

/**
 * The same with a site that `prepare` describes: `index` has the bytes of another default index, the rest are options of
 * `buildSite`. `prepare` receives the folder of the host.
 */
export function describeSiteWith(prepare, name, suite, browsers = BROWSERS) {
  const host = hostOf();
  before(async () => {
    host.folder = mkdtempSync(path.join(tmpdir(), 'signalbox-site-'));
    const { index, ...options } = await prepare(host.folder);
    const folder = path.join(host.folder, 'site');
    if (Object.keys(options).length > 0) await buildSite(folder, options);
    else cpSync(await builtSite(), folder, { recursive: true });
    if (index !== undefined) await replaceIndex(folder, index);
    await host.start();
    host.origin = `http://127.0.0.1:${host.port}`;
  });
  after(async () => {
    await host.stop();
    rmSync(host.folder, { recursive: true, force: true });
  });
  for (const kind of browsers) {
    describe(`${name}, ${kind}`, () => {
      const site = { kind, host, pages: [] };
      before(async () => {
        site.browser = await openBrowser(kind);
      });
      after(async () => {
        await site.browser?.close();
      });
      site.visit = (path, init) => site.browser.newPage(`${host.origin}/${path}`, init);
      /**
       * `folder` is one of the host's; `fragment` includes the #; `init` runs before the page's own scripts. With `isWhole`
       * false, the page has only what it loads by itself.
       */
      site.open = async ({ folder = 'site', fragment = '', init, isWhole = true } = {}) => {
        const scripts = [forgetSettings, init].filter((each) => each !== undefined);
        const before = scripts.map((each) => (typeof each === 'function' ? `(${each})();` : each)).join('\n');
        const page = await site.visit(`${folder}/${fragment}`, before);
        await page.until(() => document.querySelector('[data-pick]') !== null);
        // Sections load after the first decision.
        await page.until(() => document.querySelector('[data-loading]') === null);
        if (!isWhole) return page;
        await page.evaluate(lookAtAll);
        await page.until(() => document.querySelector('[data-far], [data-loading]') === null);
        // A section that is missing would make the test wait in vain.
        const isMissing = () => document.querySelector('section > .failed, .section-fold > .failed') !== null;
        if (await page.evaluate(isMissing)) {
          throw new Error(`expected all sections, got:\n${await page.account()}`);
        }
        await page.evaluate(() => scrollTo({ top: 0, behavior: 'instant' }));
        return page;
      };
      /** Closes a page. It must have logged no errors and contacted only its own host. */
      site.close = async (page, { errors = [] } = {}) => {
        const complaints = page.consoleErrors.filter((text) => !errors.some((expected) => expected.test(text)));
        assert.deepEqual(complaints, []);
        const own = [host.origin, 'blob:'];
        const strangers = page.requests.filter((url) => !own.some((start) => url.startsWith(start)));
        assert.deepEqual(strangers, []);
        await page.close();
      };
      suite(site);
    });
  }
}
