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
    for (const [name, { current }] of Object.entries(STAND_INS)) {
      for (const view of ['new', 'thread']) {
        const answers = { hello: { ...WELCOME, adapter: name }, ask };
        const page = await pages.open(`chat/${name}-${view}.html`, { answers });
        await page.paste(BOX, QUESTION);
        await page.lastAsked(QUESTION);
        await page.seen();
        const { page: facts } = (await page.sent('ask')).at(-1);
        assert.deepEqual(facts, { chat: name, isUnderstood: true, picked: current });
        for (const width of WIDTHS) {
          await page.resize(width, 800);
          const badge = await page.badge();
          if (process.env.SHOTS)
            await page.screenshot({ path: `/tmp/shots/${pages.kind}-${name}-${view}-${width}.png` });
          assert.notEqual(badge, null, `${name}, ${view}, ${width}: no badge`);
          assert.deepEqual(await page.evaluate(coveredBy, badge.at), [], `${name}, ${view}, ${width}`);
        }
        await pages.close(page);
      }
    }
  });
});
