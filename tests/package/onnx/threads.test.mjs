// Threads of ONNX Runtime that do not start: they are noticed in time, and other workers are left alone.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, it, mock } from 'node:test';
import { LateThreads, withThreadLimit } from '../../../dist/onnx/threads.js';
import { refused } from '../support/fixtures.mjs';

const LIMIT_MS = 10_000;
const THREAD = { type: 'module', name: 'em-pthread' };

/** A worker that answers when it is told to. */
class FakeWorker extends EventTarget {
  asked = [];
  postMessage(message) {
    this.asked.push(message);
  }
  answer() {
    this.dispatchEvent(new Event('message'));
  }
}

/** Starts threads as the runtime does; resolves once all have answered. */
async function startThreads(workers, options = THREAD) {
  await Promise.all(
    workers.map(async (_, i) => {
      workers[i] = new globalThis.Worker('thread.js', options);
      const answered = new Promise((resolve) => workers[i].addEventListener('message', resolve));
      workers[i].postMessage('load');
      await answered;
    }),
  );
  return 'started';
}

beforeEach(() => {
  globalThis.Worker = FakeWorker;
  mock.timers.enable({ apis: ['setTimeout'] });
});
afterEach(() => {
  mock.timers.reset();
  delete globalThis.Worker;
});

it('threads that answer are waited for, for any time after their first answer', async () => {
  const workers = [undefined, undefined];
  const started = withThreadLimit(() => startThreads(workers));
  workers[0].answer();
  mock.timers.tick(LIMIT_MS - 1);
  workers[1].answer();
  mock.timers.tick(10 * LIMIT_MS);
  assert.equal(await started, 'started');
  assert.equal(globalThis.Worker, FakeWorker);
  assert.deepEqual(workers[0].asked, ['load']);
});

it('one thread that does not answer is enough for an error', async () => {
  const workers = [undefined, undefined];
  const started = withThreadLimit(() => startThreads(workers));
  workers[0].answer();
  mock.timers.tick(LIMIT_MS);
  const error = await refused(started, 'network', /did not start within 10 s: set threads to 1/);
  assert.ok(error instanceof LateThreads);
  assert.equal(globalThis.Worker, FakeWorker);
});

it('the time before a thread is asked does not count', async () => {
  let thread;
  let ask;
  const asked = new Promise((resolve) => {
    ask = resolve;
  });
  const started = withThreadLimit(async () => {
    thread = new globalThis.Worker('thread.js', THREAD);
    await asked;
    thread.postMessage('load');
    await new Promise((resolve) => thread.addEventListener('message', resolve));
    return 'started';
  });
  mock.timers.tick(2 * LIMIT_MS);
  ask();
  await asked;
  mock.timers.tick(LIMIT_MS - 1);
  thread.answer();
  assert.equal(await started, 'started');
});

it('other workers are not watched', async () => {
  const workers = [undefined];
  const started = withThreadLimit(() => startThreads(workers, { type: 'module' }));
  mock.timers.tick(2 * LIMIT_MS);
  workers[0].answer();
  assert.equal(await started, 'started');
});

it('a start that fails restores the constructor', async () => {
  await assert.rejects(
    withThreadLimit(async () => {
      throw new Error('no runtime');
    }),
    /no runtime/,
  );
  assert.equal(globalThis.Worker, FakeWorker);
});

it('nothing is watched where there are no workers', async () => {
  delete globalThis.Worker;
  assert.equal(await withThreadLimit(async () => 'started'), 'started');
});
