// More than 400 lines: all tests share one small table and its files.
// A router with a table of other languages: English as without it, other prompts with the table, which is loaded on demand.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it, mock } from 'node:test';
import { pathToFileURL } from 'node:url';
import { NOTE_CODES, Router, StaticEmbedder } from '../../../dist/index.js';
import { WorkerRouter } from '../../../dist/worker.js';
import { everydayPrompts } from '../support/everyday.mjs';
import { embedderFiles, expectNothingOpen, jsonBytes, refused } from '../support/fixtures.mjs';
import { startServer } from '../support/http-server.mjs';
import { answerWith, tableFiles } from '../support/languages.mjs';

const GERMAN = 'Schreibe ein Gedicht über den Herbst';
const SPANISH = 'Escribe un poema sobre el otoño';
const RUSSIAN = 'Напиши стихотворение об осени';
const ENGLISH = 'Write a poem about the autumn';
const FOREIGN = [GERMAN, SPANISH, RUSSIAN];

let files;
let plain;
before(async () => {
  files = await tableFiles();
  plain = await Router.load();
});
after(() => plain.dispose());
expectNothingOpen();

const open = (options = {}) => Router.load({ multilingual: files, ...options });

/** Calls with a router, which is disposed at the end. */
async function withRouter(router, action) {
  const opened = await router;
  try {
    return await action(opened);
  } finally {
    opened.dispose();
  }
}

/** Returns a function that makes a table when `finish` is called with it, and a promise of its first call. */
function slowTable(onAsked = () => {}) {
  let start;
  const asked = new Promise((resolve) => {
    start = resolve;
  });
  let finish;
  const loaded = new Promise((resolve) => {
    finish = resolve;
  });
  const multilingual = () => {
    start();
    onAsked();
    return loaded;
  };
  return { multilingual, asked, finish };
}

describe('English with a table of other languages', () => {
  it('has the same vectors to the byte, and the table is not loaded', async () => {
    const server = await startServer(answerWith(files));
    const everyday = everydayPrompts().map(({ prompt }) => prompt);
    const prompts = [ENGLISH, '', '2+2=?', 'git rebase', ...everyday.filter((prompt) => /^[\0-\x7f]*$/.test(prompt))];
    await withRouter(open({ multilingual: server.url }), async (router) => {
      assert.deepEqual(await router.embed(prompts), await plain.embed(prompts));
      assert.deepEqual(await router.route(ENGLISH), await plain.route(ENGLISH));
      assert.deepEqual(server.requests, []);
    });
    await server.close();
  });

  it('has the same vectors beside prompts in other languages', async () => {
    await withRouter(open(), async (router) => {
      const [first, , second] = await router.embed([ENGLISH, GERMAN, 'How many prime numbers lie between 10 and 50?']);
      const [same, last] = await plain.embed([ENGLISH, 'How many prime numbers lie between 10 and 50?']);
      assert.deepEqual([first, second], [same, last]);
      assert.equal((await router.route(ENGLISH)).language, null);
    });
  });
});

