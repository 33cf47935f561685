// `npm run demo`: builds the page into build/site and serves it on localhost. `npm run build:site` only builds it.
// The folder uses relative paths and needs no special headers: any static host serves it.
import { createHash } from 'node:crypto';
import { createReadStream, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { root, setUp } from './setup.mjs';

const site = path.join(root, 'build', 'site');
const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
};

const source = path.join(root, 'web/site');

/** It warns that plugins take their time. */
export const QUIET = { checks: { bundlerTimings: false } };

export async function buildSite(target = site) {
  const { build } = await import('vite');
  await build({
    root: source,
    configFile: false,
    // Any folder of a host will do.
    base: './',
    logLevel: 'warn',
    // Workers that share chunks, as pages do.
    worker: { format: 'es', rolldownOptions: QUIET },
    // The page's policy lets nothing be fetched from a data: address.
    build: { outDir: target, emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0, rolldownOptions: QUIET },
  });
  await buildServiceWorker(target);
}

/** Knows every file of the page by its hash, so that a damaged download is never kept; ONNX Runtime is left to those who use it. */
async function buildServiceWorker(target) {
  const files = readdirSync(target, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/^ort[-.]/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
  const entries = files.map((file) => {
    const digest = createHash('sha256').update(readFileSync(file)).digest('base64');
    const url = path.relative(target, file).split(path.sep).join('/');
    // Hosts may rewrite a page on its way; other files have their hash in their name already.
    return file.endsWith('.html') ? { url, revision: digest } : { url, revision: null, integrity: `sha256-${digest}` };
  });
  const { build } = await import('esbuild');
  await build({
    entryPoints: [path.join(source, 'offline/service-worker.ts')],
    outfile: path.join(target, 'service-worker.js'),
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    define: { PAGE_FILES: JSON.stringify(entries), 'process.env.NODE_ENV': '"production"' },
    logLevel: 'error',
  });
}

/** The file below the folder that an address names; undefined for one that cannot be read or leads out of it. */
function fileOf(folder, address) {
  try {
    const pathname = decodeURIComponent(new URL(address, 'http://localhost').pathname);
    const file = path.join(folder, pathname.endsWith('/') ? `${pathname}index.html` : pathname);
    return file.startsWith(folder + path.sep) && !file.includes('\0') ? file : undefined;
  } catch {
    return undefined;
  }
}

/** Serves a folder on localhost and nowhere else. */
export function serveFolder(folder, port) {
  const server = createServer((request, response) => {
    const file = fileOf(folder, request.url ?? '/');
    if (file === undefined || !statSync(file, { throwIfNoEntry: false })?.isFile()) {
      response.writeHead(404, { 'Content-Type': 'text/plain' }).end('not found');
      return;
    }
    const type =
      path.extname(file) === '.wasm' ? 'application/wasm' : (TYPES[path.extname(file)] ?? 'application/octet-stream');
    response.writeHead(200, { 'Content-Type': type, 'Content-Length': statSync(file).size });
    createReadStream(file).pipe(response);
  });
  return new Promise((resolve) => {
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  setUp('build');
  await buildSite();
  if (process.argv.includes('--serve')) {
    const server = await serveFolder(site, Number(process.env.PORT ?? 8080));
    console.log(`http://localhost:${server.address().port}/`);
  }
}
