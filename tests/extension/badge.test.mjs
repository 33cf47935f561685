// Tests the badge beside the prompt box: its position, its text, and that it leaves the page unchanged.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeBadge, QUESTION, SUGGESTION, WELCOME } from './badge-page.mjs';

const SHOWN = 'signalbox: Thinker-7B, better here';

/** Returns the page's content without the badge, with shadow roots and the values of text areas. */
function snapshot() {
  const badges = globalThis.test.hosts().map(({ outerHTML }) => outerHTML);
  const html = badges.reduce((left, badge) => left.replace(badge, ''), document.documentElement.outerHTML);
  const own = globalThis.test.roots.filter(({ host }) => !host.matches('div[data-signalbox-badge]'));
  const values = [document, ...own].flatMap((root) => [...root.querySelectorAll('textarea')].map(({ value }) => value));
  return [html, ...own.map(({ innerHTML }) => innerHTML), ...values];
}

const LAYOUTS = [
  { name: 'a textarea', fixture: 'textarea.html', box: 'textarea', frame: 'form' },
  // Above its frame is a heading, as wide as the font makes it: there may be room above, or only between the buttons.
  {
    name: 'an edited element',
    fixture: 'contenteditable.html',
    box: '#chat-input',
    frame: '#message-input-container',
    mayBeInRow: true,
  },
  { name: 'a textarea in open shadow roots', fixture: 'shadow.html', box: 'open-chat', frame: 'open-chat' },
  {
    name: 'an edited element in a closed shadow root',
    fixture: 'shadow.html',
    box: 'closed-chat',
    frame: 'closed-chat',
  },
  { name: 'a page that allows no style', fixture: 'strict.html', box: 'textarea', frame: 'textarea' },
];

