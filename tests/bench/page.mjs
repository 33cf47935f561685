// `npm run bench -- page [--visits 9] [--json]`: measures the demo site in Chromium, served from localhost.
// First decision: from the navigation to the first pick in the document, every visit with an empty cache, and the
// requests it made. Keystroke: the longest task of the main thread after each real key event, including the drawing of
// the new decision, in processor time. Wall-clock time would also include other work of a busy machine, such as the
// drawing of a browser without a GPU.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { buildSite, serveFolder } from '../../scripts/site.mjs';
import { openBrowser } from '../web/browsers.mjs';
import { table } from './table.mjs';

const TEXT = 'Prove that the square root of 2 is irrational, and say where it is used.';

const quantile = (values, share) => [...values].sort((a, b) => a - b)[Math.floor(share * (values.length - 1))];

/** Records the time of the first pick in the document. */
function noteFirstPick() {
  new MutationObserver((_, observer) => {
    if (document.querySelector('[data-pick]') === null) return;
    globalThis.firstPickMs = performance.now();
    observer.disconnect();
  }).observe(document, { childList: true, subtree: true });
}

/** Visits with empty caches, in a new browser. */
async function visit(origin) {
  const browser = await openBrowser('chromium');
  try {
    const page = await browser.newPage(origin, noteFirstPick);
    const firstPickMs = await page.until(() => globalThis.firstPickMs);
    return { firstPickMs, requests: page.requests };
  } finally {
    await browser.close();
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
  const main = events.find(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain');
  return events
    .filter(
      ({ pid, tid, ph, name }) =>
        pid === main?.pid && tid === main.tid && ph === 'X' && name === 'ThreadControllerImpl::RunTask',
    )
    .map(({ dur, tdur = 0 }) => ({ wall: dur / 1000, cpu: tdur / 1000 })); // The shortest tasks have no tdur.
}

async function keystrokes(origin) {
  const browser = await openBrowser('chromium');
  try {
    const page = await browser.newPage(origin);
    await page.until(() => document.querySelector('[data-offline]')?.dataset.offline === 'kept');
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
    await browser.close();
  }
}

const { values } = parseArgs({ options: { visits: { type: 'string', default: '9' }, json: { type: 'boolean' } } });
const folder = mkdtempSync(path.join(tmpdir(), 'signalbox-bench-site-'));
await buildSite(folder);
const server = await serveFolder(folder, 0);
try {
  const origin = `http://127.0.0.1:${server.address().port}/`;
  const visits = [];
  for (let i = 0; i < Number(values.visits); ++i) visits.push(await visit(origin));
  const first = visits.map(({ firstPickMs }) => firstPickMs);
  const sizesOf = (requests) =>
    [...new Set(requests)].map((url) => {
      const name = url === origin ? 'index.html' : new URL(url).pathname.slice(1);
      const bytes = readFileSync(path.join(folder, name));
      const [brotli, gzip] = [brotliCompressSync(bytes).byteLength, gzipSync(bytes).byteLength];
      return { name, bytes: bytes.byteLength, brotli, gzip };
    });
  const files = sizesOf(visits[0].requests);
  const { requests, ...keys } = await keystrokes(origin);
  const scripts = sizesOf(requests).filter(({ name }) => name.endsWith('.js'));
  const results = { first, files, scripts, ...keys };
  if (values.json) {
    console.log(JSON.stringify(results, null, 2));
  } else {
    const ms = (x) => `${x.toFixed(1)} ms`;
    console.log(
      table(
        ['', 'median', '90 %', 'largest', 'aim'],
        [
          ['first decision, cold', first, '< 1000 ms'],
          ['longest main-thread task a key', keys.longest.cpu, '<= 16 ms'],
          ['the same by the clock', keys.longest.wall, ''],
          ['all main-thread tasks a key', keys.sums, ''],
        ].map(([name, list, aim]) => [
          name,
          ms(quantile(list, 0.5)),
          ms(quantile(list, 0.9)),
          ms(Math.max(...list)),
          aim,
        ]),
      ),
    );
    const sum = (list, key) => list.reduce((total, file) => total + file[key], 0);
    console.log(
      `\n${files.length} files before the first decision: ${sum(files, 'bytes')} bytes, ${sum(files, 'brotli')} as brotli`,
    );
    console.log(
      `scripts of a visit with all sections, workers included: ${sum(scripts, 'gzip')} bytes as gzip (budget 150000)`,
    );
  }
} finally {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
}
