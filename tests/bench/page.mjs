// `npm run bench -- page [--visits 9] [--slow-visits 3] [--beside FOLDER] [--json]`: measures the demo site in Chromium, served
// from localhost. `--beside` measures another build of the site in turn with this one.
// First decision: from the navigation to the first pick of the router in the document, with empty caches, in a browser that
// has started; and what passed the line until then. Second visit: the same page again, once its service worker has stored it.
// The sample's answer: the card of the decision on the prompt that the page opens with, which the build made ahead. The
// first decision is what a prompt of the user's own waits for.
// Empty page: one with nothing but a worker that answers at once, opened in turn with the others. And processor time until
// the first decision, of all threads of Chromium (on Linux only): with it, a busy machine can compare builds.
// Slow lines: the host's, whose speed and delay hold for the worker, too. Chromium slows the processor of the main
// thread only.
// Keystroke: the tasks of the main thread after each real key event, including the drawing of the new decision, in
// processor time. Wall-clock time would also include other work of a busy machine, such as the drawing of a browser
// without a GPU.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { buildSite } from '../../scripts/site.mjs';
import { openBrowser, surfaceOf } from '../web/browsers.mjs';
import { emptySite, processorTimes, spentSince } from './page-floor.mjs';
import { hostOf } from './page-host.mjs';
import { table } from './table.mjs';

const TEXT = 'Prove that the square root of 2 is irrational, and say where it is used.';

/** Without the windows that Chromium opens for its own address bar, which load several hundred files of their own. */
const ARGS = ['--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup'];

/** 10 Mbit/s; and 400 kbit/s with 400 ms, which browsers' tools call slow 3G. */
const SLOW = {
  '10 Mbit/s, 4x slower': { bytesPerMs: 1250, latencyMs: 40, slower: 4 },
  'slow 3G, 6x slower': { bytesPerMs: 50, latencyMs: 400, slower: 6 },
};

const quantile = (values, share) => [...values].sort((a, b) => a - b)[Math.ceil(share * (values.length - 1))];

/** Records the times of the first card and of the first pick of the router in the document. */
function noteFirst() {
  new MutationObserver((_, observer) => {
    if (document.querySelector('.pick strong') !== null) globalThis.firstCardMs ??= performance.now();
    if (document.querySelector('[data-pick]') === null) return;
    globalThis.firstPickMs = performance.now();
    observer.disconnect();
  }).observe(document, { childList: true, subtree: true });
}

const isKept = () => document.querySelector('[data-offline]')?.dataset.offline === 'kept';

/** Opens the page in a context and waits for its first decision. */
async function open(context, host, slower = 1) {
  const raw = await context.newPage();
  if (slower > 1) {
    const session = await context.newCDPSession(raw);
    await session.send('Emulation.setCPUThrottlingRate', { rate: slower });
  }
  raw.setDefaultNavigationTimeout(0);
  const before = host.requests.length;
  const page = await surfaceOf(raw, undefined, noteFirst);
  raw.setDefaultTimeout(0);
  const times = processorTimes();
  await raw.goto(host.origin, { waitUntil: 'commit' });
  const pickMs = await page.until(() => globalThis.firstPickMs);
  const spent = spentSince(times);
  const { cardMs, start } = await page.evaluate(() => ({
    cardMs: globalThis.firstCardMs,
    start: performance.timeOrigin,
  }));
  const files = host.requests.slice(before).filter(({ atMs }) => atMs <= start + pickMs);
  return { page, pickMs, cardMs, spent, files: files.map((file) => ({ ...file })) };
}

/** Visits with empty caches; with `again` also a second time. */
async function visit(browser, host, { again = false, slower } = {}) {
  const context = await browser.newContext();
  try {
    const { page, ...first } = await open(context, host, slower);
    if (!again) return first;
    await page.until(isKept);
    await page.close();
    const { pickMs, cardMs } = await open(context, host);
    return { ...first, second: { pickMs, cardMs } };
  } finally {
    await context.close();
  }
}

/** Returns the main thread's tasks during `action`, in ms: wall-clock time and processor time. */
async function tasksDuring(page, action) {
  const session = await page.raw.context().newCDPSession(page.raw);
  const events = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...value));
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.start', { categories: 'toplevel,devtools.timeline', transferMode: 'ReportEvents' });
  await action();
  await session.send('Tracing.end');
  await complete;
  const threads = new Map();
  for (const { name, args, pid, tid } of events) {
    if (name === 'thread_name' && args.name === 'CrRendererMain') threads.set(`${pid}/${tid}`, []);
  }
  for (const { pid, tid, ph, name, dur, tdur = 0 } of events) {
    if (ph !== 'X' || name !== 'ThreadControllerImpl::RunTask') continue;
    threads.get(`${pid}/${tid}`)?.push({ wall: dur / 1000, cpu: tdur / 1000 }); // The shortest tasks have no tdur.
  }
  // The browser has other renderers, which wait.
  const work = (tasks) => tasks.reduce((sum, { cpu }) => sum + cpu, 0);
  return [...threads.values()].sort((a, b) => work(b) - work(a))[0] ?? [];
}

async function keystrokes(browser, host) {
  const context = await browser.newContext();
  const page = await surfaceOf(await context.newPage(), host.origin);
  try {
    await page.until(isKept);
    await page.click('#prompt');
    const longest = { cpu: [], wall: [] };
    const sums = [];
    for (const letter of TEXT) {
      const tasks = await tasksDuring(page, async () => {
        await page.raw.keyboard.type(letter);
        // Longer than the pause before a decision is made and drawn.
        await new Promise((resolve) => setTimeout(resolve, 250));
      });
      for (const time of ['cpu', 'wall']) longest[time].push(Math.max(0, ...tasks.map((task) => task[time])));
      sums.push(tasks.reduce((sum, { cpu }) => sum + cpu, 0));
    }
    return { longest, sums, requests: page.requests };
  } finally {
    await context.close();
  }
}

