// Measures whether the pick for a prompt, and the kind of work that is seen in it, survive typos and polite words, with
// several embedders side by side, each with its twin of the default index (docs/results.md):
//   node tests/bench/robustness.mjs [--embedder minilm:PLACE --embedder mpnet:PLACE] FILE...
// A file has an object with `prompt` on each line; lines with another `lang` than English, or that are expected to be
// unread (`expect`), are left out. The shipped embedder comes first; the others are named as in the command. The row
// "none" is the share of the commonest answer to the prompts as they are: such an answer survives more easily.
// Needs dist/ (npm run setup).
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { loadEmbedder } from '../../dist/cli/embedder-option.js';
import { indexOf, namedEmbedder } from '../../dist/cli/named-embedders.js';
import { sampleDifference } from '../../dist/evaluation/paired.js';
import { paraphrase } from '../../dist/evaluation/paraphrase.js';
import { wilson } from '../../dist/evaluation/statistics.js';
import { Router } from '../../dist/index.js';

const CHANGES = ['typos', 'politeness'];
const DIALS = ['balanced', 'cheap'];
const ANSWERS = [...DIALS.map((dial) => `pick, \`${dial}\``), 'kind'];

function promptsOf(file) {
  const lines = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return lines
    .filter(({ lang = 'en', expect = 'covered' }) => lang === 'en' && expect === 'covered')
    .map(({ prompt }) => prompt);
}

/** Returns what is decided on a prompt: the pick by dial, and the likeliest kind. */
async function decide(router, prompt) {
  const [embedded] = await router.embed([prompt]);
  const decisions = [];
  for (const prefer of DIALS) decisions.push(await router.route(embedded, { prefer, neighbours: 0 }));
  return [...decisions.map(({ model }) => model), decisions[0].kinds?.[0]?.name];
}

/**
 * Returns `commonest`, the share of the commonest answer to the prompts, by answer; and `survived` [changes, answers,
 * prompts], 1 where the answer survived, NaN for prompts that a change does not touch.
 */
async function measure(place, prompts) {
  const named = place && namedEmbedder(place);
  const embedder = await loadEmbedder(place);
  const router = await Router.load({ index: named && (await indexOf(named)), embedder });
  const survived = CHANGES.map(() => ANSWERS.map(() => prompts.map(() => Number.NaN)));
  const counts = ANSWERS.map(() => new Map());
  for (const [i, prompt] of prompts.entries()) {
    const original = await decide(router, prompt);
    for (const [a, answer] of original.entries()) counts[a].set(answer, (counts[a].get(answer) ?? 0) + 1);
    for (const [c, change] of CHANGES.entries()) {
      const changed = paraphrase(prompt, change, i);
      if (changed === undefined) continue;
      for (const [a, answer] of (await decide(router, changed)).entries())
        survived[c][a][i] = Number(answer === original[a]);
    }
  }
  router.dispose();
  embedder.dispose?.();
  return { survived, commonest: counts.map((of) => Math.max(...of.values()) / prompts.length) };
}

const percent = (x) => (100 * x).toFixed(1);
const signed = (x) => `${x < 0 ? '' : '+'}${percent(x)}`;

const knownOf = (values) => values.filter((x) => !Number.isNaN(x));

function share(values) {
  const known = knownOf(values);
  const kept = known.filter((x) => x === 1).length;
  return `${percent(kept / known.length)} (${wilson(kept, known.length).map(percent).join(' to ')})`;
}

/** Formats the paired difference of two columns, with a 95% interval for other prompts like these. */
function difference(a, b) {
  const column = (values) => ({ units: values.map((_, i) => i), values });
  const one = a.map(() => 0);
  const { value, withinTasks } = sampleDifference(column(a), column(b), one, 'samples');
  if (withinTasks.every((end) => end === 0)) return '0';
  return `${signed(value)} (${withinTasks.map(signed).join(' to ')})`;
}

const { values: options, positionals: files } = parseArgs({
  options: { embedder: { type: 'string', multiple: true, default: [] } },
  allowPositionals: true,
});
if (files.length === 0) throw new Error('expected files of prompts');
const prompts = files.flatMap(promptsOf);
const names = ['static', ...options.embedder.map((place) => place.split(':')[0])];
const results = [];
for (const place of [undefined, ...options.embedder]) results.push(await measure(place, prompts));
const rows = ANSWERS.map((answer, a) => [
  ...['none', answer, String(prompts.length)],
  ...results.map(({ commonest }) => percent(commonest[a])),
  ...names.slice(1).map(() => ''),
]);
for (const [c, change] of CHANGES.entries()) {
  for (const [a, answer] of ANSWERS.entries()) {
    const [first, ...others] = results.map(({ survived }) => survived[c][a]);
    const differences = others.map((column) => difference(first, column));
    rows.push([change, answer, String(knownOf(first).length), ...[first, ...others].map(share), ...differences]);
  }
}
const head = ['change', 'of', 'prompts', ...names, ...names.slice(1).map((name) => `${name} - ${names[0]} (95%)`)];
console.log([head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n'));
