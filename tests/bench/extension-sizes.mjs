// Measures the extension's size: as a download, on disk, and by the parts that run.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { Uint8ArrayReader, ZipReader } from '@zip.js/zip.js';

const gzipOf = (bytes) => gzipSync(bytes, { level: 9 }).byteLength;

/** Returns the script and all its static imports as paths relative to the folder. */
function withImports(folder, script, found = new Set()) {
  if (found.has(script)) return found;
  found.add(script);
  const source = readFileSync(path.join(folder, script), 'utf8');
  for (const [, address] of source.matchAll(/(?:from|import)\s*["'](\.[^"']+\.js)["']/g)) {
    withImports(folder, path.join(path.dirname(script), address), found);
  }
  return found;
}

function scriptsOf(folder, page) {
  const html = readFileSync(path.join(folder, page, 'index.html'), 'utf8');
  const found = new Set();
  for (const [, address] of html.matchAll(/<script[^>]*src="([^"]+)"/g))
    withImports(folder, path.join(page, address), found);
  return found;
}

const weightOf = (folder, files) => {
  const all = [...files].map((file) => readFileSync(path.join(folder, file)));
  const sum = (sizeOf) => all.reduce((total, bytes) => total + sizeOf(bytes), 0);
  return { bytes: sum((bytes) => bytes.byteLength), gzip: sum(gzipOf) };
};

/** The parts of the download. `onnx` is ONNX Runtime with its loader; only an index of a sentence transformer needs it. */
const PARTS = {
  onnx: /ort[.-]|onnx/,
  index: /\.sbx$/,
  embedder: /embedder-[^/]*\.bin$/,
  wasm: /signalbox.*\.wasm$/,
};

/** Measures the extension in `folder`, which was built for one browser. Its zip is next to the folder. */
export async function measureSizes(folder) {
  const zip = readFileSync(`${folder}.zip`);
  const entries = await new ZipReader(new Uint8ArrayReader(zip)).getEntries();
  const parts = Object.fromEntries(
    Object.entries(PARTS).map(([name, pattern]) => [
      name,
      entries
        .filter(({ filename }) => pattern.test(filename))
        .reduce((sum, { compressedSize }) => sum + compressedSize, 0),
    ]),
  );
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return {
    zip: zip.byteLength,
    folder: weightOf(
      folder,
      files.map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name))),
    ).bytes,
    inZip: { ...parts, rest: zip.byteLength - Object.values(parts).reduce((sum, bytes) => sum + bytes, 0) },
    content: weightOf(folder, ['content.js']),
    background: weightOf(folder, withImports(folder, 'background.js')),
    panel: weightOf(folder, scriptsOf(folder, 'panel')),
  };
}
