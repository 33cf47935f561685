// Runs the extension as its users get it: built, loaded into a real browser with a window, with stand-ins for chat sites.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, beforeEach, describe } from 'node:test';
import { fileURLToPath } from 'node:url';
import { TABLE } from '../../scripts/site.mjs';
import { violations } from '../web/axe.mjs';
import { BROWSERS, isThere } from '../web/browsers.mjs';
import { builtExtension } from '../web/built-once.mjs';
import { waitFor } from '../web/waiting.mjs';
import { openExtension } from './browser.mjs';
import { importExtension } from './import-module.mjs';

const fixtures = fileURLToPath(new URL('../fixtures/extension', import.meta.url));

/** Chat sites that serve the pages of tests/fixtures/extension. */
export const CHAT = 'https://chat.example';
export const OTHER_CHAT = 'https://other-chat.example';

const PAGES = ['textarea', 'contenteditable', 'shadow', 'hostile', 'strict'];

function servePage(request, response) {
  const name = path.basename(new URL(request.url, CHAT).pathname);
  // Every other address counts as one of the chat's pages.
  const page = readFileSync(path.join(fixtures, `${PAGES.includes(name) ? name : 'textarea'}.html`));
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(page);
}

export const SITES = { 'chat.example': servePage, 'other-chat.example': servePage, 'openrouter.ai': servePage };

export const middleOf = ({ left, top, width, height }) => [left + width / 2, top + height / 2];

export const hasModel = (badge) =>
  badge?.isSeen && /^signalbox: \S+/.test(badge.text) && !/no suggestion/.test(badge.text);

/** Checks a page of the extension with axe-core, by day and by night. */
export async function hasNoViolations(page) {
  for (const scheme of ['light', 'dark']) {
    await page.evaluate((scheme) => {
      document.documentElement.style.colorScheme = scheme;
    }, scheme);
    assert.deepEqual(await violations(page), [], scheme);
  }
}

/** Returns a condition that holds once a badge that fits looks the same twice: one that moves is not hit by a click. */
function atRest(fits) {
  let last;
  return (badge) => {
    const now = JSON.stringify(badge);
    const isSame = fits(badge) && now === last;
    last = now;
    return isSame;
  };
}

/** Returns the number of open welcome pages. Runs in a page of the extension. */
export const welcomesIn = () =>
  chrome.extension.getViews({ type: 'tab' }).filter(({ location }) => location.pathname === '/welcome/index.html')
    .length;

/** Returns the content of the badge's closed shadow root. Runs in the page as a content script. */
export function lookAtBadge() {
  const host = document.querySelector('[data-signalbox-badge]');
  if (host === null) return null;
  const root = globalThis.chrome?.dom?.openOrClosedShadowRoot(host) ?? host.openOrClosedShadowRoot;
  const button = root.querySelector('button[aria-expanded]');
  const rectOf = (element) => {
    const { left, top, right, bottom, width, height } = element.getBoundingClientRect();
    return { left, top, right, bottom, width, height };
  };
  const card = root.querySelector('#card');
  const shown = (element) => getComputedStyle(element).display !== 'none';
  return {
    isSeen: getComputedStyle(host).visibility === 'visible',
    text: button.getAttribute('aria-label'),
    rect: rectOf(button),
    card: shown(card) ? card.textContent : null,
    link: card.querySelector('a')?.href ?? null,
    buttons: Object.fromEntries([...card.querySelectorAll('button')].map((each) => [each.textContent, rectOf(each)])),
  };
}

/** Sends a request to the settings database. Runs in a page of the extension. */
const inSettings = (mode, request, ...args) =>
  new Promise((resolve, reject) => {
    const opening = indexedDB.open('signalbox-stored');
    opening.onupgradeneeded = () => opening.result.createObjectStore('stored');
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const asked = opening.result
        .transaction('stored', mode)
        .objectStore('stored')
        [request](...args);
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
      asked.transaction.oncomplete = () => opening.result.close();
    };
  });

/** Stores settings without notifying the extension. `desk` is a page of the extension. */
const putStored = (desk, value) => desk.evaluate(inSettings, 'readwrite', 'put', value, 'stored');