describeBadge('the badge', (pages) => {
  for (const { name, fixture, box, frame, mayBeInRow = false } of LAYOUTS) {
    it(`appears beside ${name}, and changes nothing`, async () => {
      const control = await pages.open(fixture, { isInjected: false });
      await control.click(box);
      await control.keys(QUESTION);
      const expected = await control.evaluate(snapshot);
      await control.close();

      const page = await pages.open(fixture);
      await page.click(box);
      await page.keys(QUESTION);
      await page.seen(SHOWN);
      assert.deepEqual(await page.evaluate(snapshot), expected);
      await page.lastAsked(QUESTION);
      await page.settle();
      const { at } = await page.badge();
      assert.equal((await page.sent('warm')).length, 1);

      const around = await page.evaluate((selector) => {
        const { left, top, right, bottom } = document.querySelector(selector).getBoundingClientRect();
        return { left, top, right, bottom, width: innerWidth, height: innerHeight };
      }, frame);
      const isAbove = Math.abs(at.bottom - around.top) < 12;
      const isInRow = at.top > around.top + 20 && at.bottom < around.bottom;
      assert.ok(isAbove || (mayBeInRow && isInRow), JSON.stringify({ at, around }));
      assert.ok(at.left >= 0 && at.top >= 0 && at.right <= around.width && at.bottom <= around.height);
      // A click there reaches the badge, and the focus stays in the box.
      const hit = await page.evaluate(
        ([x, y]) => document.elementFromPoint(x, y).hasAttribute('data-signalbox-badge'),
        [at.left + 30, at.top + 10],
      );
      assert.ok(hit);
      await page.keys('!');
      assert.deepEqual(
        await page.evaluate(snapshot),
        expected.map((text) => text.replace(QUESTION, `${QUESTION}!`)),
      );
      await page.lastAsked(`${QUESTION}!`);
      await pages.close(page);
    });
  }

  it('explains the suggestion on a click, links to a chat and the panel, and closes again', async () => {
    const page = await pages.open('textarea.html', { answers: { open: { kind: 'opened', isOpen: false } } });
    await page.click('textarea');
    await page.keys(QUESTION);
    await page.seen(SHOWN);
    await page.settle();
    const { card, expanded, at } = await page.open();
    assert.equal(expanded, 'true');
    for (const text of ['Thinker-7B', 'acme/Thinker-7B', '82%', '$0.18', ...SUGGESTION.why]) {
      assert.ok(card.text.includes(text), `got ${card.text}, expected ${text} in it`);
    }
    assert.ok(card.at.bottom <= at.top && card.at.top >= 0);
    const { origin, pathname, searchParams } = new URL(card.href);
    assert.deepEqual([origin, pathname], [pages.origin, '/c/new']);
    assert.deepEqual(Object.fromEntries(searchParams), { endpoint: 'openAI', model: 'thinker:7b', prompt: QUESTION });

    await page.clickButton('More in the side panel');
    await page.until(() => globalThis.test.badge().card.text.includes('Alt+Shift+M'));
    const facts = { chat: 'librechat', isUnderstood: true, picked: null };
    assert.deepEqual(await page.sent('open'), [{ kind: 'open', text: QUESTION, page: facts }]);

    await page.press('Escape');
    await page.closed();
    await page.open();
    await page.clickAt('main', [0.1, 0.5]);
    await page.closed();
    await pages.close(page);
  });

  it('opens the panel with the text of the box at the time of the click', async () => {
    const page = await pages.open('textarea.html', { answers: { open: { kind: 'opened', isOpen: true } } });
    await page.click('textarea');
    await page.keys(QUESTION);
    await page.seen(SHOWN);
    await page.settle();
    await page.open();
    await page.evaluate(() => {
      // No event is dispatched, because the badge would ask again on an event.
      document.querySelector('textarea').value += ' Or is it?';
    });
    await page.clickButton('More in the side panel');
    await page.until(() => globalThis.test.sent.some(({ kind }) => kind === 'open'));
    const [{ text }] = await page.sent('open');
    assert.equal(text, `${QUESTION} Or is it?`);
    await pages.close(page);
  });

  it('leaves the caret in the box when clicked, and has one tab stop', async () => {
    const page = await pages.open('textarea.html');
    await page.click('textarea');
    await page.keys(QUESTION);
    await page.seen(SHOWN);
    await page.settle();
    await page.open();
    assert.equal(await page.evaluate(() => document.activeElement.localName), 'textarea');
    await page.press('Escape');
    await page.closed();
    // The page's own two buttons come first.
    for (let i = 0; i < 3; i += 1) await page.press('Tab');
    await page.focused(SHOWN);
    await page.press('Enter');
    await page.opened();
    await page.press('Tab');
    await page.focused('Open a chat with thinker:7b');
    await page.press('Escape');
    await page.closed();
    await page.focused(SHOWN);

    await page.press('Enter');
    await page.opened();
    for (let i = 0; i < 3; i += 1) await page.press('Tab');
    await page.focused('Hide here');
    await page.press('Enter');
    await page.gone();
    assert.equal(await page.evaluate(() => document.activeElement.localName), 'textarea');
    const before = await page.asked();
    await page.keys(' and more');
    await page.settle();
    assert.deepEqual([await page.badge(), await page.asked()], [null, before]);
    await pages.close(page);
  });

  it('ignores clicks that do not come from the user', async () => {
    const page = await pages.open('textarea.html', { answers: { open: { kind: 'opened', isOpen: true } } });
    await page.click('textarea');
    await page.keys(QUESTION);
    await page.seen(SHOWN);
    await page.evaluate(() => {
      const root = globalThis.test.roots.find(({ host }) => host.matches('div[data-signalbox-badge]'));
      for (const button of root.querySelectorAll('button')) {
        button.click();
        button.dispatchEvent(new MouseEvent('click', { bubbles: true, composed: true }));
      }
    });
    assert.equal((await page.badge()).card, null);
    assert.deepEqual(await page.sent('open'), []);
    await pages.close(page);
  });

  it('shows markup in names and reasons as text', async () => {
    const evil = '<img src=x onerror="globalThis.isTaken=true">';
    const ask = { ...SUGGESTION, model: evil, siteModel: evil, why: [evil] };
    const page = await pages.open('textarea.html', { answers: { ask } });
    await page.click('textarea');
    await page.keys(QUESTION);
    await page.seen();
    const opened = await page.open();
    const { card, tags } = opened;
    assert.equal(card.text.split(evil).length, 4); // In the name, the reason and the link.
    assert.ok(!tags.includes('img'));
    assert.equal(await page.evaluate(() => globalThis.isTaken), null);
    await pages.close(page);
  });

  it('explains why there is no suggestion; disappears on errors, and returns', async () => {
    const none = { kind: 'none', lamp: 'none', why: ['No model is left to choose from.'] };
    const page = await pages.open('textarea.html', { answers: { ask: none } });
    await page.click('textarea');
    await page.keys(QUESTION);
    await page.lastAsked(QUESTION);
    await page.seen('signalbox: no suggestion');
    const { card } = await page.open();
    assert.ok(card.text.includes(none.why[0]));
    assert.equal(card.href, null);
    await page.answer('ask', 'error');
    await page.keys('!');
    await page.gone();
    await page.answer('ask', [{ kind: 'busy' }, SUGGESTION]);
    await page.keys('?');
    // The first answer is "busy", so the script asks once more after a while.
    await page.seen(SHOWN);
    assert.deepEqual((await page.asked()).slice(-2), [`${QUESTION}!?`, `${QUESTION}!?`]);
    await pages.close(page);
  });

  it('waits for three letters, and disappears when the box is emptied without an event', async () => {
    for (const [fixture, box, send] of [
      ['textarea.html', 'textarea', '[type=submit]'],
      ['contenteditable.html', '#chat-input', '#send'],
    ]) {
      const page = await pages.open(fixture);
      await page.click(box);
      await page.keys('a, b.');
      await page.settle();
      assert.deepEqual([await page.badge(), await page.asked()], [null, []]);
      await page.keys(' c');
      await page.seen(SHOWN);
      await page.click(send);
      await page.gone();
      await pages.close(page);
    }
  });

  it('appears only on a site that is turned on; disappears on “off”, and leaves nothing behind', async () => {
    const off = await pages.open('textarea.html', { answers: { hello: { kind: 'off' } } });
    await off.click('textarea');
    await off.keys(QUESTION);
    await off.settle();
    assert.deepEqual(await off.evaluate(() => globalThis.test.sent), [{ kind: 'hello' }]);
    await pages.close(off);

    const page = await pages.open('textarea.html', { answers: { hello: [WELCOME, { kind: 'off' }] } });
    await page.click('textarea');
    await page.keys(QUESTION);
    await page.seen(SHOWN);
    await page.evaluate(() => globalThis.test.tell({ kind: 'check' }));
    await page.gone();
    const sent = await page.evaluate(() => globalThis.test.sent.length);
    await page.keys(' Really?');
    await page.settle();
    const state = await page.evaluate(() => {
      const { sent, hosts, listeners } = globalThis.test;
      return [sent.length, hosts().length, listeners.size];
    });
    assert.deepEqual(state, [sent, 0, 0]);
    // When the site is turned on again, the script is injected once more.
    await page.evaluate((welcome) => {
      globalThis.test.answers.hello = welcome;
    }, WELCOME);
    await page.inject();
    await page.seen(SHOWN);
    await pages.close(page);
  });

  it('appears once, no matter how often the script is injected, and disappears with the extension', async () => {
    const page = await pages.open('textarea.html');
    await page.inject();
    await page.click('textarea');
    await page.keys(QUESTION);
    await page.seen(SHOWN);
    assert.equal((await page.sent('hello')).length, 1);
    await page.evaluate(() => {
      globalThis.chrome.runtime = {};
    });
    await page.gone();
    assert.equal(await page.evaluate(() => globalThis.signalboxSession ?? null), null);
    await pages.close(page);
  });

  it('limits its width for a long model name', async () => {
    const ask = { ...SUGGESTION, model: 'm'.repeat(300) };
    const page = await pages.open('textarea.html', { answers: { ask } });
    await page.click('textarea');
    await page.keys(QUESTION);
    const { at } = await page.seen();
    assert.ok(at.right - at.left <= 340 && at.left >= 0);
    await pages.close(page);
  });
});