describe('prompts in other languages', () => {
  it("have the table's vectors, and are decided as their English twin", async () => {
    const table = await StaticEmbedder.load(files);
    await withRouter(open(), async (router) => {
      const english = await router.route(ENGLISH);
      const vectors = await table.embed(FOREIGN);
      for (const [i, prompt] of FOREIGN.entries()) {
        const [{ vector, language, distanceScale, unread }] = await router.embed([prompt]);
        assert.deepEqual(vector, vectors[i].vector);
        assert.deepEqual([language, distanceScale, unread], [['de', 'es', 'ru'][i], 0.9, undefined]);
        const decision = await router.route(prompt);
        assert.equal(decision.language, language);
        assert.equal(decision.kinds[0].name, english.kinds[0].name);
        assert.deepEqual(decision.notes, []);
        assert.equal(decision.embedder, english.embedder);
      }
    });
    table.dispose();
  });

  it('are judged by distances of their own, in route, routeTask and cascade', async () => {
    const near = await tableFiles({ distanceScale: 1 });
    await withRouter(open(), async (router) => {
      await withRouter(Router.load({ multilingual: near }), async (other) => {
        for (const call of [
          (r) => r.route(GERMAN),
          (r) => r.routeTask([GERMAN, SPANISH, RUSSIAN]),
          (r) => r.cascade(GERMAN),
        ]) {
          const [scaled, whole] = [await call(router), await call(other)];
          assert.equal(scaled.coverage.meanDistance, whole.coverage.meanDistance);
          assert.ok(scaled.coverage.percentile < whole.coverage.percentile);
        }
        const mixed = await router.routeTask([GERMAN, GERMAN, ENGLISH, RUSSIAN]);
        assert.equal(mixed.language, 'de');
        const first = await router.routeTask([ENGLISH, ENGLISH]);
        assert.equal(first.language, null);
        assert.deepEqual(first.coverage, (await plain.routeTask([ENGLISH, ENGLISH])).coverage);
      });
    });
  });

  it('are decided alike as prompts, as embeddings and among many', async () => {
    await withRouter(open(), async (router) => {
      const decision = await router.route(GERMAN);
      const [embedding] = await router.embed([GERMAN]);
      assert.deepEqual(await router.route(embedding), decision);
      assert.deepEqual(
        await router.route(JSON.parse(JSON.stringify({ ...embedding, vector: [...embedding.vector] }))),
        decision,
      );
      assert.deepEqual(await router.routeMany([ENGLISH, GERMAN]), [await router.route(ENGLISH), decision]);
      await refused(router.route({ ...embedding, distanceScale: 0 }), 'invalid_argument', /distanceScale/);
      await refused(router.route({ ...embedding, language: 1 }), 'invalid_argument', /language/);
      await refused(router.route({ ...embedding, multilingualError: 1 }), 'invalid_argument', /multilingualError/);
    });
  });

  it('are unread if the table knows only their letters, or none', async () => {
    await withRouter(open(), async (router) => {
      for (const [prompt, unread] of [
        ['Mji mkuu wa Mongolia ni upi na una watu wangapi kwa sasa?', 'language'],
        ['фывапролдж йцукен ячсмитьбю', 'gibberish'],
        ['Ποια είναι η πρωτεύουσα της Ελλάδας;', 'language'],
        ['భారతదేశ రాజధాని ఏది?', 'language'],
      ]) {
        const [embedding] = await router.embed([prompt]);
        assert.equal(embedding.unread, unread, prompt);
        assert.equal(embedding.language, undefined);
        const { fallbackReason, language } = await router.route(prompt);
        assert.deepEqual([fallbackReason, language], ['unread', null]);
      }
    });
  });
});

