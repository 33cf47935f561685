/** Which pages have the content script: those of sites that are turned on and granted. */
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

/** Pages that are open already get it at once; one that is still loading gets it then, and may never be done: nobody waits for it. */
async function inject(pattern: string): Promise<void> {
  for (const { id } of await chrome.tabs.query({ url: pattern })) {
    if (id === undefined) continue;
    // A tab may be closed meanwhile, or show an error page.
    chrome.scripting.executeScript({ target: { tabId: id }, files: [FILE] }).catch(() => undefined);
  }
}

/** Scripts that are there already ask again what they may do. */
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

/** One after the other: changes of settings and of permissions come together. */
let last: Promise<void> = Promise.resolve();

export function syncScripts(): Promise<void> {
  last = last.then(sync, sync);
  return last;
}
