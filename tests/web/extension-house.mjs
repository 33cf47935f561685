// The extension as its users get it: built, loaded into a real browser with a window, with sites that stand in for chats.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, beforeEach, describe } from 'node:test';
import { fileURLToPath } from 'node:url';
import { buildExtension } from '../../scripts/extension.mjs';
import { importExtension } from '../package/extension-module.mjs';
import { BROWSERS, isThere } from './browsers.mjs';
import { openExtension } from './extension-browser.mjs';
import { waitFor } from './waiting.mjs';

const fixtures = fileURLToPath(new URL('../fixtures/extension', import.meta.url));

/** Chats by these names, with the pages of tests/fixtures/extension. */
export const CHAT = 'https://chat.example';
export const OTHER_CHAT = 'https://other-chat.example';

const PAGES = ['textarea', 'contenteditable', 'shadow', 'hostile', 'strict'];

function servePage(request, response) {
  const name = path.basename(new URL(request.url, CHAT).pathname);
  // Every other address is one of the chat's own.
  const page = readFileSync(path.join(fixtures, `${PAGES.includes(name) ? name : 'textarea'}.html`));
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(page);
}

export const SITES = { 'chat.example': servePage, 'other-chat.example': servePage, 'openrouter.ai': servePage };

export const middleOf = ({ left, top, width, height }) => [left + width / 2, top + height / 2];

export const hasModel = (badge) =>
  badge?.isSeen && /^signalbox: \S+/.test(badge.text) && !/no suggestion/.test(badge.text);

/** Runs in the page, as a content script: what the badge shows behind its closed shadow root. */
function lookAtBadge() {
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
    text: button.textContent,
    rect: rectOf(button),
    card: shown(card) ? card.textContent : null,
    link: card.querySelector('a')?.href ?? null,
    buttons: Object.fromEntries([...card.querySelectorAll('button')].map((each) => [each.textContent, rectOf(each)])),
  };
}

/** Runs in a page of the extension: a request to what keeps the settings. */
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

/** Runs in a page of the extension: tells its parts that the settings and the judgements are others. */
const tell = () => {
  const channel = new BroadcastChannel('judged');
  channel.postMessage(null);
  channel.close();
  return chrome.storage.session.set({ storedChanged: crypto.randomUUID() });
};

/** Runs in a page of the extension: empties everything in which it keeps anything. */
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