describe('the load of a table', () => {
  it('happens once for many calls at a time', async () => {
    const server = await startServer(answerWith(files));
    await withRouter(open({ multilingual: `${server.url}/folder` }), async (router) => {
      await Promise.all([...FOREIGN, ...FOREIGN].map((prompt) => router.route(prompt)));
      await router.routeMany(FOREIGN);
      assert.deepEqual(server.requests.toSorted(), [
        '/folder/config.json',
        '/folder/model.safetensors',
        '/folder/tokenizer.json',
      ]);
    });
    await server.close();
  });

  it('goes on if a call is aborted', async () => {
    const { multilingual, asked, finish } = slowTable();
    await withRouter(open({ multilingual }), async (router) => {
      const controller = new AbortController();
      const first = router.route(GERMAN, { signal: controller.signal });
      const second = router.route(SPANISH);
      await asked;
      controller.abort();
      await refused(first, 'aborted');
      finish(await StaticEmbedder.load(files));
      assert.equal((await second).language, 'es');
      assert.equal((await router.route(GERMAN)).language, 'de');
    });
  });

  it('is not awaited by prompts in English', async () => {
    await withRouter(open({ multilingual: () => new Promise(() => {}) }), async (router) => {
      const waiting = router.route(GERMAN);
      assert.deepEqual(await router.route(ENGLISH), await plain.route(ENGLISH));
      router.dispose();
      await refused(waiting, 'disposed');
    });
  });

  it('leaves nothing open if the router is disposed meanwhile', async () => {
    const { multilingual, asked, finish } = slowTable();
    const router = await open({ multilingual });
    const waiting = router.route(GERMAN);
    await asked;
    router.dispose();
    await refused(waiting, 'disposed');
    const late = await StaticEmbedder.load(files);
    const disposed = new Promise((resolve) => {
      const dispose = late.dispose.bind(late);
      late.dispose = () => resolve(dispose());
    });
    finish(late);
    await disposed;
  });

  it('does not begin if the router is disposed before', async () => {
    const { multilingual } = slowTable(() => assert.fail('the table was asked for'));
    const router = await open({ multilingual });
    const waiting = router.route(GERMAN);
    router.dispose();
    await refused(waiting, 'disposed');
  });

  it('is told when it begins and when it ends, once for all prompts', async () => {
    const states = [];
    await withRouter(open({ onMultilingual: (state) => states.push(state) }), async (router) => {
      await router.embed([ENGLISH]);
      assert.deepEqual(states, []);
      await Promise.all(FOREIGN.map((prompt) => router.route(prompt)));
      await router.route(GERMAN);
    });
    assert.deepEqual(states, ['loading', 'loaded']);
    const failing = [];
    const none = {
      multilingual: () => Promise.reject(new Error('none')),
      onMultilingual: (state) => failing.push(state),
    };
    await withRouter(open(none), (router) => router.route(GERMAN));
    assert.deepEqual(failing, ['loading', 'failed']);
  });

  it('stops if the router is disposed meanwhile', async () => {
    let note;
    const asked = new Promise((resolve) => {
      note = resolve;
    });
    const server = await startServer(() => {
      note();
      return { body: null };
    });
    const router = await open({ multilingual: server.url });
    const waiting = router.route(GERMAN);
    await asked;
    router.dispose();
    await refused(waiting, 'disposed');
    await server.close();
  });

  it('is tried again after half a minute, not for each prompt', async () => {
    let isThere = false;
    const serve = answerWith(files);
    const server = await startServer((pathname) => (isThere ? serve(pathname) : { status: 503 }));
    mock.timers.enable({ apis: ['Date'], now: 1e12 });
    try {
      await withRouter(open({ multilingual: server.url }), async (router) => {
        const { notes, language } = await router.route(GERMAN);
        assert.deepEqual(
          notes.map(({ code }) => code),
          ['multilingual_unavailable'],
        );
        assert.match(notes[0].message, /network: .*503/);
        assert.equal(language, null);
        const asked = server.requests.length;
        isThere = true;
        mock.timers.tick(29_999);
        assert.equal((await router.route(GERMAN)).language, null);
        assert.equal(server.requests.length, asked);
        mock.timers.tick(1);
        assert.equal((await router.route(GERMAN)).language, 'de');
        assert.deepEqual((await router.route(GERMAN)).notes, []);
      });
    } finally {
      mock.timers.reset();
    }
    await server.close();
  });

  it('that fails leaves prompts as they are without it, with a note', async () => {
    const { config, ...rest } = files;
    const tiny = embedderFiles();
    const cases = [
      ['bad_embedder', () => ({ ...files, model: files.model.slice(0, 1000) })],
      ['bad_embedder', () => ({ ...files, tokenizer: jsonBytes({}) })],
      ['bad_embedder', () => tableFiles({ distanceScale: 2 })],
      ['bad_embedder', () => tableFiles({ unread: 'sw' })],
      ['bad_checksum', () => tableFiles({ hash: 'sha256:00' })],
      ['embedder_mismatch', () => tableFiles({ space: 'another' })],
      ['embedder_mismatch', () => ({ ...rest, config: jsonBytes({ id: 'no-languages' }) })],
      ['embedder_mismatch', () => ({ ...tiny, config: jsonBytes({ id: 'tiny', space: 'signalbox-static-128-v1' }) })],
      ['network', () => path.join(tmpdir(), 'no-such-folder')],
      ['internal', () => () => Promise.reject(new Error('a fault of the caller'))],
      ['invalid_argument', () => () => 'no embedder'],
    ];
    assert.ok(config.byteLength > 0);
    for (const [code, make] of cases) {
      await withRouter(open({ multilingual: await make() }), async (router) => {
        const [german, russian, english] = await router.routeMany([GERMAN, RUSSIAN, ENGLISH]);
        for (const [decision, prompt] of [
          [german, GERMAN],
          [russian, RUSSIAN],
        ]) {
          const { notes, ...others } = await plain.route(prompt);
          assert.deepEqual(notes, []);
          assert.deepEqual({ ...decision, notes: [] }, { ...others, notes: [] });
          assert.deepEqual(
            decision.notes.map((note) => note.code),
            ['multilingual_unavailable'],
          );
          assert.match(decision.notes[0].message, new RegExp(`\\(${code}: `));
        }
        assert.equal(russian.fallbackReason, 'unread');
        assert.deepEqual(english, await plain.route(ENGLISH));
        const task = await router.routeTask([ENGLISH, GERMAN]);
        assert.deepEqual(
          task.notes.map((note) => note.code),
          ['multilingual_unavailable'],
        );
      });
    }
    assert.ok(NOTE_CODES.includes('multilingual_unavailable'));
  });

  it('accepts files with the hash that the configuration states', async () => {
    const table = await StaticEmbedder.load(files);
    const { hash } = table;
    table.dispose();
    await withRouter(open({ multilingual: await tableFiles({ hash }) }), async (router) => {
      assert.equal((await router.route(GERMAN)).language, 'de');
    });
  });
});

