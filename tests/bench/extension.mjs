// `npm run bench -- extension [--browser firefox] [--json]` measures the extension in a real browser with a window.
// Answer: the time from the end of the pause of 100 ms after the last key to the frame after the one in which the badge or
// the panel shows the answer. Keys are real key events. The page records the times with the clock of its events: around
// the messages in the content script's world, and around the document in the panel.
// First: no part of the router is loaded, because the browser has just started or the router's document was closed. The
// box has either had the focus for 1.5 s, or receives the focus and all keys at once.
// Typing (Chromium): the processor time per key of all tasks on the page's main thread. The baseline is the same page in
// the same tab under another host name, at which the extension has no script.
// Memory (Chromium): the private pages of the extension's processes (from /proc), and the heaps of the document and its
// worker (as the browser counts them). On a busy machine, ratios are more reliable than times.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { BROWSERS, buildExtension } from '../../scripts/extension.mjs';
import { CHAT } from '../extension/installed.mjs';
import { measureMemory, measureTyping } from './extension-cost.mjs';
import { measureBadge, measureFirst, measurePanel } from './extension-latency.mjs';
import { extensionText } from './extension-report.mjs';
import { openSession } from './extension-session.mjs';
import { measureSizes } from './extension-sizes.mjs';

const PLAN = {
  badge: { prompts: 32, sleeps: 10, judgements: [0, 50, 500] },
  first: { starts: 3, judgements: [500] },
  panel: { prompts: 32, opens: 5 },
  typing: { keys: 10 },
};

async function measure(kind, folder, say) {
  const session = await openSession(kind, folder);
  try {
    await session.allow(CHAT);
    say('badge');
    const badge = await measureBadge(session, PLAN.badge);
    say('panel');
    const panel = await measurePanel(session, PLAN.panel);
    say('first questions');
    const first = await measureFirst(session, PLAN.first);
    if (kind !== 'chromium') return { badge, panel, first };
    say('typing, memory');
    return {
      badge,
      panel,
      first,
      typing: await measureTyping(session, PLAN.typing),
      memory: await measureMemory(session),
    };
  } finally {
    await session.close();
  }
}

const { values } = parseArgs({
  options: { browser: { type: 'string', default: 'chromium' }, json: { type: 'boolean' } },
});
if (!BROWSERS.includes(values.browser)) {
  throw new Error(`got --browser ${values.browser}, expected one of ${BROWSERS.join(', ')}`);
}
const scratch = mkdtempSync(path.join(os.tmpdir(), 'signalbox-bench-extension-'));
try {
  const sizes = {};
  for (const kind of BROWSERS) {
    await buildExtension(kind, path.join(scratch, kind));
    sizes[kind] = await measureSizes(path.join(scratch, kind));
  }
  const load = [os.loadavg()[0]];
  const measured = await measure(values.browser, path.join(scratch, values.browser), (message) =>
    console.error(`signalbox bench: ${message}`),
  );
  load.push(os.loadavg()[0]);
  const results = { browser: values.browser, cores: os.cpus().length, load, sizes, ...measured };
  console.log(values.json ? JSON.stringify(results, null, 2) : extensionText(results));
} finally {
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
}
