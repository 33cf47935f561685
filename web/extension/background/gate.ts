/** What content scripts may ask. They run in pages and are taken for hostile: neither their word nor their number counts. */
import * as v from 'valibot';
import { FROM_CONTENT, type FromContent, type ToContent } from '../messages.js';
import { isGranted } from '../sites.js';
import { putQuestion } from '../stored/question.js';
import type { Site, Stored } from '../stored/schema.js';
import { loadStoredOrNone } from '../stored/store.js';
import { host } from './host.js';
import { openPanel } from './panel.js';

/** More messages of one page in a second than any typing makes: the rest is dropped before it costs anything. */
const MOST_MESSAGES = 50;
/** By tab: the second that was counted last, and how many messages came in it. */
const heard = new Map<number, { second: number; count: number }>();

function isFlood(tab: number): boolean {
  const second = Math.floor(Date.now() / 1000);
  const last = heard.get(tab);
  const count = last?.second === second ? last.count + 1 : 1;
  heard.set(tab, { second, count });
  return count > MOST_MESSAGES;
}

/** A page that asks without a pause is not a person's. */
const LEAST_MS = 20;

/** When each tab's last question came; `Infinity` while it waits for its answer. */
const asked = new Map<number, number>();

interface From {
  tab: chrome.tabs.Tab & { id: number };
  origin: string;
}

/** Undefined for what is no content script in the top frame of a web page. What the browser says counts, not the message. */
function fromOf({ id, tab, frameId, url }: chrome.runtime.MessageSender): From | undefined {
  if (id !== chrome.runtime.id || tab?.id === undefined || frameId !== 0 || !url?.startsWith('http')) return undefined;
  return { tab: tab as From['tab'], origin: new URL(url).origin };
}

/** A message, and whether the panel opened where it asks for that. */
interface Heard {
  message: FromContent;
  isPanelOpen: Promise<boolean>;
}

async function answer(
  { message, isPanelOpen }: Heard,
  { tab, origin }: From,
  stored: Stored,
  site: Site,
): Promise<ToContent> {
  switch (message.kind) {
    case 'hello':
      return { kind: 'welcome', adapter: site.adapter, endpoint: site.endpoint };
    case 'warm':
      await host.warm(stored.index);
      return { kind: 'welcome', adapter: site.adapter, endpoint: site.endpoint };
    case 'open':
      // Also where the browser leaves the opening to the person.
      await putQuestion({ text: message.text, origin, isOfBadge: true, windowId: tab.windowId });
      return { kind: 'opened', isOpen: await isPanelOpen };
    case 'ask': {
      const now = Date.now();
      if ((asked.get(tab.id) ?? 0) > now - LEAST_MS) return { kind: 'busy' };
      asked.set(tab.id, Number.POSITIVE_INFINITY);
      try {
        return await host.ask(message.text, stored, site);
      } finally {
        asked.set(tab.id, now);
      }
    }
  }
}

async function authorise(heard: Heard, from: From): Promise<ToContent> {
  const stored = await loadStoredOrNone();
  const site = Object.hasOwn(stored.sites, from.origin) ? stored.sites[from.origin] : undefined;
  // A script stays in its page when the permission goes.
  if (site === undefined || !site.isOn || !(await isGranted(from.origin))) return { kind: 'off' };
  return answer(heard, from, stored, site);
}

/** Listens to content scripts; whatever else is said here is not answered. */
export function openGate(): void {
  chrome.runtime.onMessage.addListener((raw: unknown, sender, reply: (answer: ToContent) => void) => {
    const from = fromOf(sender);
    if (from === undefined || isFlood(from.tab.id)) return false;
    const { success, output: message } = v.safeParse(FROM_CONTENT, raw);
    if (!success) return false;
    // A page that is not seen was not clicked.
    if (message.kind === 'open' && !from.tab.active) return false;
    // Before anything is awaited, or the click does not count; without a click browsers refuse.
    const isPanelOpen = message.kind === 'open' ? openPanel(from.tab.windowId) : Promise.resolve(false);
    authorise({ message, isPanelOpen }, from).then(reply, () =>
      reply({ kind: 'none', why: 'The extension had an error.' }),
    );
    return true;
  });
}
