// Tests the extension and its pages over time: prerendered pages, updates, questions that arrive while the user types.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';
import { waitFor } from '../web/waiting.mjs';
import { importExtension } from './import-module.mjs';
import { CHAT, describeExtension, hasModel, welcomesIn } from './installed.mjs';

const PROMPT = 'How many prime numbers lie between 10 and 50?';

const AHEAD = 'https://ahead.example';
const RULES = JSON.stringify({ prerender: [{ urls: ['/next'], eagerness: 'immediate' }] });
const FIRST = `<a id="on" href="/next">On</a><script type="speculationrules">${RULES}</script>`;
const NEXT =
  '<br><br><br><textarea cols="60"></textarea><script>onload = () => setTimeout(fetch, 500, "/loaded")</script>';
/** The script never arrives, so the page never finishes loading. */
const SLOW = '<p>Slow</p><script src="/never"></script>';
const PAGES = { '/next': NEXT, '/slow': SLOW };
let isLoadedAhead = false;

/** Serves a site whose first page makes the browser prerender the next one. */
function serveAhead({ url }, response) {
  isLoadedAhead ||= url === '/loaded';
  if (url === '/never') return;
  response.writeHead(200, { 'Content-Type': 'text/html' }).end(PAGES[url] ?? FIRST);
}

describeExtension(
  'the life of the extension',
  (installed) => {
    it('keeps the text that the user types in the panel, even if a page claims clicks on its badge', async () => {
      await installed.allow(CHAT);
      const page = await installed.open(CHAT);
      await installed.browser.action(page);
      const panel = await installed.browser.panel();
      await panel.until(() => document.querySelector('[data-status="ready"]') !== null);
      const prompt = () => panel.evaluate(() => document.querySelector('#prompt').value);
      const ask = (text) => installed.inPage(CHAT, (text) => chrome.runtime.sendMessage({ kind: 'open', text }), text);
      await panel.type('#prompt', PROMPT);
      assert.equal((await ask('What the page would like to ask'))?.kind, 'opened');
      // Events arrive in order: once the panel can read the question, it has been notified of it.
      const asked = () => panel.evaluate(async () => (await chrome.storage.session.get('question')).question);
      let last = await waitFor('the question', asked);
      assert.equal(last.text, 'What the page would like to ask');
      assert.equal(await prompt(), PROMPT);
      // A click in the page moves the focus out of the panel.
      await installed.browser.contextMenu(page, 'main p', 'Escape');
      await ask('What the badge was asked');
      await panel.until(() => document.querySelector('#prompt').value === 'What the badge was asked');
      await panel.type('#prompt', PROMPT);
      await installed.browser.contextMenu(page, 'main p', 'Escape');
      // The panel does not take over the same text twice.
      for (const again of [() => installed.browser.action(page), () => ask('What the badge was asked')]) {
        last = await asked();
        await again();
        const next = await waitFor('another question', async () => {
          const question = await asked();
          return question.at > last.at && question;
        });
        assert.equal(next.text, 'What the badge was asked');
        assert.equal(await prompt(), PROMPT);
      }
    });

    it('gives up the permission for a site that an import leaves out', async () => {
      await installed.allow(CHAT, AHEAD);
      const { packAll } = await importExtension('stored/transfer.ts');
      const { sites, ...others } = await installed.stored();
      const stored = { ...others, sites: { [AHEAD]: sites[AHEAD], 'https://new.example': sites[AHEAD] } };
      const file = path.join(installed.scratch, 'sites.zip');
      writeFileSync(file, await packAll({ stored, feedback: [], index: null }));
      const settings = await installed.settings();
      await settings.chooseFiles('#import', file);
      await settings.click('[data-replace]');
      await settings.until(() => /^Imported/.test(document.querySelector('[data-said="import"]')?.textContent));
      const { origins } = await installed.desk.evaluate(() => chrome.permissions.getAll());
      assert.deepEqual(origins, [`${AHEAD}/*`]);
    });

    it('has a badge on a prerendered page', async () => {
      await installed.allow(AHEAD);
      isLoadedAhead = false;
      const page = await installed.open(AHEAD);
      // Firefox does not prerender pages.
      const isMadeReady = installed.kind === 'chromium';
      if (isMadeReady) await waitFor('the next page to be made ready', () => isLoadedAhead);
      await page.click('#on');
      // The prerendered page replaces this one, and the driver may lose the tab: the extension's own scripts look and type.
      const inNext = (what, action) =>
        waitFor(what, () => installed.inPage(`${AHEAD}/next`, action, PROMPT).catch(() => false));
      const next = await inNext('the next page', () => {
        const [{ activationStart = 0 }] = performance.getEntriesByType('navigation');
        return !document.prerendering && { isReady: activationStart > 0 };
      });
      assert.equal(next.isReady, isMadeReady);
      if (isMadeReady) {
        await inNext('the prompt in its box', (text) => {
          const box = document.querySelector('textarea');
          box?.select();
          return box !== null && document.execCommand('insertText', false, text) && box.value === text;
        });
      } else {
        await page.type('textarea', PROMPT);
      }
      await installed.badgeThat('with a model', hasModel, AHEAD);
    });

    it('is not delayed by a page that never finishes loading', async () => {
      await installed.allow(AHEAD);
      const settings = await installed.settings();
      const turn = (origin) => settings.click(`[data-site="${origin}"] [data-on]`);
      await turn(AHEAD);
      await installed.scriptsAre();
      const { id } = await installed.desk.evaluate(
        (url) => chrome.tabs.create({ url, active: false }),
        `${AHEAD}/slow`,
      );
      await waitFor('the page', () =>
        installed.desk.evaluate(async (id) => (await chrome.tabs.get(id)).url?.endsWith('/slow'), id),
      );
      await turn(AHEAD);
      await installed.scriptsAre(AHEAD);
      await turn(AHEAD);
      await installed.scriptsAre();
      await turn(AHEAD);
      await installed.scriptsAre(AHEAD);
      // The selection on that page can still be read.
      await installed.desk.evaluate((id) => chrome.tabs.update(id, { active: true }), id);
      const page = await installed.browser.pageAt(`${AHEAD}/slow`);
      await page.evaluate(() => getSelection().selectAllChildren(document.querySelector('p')));
      await installed.browser.command(page, 'which-model');
      const panel = await installed.browser.panel();
      await panel.until(() => document.querySelector('#prompt')?.value === 'Slow');
      await installed.desk.evaluate((id) => chrome.tabs.remove(id), id);
    });

    it('returns to open pages after the extension is updated', async () => {
      await installed.allow(AHEAD);
      const page = await installed.open(`${AHEAD}/next`);
      await page.type('textarea', PROMPT);
      await installed.badgeThat('with a model', hasModel, AHEAD);
      // The reload closes every page of the extension.
      await installed.desk.evaluate(() => {
        setTimeout(() => chrome.runtime.reload(), 100);
      });
      await page.until(() => document.querySelector('[data-signalbox-badge]') === null);
      await page.until(() => document.querySelector('[data-signalbox-badge]') !== null);
      await installed.openDesk();
      await page.front();
      await page.type('textarea', 'What is the capital of Peru?');
      await installed.badgeThat('with a model', hasModel, AHEAD);
      assert.equal(await page.evaluate(() => document.querySelectorAll('[data-signalbox-badge]').length), 1);
      // The background has done its work after the update, since the badge is back.
      assert.equal(await installed.desk.evaluate(welcomesIn), 0);
    });
  },
  { sites: { 'ahead.example': serveAhead } },
);
