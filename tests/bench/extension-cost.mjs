// Measures the extension's costs: processor time in the page during typing, and memory of the router for badges.
// Chromium only.
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { CHAT, OTHER_CHAT } from '../extension/installed.mjs';
import { PAUSE_MS } from './extension-latency.mjs';
import { fill, textOf } from './extension-page.mjs';
import { promptsOf } from './extension-prompts.mjs';

/**
 * Pauses this long between keys, so that most keys lead to a question and a drawn answer. This costs more than fluent
 * typing, which pauses only after the last key.
 */
const SLOW = { pace: 'each key a question', pause: 200 };
const FLUENT = { pace: 'fluently', pause: 60 };
const TEXTAREA = { layout: 'textarea', box: 'textarea' };
const EDITED = { layout: 'contenteditable', box: '#chat-input' };
const TEXTS = [
  { name: 'short, textarea', characters: 60, ...TEXTAREA, ...FLUENT },
  { name: 'short, textarea', characters: 60, ...TEXTAREA, ...SLOW },
  { name: 'short, edited element', characters: 60, ...EDITED, ...SLOW },
  { name: '50,000 characters, textarea', characters: 50_000, ...TEXTAREA, ...SLOW },
  { name: '50,000 characters, edited element', characters: 50_000, ...EDITED, ...SLOW },
];

/** Returns the processor time in ms of each task on the page's main thread while `action` runs. */
async function tasksDuring({ raw }, action) {
  await raw.tracing.start({ categories: ['toplevel', 'devtools.timeline', 'blink.user_timing'], screenshots: false });
  await raw.evaluate(() => performance.mark('bench'));
  await action();
  const { traceEvents } = JSON.parse(Buffer.from(await raw.tracing.stop()).toString());
  // This mark identifies the page's main thread.
  const { pid, tid } = traceEvents.find(({ name, cat }) => name === 'bench' && cat.includes('blink.user_timing'));
  const isTask = (event) =>
    event.pid === pid && event.tid === tid && event.ph === 'X' && event.name === 'ThreadControllerImpl::RunTask';
  return traceEvents.filter(isTask).map(({ tdur = 0 }) => tdur / 1000);
}

async function typed(page, { layout, box, characters }, origin, keys, pause) {
  await page.raw.goto(`${origin}/${layout}`);
  await page.click(box);
  await page.evaluate(fill, box, textOf(characters));
  // The pause lets the badge appear first, if the page has one.
  await page.press('Space');
  await sleep(1000);
  const tasks = await tasksDuring(page, async () => {
    for (const letter of 'and say why it is so, step by step'.slice(0, keys)) {
      await page.raw.keyboard.type(letter);
      await sleep(pause);
    }
    await sleep(2 * PAUSE_MS);
  });
  const sum = tasks.reduce((total, each) => total + each, 0);
  return { perKey: sum / keys, longest: Math.max(0, ...tasks) };
}

/** Measures typing in the same page with the badge and without the extension's script. */
export async function measureTyping(session, { keys }) {
  const page = await session.browser.newPage(CHAT);
  const results = [];
  for (const { pause, pace, ...text } of TEXTS) {
    const without = await typed(page, text, OTHER_CHAT, keys, pause);
    const badge = await typed(page, text, CHAT, keys, pause);
    const isThere = await page.evaluate(() => document.querySelector('[data-signalbox-badge]') !== null);
    if (!isThere) throw new Error(`got no badge beside a text '${text.name}', expected one: nothing is compared`);
    results.push({ name: text.name, pace, badge, without });
  }
  await page.close();
  return results;
}

/** Returns the private memory of the extension's processes (pages, background and workers) in bytes. */
function memoryOf(browserPid) {
  const text = (pid, name) => readFileSync(`/proc/${pid}/${name}`, 'utf8');
  const parentOf = (pid) => Number(/^PPid:\s*(\d+)/m.exec(text(pid, 'status'))?.[1] ?? 0);
  const isBelow = (pid) => pid === browserPid || (pid > 1 && isBelow(parentOf(pid)));
  let bytes = 0;
  for (const pid of readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)) {
    try {
      if (!text(pid, 'cmdline').includes('--extension-process') || !isBelow(pid)) continue;
      for (const [, kb] of text(pid, 'smaps_rollup').matchAll(/^Private_(?:Clean|Dirty):\s*(\d+) kB/gm))
        bytes += 1024 * kb;
    } catch {
      // The process has ended since the listing.
    }
  }
  return bytes;
}

/** Returns the size of the script heap of a page or worker, without the memory of WebAssembly. */
async function heapOf(client) {
  await client.send('HeapProfiler.collectGarbage');
  return (await client.send('Runtime.getHeapUsage')).usedSize;
}

/** Measures the memory of the document that routes for badges, before it opens and after a decision. */
export async function measureMemory(session) {
  const pid = session.desk.raw.browser().process().pid;
  const page = await session.chat();
  await session.forget();
  // The closed document takes a while to release its memory. The next question starts the background in any case, so
  // the background runs in both measurements.
  await session.desk.evaluate(() => chrome.runtime.sendMessage({}).catch(() => undefined));
  await sleep(2000);
  const before = memoryOf(pid);
  const [prompt] = promptsOf(1, 29);
  await page.type('textarea', prompt);
  await page.ask(prompt);
  await sleep(2000);
  const after = memoryOf(pid);
  const { raw } = await session.browser.offscreen('offscreen/index.html');
  const [worker] = raw.workers();
  const heaps = { document: await heapOf(await raw.createCDPSession()), worker: await heapOf(worker.client) };
  await page.close();
  return { before, after, ...heaps };
}
