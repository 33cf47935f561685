// The account of a page in the errors of waits; site-update.test.mjs reads that of a real one.
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import { accountOf, explaining } from './page-account.mjs';

const requestOf = (url, errorText) => ({ url: () => url, failure: () => ({ errorText }) });
const messageOf = (text) => ({
  type: () => 'log',
  text: () => text,
  location: () => ({ url: 'http://localhost/page.js' }),
});

/** Returns a page that answers `look` to every question about it. */
const pageOf = (look) =>
  Object.assign(new EventEmitter(), {
    url: () => 'http://localhost/',
    evaluate: look,
    screenshot: () => Promise.reject(new Error('no screen')),
  });

describe('the account of a page', () => {
  it('lists the requests on their way and those that failed, and the last messages', async () => {
    const page = pageOf(async () =>
      JSON.stringify({ address: 'http://localhost/', loading: ['plan: Loading'], busy: [] }),
    );
    const account = accountOf(page);
    const [done, lost, open] = ['done', 'lost', 'open'].map((name) => requestOf(`http://localhost/${name}`, 'reset'));
    for (const request of [done, lost, open]) page.emit('request', request);
    page.emit('requestfinished', done);
    page.emit('requestfailed', lost);
    for (let i = 1; i <= 12; i += 1) page.emit('console', messageOf(`message ${i}`));
    assert.equal(
      await account(),
      [
        '  address: http://localhost/',
        '  loading: \n    plan: Loading',
        '  requests on their way: \n    http://localhost/open',
        '  failed requests: \n    http://localhost/lost: reset',
        `  console: ${Array.from({ length: 10 }, (_, i) => `\n    log: message ${i + 3} (http://localhost/page.js)`).join('')}`,
        '  picture: its picture failed: no screen',
      ].join('\n'),
    );
  });

  it('says that a page no longer answers', async () => {
    const account = accountOf(pageOf(() => Promise.reject(new Error('Target closed'))));
    assert.match(await account(), /page: the page failed: Target closed\n/);
  });

  it('is added to the error of a wait, whose name stays', async () => {
    const late = Object.assign(new Error('waited in vain'), { name: 'TimeoutError' });
    const waits = { until: () => Promise.reject(late), text: async (selector) => `text of ${selector}` };
    const { until, text } = explaining(waits, async () => '  console: all quiet');
    assert.equal(await text('p'), 'text of p');
    await assert.rejects(until(), (error) => {
      assert.equal(error.name, 'TimeoutError');
      assert.equal(error.message, 'waited in vain\nthe page meanwhile:\n  console: all quiet');
      assert.ok(error.stack.includes(error.message));
      assert.equal(error.cause, late);
      return true;
    });
  });
});
