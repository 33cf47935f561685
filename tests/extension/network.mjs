// Provides the network of a browser under test: a proxy that serves a test's stand-ins for sites, and records every other
// request.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import https from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Returns a new key and certificate each time, so that the repository contains no key. */
function certificate() {
  const folder = mkdtempSync(path.join(tmpdir(), 'signalbox-certificate-'));
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => path.join(folder, name));
  const what = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=signalbox tests'];
  try {
    execFileSync('openssl', [...what, '-keyout', key, '-out', cert], { stdio: 'pipe' });
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } catch (error) {
    throw new Error(`got '${error.message}' from openssl, expected a certificate (Debian package: openssl)`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Chromium downloads its spelling dictionary from this host, regardless of its settings. */
const OF_THE_BROWSER = { 'redirector.gvt1.com': (_request, response) => response.writeHead(404).end() };

const nameOf = (host = '') => host.replace(/:\d+$/, '');

/**
 * Opens the proxy. `standIns` maps host names to request handlers as for `createServer` of node:http. Requests to addresses
 * of this machine bypass the proxy.
 */
export async function openNetwork(standIns = {}) {
  const sites = { ...OF_THE_BROWSER, ...standIns };
  const strangers = [];
  const sockets = new Set();
  const answer = (scheme) => (request, response) => {
    const { host } = request.headers;
    const site = sites[nameOf(host)];
    if (site !== undefined) {
      // Clients send the whole address to a proxy.
      request.url = request.url.replace(/^https?:\/\/[^/]*/, '') || '/';
      return site(request, response);
    }
    strangers.push(`${request.method} ${request.url.startsWith('/') ? `${scheme}://${host}` : ''}${request.url}`);
    response.writeHead(502).end();
  };
  const secure = https.createServer(certificate(), answer('https'));
  const proxy = createServer(answer('http'));
  proxy.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  });
  proxy.on('connect', ({ url }, socket) => {
    if (sites[nameOf(url)] === undefined) {
      strangers.push(`CONNECT ${url}`);
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
      return;
    }
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    secure.emit('connection', socket);
  });
  await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    port: proxy.address().port,
    /** Requests to hosts without a stand-in. For encrypted requests, only the host is known. */
    strangers,
    close: async () => {
      const closed = new Promise((resolve) => proxy.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
