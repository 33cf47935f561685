// The results of the embedders' benchmark as text.
import { table } from './table.mjs';

const significant = (x) => (x >= 100 ? x.toFixed(0) : x.toPrecision(3));
const megabytes = (bytes) => (bytes / 1e6).toFixed(0);

const TIME_HEAD = [
  'type',
  'threads',
  'tokens',
  'batch',
  'signalbox ms',
  'tokens/s',
  'transformers.js ms',
  'tokens/s',
  'ratio',
  'of pairs',
  'of CPU',
  '1 - cosine',
  'largest',
  'of texts',
];

function timeRow({ dtype, threads, tokens, batch, signalbox, transformers, pairs, cpu, cosine, largest, apart }) {
  const side = (ms) => [significant(ms), significant((1000 * tokens) / ms)];
  return [
    ...[dtype, threads, tokens, batch].map(String),
    ...side(signalbox),
    ...side(transformers),
    (signalbox / transformers).toFixed(2),
    pairs.toFixed(2),
    cpu.toFixed(2),
    cosine.toExponential(1),
    largest.toExponential(1),
    apart === null ? '-' : apart.toExponential(1),
  ];
}

export function timeText(times, { repeats }) {
  return [
    `ms a prompt: medians of at least ${repeats}, the sides taking turns. Ratio: signalbox / transformers.js; of pairs: the median of`,
    "each turn's own ratio; of CPU: that of the CPU time which the renderer used, which other work on the machine disturbs",
    'least. Vectors: the largest distance by cosine, and by a coordinate; of texts: the least distance of two different texts.',
    'Signalbox runs int8 texts one at a time, so that a vector does not depend on its batch; transformers.js together.',
    '',
    table(TIME_HEAD, times.map(timeRow)),
  ].join('\n');
}

const LOAD_HEAD = ['type', 'side', 'load ms', 'cached ms', 'peak MB', 'cached MB', 'steady MB', 'embedding MB'];

function loadRows({ dtype, signalbox, transformers }) {
  const times = ['emptyMs', 'cachedMs'];
  const sizes = ['loadPeak', 'cachedPeak', 'steady', 'embedPeak'];
  const row = (side, run) => [
    dtype,
    side,
    ...times.map((key) => significant(run[key])),
    ...sizes.map((key) => megabytes(run[key])),
  ];
  const ratio = [...times, ...sizes].map((key) => (signalbox[key] / transformers[key]).toFixed(2));
  return [row('signalbox', signalbox), row('transformers.js', transformers), [dtype, 'ratio', ...ratio]];
}

export function loadText(loads, { loads: repeats, memory }) {
  return [
    `Loads from a local server, with an empty cache and from the cache, ${memory.threads} threads, each in a fresh browser: medians of ${repeats}.`,
    'Memory is that of the renderer: its peak in a load of each kind and the 3 s behind it, what it holds then, and its',
    `peak while it embeds ${memory.batch} texts of ${memory.tokens} tokens at once.`,
    '',
    table(LOAD_HEAD, loads.flatMap(loadRows)),
  ].join('\n');
}
