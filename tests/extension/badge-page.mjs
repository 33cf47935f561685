// Runs the content script in a page with a stand-in for the rest of the extension.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, describe } from 'node:test';
import { build } from 'esbuild';
import { serveFolder } from '../../scripts/site.mjs';
import { root } from '../package/support/fixtures.mjs';
import { BROWSERS, openBrowser } from '../web/browsers.mjs';
import { STAND_INS, standIn } from './stand-ins.mjs';

export const SUGGESTION = {
  kind: 'suggestion',
  verdict: 'better',
  model: 'acme/Thinker-7B',
  label: 'Thinker-7B',
  siteModel: 'thinker:7b',
  current: 'Talker-3B',
  quality: { value: '82%', label: 'chance of being right', note: '' },
  price: { value: '$0.18', label: 'price per 1,000 answers', note: 'as of 23 September 2026' },
  lamp: 'clear',
  why: ['It leads on mathematics.', 'The benchmark has many questions like this one.'],
};
export const WELCOME = { kind: 'welcome', adapter: 'auto', endpoint: 'openAI' };
export const QUESTION = 'Prove that the root of 2 is irrational';

/**
 * Runs in the page before its scripts. It stands in for the extension and gives access to closed shadow roots, which the
 * browser gives to a real extension.
 */
