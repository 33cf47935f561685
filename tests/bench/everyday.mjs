// Asks the default index about the everyday prompts of tests/fixtures/everyday.jsonl at each setting of the dial, and
// about the pairs of tests/fixtures/difficulty.jsonl.
//   node tests/bench/everyday.mjs [--near N] [--json]
// Prints per prompt: the lamp, the kind, the pick with its price at each setting, its chance or strength, and the N
// nearest samples (default 3); then a summary.
import { parseArgs } from 'node:util';
import { Router } from '../../dist/index.js';
import {
  CURRENT_SINCE,
  cheaperMatches,
  difficultyPairs,
  easeOf,
  everydayPrompts,
  kindsOf,
  lampOf,
  meets,
  pickOf,
  releases,
  SETTINGS,
} from '../package/support/everyday.mjs';
import { table } from './table.mjs';

const WIDTH = 100;
const SURE = 0.75;

const { values } = parseArgs({ options: { near: { type: 'string', default: '3' }, json: { type: 'boolean' } } });
const near = Number(values.near);

const oneLine = (text) => text.replaceAll(/\s+/g, ' ').slice(0, WIDTH);
const percent = (share) => `${Math.round(100 * share)}%`;
const usd = (price) => `$${Number(price.toPrecision(3))}`;

function priceText({ usdPerAnswer, usdPerMTok, date }) {
  const parts = [];
  if (typeof usdPerAnswer === 'number') parts.push(`${usd(1000 * usdPerAnswer)}/1k answers`);
  if (typeof usdPerMTok === 'number') parts.push(`${usd(usdPerMTok)}/M`);
  return parts.length ? `${parts.join(' ')} (${date ?? 'no date'})` : 'no price';
}

function pickText(setting, decision) {
  const { chance, strength, price, model } = decision;
  const sure = typeof chance === 'number' ? `chance ${percent(chance)}` : (strength ?? '');
  return `  ${setting.padEnd(8)} ${model}  ${priceText(price)}  ${sure}  predicted ${percent(pickOf(decision).pCorrect)}`;
}

function kindText(decision, expected) {
  const names = kindsOf(decision);
  if (names.length === 0) return 'no kinds';
  const right = expected.length === 0 ? '' : expected.includes(names[0]) ? ' (right)' : ` (not ${expected.join(', ')})`;
  return names.map((name, i) => `${name} ${percent(decision.kinds[i].probability)}`).join(', ') + right;
}

/** Returns the beginnings of the nearest samples' prompts, or their ids where the text may not be shown. */
async function nearest(router, { neighbours }) {
  const texts = router.texts ? await router.texts(neighbours.map(({ row }) => row)) : [];
  return neighbours.map(({ task, id, similarity, text }, i) => {
    const shown = text ?? texts[i];
    return { task, id, similarity, text: shown ?? null };
  });
}

async function asked(router, entry) {
  const decisions = {};
  for (const prefer of SETTINGS) decisions[prefer] = await router.route(entry.prompt, { prefer, neighbours: near });
  return { ...entry, decisions, near: await nearest(router, decisions.balanced) };
}

function promptText({ id, prompt, kinds, expect, decisions, near: samples }) {
  const { balanced } = decisions;
  const lamp = lampOf(balanced);
  const wrong = meets(expect, lamp) ? '' : ` (expected ${expect})`;
  const where = `${lamp}${wrong}, percentile ${balanced.coverage.percentile.toFixed(1)}`;
  return [
    `${id}  ${oneLine(prompt)}`,
    `  ${where}; ${kindText(balanced, kinds)}`,
    ...SETTINGS.map((setting) => pickText(setting, decisions[setting])),
    ...samples.map(({ task, id: sample, similarity, text }) => {
      return `  ${similarity.toFixed(2)} ${task}: ${text === null ? `[${sample}]` : oneLine(text)}`;
    }),
  ].join('\n');
}