describe('the option multilingual', () => {
  it('takes a folder, its address, and a function', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'signalbox-languages-'));
    writeFileSync(path.join(folder, 'tokenizer.json'), files.tokenizer);
    writeFileSync(path.join(folder, 'model.safetensors'), files.model);
    writeFileSync(path.join(folder, 'config.json'), files.config);
    for (const multilingual of [folder, pathToFileURL(folder), () => StaticEmbedder.load(folder)]) {
      await withRouter(open({ multilingual }), async (router) =>
        assert.equal((await router.route(GERMAN)).language, 'de'),
      );
    }
    rmSync(folder, { recursive: true });
  });

  it('refuses everything else', async () => {
    for (const multilingual of [null, 1, true, [], {}, { tokenizer: 'a' }, { ...files, more: 1 }]) {
      await refused(Router.load({ multilingual }), 'invalid_argument', /multilingual/);
    }
    await refused(Router.load({ multilingual: files, embedder: null }), 'invalid_argument', /the embedder is null/);
  });
});

describe('a router in a worker with a table of other languages', () => {
  it('decides as one in this thread', async () => {
    await withRouter(open(), async (router) => {
      await withRouter(WorkerRouter.load({ multilingual: files }), async (inWorker) => {
        for (const prompt of [...FOREIGN, ENGLISH]) {
          assert.deepEqual(await inWorker.route(prompt), await router.route(prompt));
        }
        assert.deepEqual(await inWorker.routeTask(FOREIGN), await router.routeTask(FOREIGN));
        assert.deepEqual(await inWorker.embed(FOREIGN), await router.embed(FOREIGN));
      });
    });
  });

  it('tells of the load of the table, wherever it is', async () => {
    for (const options of [
      { multilingual: files },
      { embedder: () => StaticEmbedder.load(), multilingual: () => StaticEmbedder.load(files) },
    ]) {
      const states = [];
      const events = [];
      const heard = { onMultilingual: (state) => states.push(state), onProgress: ({ status }) => events.push(status) };
      await withRouter(WorkerRouter.load({ ...options, ...heard }), async (inWorker) => {
        const count = events.length;
        await Promise.all([GERMAN, ENGLISH, SPANISH].map((prompt) => inWorker.route(prompt)));
        assert.equal(events.length, count);
      });
      assert.deepEqual(states, ['loading', 'loaded']);
      assert.ok(events.includes('ready'));
    }
  });

  it('has the table where its embedder is', async () => {
    const here = { embedder: () => StaticEmbedder.load(), multilingual: () => StaticEmbedder.load(files) };
    await withRouter(open(), async (router) => {
      await withRouter(WorkerRouter.load(here), async (inWorker) => {
        assert.deepEqual(await inWorker.route(GERMAN), await router.route(GERMAN));
        assert.deepEqual(await inWorker.routeMany([ENGLISH, RUSSIAN]), await router.routeMany([ENGLISH, RUSSIAN]));
      });
    });
    const { embedder, multilingual } = here;
    await refused(WorkerRouter.load({ multilingual }), 'invalid_argument', /an address or files/);
    await refused(WorkerRouter.load({ embedder, multilingual: files }), 'invalid_argument', /a function/);
  });

  it('notes a table that cannot be loaded, and goes on', async () => {
    await withRouter(WorkerRouter.load({ multilingual: path.join(tmpdir(), 'no-such-folder') }), async (inWorker) => {
      const { notes } = await inWorker.route(GERMAN);
      assert.deepEqual(
        notes.map(({ code }) => code),
        ['multilingual_unavailable'],
      );
      assert.deepEqual(await inWorker.route(ENGLISH), await plain.route(ENGLISH));
    });
  });
});
