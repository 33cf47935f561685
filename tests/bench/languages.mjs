// Measures the rule that tells other languages from English and, with a table, how prompts in them are read (docs/languages.md).
//   node tests/bench/languages.mjs FILE... [--table FOLDER] [--show]
// A file has one prompt per line: a text, or an object with `prompt` and `set`. Each set has a row of its own. Objects with
// `id` and `lang` are translations of each other: those in 'en' are what the others are compared with. `--show` prints the
// prompts of sets that are neither wholly English nor wholly in other languages, the rarer ones.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { languageOf, Router, StaticEmbedder } from '../../dist/index.js';
import { table } from './table.mjs';

/** Percentile of the distance above which the lamp is amber, as in web/shared/words.ts. */
const CAUTION = 90;
const QUANTILES = [0.05, 0.5, 0.95];
const SHOWN = 160;

const { values, positionals } = parseArgs({
  options: { table: { type: 'string' }, show: { type: 'boolean' } },
  allowPositionals: true,
});

function promptsOf(file) {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => {
    const { prompt, set, id, lang } = line.startsWith('{"') ? JSON.parse(line) : { prompt: line };
    return {
      prompt,
      set: set ?? (lang === undefined ? path.basename(file) : `${path.basename(file)} ${lang}`),
      id,
      lang,
    };
  });
}

const sets = new Map();
const all = positionals.flatMap(promptsOf);
for (const item of all) sets.set(item.set, [...(sets.get(item.set) ?? []), item]);

const share = (count, of) => (of === 0 ? '-' : (count / of).toFixed(4));
const quantile = (sorted, q) => sorted[Math.floor(q * (sorted.length - 1))];
const distances = (list) => {
  const sorted = list.toSorted((a, b) => a - b);
  return QUANTILES.map((q) => (sorted.length === 0 ? '-' : quantile(sorted, q).toFixed(3))).join(' ');
};

function countsOf(names) {
  const counts = new Map();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** Measures the rule alone. */
async function measureRule() {
  const rows = [];
  let elapsed = 0;
  for (const [set, items] of sets) {
    const began = process.cpuUsage();
    const languages = [];
    for (const { prompt } of items) languages.push(await languageOf(prompt));
    const { user } = process.cpuUsage(began);
    elapsed += user;
    const counts = countsOf(languages.filter(Boolean));
    const found = languages.filter(Boolean).length;
    const commonest = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 3);
    const names = commonest.map(([code, count]) => `${code} ${count}`).join(', ');
    rows.push([set, String(items.length), String(found), share(found, items.length), names]);
    if (values.show && found > 0 && found < items.length) {
      const isRare = (language) => (language !== undefined) === found < items.length / 2;
      for (const [i, { prompt }] of items.entries()) {
        if (isRare(languages[i])) console.log(set, languages[i] ?? '-', JSON.stringify(prompt.slice(0, SHOWN)));
      }
    }
  }
  console.log(table(['set', 'prompts', 'other', 'share', 'languages'], rows));
  console.log(`${(elapsed / all.length).toFixed(0)} µs of processor time a prompt\n`);
}

function lampOf({ coverage, fallbackReason }) {
  if (fallbackReason === 'unread' || fallbackReason === 'empty_prompt') return 'dark';
  if (coverage.outOfCoverage) return 'red';
  return coverage.percentile <= CAUTION ? 'green' : 'amber';
}

/** Measures what a router decides with the table, and how far the prompts are from the index. */
async function measureRouting(folder) {
  const router = await Router.load({ multilingual: folder });
  const decisions = new Map();
  for (const item of all) decisions.set(item, await router.route(item.prompt));
  const twins = new Map(all.filter(({ lang }) => lang === 'en').map((item) => [item.id, decisions.get(item)]));
  const rows = [];
  const ratios = [];
  for (const [set, items] of sets) {
    const lamps = { green: 0, amber: 0, red: 0, dark: 0 };
    const agree = { kind: 0, pick: 0, compared: 0 };
    const read = [];
    for (const item of items) {
      const decision = decisions.get(item);
      const { coverage, kinds, model } = decision;
      lamps[lampOf(decision)] += 1;
      if (lampOf(decision) !== 'dark') read.push(coverage.meanDistance);
      const twin = item.lang === undefined || item.lang === 'en' ? undefined : twins.get(item.id);
      if (twin === undefined) continue;
      agree.compared += 1;
      agree.kind += Number(kinds[0]?.name === twin.kinds[0]?.name);
      agree.pick += Number(model === twin.model);
      if (lampOf(decision) !== 'dark') ratios.push([coverage.meanDistance, twin.coverage.meanDistance]);
    }
    const counts = Object.values(lamps).map((count) => share(count, items.length));
    rows.push([set, ...counts, share(agree.kind, agree.compared), share(agree.pick, agree.compared), distances(read)]);
  }
  console.log(table(['set', ...['green', 'amber', 'red', 'dark'], 'kind', 'pick', 'distance 5% 50% 95%'], rows));
  if (ratios.length > 0) {
    const [own, english] = [0, 1].map((side) => ratios.map((pair) => pair[side]).sort((a, b) => a - b));
    const scales = [0.25, 0.5, 0.75, 0.95].map((q) => (quantile(english, q) / quantile(own, q)).toFixed(3));
    console.log(`\ndistance of the English twin, as a share, at 25%, 50%, 75%, 95%: ${scales.join(' ')}`);
  }
  router.dispose();
}

await measureRule();
if (values.table !== undefined) {
  const opened = await StaticEmbedder.load(values.table);
  console.log(`${opened.id}, ${opened.hash}, ${JSON.stringify(opened.languages)}\n`);
  opened.dispose();
  await measureRouting(values.table);
}
