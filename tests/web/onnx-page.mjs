// A page with the package and ONNX models beside it, bundled as a web developer would, on a server that can misbehave.

import assert from 'node:assert/strict';
import { cpSync, createReadStream, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import { writeModelFolder } from '../onnx/model-folder.mjs';
import { root } from '../package/support/fixtures.mjs';

/** Script of the page: the package, a record of its workers, and errors as plain data. */
const MAIN = `
  import { OnnxEmbedder } from './dist/onnx.js';
  import { buildInWorker } from './dist/build.js';
  import { Router, SignalboxError } from './dist/index.js';
  import { WorkerRouter } from './dist/worker.js';

  const workers = { started: 0, ended: 0 };
  globalThis.Worker = class extends Worker {
    constructor(...args) {
      super(...args);
      ++workers.started;
    }
    terminate() {
      ++workers.ended;
      super.terminate();
    }
  };
  const attempt = async (action) => {
    try {
      return { value: await action() };
    } catch (error) {
      if (!(error instanceof SignalboxError)) throw error;
      return { code: error.code, message: error.message };
    }
  };
  const plain = (embeddings) => embeddings.map((one) => ({ ...one, vector: Array.from(one.vector) }));
  Object.assign(globalThis, { buildInWorker, OnnxEmbedder, Router, WorkerRouter, SignalboxError, workers, attempt, plain });`;

const HTML =
  '<!doctype html><html lang="en"><head><title>ONNX</title><link rel="icon" href="data:,">' +
  '<script type="module" src="main.js"></script></head><body></body></html>';

const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.json': 'application/json',
};
const typeOf = (file) =>
  path.extname(file) === '.wasm' ? 'application/wasm' : (TYPES[path.extname(file)] ?? 'application/octet-stream');

/** More than the 4 MB of one piece of a cached download. */
const LARGE = { vocab: 50_000, precisions: ['fp32'] };

/**
 * Without splitting, ONNX Runtime is a part of each entry, and its threads start the entry. The runtime looks for its
 * .wasm beside the script, because esbuild does not see the name in the minified source.
 */
async function bundle(folder, splitting) {
  await build({
    absWorkingDir: root,
    entryPoints: {
      main: 'main-of-the-page',
      'worker-entry': './dist/worker-entry.js',
      'build-worker-entry': './dist/build-worker-entry.js',
      'onnx-worker-entry': './dist/onnx-worker-entry.js',
    },
    plugins: [
      {
        name: 'main',
        setup: ({ onResolve, onLoad }) => {
          onResolve({ filter: /^main-of-the-page$/ }, () => ({ path: 'main', namespace: 'page' }));
          onLoad({ filter: /.*/, namespace: 'page' }, () => ({ contents: MAIN, resolveDir: root }));
        },
      },
    ],
    platform: 'browser',
    outdir: folder,
    bundle: true,
    splitting,
    format: 'esm',
    target: 'es2022',
    minify: true,
    logLevel: 'warning',
  });
}

/** Builds a folder for `servePage`, with two folders of models, `small` and `large`; returns how these were made. */
export async function buildPage({ splitting = true } = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), 'signalbox-onnx-page-'));
  await bundle(folder, splitting);
  for (const name of ['signalbox.wasm', 'signalbox-lab.wasm']) {
    cpSync(path.join(root, 'dist', name), path.join(folder, name));
  }
  for (const kind of ['', '.asyncify']) {
    const name = `ort-wasm-simd-threaded${kind}.wasm`;
    symlinkSync(path.join(root, 'node_modules/onnxruntime-web/dist', name), path.join(folder, name));
  }
  const small = writeModelFolder(path.join(folder, 'small'), { precisions: ['fp32', 'int8'] });
  writeModelFolder(path.join(folder, 'large'), LARGE);
  return { folder, small, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Misbehaviour of the server: headers, missing files, altered bytes. */
class Behaviour {
  /** Whether the page may share memory with its workers. */
  isIsolated = false;
  /** A Content-Security-Policy; violations are recorded. */
  policy;
  /** Prefixes of missing paths. */
  gone = [];
  /** 'html': answers with a page for a missing file, as servers of single-page applications do. */
  missing = 'text';
  /**
   * { path, bytes, end: 'hold' | 'cut', after }: the next answer for this path stops after that many bytes, or the one
   * after `after` others.
   */
  stop;
}

function headersOf({ isIsolated, policy }) {
  return {
    'Cache-Control': 'no-store',
    ...(isIsolated && {
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    }),
    ...(policy && { 'Content-Security-Policy': `${policy}; report-uri /breach` }),
  };
}

/** Returns the requested bytes: all of them, or the rest. */
function partOf(size, range) {
  const [, start] = /^bytes=(\d+)-$/.exec(range ?? '') ?? [];
  if (start === undefined || Number(start) >= size) return { status: 200, start: 0, headers: {} };
  const headers = { 'Content-Range': `bytes ${start}-${size - 1}/${size}` };
  return { status: 206, start: Number(start), headers };
}

/** Sends only the first bytes. `cut` ends the connection; otherwise the page ends it, or `release` sends the rest. */
function sendStopped(response, bytes, { end }, held) {
  response.write(bytes, () => {
    if (end === 'cut') response.destroy();
  });
  if (end === 'hold') held.add(response);
}

function answerFile(file, url, request, response, { behaviour, held }) {
  const size = statSync(file).size;
  const { status, start, headers } = partOf(size, request.headers.range);
  response.writeHead(status, {
    ...headers,
    'Content-Type': typeOf(file),
    'Content-Length': size - start,
    ETag: `"${size}"`,
    'Accept-Ranges': 'bytes',
  });
  const { stop } = behaviour;
  if (stop?.path === url && stop.after > 0) stop.after -= 1;
  else if (stop?.path === url) {
    behaviour.stop = undefined;
    const whole = readFileSync(file);
    response.rest = whole.subarray(start + stop.bytes);
    sendStopped(response, whole.subarray(start, start + stop.bytes), stop, held);
    return status;
  }
  createReadStream(file, { start }).pipe(response);
  return status;
}

function answerMissing(response, missing) {
  if (missing === 'html') response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(HTML);
  else response.writeHead(404, { 'Content-Type': 'text/plain' }).end('not found');
  return missing === 'html' ? 200 : 404;
}

/** Waits until the condition is true; the test has the time limit. */
export async function until(isTrue) {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 5));
}