/** Returns a row of the summary: what the picks of one setting are. */
function settingRow(setting, all, released) {
  const decisions = all.map((entry) => entry.decisions[setting]);
  const count = (test) => String(decisions.filter(test).length);
  return [
    setting,
    String(new Set(decisions.map(({ model }) => model)).size),
    count(({ price }) => typeof price.usdPerMTok !== 'number' || !price.date),
    count(({ model }) => !(released.get(model) >= CURRENT_SINCE)),
    count((decision) => cheaperMatches(decision).length > 0),
    usd(decisions.reduce((sum, { price }) => sum + (price.usdPerMTok ?? 0), 0) / decisions.length),
    usd((1000 * decisions.reduce((sum, { price }) => sum + (price.usdPerAnswer ?? 0), 0)) / decisions.length),
    percent(decisions.reduce((sum, decision) => sum + pickOf(decision).pCorrect, 0) / decisions.length),
  ];
}

/** Returns the entries in lists by what `by` says of them. */
function grouped(entries, by) {
  const groups = new Map();
  for (const entry of entries) groups.set(by(entry), [...(groups.get(by(entry)) ?? []), entry]);
  return groups;
}

const HEAD = [
  'dial',
  'models',
  'no dated price',
  'not current',
  'matched cheaper',
  'mean $/M',
  '$/1k answers',
  'predicted',
];

function summary(all, pairs, info) {
  const lamps = grouped(all, ({ decisions }) => lampOf(decisions.balanced));
  const missed = all.filter(({ expect, decisions }) => !meets(expect, lampOf(decisions.balanced)));
  const told = all.filter(({ kinds, decisions }) => kinds.length > 0 && kindsOf(decisions.balanced).length > 0);
  const right = (entry) => entry.kinds.includes(kindsOf(entry.decisions.balanced)[0]);
  const sure = told.filter(({ decisions }) => decisions.balanced.kinds[0].probability >= SURE);
  const among = told.filter(({ kinds, decisions }) => kindsOf(decisions.balanced).some((name) => kinds.includes(name)));
  const ranked = pairs.filter(({ easy, hard }) => easy.ease > hard.ease);
  const swapped = pairs.filter((pair) => !ranked.includes(pair));
  return [
    `lamps: ${[...lamps].map(([lamp, entries]) => `${lamp} ${entries.length}`).join(', ')}`,
    `not as expected: ${missed.length}${missed.map(({ id }) => ` ${id}`).join('')}`,
    `kinds: right ${told.filter(right).length} of ${told.length}, among three ${among.length};` +
      ` with ${percent(SURE)} or more: right ${sure.filter(right).length} of ${sure.length}`,
    `pairs of difficulty in order: ${ranked.length} of ${pairs.length}`,
    ...swapped.map(({ easy, hard }) => {
      const side = ({ prompt, ease, lamp }) => `${percent(ease)} ${lamp} "${oneLine(prompt).slice(0, 50)}"`;
      return `  not: ${side(easy)} above ${side(hard)}`;
    }),
    '',
    table(
      HEAD,
      SETTINGS.map((setting) => settingRow(setting, all, releases(info))),
    ),
    ...SETTINGS.map((setting) => {
      const picks = grouped(all, ({ decisions }) => decisions[setting].model);
      const sorted = [...picks].sort((a, b) => b[1].length - a[1].length);
      return `${setting}: ${sorted.map(([model, entries]) => `${model} ${entries.length}`).join(', ')}`;
    }),
  ].join('\n');
}

const router = await Router.load();
try {
  const all = [];
  for (const entry of everydayPrompts()) all.push(await asked(router, entry));
  const side = async (prompt) => {
    const decision = await router.route(prompt, { neighbours: 0 });
    return { prompt, ease: easeOf(decision), lamp: lampOf(decision) };
  };
  const pairs = [];
  for (const { easy, hard } of difficultyPairs()) pairs.push({ easy: await side(easy), hard: await side(hard) });
  if (values.json) console.log(JSON.stringify({ all, pairs }));
  else console.log([...all.map(promptText), summary(all, pairs, router.info)].join('\n\n'));
} finally {
  router.dispose();
}
