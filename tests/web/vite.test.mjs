// The package as a dependency of an app, in the development servers of the versions of Vite that are in use.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Router } from '../../dist/index.js';
import { openBrowser } from './browsers.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Versions before 8 lose the package's files when they bundle it for the development server. */
const VERSIONS = [5, 6, 7, 8];
const INSTALL = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];

const SCRIPT = `
import { Router } from 'signalbox';
import { buildInWorker } from 'signalbox/build';
import { WorkerRouter } from 'signalbox/worker';

const rows = ['dataset,id,prompt,a,b', 'd,1,hello there,1,0', 'd,2,more words,0,1'].join('\\n');
const use = async (work) => work().then(String, ({ code, message }) => code + ': ' + message);
const route = (load) => use(async () => (await (await load()).route('What is two plus two?')).ranking.length);
globalThis.said = [
  await route(() => Router.load()),
  await route(() => WorkerRouter.load()),
  await use(async () => (await buildInWorker([new File([rows], 'own.csv')])).report.rows),
];`;

describe('the package in a development server of Vite', () => {
  let app;
  let browser;
  /** Number of models of the default index. */
  let models;
  let notInstalled = '';
  const npm = (...args) => spawnSync('npm', args, { cwd: app, encoding: 'utf8' });
  before(async () => {
    app = mkdtempSync(path.join(tmpdir(), 'signalbox-vite-'));
    mkdirSync(path.join(app, 'packed'));
    spawnSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', path.join(app, 'packed')], {
      cwd: root,
    });
    const [tarball] = readdirSync(path.join(app, 'packed'));
    const versions = VERSIONS.map((version) => [`vite${version}`, `npm:vite@${version}`]);
    const dependencies = { signalbox: `file:packed/${tarball}`, ...Object.fromEntries(versions) };
    writeFileSync(path.join(app, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies }));
    writeFileSync(path.join(app, 'index.html'), '<!doctype html><script type="module" src="/main.js"></script>');
    writeFileSync(path.join(app, 'main.js'), SCRIPT);
    const { status, stderr } = npm(...INSTALL);
    if (status !== 0) {
      if (npm('ping').status === 0) assert.fail(stderr);
      notInstalled = 'no network: Vite could not be installed';
    }
    const router = await Router.load();
    models = String(router.info.models.length);
    router.dispose();
    browser = await openBrowser('chromium');
  });
  after(async () => {
    await browser?.close();
    rmSync(app, { recursive: true, force: true });
  });

  /** Returns the results of the app, or the errors. */
  async function served(version, optimizeDeps) {
    rmSync(path.join(app, 'node_modules/.vite'), { recursive: true, force: true });
    const module = path.join(app, `node_modules/vite${version}/dist/node/index.js`);
    const { createServer } = await import(pathToFileURL(module).href);
    const options = { configFile: false, logLevel: 'silent', optimizeDeps, server: { host: '127.0.0.1', port: 0 } };
    const server = await createServer({ root: app, ...options });
    try {
      await server.listen();
      const page = await browser.newPage(`http://127.0.0.1:${server.httpServer.address().port}/`);
      const said = await page.until(() => globalThis.said);
      await page.close();
      return said;
    } finally {
      await server.close();
    }
  }

  for (const version of VERSIONS) {
    const isLost = version < 8;
    it(`of version ${version} works${isLost ? ' if it is excluded from bundling, as the errors say' : ''}`, async (t) => {
      if (notInstalled !== '') return t.skip(notInstalled);
      const works = [models, models, '2'];
      const said = await served(version);
      if (!isLost) return assert.deepEqual(said, works);
      for (const text of said) {
        assert.match(text, /^network: .*\(Vite before version 8 needs optimizeDeps: \{ exclude: \['signalbox'\] \}\)$/);
      }
      assert.deepEqual(await served(version, { exclude: ['signalbox'] }), works);
    });
  }
});
