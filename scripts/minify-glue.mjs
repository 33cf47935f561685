// Minifies the glue of a wasm module in place: Emscripten shortens neither the names in it nor its syntax.
//   node scripts/minify-glue.mjs FILE
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { transformSync } from 'esbuild';

const [, , file] = process.argv;
const { code } = transformSync(readFileSync(file, 'utf8'), { format: 'esm', target: 'es2022', minify: true });
writeFileSync(file, code);