function standInForExtension(answers) {
  const roots = [];
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (init) {
    roots.push(attach.call(this, init));
    return roots.at(-1);
  };
  const listeners = new Set();
  const onMessage = {
    addListener: (listen) => listeners.add(listen),
    removeListener: (listen) => listeners.delete(listen),
  };
  const rootOf = (host) => roots.find((each) => each.host === host) ?? null;

  const { setTimeout, clearTimeout, setInterval, clearInterval } = globalThis;
  const timers = new Set();
  const unanswered = new Set();
  /** Counts the runs of each interval. */
  const runs = new Map();
  const waiting = new Set();
  const look = () => {
    for (const isDone of waiting) if (isDone()) waiting.delete(isDone);
  };
  globalThis.setTimeout = (action, ms, ...args) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      action(...args);
      setTimeout(look);
    }, ms);
    timers.add(timer);
    return timer;
  };
  globalThis.clearTimeout = (timer) => {
    timers.delete(timer);
    clearTimeout(timer);
    setTimeout(look);
  };
  globalThis.setInterval = (action, ms) => {
    const timer = setInterval(() => {
      runs.set(timer, runs.get(timer) + 1);
      action();
      setTimeout(look);
    }, ms);
    runs.set(timer, 0);
    return timer;
  };
  globalThis.clearInterval = (timer) => {
    runs.delete(timer);
    clearInterval(timer);
    setTimeout(look);
  };
  const when = (isTrue) =>
    new Promise((resolve) => {
      waiting.add(() => {
        const isDone = isTrue();
        if (isDone) resolve();
        return isDone;
      });
      setTimeout(look);
    });
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));

  globalThis.test = {
    /** Answers by kind of message. A list is used up one answer at a time; its last answer is repeated. */
    answers,
    sent: [],
    /** Holds answers back until `release` is called. */
    hold: () => {
      globalThis.test.held = new Promise((release) => Object.assign(globalThis.test, { release }));
    },
    /** Waits until the script has nothing left to do: its check ran, no timer is pending, and every answer arrived or is held back. */
    settled: async () => {
      const before = [...runs];
      await when(() => before.every(([timer, count]) => !runs.has(timer) || runs.get(timer) > count));
      await when(() => timers.size === 0 && (unanswered.size === 0 || globalThis.test.held !== undefined));
      for (let i = 0; i < 2; i += 1) await frame();
    },
    /** Waits until what a change of the layout leads to was drawn: its events, then the badge's next frame. */
    drawn: async () => {
      for (let i = 0; i < 4; i += 1) await frame();
    },
    asked: () => globalThis.test.sent.filter(({ kind }) => kind === 'ask').map(({ text }) => text),
    tell: (message) => [...listeners].map((listen) => listen(message, {}, () => undefined)),
    listeners,
    roots,
    hosts: () => [...document.querySelectorAll('div[data-signalbox-badge]')],
    /** Returns the visible badge as the user sees it, or null. */
    badge: () => {
      const hosts = globalThis.test.hosts().map(rootOf);
      if (hosts.length !== 1) return null;
      const pill = hosts[0].querySelector('div > div');
      const button = pill.querySelector('button');
      if (getComputedStyle(pill).visibility !== 'visible') return null;
      const rectOf = (element) => {
        const { left, top, right, bottom } = element.getBoundingClientRect();
        return { left, top, right, bottom };
      };
      const cardOf = hosts[0].querySelector('#card');
      const isOpen = getComputedStyle(cardOf).display !== 'none';
      const link = cardOf.querySelector('a');
      return {
        text: button.getAttribute('aria-label'),
        /** The text beside the badge's signal. */
        drawn: [...button.children]
          .filter((part) => getComputedStyle(part).display !== 'none')
          .map((part) => part.textContent)
          .filter((text) => text !== '')
          .join(' '),
        at: rectOf(pill),
        button: rectOf(button),
        expanded: button.getAttribute('aria-expanded'),
        focused: hosts[0].activeElement?.ariaLabel ?? hosts[0].activeElement?.textContent ?? null,
        card: isOpen ? { text: cardOf.textContent, at: rectOf(cardOf), href: link?.href ?? null } : null,
        tags: [...new Set([...hosts[0].querySelectorAll('*')].map(({ localName }) => localName))].sort(),
      };
    },
    /** Returns the centre of the card's button with this text. */
    buttonOf: (text) => {
      const [shadow] = globalThis.test.hosts().map(rootOf);
      const found = [...shadow.querySelectorAll('button')].find((button) => button.textContent === text);
      const { x, y, width, height } = found.getBoundingClientRect();
      return [x + width / 2, y + height / 2];
    },
  };
  globalThis.chrome = {
    dom: { openOrClosedShadowRoot: rootOf },
    runtime: {
      id: 'extension',
      onMessage,
      sendMessage: async (message) => {
        globalThis.test.sent.push(message);
        unanswered.add(message);
        try {
          await globalThis.test.held;
          const next = globalThis.test.answers[message.kind];
          const answer = Array.isArray(next) ? (next.length > 1 ? next.shift() : next[0]) : next;
          if (answer === 'error') throw new Error('Could not establish connection.');
          return answer ?? undefined;
        } finally {
          unanswered.delete(message);
          setTimeout(look);
        }
      },
    },
  };
}

