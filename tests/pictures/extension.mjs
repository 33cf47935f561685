// Pictures of the extension in Chromium with a window: the panel, and the badge with its card beside a chat's prompt box.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openExtension } from '../extension/browser.mjs';
import { importExtension } from '../extension/import-module.mjs';
import { allowSites, hasModel, inPageOf, lookAtBadge, middleOf, putSites } from '../extension/installed.mjs';
import { BOX, CHAT_SITES, STAND_INS } from '../extension/stand-ins.mjs';
import { builtExtension } from '../web/built-once.mjs';
import { waitFor } from '../web/waiting.mjs';

const PROMPT = 'Prove that there are infinitely many prime numbers of the form 4k + 3.';
/** The stand-in for a chat whose page tells which model is on, so that its badge can name a better one. */
const CHAT = 'https://claude.ai';
const CHAT_PAGE = `${CHAT}/?view=thread`;
const PANEL = { width: 400, height: 860 };
const CHAT_SIZE = { width: 900, height: 700 };

/** Sets the theme, and no motion, so that no picture shows half of it. */
const inTheme = (page, theme) =>
  page.raw.emulateMediaFeatures([
    { name: 'prefers-color-scheme', value: theme },
    { name: 'prefers-reduced-motion', value: 'reduce' },
  ]);

async function drawPanel(browser, folder, theme) {
  const page = await browser.extensionPage('panel/index.html');
  await page.raw.setViewport(PANEL);
  await inTheme(page, theme);
  await page.until(() => document.querySelector('textarea') !== null);
  await page.paste('textarea', PROMPT);
  await page.until(() => document.querySelector('[data-pick]') !== null);
  await page.until(() => document.querySelector('[aria-busy=true]') === null);
  const name = `panel-${theme}.png`;
  await page.screenshot({ path: path.join(folder, name) });
  await page.close();
  return name;
}

async function drawBadge(browser, desk, folder, theme) {
  const page = await browser.newPage(CHAT_PAGE);
  await page.raw.setViewport(CHAT_SIZE);
  await inTheme(page, theme);
  await page.paste(BOX, PROMPT);
  const badgeThat = async (what, fits) => {
    let badge;
    await waitFor(`a badge ${what}`, async () => {
      badge = await inPageOf(desk, CHAT, lookAtBadge);
      return fits(badge);
    });
    return badge;
  };
  const { rect } = await badgeThat('with a model', hasModel);
  const names = [`badge-${theme}.png`, `card-${theme}.png`];
  const clip = { x: 0, y: CHAT_SIZE.height - 220, width: CHAT_SIZE.width, height: 220 };
  await page.screenshot({ path: path.join(folder, names[0]), clip });
  await page.raw.mouse.click(...middleOf(rect));
  await badgeThat('with an open card', (badge) => badge?.card);
  await page.screenshot({ path: path.join(folder, names[1]) });
  await page.close();
  return names;
}

const STORE = { width: 1280, height: 800 };
/** The chats of the person in the pictures for the stores; the names of their models are those of the records. */
const MINE = [CHAT, 'https://chatgpt.com', 'https://openrouter.ai'];

/** Settles a page of the extension at the size that the stores ask for. */
async function storePage(browser, name) {
  const page = await browser.extensionPage(name);
  await page.raw.setViewport(STORE);
  await inTheme(page, 'light');
  // Scrollbars of a window without a desktop are those of no user.
  await page.evaluate(() => {
    document.documentElement.style.scrollbarWidth = 'none';
  });
  return page;
}

/** Draws a page at the size for the stores, from an element on. */
async function drawStorePage(browser, folder, { name, file, from, ready }) {
  const page = await storePage(browser, file);
  await page.until((wanted) => document.querySelector(wanted) !== null, ready);
  if (from !== undefined) {
    await page.evaluate((wanted) => document.querySelector(wanted).scrollIntoView({ behavior: 'instant' }), from);
  }
  await page.screenshot({ path: path.join(folder, name) });
  await page.close();
  return name;
}

/** Draws the welcome page with a first suggestion. */
async function drawStoreWelcome(browser, folder) {
  const page = await storePage(browser, 'welcome/index.html');
  await page.click('[data-example="A proof"]');
  await page.until(() => document.querySelector('[aria-busy="false"] [data-pick]') !== null);
  const names = ['store-welcome.png', 'store-suggestion.png'];
  await page.evaluate(() => scrollTo({ top: 0, behavior: 'instant' }));
  await page.screenshot({ path: path.join(folder, names[0]) });
  await page.evaluate(() => scrollTo({ top: document.body.scrollHeight, behavior: 'instant' }));
  await page.screenshot({ path: path.join(folder, names[1]) });
  await page.close();
  return names;
}

