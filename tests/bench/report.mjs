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
  'fast: 1',
  'of 64',
];

function kernelRows({ rows, dim, type, recall, times }) {
  return Object.entries(times).map(([side, { read, one, many, fastOne, fastMany }]) => [
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
    (fastOne / read).toFixed(2),
    (fastMany / read).toFixed(2),
  ]);
}

export function kernelText(synthetic, real) {
  const lines = [
    'kNN, k = 10: one query, and one of a block of 64, beside reading the codes once; the same for fast searches, as ratios.',
    'Medians of processor times of interleaved runs.',
    'Vectors are synthetic, in 100 clusters: their noise has full rank, which makes recall lower than on embeddings.',
    'Aims for int8 at 100000 rows: 1 query < 1.2 x read, of 64 < .7 x read; fast .4 and .3.',
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

export function shapesText(shapes) {
  const rows = shapes.map(({ rows: count, dim, type, shape, exactReads, fastReads, recall }) => [
    shape,
    String(count),
    String(dim),
    type,
    exactReads.toFixed(2),
    fastReads.toFixed(2),
    recall.toFixed(4),
  ]);
  const head = ['data', 'rows', 'dim', 'codes', 'exact: of all bytes', 'fast: of all bytes', 'fast: recall@10'];
  return [`Bytes read per query, of those of all codes, and recall. 64 queries.`, '', table(head, rows)].join('\n');
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
