/** Registers the content script for sites that are on and for which there is permission. */
import type { Told } from '../messages.js';
import { isGranted, patternOf } from '../sites.js';
import type { Stored } from '../stored/schema.js';
import { loadStoredOrNone } from '../stored/store.js';

const FILE = 'content.js';

async function wantedOrigins({ sites }: Stored): Promise<string[]> {
  const on = Object.entries(sites).flatMap(([origin, { isOn }]) => (isOn ? [origin] : []));
  const granted = await Promise.all(on.map(isGranted));
  return on.filter((_, i) => granted[i]);
}

/** Runs the script in open pages. Does not wait: a page that is still loading gets the script later, or never. */
async function inject(pattern: string): Promise<void> {
  for (const { id } of await chrome.tabs.query({ url: pattern })) {
    if (id === undefined) continue;
    // The tab may have been closed, or show an error page.
    chrome.scripting.executeScript({ target: { tabId: id }, files: [FILE] }).catch(() => undefined);
  }
}

/** Makes running scripts ask again whether they may stay. */
async function tellTabs(): Promise<void> {
  const told: Told = { kind: 'check' };
  for (const { id } of await chrome.tabs.query({})) {
    if (id !== undefined) chrome.tabs.sendMessage(id, told).catch(() => undefined);
  }
}

async function sync(): Promise<void> {
  const patterns = [...new Set((await wantedOrigins(await loadStoredOrNone())).map(patternOf))];
  const registered = await chrome.scripting.getRegisteredContentScripts();
  const gone = registered.filter(({ id }) => !patterns.includes(id)).map(({ id }) => id);
  const known = new Set(registered.map(({ id }) => id));
  const fresh = patterns.filter((pattern) => !known.has(pattern));
  if (gone.length > 0) await chrome.scripting.unregisterContentScripts({ ids: gone });
  await chrome.scripting.registerContentScripts(
    fresh.map((pattern) => ({ id: pattern, matches: [pattern], js: [FILE], runAt: 'document_idle' as const })),
  );
  await Promise.all(fresh.map(inject));
  await tellTabs();
}

/** The last synchronisation. They run one at a time, since changes of settings and permissions come together. */
let last: Promise<void> = Promise.resolve();

export function syncScripts(): Promise<void> {
  last = last.then(sync, sync);
  return last;
}
