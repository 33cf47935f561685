// Measures the time to an answer, beyond the pause of 100 ms after which the user counts as waiting.
import { setTimeout as sleep } from 'node:timers/promises';
import { CHAT } from '../extension/installed.mjs';
import { waitFor } from '../web/waiting.mjs';
import { fill, textOf } from './extension-page.mjs';
import { judgedOf, promptsOf } from './extension-prompts.mjs';

export const PAUSE_MS = 100;
/** The number of last letters that are typed one by one. */
const SLOWLY = 3;
const KEY_MS = 50;

/**
 * Replaces the text in the box, and types the last few letters slowly, as a user does. Firefox's sidebar takes keys only
 * from the screen's keyboard, which has its own delay.
 */
async function write(page, selector, text) {
  if (page.raw === undefined) {
    await page.type(selector, text);
    return;
  }
  await page.type(selector, text.slice(0, -SLOWLY));
  for (const letter of text.slice(-SLOWLY)) {
    await sleep(KEY_MS);
    await page.raw.keyboard.type(letter);
  }
}

/** Splits the time after the pause into the waits for the question, for the answer and for its drawing. */
function partsOf({ key, asked, answered, drawn, kind, isShown, text }) {
  // Without a suggestion, the badge is a lamp that says so.
  if (!['suggestion', 'none'].includes(kind) || !isShown)
    throw new Error(`got '${kind}' (seen: ${isShown}) for '${text}', expected a badge`);
  return {
    wait: asked - key - PAUSE_MS,
    answer: answered - asked,
    drawing: drawn - answered,
    total: drawn - key - PAUSE_MS,
  };
}

async function askAll(page, prompts, before = () => {}) {
  const all = [];
  for (const prompt of prompts) {
    await before();
    await write(page, 'textarea', prompt);
    all.push(partsOf(await page.ask(prompt)));
  }
  return all;
}

/** Types each key into a text that is almost as long as the longest text that the extension reads. */
async function askLong(page, keys) {
  let text = textOf(7900);
  await page.evaluate(fill, 'textarea', text);
  await page.ask(text);
  const all = [];
  for (const letter of 'abcdefghij'.slice(0, keys)) {
    await page.raw.keyboard.type(letter);
    text = `${letter}${text}`;
    all.push(partsOf(await page.ask(text)));
    await page.press('ArrowLeft');
  }
  return all;
}

/** Measures the badge with a loaded router, without and with ratings, and after the background has been stopped. */
export async function measureBadge(session, { prompts, sleeps, judgements }) {
  const page = await session.chat();
  const results = { warm: {} };
  for (const count of judgements) {
    await session.judge(count === 0 ? [] : await judgedOf(count, 3));
    await page.front();
    // `measureFirst` covers the first answer after a change.
    await askAll(page, promptsOf(1, 5));
    results.warm[count] = await askAll(page, promptsOf(prompts, 7));
    await sleep(PAUSE_MS);
  }
  await session.judge([]);
  results.long = await askLong(page, 10);
  results.asleep = await askAll(page, promptsOf(sleeps, 11), () => session.browser.background.stop());
  await page.close();
  return results;
}

/** Measures the very first question. `isWarmed`: the box has had the focus for a while. */
async function first(session, prompt, isWarmed) {
  const page = await session.chat();
  await page.click('textarea');
  if (isWarmed) await sleep(1500);
  await page.raw.keyboard.type(prompt);
  const parts = partsOf(await page.ask(prompt));
  await page.close();
  return parts;
}

/** Measures the first question without a loaded router: after the browser starts, and after the document closes. */
export async function measureFirst(session, { starts, judgements }) {
  const results = { start: { warmed: [], atOnce: [] }, closed: {} };
  const [prompt] = promptsOf(1, 13);
  for (let i = 0; i < starts; ++i) {
    for (const how of ['warmed', 'atOnce']) {
      await session.restart();
      results.start[how].push(await first(session, prompt, how === 'warmed'));
    }
  }
  for (const count of judgements) {
    await session.judge(count === 0 ? [] : await judgedOf(count, 3));
    results.closed[count] = { warmed: [], atOnce: [] };
    for (let i = 0; i < starts; ++i) {
      for (const how of ['warmed', 'atOnce']) {
        await session.forget();
        results.closed[count][how].push(await first(session, prompt, how === 'warmed'));
      }
    }
  }
  await session.judge([]);
  return results;
}

async function closePanel(session) {
  await (await session.browser.panel()).close();
  await waitFor('the panel to close', async () => !(await session.browser.isPanelOpen()));
}

/** Measures the side panel: from the shortcut that opens it on a selection, or from a key in it, to the decision. */
export async function measurePanel(session, { prompts, opens }) {
  const page = await session.browser.newPage(CHAT);
  const results = { open: [], late: 0, keys: [] };
  for (const [i, prompt] of promptsOf(opens, 17).entries()) {
    await page.type('textarea', prompt);
    await page.evaluate(() => document.querySelector('textarea').select());
    const start = Date.now();
    await session.browser.command(page, 'which-model');
    const panel = await session.panel();
    await waitFor('a decision', () => panel.evaluate(() => document.querySelector('[data-pick]') !== null));
    const { wasLate, end } = await panel.evaluate(async (text) => {
      const { answers, wasLate } = globalThis.bench;
      while (answers.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      const { drawn } = answers.find((answer) => answer.text === text);
      return { wasLate, end: performance.timeOrigin + drawn };
    }, prompt);
    if (wasLate) results.late += 1;
    results.open.push(end - start);
    if (i < opens - 1) await closePanel(session);
  }
  const panel = await session.panel();
  for (const prompt of promptsOf(prompts, 19)) {
    await write(panel, '#prompt', prompt);
    const { key, drawn } = await panel.answer(prompt);
    results.keys.push({ total: drawn - key - PAUSE_MS });
  }
  await closePanel(session);
  await page.close();
  return results;
}
