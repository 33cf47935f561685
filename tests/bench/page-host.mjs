// A host of the page whose line has a given speed, for all its connections together. It compresses what hosts usually do.
import { readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};
const PIECE_BYTES = 8192;

/** A line that sends pieces in turn, each in the time that it takes. */
class Line {
  #freeAtMs = 0;

  constructor(bytesPerMs) {
    this.bytesPerMs = bytesPerMs;
  }

  /** Waits until a piece has passed. */
  async pass(bytes) {
    if (this.bytesPerMs === Number.POSITIVE_INFINITY) return;
    const now = performance.now();
    this.#freeAtMs = Math.max(now, this.#freeAtMs) + bytes / this.bytesPerMs;
    await new Promise((resolve) => setTimeout(resolve, this.#freeAtMs - now));
  }
}

/**
 * Serves a folder on localhost. `requests` collects the files that were asked for: name, bytes on the line, and the time in ms
 * since the epoch. `use` sets the speed from then on: `bytesPerMs`, and `latencyMs` before the first byte of each answer.
 */
export async function hostOf(folder) {
  const packed = new Map();
  const requests = [];
  let line = new Line(Number.POSITIVE_INFINITY);
  let latencyMs = 0;
  const contentOf = (file) => {
    const type = TYPES[path.extname(file)];
    if (type === undefined)
      return { headers: { 'Content-Type': 'application/octet-stream' }, body: readFileSync(file) };
    if (!packed.has(file)) packed.set(file, gzipSync(readFileSync(file)));
    return { headers: { 'Content-Type': type, 'Content-Encoding': 'gzip' }, body: packed.get(file) };
  };
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const name = decodeURIComponent(pathname === '/' ? '/index.html' : pathname).slice(1);
    const file = path.join(folder, name);
    const asked = { name, bytes: 0, atMs: Date.now() };
    requests.push(asked);
    if (latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, latencyMs));
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
      response.writeHead(404).end();
      return;
    }
    const { headers, body } = contentOf(file);
    response.writeHead(200, { ...headers, 'Content-Length': body.byteLength });
    for (let at = 0; at < body.byteLength && !response.destroyed; at += PIECE_BYTES) {
      const piece = body.subarray(at, at + PIECE_BYTES);
      await line.pass(piece.byteLength);
      asked.bytes += piece.byteLength;
      response.write(piece);
    }
    response.end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}/`,
    requests,
    use: (speed) => {
      line = new Line(speed.bytesPerMs ?? Number.POSITIVE_INFINITY);
      latencyMs = speed.latencyMs ?? 0;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
