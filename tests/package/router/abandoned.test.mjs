// Routers and embedders that nobody disposed of: their memory is released, and their workers end, once they are collected.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { it } from 'node:test';
import { dist } from '../support/fixtures.mjs';

/** Runs a script with the garbage collector at hand. One that waits for ever is killed. */
function run(script) {
  const imports = `
    import { liveHandles, Router, StaticEmbedder } from ${JSON.stringify(new URL('index.js', dist).href)};
    import { WorkerRouter } from ${JSON.stringify(new URL('worker.js', dist).href)};
    /** Collects garbage until the condition holds. */
    const until = async (condition) => {
      while (!condition()) {
        gc();
        await new Promise(setImmediate);
      }
    };`;
  const args = ['--expose-gc', '--input-type=module', '-e', imports + script];
  const { stdout, stderr, signal } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 120_000 });
  assert.equal(stderr, '');
  assert.equal(signal, null, `nothing was released, after ${stdout}`);
  return stdout.trim();
}

it('an abandoned router releases its index and its embedder, and one in use stays', () => {
  const said = run(`
    const kept = await Router.load();
    const open = liveHandles();
    (await Router.load()).resolve('a');
    await StaticEmbedder.load();
    await until(() => liveHandles() === open);
    const { model } = await kept.route('What is two plus two?');
    kept.dispose();
    console.log(open, model, liveHandles());`);
  assert.match(said, /^2 \S+\/\S+ 0$/);
});

it('a router that was disposed of is not released again', () => {
  const said = run(`
    const kept = await Router.load();
    let isCollected = false;
    const registry = new FinalizationRegistry(() => (isCollected = true));
    await (async (dropped) => {
      const router = await Router.load();
      registry.register(router, undefined);
      router.dispose();
    })();
    await until(() => isCollected);
    console.log(liveHandles());
    kept.dispose();`);
  assert.equal(said, '2');
});

it('the worker of an abandoned router ends, and the process with it', () => {
  assert.equal(run("console.log((await (await WorkerRouter.load()).route('Hello')).model.length > 0); gc();"), 'true');
});

it('a call keeps its router until it is answered', () => {
  const said = run(`
    const prompts = Array.from({ length: 600 }, (_, i) => 'What is ' + i + ' plus two?');
    const ask = async (Router) => (await Router.load()).embed(prompts);
    const answers = Promise.all([ask(Router), ask(WorkerRouter)]);
    let isAnswered = false;
    answers.then(() => (isAnswered = true));
    await until(() => isAnswered);
    console.log((await answers).map(({ length }) => length).join());
    await until(() => liveHandles() === 0);`);
  assert.equal(said, '600,600');
});
