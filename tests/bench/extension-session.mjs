// Runs the built extension in a real browser for the benchmark, allowed on one chat, with probes in the pages.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openExtension } from '../extension/browser.mjs';
import { CHAT, SITES } from '../extension/installed.mjs';
import { waitFor } from '../web/waiting.mjs';

/**
 * Runs in the content script's world, where the script looks up `sendMessage` for each call. Records four times for each
 * question: the last key before it, the question, the answer, and the frame after the one in which the badge shows the
 * answer.
 */
function probeBadge() {
  if (globalThis.bench !== undefined) return;
  globalThis.bench = { asks: [] };
  let key = Number.NEGATIVE_INFINITY;
  addEventListener('keydown', ({ timeStamp }) => (key = timeStamp), { capture: true, passive: true });
  /** Returns the text of the card behind a visible badge; a lamp that stays the same has a new card, too. */
  const cardOf = () => {
    const host = document.querySelector('[data-signalbox-badge]');
    if (host === null || getComputedStyle(host).visibility !== 'visible') return undefined;
    const root = globalThis.chrome?.dom?.openOrClosedShadowRoot(host) ?? host.openOrClosedShadowRoot;
    return root.querySelector('#card').textContent;
  };
  const send = chrome.runtime.sendMessage.bind(chrome.runtime);
  chrome.runtime.sendMessage = async (message) => {
    if (message.kind !== 'ask') return send(message);
    const ask = { text: message.text, key, asked: performance.now() };
    const answer = await send(message);
    // The script asks again, and the measured wait then includes this attempt.
    if (answer?.kind === 'busy') return answer;
    ask.answered = performance.now();
    ask.kind = answer?.kind;
    // The script has drawn by this frame, and the message posted in it arrives after the frame.
    requestAnimationFrame(() => {
      const isShown = cardOf()?.includes(answer?.model ?? answer?.why[0]) ?? false;
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => globalThis.bench.asks.push({ ...ask, isShown, drawn: performance.now() });
      port2.postMessage(null);
    });
    return answer;
  };
}

/** Runs in the panel. Records the time of the frame after a decision on the text in the box. */
function probePanel() {
  if (globalThis.bench !== undefined) return;
  globalThis.bench = { answers: [] };
  let key = Number.NEGATIVE_INFINITY;
  let isSettled = false;
  addEventListener('keydown', ({ timeStamp }) => (key = timeStamp), { capture: true, passive: true });
  const look = () => {
    const wasSettled = isSettled;
    const article = document.querySelector('article.ask-answer');
    isSettled = article?.getAttribute('aria-busy') === 'false' && article.querySelector('[data-pick]') !== null;
    if (!isSettled || wasSettled) return;
    const answer = { key, text: document.querySelector('#prompt').value };
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => globalThis.bench.answers.push({ ...answer, drawn: performance.now() });
      port2.postMessage(null);
    });
  };
  look();
  globalThis.bench.wasLate = isSettled;
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
}

/** Removes and returns the record of this text, because the same text may be asked again. */
function take(list, text) {
  const notes = globalThis.bench[list];
  const at = notes.findIndex((note) => note.text === text);
  return at === -1 ? null : notes.splice(at, 1)[0];
}

/** Replaces the user's ratings. */
function writeJudged(judged) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('signalbox-judged');
    opening.onupgradeneeded = () => opening.result.createObjectStore('judged');
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const writing = opening.result.transaction('judged', 'readwrite');
      const store = writing.objectStore('judged');
      store.clear();
      for (const each of judged) store.put(each, each.id);
      writing.onerror = () => reject(writing.error);
      writing.oncomplete = () => {
        opening.result.close();
        const channel = new BroadcastChannel('feedback');
        channel.postMessage(null);
        channel.close();
        resolve();
      };
    };
  });
}

/** Opens a session with the extension in `folder`, which was built for this browser. */
export async function openSession(kind, folder) {
  const scratch = mkdtempSync(path.join(tmpdir(), 'signalbox-bench-'));
  const profile = path.join(scratch, 'profile');
  const session = { kind };
  session.start = async () => {
    session.browser = await openExtension(kind, folder, { profile, sites: SITES });
    // The privacy page does nothing on its own.
    session.desk = await session.browser.extensionPage('privacy/index.html');
  };
  session.restart = async () => {
    await session.browser.close();
    await session.start();
  };
  session.close = async () => {
    await session.browser?.close();
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  };
  session.allow = async (origin) => {
    const page = await session.browser.extensionPage('settings/index.html');
    await page.until(() => document.querySelector('[data-held]') !== null);
    await page.type('#new-site', origin);
    await session.browser.grant(page, 'form.add-site [data-add-site]');
    await page.until((site) => document.querySelector(`[data-site="${site}"]`) !== null, origin);
    await page.close();
  };
  const inPage = (url, action, ...args) => {
    const inside = `async (url, args) => {
      const [{ id: tabId }] = (await chrome.tabs.query({})).filter((tab) => tab.url?.startsWith(url));
      const [{ result, error }] = await chrome.scripting.executeScript({ target: { tabId }, func: ${action}, args });
      if (error) throw error;
      return result;
    }`;
    return session.desk.evaluate(inside, url, args);
  };
  /** Opens a page of the chat on which the extension is allowed, with the probe in it. */
  session.chat = async (name = '') => {
    const url = `${CHAT}/${name}`;
    const page = await session.browser.newPage(url);
    await inPage(url, probeBadge);
    /** Returns the record of the question with this text, once its answer is drawn. */
    const ask = (text) =>
      waitFor(`an answer to '${text.slice(0, 80)}'`, () => inPage(url, take, 'asks', text), { pause: 25 });
    return { ...page, ask };
  };
  session.panel = async () => {
    const panel = await session.browser.panel();
    await panel.evaluate(probePanel);
    const answer = (text) =>
      waitFor(`a decision on '${text.slice(0, 80)}'`, () => panel.evaluate(take, 'answers', text), { pause: 25 });
    return { ...panel, answer };
  };
  /** Restores the state after a browser start, without a router. */
  session.forget = async () => {
    if (session.browser.can.offscreen) {
      await session.desk.evaluate(async () => {
        const open = await chrome.runtime.getContexts({ contextTypes: ['OFFSCREEN_DOCUMENT'] });
        if (open.length > 0) await chrome.offscreen.closeDocument();
      });
    }
    await session.browser.background.stop();
  };
  session.judge = (judged) => session.desk.evaluate(writeJudged, judged);
  await session.start();
  return session;
}
