// The demo without a network, with damaged files, and without its worker.
import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';
import { describeSite } from './site-page.mjs';

/** Most bytes of the embedder that the first decision may need: 2.5 MB less the page, the module and the index. */
const EARLY_BYTES = 900_000;

/**
 * Holds back what a server sends of matching files beyond some bytes, and counts the requests of each file. Returns the counts,
 * and a function that lets everything through.
 */
function holdBack(server, pattern, most) {
  const counts = new Map();
  const waiting = [];
  const hold = (request, response) => {
    counts.set(request.url, (counts.get(request.url) ?? 0) + 1);
    if (!pattern.test(request.url)) return;
    const { write, end } = response;
    let sent = 0;
    response.write = (chunk, ...rest) => {
      sent += chunk.length;
      if (sent <= most) return write.call(response, chunk, ...rest);
      waiting.push(() => {
        Object.assign(response, { write, end });
        if (write.call(response, chunk, ...rest)) response.emit('drain');
      });
      return false; // The file waits for `drain`.
    };
  };
  server.prependListener('request', hold);
  const release = () => {
    server.removeListener('request', hold);
    for (const go of waiting.splice(0)) go();
  };
  return { counts, release };
}

const isKept = () => document.querySelector('[data-offline]')?.dataset.offline === 'kept';

describeSite('the site, cut off', (site) => {
  it('opens and routes with all its sections when its host is gone', async () => {
    const page = await site.open();
    await page.until(isKept);
    await site.host.stop();
    try {
      await page.reload();
      await page.until(() => document.querySelector('[data-pick]') !== null);
      await page.until(() => document.querySelector('[data-loading]') === null);
      assert.equal(await page.evaluate(() => document.querySelectorAll('section .failed').length), 0);
      await page.type('#prompt', 'Prove that the square root of 2 is irrational.');
      await page.until(() => document.querySelector('[data-neighbours]')?.textContent.includes('mathematics'));
    } finally {
      await site.host.start();
    }
    await site.close(page, { errors: [/./] });
  });

  it('opens without its host at every query', async () => {
    const page = await site.open();
    await page.until(isKept);
    await site.host.stop();
    try {
      for (const query of ['?ref=newsletter', '?utm_source=a&utm_medium=b', '?=x', '?v=2#prompt=What+is+2+%2B+2%3F']) {
        const other = await site.visit(`site/${query}`);
        await other.until(() => document.querySelector('[data-pick]') !== null);
        assert.equal(await other.evaluate(() => location.search + location.hash), query);
        await other.close();
      }
    } finally {
      await site.host.start();
    }
    await page.close();
  });

  it('decides before all of the embedder has come, and fetches each file once', async () => {
    cpSync(path.join(site.host.folder, 'site'), path.join(site.host.folder, `held-${site.kind}`), { recursive: true });
    const { counts, release } = holdBack(site.host.server, /\/embedder-[^/]*\.bin$/, EARLY_BYTES);
    const page = await site.visit(`held-${site.kind}/`);
    try {
      await page.until(() => document.querySelector('[data-pick]') !== null);
      const fetched = [...counts].filter(([url]) => /\.(wasm|sbx|bin)$/.test(url));
      assert.deepEqual(fetched.map(([url, count]) => [path.extname(url), count]).sort(), [
        ['.bin', 1],
        ['.sbx', 1],
        ['.wasm', 1],
      ]);
      // A prompt with a rare word waits for the rest.
      await page.paste('#prompt', 'Which sextuplet zebras have choriomeningitis?');
    } finally {
      release();
    }
    await page.until(() => document.querySelector('.ask-answer')?.getAttribute('aria-busy') === 'false');
    await page.until(isKept);
    await page.close();
  });

  it('says that the index is damaged, and routes once it is whole again', async () => {
    const damaged = path.join(site.host.folder, `damaged-${site.kind}`);
    cpSync(path.join(site.host.folder, 'site'), damaged, { recursive: true });
    const name = readdirSync(path.join(damaged, 'assets')).find((file) => file.endsWith('.sbx'));
    const index = path.join(damaged, 'assets', name);
    const whole = readFileSync(index);
    const broken = Buffer.from(whole);
    broken[broken.length - 100] ^= 1;
    writeFileSync(index, broken);
    // The browser may have cached the damaged file: the retry must not read it from there.
    site.host.server.prependListener('request', (_, response) => response.setHeader('Cache-Control', 'max-age=3600'));
    const page = await site.visit(`damaged-${site.kind}/`);
    await page.until(() => document.querySelector('.ask-answer [role=alert]') !== null);
    assert.match(await page.text('.ask-answer [role=alert]'), /damaged in transit .*(checksum|gzip)/);
    assert.equal(await page.evaluate(() => document.querySelector('[data-pick]')), null);
    writeFileSync(index, whole);
    await page.click('.ask-answer [role=alert] button');
    await page.until(() => document.querySelector('[data-pick]') !== null);
    await page.close();
  });

  it('replaces a lost worker, and answers the question', async () => {
    const keepWorkers = () => {
      globalThis.workers = [];
      globalThis.Worker = class extends Worker {
        constructor(...args) {
          super(...args);
          globalThis.workers.push(this);
        }
      };
    };
    const page = await site.open({ init: keepWorkers });
    assert.equal(await page.evaluate(() => globalThis.workers.length), 1);
    await page.evaluate(() => globalThis.workers[0].terminate());
    await page.type('#prompt', 'Prove that the square root of 2 is irrational.');
    await page.until(() => document.querySelector('[data-neighbours]')?.textContent.includes('mathematics'));
    assert.equal(await page.evaluate(() => globalThis.workers.length), 2);
    await site.close(page);
  });
});
