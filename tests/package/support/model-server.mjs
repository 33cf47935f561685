// A server on this machine for folders of models: as a file host, as a hub, and with every way in which both can fail.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';

export const COMMIT = 'c0ffee'.padEnd(40, '0');
export const HUB_ID = 'owner/name';

export const sha256Of = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** Returns the files of a folder by their paths below it. */
export function filesOf(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const files = entries.map((entry) => {
    const file = path.join(entry.parentPath ?? entry.path, entry.name);
    return [path.relative(folder, file).split(path.sep).join('/'), readFileSync(file)];
  });
  return Object.fromEntries(files.sort(([a], [b]) => (a < b ? -1 : 1)));
}

export const manifestOf = (files) => ({
  files: Object.fromEntries(
    Object.entries(files).map(([file, bytes]) => [file, { sha256: sha256Of(bytes), sizeBytes: bytes.length }]),
  ),
});

/** Returns a hub's listing of a repository, in which only large files have a SHA-256. */
export const listingOf = (files) => ({
  sha: COMMIT,
  siblings: Object.entries(files).map(([rfilename, bytes]) => {
    const lfs = rfilename.endsWith('.onnx') ? { lfs: { sha256: sha256Of(bytes), size: bytes.length } } : {};
    return { rfilename, size: bytes.length, ...lfs };
  }),
});

/**
 * Serves `files`, bytes by path, at `url` (a folder) and, with `host` as the hub, as the repository `id`.
 *
 * `behave(file, how)` changes the answers to the next `how.times` requests for a file ('listing' for the hub's list).
 * `how` has `status`, `headers`, `body` (other bytes), `etag` (null: none), `ignoresRange`, `isChunked` (no
 * Content-Length), `claims` (another Content-Length), and `stopsAfter`: after this number of bytes nothing is sent
 * until `cut` breaks the connection.
 */
export async function startModelServer(files, id = HUB_ID) {
  const listing = `/api/models/${id}/revision/main`;
  const inFolder = new RegExp(`^(?:/${id}/resolve/(?:${COMMIT}|main)|/files)/(.*)$`);
  const behaviours = new Map();
  const stopped = new Set();
  const unfinished = new Set();
  const requests = [];

  function take(file) {
    const how = behaviours.get(file);
    if (how === undefined) return {};
    if (--how.times === 0) behaviours.delete(file);
    return how;
  }

  function send(response, file, body, range, how) {
    const etag = how.etag === undefined ? `"${sha256Of(body).slice(0, 16)}"` : how.etag;
    // Chromium's cache asks for a range with an end to validate the part that it has.
    const [, first, end] = (!how.ignoresRange && /^bytes=(\d+)-(\d*)$/.exec(range ?? '')) || [];
    const from = Number(first ?? 0);
    const isTooFar = from > 0 && from >= body.length;
    const last = end ? Math.min(Number(end), body.length - 1) : body.length - 1;
    const rest = isTooFar ? Buffer.alloc(0) : body.subarray(from, last + 1);
    const part = isTooFar
      ? { status: 416, headers: { 'content-range': `bytes */${body.length}` } }
      : { status: 206, headers: { 'content-range': `bytes ${from}-${last}/${body.length}` } };
    const { status, headers } = from > 0 || end ? part : { status: 200, headers: {} };
    response.writeHead(how.status ?? status, {
      'content-type': file.endsWith('.json') ? 'application/json' : 'application/octet-stream',
      ...headers,
      ...(etag === null ? {} : { etag }),
      ...(how.isChunked ? {} : { 'content-length': how.claims ?? rest.length }),
      ...how.headers,
    });
    if (how.stopsAfter === undefined) {
      response.end(rest);
      return;
    }
    response.write(rest.subarray(0, how.stopsAfter));
    stopped.add(response);
  }

  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const file = pathname === listing ? 'listing' : inFolder.exec(pathname)?.[1];
    const { range } = request.headers;
    requests.push({ file: file ?? pathname, range });
    unfinished.add(response);
    response.on('close', () => unfinished.delete(response));
    const how = take(file);
    const found = file === 'listing' ? Buffer.from(JSON.stringify(listingOf(files))) : files[file];
    const body = how.body ?? found;
    if (body === undefined) send(response, 'x', Buffer.from('not here'), undefined, { status: 404, ...how });
    else send(response, file, body, range, how);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `http://127.0.0.1:${server.address().port}`;

  return {
    host,
    url: `${host}/files`,
    /** { file, range } of every request so far. */
    requests,
    /** Returns the requested ranges of a file; undefined means the whole file. */
    rangesOf: (file) => requests.filter((request) => request.file === file).map(({ range }) => range),
    behave: (file, how) => void behaviours.set(file, { times: Number.POSITIVE_INFINITY, ...how }),
    cut() {
      for (const response of stopped) response.destroy();
      stopped.clear();
    },
    /** Returns the number of responses that were neither completed nor cancelled by the client. */
    unfinished: () => unfinished.size,
    /** Restores the initial state. */
    reset() {
      this.cut();
      behaviours.clear();
      requests.length = 0;
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
