// Tells what a page looked like when a test waited in vain.
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const SHOTS = fileURLToPath(new URL('../../build/tests/stuck', import.meta.url));

/** Most console messages, failed requests and requests on their way that an account lists. */
const MOST = 10;

/** The wait after which a page counts as stuck: its account must not make a test wait as long again. */
const PATIENCE_MS = 5000;

/** Settles as `promise` does; to a text if that takes too long, or fails. */
const inTime = (what, promise) =>
  Promise.race([
    promise.catch((error) => `${what} failed: ${error.message}`),
    sleep(PATIENCE_MS, `${what} did not answer within ${PATIENCE_MS / 1000} s`, { ref: false }),
  ]);

/** Describes the page. Runs in the page. */
function lookAround() {
  const short = (text) => text.replace(/\s+/g, ' ').trim().slice(0, 200);
  const marks = (element) =>
    Array.from(element.attributes)
      .filter(({ name }) => /^(id$|data-|aria-busy|role)/.test(name))
      .map(({ name, value }) => (value === '' ? name : `${name}=${value}`))
      .join(' ');
  const placeOf = (element) => `${element.closest('[id]')?.id ?? element.localName}: ${short(element.textContent)}`;
  const all = (selector) => Array.from(document.querySelectorAll(selector));
  const worker = globalThis.navigator.serviceWorker?.controller;
  return JSON.stringify({
    address: location.href,
    state: `${document.readyState}, ${document.visibilityState}, ${document.hasFocus() ? 'with' : 'without'} focus`,
    'service worker': worker ? worker.state : 'none in control',
    view: `${scrollX}, ${scrollY} of ${document.documentElement.scrollWidth} x ${document.documentElement.scrollHeight}`,
    sections: all('section[id]').map((section) => `${marks(section)}: ${short(section.textContent)}`),
    loading: all('[data-loading], [data-far]').map(placeOf),
    busy: all('[aria-busy=true]').map((element) => `${element.localName} ${marks(element)}`),
    alerts: all('[role=alert], .failed')
      .map(placeOf)
      .filter((text) => !text.endsWith(': ')),
  });
}

/** Formats one line for each entry, and one for each element of a list. */
const lines = (entries) =>
  Object.entries(entries)
    .filter(([, value]) => value.length > 0)
    .map(
      ([name, value]) => `  ${name}: ${Array.isArray(value) ? value.map((each) => `\n    ${each}`).join('') : value}`,
    )
    .join('\n');

/** Writes a picture of the page into the build folder, and returns its path. Several tests may run in one process. */
async function shoot(page) {
  mkdirSync(SHOTS, { recursive: true });
  const hash = createHash('sha256').update(`${process.pid} ${Date.now()} ${page.url()}`).digest('hex');
  const file = path.join(SHOTS, `${hash.slice(0, 12)}.png`);
  await page.screenshot({ path: file });
  return file;
}

/** Follows a page of either library from now on. Returns a function that returns an account of the page, as text. */
export function accountOf(page) {
  const open = new Map();
  const failed = [];
  const messages = [];
  const add = (list, text) => {
    list.push(text.slice(0, 300));
    if (list.length > MOST) list.shift();
  };
  page.on('request', (request) => open.set(request, request.url().slice(0, 300)));
  page.on('requestfinished', (request) => open.delete(request));
  page.on('requestfailed', (request) => {
    open.delete(request);
    add(failed, `${request.url()}: ${request.failure()?.errorText}`);
  });
  page.on('console', (message) => add(messages, `${message.type()}: ${message.text()} (${message.location().url})`));
  page.on('pageerror', (error) => add(messages, `uncaught: ${error}`));
  page.on('crash', () => add(messages, 'the page crashed'));
  return async () => {
    const found = await inTime('the page', page.evaluate(`(${lookAround})()`));
    const picture = await inTime('its picture', shoot(page));
    return lines({
      ...(found.startsWith('{') ? JSON.parse(found) : { page: found }),
      'requests on their way': [...open.values()].slice(-MOST),
      'failed requests': failed,
      console: messages,
      picture,
    });
  };
}

/** Adds the account of a page to the errors of its waits. */
export function explaining(waits, account) {
  const explained =
    (wait) =>
    async (...args) => {
      try {
        return await wait(...args);
      } catch (error) {
        const text = `${error.message}\nthe page meanwhile:\n${await account()}`;
        throw Object.assign(new Error(text, { cause: error }), {
          name: error.name,
          stack: error.stack.replace(error.message, () => text),
        });
      }
    };
  return Object.fromEntries(Object.entries(waits).map(([name, wait]) => [name, explained(wait)]));
}
