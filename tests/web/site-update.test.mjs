// The site while its host publishes a new version, which has none of the old files.
import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, it } from 'node:test';
import { buildServiceWorker } from '../../scripts/site.mjs';
import { describeSite } from './site-page.mjs';

const CSV = `dataset,id,prompt,a,b\n${Array.from({ length: 40 }, (_, i) => `d${i % 2},${i},question ${i},${i % 2},1`).join('\n')}\n`;
const REPLACED = /This page was updated after it was opened/;

/** Copies the site with another name for each file below assets/, as if everything had changed. */
async function writeNext(site, next) {
  cpSync(site, next, { recursive: true });
  const assets = path.join(next, 'assets');
  const names = readdirSync(assets);
  const renamed = (name) => name.replace(/(\.\w+)$/, '-next$1');
  for (const name of names) renameSync(path.join(assets, name), path.join(assets, renamed(name)));
  for (const name of readdirSync(next, { recursive: true }).filter((name) => /\.(js|css|html)$/.test(name))) {
    const file = path.join(next, name);
    writeFileSync(
      file,
      names.reduce((text, old) => text.replaceAll(old, renamed(old)), readFileSync(file, 'utf8')),
    );
  }
  rmSync(path.join(next, 'service-worker.js'));
  await buildServiceWorker(next);
}

const offline = (page) => page.evaluate(() => document.querySelector('[data-offline]').dataset.offline);
const isOffline = (page, state) =>
  page.until((state) => document.querySelector('[data-offline]')?.dataset.offline === state, state);
const isNext = () =>
  document.querySelector('script[type=module]')?.src.endsWith('-next.js') &&
  document.querySelector('[data-pick]') !== null &&
  document.querySelector('[data-loading]') === null;

describeSite('the site, updated', (site) => {
  let csv;
  let next;
  const at = (name) => path.join(site.host.folder, `${name}-${site.kind}`);
  before(async () => {
    csv = path.join(site.host.folder, `${site.kind}.csv`);
    writeFileSync(csv, CSV);
    next = at('next');
    await writeNext(path.join(site.host.folder, 'site'), next);
  });
  const publish = (name, version) => {
    rmSync(at(name), { recursive: true, force: true });
    cpSync(version, at(name), { recursive: true });
  };
  const visit = async (name, init) => {
    const page = await site.visit(`${name}-${site.kind}/`, init);
    await page.until(() => document.querySelector('[data-pick]') !== null);
    await page.until(() => document.querySelector('[data-loading]') === null);
    return page;
  };
  /** Expects that the page says that it must be loaded again, also where something fails; loads it, and expects that to work. */
  const loadAgain = async (page) => {
    await page.front();
    await page.chooseFiles('#build-files', csv);
    await page.until(() => document.querySelector('[data-build-error]') !== null);
    assert.match(await page.text('[data-build-error]'), REPLACED);
    assert.equal(await offline(page), 'replaced');
    assert.match(await page.text('[data-offline]'), REPLACED);
    await page.click('[data-offline] button');
    await page.until(isNext);
    await page.chooseFiles('#build-files', csv);
    await page.until(() => document.querySelector('[data-report]') !== null);
    await page.close();
  };

  it('is loaded again in the tabs that did not take the new version', async () => {
    const first = path.join(site.host.folder, 'site');
    publish('tabs', first);
    const left = await visit('tabs');
    await isOffline(left, 'kept');
    const taking = await visit('tabs');
    await isOffline(taking, 'kept');
    publish('tabs', next);
    await taking.evaluate(async () => {
      await (await navigator.serviceWorker.getRegistration()).update();
    });
    await isOffline(taking, 'new version');
    await left.front();
    await isOffline(left, 'new version');
    await taking.front();
    await taking.click('[data-offline] button');
    await taking.until(isNext);
    await left.front();
    await isOffline(left, 'replaced');
    await loadAgain(left);
    await taking.close();
  });

  it('is loaded again by a page that is not stored, once its files are gone', async () => {
    publish('plain', path.join(site.host.folder, 'site'));
    const page = await visit('plain', () => {
      delete Navigator.prototype.serviceWorker;
    });
    await isOffline(page, 'impossible');
    publish('plain', next);
    await loadAgain(page);
  });

  it('is found out when the page is shown again after the user went back to it', async () => {
    publish('back', path.join(site.host.folder, 'site'));
    const page = await visit('back', () => {
      delete Navigator.prototype.serviceWorker;
    });
    publish('back', next);
    await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
    await isOffline(page, 'replaced');
    await page.close();
  });

  it('offers to load the page again in place of a section whose script is gone', async () => {
    publish('section', path.join(site.host.folder, 'site'));
    const assets = path.join(at('section'), 'assets');
    for (const name of readdirSync(assets)) if (/^section-.*\.js$/.test(name)) rmSync(path.join(assets, name));
    const page = await site.visit(`section-${site.kind}/`);
    await page.until(() => document.querySelector('#map .failed') !== null);
    // The section above it loads only where it is looked at, and finds out first what the page has missed.
    await page.evaluate(() => document.querySelector('#map').scrollIntoView({ behavior: 'instant' }));
    await page.until(() => document.querySelector('#cost .failed') !== null);
    assert.match(await page.text('#map .failed'), /This part of the page could not be loaded\.Try again/);
    // So does the account that a test gives of a page where it waited in vain.
    const account = await page.account();
    assert.match(account, /alerts: \n(.*\n)* +map: This part of the page could not be loaded/);
    assert.match(account, /console: \n(.*\n)*.*\/section-[\w-]+\.js/);
    publish('section', next);
    await page.click('#map .failed button');
    await page.until(() => document.querySelector('#map .failed')?.textContent.includes('was updated'));
    assert.match(await page.text('#map .failed'), REPLACED);
    await page.click('#map .failed button');
    await page.until(isNext);
    await page.close();
  });

  it('tries a section once more, and then offers to load the page', async () => {
    const name = `section-again-${site.kind}`;
    const failed = [];
    let isBroken = true;
    const listener = ({ url }, response) => {
      // The page looks for its version after a failure, and before it tries again.
      if (url === `/${name}/` && failed.length > 0) isBroken = false;
      if (!isBroken || !/\/section-[^/]*\.js$/.test(url)) return;
      failed.push(url);
      response.writeHead(503).end();
      // Disables the server's own handling of the response.
      for (const method of ['writeHead', 'write', 'end']) response[method] = () => response;
    };
    cpSync(path.join(site.host.folder, 'site'), path.join(site.host.folder, name), { recursive: true });
    site.host.server.prependListener('request', listener);
    const page = await site.visit(`${name}/`);
    await page.until(() => document.querySelector('[data-pick]') !== null);
    await page.until(() => document.querySelector('[data-loading]') === null);
    assert.ok(failed.length > 0);
    const isMissing = () => document.querySelector('section .failed') !== null;
    // Firefox never fetches such a script anew.
    if (site.kind === 'firefox' && (await page.evaluate(isMissing))) {
      await page.click('section .failed [data-load-again]');
      await page.until(
        () =>
          document.querySelector('[data-pick]') !== null &&
          document.querySelector('[data-loading], section .failed') === null,
      );
    }
    assert.equal(await page.evaluate(isMissing), false);
    site.host.server.off('request', listener);
    await page.close();
  });
});
