// Formats the figures of the extension's benchmark as text tables.
import { table } from './table.mjs';

const AIM = '<= 100 ms';

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)];
const ms = (value) => `${value.toFixed(1)} ms`;
const kb = (bytes) => `${(bytes / 1000).toFixed(1)} KB`;
const mb = (bytes) => `${(bytes / 1e6).toFixed(2)} MB`;

function latencyRow([name, list, aim]) {
  const totals = list.map(({ total }) => total);
  const part = (key) => (list[0][key] === undefined ? '' : ms(median(list.map((each) => each[key]))));
  return [
    name,
    String(list.length),
    ms(median(totals)),
    ms(Math.max(...totals)),
    aim,
    ...['wait', 'answer', 'drawing'].map(part),
  ];
}

function latencyText({ badge, first, panel }) {
  const judged = (count) => (count === '0' ? 'no judgements' : `${count} judgements`);
  const rows = [
    ...Object.entries(badge.warm).map(([count, list]) => [`badge, ${judged(count)}`, list, AIM]),
    ['badge, a text of 7,900 characters', badge.long, AIM],
    ['badge, the background had been stopped', badge.asleep, AIM],
    ['first, browser just started, focus before', first.start.warmed, AIM],
    ...Object.entries(first.closed).map(([count, { warmed }]) => [
      `first, ${judged(count)}, focus before`,
      warmed,
      AIM,
    ]),
    ['first, browser just started, all at once', first.start.atOnce, ''],
    ...Object.entries(first.closed).map(([count, { atOnce }]) => [`first, ${judged(count)}, all at once`, atOnce, '']),
    ['panel', panel.keys, AIM],
    ['panel, from the keys that open it', panel.open.map((total) => ({ total })), ''],
  ];
  const head = ['from pause to answer', 'times', 'median', 'largest', 'aim', 'until asked', 'answered', 'drawn'];
  const late =
    panel.late === 0 ? '' : `\nThe panel was there before the probe ${panel.late} times: those are at most so long.`;
  return table(head, rows.map(latencyRow)) + late;
}

function typingText(typing) {
  const head = ['main thread, processor time a key', 'with badge', 'without', 'ratio', 'longest task', 'without'];
  const rows = typing.map(({ name, pace, badge, without }) => [
    `${name}, ${pace}`,
    ms(badge.perKey),
    ms(without.perKey),
    (badge.perKey / without.perKey).toFixed(2),
    ms(badge.longest),
    ms(without.longest),
  ]);
  return table(head, rows);
}

function memoryText({ before, after, document, worker }) {
  const rows = [
    ['processes of the extension, no router', mb(before)],
    ['the same after a decision for a badge', mb(after)],
    ["the router's document, scripts", mb(document)],
    ['its worker, scripts', mb(worker)],
  ];
  return table(['memory', ''], rows);
}

function sizesText(sizes) {
  const rows = [
    ['zip', ({ zip }) => mb(zip)],
    ['  of it ONNX Runtime', ({ zip, inZip }) => `${mb(inZip.onnx)}, ${Math.round((100 * inZip.onnx) / zip)}%`],
    ['  the embedder', ({ inZip }) => mb(inZip.embedder)],
    ['  the index', ({ inZip }) => mb(inZip.index)],
    ['  signalbox as wasm', ({ inZip }) => mb(inZip.wasm)],
    ['  the rest', ({ inZip }) => mb(inZip.rest)],
    ['folder', ({ folder }) => mb(folder)],
    ...['content', 'background', 'panel'].map((part) => [
      `scripts of the ${part === 'content' ? 'badge' : part}, as gzip`,
      (size) => `${kb(size[part].bytes)}, ${kb(size[part].gzip)}`,
    ]),
  ];
  const kinds = Object.keys(sizes);
  return table(
    ['size', ...kinds],
    rows.map(([name, say]) => [name, ...kinds.map((kind) => say(sizes[kind]))]),
  );
}

export function extensionText({ browser, cores, load, sizes, typing, memory, ...latency }) {
  const [before, after] = load.map((value) => value.toFixed(1));
  const parts = [`${browser}, ${cores} cores, load ${before} before and ${after} after`, latencyText(latency)];
  if (typing) parts.push(typingText(typing), memoryText(memory));
  return [...parts, sizesText(sizes)].join('\n\n');
}
