// One small surface over two browsers with an extension loaded, driven as a person does: its menu, its shortcuts and the permission dialogs are the browser's own.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startChromium } from './chromium.mjs';
import { startFirefox } from './firefox.mjs';
import { openNetwork } from './network.mjs';
import { openScreen } from './screen.mjs';

const START = { chromium: startChromium, firefox: startFirefox };

/**
 * `folder`: the unpacked extension. `sites`: stand-ins for hosts, see `openNetwork`; this machine's own addresses work
 * without. `profile`: a folder that outlives the browser, for what is stored; without, a new one each time. Chromium
 * takes the extension's id from the folder's path: one with the same path has the same storage.
 */
export async function openExtension(kind, folder, { profile, sites } = {}) {
  const manifest = JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8'));
  const panelFile = manifest.side_panel?.default_path ?? manifest.sidebar_action?.default_panel;
  const place = profile ?? mkdtempSync(path.join(tmpdir(), `signalbox-${kind}-`));
  const parts = [];
  const closeAll = async () => {
    for (const part of parts.splice(0).reverse()) await part.close();
    if (profile === undefined) rmSync(place, { recursive: true, force: true, maxRetries: 5 });
  };
  let screen;
  let network;
  let browser;
  try {
    screen = await openScreen();
    parts.push(screen);
    network = await openNetwork(sites);
    parts.push(network);
    browser = await START[kind]({ folder, profile: place, screen, network });
    parts.push(browser);
  } catch (error) {
    await closeAll();
    throw error;
  }

  const press = async (page, name) => {
    const keys = manifest.commands?.[name]?.suggested_key;
    const wanted = keys?.linux ?? keys?.default;
    if (wanted === undefined) {
      const known = Object.keys(manifest.commands ?? {}).join(', ');
      throw new Error(`got '${name}', expected a command that the manifest has keys for (it has: ${known})`);
    }
    await page.front();
    await screen.press(wanted);
  };
  const answer = (isAllowed) => async (page, selector) => {
    await page.front();
    await browser.answer(isAllowed, page, selector);
  };

  return {
    kind,
    origin: browser.origin,
    id: new URL(browser.origin).host,
    /** What not every browser has: a test that needs it says so and leaves it out. */
    can: browser.can,
    /** Comes to the front; what has gone behind it takes no clicks until `front()`. */
    newPage: browser.newPage,
    /** A page of the extension in a tab. */
    extensionPage: (name, init) => browser.newPage(`${browser.origin}/${name}`, init),
    /** `evaluate` never wakes it. `stop` returns once it has stopped; what comes then wakes another one. */
    background: {
      evaluate: (action, ...args) => browser.evaluate(action, args),
      isAwake: browser.isAwake,
      stop: browser.stopBackground,
    },
    /** A page that the extension or another page opened in a tab, by how its address begins. */
    pageAt: browser.pageAt,
    /** The side panel or sidebar, once it is open; see `handsOn` (Firefox has a part of it). */
    panel: () => browser.panel(panelFile),
    isPanelOpen: () => browser.isPanelOpen(panelFile),
    offscreen: browser.offscreen,
    /** Selects what the element shows or holds, opens the menu there, and chooses by the first letter. */
    contextMenu: async (page, selector, key) => {
      await page.front();
      const element = await page.raw.waitForSelector(selector);
      await element.click({ count: 3 });
      await screen.chooseInMenu(await browser.pointOf(page, selector), key);
    },
    /** Presses the keys that the manifest gives to the command, in the page. */
    command: press,
    /** The toolbar's button, by its keys. */
    action: (page) => press(page, '_execute_action'),
    /** By a click, and the browser's own dialog. Chromium asks no second time for what it once allowed: there is no dialog then. */
    grant: answer(true),
    deny: answer(false),
    /** Without a page of the extension that asks for it. A pattern as in a manifest: 'https://chat.example/*'. */
    allow: browser.allow,
    /** Takes permissions back as another page of the extension would, not by the browser's own settings. */
    revoke: (...patterns) => browser.revoke(patterns),
    /** Requests that left this machine, or would have. */
    strangers: () => [...network.strangers],
    /** What the extension's own pages and background complained about. */
    complaints: browser.complaints,
    close: closeAll,
  };
}
