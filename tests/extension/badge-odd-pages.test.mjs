// Tests the badge on unusual pages: boxes that disappear and return, floods of events, overlays, dialogs, replaced boxes.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeBadge, QUESTION, WELCOME } from './badge-page.mjs';

const SHOWN = 'signalbox: Thinker-7B, better here';
const BOX = '#place textarea';

describeBadge('the badge on unusual pages', (pages) => {
  /** Opens the hostile page and waits for a badge beside its box. */
  async function started(options) {
    const page = await pages.open('hostile.html', options);
    await page.click(BOX);
    await page.keys(QUESTION);
    await page.seen(SHOWN);
    await page.lastAsked(QUESTION);
    return page;
  }

  it('keeps its look and behaviour despite the page’s rules for all elements', async () => {
    const page = await started();
    const { at } = await page.badge();
    assert.ok(at.bottom - at.top < 40 && at.right - at.left > 100);
    const box = await page.evaluate((selector) => {
      const { left, top } = document.querySelector(selector).getBoundingClientRect();
      return { left, top };
    }, BOX);
    // The page is written right to left, so the end of the line is on the left.
    assert.ok(Math.abs(at.left - box.left) < 2, `got ${at.left}, expected ${box.left}`);
    assert.ok(at.bottom <= box.top);
    await page.open();
    await pages.close(page);
  });

  it('moves to a box that replaces the old one, and disappears with the last box', async () => {
    const page = await started();
    await page.evaluate(() => replaceBox());
    await page.press('End');
    await page.keys(' indeed');
    await page.lastAsked(`${QUESTION} indeed`);
    await page.seen(SHOWN);
    assert.equal(await page.evaluate(() => box().value), `${QUESTION} indeed`);
    await page.evaluate(() => removeBox());
    await page.gone();
    await page.keys('and on');
    await page.settle();
    assert.equal(await page.badge(), null);
    await pages.close(page);
  });

  it('follows a box through shadow roots', async () => {
    const page = await started();
    for (let i = 0; i < 2; i += 1) {
      await page.evaluate(() => moveBox());
      await page.keys(String(i));
      await page.seen(SHOWN);
      await page.until(() => {
        const { at } = globalThis.test.badge() ?? {};
        return at !== undefined && Math.abs(at.bottom - globalThis.moved.getBoundingClientRect().top) < 12;
      });
    }
    await page.lastAsked(`${QUESTION}01`);
    await pages.close(page);
  });

  it('does not fight a page that removes it: it returns on the next keystroke, a limited number of times', async () => {
    const page = await started();
    for (let i = 0; i < 3; i += 1) {
      await page.seen(SHOWN);
      await page.evaluate(() => removeBadge());
      await page.settle();
      assert.equal(await page.badge(), null);
      await page.keys('!');
    }
    const before = await page.asked();
    await page.keys('?');
    await page.settle();
    assert.deepEqual([await page.badge(), await page.asked()], [null, before]);
    await pages.close(page);
  });

  it('asks few questions, no matter how many events a page dispatches', async () => {
    const page = await started();
    const before = (await page.asked()).length;
    await page.evaluate(() => flood(1000));
    await page.settle();
    assert.equal((await page.asked()).length, before);
    await page.evaluate(() => {
      for (let i = 0; i < 1000; i += 1) {
        box().value += '.';
        flood(1);
      }
    });
    await page.settle();
    assert.equal((await page.asked()).length, before + 1);
    await pages.close(page);
  });

  it('asks one question at a time, then the newest text', async () => {
    const page = await pages.open('hostile.html');
    await page.click(BOX);
    await page.evaluate(() => globalThis.test.hold());
    // On a slow machine the script can see a pause, and ask, before the last of these keys.
    await page.keys('What is');
    await page.until(() => globalThis.test.asked().length > 0);
    for (const text of [' thi', 's']) {
      await page.keys(text);
      await page.settle();
    }
    const [first, ...others] = await page.asked();
    assert.ok('What is'.startsWith(first));
    assert.deepEqual(others, []);
    await page.evaluate(() => globalThis.test.release());
    await page.lastAsked('What is this');
    await page.seen(SHOWN);
    assert.deepEqual(await page.asked(), [first, 'What is this']);
    await pages.close(page);
  });

  it('does not read boxes for passwords, searches or addresses, or boxes too small to see', async () => {
    const page = await pages.open('hostile.html');
    for (const selector of ['[type=password]', '[type=search]', '#search', '#address', '#tiny']) {
      await page.evaluate((found) => document.querySelector(found).focus(), selector);
      await page.keys(QUESTION);
    }
    await page.settle();
    assert.deepEqual([await page.badge(), await page.asked()], [null, []]);
    await pages.close(page);
  });

  it('disappears while the box is covered or out of view, and returns', async () => {
    const page = await started();
    await page.evaluate(() => cover(true));
    await page.gone();
    await page.evaluate(() => cover(false));
    await page.seen(SHOWN);
    await page.evaluate(() => window.scrollTo(0, 10_000));
    await page.gone();
    await page.evaluate(() => window.scrollTo(0, 0));
    await page.seen(SHOWN);
    await pages.close(page);
  });

  it('can be clicked beside a box in a modal dialog', async () => {
    const page = await started();
    await page.evaluate(() => openDialog());
    await page.gone();
    await page.click('dialog textarea');
    await page.keys(`${QUESTION} too`);
    await page.lastAsked(`${QUESTION} too`);
    await page.seen(SHOWN);
    await page.open();
    // The focus returns to its previous place, and so does the badge.
    await page.evaluate(() => document.querySelector('dialog').close());
    await page.lastAsked(QUESTION);
    await page.seen(SHOWN);
    await pages.close(page);
  });

  it('returns in a rewritten document and beside the box of a new body', async () => {
    for (const change of [() => writeAnew(), () => replaceBody()]) {
      const page = await started();
      await page.evaluate(change);
      await page.settle();
      assert.equal(await page.badge(), null);
      await page.click(BOX);
      await page.keys(`${QUESTION} now`);
      await page.lastAsked(`${QUESTION} now`);
      await page.seen(SHOWN);
      await pages.close(page);
    }
  });

  it('asks with the beginning of a huge text, without splitting a character', async () => {
    const page = await started();
    await page.evaluate(() => {
      box().value = `abcd${'🚦'.repeat(100_000)}`;
      flood(1);
    });
    await page.lastAsked(`abcd${'🚦'.repeat(3998)}`);
    await page.close();

    const edited = await pages.open('contenteditable.html');
    await edited.click('#chat-input');
    await edited.keys('x');
    await edited.evaluate(() => {
      const box = document.querySelector('#chat-input');
      const line = document.createElement('p');
      line.textContent = 'One of many lines.';
      box.replaceChildren(...Array.from({ length: 50_000 }, () => line.cloneNode(true)));
      box.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true }));
    });
    await edited.until(() => globalThis.test.asked().length > 0);
    const [text] = await edited.asked();
    assert.equal(text, 'One of many lines.\n'.repeat(500).slice(0, 8000).trim());
    await edited.close();
  });

  it('leaves out an editor’s own hints, and keeps lines apart', async () => {
    const page = await pages.open('contenteditable.html');
    await page.click('#chat-input');
    await page.evaluate(() => {
      const line = (text) => Object.assign(document.createElement('p'), { textContent: text });
      const hint = Object.assign(document.createElement('span'), { textContent: 'Ask me' });
      hint.dataset.slatePlaceholder = 'true';
      document
        .querySelector('#chat-input')
        .replaceChildren(hint, line('first\u200b'), line('second'), line(''), line('third'));
    });
    await page.keys('!');
    await page.until(() => globalThis.test.asked().length > 0);
    assert.equal((await page.asked()).at(-1).replace('!', '').trim(), 'first\nsecond\nthird');
    await pages.close(page);
  });

  it('asks nothing before the user has interacted with the page', async () => {
    const init = () => {
      globalThis.isActive = false;
      const { prototype } = Navigator;
      Object.defineProperty(prototype, 'userActivation', { get: () => ({ hasBeenActive: globalThis.isActive }) });
    };
    const page = await pages.open('hostile.html', { init });
    const prefill = () => {
      box().value = 'What the page would like to know';
      box().focus();
      flood(1);
    };
    await page.evaluate(prefill);
    await page.settle();
    assert.deepEqual(await page.asked(), []);
    await page.evaluate(() => {
      globalThis.isActive = true;
      flood(1);
    });
    await page.seen(SHOWN);
    await pages.close(page);
  });

  it('uses the adapter that the user chose, on pages with the features that it looks for', async () => {
    const CASES = [
      ['open-webui', 'contenteditable.html', '#chat-input', '/?models=thinker%3A7b'],
      ['open-webui', 'textarea.html', 'textarea', undefined],
      [
        'librechat',
        'textarea.html',
        'textarea',
        `/c/new?endpoint=openAI&model=thinker%3A7b&prompt=${encodeURIComponent(QUESTION)}`,
      ],
      ['librechat', 'contenteditable.html', '#chat-input', undefined],
      ['openrouter', 'chat/', 'textarea', '/chat?models=thinker%3A7b'],
      ['openrouter', 'textarea.html', 'textarea', undefined],
      ['generic', 'textarea.html', 'textarea', null],
      ['auto', 'contenteditable.html', '#chat-input', '/?models=thinker%3A7b'],
      ['auto', 'strict.html', 'textarea', null],
    ];
    for (const [adapter, fixture, selector, address] of CASES) {
      const page = await pages.open(fixture, { answers: { hello: { ...WELCOME, adapter } } });
      await page.click(selector);
      await page.keys(QUESTION);
      if (address === undefined) {
        await page.settle();
        assert.deepEqual([await page.badge(), await page.asked()], [null, []], `${adapter}, ${fixture}`);
      } else {
        await page.seen(SHOWN);
        await page.lastAsked(QUESTION);
        await page.settle();
        const { card } = await page.open();
        assert.equal(card.href, address === null ? null : pages.origin + address, `${adapter}, ${fixture}`);
      }
      await pages.close(page);
    }
  });

  it('disappears when the page loses the features that its adapter looks for', async () => {
    const page = await pages.open('contenteditable.html', {
      answers: { hello: { ...WELCOME, adapter: 'open-webui' } },
    });
    await page.click('#chat-input');
    await page.keys(QUESTION);
    await page.seen(SHOWN);
    await page.evaluate(() => {
      document.querySelector('#chat-input').id = 'something-else';
    });
    await page.gone();
    await pages.close(page);
  });
});