/** Runs the suite in every browser. Each test finds the extension as it is after its installation. `sites`: more stand-ins for hosts. */
export function describeExtension(name, suite, { sites = {} } = {}) {
  for (const kind of BROWSERS) {
    describe(`${name}, ${kind}`, () => {
      /** `expected`: Firefox's complaint of a page that was closed while its script waited for an answer. */
      const house = { kind, pages: [], expected: [/Promise rejected after context unloaded/] };
      after(async () => {
        await house.browser?.close();
        if (house.scratch) rmSync(house.scratch, { recursive: true, force: true, maxRetries: 5 });
      });
      beforeEach(async () => {
        // Not in `before`, which also runs where every test is left out.
        if (house.scratch === undefined) await house.install();
        if (!(await isThere(house.desk.raw))) await house.openDesk();
        const { origins } = await house.desk.evaluate(() => chrome.permissions.getAll());
        if (origins.length > 0) await house.browser.revoke(...origins);
        await house.desk.evaluate(empty);
        await house.desk.evaluate(tell);
        await house.scriptsAre();
      });
      /** What a test opened goes with it, nothing left the machine, and no part of the extension complained. */
      afterEach(async () => {
        for (const page of house.pages.splice(0)) await page.close();
        await house.closePanel();
        await house.check();
      });
      house.closePanel = async () => {
        if (!(await house.browser.isPanelOpen())) return;
        await (await house.browser.panel()).close();
        await waitFor('the panel to close', async () => !(await house.browser.isPanelOpen()));
      };
      /** Waits until the browser puts the badge into the pages of these sites, and of no others. */
      house.scriptsAre = async (...origins) => {
        const wanted = JSON.stringify(origins.map((origin) => `${origin}/*`).sort());
        const registered = () =>
          house.desk.evaluate(async () => (await chrome.scripting.getRegisteredContentScripts()).map(({ id }) => id));
        const what = `the sites with a badge to be ${wanted}`;
        await waitFor(what, async () => JSON.stringify((await registered()).sort()) === wanted);
      };
      /** These sites are allowed and turned on, and nothing else is in the settings. */
      house.allow = async (...origins) => {
        const { DEFAULT_STORED, NEW_SITE } = await importExtension('stored/schema.ts');
        for (const origin of origins) await house.browser.allow(`${origin}/*`);
        const sites = Object.fromEntries(origins.map((origin) => [origin, NEW_SITE]));
        await house.putStored({ ...DEFAULT_STORED, sites });
        await house.desk.evaluate(tell);
        await house.scriptsAre(...origins);
      };
      house.check = async () => {
        assert.deepEqual(house.browser.strangers(), []);
        const complaints = await house.browser.complaints();
        assert.deepEqual(
          complaints.filter((text) => !house.expected.some((known) => known.test(text))),
          [],
        );
      };
      house.open = async (url) => {
        const page = await house.browser.newPage(url);
        house.pages.push(page);
        return page;
      };
      house.close = async (page) => {
        house.pages.splice(house.pages.indexOf(page), 1);
        await page.close();
      };
      house.install = async () => {
        house.scratch = mkdtempSync(path.join(tmpdir(), 'signalbox-extension-'));
        house.folder = path.join(house.scratch, kind);
        await buildExtension(kind, house.folder);
        await house.start();
      };
      house.start = async () => {
        house.browser = await openExtension(kind, house.folder, {
          profile: path.join(house.scratch, 'profile'),
          sites: { ...SITES, ...sites },
        });
        await house.openDesk();
      };
      /** A page of the extension through which tests look; it does nothing by itself. */
      house.openDesk = async () => {
        house.desk = await house.browser.extensionPage('privacy/index.html');
      };
      house.restart = async () => {
        await house.stop();
        await house.start();
      };
      house.stop = async () => {
        await house.check();
        await house.browser.close();
      };
      /** The settings as they are stored, null where none are; `key`: what was put aside as damaged. */
      house.stored = (key = 'stored') => house.desk.evaluate(inSettings, 'readonly', 'get', key);
      /** Behind the extension's back: nobody is told. */
      house.putStored = (value) => house.desk.evaluate(inSettings, 'readwrite', 'put', value, 'stored');
      /** A page of the extension in a tab. */
      house.extensionPage = async (name) => {
        const page = await house.browser.extensionPage(name);
        house.pages.push(page);
        return page;
      };
      house.settings = async () => {
        const page = await house.extensionPage('settings/index.html');
        // Its parts move until it knows its benchmark.
        await page.until(() => document.querySelector('[data-held]') !== null);
        return page;
      };
      /** Adds it in the settings, and allows it in the browser's own dialog, which Chromium shows once for each site. */
      house.addSite = async (origin) => {
        const page = await house.settings();
        await page.type('#new-site', origin);
        await house.browser.grant(page, 'form.add-site [data-add-site]');
        await page.until((site) => document.querySelector(`[data-site="${site}"]`) !== null, origin);
        await house.close(page);
      };
      /** Runs as the extension's own code in the tab with this address: what a hostile page could do if it took over a content script. */
      house.inPage = async (url, action, ...args) => {
        const inside = `async (url, args) => {
          const tabs = await chrome.tabs.query({});
          const { id: tabId } = tabs.find((tab) => tab.url?.startsWith(url));
          const [answer] = await chrome.scripting.executeScript({ target: { tabId }, func: ${action}, args });
          if (answer.error) throw answer.error;
          return answer.result;
        }`;
        return house.desk.evaluate(inside, url, args);
      };
      /** The badge on the page at this address; null where there is none. */
      house.badge = (url = CHAT) => house.inPage(url, lookAtBadge);
      /** The badge once it says something that fits. */
      house.badgeThat = async (what, fits, url = CHAT) => {
        let badge;
        const look = async () => {
          badge = await house.badge(url);
          return fits(badge);
        };
        await waitFor(`a badge ${what}`, look).catch((error) => {
          throw new Error(`${error.message}; there was ${JSON.stringify(badge)}`);
        });
        return badge;
      };
      /** Clicks the badge, which knows about all of the prompt, and returns it with its open card. */
      house.openCard = async (page, what = 'with a model', fits = hasModel) => {
        const { rect } = await house.badgeThat(what, fits);
        await page.raw.mouse.click(...middleOf(rect));
        return house.badgeThat('with an open card', (badge) => badge?.card);
      };
      suite(house);
    });
  }
}
