// The benchmark's results as text.
import { table } from './table.mjs';

const significant = (x) => (x >= 100 ? x.toFixed(0) : x.toPrecision(3));
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(2)} MB`;
const kilobytes = (bytes) => `${(bytes / 1e3).toFixed(1)} KB`;

const KERNEL_HEAD = [
  'rows',
  'dim',
  'codes',
  'recall@10',
  'side',
  'read ms',
  '1 query ms',
  'x read',
  'of 64 ms',
  'x read',
];

function kernelRows({ rows, dim, type, recall, times }) {
  return Object.entries(times).map(([side, { read, one, many }]) => [
    String(rows),
    String(dim),
    type,
    recall === null ? '-' : recall.toFixed(3),
    side,
    significant(read),
    significant(one),
    (one / read).toFixed(2),
    significant(many),
    (many / read).toFixed(2),
  ]);
}

export function kernelText(synthetic, real) {
  const lines = [
    'kNN, k = 10: one query, and one of a block of 64, beside reading the codes once. Medians of interleaved runs.',
    'Vectors are synthetic, in 100 clusters: their noise has full rank, which makes recall lower than on embeddings.',
    'Aims for int8 at 100000 rows: 1 query < 2 x read, of 64 < 1.1 x read.',
    '',
    table(KERNEL_HEAD, synthetic.flatMap(kernelRows)),
  ];
  if (real) {
    lines.push(
      '',
      'The default index, with some of its own rows as queries:',
      '',
      table(KERNEL_HEAD, kernelRows(real)),
    );
  }
  return lines.join('\n');
}

export function packageText({ firstDecision, sizes, memory }) {
  const { total, ...parts } = sizes;
  const code = sizes.wasm.brotli + sizes.glue.brotli;
  const rows = Object.entries({ ...parts, total }).map(([name, { raw, brotli }]) => [
    name,
    kilobytes(raw),
    kilobytes(brotli),
  ]);
  const lines = [
    `Load to first decision in Node: ${significant(firstDecision.coldMs)} ms; then ${significant(firstDecision.warmMs)} ms a route.`,
    '',
    table(['download', 'raw', 'brotli'], rows),
    `wasm + glue, brotli: ${kilobytes(code)} (aim: < 100 KB). Total, brotli: ${megabytes(total.brotli)} (aim: < 3.4 MB).`,
  ];
  if (memory) {
    lines.push(
      '',
      `Memory with an index of ${memory.rows} x ${memory.dim} int8 open: ${megabytes(memory.heapBytes)} for a file of ` +
        `${megabytes(memory.fileBytes)}, ${memory.ratio.toFixed(3)} x (aim: < 1.3 x); opened in ${significant(memory.openMs)} ms.`,
    );
  }
  return lines.join('\n');
}
