// The states of the site that pictures show. They are found by roles, ids and `data-` attributes, which outlive a redesign.
import path from 'node:path';
import { LIMIT_MS } from '../web/waiting.mjs';

const WIDTHS = [390, 768, 1280];
const THEMES = ['light', 'dark'];
const HEIGHTS = { 390: 844, 768: 1024, 1280: 860 };

const PROMPT = 'Write a SQL query for the ten customers who spent the most last month.';
const UNLIKE = 'Bring the heron to the third drawer before the moss forgets its own umbrella.';
const UNREAD = 'asdkjh qwelkj zmxncb';

const linkTo = (prompt) => `#${new URLSearchParams({ prompt })}`;

const answered = (page) => page.waitForSelector('[data-pick]');

/** Waits for the state of a section that was scrolled to: it loads when it is near. */
const section = (id, ready) => async (page) => {
  await answered(page);
  await page.locator(`#${id}`).scrollIntoViewIfNeeded();
  await page.waitForFunction(() => document.querySelector('[data-loading]') === null);
  await page.locator(`#${id}`).scrollIntoViewIfNeeded();
  await ready?.(page);
};

const openPlan = section('plan', async (page) => {
  await page
    .locator('#plan')
    .getByRole('button', { name: /example/i })
    .first()
    .click();
  await page.waitForFunction(() => document.querySelector('[data-headline]')?.textContent);
});

const openBatch = section('task', async (page) => {
  await page.locator('#task').getByRole('button', { name: /^try /i }).click();
  // Both are in parts that are closed.
  await page.waitForSelector('[data-task-pick]', { state: 'attached' });
  await page.waitForSelector('[data-shares]', { state: 'attached' });
});

async function goOffline(page) {
  await answered(page);
  await page.waitForSelector('[data-offline=kept]', { state: 'attached' });
  await page.context().setOffline(true);
  await page.reload();
  await answered(page);
  await page.locator('[data-offline]').scrollIntoViewIfNeeded();
}

const compared = (page) => page.waitForSelector('#comparison table');

/** Each state: its address, what leads to it, and the element that the picture shows, by default the window. */
const STATES = [
  { name: 'first-visit', at: '', act: answered },
  { name: 'answered', at: linkTo(PROMPT), act: answered },
  { name: 'out-of-coverage', at: linkTo(UNLIKE), act: answered },
  { name: 'unread', at: linkTo(UNREAD), act: answered },
  { name: 'offline', at: '', act: goOffline },
  { name: 'plan-before', at: '', act: section('plan'), of: '#plan' },
  { name: 'plan', at: '', act: openPlan, of: '#plan' },
  { name: 'cost', at: linkTo(PROMPT), act: section('cost'), of: '#cost' },
  { name: 'map', at: linkTo(PROMPT), act: section('map'), of: '#map' },
  { name: 'batch', at: '', act: openBatch, of: '#task' },
  { name: 'benchmark', at: '', act: section('benchmark'), of: '#benchmark' },
  { name: 'models', at: 'models/index.html' },
  { name: 'model', at: 'models/anthropic--claude-opus-5.html' },
  { name: 'compare', at: 'models/compare.html', act: compared },
  { name: 'results', at: 'docs/results.html' },
];

/** Pictures of sections end here, so that a long table does not make a picture of many screens. */
const MOST_HEIGHT = 1400;

async function draw(page, { of }, file) {
  if (of === undefined) return page.screenshot({ path: file });
  const { y, width, height } = await page.locator(of).evaluate((element) => {
    const { top, height: own } = element.getBoundingClientRect();
    return { y: top + scrollY, width: innerWidth, height: own };
  });
  const clip = { x: 0, y, width, height: Math.min(height, MOST_HEIGHT) };
  return page.screenshot({ path: file, fullPage: true, clip });
}

/**
 * Draws the pictures that `isWanted` picks by the names of their files, into a folder; returns these names. `browser` is
 * Playwright's.
 */
export async function drawSite(browser, origin, folder, isWanted) {
  const all = WIDTHS.flatMap((width) =>
    THEMES.flatMap((colorScheme) =>
      STATES.map((state) => ({ state, width, colorScheme, file: `${state.name}-${width}-${colorScheme}.png` })),
    ),
  );
  const wanted = all.filter(({ file }) => isWanted(file));
  for (const { state, width, colorScheme, file } of wanted) {
    // A fresh context: a first visit, with nothing kept.
    const viewport = { width, height: HEIGHTS[width] };
    const context = await browser.newContext({ colorScheme, reducedMotion: 'reduce', viewport });
    context.setDefaultTimeout(LIMIT_MS);
    const page = await context.newPage();
    await page.goto(`${origin}${state.at}`);
    await state.act?.(page);
    await page.evaluate('document.fonts.ready');
    await draw(page, state, path.join(folder, file));
    await context.close();
  }
  return wanted.map(({ file }) => file);
}
