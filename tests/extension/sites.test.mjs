// Tests the badge on the user's sites: granted and revoked permissions, the layouts of chats, and hostile pages.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { waitFor } from '../web/waiting.mjs';
import { CHAT, describeExtension, hasModel, middleOf, OTHER_CHAT } from './installed.mjs';
import { BOX, CHAT_SITES } from './stand-ins.mjs';

const PROMPT = 'How many prime numbers lie between 10 and 50?';
const isGone = (badge) => badge === null || !badge.isSeen;

const CLAUDE = 'https://claude.ai';

describeExtension(
  'the badge on a site',
  (installed) => {
    it('does not appear before the user allows the site', async () => {
      const page = await installed.open(CHAT);
      await page.type('textarea', PROMPT);
      assert.equal(await page.evaluate(() => document.querySelector('[data-signalbox-badge]')), null);
    });

    it('does not add a site if the user denies the permission', async () => {
      const page = await installed.settings();
      await page.type('#new-site', 'https://refused.example');
      await installed.browser.deny(page, 'form.add-site [data-add-site]');
      await page.until(() => /Permission denied/.test(document.querySelector('form.add-site').textContent));
      assert.deepEqual((await installed.stored())?.sites ?? {}, {});
      assert.deepEqual((await installed.desk.evaluate(() => chrome.permissions.getAll())).origins, []);
    });

    it('appears on pages that are already open when their site is allowed, and on this site alone', async () => {
      const page = await installed.open(OTHER_CHAT);
      await installed.addSite(OTHER_CHAT);
      await page.front();
      await page.type('textarea', PROMPT);
      await installed.badgeThat('with a model', hasModel, OTHER_CHAT);
      assert.equal(await page.evaluate(() => document.querySelector('textarea').value), PROMPT);
      const { origins } = await installed.desk.evaluate(() => chrome.permissions.getAll());
      assert.deepEqual(origins, [`${OTHER_CHAT}/*`]);
    });

    it('explains the suggestion on a click, and offers the side panel', async () => {
      await installed.allow(CHAT);
      const page = await installed.open(CHAT);
      await page.paste('textarea', PROMPT);
      const { card } = await installed.openCard(page);
      assert.match(card, /chance of being right|among \d+ models/);
      assert.match(card, /price per 1,000 answers/);
      assert.match(card, /More in the side panel/);
    });

    for (const [layout, selector, read] of [
      ['textarea', 'textarea', (found) => document.querySelector(found).value],
      ['contenteditable', '#chat-input', (found) => document.querySelector(found).textContent],
      ['strict', 'textarea', (found) => document.querySelector(found).value],
    ]) {
      it(`appears beside the box of the ${layout} page, and leaves its text unchanged`, async () => {
        await installed.allow(CHAT);
        const page = await installed.open(`${CHAT}/${layout}`);
        await page.type(selector, PROMPT);
        const { rect } = await installed.badgeThat('with a model', hasModel);
        assert.equal(await page.evaluate(read, selector), PROMPT);
        const { width, height } = await page.evaluate(() => ({ width: innerWidth, height: innerHeight }));
        assert.ok(
          rect.left >= 0 && rect.top >= 0 && rect.right <= width && rect.bottom <= height,
          JSON.stringify(rect),
        );
        // Browsers report an error if the page's policy forbids loading an icon.
        assert.deepEqual(
          page.consoleErrors.filter((text) => !text.includes('/favicon.ico')),
          [],
        );
      });
    }

    for (const host of ['open-chat', 'closed-chat']) {
      it(`appears beside a box in the shadow root of ${host}`, async () => {
        await installed.allow(CHAT);
        const page = await installed.open(`${CHAT}/shadow`);
        // The box is the first element in the shadow root.
        await page.clickAt(host, [0.5, 0.3]);
        await page.raw.keyboard.type(PROMPT);
        await installed.badgeThat('with a model', hasModel);
      });
    }

    it('disappears when the page removes the box during typing, and returns with the next box', async () => {
      await installed.allow(CHAT);
      const page = await installed.open(`${CHAT}/hostile`);
      await page.type('#place textarea', PROMPT);
      await installed.badgeThat('with a model', hasModel);
      await page.evaluate(() => setTimeout(() => removeBox(), 100));
      await page.raw.keyboard.type(' And between 50 and 100?', { delay: 20 });
      await installed.badgeThat('that is gone', isGone);
      await page.evaluate(() => replaceBody());
      await page.type('#place textarea', 'What is the capital of Peru?');
      await installed.badgeThat('with a model', hasModel);
      assert.deepEqual(page.consoleErrors, []);
    });

    it('cannot be clicked, read or overloaded by the page', async () => {
      await installed.allow(CHAT);
      const page = await installed.open(`${CHAT}/hostile`);
      await page.type('#place textarea', PROMPT);
      await installed.badgeThat('with a model', hasModel);
      const seen = await page.evaluate(() => {
        const host = document.querySelector('[data-signalbox-badge]');
        host.click();
        flood(1000);
        return { root: host.shadowRoot, text: host.textContent, inside: host.innerHTML };
      });
      assert.deepEqual(seen, { root: null, text: '', inside: '' });
      assert.equal((await installed.badge()).card, null);
    });

    it('tells a compromised content script only what a badge shows', async () => {
      await installed.allow(CHAT);
      await installed.open(CHAT);
      const said = await installed.inPage(CHAT, async () => {
        const ask = async (message) => (await chrome.runtime.sendMessage(message).catch(() => null)) ?? null;
        const settings = { prefer: 'cheap', excluded: [], prices: {}, pricedOnly: false };
        const site = { isOn: true, adapter: 'auto', names: {}, endpoint: '', pays: 'use', usual: null };
        const wrong = [
          { to: 'offscreen', kind: 'ask', text: 'x', stored: { settings, index: null }, site },
          { to: 'offscreen', kind: 'warm', index: null },
          { kind: 'ask', text: 'x'.repeat(8001) },
          { kind: 'ask', text: 7 },
          { kind: 'ask', text: 'a prompt', site },
          { kind: 'ask', text: 'a prompt', page: { chat: 'nobody', isUnderstood: true, picked: null } },
          { kind: 'ask', text: 'a prompt', page: { chat: 'claude', isUnderstood: true, picked: 'x'.repeat(81) } },
          { kind: 'grant', origin: 'https://bank.example' },
          { kind: 'judge', prompt: 'x', outcomes: {} },
          'hello',
          [],
        ];
        const refused = [];
        for (const message of wrong) refused.push(await ask(message));
        const right = await ask({ kind: 'ask', text: 'How many primes are there?' });
        const atOnce = await Promise.all(Array.from({ length: 20 }, () => ask({ kind: 'ask', text: 'How many?' })));
        // Firefox does not offer `session`, and Chromium denies access to it; the other areas are accessible but empty.
        const lookInto = (area) => chrome.storage[area]?.get().then(Object.keys, () => 'closed') ?? 'closed';
        const storage = await Promise.all(['session', 'local', 'sync'].map(lookInto));
        return { refused, right, kinds: atOnce.map((answer) => answer.kind).sort(), storage };
      });
      assert.deepEqual(
        said.refused,
        said.refused.map(() => null),
      );
      const shown = ['current', 'kind', 'label', 'lamp', 'model', 'price', 'quality', 'siteModel', 'verdict', 'why'];
      assert.deepEqual(Object.keys(said.right).sort(), shown);
      // The number of answers depends on the speed of the requests; tests/extension/gate.test.mjs counts them.
      assert.ok(said.kinds.includes('busy') && said.kinds.every((kind) => ['busy', 'suggestion'].includes(kind)));
      assert.deepEqual(said.storage, ['closed', [], []]);
    });

    it('does not let a page flood the background, or open the panel from behind another page', async () => {
      await installed.allow(CHAT);
      await installed.open(CHAT);
      await installed.desk.front();
      const said = await installed.inPage(CHAT, async () => {
        const ask = (message) => chrome.runtime.sendMessage(message).catch(() => undefined);
        const opened = await ask({ kind: 'open', text: 'What the page would like to ask' });
        const start = performance.now();
        const all = await Promise.all(Array.from({ length: 400 }, () => ask({ kind: 'hello' })));
        const answered = all.filter((answer) => answer?.kind === 'welcome').length;
        return { opened: opened ?? null, answered, seconds: (performance.now() - start) / 1000 };
      });
      assert.equal(said.opened, null);
      assert.equal(await installed.browser.isPanelOpen(), false);
      assert.deepEqual(await installed.desk.evaluate(() => chrome.storage.session.get('question')), {});
      const most = 50 * (Math.ceil(said.seconds) + 1);
      assert.ok(said.answered > 0 && said.answered <= most, `got ${said.answered} answers in ${said.seconds} s`);
      // The limit starts anew each second.
      await waitFor('an answer', () =>
        installed.inPage(
          CHAT,
          async () => (await chrome.runtime.sendMessage({ kind: 'hello' }).catch(() => null))?.kind,
        ),
      );
    });

    it('answers after the background was stopped', async () => {
      const mark = () => {
        globalThis.wasThere = true;
      };
      const isMarked = () => globalThis.wasThere === true;
      await installed.allow(CHAT);
      const page = await installed.open(CHAT);
      // Pasting asks one question; typing could ask another one later and wake the background.
      await page.paste('textarea', PROMPT);
      await installed.badgeThat('with a model', hasModel);
      const { background, can } = installed.browser;
      const offscreen = async () => (can.offscreen ? installed.browser.offscreen('offscreen/index.html') : undefined);
      await (await offscreen())?.evaluate(mark);
      await background.evaluate(mark);
      await background.stop();
      await page.type('textarea', '');
      await installed.badgeThat('that is gone', isGone);
      await page.type('textarea', 'Translate this letter into French, please');
      await installed.badgeThat('with a model', hasModel);
      assert.equal(await background.evaluate(isMarked), false, 'the background is another one');
      assert.notEqual(await (await offscreen())?.evaluate(isMarked), false, 'the router outlives the sleep');
    });

    it('suggests only the site’s models, under the site’s names, with a link that opens the chat and sends nothing', async () => {
      await installed.allow(CHAT);
      const settings = await installed.settings();
      await settings.click(`[data-site="${CHAT}"] details summary`);
      await settings.type('[data-names] tr:nth-child(2) input', 'the-second & <b>only</b>');
      await settings.press('Tab');
      await waitFor(
        'the name to be kept',
        async () => Object.keys((await installed.stored()).sites[CHAT].names).length === 1,
      );
      await installed.close(settings);
      const [[model, siteModel]] = Object.entries((await installed.stored()).sites[CHAT].names);
      assert.equal(siteModel, 'the-second & <b>only</b>');
      const page = await installed.open(CHAT);
      await page.paste('textarea', PROMPT);
      const short = model.slice(model.lastIndexOf('/') + 1);
      const { card, link } = await installed.openCard(page);
      assert.ok(card.includes(short), card);
      assert.ok(card.includes('the-second & <b>only</b>'), card);
      const { origin, pathname, searchParams } = new URL(link);
      assert.equal(origin + pathname, `${CHAT}/c/new`);
      assert.deepEqual(Object.fromEntries(searchParams), { model: siteModel, prompt: PROMPT });
    });

    it('disappears when the site is turned off, and returns', async () => {
      await installed.allow(CHAT);
      const page = await installed.open(CHAT);
      await page.type('textarea', PROMPT);
      await installed.badgeThat('with a model', hasModel);
      const settings = await installed.settings();
      await settings.click(`[data-site="${CHAT}"] [data-on]`);
      await installed.badgeThat('that is gone', (badge) => badge === null);
      await settings.click(`[data-site="${CHAT}"] [data-on]`);
      await page.front();
      await page.type('textarea', `${PROMPT} Or less?`);
      await installed.badgeThat('with a model', hasModel);
    });

    it('compares with the model in the picker of a known chat, names only models that the chat offers, and never writes', async () => {
      await installed.allow(CLAUDE);
      const page = await installed.open(`${CLAUDE}/?view=thread`);
      await page.paste(BOX, PROMPT);
      const badge = await installed.badgeThat('with an answer', hasModel, CLAUDE);
      assert.match(
        badge.text,
        /^signalbox: ((Haiku|Sonnet|Opus|Fable) [\d.]+, (better here|as good, cheaper)|nothing better here)$/,
      );
      await page.raw.mouse.click(...middleOf(badge.rect));
      const { card } = await installed.badgeThat('with an open card', (found) => found?.card, CLAUDE);
      assert.match(card, /^Stay with Sonnet 5No|Better here than Sonnet 5\.|As good here as Sonnet 5, and cheaper\./);
      // Another choice in the picker is another comparison.
      await page.evaluate(() => {
        document.querySelector('[data-testid="model-selector-dropdown"]').textContent = 'Haiku 4.5';
      });
      await installed.badgeThat('that compares with Haiku', (found) => /Haiku 4\.5/.test(found?.card), CLAUDE);
      assert.equal(await page.evaluate((box) => document.querySelector(box).textContent, BOX), PROMPT);
    });

    it('says so where the page of a known chat has changed, and reads the box that the user types in', async () => {
      await installed.allow(CLAUDE);
      const page = await installed.open(`${CLAUDE}/?changed`);
      await page.paste(BOX, PROMPT);
      const { rect } = await installed.badgeThat('with an answer', hasModel, CLAUDE);
      await page.raw.mouse.click(...middleOf(rect));
      const { card, buttons } = await installed.badgeThat('with an open card', (found) => found?.card, CLAUDE);
      assert.match(card, /This page is not as signalbox knows Claude/);
      await page.raw.mouse.click(...middleOf(buttons['More in the side panel']));
      const asked = () => installed.desk.evaluate(async () => (await chrome.storage.session.get('question')).question);
      const question = await waitFor('the question', asked);
      assert.deepEqual([question.text, question.page], [PROMPT, { chat: 'claude', isUnderstood: false, picked: null }]);
    });

    it('is still allowed after a restart of the browser', async () => {
      await installed.allow(CHAT);
      await installed.restart();
      const page = await installed.open(CHAT);
      await page.type('textarea', PROMPT);
      await installed.badgeThat('with a model', hasModel);
    });

    it('disappears when the permission is revoked, and the settings say so', async () => {
      await installed.allow(CHAT);
      const page = await installed.open(CHAT);
      await page.type('textarea', PROMPT);
      await installed.badgeThat('with a model', hasModel);
      await installed.browser.revoke(`${CHAT}/*`);
      await page.until(() => document.querySelector('[data-signalbox-badge]') === null);
      await installed.scriptsAre();
      await page.reload();
      await page.type('textarea', PROMPT);
      const settings = await installed.settings();
      await settings.until(() => document.querySelector('[data-missing]') !== null);
      assert.equal(await page.evaluate(() => document.querySelector('[data-signalbox-badge]')), null);
    });
  },
  { sites: CHAT_SITES },
);
