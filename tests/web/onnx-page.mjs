// A page with the package and ONNX models beside it, bundled as a web developer would, on a server that can misbehave.
import { cpSync, createReadStream, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { writeModelFolder } from '../onnx/model-folder.mjs';
import { root } from '../package/support/fixtures.mjs';

/** Attached to the page: the package, what its workers do, and errors as plain data. */
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

/** More than the 4 MB in which downloads are kept. */
const LARGE = { vocab: 50_000, precisions: ['fp32'] };

/**
 * Without splitting ONNX Runtime is a part of each entry: then its threads would start the entry instead of it. The
 * name of its .wasm, which esbuild does not see in its minified script, is looked for beside the script.
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

/** A folder for `servePage`: with `small` and `large`, two folders of models, and what they were made of. */
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

/** What the headers are, which files are gone, and what is done to the bytes of a file. */
class Behaviour {
  /** The page may share memory with its workers. */
  isIsolated = false;
  /** A Content-Security-Policy; breaches of it are recorded. */
  policy;
  /** Paths that begin so are not there. */
  gone = [];
  /** 'html': a file that is not there is a page, as on a server of a one-page application. */
  missing = 'text';
  /** { path, bytes, end: 'hold' | 'cut' }: the next answer for this path stops after so many bytes. */
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

/** The bytes that are asked for: all of them, or the rest. */
function partOf(size, range) {
  const [, start] = /^bytes=(\d+)-$/.exec(range ?? '') ?? [];
  if (start === undefined || Number(start) >= size) return { status: 200, start: 0, headers: {} };
  const headers = { 'Content-Range': `bytes ${start}-${size - 1}/${size}` };
  return { status: 206, start: Number(start), headers };
}

/** Sends some bytes and no more. `cut` ends the connection here; else the page ends it, or `release` sends the rest. */
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
  if (stop?.path === url) {
    behaviour.stop = undefined;
    const whole = readFileSync(file);
    response.rest = whole.subarray(start + stop.bytes);
    sendStopped(response, whole.subarray(start, start + stop.bytes), stop, held);
  } else createReadStream(file, { start }).pipe(response);
  return status;
}

function answerMissing(response, missing) {
  if (missing === 'html') response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(HTML);
  else response.writeHead(404, { 'Content-Type': 'text/plain' }).end('not found');
  return missing === 'html' ? 200 : 404;
}

/** Waits, without a limit of its own, until it is true. */
export async function until(isTrue) {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 5));
}

function answerBreach(request, response, breaches) {
  request.setEncoding('utf8').on('data', (text) => breaches.push(text));
  request.on('end', () => response.writeHead(204).end());
}

/** The status of the answer. */
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
 * `breaches` the reports of the policy.
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
    /** Lets go on what was held. */
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
