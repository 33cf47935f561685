// Importing the package compiles nothing: a page's policy may forbid that, and calls then fail with a code.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { it } from 'node:test';
import { dist } from './support/fixtures.mjs';

const ENTRIES = ['index', 'worker', 'worker-entry', 'build', 'build-worker-entry', 'onnx', 'onnx-worker-entry'];
const address = (name) => JSON.stringify(new URL(`${name}.js`, dist).href);

/** Runs a script in a process of its own. */
function runs(script) {
  const args = ['--input-type=module', '-e', script];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  assert.equal(stderr, '');
  return stdout.trim();
}

it('no entry compiles a WebAssembly module as it is imported', () => {
  // The policy of a page without 'wasm-unsafe-eval', in Chromium's words.
  const forbid = `
    function refuse() {
      throw new WebAssembly.CompileError("Refused to compile or instantiate WebAssembly module because 'unsafe-eval' is not allowed");
    }
    WebAssembly.Module = refuse;
    WebAssembly.Instance = refuse;
    WebAssembly.compile = WebAssembly.instantiate = async () => refuse();`;
  const said = runs(`${forbid}
    globalThis.addEventListener ??= () => undefined;
    globalThis.postMessage ??= () => undefined;
    for (const entry of [${ENTRIES.map(address)}]) await import(entry);
    const { buildFromFiles, fileFromBytes } = await import(${address('build')});
    const { Router } = await import(${address('index')});
    const file = fileFromBytes('a.csv', new TextEncoder().encode('dataset,id,prompt,a\\nd,1,p,1'));
    for (const call of [() => Router.load(), () => buildFromFiles([file])]) {
      console.log(await call().then(() => 'done', ({ code, message }) => code + ': ' + message));
    }
    process.exit();`);
  assert.equal(said.split('\n').length, 2);
  for (const line of said.split('\n')) assert.match(line, /^bad_wasm: .*Content-Security-Policy.*'wasm-unsafe-eval'/);
});

it('without WebAssembly every load is bad_wasm', () => {
  const said = runs(`
    import { once } from 'node:events';
    import { createServer } from 'node:http';
    const { Router, StaticEmbedder } = await import(${address('index')});
    const { WorkerRouter } = await import(${address('worker')});
    const { buildFromFiles } = await import(${address('build')});
    // Node.js compiles an HTTP parser of its own, which is ready after a first request.
    const server = createServer((_, response) => response.end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    await (await fetch('http://127.0.0.1:' + server.address().port)).text();
    server.closeAllConnections();
    server.close();
    delete globalThis.WebAssembly;
    for (const call of [() => Router.load(), () => StaticEmbedder.load(), () => buildFromFiles([])]) {
      console.log(await call().then(() => 'done', ({ code, message }) => code + ': ' + message));
    }
    const router = await WorkerRouter.load();
    console.log(router.info.rows > 0 ? 'the worker has its own' : '');
    router.dispose();`);
  const lines = said.split('\n');
  assert.equal(lines.length, 4);
  for (const line of lines.slice(0, 3)) assert.match(line, /^bad_wasm: there is no WebAssembly here/);
  assert.equal(lines[3], 'the worker has its own');
});
