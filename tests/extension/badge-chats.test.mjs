// Tests the badge on the pages of known chats: it finds the box and the picker, and covers nothing at any width.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeBadge, QUESTION, SUGGESTION, WELCOME } from './badge-page.mjs';
import { BOX, STAND_INS } from './stand-ins.mjs';

const WIDTHS = [320, 390, 768, 1280, 1920];

/** Returns what the page shows in the area of the badge: texts, buttons and boxes. Runs in the page. */
function coveredBy(area) {
  /** The part of a rectangle that the elements around it leave visible. */
  const clipped = ({ left, top, right, bottom }, inside) => {
    let rect = { left, top, right, bottom };
    for (let outer = inside; outer !== null; outer = outer.parentElement) {
      if (getComputedStyle(outer).overflowY === 'visible') continue;
      const clip = outer.getBoundingClientRect();
      rect = { ...rect, top: Math.max(rect.top, clip.top), bottom: Math.min(rect.bottom, clip.bottom) };
    }
    return rect;
  };
  const isHit = (rect) =>
    rect.left < area.right &&
    area.left < rect.right &&
    rect.top < Math.min(rect.bottom, area.bottom) &&
    area.top < rect.bottom;
  const found = [...document.querySelectorAll('button, textarea, [contenteditable], [role="radio"]')].filter(
    (element) => isHit(element.getBoundingClientRect()),
  );
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode() !== null) {
    const { currentNode: text } = texts;
    const range = document.createRange();
    range.selectNodeContents(text);
    const isDrawn = /\S/.test(text.data);
    if (isDrawn && [...range.getClientRects()].some((rect) => isHit(clipped(rect, text.parentElement))))
      found.push(text);
  }
  return found.map((each) => each.data ?? each.outerHTML.slice(0, 80));
}

describeBadge('the badge on the pages of chats', (pages) => {
  it('finds box and picker of each chat, and covers no text, button or box, at five widths', async () => {
    const ask = { ...SUGGESTION, label: 'Claude Sonnet 5.5' };
    // The layouts are alike in both browsers: the second one shows that it places the badge, too.
    const [views, widths] = pages.kind === 'chromium' ? [['new', 'thread'], WIDTHS] : [['thread'], [390, 1280]];
    for (const [name, { current }] of Object.entries(STAND_INS)) {
      for (const view of views) {
        const answers = { hello: { ...WELCOME, adapter: name }, ask };
        const page = await pages.open(`chat/${name}-${view}.html`, { answers });
        await page.paste(BOX, QUESTION);
        await page.lastAsked(QUESTION);
        await page.seen();
        const { page: facts } = (await page.sent('ask')).at(-1);
        assert.deepEqual(facts, { chat: name, isUnderstood: true, picked: current });
        for (const width of widths) {
          await page.resize(width, 800);
          const badge = await page.badge();
          assert.notEqual(badge, null, `${name}, ${view}, ${width}: no badge`);
          assert.deepEqual(await page.evaluate(coveredBy, badge.at), [], `${name}, ${view}, ${width}`);
        }
        await pages.close(page);
      }
    }
  });

  it('shows a name only where switching is worth it, and explains itself on a click in every case', async () => {
    const page = await pages.open('chat/claude-thread.html', { answers: { hello: { ...WELCOME, adapter: 'claude' } } });
    const none = (lamp, why) => ({ kind: 'none', lamp, why: [why] });
    await page.click(BOX);
    let text = 'Why';
    await page.keys(text);
    for (const [answer, said, drawn, card] of [
      [{}, 'Thinker-7B, better here', 'Thinker-7B better here', /Better here than Talker-3B\./],
      [
        { verdict: 'cheaper' },
        'Thinker-7B, as good, cheaper',
        'Thinker-7B as good, cheaper',
        /As good here as Talker-3B, and cheaper/,
      ],
      [{ verdict: 'stay' }, 'nothing better here', '', /^Stay with Talker-3B/],
      [{ verdict: 'unknown', current: null }, 'a suggestion', '', /^Thinker-7B.*does not say which model you are on/],
      [{ verdict: 'unmeasured' }, 'a suggestion', '', /^Thinker-7B.*too few results to compare it with Talker-3B/],
      [{ verdict: 'unsure', lamp: 'caution' }, 'not sure', '', /^Thinker-7B.*Not sure/],
      [none('stop', 'Nothing is like it.'), 'no suggestion', '', /^No suggestionNothing is like it\.More/],
      [none('dark', 'It cannot be read.'), 'no suggestion', '', /^No suggestionIt cannot be read\.More/],
    ]) {
      await page.answer('ask', answer.kind === 'none' ? answer : { ...SUGGESTION, ...answer });
      text += '!';
      await page.keys('!');
      await page.lastAsked(text);
      await page.seen(`signalbox: ${said}`);
      assert.equal((await page.badge()).drawn, drawn, said);
      await page.open();
      // Two of the cases say the same beside the box: the card changes when the answer arrives.
      await page.until((source) => new RegExp(source).test(globalThis.test.badge()?.card?.text), card.source);
      await page.press('Escape');
      await page.closed();
    }
    await pages.close(page);
  });

  it('asks again when another model is picked, with the same text', async () => {
    const page = await pages.open('chat/claude-thread.html', { answers: { hello: { ...WELCOME, adapter: 'claude' } } });
    await page.paste(BOX, QUESTION);
    await page.seen();
    await page.evaluate(() => {
      document.querySelector('[data-testid="model-selector-dropdown"]').textContent = 'Opus 5';
    });
    const pickedLast = () => globalThis.test.sent.findLast(({ kind }) => kind === 'ask').page.picked === 'Opus 5';
    await page.until(pickedLast);
    assert.deepEqual(await page.asked(), [QUESTION, QUESTION]);
    await pages.close(page);
  });
});
