import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

/** Opens the extension's page in a browser of its own, and returns what it says. */
async function visit(folder) {
  const profile = mkdtempSync(path.join(tmpdir(), 'signalbox-matrix-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: '/usr/bin/chromium',
    args: ['--headless=new', '--no-sandbox', `--disable-extensions-except=${folder}`, `--load-extension=${folder}`],
  });
  try {
    const background = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
    const page = await context.newPage();
    const errors = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    await page.goto(new URL('index.html', background.url()).href);
    const said = await (await page.waitForFunction(() => globalThis.said)).jsonValue();
    return errors.length === 0 ? said : { ...said, console: { failure: errors.join('\n') } };
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

export const group = 'pages';
export const rows = [
  {
    title: 'extension (Manifest V3), Chromium',
    uses: ['Router', 'WorkerRouter', 'background'],
    needs: "`'wasm-unsafe-eval'` in [the manifest](#an-extension)",
    run: (project) => {
      project.run('esbuild', ['main.js', 'background.js', '--bundle', '--format=esm', '--outdir=dist']);
      project.copy('node_modules/signalbox/dist', 'dist/signalbox');
      for (const file of ['index.html', 'manifest.json']) project.copy(file, `dist/${file}`);
      return visit(project.path('dist'));
    },
  },
];
