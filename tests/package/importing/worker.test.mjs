// buildInWorker against the script of the worker itself, in a thread of Node.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker as Thread } from 'node:worker_threads';
import { buildFromFiles, buildInWorker, fileFromBytes } from '../../../dist/build.js';
import { SignalboxError, StaticEmbedder } from '../../../dist/index.js';
import { dist, embedderFiles, expectNothingOpen, refused } from '../support/fixtures.mjs';

expectNothingOpen();

/** A thread with the script of the worker; `ended` says whether it was terminated. */
function startWorker() {
  const thread = new Thread(new URL('build-worker-entry.js', dist));
  const terminate = thread.terminate.bind(thread);
  return Object.assign(thread, {
    ended: false,
    /** Fails as if the worker had died. */
    fail: (error) => thread.emit('error', error),
    terminate: () => {
      thread.ended = true;
      return terminate();
    },
  });
}

const ROWS = 300;
function csv() {
  const lines = ['dataset,id,prompt,counts,knows'];
  for (let i = 0; i < ROWS / 2; ++i) {
    lines.push(`sums,${i},What is ${i} plus ${i} of number?,1,0`, `sea,${i},Write about ${i} sea king?,0,1`);
  }
  return new TextEncoder().encode(lines.join('\n'));
}
const inWorker = (options) => {
  const worker = startWorker();
  const built = buildInWorker([new File([csv()], 'results.csv')], { worker, ...options });
  return Object.assign(
    built.finally(() => assert.ok(worker.ended)),
    { worker },
  );
};
const here = (options) => buildFromFiles([fileFromBytes('results.csv', csv())], options);

/** Returns an embedder of letters; `disposed` must stay false. */
function letters(more = {}) {
  const embedder = {
    id: 'letters',
    hash: 'sha256:letters',
    dim: 3,
    details: { dtype: 'fp32', pooling: 'mean', maxTokens: 8, prefix: 'query: ' },
    disposed: false,
    calls: [],
    embed: async (texts) => {
      embedder.calls.push(texts.length);
      const all = new Float32Array(3 * texts.length);
      return texts.map((text, i) => {
        all.set([text.length, text.charCodeAt(0), text.charCodeAt(9)], 3 * i);
        return { vector: all.subarray(3 * i, 3 * i + 3), tokens: 1, truncated: false };
      });
    },
    dispose: () => {
      embedder.disposed = true;
    },
    ...more,
  };
  return embedder;
}

describe('a build in a worker', () => {
  it('returns the result of a build in this thread, and reports its steps', async () => {
    const steps = new Set();
    const got = await inWorker({ measure: true, onProgress: ({ step }) => steps.add(step) });
    assert.deepEqual(got, await here({ measure: true }));
    assert.ok(steps.has(`embedding ${ROWS} prompts`), [...steps].join());
  });

  it('accepts the addresses of the embedder and of the wasm files', async () => {
    const embedder = new URL('models/embedder/embedder.bin', dist);
    const wasm = new URL('signalbox.wasm', dist);
    const got = await inWorker({ embedder, wasm, labWasm: fileURLToPath(new URL('signalbox-lab.wasm', dist)) });
    assert.deepEqual(got.index, (await here()).index);
    await refused(inWorker({ embedder: 'no/such/folder' }), 'network');
  });

  it('keeps the codes and messages of errors', async () => {
    const expected = await refused(here({ dims: 1000 }), 'invalid_argument');
    assert.equal((await refused(inWorker({ dims: 1000 }), 'invalid_argument')).message, expected.message);
    await refused(inWorker({ name: () => {} }), 'invalid_argument', /cannot be sent to a worker/);
    await refused(inWorker({ signal: AbortSignal.abort() }), 'aborted');
  });
});

describe('an embedder on the caller side', () => {
  it('embeds for a build in a worker, which returns the same bytes, and is not disposed of', async () => {
    const [mine, other] = [letters(), letters()];
    const got = await inWorker({ embedder: mine, measure: true, codes: 'float32' });
    assert.deepEqual(got, await here({ embedder: other, measure: true, codes: 'float32' }));
    assert.deepEqual(mine.calls, other.calls);
    assert.deepEqual(mine.calls, [256, 44]);
    assert.equal(mine.disposed, false);
    const embedder = await StaticEmbedder.load(embedderFiles());
    assert.deepEqual((await inWorker({ embedder })).index, (await here({ embedder })).index);
    assert.equal((await embedder.embed(['sea'])).length, 1);
    embedder.dispose();
  });

  it('passes on its own errors unchanged', async () => {
    for (const thrown of [new SignalboxError('out_of_memory', 'too much'), new RangeError('my own'), 'a word']) {
      const embedder = letters({ embed: () => Promise.reject(thrown) });
      await assert.rejects(inWorker({ embedder }), (error) => error === thrown);
    }
    const embedder = letters({
      embed: () => {
        throw new RangeError('at once');
      },
    });
    await assert.rejects(inWorker({ embedder }), { name: 'RangeError', message: 'at once' });
  });

  it('is refused if it returns a wrong number of vectors or dimensions, in a worker or not', async () => {
    const one = { vector: new Float32Array(3).fill(1), tokens: 1, truncated: false };
    const short = { ...one, vector: new Float32Array(2) };
    for (const [embed, message] of [
      [async () => [], /0 embeddings for 256 texts/],
      [async () => null, /object embeddings for 256 texts/],
      [async (texts) => [...texts, ''].map(() => one), /257 embeddings for 256 texts/],
      [async (texts) => texts.map(() => null), /0 embeddings for 256 texts/],
      [async (texts) => texts.map(() => short), /returned a vector of 2 dimensions, but declares 3/],
    ]) {
      for (const build of [inWorker, here]) {
        await refused(build({ embedder: letters({ embed }) }), 'dimension_mismatch', message);
      }
    }
    const infinite = { ...one, vector: Float32Array.of(1, Infinity, 0) };
    const embedder = letters({ embed: async (texts) => texts.map(() => infinite) });
    await refused(inWorker({ embedder }), 'non_finite');
  });

  it('receives the abort of the build while it embeds, but may ignore it', async () => {
    for (const isDeaf of [false, true]) {
      const stop = new AbortController();
      const heard = [];
      const embed = (_, { signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            heard.push(signal.reason);
            if (!isDeaf) reject(new SignalboxError('aborted', 'by the embedder'));
          });
          stop.abort('enough');
        });
      const embedder = letters({ embed });
      const error = await refused(inWorker({ embedder, signal: stop.signal }), 'aborted', /the operation was aborted/);
      assert.equal(error.cause, 'enough');
      assert.deepEqual(heard, ['enough']);
      assert.equal(embedder.disposed, false);
    }
  });

  it('receives an abort if the worker has died', async () => {
    let building;
    let heard = false;
    const embed = (_, { signal }) => {
      signal.addEventListener('abort', () => {
        heard = true;
      });
      building.worker.fail(new Error('killed'));
      return new Promise(() => {});
    };
    building = inWorker({ embedder: letters({ embed }) });
    await refused(building, 'network', /killed/);
    assert.ok(heard);
  });
});
