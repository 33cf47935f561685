// Tests the side panel, opened as the user opens it (toolbar, context menu, keyboard shortcut), and the settings page.
import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { fileFromBytes, plan } from '../../dist/build.js';
import { waitFor } from '../web/waiting.mjs';
import { importExtension } from './import-module.mjs';
import { CHAT, describeExtension, hasNoViolations, middleOf, putSites } from './installed.mjs';

const INDEX = fileURLToPath(new URL('../../dist/models/index/index.sbx', import.meta.url));
const GRADED = fileURLToPath(new URL('../fixtures/plan/support.csv', import.meta.url));
const PROMPT = 'How many prime numbers lie between 10 and 50?';

describeExtension('the side panel', (installed) => {
  /** Opens a page, and the panel beside it through the toolbar's button. */
  const openPanel = async (url = CHAT) => {
    const page = await installed.open(url);
    await installed.browser.action(page);
    const panel = await installed.browser.panel();
    await panel.until(() => document.querySelector('[data-status="ready"]') !== null);
    return panel;
  };
  const ask = async (panel, prompt) => {
    await panel.type('#prompt', prompt);
    // Wait for the new decision; an earlier prompt's decision may still be shown.
    await panel.until(() => document.querySelector('[aria-busy="false"] [data-pick]') !== null);
  };
  const storedThat = (what, fits) =>
    waitFor(`settings ${what}`, async () => {
      const stored = await installed.stored();
      return stored !== null && fits(stored) && stored;
    });

  it('has the typeface of the site, which its policy allows', async () => {
    const panel = await openPanel();
    await panel.until(() => {
      const isArchivo = (family) => /^"?Archivo"?$/.test(family.split(',')[0]);
      const isLoaded = [...document.fonts].some(({ family, status }) => isArchivo(family) && status === 'loaded');
      return isLoaded && isArchivo(getComputedStyle(document.body).fontFamily);
    });
  });

  it('opens from the toolbar and shows the model, the reason and the price', async () => {
    const panel = await openPanel();
    assert.equal(await panel.evaluate(() => document.querySelector('[data-pick]')), null);
    await ask(panel, PROMPT);
    const shown = await panel.evaluate(() => ({
      ranking: document.querySelectorAll('[data-ranking] tr').length,
      figures: document.querySelector('.figures').textContent,
      reason: document.querySelector('.reason').textContent,
      sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    }));
    assert.equal(shown.ranking >= 5, true);
    assert.match(
      shown.figures,
      /(chance of being right\d+%|among \d+ models(Strong|Average|Weak)).*price per (1,000 answers|million tokens)\$/,
    );
    assert.notEqual(shown.reason, '');
    assert.equal(shown.sideways, 0);
  });

  it('keeps the position of the dial', async () => {
    const panel = await openPanel();
    await ask(panel, PROMPT);
    const before = await panel.text('[data-pick]');
    // Click at the cheap end.
    await panel.clickAt('#dial', [0.02, 0.5]);
    await panel.until((last) => document.querySelector('[data-pick]')?.textContent !== last, before);
    const { settings } = await storedThat('with another dial', (stored) => stored.settings.prefer === 'cheap');
    await installed.closePanel();
    const again = await openPanel();
    assert.equal(settings.prefer, 'cheap');
    assert.equal(await again.evaluate(() => document.querySelector('#dial').valueAsNumber), 0);
  });

  it('takes the selected text from the context menu', async () => {
    const page = await installed.open(CHAT);
    const text = await page.text('main p');
    await installed.browser.contextMenu(page, 'main p', 'w');
    const panel = await installed.browser.panel();
    await panel.until((wanted) => document.querySelector('#prompt')?.value.trim() === wanted, text.trim());
    await panel.until(() => document.querySelector('[data-pick]') !== null);
    assert.match(await panel.text('[data-page]'), /chat\.example/);
  });

  it('takes the selected text on its keyboard shortcut, from a page and from a field', async () => {
    const page = await installed.open(CHAT);
    await page.type('textarea', 'Is the number 91 a prime?');
    await page.raw.keyboard.down('Control');
    await page.press('a');
    await page.raw.keyboard.up('Control');
    await installed.browser.command(page, 'which-model');
    const panel = await installed.browser.panel();
    await panel.until(() => document.querySelector('#prompt')?.value === 'Is the number 91 a prime?');
    await page.front();
    await page.evaluate(() => {
      document.activeElement.blur();
      getSelection().selectAllChildren(document.querySelector('main p'));
    });
    await installed.browser.command(page, 'which-model');
    await panel.until(() => document.querySelector('#prompt').value.startsWith('What is the tallest'));
  });

  it('takes over the badge’s prompt, opened by the badge or, if the browser does not allow that, by the user', async () => {
    await installed.allow(CHAT);
    const page = await installed.open(CHAT);
    await page.paste('textarea', PROMPT);
    const { buttons } = await installed.openCard(page);
    await page.raw.mouse.click(...middleOf(buttons['More in the side panel']));
    if (installed.kind === 'firefox') {
      await installed.badgeThat('that says how', (badge) => /toolbar/.test(badge?.card));
      await installed.browser.action(page);
    }
    const panel = await installed.browser.panel();
    await panel.until((prompt) => document.querySelector('#prompt')?.value === prompt, PROMPT);
    await panel.until(() => document.querySelector('[data-pick]') !== null);
  });

  it('reads the box that has the focus, but no box for a search', async () => {
    const page = await installed.open(CHAT);
    await page.type('textarea', PROMPT);
    await installed.browser.action(page);
    const panel = await installed.browser.panel();
    await panel.until((prompt) => document.querySelector('#prompt')?.value === prompt, PROMPT);
    await panel.until(() => document.querySelector('[data-pick]') !== null);
    await page.front();
    await page.evaluate(() => {
      const box = document.querySelector('textarea');
      box.setAttribute('role', 'searchbox');
      box.focus();
    });
    await installed.browser.command(page, 'which-model');
    await panel.until(() =>
      /^Nothing is typed or selected/.test(document.querySelector('[data-page]')?.textContent ?? ''),
    );
    assert.equal(await panel.evaluate(() => document.querySelector('#prompt').value), PROMPT);
    await page.front();
    await page.evaluate(() => {
      const box = document.createElement('div');
      box.contentEditable = 'true';
      box.append('What is a prime?', document.createElement('br'), 'Name one.');
      document.body.append(box);
      box.focus();
    });
    await installed.browser.command(page, 'which-model');
    await panel.until(() => document.querySelector('#prompt').value === 'What is a prime?\nName one.');
  });

  it('says so if nothing is selected', async () => {
    const page = await installed.open(CHAT);
    await installed.browser.command(page, 'which-model');
    const panel = await installed.browser.panel();
    await panel.until(() =>
      /^Nothing is typed or selected/.test(document.querySelector('[data-page]')?.textContent ?? ''),
    );
  });

  it('compares the pick with the model that is on, and says so if a chat’s page has changed', async () => {
    const panel = await installed.extensionPage('panel/index.html');
    await panel.until(() => document.querySelector('[data-status="ready"]') !== null);
    const origin = 'https://claude.ai';
    const { chatAt, namesIn, newSiteAt } = await importExtension('mine/offered.ts');
    const { offer } = chatAt(origin);
    const names = namesIn(offer, offer.plans.at(-1));
    await putSites(installed.desk, { [origin]: { ...newSiteAt(origin), names } });
    const ask = (text, page) =>
      panel.evaluate(
        async (question) => {
          const { id: windowId } = await chrome.windows.getCurrent();
          await chrome.storage.session.set({ question: { ...question, windowId, isOfBadge: false, at: Date.now() } });
        },
        { text, origin, page },
      );
    const pick = async () => {
      await panel.until(() => document.querySelector('[aria-busy="false"] [data-pick]') !== null);
      return panel.evaluate(() => document.querySelector('[data-pick]').dataset.pick);
    };
    const saysOf = (words) =>
      panel.until((words) => document.querySelector('[data-switch]')?.textContent.startsWith(words), words);
    await ask(PROMPT, { chat: 'claude', isUnderstood: false, picked: null });
    await panel.until(() => document.querySelector('[data-not-understood]') !== null);
    const best = await pick();
    assert.ok(Object.hasOwn(names, best));
    // An answer costs nothing there: there is no dial.
    assert.equal(await panel.evaluate(() => document.querySelector('#dial')), null);
    await panel.raw.select('[data-usual]', best);
    await saysOf('You are already on it: ');
    const other = Object.keys(names).find((name) => name !== best);
    await ask(PROMPT, { chat: 'claude', isUnderstood: true, picked: names[other] });
    await panel.until(() => document.querySelector('[data-not-understood]') === null);
    await panel.until((name) => document.querySelector('[data-switch]')?.textContent.includes(name), names[other]);
    assert.equal(await pick(), best);
  });

  it('shows markup from a page as text', async () => {
    const page = await installed.open(CHAT);
    const hostile = '<img src=x onerror="document.title=1"> how many primes?';
    await page.evaluate((text) => {
      document.querySelector('main p').textContent = text;
    }, hostile);
    await installed.browser.contextMenu(page, 'main p', 'w');
    const panel = await installed.browser.panel();
    await panel.until((wanted) => document.querySelector('#prompt')?.value.trim() === wanted, hostile);
    assert.equal(await panel.evaluate(() => document.querySelector('main img, #app img')), null);
  });

  it('learns from the user’s feedback, shows it, and forgets it', async () => {
    const panel = await openPanel();
    await ask(panel, PROMPT);
    await panel.click('[data-answered]');
    await panel.click('[data-wrong]');
    await panel.until(() => /was wrong/.test(document.querySelector('[data-rating]')?.textContent ?? ''));
    await panel.until(() => /1 of your ratings/.test(document.querySelector('[data-counted]')?.textContent ?? ''));
    // Another question of the same kind.
    await ask(panel, 'How many prime numbers lie between 20 and 70?');
    await panel.until(() => document.querySelector('[data-counted]') !== null);
    const settings = await installed.settings();
    await settings.until(() => document.querySelectorAll('#feedback [data-rating]').length === 1);
    assert.match(await settings.text('#feedback [data-rating]'), /How many prime numbers lie between 10 and 50/);
    await settings.click('#feedback [data-erase]');
    await settings.until(() => document.querySelector('#feedback [data-rating]') === null);
    await panel.until(() => document.querySelector('[data-counted]') === null);
  });

  it('undoes feedback that was given by mistake', async () => {
    const panel = await openPanel();
    await ask(panel, PROMPT);
    await panel.click('[data-answered]');
    await panel.click('[data-right]');
    // The rating counts at once, and shifts the elements below it.
    await panel.until(() => document.querySelector('[data-rating]') && document.querySelector('[data-counted]'));
    await panel.click('[data-undo]');
    await panel.until(() => document.querySelector('[data-rating]') === null);
    const kept = await installed.desk.evaluate(
      () =>
        new Promise((resolve) => {
          const opening = indexedDB.open('signalbox-judged');
          opening.onsuccess = () => {
            const all = opening.result.transaction('judged').objectStore('judged').count();
            all.onsuccess = () => resolve(all.result);
          };
        }),
    );
    assert.equal(kept, 0);
  });

  it('routes with the user’s own index, and refuses a damaged index', async () => {
    const mine = path.join(installed.scratch, 'mine.sbx');
    const broken = path.join(installed.scratch, 'broken.sbx');
    cpSync(INDEX, mine);
    writeFileSync(broken, readFileSync(INDEX).subarray(0, 100_000));
    const settings = await installed.settings();
    await settings.chooseFiles('#own-index', broken);
    await settings.until(() => /broken\.sbx cannot be used, and nothing was changed/.test(document.body.textContent));
    assert.equal((await installed.stored())?.index ?? null, null);
    await settings.chooseFiles('#own-index', mine);
    const { index } = await storedThat('with an index', (stored) => stored.index !== null);
    assert.equal(index.name, 'mine');
    const panel = await openPanel();
    await ask(panel, PROMPT);
    assert.equal(await panel.text('[data-benchmark]'), 'mine');
    await settings.front();
    await settings.click('[data-shipped]');
    await storedThat('without an index', (stored) => stored.index === null);
    await panel.until(() => document.querySelector('[data-benchmark]').textContent === 'the built-in benchmark');
    await panel.until(() => document.querySelector('[data-pick]') !== null);
  });

  it('takes a plan that is dropped on the panel, and can take it out', async () => {
    const panel = await installed.extensionPage('panel/index.html');
    await panel.until(() => document.querySelector('[data-status="ready"]') !== null);
    // The models of the plan are written otherwise than those of the built-in benchmark.
    const graded = readFileSync(GRADED, 'utf8').replaceAll('anthropic/claude-opus-4.8', 'Claude-Opus-4-8');
    const { index } = await plan([fileFromBytes('graded.csv', Buffer.from(graded))], { index: false });
    const bytes = Buffer.from(index).toString('base64');
    const drop = (name, base64) =>
      panel.evaluate(
        (name, base64) => {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File([Uint8Array.from(atob(base64), (one) => one.charCodeAt(0))], name));
          const over = new DragEvent('dragover', { dataTransfer, bubbles: true, cancelable: true });
          document.body.dispatchEvent(over);
          document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
          return over.defaultPrevented;
        },
        name,
        base64,
      );
    const says = (words) =>
      panel.until((words) => document.querySelector('[data-said="plan"]').textContent.includes(words), words);
    // A file that the page does not take would replace it.
    assert.equal(await drop('broken.sbx', bytes.slice(0, 4000)), true);
    await says('broken.sbx cannot be used, and nothing was changed: ');
    assert.equal((await installed.stored())?.index ?? null, null);
    await drop('plan.sbx', bytes);
    await says('plan.sbx is now in use.');
    assert.equal(await panel.text('[data-benchmark]'), 'plan');
    await ask(panel, PROMPT);
    // On a chat that has one of its models, and on one that has none.
    const from = (origin) =>
      panel.evaluate(
        async (text, origin) => {
          const { id: windowId } = await chrome.windows.getCurrent();
          const question = { text, origin, windowId, isOfBadge: false, at: Date.now() };
          await chrome.storage.session.set({ question });
        },
        PROMPT,
        origin,
      );
    const { namesIn, newSiteAt, chatAt } = await importExtension('mine/offered.ts');
    const { offer } = chatAt('https://claude.ai');
    const names = namesIn(offer, offer.plans.at(-1));
    const sites = {
      'https://claude.ai': { ...newSiteAt('https://claude.ai'), names },
      'https://other.example': { ...newSiteAt('https://other.example'), names: { 'maker/none': 'None' } },
    };
    await installed.putStored({ ...(await installed.stored()), sites });
    await installed.desk.evaluate(() => chrome.storage.session.set({ storedChanged: crypto.randomUUID() }));
    await from('https://claude.ai');
    await panel.until(() => document.querySelector('[data-pick="Claude-Opus-4-8"]') !== null);
    await from('https://other.example');
    await panel.until(() => /^None of your models on other/.test(document.querySelector('.failed')?.textContent ?? ''));
    await panel.click('[data-leave-page]');
    await panel.until(() => document.querySelector('[aria-busy="false"] [data-pick]') !== null);
    await panel.click('[data-take-out]');
    await says('The built-in benchmark is in use again.');
    await storedThat('without an index', (stored) => stored.index === null);
    await panel.until(() => document.activeElement === document.querySelector('[data-choose-plan]'));
  });

  it('exports everything to one file, and imports all of it or nothing', async () => {
    const panel = await openPanel();
    await ask(panel, PROMPT);
    await panel.click('[data-answered]');
    await panel.click('[data-right]');
    await panel.until(() => document.querySelector('[data-rating]') !== null);
    const settings = await installed.settings();
    // Keep the exported file for the test instead of downloading it.
    await settings.evaluate(() => {
      URL.createObjectURL = (blob) => {
        globalThis.saved = blob;
        return '#';
      };
      HTMLAnchorElement.prototype.click = () => {};
    });
    await settings.click('[data-export]');
    await settings.until(() => /Exported/.test(document.querySelector('[data-said="export"]')?.textContent));
    const bytes = await settings.evaluate(async () => [...new Uint8Array(await globalThis.saved.arrayBuffer())]);
    const file = path.join(installed.scratch, 'exported.zip');
    writeFileSync(file, Buffer.from(bytes));
    const broken = path.join(installed.scratch, 'broken.zip');
    writeFileSync(broken, Buffer.from(bytes.slice(0, -30)));

    await settings.click('#feedback [data-erase]');
    await settings.until(() => document.querySelector('#feedback [data-rating]') === null);
    const before = await installed.stored();
    await settings.chooseFiles('#import', broken);
    await settings.until(() => document.querySelector('[data-said="import"]')?.getAttribute('role') === 'alert');
    assert.deepEqual(await installed.stored(), before);
    await settings.chooseFiles('#import', file);
    await settings.until(() => /1 rating/.test(document.querySelector('[data-comes]')?.textContent));
    await settings.click('[data-replace]');
    await settings.until(() => document.querySelectorAll('#feedback [data-rating]').length === 1);
    await settings.click('#feedback [data-erase]');
    await settings.until(() => document.querySelector('#feedback [data-rating]') === null);
  });

  it('has no accessibility violations in the panel, the settings and the privacy page', async () => {
    const panel = await installed.extensionPage('panel/index.html');
    await panel.until(() => document.querySelector('[data-status="ready"]') !== null);
    await ask(panel, PROMPT);
    await panel.click('[data-answered]');
    await panel.click('[data-other]');
    const settings = await installed.settings();
    const privacy = await installed.extensionPage('privacy/index.html');
    for (const page of [panel, settings, privacy]) await hasNoViolations(page);
  });

  it('updates older settings, and sets damaged settings aside', async () => {
    await installed.putStored({ dial: 100, excluded: [], prices: {}, pricedOnly: false });
    const panel = await openPanel();
    assert.equal(await panel.evaluate(() => document.querySelector('#dial').valueAsNumber), 2);
    await installed.closePanel();
    const damaged = { version: 1, settings: { dial: 30, excluded: 'all' }, sites: 7, index: null };
    await installed.putStored(damaged);
    const again = await openPanel();
    assert.equal(await again.evaluate(() => document.querySelector('#dial').valueAsNumber), 0);
    await again.clickAt('#dial', [0.5, 0.5]);
    const { version, sites } = await storedThat('with another dial', (stored) => stored.settings.prefer === 'balanced');
    assert.deepEqual([version, sites], [3, {}]);
    assert.deepEqual(await installed.stored('damaged'), damaged);
  });
});
