// `npm run bench -- route [--rounds 20] [--json]`: what a warm decision takes on the default index, in Node.js and in
// Chromium, with its parts. Each prompt of tests/fixtures/everyday.jsonl is routed once a round; the first half of the
// rounds warms up. "quiet" is the median over the prompts of the fastest round of each, which other work on the machine
// disturbs least.
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { root } from '../../scripts/setup.mjs';
import { serveFolder } from '../../scripts/site.mjs';
import { everydayPrompts } from '../package/support/everyday.mjs';
import { openBrowser } from '../web/browsers.mjs';
import { table } from './table.mjs';

const MANY = 1000;

/** Measures a package by its address. Runs in Node.js and in a page, so that it uses nothing from outside. */
async function measure(address, prompts, rounds, many) {
  const { Router } = await import(address);
  const router = await Router.load();
  const embeddings = await router.embed(prompts);
  const quantile = (values, share) => [...values].sort((a, b) => a - b)[Math.floor(share * (values.length - 1))];
  const timesOf = async (act) => {
    const fastest = prompts.map(() => Number.POSITIVE_INFINITY);
    const late = [];
    for (let round = 0; round < rounds; ++round) {
      for (let i = 0; i < prompts.length; ++i) {
        const start = performance.now();
        await act(i);
        const ms = performance.now() - start;
        fastest[i] = Math.min(fastest[i], ms);
        if (round >= rounds / 2) late.push(ms);
      }
    }
    return { p50: quantile(late, 0.5), p95: quantile(late, 0.95), quiet: quantile(fastest, 0.5) };
  };
  const list = Array.from({ length: many }, (_, i) => `${prompts[i % prompts.length]} ${i}`);
  const manyMs = [];
  for (let round = 0; round < 3; ++round) {
    const start = performance.now();
    await router.routeMany(list);
    manyMs.push(performance.now() - start);
  }
  try {
    return {
      'route, 5 neighbours': await timesOf((i) => router.route(prompts[i], { neighbours: 5 })),
      'route, 0 neighbours': await timesOf((i) => router.route(prompts[i])),
      'embed alone': await timesOf((i) => router.embed([prompts[i]])),
      'decide alone, 5 neighbours': await timesOf((i) => router.route(embeddings[i], { neighbours: 5 })),
      'decide alone, 0 neighbours': await timesOf((i) => router.route(embeddings[i])),
      [`routeMany, ${many} prompts`]: {
        p50: quantile(manyMs, 0.5),
        p95: quantile(manyMs, 0.95),
        quiet: Math.min(...manyMs),
      },
    };
  } finally {
    router.dispose();
  }
}

async function measureInChromium(...args) {
  const server = await serveFolder(path.join(root, 'dist'));
  const origin = `http://localhost:${server.address().port}`;
  const browser = await openBrowser('chromium');
  try {
    const page = await browser.newPage(`${origin}/index.js`);
    return await page.evaluate(measure, `${origin}/web/signalbox.js`, ...args);
  } finally {
    await browser.close();
    server.close();
  }
}

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '20' }, json: { type: 'boolean' } },
});
const args = [everydayPrompts().map(({ prompt }) => prompt), Number(values.rounds), MANY];
const results = {
  'Node.js': await measure(new URL('../../dist/index.js', import.meta.url).href, ...args),
  Chromium: await measureInChromium(...args),
};
if (values.json) {
  process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
} else {
  const rows = Object.entries(results).flatMap(([where, parts]) =>
    Object.entries(parts).map(([what, { p50, p95, quiet }]) => [
      what,
      where,
      ...[p50, p95, quiet].map((ms) => `${ms.toPrecision(3)} ms`),
    ]),
  );
  process.stdout.write(`${table(['', 'where', 'p50', 'p95', 'quiet'], rows)}\n`);
}