const { values } = parseArgs({
  options: {
    visits: { type: 'string', default: '9' },
    'slow-visits': { type: 'string', default: '3' },
    beside: { type: 'string' },
    json: { type: 'boolean' },
  },
});

/** Measures builds of the site in turn, so that a busy machine slows all of them alike. */
async function measure(sides, empty, browser) {
  for (let i = 0; i < Number(values.visits); ++i) {
    empty.visits.push(await visit(browser, empty.host));
    for (const { host, results } of sides) results.visits.push(await visit(browser, host, { again: true }));
  }
  for (const [name, speed] of Object.entries(SLOW)) {
    for (let i = 0; i < Number(values['slow-visits']); ++i) {
      for (const { host, results } of sides) {
        host.use(speed);
        results.slow[name] ??= [];
        results.slow[name].push(await visit(browser, host, speed));
        host.use({});
      }
    }
  }
  for (const { host, folder, results } of sides) {
    const { requests, ...keys } = await keystrokes(browser, host);
    const scripts = [...new Set(requests)].filter((url) => url.endsWith('.js'));
    const sizeOf = (url) => gzipSync(readFileSync(path.join(folder, new URL(url).pathname))).byteLength;
    Object.assign(results, keys, { scriptBytes: scripts.reduce((sum, url) => sum + sizeOf(url), 0) });
  }
}

const ms = (x) => `${x.toFixed(x < 100 ? 1 : 0)} ms`;
const row = (name, list, aim) => [name, ms(quantile(list, 0.5)), ms(quantile(list, 0.9)), ms(Math.max(...list)), aim];

/** Returns a table of the processor time of each kind of thread; none where it is not known. */
function threadsText(visits, empty) {
  const kinds = Object.keys(empty[0].spent ?? {});
  if (kinds.length === 0) return '';
  const medians = (list) => {
    const each = kinds.map((kind) =>
      quantile(
        list.map(({ spent }) => spent[kind]),
        0.5,
      ),
    );
    return [...each, each.reduce((sum, x) => sum + x, 0)].map(ms);
  };
  const rows = [
    ['the site', ...medians(visits)],
    ['an empty page', ...medians(empty)],
  ];
  return table(['processor time until the first decision, cold, medians', ...kinds, 'sum'], rows);
}

function textOf({ visits, slow, longest, sums, scriptBytes, empty }) {
  const picks = (list) => list.map(({ pickMs }) => pickMs);
  const cards = (list) => list.map(({ cardMs }) => cardMs);
  const again = visits.map(({ second }) => second);
  const rows = [
    row('first decision, cold', picks(visits), '< 300 ms'),
    row('the same, second visit', picks(again), '< 100 ms'),
    row("the sample's answer, cold", cards(visits), ''),
    row('the same, second visit', cards(again), '< 100 ms'),
    row('an empty page with a worker', picks(empty), ''),
    ...Object.entries(slow).flatMap(([name, list]) => [
      row(`first decision, ${name}`, picks(list), name.startsWith('10') ? '< 3 s' : ''),
      row(`the sample's answer, ${name}`, cards(list), name.startsWith('10') ? '' : '< 10 s'),
    ]),
    row('longest main-thread task a key', longest.cpu, '< 4 ms'),
    row('the same by the clock', longest.wall, ''),
    row('all main-thread tasks a key', sums, ''),
  ];
  const sentBy = (list) =>
    quantile(
      list.map(({ files }) => files.reduce((sum, { bytes }) => sum + bytes, 0)),
      0.5,
    );
  const counts = visits.map(({ files }) => files.length);
  const lines = Object.entries(slow).map(([name, list]) => `, ${name}: ${sentBy(list)} bytes on the line`);
  return [
    table(['', 'median', '90 %', 'largest', 'aim'], rows),
    '',
    threadsText(visits, empty),
    '',
    `before the first decision, ${quantile(counts, 0.5)} requests${lines.join('')} (aim 2500000)`,
    `scripts of a visit with all sections, workers included: ${scriptBytes} bytes as gzip (budget 150000)`,
  ].join('\n');
}

const built = mkdtempSync(path.join(tmpdir(), 'signalbox-bench-site-'));
await buildSite(built);
const emptyFolder = emptySite();
const empty = { host: await hostOf(emptyFolder), visits: [] };
const folders = values.beside === undefined ? [built] : [path.resolve(values.beside), built];
const sides = await Promise.all(
  folders.map(async (folder) => ({
    folder,
    host: await hostOf(folder),
    results: { folder, visits: [], slow: {}, empty: empty.visits },
  })),
);
const opened = await openBrowser('chromium', { args: ARGS });
try {
  const first = await opened.newPage('about:blank');
  await measure(sides, empty, first.raw.context().browser());
  const all = sides.map(({ results }) => results);
  if (values.json) console.log(JSON.stringify(all.length === 1 ? all[0] : all, null, 2));
  else
    for (const [i, results] of all.entries())
      console.log(`${i > 0 ? '\n' : ''}${all.length > 1 ? `${results.folder}\n\n` : ''}${textOf(results)}`);
} finally {
  await opened.close();
  for (const { host } of [...sides, empty]) host.close();
  for (const folder of [built, emptyFolder]) rmSync(folder, { recursive: true, force: true });
}
