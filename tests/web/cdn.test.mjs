// A page without a bundler: the self-contained scripts and the package's files, from another origin, under a strict policy.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Router } from '../../dist/index.js';
import { serveFolder } from '../../scripts/site.mjs';
import { dist } from '../package/support/fixtures.mjs';
import { BROWSERS, openBrowser } from './browsers.mjs';

const PROMPT = 'Prove that the square root of 2 is irrational.';
const FILES = path.resolve(fileURLToPath(dist));

/** A script that decides by a router in the page and by one in a worker. */
const scriptFor = (options) => `
  import { Router, WorkerRouter } from 'signalbox';
  const decide = async (Kind) => {
    const router = await Kind.load(${JSON.stringify(options)});
    const decision = await router.route(${JSON.stringify(PROMPT)});
    router.dispose();
    return decision;
  };
  const failure = ({ name, code, message }) => ({ failure: [name, code, message].join(': ') });
  globalThis.said = JSON.stringify(await Promise.all([Router, WorkerRouter].map((Kind) => decide(Kind).catch(failure))));`;

/** Serves a folder; every answer has these headers. */
async function serve(folder, headers) {
  const server = await serveFolder(folder, 0);
  server.prependListener('request', (_, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  });
  return { server, origin: `http://127.0.0.1:${server.address().port}` };
}

let cdn;
let closed;
let folder;
let expected;
const servers = [];
before(async () => {
  cdn = await serve(FILES, { 'Access-Control-Allow-Origin': '*' });
  closed = await serve(FILES, {});
  servers.push(cdn.server, closed.server);
  folder = mkdtempSync(path.join(tmpdir(), 'signalbox-cdn-'));
  cpSync(path.join(FILES, 'web/signalbox.js'), path.join(folder, 'signalbox.js'));
  const router = await Router.load();
  expected = await router.route(PROMPT);
  router.dispose();
});
after(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(folder, { recursive: true });
});

/** Serves a page whose import map names the package; its policy allows nothing beyond what it needs of the other origin. */
async function servePage(name, from, options, other, { more = [] } = {}) {
  const map = JSON.stringify({ imports: { signalbox: from } });
  const hash = createHash('sha256').update(map).digest('base64');
  writeFileSync(path.join(folder, `${name}.js`), scriptFor(options));
  writeFileSync(
    path.join(folder, `${name}.html`),
    `<!doctype html><html lang="en"><head><title>A page</title><link rel="icon" href="data:,">
    <script type="importmap">${map}</script><script type="module" src="${name}.js"></script></head><body></body></html>`,
  );
  const policy = [
    `script-src 'self' ${other} 'sha256-${hash}' 'wasm-unsafe-eval'`,
    `connect-src ${other}`,
    `worker-src blob: ${other}`,
    'img-src data:',
    ...more,
  ];
  const page = await serve(folder, { 'Content-Security-Policy': `default-src 'none'; ${policy.join('; ')}` });
  servers.push(page.server);
  return `${page.origin}/${name}.html`;
}

for (const kind of BROWSERS) {
  describe(`${kind}: a page without a bundler`, () => {
    let browser;
    before(async () => {
      browser = await openBrowser(kind);
    });
    after(() => browser?.close());

    /** Returns what a page says, and what it asked for. */
    async function visit(address) {
      const page = await browser.newPage(address);
      const said = JSON.parse(await page.until(() => globalThis.said));
      const { requests } = page;
      await page.close();
      return { said, requests };
    }

    it('routes with one import from another origin, here and in a worker', async () => {
      const { said, requests } = await visit(await servePage('map', `${cdn.origin}/web/signalbox.js`, {}, cdn.origin));
      assert.deepEqual(said, [expected, expected]);
      const scripts = requests.filter((url) => /\.m?js$/.test(url) && url.startsWith(cdn.origin));
      assert.ok(
        scripts.every((url) => /\/web\/(signalbox|worker)\.js$/.test(url)),
        scripts.join(' '),
      );
    });

    it('says that a policy for trusted scripts refuses the worker', async () => {
      const more = ["require-trusted-types-for 'script'"];
      const address = await servePage('trusted', `${cdn.origin}/web/signalbox.js`, {}, cdn.origin, { more });
      const { said } = await visit(address);
      assert.deepEqual(said[0], expected);
      assert.match(
        said[1].failure,
        /^SignalboxError: network: the worker of the router could not be started: TypeError/,
      );
    });

    it('takes every file from the folder that `assets` names', async () => {
      const { said, requests } = await visit(
        await servePage('assets', './signalbox.js', { assets: cdn.origin }, cdn.origin),
      );
      assert.deepEqual(said, [expected, expected]);
      assert.ok(requests.some((url) => url === `${cdn.origin}/models/index/index.sbx`));
    });

    it('says that the other origin does not let its files be read', async () => {
      const { said } = await visit(
        await servePage('closed', './signalbox.js', { assets: closed.origin }, closed.origin),
      );
      assert.equal(said.length, 2);
      for (const { failure } of said) assert.match(failure, /^SignalboxError: network: /);
    });
  });
}

it('Node.js takes the files of a folder by its path, and refuses what is not one', async () => {
  const router = await Router.load({ assets: FILES });
  assert.deepEqual(await router.route(PROMPT), expected);
  router.dispose();
  await assert.rejects(Router.load({ assets: path.join(FILES, 'none') }), { code: 'network' });
  await assert.rejects(Router.load({ assets: 7 }), { code: 'invalid_argument' });
});