/** Draws a chat with the panel beside it: the panel is a page of its own, set beside a picture of the chat. */
async function drawStorePanel(browser, folder) {
  const width = 400;
  const chat = await browser.newPage(CHAT_PAGE);
  await chat.raw.setViewport({ ...STORE, width: STORE.width - width });
  await inTheme(chat, 'light');
  await chat.paste(BOX, PROMPT);
  const beside = await chat.raw.screenshot({ encoding: 'base64' });
  await chat.close();
  const panel = await storePage(browser, 'panel/index.html');
  await panel.raw.setViewport({ ...STORE, width });
  await panel.until(() => document.querySelector('[data-status="ready"]') !== null);
  await panel.evaluate(
    async (text, origin) => {
      const { id: windowId } = await chrome.windows.getCurrent();
      const question = { text, origin, isOfBadge: false, windowId, at: Date.now() };
      await chrome.storage.session.set({ question });
    },
    PROMPT,
    CHAT,
  );
  await panel.until(() => document.querySelector('[aria-busy="false"] [data-switch]') !== null);
  const right = await panel.raw.screenshot({ encoding: 'base64' });
  await panel.close();
  const both = await browser.newPage('about:blank');
  await both.raw.setViewport(STORE);
  await both.raw.setContent(
    `<body style="margin:0;display:flex"><img src="data:image/png;base64,${beside}"><img src="data:image/png;base64,${right}" style="outline:1px solid #8888">`,
  );
  await both.screenshot({ path: path.join(folder, 'store-panel.png') });
  await both.close();
  return 'store-panel.png';
}

/** Draws a badge with its open card at the size for the stores. */
async function drawStoreBadge(browser, desk, folder) {
  const page = await browser.newPage(CHAT_PAGE);
  await page.raw.setViewport(STORE);
  await inTheme(page, 'light');
  await page.paste(BOX, PROMPT);
  let badge;
  const badgeThat = (what, fits) =>
    waitFor(`a badge ${what}`, async () => {
      badge = await inPageOf(desk, CHAT, lookAtBadge);
      return fits(badge);
    });
  await badgeThat('with a model', hasModel);
  await page.raw.mouse.click(...middleOf(badge.rect));
  await badgeThat('with an open card', (now) => now?.card);
  await page.screenshot({ path: path.join(folder, 'store-badge.png') });
  await page.close();
  return 'store-badge.png';
}

/** Draws the pictures for the stores. */
async function drawStore(browser, desk, folder) {
  const badge = await drawStoreBadge(browser, desk, folder);
  const { chatAt, namesIn, newSiteAt } = await importExtension('mine/offered.ts');
  const sites = Object.fromEntries(MINE.map((origin) => [origin, newSiteAt(origin)]));
  for (const origin of MINE.slice(0, 2)) {
    const { offer } = chatAt(origin);
    sites[origin] = { ...sites[origin], names: namesIn(offer, offer.plans[1]) };
  }
  sites[CHAT].usual = STAND_INS.claude.model;
  await putSites(desk, sites);
  return [
    badge,
    ...(await drawStoreWelcome(browser, folder)),
    await drawStorePanel(browser, folder),
    await drawStorePage(browser, folder, {
      name: 'store-settings.png',
      file: 'settings/index.html',
      from: '#models',
      ready: '[data-held]',
    }),
  ];
}

/** Draws all pictures into a folder; returns the names of the files. */
export async function drawExtension(folder) {
  const scratch = mkdtempSync(path.join(tmpdir(), 'signalbox-pictures-'));
  const installed = path.join(scratch, 'chromium');
  cpSync(await builtExtension('chromium'), installed, { recursive: true });
  const browser = await openExtension('chromium', installed, { sites: CHAT_SITES });
  const files = [];
  try {
    const desk = await browser.extensionPage('privacy/index.html');
    await allowSites(browser, desk, [CHAT]);
    for (const theme of ['light', 'dark']) {
      files.push(await drawPanel(browser, folder, theme));
      files.push(...(await drawBadge(browser, desk, folder, theme)));
    }
    files.push(...(await drawStore(browser, desk, folder)));
  } finally {
    await browser.close();
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
  return files;
}