/** Runs code as a content script in the tab with this address. `desk` is a page of the extension. */
export function inPageOf(desk, url, action, ...args) {
  const inside = `async (url, args) => {
    const tabs = await chrome.tabs.query({});
    const { id: tabId } = tabs.find((tab) => tab.url?.startsWith(url));
    const [answer] = await chrome.scripting.executeScript({ target: { tabId }, func: ${action}, args });
    if (answer.error) throw answer.error;
    return answer.result;
  }`;
  return desk.evaluate(inside, url, args);
}

/** Tells the parts of the extension that the settings and the feedback changed. Runs in a page of the extension. */
const tell = () => {
  const channel = new BroadcastChannel('judged');
  channel.postMessage(null);
  channel.close();
  return chrome.storage.session.set({ storedChanged: crypto.randomUUID() });
};

/** Waits until the browser injects the badge into the pages of exactly these sites. */
async function scriptsAre(desk, origins) {
  const wanted = JSON.stringify(origins.map((origin) => `${origin}/*`).sort());
  const registered = () =>
    desk.evaluate(async () => (await chrome.scripting.getRegisteredContentScripts()).map(({ id }) => id));
  const what = `the sites with a badge to be ${wanted}`;
  await waitFor(what, async () => JSON.stringify((await registered()).sort()) === wanted);
}

/** Replaces the sites of the settings, without the browser's permissions, and resets all other settings. */
export async function putSites(desk, sites) {
  const { DEFAULT_STORED } = await importExtension('stored/schema.ts');
  await putStored(desk, { ...DEFAULT_STORED, sites });
  await desk.evaluate(tell);
}

/** Allows these sites and turns them on, and resets all other settings to their defaults. */
export async function allowSites(browser, desk, origins) {
  const { NEW_SITE } = await importExtension('stored/schema.ts');
  for (const origin of origins) await browser.allow(`${origin}/*`);
  await putSites(desk, Object.fromEntries(origins.map((origin) => [origin, NEW_SITE])));
  await scriptsAre(desk, origins);
}

/** Empties the extension's storage. Runs in a page of the extension. */
async function empty() {
  const asPromise = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  await chrome.storage.session.clear();
  for (const { name } of await indexedDB.databases()) {
    if (!name.startsWith('signalbox-')) continue;
    const database = await asPromise(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      await asPromise(database.transaction(store, 'readwrite').objectStore(store).clear());
    }
    database.close();
  }
}

/**
 * Runs the suite in every browser. Each test starts with a freshly installed extension. `sites` are further stand-ins for
 * hosts; `hasLanguages`: the build with the table of other languages; `onnx`: the one with ONNX Runtime.
 */