function answerBreach(request, response, breaches) {
  request.setEncoding('utf8').on('data', (text) => breaches.push(text));
  request.on('end', () => response.writeHead(204).end());
}

/** Answers a request; returns the status. */
function answer(pathname, request, response, { folder, behaviour, held }) {
  const file = path.join(folder, pathname);
  const isGone = behaviour.gone.some((start) => pathname.startsWith(start));
  if (pathname === '/') {
    response.writeHead(200, { 'Content-Type': 'text/html' }).end(HTML);
    return 200;
  }
  if (isGone || !statSync(file, { throwIfNoEntry: false })?.isFile()) return answerMissing(response, behaviour.missing);
  return answerFile(file, pathname, request, response, { behaviour, held });
}

/**
 * Serves the folder of `buildPage` on an origin of its own. `requests` are { path, range, status, isClosed } in order,
 * `breaches` the violations of the policy.
 */
export async function servePage(folder) {
  const behaviour = new Behaviour();
  const [requests, breaches] = [[], []];
  const held = new Set();
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    for (const [name, value] of Object.entries(headersOf(behaviour))) response.setHeader(name, value);
    if (pathname === '/breach') return answerBreach(request, response, breaches);
    const noted = { path: pathname, range: request.headers.range, isClosed: false };
    requests.push(noted);
    response.on('close', () => {
      noted.isClosed = true;
    });
    noted.status = answer(pathname, request, response, { folder, behaviour, held });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    behaviour,
    requests,
    breaches,
    of: (start) => requests.filter((request) => request.path.startsWith(start)),
    /** Sends the rest of held answers. */
    release: () => {
      for (const response of held) response.end(response.rest);
      held.clear();
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Compares two lists of vectors number by number. */
export function close(got, expected, tolerance, what = '') {
  assert.equal(got.length, expected.length);
  for (const [i, vector] of got.entries()) {
    assert.equal(vector.length, expected[i].length);
    const worst = Math.max(...vector.map((x, j) => Math.abs(x - expected[i][j])));
    assert.ok(worst <= tolerance, `${what} text ${i} is off by ${worst}`);
  }
}

export const vectorsOf = (embeddings) => embeddings.map(({ vector }) => Array.from(vector));

/** Runs in the page: loads an embedder and embeds; reports whether the runtime ran in the page itself. */
export async function embedThere(texts, options, place = '/small') {
  const { attempt, OnnxEmbedder, plain } = globalThis;
  return attempt(async () => {
    const embedder = await OnnxEmbedder.load(place, options);
    const embeddings = plain(await embedder.embed(texts));
    const { id, hash, dim, details, threads } = embedder;
    embedder.dispose();
    const fetched = performance.getEntriesByType('resource').map(({ name }) => name);
    return { embeddings, id, hash, dim, details, threads, ranHere: fetched.some((name) => name.endsWith('.wasm')) };
  });
}

/** The wait after which Firefox's threads count as stuck. Another wait of that length, or of a test, follows on a new page. */
const STUCK_MS = 60_000;

/**
 * Returns what `action` returns, which embeds with two threads, on a page of its own. In Firefox ONNX Runtime sometimes
 * gets stuck before it has asked for its own file, or its threads never start (docs/onnx.md): then the action runs once
 * more.
 */
export async function withThreads(kind, action) {
  if (kind !== 'firefox') {
    const got = await action();
    assert.equal(got.threads, 2);
    return got;
  }
  const stuck = new AbortController();
  const first = await Promise.race([
    action().catch((error) => {
      if (/timed out|closed/i.test(error.message)) return { threads: 0 };
      throw error;
    }),
    sleep(STUCK_MS, { threads: 0 }, { signal: stuck.signal }),
  ]);
  stuck.abort();
  if (first.threads === 2) return first;
  console.error('firefox: the threads of ONNX Runtime did not start; once more on another page');
  const second = await action();
  assert.equal(second.threads, 2);
  return second;
}
