// `npm run demo`: builds the page into build/site and serves it on localhost. `npm run build:site` only builds it.
// The folder uses relative paths and needs no special headers: any static host serves it.
import { cpSync, createReadStream, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { root, setUp } from './setup.mjs';

const site = path.join(root, 'build', 'site');
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json' };

export async function buildSite(target = site) {
  const { build } = await import('esbuild');
  rmSync(target, { recursive: true, force: true });
  await build({
    absWorkingDir: root,
    entryPoints: {
      main: 'web/site/main.ts',
      'worker-entry': 'dist/worker-entry.js',
      'importers-worker-entry': 'dist/importers-worker-entry.js',
    },
    // What a page does not have: the browser's own half of the packages is taken.
    platform: 'browser',
    outdir: target,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    logLevel: 'warning',
  });
  for (const name of ['index.html', 'style.css']) cpSync(path.join(root, 'web/site', name), path.join(target, name));
  for (const name of ['signalbox.wasm', 'signalbox-lab.wasm', 'models']) {
    cpSync(path.join(root, 'dist', name), path.join(target, name), { recursive: true });
  }
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