export function describeExtension(name, suite, { sites = {}, hasLanguages = false, onnx = false } = {}) {
  for (const kind of BROWSERS) {
    describe(`${name}, ${kind}`, () => {
      /** `expected`: Firefox's error for a page that was closed while its script waited for an answer. */
      const installed = { kind, pages: [], expected: [/Promise rejected after context unloaded/] };
      after(async () => {
        await installed.browser?.close();
        if (installed.scratch) rmSync(installed.scratch, { recursive: true, force: true, maxRetries: 5 });
      });
      beforeEach(async () => {
        // Not in `before`, which also runs when every test is skipped.
        if (installed.scratch === undefined) await installed.install();
        if (!(await isThere(installed.desk.raw))) await installed.openDesk();
        const { origins } = await installed.desk.evaluate(() => chrome.permissions.getAll());
        if (origins.length > 0) await installed.browser.revoke(...origins);
        await installed.desk.evaluate(empty);
        await installed.desk.evaluate(tell);
        await installed.scriptsAre();
      });
      /** Closes the pages of the test, and checks that no request left the machine and no part of the extension reported an error. */
      afterEach(async () => {
        for (const page of installed.pages.splice(0)) await page.close();
        await installed.closePanel();
        await installed.check();
      });
      installed.closePanel = async () => {
        if (!(await installed.browser.isPanelOpen())) return;
        await (await installed.browser.panel()).close();
        await waitFor('the panel to close', async () => !(await installed.browser.isPanelOpen()));
      };
      installed.scriptsAre = (...origins) => scriptsAre(installed.desk, origins);
      installed.allow = (...origins) => allowSites(installed.browser, installed.desk, origins);
      installed.check = async () => {
        assert.deepEqual(installed.browser.strangers(), []);
        const complaints = await installed.browser.complaints();
        assert.deepEqual(
          complaints.filter((text) => !installed.expected.some((known) => known.test(text))),
          [],
        );
      };
      installed.open = async (url) => {
        const page = await installed.browser.newPage(url);
        installed.pages.push(page);
        return page;
      };
      installed.close = async (page) => {
        installed.pages.splice(installed.pages.indexOf(page), 1);
        await page.close();
      };
      installed.install = async () => {
        installed.scratch = mkdtempSync(path.join(tmpdir(), 'signalbox-extension-'));
        installed.folder = path.join(installed.scratch, kind);
        const options = { onnx, ...(hasLanguages ? { languages: TABLE } : {}) };
        cpSync(await builtExtension(kind, options), installed.folder, { recursive: true });
        await installed.start();
      };
      installed.start = async () => {
        installed.browser = await openExtension(kind, installed.folder, {
          profile: path.join(installed.scratch, 'profile'),
          sites: { ...SITES, ...sites },
        });
        await installed.openDesk();
      };
      /** Opens a page of the extension that tests use to inspect it; the page does nothing by itself. */
      installed.openDesk = async () => {
        installed.desk = await installed.browser.extensionPage('privacy/index.html');
      };
      installed.restart = async () => {
        await installed.stop();
        await installed.start();
      };
      installed.stop = async () => {
        await installed.check();
        await installed.browser.close();
      };
      /** Returns the stored settings, or null if there are none. The key 'damaged' returns the damaged settings that were set aside. */
      installed.stored = (key = 'stored') => installed.desk.evaluate(inSettings, 'readonly', 'get', key);
      installed.putStored = (value) => putStored(installed.desk, value);
      /** Opens a page of the extension in a tab. */
      installed.extensionPage = async (name) => {
        const page = await installed.browser.extensionPage(name);
        installed.pages.push(page);
        return page;
      };
      installed.settings = async () => {
        const page = await installed.extensionPage('settings/index.html');
        // The layout shifts until the page has loaded its benchmark.
        await page.until(() => document.querySelector('[data-held]') !== null);
        // Less important sections are folded.
        await page.evaluate(() => {
          document.querySelector('[data-more]').open = true;
        });
        return page;
      };
      /** Adds a site in the settings, and allows it in the browser's own dialog. Chromium shows the dialog once for each site. */
      installed.addSite = async (origin) => {
        const page = await installed.settings();
        await page.type('#new-site', origin);
        await installed.browser.grant(page, 'form.add-site [data-add-site]');
        await page.until((site) => document.querySelector(`[data-site="${site}"]`) !== null, origin);
        await installed.close(page);
      };
      /** Runs code as a hostile page could if it took over a content script. */
      installed.inPage = (url, action, ...args) => inPageOf(installed.desk, url, action, ...args);
      /** Returns the badge on the page at this address, or null if there is no badge. */
      installed.badge = (url = CHAT) => installed.inPage(url, lookAtBadge);
      /** Waits until `fits` accepts the badge, and returns the badge. */
      installed.badgeThat = async (what, fits, url = CHAT) => {
        let badge;
        const look = async () => {
          badge = await installed.badge(url);
          return fits(badge);
        };
        await waitFor(`a badge ${what}`, look).catch((error) => {
          throw new Error(`${error.message}; there was ${JSON.stringify(badge)}`);
        });
        return badge;
      };
      /** Waits for a badge that fits, clicks it, and returns it with its open card. */
      installed.openCard = async (page, what = 'with a model', fits = hasModel) => {
        const { rect } = await installed.badgeThat(what, atRest(fits));
        await page.raw.mouse.click(...middleOf(rect));
        return installed.badgeThat(
          'with an open card',
          atRest((badge) => badge?.card),
        );
      };
      suite(installed);
    });
  }
}
