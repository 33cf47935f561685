// The end of a worker that says nothing of it: calls fail with a code in bounded time, and a slow worker is not taken for one.
import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Channel } from '../../../dist/workers/channel.js';
import { refused } from '../support/fixtures.mjs';

const ROUND_MS = 5000;

/** A worker that greets, and then does as `answer` says; `posted`: the calls that it received. */
function silentWorker(answer = () => undefined) {
  const target = new EventTarget();
  const posted = [];
  const reply = (data) => queueMicrotask(() => target.dispatchEvent(new MessageEvent('message', { data })));
  return Object.assign(target, {
    posted,
    postMessage: (message) => {
      posted.push(message.call);
      if (message.call === 'hello') reply({ id: message.id, value: 'router' });
      else answer(message, reply);
    },
  });
}

const open = (worker) => new Channel({ service: 'router', entry: 'entry', worker, start: () => worker });

async function rounds(count) {
  for (let i = 0; i < count; ++i) {
    mock.timers.tick(ROUND_MS);
    for (let j = 0; j < 5; ++j) await turn();
  }
}

describe('without locks, a worker', () => {
  const withTimers = (use) => async () => {
    mock.timers.enable({ apis: ['setInterval'] });
    try {
      await use();
    } finally {
      mock.timers.reset();
    }
  };

  it(
    'that gives no sign of life fails its calls, and every later one',
    withTimers(async () => {
      const channel = open(silentWorker());
      await turn();
      const failed = refused(channel.ask({ call: 'route' }), 'network', /is gone/);
      await rounds(14);
      await failed;
      await refused(channel.ask({ call: 'route' }), 'network', /is gone/);
    }),
  );

  it(
    'that is slow but lives is waited for',
    withTimers(async () => {
      let finish;
      const worker = silentWorker((message, reply) => {
        if (message.call === 'ping') reply({ id: message.id, value: null });
        else finish = () => reply({ id: message.id, value: 'late' });
      });
      const channel = open(worker);
      await turn();
      const answer = channel.ask({ call: 'route' });
      await rounds(100);
      assert.ok(worker.posted.filter((call) => call === 'ping').length > 50);
      finish();
      assert.equal(await answer, 'late');
      channel.close();
    }),
  );

  it(
    'is not asked while nothing waits for it',
    withTimers(async () => {
      const worker = silentWorker((message, reply) => reply({ id: message.id, value: 1 }));
      const channel = open(worker);
      await turn();
      await rounds(100);
      assert.deepEqual(worker.posted, ['hello']);
      assert.equal(await channel.ask({ call: 'route' }), 1);
      channel.close();
      await rounds(20);
      assert.deepEqual(worker.posted, ['hello', 'route', 'dispose']);
    }),
  );
});