/** Adds the actions that these tests need to a page from `openBrowser`. */
function badgePage(page, content) {
  const badge = () => page.evaluate(() => globalThis.test.badge());
  return {
    ...page,
    inject: () => page.raw.evaluate(content),
    badge,
    /** Waits for a badge; with `text`, for a badge that shows this text. */
    seen: (text = '') =>
      page.until((wanted) => {
        const found = globalThis.test.badge();
        return found !== null && (wanted === '' || found.text === wanted) && found;
      }, text),
    gone: () => page.until(() => globalThis.test.badge() === null),
    /** Waits until the last question is this text. */
    lastAsked: (text) => page.until((wanted) => globalThis.test.asked().at(-1) === wanted, text),
    asked: () => page.evaluate(() => globalThis.test.asked()),
    /** Sets the size of the view, and waits until the badge has had its turn. */
    resize: async (width, height) => {
      await (page.raw.setViewportSize ?? page.raw.setViewport).call(page.raw, { width, height });
      await page.until((wanted) => innerWidth === wanted, width);
      await page.evaluate(() => globalThis.test.drawn());
    },
    sent: async (kind) => (await page.evaluate(() => globalThis.test.sent)).filter((message) => message.kind === kind),
    keys: (text) => page.raw.keyboard.type(text),
    /** Sets the answer to this kind of message from now on. */
    answer: (kind, answer) =>
      page.evaluate((kind, answer) => Object.assign(globalThis.test.answers, { [kind]: answer }), kind, answer),
    settle: () => page.evaluate(() => globalThis.test.settled()),
    /** Clicks the badge with the mouse, and returns it with its card. */
    open: async () => {
      const { button } = await badge();
      await page.raw.mouse.click(button.left + 12, (button.top + button.bottom) / 2);
      return page.until(() => {
        const found = globalThis.test.badge();
        return found?.card ? found : null;
      });
    },
    /** Waits until the badge's button or link with this text has the focus. */
    focused: (text) => page.until((wanted) => globalThis.test.badge()?.focused === wanted, text),
    opened: () => page.until(() => globalThis.test.badge()?.card),
    closed: () => page.until(() => globalThis.test.badge()?.card === null),
    clickButton: async (text) =>
      page.raw.mouse.click(...(await page.evaluate((wanted) => globalThis.test.buttonOf(wanted), text))),
  };
}

/**
 * Runs the suite in every browser. `pages.open(name)` opens a fixture, or a stand-in of a chat as `chat/claude-thread.html`, and
 * injects the script.
 */
export function describeBadge(name, suite) {
  const pages = {};
  before(async () => {
    pages.folder = mkdtempSync(path.join(tmpdir(), 'signalbox-badge-'));
    cpSync(path.join(root, 'tests/fixtures/extension'), pages.folder, { recursive: true });
    cpSync(path.join(pages.folder, 'textarea.html'), path.join(pages.folder, 'chat/index.html'));
    for (const name of Object.keys(STAND_INS)) {
      for (const view of ['new', 'thread']) {
        writeFileSync(path.join(pages.folder, `chat/${name}-${view}.html`), standIn(name, { view }));
      }
    }
    const entry = path.join(root, 'web/extension/content/main.ts');
    const options = { bundle: true, minify: true, format: 'iife', target: 'es2022', write: false };
    const { outputFiles } = await build({ entryPoints: [entry], ...options });
    pages.content = outputFiles[0].text;
    pages.server = await serveFolder(pages.folder, 0);
    pages.origin = `http://127.0.0.1:${pages.server.address().port}`;
  });
  after(() => {
    pages.server.close();
    pages.server.closeAllConnections();
    rmSync(pages.folder, { recursive: true, force: true });
  });
  for (const kind of BROWSERS) {
    describe(`${name}, ${kind}`, () => {
      const here = {
        kind,
        get origin() {
          return pages.origin;
        },
        /** Opens a fixture. `answers` are by kind of message; `init` is a function that runs in the page. */
        open: async (fixture, { answers = {}, init = '() => undefined', isInjected = true } = {}) => {
          const all = { hello: WELCOME, warm: WELCOME, ask: SUGGESTION, ...answers };
          const script = `(${standInForExtension})(${JSON.stringify(all)}); (${init})();`;
          const opened = await here.browser.newPage(`${pages.origin}/${fixture}`, script);
          const page = badgePage(opened, pages.content);
          if (isInjected) await page.inject();
          return page;
        },
        /** Closes the page after checking that it logged no errors and sent no requests to other origins. */
        close: async (page) => {
          assert.deepEqual(
            page.consoleErrors.filter((text) => !/favicon|404/.test(text)),
            [],
          );
          assert.deepEqual(
            page.requests.filter((url) => !url.startsWith(pages.origin)),
            [],
          );
          await page.close();
        },
      };
      // Not in `before`, which also runs when every test is skipped.
      beforeEach(async () => {
        here.browser ??= await openBrowser(kind);
      });
      after(async () => {
        await here.browser?.close();
      });
      suite(here);
    });
  }
}
