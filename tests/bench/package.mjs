// Measures the package as its users see it: first decision, sizes, memory.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { median } from './kernels.mjs';

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));

/** Files that a page downloads before its first decision. */
const DOWNLOADS = {
  wasm: ['signalbox.wasm'],
  glue: ['wasm/signalbox-glue.mjs'],
  embedder: ['models/embedder/embedder.bin'],
  index: ['models/index/index.sbx'],
};

/** Returns medians of cold starts, each in a fresh process, without the start of the process itself. */
export function measureFirstDecision(repeats) {
  const script = fileURLToPath(new URL('first-decision.mjs', import.meta.url));
  const runs = [];
  for (let i = 0; i < repeats; ++i)
    runs.push(JSON.parse(execFileSync(process.execPath, [script], { encoding: 'utf8' })));
  return { coldMs: median(runs.map((run) => run.cold)), warmMs: median(runs.map((run) => run.warm)) };
}

/** Returns the bytes of each part and of their sum, raw and compressed. */
export function measureSizes() {
  const sizes = {};
  const total = { raw: 0, brotli: 0 };
  for (const [part, names] of Object.entries(DOWNLOADS)) {
    const files = names.map((name) => path.join(DIST, name));
    const size = { raw: 0, brotli: 0 };
    for (const file of files) {
      const bytes = readFileSync(file);
      size.raw += bytes.byteLength;
      size.brotli += brotliCompressSync(bytes).byteLength;
    }
    sizes[part] = size;
    total.raw += size.raw;
    total.brotli += size.brotli;
  }
  return { ...sizes, total };
}

/** Returns the memory of the shipped module with an open index of this shape, divided by the size of the index file. */
export async function measureMemory(native, rows, dim) {
  const { loadCore } = await import('../../dist/wasm/core-module.js');
  const folder = mkdtempSync(path.join(tmpdir(), 'signalbox-bench-'));
  try {
    const file = path.join(folder, 'index.sbx');
    await native.generate(rows, dim, 'int8');
    const fileBytes = await native.writeIndex(file);
    const core = await loadCore(path.join(DIST, 'signalbox.wasm'), {});
    const emptyBytes = core.memoryBytes;
    const start = performance.now();
    const handle = await core.openIndex(file, {});
    const openMs = performance.now() - start;
    core.describeIndex(handle);
    core.route(handle, new Float32Array(dim).fill(1), '{}');
    const heapBytes = core.memoryBytes;
    core.close(handle);
    return { rows, dim, fileBytes, emptyBytes, heapBytes, ratio: heapBytes / fileBytes, openMs };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
