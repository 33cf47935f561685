/**
 * The gate for messages of content scripts. They run in pages and are treated as hostile: neither the content nor the
 * number of their messages is trusted.
 */
import * as v from 'valibot';
import { FROM_CONTENT, type FromContent, type ToContent } from '../messages.js';
import { isGranted } from '../sites.js';
import { putQuestion } from '../stored/question.js';
import type { Site, Stored } from '../stored/schema.js';
import { loadStoredOrNone } from '../stored/store.js';
import { host } from './host.js';
import { openPanel } from './panel.js';

/** Messages per second that a page may send, more than any typing causes; further ones are dropped at once. */
const MOST_MESSAGES = 50;
/**
 * By tab: the last second with messages, and their number. This clock, unlike that of `Date`, never goes back, and so
 * never blocks a tab until it has caught up.
 */
const heard = new Map<number, { second: number; count: number }>();

function isFlood(tab: number): boolean {
  const second = Math.floor(performance.now() / 1000);
  const last = heard.get(tab);
  const count = last?.second === second ? last.count + 1 : 1;
  heard.set(tab, { second, count });
  return count > MOST_MESSAGES;
}

/** A user does not ask at shorter intervals. */
const LEAST_MS = 20;

/** Time of each tab's last question; `Infinity` while it waits for the answer. */
const asked = new Map<number, number>();

interface From {
  tab: chrome.tabs.Tab & { id: number };
  origin: string;
}

/**
 * Returns the sender as the browser, not the message, describes it; `undefined` if it is not a content script in the top
 * frame of a web page.
 */
function fromOf({ id, tab, frameId, url }: chrome.runtime.MessageSender): From | undefined {
  if (id !== chrome.runtime.id || tab?.id === undefined || frameId !== 0 || !url?.startsWith('http')) return undefined;
  return { tab: tab as From['tab'], origin: new URL(url).origin };
}

/** A message, and whether the panel opened if the message asked for it. */
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
      // The question also waits if the user has to open the panel.
      await putQuestion({
        text: message.text,
        origin,
        isOfBadge: true,
        page: message.page ?? null,
        windowId: tab.windowId,
      });
      return { kind: 'opened', isOpen: await isPanelOpen };
    case 'ask': {
      const now = performance.now();
      if ((asked.get(tab.id) ?? Number.NEGATIVE_INFINITY) > now - LEAST_MS) return { kind: 'busy' };
      asked.set(tab.id, Number.POSITIVE_INFINITY);
      try {
        return await host.ask(message.text, stored, site, message.page);
      } finally {
        asked.set(tab.id, now);
      }
    }
  }
}

async function authorise(heard: Heard, from: From): Promise<ToContent> {
  const stored = await loadStoredOrNone();
  const site = Object.hasOwn(stored.sites, from.origin) ? stored.sites[from.origin] : undefined;
  // A script stays in its page after its permission was revoked.
  if (site === undefined || !site.isOn || !(await isGranted(from.origin))) return { kind: 'off' };
  return answer(heard, from, stored, site);
}

/** Listens to content scripts; other messages are not answered. */
export function openGate(): void {
  chrome.runtime.onMessage.addListener((raw: unknown, sender, reply: (answer: ToContent) => void) => {
    const from = fromOf(sender);
    if (from === undefined || isFlood(from.tab.id)) return false;
    const { success, output: message } = v.safeParse(FROM_CONTENT, raw);
    if (!success) return false;
    // A hidden page was not clicked.
    if (message.kind === 'open' && !from.tab.active) return false;
    // Comes before any `await`: browsers open a panel only in the handler of a click.
    const isPanelOpen = message.kind === 'open' ? openPanel(from.tab.windowId) : Promise.resolve(false);
    authorise({ message, isPanelOpen }, from).then(reply, () =>
      reply({ kind: 'none', lamp: 'none', why: ['The extension failed.'] }),
    );
    return true;
  });
}
